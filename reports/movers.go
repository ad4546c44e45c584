package reports

import (
	"fmt"
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

	Incomparable locale.Text // why a change may be none

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
	RestBar       spanBar
	Rows          []moverRow
	More          []moverRow       // the first of the others
	Rest          *analysis.Movers // what is in neither, where anything is
	Before, Now   usage.Money
	Sum           usage.Money
	SameAsPeriods bool // Sum equals the period's change
}

// A moverRow is a Mover with its bar, which begins at the zero of its table.
type moverRow struct {
	analysis.Mover
	Bar spanBar
}

// A spanBar is a bar right or left of a zero, in percent of the width.
type spanBar struct {
	X, W, Zero float64
	Class      string // up, down
}

// spanBars sets the amounts of a list beside a common zero.
func spanBars(amounts []float64) []spanBar {
	lo, hi := 0.0, 0.0
	for _, v := range amounts {
		lo, hi = min(lo, v), max(hi, v)
	}
	out := make([]spanBar, len(amounts))
	for i := range out {
		out[i].Class = "up"
	}
	if hi == lo {
		return out
	}
	at := func(v float64) float64 { return (v - lo) / (hi - lo) * 100 }
	for i, v := range amounts {
		out[i] = spanBar{X: tenth(at(min(0, v))), W: max(0.3, tenth(at(max(0, v))-at(min(0, v)))), Zero: tenth(at(0)), Class: "up"}
		if v < 0 {
			out[i].Class = "down"
		}
	}
	return out
}

// shownMovers is how many of a dimension's movers stand by themselves.
const shownMovers = 8

func viewMovers(_ *locale.Locale, _ *analysis.Report, p *analysis.Part) (any, bool) {
	if len(p.Movers) == 0 {
		return nil, false
	}
	v := movers{Part: p, Prior: p.Priors[0], Incomparable: incomparable(p, p.Priors[0])}
	var tags []analysis.Movers
	for _, m := range p.Movers {
		if _, tag := m.Dimension.ByNewest(); tag {
			tags = append(tags, m)
			continue
		}
		v.add(m)
	}
	if m, ok := ownerMovers(p); ok {
		v.add(m)
	}
	for _, m := range tags {
		v.add(m)
	}
	if t := p.Turnover; t != nil {
		v.New, v.Gone = turnedTable{t.New, locale.T("Since"), locale.T("Cost")}, turnedTable{t.Gone, locale.T("Until"), locale.T("Cost before")}
		v.Resized, v.Renamed = byKind(t.Renamed)
		v.MoreNames = t.MoreNames
	}
	return v, len(v.Tables)+len(v.New.Rows)+len(v.Gone.Rows)+len(v.Resized)+len(v.Renamed) > 0
}

// add adds a dimension: what changed most, and all the others in one row.
func (v *movers) add(m analysis.Movers) {
	list := slices.Concat(m.Up, m.Down)
	if len(list) == 0 {
		return
	}
	slices.SortStableFunc(list, func(x, y analysis.Mover) int { return y.Delta.Amount.Abs().Cmp(x.Delta.Amount.Abs()) })
	id := fmt.Sprintf("movers-%d-%s", len(v.Tables)+1, chart.Slug(v.Part.Currency))
	t := moverTable{Movers: m, ID: id, First: len(v.Tables) == 0, Before: m.RestPrior, Now: m.RestCurrent, Sum: m.RestDelta}
	if m.RestCount > 0 {
		t.Rest = &m
	}
	var amounts []float64
	for i, x := range list {
		t.Before, t.Now = t.Before.Add(x.Prior), t.Now.Add(x.Current)
		t.Sum = t.Sum.Add(x.Delta)
		if i < shownMovers {
			t.Rows = append(t.Rows, moverRow{Mover: x})
			amounts = append(amounts, x.Delta.Amount.Float64())
			continue
		}
		t.More = append(t.More, moverRow{Mover: x})
		t.RestCount++
		t.RestPrior, t.RestCurrent, t.RestDelta = t.RestPrior.Add(x.Prior), t.RestCurrent.Add(x.Current), t.RestDelta.Add(x.Delta)
	}
	for i, bar := range spanBars(append(amounts, t.RestDelta.Amount.Float64())) {
		if i < len(t.Rows) {
			t.Rows[i].Bar = bar
		} else {
			t.RestBar = bar
		}
	}
	t.SameAsPeriods = t.Sum.Amount == v.Prior.Delta.Amount
	v.Tables = append(v.Tables, t)
}

// ownerMovers are the owners as movers, with the part of shared cost that each bears.
func ownerMovers(p *analysis.Part) (m analysis.Movers, ok bool) {
	zero := usage.Money{Currency: p.Currency}
	m = analysis.Movers{Dimension: usage.Owner, Title: "Owner", RestPrior: zero, RestCurrent: zero, RestDelta: zero}
	for _, o := range p.Owners {
		if o.Delta == nil || o.Spent.Amount.Sign() == 0 && o.Delta.Amount.Sign() == 0 {
			continue
		}
		x := analysis.Mover{Value: o.Owner, Label: o.Owner, Current: o.Spent, Prior: o.Spent.Sub(*o.Delta), Delta: *o.Delta, Percent: o.Percent}
		if o.Owner == "" {
			x.Label = "(none)"
		}
		if x.Delta.Amount.Sign() < 0 {
			m.Down = append(m.Down, x)
		} else {
			m.Up = append(m.Up, x)
		}
	}
	return m, len(m.Up)+len(m.Down) > 0
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
