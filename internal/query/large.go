package query

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"iter"
	"path/filepath"

	"github.com/duckdb/duckdb-go/v2"
)

// page is how many rows of a large result are read at a time: a row group of
// DuckDB's, which it finds by the number of its first row.
const page = 122880

// RunLarge is Run for results of any size: DuckDB writes the lines of a CSV into a file
// in open.Dir, and the rows of other forms into a temporary database there, which is read
// page by page, so that their number does not matter to the memory. It opens the ledger
// at path on its own, as Open does, so the process must not have the ledger open.
func RunLarge(ctx context.Context, path, stmt string, w io.Writer, open OpenOptions, o Options) error {
	if o.Format == AsCSV && !o.Terminal {
		if err := runCSV(ctx, path, stmt, w, open, o); !errors.Is(err, errOtherwise) {
			return err
		}
	}
	return runPages(ctx, path, stmt, w, open, o)
}

func runPages(ctx context.Context, path, stmt string, w io.Writer, open OpenOptions, o Options) error {
	open.spill = filepath.Join(open.Dir, "rows.duckdb")
	return asking(ctx, path, stmt, open.spill, open, o.Params, func(ctx context.Context, conn *sql.Conn, read reading) error {
		return spilled(ctx, conn, stmt, read, w, o)
	})
}

func spilled(ctx context.Context, conn *sql.Conn, stmt string, read reading, w io.Writer, o Options) error {
	if read.typ != duckdb.STATEMENT_TYPE_SELECT || prepares(conn, wrapped(stmt), duckdb.STATEMENT_TYPE_CREATE) != nil {
		return run(ctx, conn, stmt, w, read, o) // DESCRIBE and its like, whose results are short
	}
	if _, err := conn.ExecContext(ctx, wrapped(stmt), read.args...); err != nil {
		return sqlError(ctx, err)
	}
	types, err := conn.QueryContext(ctx, "SELECT * FROM spill.rows LIMIT 0")
	if err != nil {
		return sqlError(ctx, err)
	}
	t, err := FromRows(types)
	if err := errorsOf(types, err); err != nil {
		return sqlError(ctx, err)
	}
	if len(read.names) == len(t.Columns) { // not known where a parameter may be of any type
		for i := range t.Columns {
			t.Columns[i].Name = read.names[i]
		}
	}
	t.Rows = pages(ctx, conn)
	if err := Encode(w, t, o); err != nil {
		return sqlError(ctx, err)
	}
	return nil
}

func wrapped(stmt string) string { return "CREATE TABLE spill.rows AS\n" + stmt }

func errorsOf(rows *sql.Rows, err error) error {
	if closing := rows.Close(); err == nil {
		return closing
	}
	return err
}

// pages returns the rows of spill.rows in their order.
func pages(ctx context.Context, conn *sql.Conn) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		var n int64
		if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM spill.rows").Scan(&n); err != nil {
			yield(nil, err)
			return
		}
		for at := int64(0); at < n; at += page {
			if !onePage(ctx, conn, at, yield) {
				return
			}
		}
	}
}

// onePage yields the rows of the page that begins with row at, and reports
// whether to go on.
func onePage(ctx context.Context, conn *sql.Conn, at int64, yield func([]any, error) bool) bool {
	rows, err := conn.QueryContext(ctx, "SELECT * FROM spill.rows WHERE rowid >= $first AND rowid < $end", sql.Named("first", at),
		sql.Named("end", at+page))
	if err != nil {
		yield(nil, err)
		return false
	}
	defer rows.Close()
	t, err := FromRows(rows)
	if err != nil {
		yield(nil, err)
		return false
	}
	for row, err := range t.Rows {
		if !yield(row, err) || err != nil {
			return false
		}
	}
	return true
}
