package usage

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Share says how a shared cost is divided among owners.
type Share struct {
	By        ShareBy
	Receivers []Receiver // by name; none are all owners that have a rule on the days
}

// A Receiver bears a part of a shared cost.
type Receiver struct {
	Owner   string
	Percent Decimal // of a Fixed share; those of all receivers add up to 100
}

// A ShareBy is a way to divide a shared cost.
type ShareBy string

// The ways.
const (
	Evenly       ShareBy = "even"
	InProportion ShareBy = "proportional" // to what each receiver's own charges cost
	Fixed        ShareBy = "fixed"
)

// ParseShare reads how a cost is shared: "even" or "proportional", each with
// ": NAME; NAME" behind it or of all owners, or fixed shares in percent,
// "NAME=60; NAME=40".
func ParseShare(text string) (s Share, err error) {
	way, names, listed := strings.Cut(text, ":")
	switch by := ShareBy(strings.ToLower(strings.TrimSpace(way))); by {
	case Evenly, InProportion:
		s.By = by
		if !listed {
			return s, nil
		}
		for name := range strings.SplitSeq(names, ";") {
			if name = strings.TrimSpace(name); name != "" {
				s.Receivers = append(s.Receivers, Receiver{Owner: name})
			}
		}
	default:
		s.By = Fixed
		if s.Receivers, err = parseFixed(text); err != nil {
			return s, err
		}
	}
	if len(s.Receivers) == 0 {
		return s, fmt.Errorf("%q names nobody after the colon", text)
	}
	slices.SortFunc(s.Receivers, func(x, y Receiver) int { return cmp.Compare(x.Owner, y.Owner) })
	for i, r := range s.Receivers[1:] {
		if strings.EqualFold(r.Owner, s.Receivers[i].Owner) {
			return s, fmt.Errorf("%s stands twice", r.Owner)
		}
	}
	return s, nil
}

func parseFixed(text string) (out []Receiver, err error) {
	var sum Decimal
	for part := range strings.SplitSeq(text, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		i := strings.LastIndex(part, "=")
		if i < 0 {
			return nil, fmt.Errorf("%q: use even, proportional, one of these with names like even: Search; Web, or shares in percent like "+
				"Search=60; Web=40", text)
		}
		r := Receiver{Owner: strings.TrimSpace(part[:i])}
		if head, _, comma := strings.Cut(r.Owner, ","); comma && strings.Contains(head, "=") {
			return nil, fmt.Errorf("%q: shares are divided by a semicolon, like Search=60; Web=40", part)
		}
		var rounded bool
		number := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(part[i+1:]), "%"))
		r.Percent, rounded, err = ParseDecimal(number)
		if err != nil || rounded || r.Percent.Sign() <= 0 {
			return nil, fmt.Errorf("%q is no share in percent, like 33.3", number)
		}
		sum = sum.Add(r.Percent)
		out = append(out, r)
	}
	if len(out) == 0 {
		return nil, errors.New("names nobody")
	}
	if sum != DecimalOf(100) {
		return nil, fmt.Errorf("the shares add up to %s %%, not to 100 %%", sum)
	}
	return out, nil
}

// Split divides total among receivers, which stand in the order of their names;
// own is what the charges of each cost, of which a negative one counts as none.
// The parts add up to total to the last digit: what rounding leaves goes to the
// largest remainders, among equals to the first name. Where no receiver has any cost of
// their own the parts in proportion to it are equal.
func (by ShareBy) Split(total Decimal, receivers []Receiver, own map[string]Decimal) []Decimal {
	weights := make([]Decimal, len(receivers))
	for i, r := range receivers {
		switch by {
		case Fixed:
			weights[i] = r.Percent
		case InProportion:
			if w := own[r.Owner]; w.Sign() > 0 {
				weights[i] = w
			}
		}
	}
	return Spread(total, weights)
}
