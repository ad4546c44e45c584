package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"usagereport/engine"
	"usagereport/engine/parquet"
	"usagereport/engine/trino"
	"usagereport/internal/config"
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

// split returns what kind of engine is meant, and the rest of its name.
func (o engineOptions) split() (kind, rest string, err error) {
	kind, rest, _ = strings.Cut(o.place, ":")
	if !slices.Contains([]string{parquet.Scheme, trino.Scheme}, kind) || rest == "" {
		return "", "", usageError{fmt.Errorf("--engine %s: write it as parquet:PLACE, as parquet:exports or parquet:azblob://container/prefix, "+
			"or as trino://USER@HOST:8443/CATALOG/SCHEMA?table=TABLE", loader.WithoutSecret(o.place))}
	}
	return kind, rest, nil
}

// openEngine opens the engine that --engine names. Call done when it is no longer needed.
func openEngine(ctx context.Context, g *globals) (e engine.Engine, o engine.Options, done func(), err error) {
	kind, rest, err := g.engine.split()
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
	if kind == trino.Scheme {
		e, err := openTrino(ctx, g, rest, c.Engine, most)
		if err != nil {
			remove()
			return nil, o, nil, err
		}
		return e, o, func() { _ = e.Close(); remove() }, nil // what is only read loses nothing
	}
	files, closeFiles, err := openParquet(ctx, g, rest, most)
	if err != nil {
		remove()
		return nil, o, nil, err
	}
	return files, o, func() { closeFiles(); remove() }, nil
}

// openTrino makes ready to ask a table of a cluster.
func openTrino(ctx context.Context, g *globals, address string, c config.Engine, most int64) (*trino.Engine, error) {
	p, err := trino.ParsePlace(address)
	if err != nil {
		return nil, usageError{fmt.Errorf("--engine trino:…: %w; write it as trino://USER@HOST:8443/CATALOG/SCHEMA?table=TABLE", err)}
	}
	o := trino.Options{CA: c.CA, MaxScan: most}
	for _, secret := range []struct {
		to   *string
		from config.Secret
		name string
	}{{&o.Password, c.Password, "USAGEREPORT_ENGINE_PASSWORD"}, {&o.Token, c.Token, "USAGEREPORT_ENGINE_TOKEN"}} {
		if *secret.to = g.env.getenv(secret.name); *secret.to == "" && secret.from.Given() {
			if *secret.to, err = secret.from.Value(ctx, g.env.getenv); err != nil {
				return nil, fmt.Errorf("--engine: %w", err)
			}
		}
	}
	return trino.Open(p, o)
}

// openParquet finds Parquet files.
func openParquet(ctx context.Context, g *globals, place string, most int64) (*parquet.Engine, func(), error) {
	places, done := sources(g, nil)
	places["az"] = places["azblob"]
	e, err := parquet.Open(ctx, place, parquet.Options{
		Sources: places, Load: loader.Options{Now: g.env.now}, Cache: engineCache(g), Dir: g.engine.dir, MaxScan: most, Note: g.Note,
	})
	if err != nil {
		done()
		return nil, nil, err
	}
	return e, func() { _ = e.Close(); done() }, nil // what is only read loses nothing
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
			return usageError{errors.New("--engine: send keeps what was sent to whom, so it needs a ledger; name one with --db")}
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
