package reports

import (
	"fmt"
	"slices"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports/chart"
	"usagereport/usage"
)

// The days are the period's daily cost against its usual band.
type days struct {
	Part   *analysis.Part
	Chart  chart.Chart   // by service
	Names  []locale.Text // of its services, from the bottom up
	Heat   chart.Chart
	Rows   []dayRow
	Meters []meterRow
	Other  []analysis.Share // the period's charges that are not usage
	Events []analysis.Event // on the days of Chart, the newest

	HasBand, HasPrior, HasIncomplete, HasGap, HasMark bool
}

// A meterRow is a meter with its chart.
type meterRow struct {
	analysis.Meter
	Chart chart.Chart
}

// A dayRow is one day of the table behind the chart.
type dayRow struct {
	analysis.DayCost
	Cost         usage.Money
	Lo, Mid, Hi  usage.Money
	PriorCost    *usage.Money
	Above, Below bool
}

// daysBefore is how many days before the period are shown: two earlier months,
// so that the month's shape can be seen on a phone.
const daysBefore = 62

func viewDays(l *locale.Locale, _ *analysis.Report, p *analysis.Part) (any, bool) {
	list := shownDays(p)
	if len(list) < 2 {
		return nil, false
	}
	v := days{Part: p, Rows: dayRows(list, p.Currency)}
	for _, s := range p.ByCharge {
		if s.Name != "Usage" {
			v.Other = append(v.Other, s)
		}
	}
	v.Events = shownEvents(p)
	for _, row := range v.Rows {
		v.HasBand = v.HasBand || row.HasBand
		v.HasPrior = v.HasPrior || row.PriorCost != nil
		v.HasIncomplete = v.HasIncomplete || row.Incomplete
		v.HasGap = v.HasGap || row.NoData
	}
	v.stack(l, p)
	v.Heat = chart.Heat(l, "heat", l.Say(locale.T("Calendar: what each day cost; the table has the numbers.")), p.Currency, charted(list))
	for i, m := range p.Meters {
		row := meterRow{Meter: m}
		pairs := make([]chart.Pair, len(m.Days))
		for j, d := range m.Days {
			pairs[j] = chart.Pair{Day: d.Day, Cost: d.Cost, Quantity: d.Quantity, NoData: d.NoData, Incomplete: d.Incomplete}
		}
		row.Chart = chart.Lines(l, fmt.Sprintf("meter-%d", i+1),
			l.Say(locale.T("Daily cost and quantity of %s.", shown(l, m.Name, 80))), p.Currency, m.Unit, pairs)
		v.Meters = append(v.Meters, row)
	}
	return v, true
}

// stack draws the days of the period and of a month before it by service, and what is
// still to come.
func (v *days) stack(l *locale.Locale, p *analysis.Part) {
	for _, s := range p.Services {
		name := locale.Said(s.Name)
		if s.Name == "" {
			name = locale.T("%d others", s.Count)
		}
		v.Names = append(v.Names, name)
	}
	var list []chart.Stack
	for i, d := range p.Daily {
		if d.Day < p.Period.Span.From-stackBefore {
			continue
		}
		x := chart.Stack{Day: d.Day, Open: d.Incomplete, NoData: d.NoData}
		for _, e := range v.Events {
			if e.Day == d.Day {
				x.Events++
			}
		}
		for _, s := range p.Services {
			x.Parts = append(x.Parts, s.Days[i])
		}
		if d.HasBand {
			x.Usual = &d.High
			if d.Incomplete && d.Expected.Cmp(d.Actual) > 0 {
				x.Awaited = d.Expected.Sub(d.Actual)
			}
			x.Marked = above(d) && !d.Incomplete && explains(p.Findings, d.Day)
		}
		v.HasMark = v.HasMark || x.Marked
		list = append(list, x)
	}
	if r := p.Running; r != nil && len(list) > 0 {
		for i := 1; i < len(r.Path); i++ {
			if d := r.Path[i]; d.Day > list[len(list)-1].Day {
				list = append(list, chart.Stack{Day: d.Day, Awaited: d.Expected.Sub(r.Path[i-1].Expected).Amount})
			}
		}
	}
	if len(list) < 2 {
		return
	}
	v.Chart = chart.Stacked(l, l.Say(locale.T("Usage of each day by service; the table has the numbers.")), list, p.Period.Span.From)
}

const (
	stackBefore = 31 // days before the period in the chart by service
	maxEvents   = 20 // that it marks
)

// shownEvents returns the events on the days of the chart by service, the newest of many.
func shownEvents(p *analysis.Part) (list []analysis.Event) {
	for _, e := range p.Events {
		if e.Day >= p.Period.Span.From-stackBefore {
			list = append(list, e)
		}
	}
	return list[max(0, len(list)-maxEvents):]
}

// explains reports whether a finding says why a day is dear.
func explains(list []analysis.Finding, day usage.Day) bool {
	return slices.ContainsFunc(list, func(f analysis.Finding) bool { return f.Direction == usage.Up && f.Start <= day && day <= f.End })
}

// shownDays returns the period's days and what is shown of those before it.
func shownDays(p *analysis.Part) []analysis.DayCost {
	list := p.Daily
	for len(list) > 0 && !list[0].InPeriod && list[0].Day < p.Period.Span.From-daysBefore {
		list = list[1:]
	}
	return list
}

// dayRows makes days ready for a table.
func dayRows(list []analysis.DayCost, currency string) []dayRow {
	money := func(d usage.Decimal) usage.Money { return usage.Money{Amount: d, Currency: currency} }
	rows := make([]dayRow, 0, len(list))
	for _, d := range list {
		row := dayRow{DayCost: d, Cost: money(d.Actual)}
		if d.HasBand {
			row.Lo, row.Mid, row.Hi = money(d.Low), money(d.Expected), money(d.High)
			row.Above = above(d)
			row.Below = !d.NoData && !d.Incomplete && d.Actual.Cmp(d.Low) < 0
		}
		if d.Prior != nil {
			m := money(*d.Prior)
			row.PriorCost = &m
		}
		rows = append(rows, row)
	}
	return rows
}

// above reports whether a day cost more than its usual range.
func above(d analysis.DayCost) bool {
	return chart.Day(d).Above()
}

// charted returns days as charts take them.
func charted(list []analysis.DayCost) []chart.Day {
	out := make([]chart.Day, len(list))
	for i, d := range list {
		out[i] = chart.Day(d)
	}
	return out
}
