package reports

import (
	"usagereport/analysis"
	"usagereport/internal/locale"
)

// A breakdown is what the period cost, by one dimension after another.
type breakdown struct {
	Part   *analysis.Part
	Kinds  []analysis.Share // by charge category, where there is more than usage
	Folded bool             // what changed is said before, so that this opens at a click
	Tables []breakdownTable
}

// A breakdownTable is one dimension, with the lengths of its bars.
type breakdownTable struct {
	analysis.Breakdown
	First bool
	Lines []breakdownLine
	More  []analysis.BreakdownRow // the first of the others
	Last  *analysis.Breakdown     // what is in neither, where anything is
}

type breakdownLine struct {
	analysis.BreakdownRow
	Bar spanBar
}

const maxBars = 10

func viewBreakdown(_ *locale.Locale, _ *analysis.Report, p *analysis.Part) (any, bool) {
	v := breakdown{Part: p, Kinds: chargeKinds(p), Folded: len(p.Priors) > 0}
	for _, b := range p.Breakdowns {
		if len(b.Rows) == 0 {
			continue
		}
		t := breakdownTable{Breakdown: b, First: len(v.Tables) == 0}
		if b.RestCount > 0 {
			t.Last = &b
		}
		var amounts []float64
		for k, row := range b.Rows {
			if k == maxBars {
				t.More = b.Rows[k:]
				for _, more := range t.More {
					t.RestCount, t.Rest = t.RestCount+1, t.Rest.Add(more.Amount)
				}
				break
			}
			t.Lines = append(t.Lines, breakdownLine{BreakdownRow: row})
			amounts = append(amounts, row.Amount.Amount.Float64())
		}
		for k, bar := range spanBars(amounts) {
			t.Lines[k].Bar = bar
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
