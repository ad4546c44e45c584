package reports

import (
	"fmt"

	"usagereport/analysis"
	"usagereport/locale"
)

// The findings are what nobody expected: a card each for the alarms, a line
// each for what is worth a look and for unexpected falls.
type findings struct {
	Part   *analysis.Part
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
	F      analysis.Finding
	Anchor string
	Chart  chart
	Rows   []dayRow // the table behind the chart
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
	v := findings{Part: p, Prefix: slug(p.Currency), Answered: p.Answered}
	for i, f := range p.Findings {
		if i == maxCards {
			v.Rest = p.Findings[i:]
			break
		}
		c := card{F: f, Anchor: fmt.Sprintf("finding-%s-%d", v.Prefix, i+1)}
		if len(f.Drivers) > maxDrivers+1 {
			c.F.Drivers = withRest(f.Drivers, p.Currency)
		}
		if len(f.Days) > 1 {
			c.Rows = dayRows(f.Days, p.Currency)
			c.Chart = daysChart(l, fmt.Sprintf("finding-%d", i+1), "small",
				l.Say(locale.T("Daily cost of %s against its usual range; the amounts are beside it.", shown(l, f.Label, 80))), p.Currency, f.Days)
		}
		v.Cards = append(v.Cards, c)
	}
	v.Minor, v.MoreMinor = first(p.Minor)
	v.Down, v.MoreDown = first(p.Down)
	return v, true
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
		rest.Impact.Amount = rest.Impact.Amount.Add(d.Impact.Amount)
		rest.Price.Amount = rest.Price.Amount.Add(d.Price.Amount)
		rest.Quantity.Amount = rest.Quantity.Amount.Add(d.Quantity.Amount)
	}
	return append(append([]analysis.Driver(nil), drivers[:maxDrivers]...), rest)
}
