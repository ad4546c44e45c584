package main

import (
	"context"

	"github.com/spf13/cobra"

	"usagereport/internal/terminal"
	"usagereport/reports/text"
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
