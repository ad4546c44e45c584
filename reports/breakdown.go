package reports

import (
	"fmt"
	"math"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports/chart"
	"usagereport/usage"
)

// A breakdown is what the period cost, by one dimension after another.
type breakdown struct {
	Part   *analysis.Part
	Kinds  []analysis.Share // by charge category, where there is more than usage
	Chart  chart.Chart
	Tables []breakdownTable
}

// A breakdownTable is one dimension, with the lengths of its bars.
type breakdownTable struct {
	analysis.Breakdown
	First bool
	Lines []breakdownLine
}

type breakdownLine struct {
	analysis.BreakdownRow
	Bar float64
}

const maxBars = 10

func viewBreakdown(l *locale.Locale, _ *analysis.Report, p *analysis.Part) (any, bool) {
	v := breakdown{Part: p, Kinds: chargeKinds(p)}
	for _, b := range p.Breakdowns {
		if len(b.Rows) == 0 {
			continue
		}
		t := breakdownTable{Breakdown: b, First: len(v.Tables) == 0}
		longest := 0.0
		for _, row := range b.Rows {
			longest = math.Max(longest, math.Abs(row.Amount.Amount.Float64()))
		}
		for _, row := range b.Rows {
			t.Lines = append(t.Lines, breakdownLine{row, barLength(row.Amount.Amount.Float64(), longest)})
		}
		if b.Dimension == usage.Service && len(b.Rows) > 1 {
			v.Chart = serviceChart(l, p.Currency, b)
		}
		v.Tables = append(v.Tables, t)
	}
	return v, len(v.Tables) > 0 || len(v.Kinds) > 0
}

// chargeKinds returns the cost by charge category, where there is more than
// usage.
func chargeKinds(p *analysis.Part) []analysis.Share {
	if len(p.ByCharge) == 1 && p.ByCharge[0].Name == "Usage" {
		return nil
	}
	return p.ByCharge
}

// serviceChart draws the largest services, and the others in one bar.
func serviceChart(l *locale.Locale, currency string, b analysis.Breakdown) chart.Chart {
	var shares []chart.Share
	n, rest := b.RestCount, b.Rest.Amount
	for i, row := range b.Rows {
		if i < maxBars {
			shares = append(shares, chart.Share{Name: row.Label, Amount: row.Amount})
			continue
		}
		n, rest = n+1, rest.Add(row.Amount.Amount)
	}
	if n > 0 {
		shares = append(shares, chart.Share{Name: l.Say(locale.T("%d others", n)), Amount: usage.Money{Amount: rest, Currency: currency}})
	}
	return chart.Bars(l, "services", fmt.Sprintf("rows-%d", len(shares)),
		l.Say(locale.T("Bar chart: cost by service; the table has the numbers.")), currency, shares, -1, true)
}
