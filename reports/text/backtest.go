package text

import (
	"math"
	"slices"

	"usagereport/analysis"
	"usagereport/internal/query"
	"usagereport/internal/terminal"
)

// Backtests prints errors in percent of the period's cost.
func Backtests(p terminal.Printer, list []analysis.Backtest) error {
	if err := p.Head("Errors in percent of the cost of the last up to six ended periods, foretold from the days that had gone by then: " +
		"in as_known of the periods by what was known on that day, in the others as the files have them now."); err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(b analysis.Backtest) bool { return b.Periods == 0 })
	if len(list) == 0 && p.ForPeople() {
		return p.Say("Too little history: a period can be tested that has three weeks of usage before its day.")
	}
	type row = analysis.Backtest
	percent := func(of func(row) float64) func(row) any {
		return func(b row) any { return math.Round(1000*of(b)) / 10 }
	}
	return terminal.Rows(p, query.Columns[row]{
		{Name: "currency", Of: func(b row) any { return b.Currency }},
		{Name: "day", Kind: query.Integer, Of: func(b row) any { return b.Day }},
		{Name: "periods", Kind: query.Integer, Of: func(b row) any { return b.Periods }},
		{Name: "as_known", Kind: query.Integer, Of: func(b row) any { return b.AsKnown }},
		{Name: "ours", Kind: query.Float, Of: percent(func(b row) float64 { return b.Ours })},
		{Name: "last_period", Kind: query.Float, Of: percent(func(b row) float64 { return b.LastSame })},
		{Name: "run_rate", Kind: query.Float, Of: percent(func(b row) float64 { return b.RunRate })},
		{Name: "line_30_days", Kind: query.Float, Of: percent(func(b row) float64 { return b.Line })},
		{Name: "with_range", Kind: query.Integer, Of: func(b row) any { return b.WithRange }},
		{Name: "in_80", Kind: query.Integer, Of: func(b row) any { return b.In80 }},
		{Name: "in_95", Kind: query.Integer, Of: func(b row) any { return b.In95 }},
	}, list)
}
