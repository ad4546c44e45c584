package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/workspace"
)

func newDimensionsCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:  "dimensions",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
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
	type row struct {
		workspace.Warning
		dimension string
	}
	var rows []row
	for _, c := range checks {
		for _, o := range c.Costs {
			has := ""
			if v := o.Percent(); v != nil {
				has = fmt.Sprintf(", %.1f %% of it with a value", tenths(*v))
			}
			if err := p.Head("%s: %s (%s, %s): %s %s%s, %s %s", c.Name, o.Period.Name, o.Period.Span, o.Period.State, rounded(o.Total),
				o.Currency, has, rounded(o.Owned[""]), c.Rest); err != nil {
				return err
			}
		}
		for _, w := range c.Warnings {
			rows = append(rows, row{w, c.Name})
		}
	}
	return terminal.Rows(p, query.Columns[row]{
		{Name: "line", Kind: query.Integer, Of: func(r row) any { return r.Line }},
		{Name: "dimension", Of: func(r row) any { return r.dimension }},
		{Name: "value", Of: func(r row) any { return r.Owner }},
		{Name: "kind", Of: func(r row) any { return r.Kind }},
		{Name: "warning", Of: func(r row) any { return r.Text }},
	}, rows)
}
