package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"usagereport/internal/misuse"
	"usagereport/internal/terminal"
	"usagereport/ledger"
	"usagereport/reports/text"
)

func newLoadsCommand(g *globals) *cobra.Command {
	p := g.printer()
	var wait, changes bool
	c := &cobra.Command{
		Use:  "loads",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runLoads(cmd.Context(), g, p) },
	}
	addFormatFlag(c, &p)
	show := &cobra.Command{
		Use:  "show ID",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runLoadsShow(cmd.Context(), g, p, args[0], changes)
		},
	}
	show.Flags().BoolVar(&changes, "changes", false, "only what it changed of what it replaced")
	addFormatFlag(show, &p)
	remove := &cobra.Command{
		Use:  "remove ID",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runLoadsRemove(cmd.Context(), g, args[0], wait)
		},
	}
	addWaitFlag(remove.Flags(), &wait)
	c.AddCommand(show, remove)
	return c
}

func runLoads(ctx context.Context, g *globals, p terminal.Printer) error {
	s, err := g.work.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	loads, err := s.Ledger.Loads(ctx)
	if err != nil {
		return err
	}
	return text.Loads(p, loads)
}

func loadID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, misuse.Of(fmt.Errorf("load %q: is not a number; 'usagereport loads' lists them", text))
	}
	return id, nil
}

func runLoadsShow(ctx context.Context, g *globals, p terminal.Printer, name string, onlyChanges bool) error {
	id, err := loadID(name)
	if err != nil {
		return err
	}
	s, err := g.work.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	d, err := ledger.Describe(ctx, s.Ledger.DB(), id)
	if err != nil {
		return err
	}
	changes, err := ledger.Changes(ctx, s.Ledger.DB(), id)
	if err != nil {
		return err
	}
	if onlyChanges {
		return text.Changes(p, changes)
	}
	return text.Load(p, d, changes)
}

func runLoadsRemove(ctx context.Context, g *globals, name string, wait bool) error {
	id, err := loadID(name)
	if err != nil {
		return err
	}
	l, err := g.work.OpenToWrite(ctx, ledger.Options{}, wait)
	if err != nil {
		return err
	}
	defer l.Close()
	done, err := l.Remove(ctx, id)
	if err != nil {
		return err
	}
	if err := refresh(ctx, l); err != nil {
		return err
	}
	if err := l.Publish(ctx); err != nil {
		return err
	}
	return g.SayLines(text.Removed(id, done)...)
}
