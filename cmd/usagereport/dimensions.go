package main

import (
	"context"

	"github.com/spf13/cobra"

	"usagereport/internal/terminal"
	"usagereport/reports/text"
)

func newDimensionsCommand(g *globals) *cobra.Command {
	c := newGroup("dimensions")
	var o choosing
	p := g.printer()
	check := &cobra.Command{
		Use:  "check",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDimensionsCheck(cmd.Context(), g, o, p) },
	}
	addEngineFlag(check.Flags(), g)
	o.addFlags(check.Flags())
	addFormatFlag(check, &p)
	c.AddCommand(check)
	return c
}

func runDimensionsCheck(ctx context.Context, g *globals, o choosing, p terminal.Printer) error {
	ao, err := o.options(g)
	if err != nil {
		return err
	}
	s, err := g.work.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	checks, err := s.CheckDimensions(ctx, ao)
	if err != nil {
		return err
	}
	return text.Dimensions(p, checks)
}
