package main

import (
	"context"

	"github.com/spf13/cobra"

	"usagereport/engine"
	"usagereport/internal/terminal"
	"usagereport/reports/text"
)

func newEngineCommand(g *globals) *cobra.Command {
	c := newGroup("engine")
	c.AddCommand(newEngineCheckCommand(g), newEngineDDLCommand(g))
	return c
}

func newEngineCheckCommand(g *globals) *cobra.Command {
	p := g.printer()
	var columns bool
	c := &cobra.Command{
		Use:  "check PLACE",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			g.engine.place = args[0]
			return runEngineCheck(cmd.Context(), g, p, columns)
		},
	}
	addLimitsOfEngine(c.Flags(), g)
	c.Flags().BoolVar(&columns, "types", false, "list the columns with their types, and what they are read as")
	addFormatFlag(c, &p)
	return c
}

func runEngineCheck(ctx context.Context, g *globals, p terminal.Printer, columns bool) error {
	if _, err := p.Document(); err != nil { // before the work, not after it
		return err
	}
	e, o, done, err := openEngine(ctx, g)
	if err != nil {
		return err
	}
	defer done()
	info, err := engine.Check(ctx, e, o)
	if err != nil {
		return err
	}
	if err := text.Engine(p, info, columns); err != nil {
		return err
	}
	for _, text := range info.Problems {
		g.Fail("%s", text)
	}
	if info.Chosen < 0 {
		return errReported
	}
	return nil
}
