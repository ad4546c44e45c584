package reports

import (
	"fmt"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports/chart"
	"usagereport/usage"
)

// The days are the period's daily cost against its usual band.
type days struct {
	Part   *analysis.Part
	Chart  chart.Chart
	Heat   chart.Chart
	Rows   []dayRow
	Meters []meterRow
	Other  []analysis.Share // the period's charges that are not usage

	HasBand, HasPrior, HasIncomplete, HasGap, HasBefore, HasAbove bool
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
	for _, row := range v.Rows {
		v.HasBand = v.HasBand || row.HasBand
		v.HasPrior = v.HasPrior || row.PriorCost != nil
		v.HasIncomplete = v.HasIncomplete || row.Incomplete
		v.HasGap = v.HasGap || row.NoData
		v.HasBefore = v.HasBefore || !row.InPeriod
		v.HasAbove = v.HasAbove || row.Above
	}
	v.Chart = chart.Days(l, "days", "tall",
		l.Say(locale.T("Daily cost, with the usual range where history is long enough; the table has the numbers.")), p.Currency, charted(list))
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
