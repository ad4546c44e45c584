package text

import (
	"math"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/analysis/bridge"
	"usagereport/internal/locale"
	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/usage"
)

// A comparisonLine is a row of a comparison, in the comparison's currency.
type comparisonLine struct {
	analysis.ComparisonRow
	currency string
	compared bool // with a period that is loaded
	total    bool // of all rows of the currency
}

// beside returns an amount of a comparison: none where there is nothing to compare
// with, for what is not loaded is not 0.
func (l comparisonLine) beside(p terminal.Printer, m usage.Money) any {
	if !l.compared || l.Status == string(analysis.NotKnown) {
		return nil
	}
	return p.Amount(m)
}

// Comparison prints a row for each row of cs, for people and in JSON a last one with
// each currency's total, and for people only those parts of the bridge that are not all zero. In a text
// table it has the parts that its width has room for, and what the others make.
func Comparison(p terminal.Printer, cs []analysis.Comparison, dims []usage.Dimension) error {
	if width := p.Width(); width > 0 {
		return p.Print(narrowComparison(cs, dims, p, width))
	}
	return p.Print(wideComparison(cs, dims, p))
}

// wideComparison has all columns.
func wideComparison(cs []analysis.Comparison, dims []usage.Dimension, p terminal.Printer) query.Table {
	type row = comparisonLine
	var columns query.Columns[row]
	for i, d := range dims {
		columns = append(columns, query.Field[row]{Name: d.Key(), Of: func(r row) any {
			if p.ForPeople() {
				return r.Labels[i]
			}
			if r.total {
				return nil
			}
			return r.Values[i]
		}})
	}
	columns = append(columns, query.Columns[row]{
		{Name: "current", Kind: query.Decimal, Of: func(r row) any { return p.Amount(r.Current) }},
		{Name: "prior", Kind: query.Decimal, Of: func(r row) any { return r.beside(p, r.Prior) }},
		{Name: "delta", Kind: query.Decimal, Of: func(r row) any { return r.beside(p, r.Delta) }},
		{Name: "percent", Kind: query.Float, Of: func(r row) any {
			if r.Percent == nil {
				return nil
			}
			return math.Round(*r.Percent*10)/10 + 0 // no minus before a zero
		}},
		{Name: "status", Of: func(r row) any { return string(r.Status) }},
		{Name: "currency", Of: func(r row) any { return r.currency }},
	}...)
	lanes := lanesOf(cs, p)
	for _, l := range lanes {
		columns = append(columns, query.Field[row]{Name: l.String(), Kind: query.Decimal, Of: func(r row) any {
			if !r.compared {
				return nil
			}
			return p.Amount(usage.Money{Amount: r.Bridge[l], Currency: r.currency})
		}})
	}
	if slices.Contains(lanes, bridge.Calendar) {
		columns = append(columns, query.Field[row]{
			Name: "delta_adjusted", Kind: query.Decimal,
			Of: func(r row) any { return r.beside(p, r.Adjusted) },
		})
	}
	if slices.ContainsFunc(cs, func(c analysis.Comparison) bool { return c.Unit != nil }) {
		for _, x := range unitColumns() {
			columns = append(columns, query.Field[row]{Name: x.name, Kind: query.Decimal, Of: func(r row) any {
				if r.Units == nil {
					return nil
				}
				return p.Amount(usage.Money{Amount: x.of(*r.Units), Currency: r.currency})
			}})
		}
	}
	if asJSON(p) {
		columns = append(columns, query.Field[row]{Name: "total", Kind: query.Bool, Of: func(r row) any { return r.total }})
	}
	return columns.Table(p.Reader(), comparisonLines(cs, dims, p))
}

// A unitColumn is one part of a change by a metric.
type unitColumn struct {
	name string
	of   func(analysis.UnitEffects) usage.Decimal
}

func unitColumns() []unitColumn {
	return []unitColumn{
		{"volume", func(e analysis.UnitEffects) usage.Decimal { return e.Volume }},
		{"unit_cost", func(e analysis.UnitEffects) usage.Decimal { return e.Unit }},
		{"no_value", func(e analysis.UnitEffects) usage.Decimal { return e.Bare }},
	}
}

// asJSON reports whether p prints JSON: there the rows say which of them is the total, so that no program
// adds it to the others.
func asJSON(p terminal.Printer) bool {
	f, err := p.Form()
	return err == nil && f == query.AsJSON
}

// comparisonLines are the rows of a comparison, for people and in JSON with the totals.
func comparisonLines(cs []analysis.Comparison, dims []usage.Dimension, p terminal.Printer) (rows []comparisonLine) {
	for _, c := range cs {
		for _, r := range c.Rows {
			rows = append(rows, comparisonLine{r, c.Currency, len(c.Base) > 0, len(dims) == 0})
		}
		if len(dims) > 0 && (p.ForPeople() && len(c.Rows) > 1 || asJSON(p)) {
			total := c.Total
			total.Labels = make([]string, len(dims))
			total.Labels[0] = "(total)"
			rows = append(rows, comparisonLine{total, c.Currency, len(c.Base) > 0, true})
		}
	}
	return rows
}

// narrowComparison has the change first, and as many of its reasons as width has room for;
// what the others make is one column.
func narrowComparison(cs []analysis.Comparison, dims []usage.Dimension, p terminal.Printer, width int) query.Table {
	l := locale.InEnglish()
	type row = comparisonLine
	var columns query.Columns[row]
	for i, d := range dims {
		columns = append(columns, query.Field[row]{Name: strings.ToLower(analysis.TitleOf(d)), Of: func(r row) any {
			if i == 0 && r.Status != "" {
				return r.Labels[i] + " (" + string(r.Status) + ")"
			}
			return r.Labels[i]
		}})
	}
	if len(cs) > 1 {
		columns = append(columns, query.Field[row]{Name: "currency", Of: func(r row) any { return r.currency }})
	}
	compared := slices.ContainsFunc(cs, func(c analysis.Comparison) bool { return len(c.Base) > 0 })
	money := func(name string, rank int, show func(usage.Money) string, of func(row) usage.Money) {
		columns = append(columns, query.Field[row]{Name: name, Kind: query.Decimal, Rank: rank, Of: func(r row) any {
			if name != "now" && r.beside(p, r.Prior) == nil {
				return nil
			}
			return show(of(r))
		}})
	}
	if compared {
		money("change", 0, l.Signed, func(r row) usage.Money { return r.Delta })
		columns = append(columns, query.Field[row]{Name: "%", Kind: query.Float, Rank: 1, Of: func(r row) any {
			if r.Percent == nil || r.Status != "" {
				return nil
			}
			return l.Change(*r.Percent)
		}})
	}
	money("now", 0, l.Money, func(r row) usage.Money { return r.Current })
	var without []string
	if slices.ContainsFunc(cs, func(c analysis.Comparison) bool { return c.Unit != nil }) {
		money("before", 2, l.Money, func(r row) usage.Money { return r.Prior })
		for i, x := range unitColumns() {
			money(x.name, i+1, l.Signed, func(r row) usage.Money {
				var e analysis.UnitEffects
				if r.Units != nil {
					e = *r.Units
				}
				return usage.Money{Amount: x.of(e), Currency: r.currency}
			})
		}
	} else if compared {
		money("before", 2, l.Money, func(r row) usage.Money { return r.Prior })
		lanes := lanesOf(cs, p)
		var own, others []bridge.Lane
		for _, lane := range lanes {
			switch {
			case width >= 100 && (lane == bridge.Price || lane == bridge.Quantity), width >= 120 && (lane == bridge.New || lane == bridge.Gone):
				own = append(own, lane)
			default:
				others, without = append(others, lane), append(without, lane.String())
			}
		}
		part := func(of row, lanes ...bridge.Lane) usage.Money {
			sum := usage.Money{Currency: of.currency}
			for _, lane := range lanes {
				sum.Amount = sum.Amount.Add(of.Bridge[lane])
			}
			return sum
		}
		for i, lane := range own {
			money(lane.String(), 4+i, l.Signed, func(r row) usage.Money { return part(r, lane) })
		}
		if len(own) > 0 && len(others) > 0 {
			money("other", 9, l.Signed, func(r row) usage.Money { return part(r, others...) })
		}
		if slices.Contains(lanes, bridge.Calendar) {
			without = append(without, "delta_adjusted")
		}
	}
	t := columns.Table(p.Reader(), comparisonLines(cs, dims, p))
	t.Without = without
	return t
}

// lanesOf returns the parts of the bridge that are shown.
func lanesOf(cs []analysis.Comparison, p terminal.Printer) []bridge.Lane {
	return slices.DeleteFunc(bridge.Lanes(), func(l bridge.Lane) bool {
		return (p.ForPeople() || l.Special()) && !slices.ContainsFunc(cs, func(c analysis.Comparison) bool {
			return len(c.Base) > 0 && slices.ContainsFunc(append(c.Rows, c.Total), func(r analysis.ComparisonRow) bool {
				return r.Bridge[l].Round(usage.MinorDigits(c.Currency)).Sign() != 0
			})
		})
	})
}
