package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"

	"github.com/spf13/cobra"

	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/reports/text"
)

func newInspectCommand(g *globals) *cobra.Command {
	var o loadOptions
	p := g.printer()
	c := &cobra.Command{
		Use:  "inspect FILE...",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runInspect(cmd.Context(), g, o, p, args)
		},
	}
	o.addFlags(c.Flags())
	addFormatFlag(c, &p)
	return c
}

func runInspect(ctx context.Context, g *globals, o loadOptions, p terminal.Printer, refs []string) error {
	lo, err := o.options(g)
	if err != nil {
		return err
	}
	format, err := p.Document()
	if err != nil {
		return err
	}
	allowed := lo.MaxRejects
	lo.MaxRejects = math.MaxInt // a look at a file shows all that is wrong
	var all []loader.Inspection
	failed := false
	places, done := sources(g, nil)
	defer done()
	err = loader.Inspect(ctx, places, refs, lo, func(l *ledger.Ledger, r loader.FileResult) error {
		if errors.Is(r.Err, fs.ErrNotExist) || errors.Is(r.Err, loader.ErrNothing) {
			return fmt.Errorf("%s: %w", r.Ref, r.Err)
		}
		in, err := loader.Inspected(ctx, l, r, allowed)
		if err != nil {
			return err
		}
		failed = failed || !in.OK
		all = append(all, in)
		return nil
	})
	if err != nil {
		return fmt.Errorf("inspect: %w", err)
	}
	if format == query.AsJSON {
		if err := g.WriteJSON(map[string]any{"files": all}); err != nil {
			return err
		}
	} else {
		for i, in := range all {
			if i > 0 {
				if err := g.Say(""); err != nil {
					return err
				}
			}
			if err := text.Facts(p, in.Facts()); err != nil {
				return err
			}
		}
	}
	if failed {
		return errReported
	}
	return nil
}
