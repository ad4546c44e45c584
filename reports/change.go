package reports

import (
	"usagereport/analysis"
	"usagereport/analysis/bridge"
	"usagereport/internal/locale"
	"usagereport/reports/chart"
	"usagereport/usage"
)

// A change leads from what the prior period cost to what this one costs, reason
// by reason.
type change struct {
	Part  *analysis.Part
	From  analysis.BasePeriod
	Chart chart.Chart
	Lanes []laneRow
	Used  []bridge.Lane // those of Lanes, the columns of Rows
	Rows  []changeRow
	More  []locale.Text // what must be known to read it
}

// A laneRow is one reason, with what it means.
type laneRow struct {
	Name, Means locale.Text
	Amount      usage.Money
}

// A changeRow is one service; Parts add up to its Delta.
type changeRow struct {
	analysis.ComparisonRow
	Label string
	Parts []usage.Money
}

func viewChange(l *locale.Locale, _ *analysis.Report, p *analysis.Part) (any, bool) {
	c := p.Change
	if c == nil || len(c.Base) == 0 {
		return nil, false
	}
	v := change{Part: p, From: c.Base[0]}
	v.Chart, v.Lanes, v.Used = reasons(l, "change", *c)
	money := func(d usage.Decimal) usage.Money { return usage.Money{Amount: d, Currency: p.Currency} }
	for _, r := range c.Rows {
		row := changeRow{ComparisonRow: r, Label: "(all others)"}
		if len(r.Labels) > 0 {
			row.Label = r.Labels[0]
		}
		for _, lane := range v.Used {
			row.Parts = append(row.Parts, money(r.Bridge[lane]))
		}
		v.Rows = append(v.Rows, row)
	}
	if c.Awaited.Amount.Sign() > 0 {
		v.More = append(v.More,
			locale.T("By what such days usually cost, about %s of the last days has not arrived yet; it shows as less quantity.",
				locale.Approx(c.Awaited)))
	}
	v.More = append(v.More, c.Warnings...)
	return v, true
}

// reasons returns of what the change of c is made: a waterfall, and what it shows.
func reasons(l *locale.Locale, id string, c analysis.Comparison) (picture chart.Chart, rows []laneRow, used []bridge.Lane) {
	steps := []chart.Step{{Label: shown(l, c.Base[0].Name, 40), Amount: c.Total.Prior.Amount, Total: true}}
	for _, lane := range bridge.Lanes() {
		amount := c.Total.Bridge[lane]
		if amount.Sign() == 0 && !laneInRows(c.Rows, lane) {
			continue
		}
		name, means := laneText(lane)
		rows = append(rows, laneRow{name, means, usage.Money{Amount: amount, Currency: c.Currency}})
		used = append(used, lane)
		if amount.Sign() != 0 {
			steps = append(steps, chart.Step{Label: l.Say(name), Amount: amount})
		}
	}
	steps = append(steps, chart.Step{Label: shown(l, c.Period.Name, 40), Amount: c.Total.Current.Amount, Total: true})
	label := l.Say(locale.T("Waterfall from %s to %s by reason; the table has the numbers.", l.Money(c.Total.Prior), l.Money(c.Total.Current)))
	return chart.Waterfall(l, id, label, c.Currency, steps), rows, used
}

func laneInRows(rows []analysis.ComparisonRow, lane bridge.Lane) bool {
	for _, r := range rows {
		if r.Bridge[lane].Sign() != 0 {
			return true
		}
	}
	return false
}

// laneText returns a reason for a change in a word, and what it means.
func laneText(lane bridge.Lane) (name, means locale.Text) {
	switch lane {
	case bridge.Price:
		return locale.T("Price"), locale.T("another price of a unit, on all that is used now")
	case bridge.Quantity:
		return locale.T("Quantity"), locale.T("more or less was used, at the older price")
	case bridge.Calendar:
		return locale.T("Calendar"), locale.T("more or fewer days, or other weekdays")
	case bridge.Missing:
		return locale.T("Missing days"), locale.T("days of which there are no data, by what such days cost")
	case bridge.New:
		return locale.T("New"), locale.T("what cost nothing before")
	case bridge.Gone:
		return locale.T("Gone"), locale.T("what costs nothing any more")
	case bridge.Resized:
		return locale.T("Resized"), locale.T("resources that went on in another size")
	case bridge.Renamed:
		return locale.T("Renamed"), locale.T("what goes on under another name")
	case bridge.MovedIn:
		return locale.T("Moved in"), locale.T("what was another owner’s before")
	case bridge.MovedOut:
		return locale.T("Moved out"), locale.T("what is another owner’s now")
	case bridge.Purchases:
		return locale.T("Purchases"), locale.T("purchases and other one-time charges")
	case bridge.Credits:
		return locale.T("Credits"), locale.T("credits, refunds and corrections")
	case bridge.Tax:
		return locale.T("Taxes"), locale.T("tax on the bill")
	case bridge.Rounding:
		return locale.T("Rounding"), locale.T("rounding of the bill’s lines, and the free allowance")
	}
	return locale.T("Unattributed"), locale.T("no reason is claimed: there is no meter, no unit or no quantity to go by")
}
