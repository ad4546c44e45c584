package main

import (
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/analysis/bridge"
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
	return l.String()
}
