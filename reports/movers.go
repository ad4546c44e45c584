package reports

import (
	"math"

	"usagereport/analysis"
	"usagereport/locale"
	"usagereport/usage"
)

// The movers are what grew and what shrank, by one dimension after another.
type movers struct {
	Part   *analysis.Part
	Prior  analysis.Prior
	Tables []moverTable
}

// A moverTable is one dimension: growers, shrinkers, and the sums by which the
// page shows that nothing is left out.
type moverTable struct {
	analysis.Movers
	First         bool
	UpRows        []moverRow
	DownRows      []moverRow
	UpSum, DnSum  usage.Money
	Sum           usage.Money
	SameAsPeriods bool // Sum equals the period's change
}

// A moverRow is a Mover with the length of its bar, in percent of the longest.
type moverRow struct {
	analysis.Mover
	Bar float64
}

func viewMovers(l *locale.Locale, _ *analysis.Report, p *analysis.Part) (any, bool) {
	if len(p.Priors) == 0 {
		return nil, false
	}
	v := movers{Part: p, Prior: p.Priors[0]}
	for _, m := range p.Movers {
		if len(m.Up)+len(m.Down) == 0 {
			continue
		}
		t := moverTable{Movers: m, First: len(v.Tables) == 0}
		longest := 0.0
		for _, list := range [][]analysis.Mover{m.Up, m.Down} {
			for _, x := range list {
				longest = math.Max(longest, math.Abs(x.Delta.Amount.Float64()))
			}
		}
		t.UpRows, t.UpSum = moverRows(m.Up, longest, p.Currency)
		t.DownRows, t.DnSum = moverRows(m.Down, longest, p.Currency)
		t.Sum = usage.Money{Amount: t.UpSum.Amount.Add(t.DnSum.Amount).Add(m.RestDelta.Amount), Currency: p.Currency}
		t.SameAsPeriods = t.Sum.Amount == v.Prior.Delta.Amount
		v.Tables = append(v.Tables, t)
	}
	return v, len(v.Tables) > 0
}

func moverRows(list []analysis.Mover, longest float64, currency string) (rows []moverRow, sum usage.Money) {
	sum.Currency = currency
	for _, m := range list {
		rows = append(rows, moverRow{Mover: m, Bar: barLength(m.Delta.Amount.Float64(), longest)})
		sum.Amount = sum.Amount.Add(m.Delta.Amount)
	}
	return rows, sum
}

// barLength returns |v| in percent of longest, to a tenth.
func barLength(v, longest float64) float64 {
	if longest <= 0 {
		return 0
	}
	return math.Round(1000*math.Abs(v)/longest) / 10
}
