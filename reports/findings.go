package reports

import (
	"fmt"
	"net/url"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports/chart"
	"usagereport/usage"
)

// The findings are unexpected changes: a card each for the alarms, a line
// each for what is worth a look and for unexpected falls.
type findings struct {
	Part    *analysis.Part
	ReplyBy usage.Day // until when to answer; 0 where that has passed

	Prefix string
	Cards  []card
	Rest   []analysis.Finding // alarms beyond the cards
	Minor  []analysis.Finding
	Down   []analysis.Finding

	Answered []analysis.Finding // no alarm any more

	MoreMinor, MoreDown int
}

// A card is one finding with its small chart.
type card struct {
	F       analysis.Finding
	Anchor  string
	Portal  string // the address of its resource in the Azure portal, if it is of one
	Drivers []driver
	Chart   chart.Chart
	Rows    []dayRow // the table behind the chart
}

// A driver is one that carries part of the finding.
type driver struct {
	analysis.Driver
	Portal string // the address of its resource, where no line above and not the card has it
}

const (
	maxCards   = 25
	maxLines   = 50
	maxDrivers = 10
)

func viewFindings(l *locale.Locale, _ *analysis.Report, p *analysis.Part) (any, bool) {
	if len(p.Findings)+len(p.Minor)+len(p.Down)+len(p.Answered) == 0 {
		return nil, false
	}
	v := findings{Part: p, ReplyBy: p.Period.ReplyBy, Prefix: chart.Slug(p.Currency), Answered: p.Answered}
	for i, f := range p.Findings {
		if i == maxCards {
			v.Rest = p.Findings[i:]
			break
		}
		c := card{F: f, Anchor: fmt.Sprintf("finding-%s-%d", v.Prefix, i+1), Portal: portal(f.Scope)}
		list := f.Drivers
		if len(list) > maxDrivers+1 {
			list = withRest(list, p.Currency)
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
		if len(f.Days) > 1 {
			c.Rows = dayRows(f.Days, p.Currency)
			c.Chart = chart.Days(l, fmt.Sprintf("finding-%d", i+1), "small",
				l.Say(locale.T("Daily cost of %s against its usual range; the amounts are beside it.", shown(l, f.Label, 80))), p.Currency,
				charted(f.Days))
		}
		v.Cards = append(v.Cards, c)
	}
	v.Minor, v.MoreMinor = first(p.Minor)
	v.Down, v.MoreDown = first(p.Down)
	return v, true
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
