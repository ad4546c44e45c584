package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"usagereport/engine"
	"usagereport/engine/parquet"
	"usagereport/engine/trino"
	"usagereport/internal/atomicfile"
	"usagereport/internal/query"
	"usagereport/usage"
)

// runEngineQuery sends a statement to an engine, as it was typed.
func runEngineQuery(ctx context.Context, g *globals, o queryOptions, stmt string) error {
	format, err := o.formatted()
	if err != nil {
		return err
	}
	if format == query.AsParquet {
		return usageError{errors.New("query: an engine's answer is not written as parquet; use csv or ndjson")}
	}
	if o.owner != "" {
		return usageError{errors.New("query: --owner is for the ledger; an engine's answer is of all owners: load what it has first")}
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
	write := func(w io.Writer) error { return askEngine(ctx, e, stmt, w, opts) }
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

// askEngine runs a statement that reads, and no other.
func askEngine(ctx context.Context, e engine.Engine, stmt string, w io.Writer, o query.Options) error {
	if files, ok := e.(*parquet.Engine); ok {
		return query.Run(ctx, files.DB(), stmt, w, o)
	}
	if len(o.Params) > 0 {
		return usageError{errors.New("query: --param is for the ledger and for Parquet files; write the value into the statement")}
	}
	if err := trino.ReadsOnly(stmt); err != nil {
		return err
	}
	rows, err := e.Query(ctx, stmt)
	if err != nil {
		return e.Explain(ctx, err)
	}
	defer rows.Close()
	t, err := query.FromRows(rows)
	if err != nil {
		return e.Explain(ctx, err)
	}
	t = exact(t)
	if o.Limit > 0 {
		t = t.First(o.Limit)
	}
	err = query.Encode(w, t, o)
	if ended := rows.Err(); ended != nil && err == nil {
		err = ended
	}
	if err != nil {
		return e.Explain(ctx, err)
	}
	return nil
}

// exact reads the decimals of a cluster, which come as text.
func exact(t query.Table) query.Table {
	rows := t.Rows
	t.Rows = func(yield func([]any, error) bool) {
		for row, err := range rows {
			for i, v := range row {
				text, ok := v.(string)
				if !ok || t.Columns[i].Kind != query.Decimal {
					continue
				}
				if d, rounded, err := usage.ParseDecimal(text); err == nil && !rounded {
					row[i] = d
				}
			}
			if !yield(row, err) {
				return
			}
		}
	}
	return t
}
