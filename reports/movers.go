package reports

import (
	"math"
	"slices"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports/chart"
	"usagereport/usage"
)

// The movers are what grew and what shrank, by one dimension after another, and
// which resources came, went, or go on under another name.
type movers struct {
	Part   *analysis.Part
	Prior  analysis.Prior
	Tables []moverTable
	New    turnedTable
	Gone   turnedTable

	Resized, Renamed []analysis.Renaming
	MoreNames        int
}

// A turnedTable is the resources that came, or that went.
type turnedTable struct {
	analysis.Turned
	Day, Amount locale.Text // the heads of its columns
}

// A moverTable is one dimension, and the sum by which the page shows that nothing
// is left out.
type moverTable struct {
	analysis.Movers
	ID            string
	First         bool
	Rows          []moverRow
	Before, Now   usage.Money
	Sum           usage.Money
	SameAsPeriods bool // Sum equals the period's change
}

// A moverRow is a Mover with the length of its bar, in percent of the longest.
type moverRow struct {
	analysis.Mover
	Bar float64
}

func viewMovers(_ *locale.Locale, _ *analysis.Report, p *analysis.Part) (any, bool) {
	if len(p.Priors) == 0 {
		return nil, false
	}
	v := movers{Part: p, Prior: p.Priors[0]}
	for _, m := range p.Movers {
		list := slices.Concat(m.Up, m.Down)
		if len(list) == 0 {
			continue
		}
		t := moverTable{
			Movers: m, ID: "movers-" + snake(string(m.Dimension)) + "-" + chart.Slug(p.Currency), First: len(v.Tables) == 0,
			Before: m.RestPrior, Now: m.RestCurrent, Sum: m.RestDelta,
		}
		longest := 0.0
		for _, x := range list {
			longest = math.Max(longest, math.Abs(x.Delta.Amount.Float64()))
			t.Before, t.Now = t.Before.Add(x.Prior), t.Now.Add(x.Current)
			t.Sum = t.Sum.Add(x.Delta)
		}
		for _, x := range list {
			t.Rows = append(t.Rows, moverRow{Mover: x, Bar: barLength(x.Delta.Amount.Float64(), longest)})
		}
		t.SameAsPeriods = t.Sum.Amount == v.Prior.Delta.Amount
		v.Tables = append(v.Tables, t)
	}
	if t := p.Turnover; t != nil {
		v.New, v.Gone = turnedTable{t.New, locale.T("Since"), locale.T("Cost")}, turnedTable{t.Gone, locale.T("Until"), locale.T("Cost before")}
		v.Resized, v.Renamed = byKind(t.Renamed)
		v.MoreNames = t.MoreNames
	}
	return v, len(v.Tables)+len(v.New.Rows)+len(v.Gone.Rows)+len(v.Resized)+len(v.Renamed) > 0
}

// byKind parts what has another size from what has another name.
func byKind(list []analysis.Renaming) (resized, renamed []analysis.Renaming) {
	for _, x := range list {
		if x.Kind == analysis.Resized {
			resized = append(resized, x)
		} else {
			renamed = append(renamed, x)
		}
	}
	return resized, renamed
}

// barLength returns |v| in percent of longest, to a tenth.
func barLength(v, longest float64) float64 {
	if longest <= 0 {
		return 0
	}
	return math.Round(1000*math.Abs(v)/longest) / 10
}
