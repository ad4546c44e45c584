package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"usagereport/internal/misuse"
	"usagereport/internal/terminal"
	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/reports/text"
)

func newLedgerCommand(g *globals) *cobra.Command {
	c := newGroup("ledger")
	p := g.printer()
	check := &cobra.Command{
		Use:  "check",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runLedgerCheck(cmd.Context(), g, p) },
	}
	addFormatFlag(check, &p)
	rebuild := &cobra.Command{
		Use:  "rebuild FILE",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runLedgerRebuild(cmd.Context(), g, args[0]) },
	}
	c.AddCommand(check, rebuild)
	return c
}

func runLedgerCheck(ctx context.Context, g *globals, p terminal.Printer) error {
	found, err := ledger.Check(ctx, g.work.Path())
	if err != nil {
		return err
	}
	if len(found) == 0 {
		if p.ForPeople() {
			return g.Say("%s is whole", g.work.Path())
		}
		g.Note("%s is whole", g.work.Path())
	}
	if err := text.Damage(p, found); err != nil || len(found) == 0 {
		return err
	}
	g.Fail("usagereport: %s is damaged; it is as it was left (%d found)", g.work.Path(), len(found))
	return errReported
}

func runLedgerRebuild(ctx context.Context, g *globals, path string) (err error) {
	if _, err := os.Stat(path); err == nil {
		return misuse.Of(fmt.Errorf("ledger rebuild: %s is there already; name a new file", path))
	}
	s, err := g.work.Open(ctx)
	if err != nil {
		return fmt.Errorf("%w; where its files are kept, 'usagereport load --db %s FOLDER' makes it anew", err, path)
	}
	loads, err := s.Ledger.Loads(ctx)
	if err := errors.Join(err, s.Close()); err != nil {
		return fmt.Errorf("ledger rebuild: read which files %s was loaded from: %w", g.work.Path(), err)
	}
	from, gone := map[int64]string{}, 0
	for _, d := range loads {
		if from[d.ID] = loader.Standing(d); from[d.ID] == "" && d.State != ledger.Purged {
			g.Fail("load %d: %s is not there, and was not kept", d.ID, d.Ref)
			gone++
		}
	}
	if gone > 0 {
		return fmt.Errorf("ledger rebuild: %d of %d files are gone; put them where they were, or restore a backup", gone, len(loads))
	}
	l, err := ledger.Open(ctx, path, ledger.Options{Create: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	again := 0
	for _, d := range loads {
		if from[d.ID] == "" {
			continue
		}
		if err := reload(ctx, g, l, d, from[d.ID]); err != nil {
			return err
		}
		again++
	}
	if err := refresh(ctx, l); err != nil {
		return err
	}
	if err := l.TakeOver(ctx, g.work.Path()); err != nil {
		return err
	}
	if err := l.Publish(ctx); err != nil {
		return err
	}
	g.Note("files loaded again: %d", again)
	return g.Say("%s", path)
}

// reload loads the file of an earlier load from where it is now.
func reload(ctx context.Context, g *globals, l *ledger.Ledger, d ledger.Description, path string) error {
	places, done := sources(g, l)
	defer done()
	r, same, err := loader.LoadAgain(ctx, l, places, d, path, g.env.now)
	switch {
	case err != nil:
		return err
	case r.Err != nil:
		return fmt.Errorf("ledger rebuild: load %d, %s: %s", d.ID, path, text.Reason(r))
	case !same:
		return fmt.Errorf("ledger rebuild: load %d: %s is not what was loaded: its content has another hash; put the old one "+
			"in its place", d.ID, path)
	}
	return nil
}
