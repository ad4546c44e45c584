package invoices

import (
	"cmp"
	"slices"
	"strings"

	"usagereport/usage"
)

// A Gap is a period of an account whose file should be fetched while the portal shows
// it: none was loaded though some before and after were, or the one that was loaded
// is not final.
type Gap struct {
	Account, Name string
	Period        string // the bill's name; "" where no file says it
	Span          usage.Period
	Unfinished    bool      // a file was loaded before the bill was final
	Leaves        usage.Day // the first day on which Azure's portal does not show it; 0 of what others bill
	Gone          bool      // by the last day of the data
}

// soon is how many days before a period leaves the portal one is warned.
const soon = 31

// Gaps returns what is to be fetched, the oldest first. Of a bill that is not final it
// is reported in the last days before the portal drops it, and after.
func Gaps(bills []Bill) (out []Gap) {
	of := map[string][]Bill{}
	var today usage.Day
	for _, b := range bills {
		of[b.Account] = append(of[b.Account], b)
		today = max(today, b.Reach)
	}
	add := func(g Gap, b Bill) {
		if b.Elsewhere == "" {
			g.Leaves = Leaves(g.Span)
			g.Gone = today >= g.Leaves
		}
		out = append(out, g)
	}
	for account, list := range of {
		slices.SortFunc(list, func(x, y Bill) int { return int(x.Span.From - y.Span.From) })
		var until usage.Day // the end of what came before
		for _, b := range list {
			for until != 0 && until < b.Span.From {
				to := min(usage.DayOf(until.Time().AddDate(0, 1, 0)), b.Span.From)
				add(Gap{Account: account, Name: b.Name, Span: usage.Period{From: until, To: to}}, b)
				until = to
			}
			until = max(until, b.Span.To)
			if b.Elsewhere == "" && b.State == Closing && today+soon >= Leaves(b.Span) {
				add(Gap{Account: account, Name: b.Name, Period: b.Period, Span: b.Span, Unfinished: true}, b)
			}
		}
	}
	slices.SortFunc(out, func(x, y Gap) int {
		return cmp.Or(int(x.Span.From-y.Span.From), strings.Compare(x.Account, y.Account))
	})
	return slices.CompactFunc(out, func(x, y Gap) bool { return x == y }) // of two currencies
}
