package main

import (
	"context"

	"github.com/spf13/cobra"

	"usagereport/internal/terminal"
	"usagereport/reports/text"
)

type commitmentsOptions struct {
	choosing
	owner   string
	filters []string
}

func newCommitmentsCommand(g *globals) *cobra.Command {
	var o commitmentsOptions
	p := g.printer()
	c := &cobra.Command{
		Use:  "commitments",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runCommitments(cmd.Context(), g, o, p) },
	}
	f := c.Flags()
	addEngineFlag(f, g)
	o.addFlags(f)
	addOwnerFlag(f, &o.owner)
	addFilterFlag(f, &o.filters)
	addConvertFlag(f, g)
	addFormatFlag(c, &p)
	return c
}

func runCommitments(ctx context.Context, g *globals, o commitmentsOptions, p terminal.Printer) error {
	ao, err := o.options(g)
	if err != nil {
		return err
	}
	ao.Owner = o.owner
	if ao.Filters, err = partOf(g, o.filters, ""); err != nil {
		return err
	}
	s, err := g.work.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	a, err := s.Analysis(ctx, ao)
	if err != nil {
		return err
	}
	defer a.Close()
	all, err := a.Commitments(ctx)
	if err == nil {
		err = g.noteConversion(ctx, a)
	}
	if err != nil {
		return err
	}
	g.noteFilters(a)
	if len(all) == 0 {
		g.Note("no file says what of commitments was used: load amortized exports, FOCUS, or Azure's reservation details")
	}
	return text.Commitments(p, all)
}
