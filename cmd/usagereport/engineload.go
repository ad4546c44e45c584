package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"usagereport/engine"
	"usagereport/engine/engines"
	"usagereport/internal/misuse"
	"usagereport/internal/query"
	"usagereport/ledger"
	"usagereport/loader"
)

// engineOptions are the flags of what reads usage where it lies.
type engineOptions struct {
	place   string // parquet:PLACE or trino://...; "" for none
	rows    int64
	maxScan string

	source *engine.Source // that was opened, for as long as the command runs
	dir    string         // for what it writes; what a killed process left in one goes with the next
}

const engineFlag = "engine"

// addEngineFlag adds --engine, and what limits it.
func addEngineFlag(f *pflag.FlagSet, g *globals) {
	addPlaceFlag(f, g)
	addLimitsOfEngine(f, g)
}

// addPlaceFlag adds --engine.
func addPlaceFlag(f *pflag.FlagSet, g *globals) {
	f.StringVar(&g.engine.place, engineFlag, "",
		"read FOCUS usage where it lies: parquet:`PLACE` or trino://USER@HOST/CATALOG/SCHEMA?table=TABLE "+
			"(see 'usagereport engine')")
}

// addLimitsOfEngine adds the flags that say how much an engine may read, and give.
func addLimitsOfEngine(f *pflag.FlagSet, g *globals) {
	f.Int64Var(&g.engine.rows, "engine-rows", 0,
		fmt.Sprintf("at most `N` charges of an engine, with as many columns as that allows (default %d)",
			engine.DefaultRows))
	addMaxScanFlag(f, g)
}

// addMaxScanFlag adds --max-scan.
func addMaxScanFlag(f *pflag.FlagSet, g *globals) {
	f.StringVar(&g.engine.maxScan, "max-scan", "", "stop what an engine reads beyond this `SIZE`, as 50GB")
}

// isEngine reports whether a command is to read by an engine.
func (o engineOptions) isEngine() bool { return o.place != "" }

// openEngine opens the engine that --engine names. Call done when it is no longer needed.
func openEngine(ctx context.Context, g *globals) (e engine.Engine, o engine.Options, done func(), err error) {
	if _, _, err := engines.Split(g.engine.place); err != nil {
		return nil, o, nil, err
	}
	c, err := g.work.Configuration()
	if err != nil {
		return nil, o, nil, err
	}
	o = engine.Options{
		Columns: c.Engine.Columns, Run: c.Engine.Run, Rows: cmp.Or(g.engine.rows, int64(c.Engine.Rows)), Series: int64(c.Engine.Series),
	}
	if o.Keep, err = g.work.RuleColumns(); err != nil {
		return nil, o, nil, err
	}
	most, err := g.engine.scan()
	if err != nil {
		return nil, o, nil, err
	}
	dir, remove, err := query.Folder("", g.env.now())
	if err != nil {
		return nil, o, nil, err
	}
	g.engine.dir = dir
	e, closeEngine, err := engines.Open(ctx, g.engine.place, engines.Options{
		Config: c.Engine, MaxScan: most, Dir: dir, Getenv: g.env.getenv, Now: g.env.now, Note: g.Note,
		Sources: func() (map[string]loader.Source, func()) { return sources(g, nil) },
	})
	if err != nil {
		remove()
		return nil, o, nil, err
	}
	return e, o, func() { closeEngine(); remove() }, nil
}

// scan reads --max-scan.
func (o engineOptions) scan() (int64, error) {
	if o.maxScan == "" {
		return 0, nil
	}
	n, err := query.ParseSize(o.maxScan)
	if err != nil {
		return 0, misuse.Of(fmt.Errorf("--max-scan: %w", err))
	}
	return n, nil
}

// addEngine adds the engine to the places of a load, and returns its name among them.
func addEngine(ctx context.Context, g *globals, l *ledger.Ledger, places map[string]loader.Source) (ref string, done func(), err error) {
	e, o, closeEngine, err := openEngine(ctx, g)
	if err != nil {
		return "", nil, err
	}
	table, err := engine.Open(ctx, e, o)
	if err != nil {
		closeEngine()
		return "", nil, err
	}
	s := &engine.Source{Table: table, Dir: g.engine.dir, Held: func(ctx context.Context) (map[string]engine.Held, error) {
		there, err := l.Places(ctx, engine.Ref(e.Name(), ""))
		held := map[string]engine.Held{}
		for _, p := range there {
			held[p.Ref] = engine.Held{Version: p.Version, Load: p.Load}
		}
		return held, err
	}}
	places[engineFlag] = s
	g.engine.source = s
	g.closing = append(g.closing, closeEngine)                          // what is found may be asked for in more detail
	return engineFlag + "://" + e.Name(), func() { _ = s.Close() }, nil // files of ours, in the system's place for such
}

// fromEngine brings the ledger up to what the engine has, before a command reads it: the
// one that is named, else one that is gone with the command.
func fromEngine(cmd *cobra.Command, g *globals) error {
	ctx := cmd.Context()
	if !g.work.Chosen() {
		if cmd.Name() == "send" {
			return misuse.Of(errors.New("--engine: send keeps what was sent to whom, so it needs a ledger; name one with --db"))
		}
		dir, remove, err := query.Folder("", g.env.now())
		if err != nil {
			return err
		}
		g.closing = append(g.closing, remove)
		g.work.LedgerPath = filepath.Join(dir, "usage.duckdb")
	}
	l, err := g.work.OpenToWrite(ctx, ledger.Options{Create: true, Resume: true}, false)
	if err != nil {
		return err
	}
	defer l.Close()
	results, err := loadAll(ctx, g, l, loader.Options{Now: g.env.now}, nil)
	if err != nil {
		return err
	}
	if n := loader.Failed(results); n > 0 {
		g.Fail("usagereport: %d of %d months refused, so nothing was done; what to do about it stands above", n, len(results))
		return errReported
	}
	return l.Publish(ctx)
}
