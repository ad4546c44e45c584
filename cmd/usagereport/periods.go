package main

import (
	"context"

	"github.com/spf13/cobra"

	"usagereport/query"
)

func newPeriodsCommand(g *globals) *cobra.Command {
	var p printer
	c := &cobra.Command{
		Use:   "periods",
		Short: "List the billing periods: dates, state, how far the data reach, cost",
		Long: `List the billing periods, newest first: their dates, how far the data reach, and
the cost up to there. A period is open while its days run, closing until a later
load of the account reaches the fifth day after its end, then closed.`,
		Example: `  usagereport periods
  usagereport periods --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runPeriods(cmd.Context(), g, p) },
	}
	p.addFlag(c)
	return c
}

func runPeriods(ctx context.Context, g *globals, p printer) error {
	o, err := g.options("", "")
	if err != nil {
		return err
	}
	a, done, err := g.analyse(ctx, o)
	if err != nil {
		return err
	}
	defer done()
	periods, err := a.Periods(ctx)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, b := range periods {
		rows = append(rows, []any{b.Name, b.Span.From, b.Span.Last(), string(b.State), b.Reach, b.Accounts, p.amount(b.Total), b.Total.Currency})
	}
	return p.print(g, query.Table{Columns: []query.Column{
		{Name: "period"},
		{Name: "from", Kind: query.Date},
		{Name: "to", Kind: query.Date},
		{Name: "state"},
		{Name: "data_to", Kind: query.Date},
		{Name: "accounts", Kind: query.Integer},
		{Name: "total", Kind: query.Decimal},
		{Name: "currency"},
	}, Rows: query.RowsOf(rows...)})
}
