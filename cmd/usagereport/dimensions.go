package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"usagereport/internal/query"
	"usagereport/workspace"
)

func newDimensionsCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "dimensions",
		Short: "Check dimensions.csv, which makes dimensions of your own",
		Long: `The file dimensions.csv makes dimensions of your own by rules, for --by, --filter and
the report. Its columns are dimension, value and rule, and if you like from and to. Of a
dimension the first line that takes a charge counts; what none takes is the rest.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var o choosing
	var p printer
	check := &cobra.Command{
		Use:   "check",
		Short: "Check dimensions.csv against the usage: unused rules, overlaps, what has no value",
		Long: `Hold the file of dimensions to the usage. What is wrong in the file itself is told with
its line and ends the command with exit code 1. Warnings are the rules that take nothing,
and those that meet charges of another value. Above them stands how much of the period's
cost has a value of each dimension, and how much is the rest.`,
		Example: `  usagereport dimensions check
  usagereport dimensions check --period last --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDimensionsCheck(cmd.Context(), g, o, p) },
	}
	addEngineFlag(check.Flags(), g)
	o.addFlags(check.Flags())
	p.addFlag(check)
	c.AddCommand(check)
	return c
}

func runDimensionsCheck(ctx context.Context, g *globals, o choosing, p printer) error {
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
			if err := p.head(g, "%s: %s (%s, %s): %s %s%s, %s %s", c.Name, o.Period.Name, o.Period.Span, o.Period.State, rounded(o.Total),
				o.Currency, has, rounded(o.Owned[""]), c.Rest); err != nil {
				return err
			}
		}
		for _, w := range c.Warnings {
			rows = append(rows, row{w, c.Name})
		}
	}
	return printRows(g, p, query.Columns[row]{
		{Name: "line", Kind: query.Integer, Of: func(r row) any { return r.Line }},
		{Name: "dimension", Of: func(r row) any { return r.dimension }},
		{Name: "value", Of: func(r row) any { return r.Owner }},
		{Name: "kind", Of: func(r row) any { return r.Kind }},
		{Name: "warning", Of: func(r row) any { return r.Text }},
	}, rows)
}
