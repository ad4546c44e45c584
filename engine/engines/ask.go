package engines

import (
	"context"
	"errors"
	"io"

	"usagereport/engine"
	"usagereport/engine/parquet"
	"usagereport/engine/trino"
	"usagereport/internal/misuse"
	"usagereport/internal/query"
	"usagereport/usage"
)

// Ask runs a statement that reads, and no other.
func Ask(ctx context.Context, e engine.Engine, stmt string, w io.Writer, o query.Options) error {
	if files, ok := e.(*parquet.Engine); ok {
		return query.Run(ctx, files.DB(), stmt, w, o)
	}
	if len(o.Params) > 0 {
		return misuse.Of(errors.New("query: --param is for the ledger and for Parquet files; write the value into the statement"))
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
