package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"usagereport/engine"
	"usagereport/engine/parquet"
	"usagereport/internal/query"
	"usagereport/ledger"
	"usagereport/loader"
)

// engineOptions are the flags of what reads usage where it lies.
type engineOptions struct {
	place   string // parquet:PLACE or trino://...; "" for none
	rows    int64
	maxScan string
}

const engineFlag = "engine"

func addEngineFlag(f *pflag.FlagSet, g *globals) {
	f.StringVar(&g.engine.place, engineFlag, "", "read FOCUS usage where it lies: parquet:`PLACE` or trino://USER@HOST/CATALOG/SCHEMA?table=TABLE "+
		"(see 'usagereport engine')")
	f.Int64Var(&g.engine.rows, "engine-rows", 0, fmt.Sprintf("with --engine: at most `N` charges, with as many columns as that allows (default %d)",
		engine.DefaultRows))
	addMaxScanFlag(f, g)
}

func addMaxScanFlag(f *pflag.FlagSet, g *globals) {
	f.StringVar(&g.engine.maxScan, "max-scan", "", "with --engine: stop a statement that would read more than this `SIZE`, as 50GB")
}

// isEngine reports whether a command is to read by an engine.
func (o engineOptions) isEngine() bool { return o.place != "" }

// split returns what kind of engine is meant, and the rest of its name.
func (o engineOptions) split() (kind, rest string, err error) {
	kind, rest, _ = strings.Cut(o.place, ":")
	if !slices.Contains([]string{parquet.Scheme}, kind) || rest == "" {
		return "", "", usageError{fmt.Errorf("--engine %s: write it as parquet:PLACE, as parquet:exports or parquet:azblob://container/prefix, "+
			"or as trino://USER@HOST:8443/CATALOG/SCHEMA?table=TABLE", loader.WithoutSecret(o.place))}
	}
	return kind, rest, nil
}

// openEngine opens the engine that --engine names. Call done when it is no longer needed.
func openEngine(ctx context.Context, g *globals) (e engine.Engine, o engine.Options, done func(), err error) {
	_, rest, err := g.engine.split()
	if err != nil {
		return nil, o, nil, err
	}
	c, err := g.work.Configuration()
	if err != nil {
		return nil, o, nil, err
	}
	o = engine.Options{
		Columns: c.Engine.Columns, Run: c.Engine.Run, Rows: cmp.Or(g.engine.rows, int64(c.Engine.Rows)), Series: int64(c.Engine.Series),
	}
	return openParquet(ctx, g, rest, o)
}

func openParquet(ctx context.Context, g *globals, place string, o engine.Options) (engine.Engine, engine.Options, func(), error) {
	most, err := g.engine.scan()
	if err != nil {
		return nil, o, nil, err
	}
	dir, err := os.MkdirTemp("", "usagereport-engine-*")
	if err != nil {
		return nil, o, nil, fmt.Errorf("make a folder for what does not fit into the memory: %w", err)
	}
	places, closePlaces := sources(g, nil)
	places["az"] = places["azblob"]
	e, err := parquet.Open(ctx, place, parquet.Options{
		Sources: places, Load: loader.Options{Now: g.env.now}, Cache: engineCache(g), Dir: dir, MaxScan: most, Note: g.note,
	})
	done := func() {
		closePlaces()
		_ = os.RemoveAll(dir) // a folder of ours
	}
	if err != nil {
		done()
		return nil, o, nil, err
	}
	return e, o, func() { _ = e.Close(); done() }, nil // what is only read loses nothing
}

// engineCache is the folder for what is fetched from object stores.
func engineCache(g *globals) string {
	if dir := g.env.getenv("XDG_CACHE_HOME"); dir != "" {
		return filepath.Join(dir, "usagereport", "parquet")
	}
	return filepath.Join(g.env.getenv("HOME"), ".cache", "usagereport", "parquet")
}

// scan reads --max-scan.
func (o engineOptions) scan() (int64, error) {
	if o.maxScan == "" {
		return 0, nil
	}
	n, err := query.ParseSize(o.maxScan)
	if err != nil {
		return 0, usageError{fmt.Errorf("--max-scan: %w", err)}
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
	s := &engine.Source{Table: table, Held: func(ctx context.Context) (map[string]engine.Held, error) {
		there, err := l.Places(ctx, engine.Ref(e.Name(), ""))
		held := map[string]engine.Held{}
		for _, p := range there {
			held[p.Ref] = engine.Held{Version: p.Version, Load: p.Load}
		}
		return held, err
	}}
	places[engineFlag] = s
	return engineFlag + "://" + e.Name(), func() { _ = s.Close(); closeEngine() }, nil // files of ours, in the system's place for such
}

// fromEngine brings the ledger up to what the engine has, before a command reads it: the
// one that is named, else one that is gone with the command.
func fromEngine(cmd *cobra.Command, g *globals) error {
	ctx := cmd.Context()
	if !g.work.Chosen() {
		if cmd.Name() == "send" {
			return usageError{errors.New("--engine: send keeps what was sent to whom, so it needs a ledger; name one with --db")}
		}
		dir, err := os.MkdirTemp("", "usagereport-engine-*")
		if err != nil {
			return fmt.Errorf("make a ledger for this command: %w", err)
		}
		g.closing = append(g.closing, func() { _ = os.RemoveAll(dir) }) // a folder of ours
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
		g.fail("usagereport: %d of %d months refused, so nothing was done; what to do about it stands above", n, len(results))
		return errReported
	}
	return l.Publish(ctx)
}
