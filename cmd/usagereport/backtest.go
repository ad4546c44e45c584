package main

import (
	"context"

	"usagereport/analysis"
	"usagereport/internal/terminal"
	"usagereport/reports/text"
)

// runBacktest prints errors in percent of the period's cost.
func runBacktest(ctx context.Context, g *globals, a *analysis.Analysis, p terminal.Printer) error {
	list, err := a.Backtests(ctx)
	if err != nil {
		return err
	}
	return text.Backtests(p, list)
}
