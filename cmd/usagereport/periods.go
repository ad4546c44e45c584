package main

import (
	"context"

	"github.com/spf13/cobra"

	"usagereport/internal/terminal"
	"usagereport/reports/text"
	"usagereport/usage"
	"usagereport/workspace"
)

func newPeriodsCommand(g *globals) *cobra.Command {
	p := g.printer()
	c := &cobra.Command{
		Use:  "periods",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runPeriods(cmd.Context(), g, p) },
	}
	addFormatFlag(c, &p)
	addEngineFlag(c.Flags(), g)
	show := &cobra.Command{
		Use:  "show NAME",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runPeriodsShow(cmd.Context(), g, p, args[0])
		},
	}
	addFormatFlag(show, &p)
	c.AddCommand(show)
	return c
}

func runPeriods(ctx context.Context, g *globals, p terminal.Printer) error {
	h, err := g.work.History(ctx)
	if err != nil {
		return err
	}
	return text.Periods(p, h)
}

func runPeriodsShow(ctx context.Context, g *globals, p terminal.Printer, name string) error {
	if err := g.work.TakeInvoices(ctx, false); err != nil {
		return err
	}
	o, err := g.work.Options("", "")
	if err != nil {
		return err
	}
	s, err := g.work.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	a, err := s.Analysis(ctx, o)
	if err != nil {
		return err
	}
	defer a.Close()
	h, err := workspace.HistoryOf(ctx, a)
	if err != nil {
		return err
	}
	if err := text.PeriodHead(p, h, name); err != nil {
		return err
	}
	facts, err := s.Facts(ctx, a, h, name, func(m usage.Money) string { return p.Amount(m).Text() })
	if err != nil {
		return err
	}
	return text.PeriodFacts(p, facts)
}
