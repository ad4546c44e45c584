package main

import (
	"context"

	"github.com/spf13/cobra"

	"usagereport/internal/demo"
)

func newDemoCommand(g *globals) *cobra.Command {
	var o demo.Options
	c := &cobra.Command{
		Use:  "demo DIR",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runDemo(cmd.Context(), g, o, args[0]) },
	}
	c.Flags().Uint64Var(&o.Seed, "seed", 1, "`NUMBER` from which everything follows")
	return c
}

func runDemo(ctx context.Context, g *globals, o demo.Options, dir string) error {
	r, err := demo.Write(ctx, dir, o)
	if err != nil {
		return err
	}
	for _, p := range append(r.Files, r.Truth) {
		if err := g.Say("%s", p); err != nil {
			return err
		}
	}
	g.Note("%d rows, %s %s; try: usagereport report %s", r.Rows, r.Total.Text(), r.Total.Currency, dir)
	return nil
}
