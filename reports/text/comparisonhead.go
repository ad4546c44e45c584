package text

import (
	"fmt"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/analysis/bridge"
	"usagereport/internal/locale"
	"usagereport/internal/terminal"
	"usagereport/usage"
)

func describeComparison(c analysis.Comparison, filters []string) string {
	s := c.Period.Name + " (" + c.Period.Span.String() + ", " + string(c.Period.State) + ", data to " + c.Period.Reach.String() + ")"
	if len(filters) > 0 {
		s += ", only " + strings.Join(filters, ", ")
	}
	s += ": " + rounded(c.Total.Current) + " " + c.Currency
	missing := ""
	switch len(c.Missing) {
	case 0:
	case 1:
		missing = "; no comparison with " + c.Missing[0] + ": load its files"
	default:
		missing = "; no comparison with " + strings.Join(c.Missing, ", ") + ": load their files"
	}
	if len(c.Unrated) > 0 {
		missing += "; no comparison with " + strings.Join(c.Unrated, ", ") + ": no rate converts what it cost"
	}
	if len(c.Base) == 0 {
		return s + missing
	}
	var names []string
	for _, b := range c.Base {
		names = append(names, b.Name+" ("+b.Span.String()+")")
	}
	base := names[0]
	if len(names) > 1 {
		base = "the mean of " + strings.Join(names, ", ")
	}
	return s + "; " + base + " over the same elapsed days: " + rounded(c.Total.Prior) + "; difference " + rounded(c.Total.Delta) + missing
}

// describeBridge says of what the difference is made, the largest part first: on a
// narrow terminal a table has no room for all of it.
func describeBridge(c analysis.Comparison) string {
	if len(c.Base) == 0 {
		return ""
	}
	lanes := slices.DeleteFunc(bridge.Lanes(), func(l bridge.Lane) bool {
		return c.Total.Bridge[l].Round(usage.MinorDigits(c.Currency)).Sign() == 0
	})
	slices.SortStableFunc(lanes, func(x, y bridge.Lane) int { return c.Total.Bridge[y].Abs().Cmp(c.Total.Bridge[x].Abs()) })
	var parts []string
	for _, lane := range lanes {
		parts = append(parts, signed(usage.Money{Amount: c.Total.Bridge[lane], Currency: c.Currency})+" "+laneWord(lane))
	}
	if len(parts) == 0 {
		return ""
	}
	return "Why: " + strings.Join(parts, ", ")
}

// laneWord says a reason for a change behind its amount.
func laneWord(l bridge.Lane) string {
	switch l {
	case bridge.Price:
		return "by prices"
	case bridge.Quantity:
		return "more or less used"
	case bridge.ModelMix:
		return "by the mix of models"
	case bridge.TokenKind:
		return "by output for as much input"
	case bridge.CacheShare:
		return "by the share from the cache"
	case bridge.Unattributed:
		return "not explained"
	case bridge.Exchange:
		return "by exchange rates"
	}
	return strings.ReplaceAll(l.String(), "_", " ") // a column's name has it
}

// ComparisonHead prints what stands above the table: of each currency what is compared, with only what filters
// take, and why it changed.
func ComparisonHead(p terminal.Printer, cs []analysis.Comparison, filters []string) error {
	late := false
	for _, c := range cs {
		if err := p.Head("%s", describeComparison(c, filters)); err != nil {
			return err
		}
		if c.Awaited.Amount.Sign() > 0 {
			with := usage.Money{Amount: c.Total.Delta.Amount.Add(c.Awaited.Amount), Currency: c.Currency}
			if err := p.Head("About %s of the last days has not arrived yet; with it the change would be about %s.", aboutText(c.Awaited),
				signed(with)); err != nil {
				return err
			}
		}
		late = late || c.Period.State == analysis.Open && len(c.Base) > 0 && c.Awaited.Amount.Sign() == 0
		if c.Unit != nil {
			if err := p.Head("%s", describeUnit(c)); err != nil {
				return err
			}
		}
		if why := describeBridge(c); why != "" {
			if err := p.Head("%s", why); err != nil {
				return err
			}
		}
		for _, w := range c.Warnings {
			if err := p.Head("%s", w); err != nil {
				return err
			}
		}
	}
	if late {
		return p.Head("the usage of the last days may not all have arrived; what is missing shows as less quantity")
	}
	return nil
}

// describeUnit says what was counted, and what one cost.
func describeUnit(c analysis.Comparison) string {
	l, u := locale.InEnglish(), c.Unit
	out := u.Metric
	if u.Of != "" {
		out += " (" + u.Of + ")"
	}
	out += fmt.Sprintf(": %s counted, before %s", l.Quantity(u.Now.Volume), l.Quantity(u.Before.Volume))
	if u.Now.Unit != nil && u.Before.Unit != nil {
		many := map[int]string{1: "one", 1000: "a thousand", 1_000_000: "a million"}[u.Per]
		out += fmt.Sprintf("; %s cost %s %s, before %s", many, c.Currency, l.Quantity(*u.Now.Unit), l.Quantity(*u.Before.Unit))
	}
	if n := u.Now.Without + u.Before.Without; n > 0 {
		out += fmt.Sprintf("; days without a value, which are not divided: %d, before %d", u.Now.Without, u.Before.Without)
	}
	return out
}
