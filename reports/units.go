package reports

import (
	"fmt"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports/chart"
	"usagereport/usage"
)

// A unitsView is what one of what people count costs.
type unitsView struct {
	Part    *analysis.Part
	Flags   string    // with which its findings are found
	ReplyBy usage.Day // until when to answer; 0 where that has passed
	Units   []unitView
}

// A unitView is one of them with its chart.
type unitView struct {
	analysis.UnitCost
	Chart chart.Chart
}

func viewUnits(l *locale.Locale, r *analysis.Report, p *analysis.Part) (any, bool) {
	v := unitsView{Part: p, Flags: foundWith(r, p), ReplyBy: p.Period.ReplyBy}
	for i, u := range p.Units {
		one := unitView{UnitCost: u}
		if days := unitDays(u); len(days) >= unitDrawn && i < shownRows {
			one.Chart = chart.Days(l, fmt.Sprintf("unit-%s-%d", chart.Slug(p.Currency), i+1), "small",
				l.Say(locale.T("%s, by day, of usage alone; the numbers are below it.", u.Label())), p.Currency, days)
		}
		v.Units = append(v.Units, one)
	}
	return v, len(p.Units) > 0
}

// unitDrawn is how many days a chart of a unit cost has at least.
const unitDrawn = 7

// unitDays are the days of a unit cost as they are drawn: each against what is usual.
func unitDays(u analysis.UnitCost) (out []chart.Day) {
	for _, d := range u.Days {
		if d.Unit == nil && len(out) == 0 {
			continue
		}
		for n := len(out); n > 0 && out[n-1].Day+1 < d.Day; n = len(out) {
			out = append(out, chart.Day{Day: out[n-1].Day + 1, InPeriod: u.Period.Span.Contains(out[n-1].Day + 1), NoData: true})
		}
		c := chart.Day{Day: d.Day, InPeriod: u.Period.Span.Contains(d.Day), NoData: d.Unit == nil}
		if d.Unit != nil {
			c.Actual = *d.Unit
		}
		if r := u.Usual; r != nil {
			c.HasBand, c.Expected, c.Low, c.High = true, r.Middle, r.Low, r.High
		}
		out = append(out, c)
	}
	return out
}

func unitsTables(_ *analysis.Report, p *analysis.Part) []Table {
	if len(p.Units) == 0 {
		return nil
	}
	figure := func(title locale.Text) Column { return Column{Title: title, Kind: Quantity} }
	all := Table{Name: "units", Title: locale.T("Unit cost"), Columns: []Column{
		texts(locale.T("What")), figure(locale.T("Counted")), amount(locale.T("Cost"), p.Currency), figure(locale.T("Unit cost")),
		figure(locale.T("Before")), figure(locale.T("Last days, of usage alone")), figure(locale.T("Usual, from")), figure(locale.T("Usual, to")),
		{Title: locale.T("Days without a value"), Kind: Count},
	}}
	out := []Table{all}
	found := Table{Name: "unit_findings", Title: locale.T("Costs more than usual"), Columns: []Column{
		texts(locale.T("What and why")),
		{Title: locale.T("From"), Kind: Date},
		amount(locale.T("Actual"), p.Currency), amount(locale.T("Expected"), p.Currency),
		changed(locale.T("Impact"), p.Currency), texts(locale.T("Number")), texts(locale.T("Answer")),
	}}
	for _, u := range p.Units {
		if f := u.Finding; f != nil {
			found.Rows = append(found.Rows, []any{f.Explanation, f.Start, f.Actual, f.Expected, f.Impact, f.ID, f.Answer.Text()})
		}
	}
	if len(found.Rows) > 0 {
		out = append(out, found)
	}
	for i, u := range p.Units {
		row := []any{u.Label(), u.Period.Volume, u.Period.Cost, decimalOrNil(u.Period.Unit), nil, nil, nil, nil, u.Period.Without}
		if u.Prior != nil {
			row[4] = decimalOrNil(u.Prior.Unit)
		}
		if u.Usual != nil {
			row[5], row[6], row[7] = decimalOrNil(u.Lately), u.Usual.Low, u.Usual.High
		}
		out[0].Rows = append(out[0].Rows, row)
		months := Table{Name: fmt.Sprintf("months-%d", i+1), Title: u.Label(), Own: true, Detail: true, Columns: []Column{
			texts(locale.T("Month")), figure(locale.T("Counted")), amount(locale.T("Cost"), p.Currency), figure(locale.T("Unit cost")),
			{Title: locale.T("Days without a value"), Kind: Count},
		}}
		for _, m := range u.Months {
			months.Rows = append(months.Rows, []any{m.Name, m.Volume, m.Cost, decimalOrNil(m.Unit), m.Without})
		}
		title := locale.T("%s, by day, of usage alone", u.Label())
		days := Table{Name: fmt.Sprintf("days-%d", i+1), Title: title, Own: true, Detail: true, Columns: []Column{
			{Title: locale.T("Day"), Kind: Date},
			figure(locale.T("Counted")), amount(locale.T("Cost"), p.Currency),
			figure(locale.T("Unit cost")),
		}}
		for _, d := range u.Days {
			days.Rows = append(days.Rows, []any{d.Day, decimalOrNil(d.Volume), d.Cost, decimalOrNil(d.Unit)})
		}
		out = append(out, months, days)
	}
	return out
}

func decimalOrNil(d *usage.Decimal) any {
	if d == nil {
		return nil
	}
	return *d
}
