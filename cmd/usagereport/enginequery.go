package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"usagereport/engine/engines"
	"usagereport/internal/atomicfile"
	"usagereport/internal/misuse"
	"usagereport/internal/query"
)

// runEngineQuery sends a statement to an engine, as it was typed.
func runEngineQuery(ctx context.Context, g *globals, o queryOptions, stmt string) error {
	format, err := o.formatted()
	if err != nil {
		return err
	}
	if format == query.AsParquet {
		return misuse.Of(errors.New("query: an engine's answer is not written as parquet; use csv or ndjson"))
	}
	if o.owner != "" {
		return misuse.Of(errors.New("query: --owner is for the ledger; an engine's answer is of all owners: load what it has first"))
	}
	e, _, done, err := openEngine(ctx, g)
	if err != nil {
		return err
	}
	defer done()
	if o.limit == 0 && format == query.AsTable {
		o.limit = cmp.Or(o.maxRows, shownInTable)
	}
	opts := query.Options{Format: format, FormulaSafe: o.formulaSafe, Limit: o.limit, Currency: g.work.Currency, Params: o.values()}
	if !o.toFile() {
		opts.Width, opts.Terminal = g.env.terminal(g.env.stdout)
	}
	if o.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, o.timeout, fmt.Errorf("query: stopped: it took longer than --timeout %v", o.timeout))
		defer cancel()
	}
	write := func(w io.Writer) error { return engines.Ask(ctx, e, stmt, w, opts) }
	if o.toFile() {
		err = atomicfile.Write(o.out, write)
	} else {
		err = write(g.env.stdout)
	}
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
