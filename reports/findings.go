package reports

import (
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports/chart"
	"usagereport/usage"
)

// The findings are unexpected changes: a row each that opens for the alarms, a line each
// for what is worth a look and for unexpected falls.
type findings struct {
	Part    *analysis.Part
	Flags   string    // with which they are found
	ReplyBy usage.Day // until when to answer; 0 where that has passed

	Prefix string
	Title  locale.Text
	Owned  bool               // some finding names its owner
	Rows   []card             // shown
	More   []card             // opened at a click
	Rest   []analysis.Finding // beyond these
	Sum    usage.Money        // of all of these, in the period
	Month  *usage.Money       // of all of these that go on, a month
	Other  locale.Text        // what the lists below hold
	Minor  []analysis.Finding
	Down   []analysis.Finding

	Answered []analysis.Finding // no alarm any more

	MoreRest, MoreMinor, MoreDown int
}

// A card is one finding with its charts.
type card struct {
	F       analysis.Finding
	Anchor  string
	Place   locale.Text // where it is, if its name does not say so
	Portal  string      // the address of its resource in the Azure portal, if it is of one
	Effect  usage.Money // what it makes on the period's days
	Spark   template.HTML
	Drivers []driver
	Others  []analysis.Driver // which the last of Drivers stands for, where it does
	Chart   chart.Chart
	Rows    []dayRow // the table behind the chart
}

// A driver is one that carries part of the finding.
type driver struct {
	analysis.Driver
	Portal string // the address of its resource, where no line above and not the card has it
}

const (
	shownRows  = 10
	maxCards   = 25
	maxLines   = 50
	maxDrivers = 5
)

func viewFindings(l *locale.Locale, r *analysis.Report, p *analysis.Part) (any, bool) {
	if len(p.Findings)+len(p.Minor)+len(p.Down)+len(p.Answered) == 0 {
		return nil, false
	}
	v := findings{
		Part: p, Flags: foundWith(r, p), ReplyBy: p.Period.ReplyBy, Prefix: chart.Slug(p.Currency),
		Answered: p.Answered, Sum: inPeriod(p, p.Findings),
	}
	if month := monthly(p.Findings, p.Currency); month.Amount.Sign() != 0 {
		v.Month = &month
	}
	list := slices.Clone(p.Findings)
	slices.SortStableFunc(list, byMonth)
	for i, f := range list {
		if i == maxCards {
			v.Rest, v.MoreRest = first(list[i:])
			break
		}
		c := cardOf(l, p, f, i)
		v.Owned = v.Owned || !f.Whose.Empty()
		if i < shownRows {
			v.Rows = append(v.Rows, c)
		} else {
			v.More = append(v.More, c)
		}
	}
	v.Minor, v.MoreMinor = first(p.Minor)
	v.Down, v.MoreDown = first(p.Down)
	v.Title, v.Other = findingsTitle(p), findingsOther(p)
	return v, true
}

func (v findings) heading() locale.Text { return v.Title }

// lasts reports whether f goes on: a rise that may be over by now has no cost a month.
func lasts(f analysis.Finding) bool {
	return f.Ongoing && (f.PerMonth != nil || f.Direction == usage.Down)
}

// byMonth orders findings: those that go on by what they cost a month, then the others by
// what they made.
func byMonth(x, y analysis.Finding) int {
	if (x.PerMonth == nil) != (y.PerMonth == nil) {
		if x.PerMonth != nil {
			return -1
		}
		return 1
	}
	if x.PerMonth != nil {
		return y.PerMonth.Amount.Abs().Cmp(x.PerMonth.Amount.Abs())
	}
	return y.Impact.Amount.Abs().Cmp(x.Impact.Amount.Abs())
}

func cardOf(l *locale.Locale, p *analysis.Part, f analysis.Finding, i int) card {
	prefix := chart.Slug(p.Currency)
	c := card{
		F: f, Anchor: fmt.Sprintf("finding-%s-%d", prefix, i+1), Portal: portal(f.Scope), Effect: f.Within(p.Period.Span),
	}
	if f.Context != "" {
		c.Place = locale.Said(f.Context)
	}
	days := f.Days
	for len(days) > 0 && days[len(days)-1].Incomplete {
		days = days[:len(days)-1]
	}
	c.Spark = chart.Spark(charted(days), f.Start, f.End)
	list := f.Drivers
	if len(list) > maxDrivers+1 {
		list, c.Others = withRest(list, p.Currency), list[maxDrivers:]
	}
	linked := map[string]bool{"": true, c.Portal: true}
	for _, d := range list {
		at := portal(d.Scope)
		if linked[at] {
			at = ""
		}
		linked[at] = true
		c.Drivers = append(c.Drivers, driver{d, at})
	}
	if i < shownRows && len(f.Days) > 1 { // the page stays small, however many there are
		c.Rows = dayRows(f.Days, p.Currency)
		c.Chart = chart.Days(l, fmt.Sprintf("finding-%d", i+1), "small",
			l.Say(locale.T("Daily cost of %s against its usual range; the amounts are beside it.", shown(l, f.Label, 80))), p.Currency,
			charted(f.Days))
	}
	return c
}

// findingsTitle counts the alarms.
func findingsTitle(p *analysis.Part) locale.Text {
	n := len(p.Findings)
	up := !slices.ContainsFunc(p.Findings, func(f analysis.Finding) bool { return f.Direction != usage.Up })
	switch {
	case n == 0:
		return locale.T("Nothing unusual")
	case n == 1 && up:
		return locale.T("One unusual increase")
	case up:
		return locale.T("%s unusual increases", locale.Leading(n))
	case n == 1:
		return locale.T("One unusual change")
	}
	return locale.T("%s unusual changes", locale.Leading(n))
}

// findingsOther counts what is no alarm.
func findingsOther(p *analysis.Part) locale.Text {
	var list []locale.Text
	if n := len(p.Minor); n > 0 {
		list = append(list, locale.T("%d smaller increases", n))
	}
	if n := len(p.Down); n > 0 {
		list = append(list, locale.T("%d decreases", n))
	}
	if n := len(p.Answered); n > 0 {
		list = append(list, locale.T("%d answered", n))
	}
	if len(list) == 0 {
		return locale.Text{}
	}
	return locale.T("%s: no alert", locale.Join(list, ", "))
}

// maxPortal is how long an address a browser surely takes.
const maxPortal = 2000

// portal returns the address in the Azure portal of the resource that a scope is
// of: "" where it is of none, or its id is not one of Azure's
// (/subscriptions/GUID/...).
func portal(s usage.Series) string {
	id := s[usage.Resource]
	parts := strings.Split(id, "/")
	if len(parts) < 4 || parts[0] != "" || !strings.EqualFold(parts[1], "subscriptions") || !isGUID(parts[2]) ||
		locale.Name(id, len(id)) != id {
		return ""
	}
	for i, p := range parts {
		if i > 0 && (p == "" || p == "." || p == "..") {
			return ""
		}
		parts[i] = url.PathEscape(p)
	}
	at := "https://portal.azure.com/#@/resource" + strings.Join(parts, "/")
	if len(at) > maxPortal {
		return ""
	}
	return at
}

// isGUID reports whether s is written as 8-4-4-4-12 hexadecimal digits.
func isGUID(s string) bool {
	for i, r := range s {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		if hyphen != (r == '-') || !hyphen && !strings.ContainsRune("0123456789abcdefABCDEF", r) {
			return false
		}
	}
	return len(s) == 36
}

// first returns the lines that are shown, and how many are not.
func first(list []analysis.Finding) ([]analysis.Finding, int) {
	n := min(len(list), maxLines)
	return list[:n], len(list) - n
}

// withRest returns the first drivers and one that adds up the others, so that
// the drivers still add up to the finding's impact.
func withRest(drivers []analysis.Driver, currency string) []analysis.Driver {
	rest := analysis.Driver{Label: locale.T("%d others", len(drivers)-maxDrivers)}
	rest.Impact.Currency, rest.Price.Currency, rest.Quantity.Currency = currency, currency, currency
	for _, d := range drivers[maxDrivers:] {
		rest.Impact = rest.Impact.Add(d.Impact)
		rest.Price = rest.Price.Add(d.Price)
		rest.Quantity = rest.Quantity.Add(d.Quantity)
	}
	return append(append([]analysis.Driver(nil), drivers[:maxDrivers]...), rest)
}
