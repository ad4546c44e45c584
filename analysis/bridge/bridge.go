// Package bridge leads from what one period cost to what another cost: so much
// by price, so much by quantity, so much by what is new, and so on. The parts of
// each line of cost add up to its change to the last digit, and so do those of
// every sum of lines. It is plain Go over exact decimals; where the lines come
// from is not its business. docs/decisions/0013-bridge.md gives the rules with
// their reasons.
package bridge

import (
	"math/big"
	"slices"

	"usagereport/usage"
)

// A Lane is one reason for a change of cost.
type Lane int

// The lanes, in the order in which a bridge is read.
const (
	Price        Lane = iota // another price of a unit, at the newer quantity
	Quantity                 // another quantity, at the older price, beyond Calendar
	ModelMix                 // of tokens: other models, or other meters of one, for as many
	TokenKind                // of tokens: more or less output for as much input
	CacheShare               // of tokens: more or less of the input from a cache
	Calendar                 // as many days more or less, or other weekdays
	Missing                  // days of which no file has anything
	New                      // no charge before
	Gone                     // no charge any more
	Resized                  // a resource that went on under another meter, its whole change
	Renamed                  // what goes on under another name: it leaves the old one and comes to the new one
	MovedIn                  // what was another's before
	MovedOut                 // what is another's now
	Purchases                // purchases and other one-time charges
	Credits                  // credits, refunds and corrections
	Tax                      // tax
	Rounding                 // rounding of the bill's lines, and the free allowance
	Exchange                 // other exchange rates, where cost is converted; all other lanes are at the older ones
	Unattributed             // nothing is claimed: no meter, no unit, or no quantity to divide by
	lanes
)

// Lanes returns all lanes in their order.
func Lanes() []Lane {
	out := make([]Lane, lanes)
	for i := range out {
		out[i] = Lane(i)
	}
	return out
}

// String returns the lane's name, as the columns of tables have it.
func (l Lane) String() string {
	return [lanes]string{
		"price", "quantity", "model_mix", "token_kind", "cache_share", "calendar", "missing_days", "new", "gone", "resized", "renamed",
		"moved_in", "moved_out", "purchases", "credits", "tax", "rounding", "exchange_rate", "unattributed",
	}[l]
}

// Special reports whether l is a lane of few bills: it is shown where there is something in it.
func (l Lane) Special() bool {
	return l == ModelMix || l == TokenKind || l == CacheShare || l == Exchange
}

// A Bridge is a change of cost by its reasons.
type Bridge [lanes]usage.Decimal

// Sum returns the whole change.
func (b Bridge) Sum() (sum usage.Decimal) {
	for _, d := range b {
		sum = sum.Add(d)
	}
	return sum
}

// Add returns b and c, lane by lane.
func (b Bridge) Add(c Bridge) Bridge {
	for l, d := range c {
		b[l] = b[l].Add(d)
	}
	return b
}

// A Side is what one line of cost had in one of the two periods.
type Side struct {
	Cost        usage.Decimal // without Corrections
	Corrections usage.Decimal // cost of charges that correct earlier ones: refunds
	Quantity    usage.Decimal // of the charges that make Cost
	// Free is the part of Quantity that the bill includes without charge, Slack
	// how far Cost may lie, either way, from what it was before the bill's lines
	// were rounded. Both are 0 but for bills whose prices are derived from
	// rounded amounts.
	Free, Slack usage.Decimal
	// Spread is how many times the cheapest day's price of a unit the dearest day's is;
	// 0 where it is not known.
	Spread float64
}

// absent reports whether nothing was charged: something free of charge is there.
func (s Side) absent() bool { return s.Cost.Sign() == 0 && s.Quantity.Sign() == 0 }

// Total returns the whole cost.
func (s Side) Total() usage.Decimal { return s.Cost.Add(s.Corrections) }

// Plus returns s and t together.
func (s Side) Plus(t Side) Side {
	return Side{
		Cost: s.Cost.Add(t.Cost), Corrections: s.Corrections.Add(t.Corrections), Quantity: s.Quantity.Add(t.Quantity),
		Free: s.Free.Add(t.Free), Slack: s.Slack.Add(t.Slack), Spread: max(s.Spread, t.Spread),
	}
}

// Over returns the mean of n periods, of which s is the sum.
func (s Side) Over(n int) Side {
	if n == 1 {
		return s
	}
	for _, d := range []*usage.Decimal{&s.Cost, &s.Corrections, &s.Quantity, &s.Free, &s.Slack} {
		*d, _ = Scaled(*d, usage.DecimalOf(1), usage.DecimalOf(int64(n)))
	}
	return s
}

// A Line is one line of cost in both periods: a meter of a resource.
type Line struct {
	Category string // FOCUS's ChargeCategory
	// Thing names what is charged for, whatever it was called: the lines of one
	// thing are one in another period. Kin joins things that are the same but for
	// their unit, Resize those that are a resource's meters one after the other.
	// Both may be empty. Only lines of usage have any of the three.
	Thing, Kin, Resize string
	// Owner is the owner of the charges; "" for none, and for all where owners are not
	// known. Elsewhere says that charges of the same thing are another owner's in
	// the prior or the current period, of which there are no lines.
	Owner          string
	Elsewhere      struct{ Prior, Current bool }
	Unit           string
	Priced         bool // it has a meter and a unit, so cost divided by quantity is a price
	Prior, Current Side
	// Calendar is how much more Prior.Cost would be on the days of the current
	// period.
	Calendar usage.Decimal
	// Missing is how much less it would be, beyond that, by the current period's days
	// without data, and how much more by those of the prior one.
	Missing usage.Decimal
	// Foreign is what of Cost is billed in other currencies, one each.
	Foreign []Foreign
	Tokens  Tokens

	exchange usage.Decimal // how much of Current.Cost is by other exchange rates than those of the prior period
}

// A Foreign is what is billed in a currency that is converted.
type Foreign struct {
	Currency       string
	Prior, Current Exchanged
}

// An Exchanged is what some charges cost as billed, and as converted.
type Exchanged struct{ Billed, Cost usage.Decimal }

// Plus returns e and f together.
func (e Exchanged) Plus(f Exchanged) Exchanged {
	return Exchanged{e.Billed.Add(f.Billed), e.Cost.Add(f.Cost)}
}

// rate reports whether what e cost divided by what was billed is an exchange rate: refunds may
// outweigh what was used before on days of other rates.
func (e Exchanged) rate() bool { return e.Billed.Sign() != 0 && e.Billed.Sign() == e.Cost.Sign() }

// exchange works out how much more those of lines cost by the exchange rates of the current
// period than at those that all of them had in the prior one. What was not charged then
// is new at today's rates.
func exchange(of []int, lines []Line, out []Bridge) (sum usage.Decimal) {
	was := map[string]Exchanged{}
	for _, i := range of {
		for _, x := range lines[i].Foreign {
			was[x.Currency] = was[x.Currency].Plus(x.Prior)
		}
	}
	for _, i := range of {
		l := &lines[i]
		for _, x := range l.Foreign {
			old := was[x.Currency]
			if !old.rate() {
				continue
			}
			if at, ok := Scaled(x.Current.Billed, old.Cost, old.Billed); ok {
				l.exchange = l.exchange.Add(x.Current.Cost.Sub(at))
			}
		}
		out[i][Exchange] = l.exchange
		sum = sum.Add(l.exchange)
	}
	return sum
}

// Delta returns the change of the line's cost.
func (l Line) Delta() usage.Decimal {
	return l.own().Add(l.exchange).Add(l.corrections())
}

// own is the change of Cost but for what exchange rates did.
func (l Line) own() usage.Decimal         { return l.Current.Cost.Sub(l.Prior.Cost).Sub(l.exchange) }
func (l Line) corrections() usage.Decimal { return l.Current.Corrections.Sub(l.Prior.Corrections) }

// A thing is the lines of usage that are the same thing under several names, of
// one owner or, where it changed hands, of several.
type thing struct {
	lines          []int
	prior, current Side
	priced         bool
	name           string
	kin, resize    string
	calendar       usage.Decimal
	missing        usage.Decimal
	unit           string
	mixed          bool                          // its lines have several units
	elsewhere      struct{ prior, current bool } // as Line.Elsewhere
	shares         *[levels]count                // what it is a part of; nil for what is no tokens
}

// take adds a line to t.
func (t *thing) take(i int, l Line) {
	t.mixed = t.mixed || len(t.lines) > 0 && l.Unit != t.unit
	t.unit = l.Unit
	t.lines = append(t.lines, i)
	t.prior, t.current = t.prior.Plus(l.Prior), t.current.Plus(l.Current)
	t.priced = t.priced && l.Priced
	t.calendar = t.calendar.Add(l.Calendar)
	t.missing = t.missing.Add(l.Missing)
	t.elsewhere.prior, t.elsewhere.current = t.elsewhere.prior || l.Elsewhere.Prior, t.elsewhere.current || l.Elsewhere.Current
}

// Of returns the bridge of each line. The lanes of bridge i add up to the change
// of line i, exactly.
func Of(lines []Line) []Bridge {
	out := make([]Bridge, len(lines))
	lines = slices.Clone(lines)
	byName := map[[2]string]*thing{}
	var things []*thing
	for i, l := range lines {
		out[i][Credits] = l.corrections()
		if l.Category != "Usage" {
			exchange([]int{i}, lines, out)
			l = lines[i]
		}
		switch l.Category {
		case "Usage":
			t := byName[[2]string{l.Thing, l.Owner}]
			if t == nil {
				t = &thing{priced: true, name: l.Thing, kin: l.Kin, resize: l.Resize}
				byName[[2]string{l.Thing, l.Owner}] = t
				things = append(things, t)
			}
			t.take(i, l)
		case "Purchase", "Adjustment":
			out[i][Purchases] = l.own()
		case "Credit":
			out[i][Credits] = l.Delta().Sub(l.exchange)
		case "Tax":
			out[i][Tax] = l.own()
		default:
			out[i][Unattributed] = l.own()
		}
	}
	things = handedOver(things, lines)
	for _, t := range things { // at the older exchange rates
		t.current.Cost = t.current.Cost.Sub(exchange(t.lines, lines, out))
	}
	relatives := relativesOf(things)
	pooled(things, lines, relatives)
	for _, t := range things {
		t.explain(lines, out, relatives)
	}
	return out
}

// handedOver makes one of the things that are the same of several owners, where
// others have it in the current period than in the prior one. What several have
// side by side in both, by tags, is as many things.
func handedOver(things []*thing, lines []Line) (out []*thing) {
	same := map[string][]*thing{}
	for _, t := range things {
		same[t.name] = append(same[t.name], t)
	}
	for _, t := range things {
		group := same[t.name]
		var was, is, differs bool
		for _, o := range group {
			had, has := !o.prior.absent(), !o.current.absent()
			was, is, differs = was || had, is || has, differs || had != has
		}
		switch {
		case len(group) == 1 || !was || !is || !differs:
			out = append(out, t)
		case t == group[0]:
			whole := &thing{priced: true, name: t.name, kin: t.kin, resize: t.resize}
			for _, o := range group {
				for _, i := range o.lines {
					whole.take(i, lines[i])
				}
			}
			out = append(out, whole)
		}
	}
	return out
}

// relatives says of each Kin and Resize what its things have.
type relatives struct {
	ended, began map[string]bool // by Kin: a thing is in the prior period alone, in the current one alone
	meters       map[string]int  // by Resize: things with any charge, whosesoever they are
}

func relativesOf(things []*thing) relatives {
	r := relatives{ended: map[string]bool{}, began: map[string]bool{}, meters: map[string]int{}}
	counted := map[string]bool{}
	for _, t := range things {
		was, is := !t.prior.absent(), !t.current.absent()
		if t.kin != "" {
			r.ended[t.kin] = r.ended[t.kin] || was && !is
			r.began[t.kin] = r.began[t.kin] || is && !was
		}
		if t.resize != "" && (was || is) && !counted[t.name] {
			r.meters[t.resize]++
			counted[t.name] = true
		}
	}
	return r
}

// explain puts the change of t into the bridges of its lines.
func (t *thing) explain(lines []Line, out []Bridge, r relatives) {
	was, is := !t.prior.absent(), !t.current.absent()
	switch {
	case t.shares != nil && !was:
		t.whole(t.began(), lines, out)
	case t.shares != nil && !is:
		if b, ok := t.ended(); ok {
			out[t.lines[0]] = out[t.lines[0]].Add(b)
			return
		}
		t.whole(Gone, lines, out)
	case t.shares != nil:
		t.split(lines, out)
	case t.resize != "" && r.meters[t.resize] > 1:
		t.whole(Resized, lines, out)
	case t.leftOrCame(was, is):
		lane := MovedIn
		if t.current.Cost.Cmp(t.prior.Cost) < 0 {
			lane = MovedOut
		}
		t.whole(lane, lines, out)
	case was != is && t.kin != "" && r.ended[t.kin] && r.began[t.kin]:
		t.whole(Renamed, lines, out)
	case !was:
		t.whole(New, lines, out)
	case !is:
		t.whole(Gone, lines, out)
	default:
		t.split(lines, out)
	}
}

// leftOrCame reports whether t, which was or is there, changed hands with an owner
// of whom there are no lines. How much that owner has is not known, so its whole change
// is by that.
func (t *thing) leftOrCame(was, is bool) bool {
	e := t.elsewhere
	return (was || is) && (was || e.prior) && (is || e.current) && (e.prior != e.current || was != is && e.prior)
}

// whole puts the whole change of each line of t into one lane.
func (t *thing) whole(lane Lane, lines []Line, out []Bridge) {
	for _, i := range t.lines {
		out[i][lane] = out[i][lane].Add(lines[i].own())
	}
}

// split divides the change of t. Where t has several lines the parts stand with
// the one that goes on. What the others lose by their change of name comes to it:
// Renamed, which adds up to nothing over an owner's lines; and by their change of
// hands: MovedIn and MovedOut, which together add up to nothing.
func (t *thing) split(lines []Line, out []Bridge) {
	parts := t.parts()
	heirs := map[string]int{} // the line of each owner that goes on
	heir := t.lines[0]
	larger := func(i, than int) bool { return lines[i].Current.Cost.Abs().Cmp(lines[than].Current.Cost.Abs()) > 0 }
	for _, i := range t.lines {
		if larger(i, heir) {
			heir = i
		}
		if h, known := heirs[lines[i].Owner]; !known || larger(i, h) {
			heirs[lines[i].Owner] = i
		}
	}
	out[heir] = out[heir].Add(parts)
	if len(t.lines) == 1 {
		return
	}
	moved := map[string]usage.Decimal{}
	for _, i := range t.lines {
		rest := lines[i].own()
		if i == heir {
			rest = rest.Sub(parts.Sum())
		}
		out[i][Renamed] = out[i][Renamed].Add(rest)
		moved[lines[i].Owner] = moved[lines[i].Owner].Add(rest)
	}
	for owner, h := range heirs {
		lane := MovedIn
		if moved[owner].Sign() < 0 {
			lane = MovedOut
		}
		out[h][Renamed] = out[h][Renamed].Sub(moved[owner])
		out[h][lane] = out[h][lane].Add(moved[owner])
	}
}

// parts divides the change of a thing that was charged in both periods.
//
// With p = cost / quantity: quantity effect = (q1 - q0) p0, price effect =
// (p1 - p0) q1. The joint effect (p1 - p0)(q1 - q0) so belongs to the price:
// whoever pays a new price pays it on all that is used. The quantity effect is
// rounded to the eighteenth digit and the price effect is what remains, so that
// nothing is lost.
func (t *thing) parts() (b Bridge) {
	b[Calendar], b[Missing] = t.calendar, t.missing
	delta := t.current.Cost.Sub(t.prior.Cost).Sub(t.calendar).Sub(t.missing)
	if !t.priced || t.prior.Quantity.Sign() <= 0 || t.current.Quantity.Sign() <= 0 {
		b[Unattributed] = delta
		return b
	}
	by, of, ok := t.scale()
	if !ok {
		b[Unattributed] = delta
		return b
	}
	if by != of {
		var fits, alike bool
		t.prior.Quantity, fits = Scaled(t.prior.Quantity, by, of)
		if t.prior.Free, alike = Scaled(t.prior.Free, by, of); !fits || !alike {
			b[Unattributed] = delta
			return b
		}
	}
	switch derived := t.prior.derived() || t.current.derived(); {
	case derived:
		b[Price], b[Quantity], b[Rounding], ok = t.beyondRounding()
	default:
		b[Quantity], ok = Scaled(t.prior.Cost, t.current.Quantity.Sub(t.prior.Quantity), t.prior.Quantity)
		b[Price] = t.current.Cost.Sub(t.prior.Cost).Sub(b[Quantity])
	}
	if !ok {
		b[Price], b[Quantity], b[Rounding], b[Unattributed] = usage.Decimal{}, usage.Decimal{}, usage.Decimal{}, delta
		return b
	}
	b[Quantity] = b[Quantity].Sub(t.calendar).Sub(t.missing)
	if t.shares != nil {
		t.mix(&b)
	}
	return b
}

// derived reports whether the price is only known through a rounded amount.
func (s Side) derived() bool { return s.Slack.Sign() != 0 || s.Free.Sign() != 0 }

// beyondRounding divides the change where the bill gives rounded amounts and
// includes a quantity free of charge. The price is cost / (quantity - free). Of
// its change only what the rounding of both amounts cannot explain is a price
// effect. The quantity effect is that of the whole quantity at the older price;
// the rest is rounding and free allowance. Where all of a period was free there
// is no price, and the whole change is.
func (t *thing) beyondRounding() (price, quantity, rounding usage.Decimal, ok bool) {
	delta := t.current.Cost.Sub(t.prior.Cost)
	paid0, paid1 := t.prior.Quantity.Sub(t.prior.Free), t.current.Quantity.Sub(t.current.Free)
	if paid0.Sign() <= 0 || paid1.Sign() <= 0 {
		return price, quantity, delta, true
	}
	quantity, ok = Scaled(t.prior.Cost, t.current.Quantity.Sub(t.prior.Quantity), paid0)
	old, ok2 := Scaled(t.prior.Cost, paid1, paid0)          // the newer paid quantity at the older price
	slack, ok3 := Scaled(t.prior.Slack.Abs(), paid1, paid0) // by how much that may be off
	if !ok || !ok2 || !ok3 {
		return price, quantity, rounding, false
	}
	slack = slack.Add(t.current.Slack.Abs())
	price = t.current.Cost.Sub(old)
	switch {
	case price.Abs().Cmp(slack) <= 0:
		price = usage.Decimal{}
	case price.Sign() > 0:
		price = price.Sub(slack)
	default:
		price = price.Add(slack)
	}
	return price, quantity, delta.Sub(price).Sub(quantity), true
}

// Scaled returns d * by / of, rounded half away from zero to the eighteenth
// digit; ok is false where of is so small that the result says nothing. It panics
// where of is 0.
func Scaled(d, by, of usage.Decimal) (out usage.Decimal, ok bool) {
	n := new(big.Int).Mul(d.Big(), by.Big())
	q, r := new(big.Int).QuoRem(n, of.Big(), new(big.Int))
	if r.Lsh(r, 1).CmpAbs(of.Big()) >= 0 {
		q.Add(q, big.NewInt(int64(n.Sign()*of.Sign())))
	}
	out, ok = usage.DecimalFromBig(q)
	return out, ok && out.Abs().Cmp(senseless()) < 0
}

// senseless is an amount that no part of a bill reaches.
func senseless() usage.Decimal { return usage.DecimalOf(1_000_000_000_000_000) }
