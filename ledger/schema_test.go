package ledger

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"
)

// A new ledger has the tables, columns and rows that the files of schema make one after the other.
func TestNewTables(t *testing.T) {
	files, err := laterSchema(0)
	if err != nil || len(files) < 8 {
		t.Fatal(files, err)
	}
	has := func(statements ...string) (lines []string) {
		t.Helper()
		db, err := sql.Open("duckdb", "?threads=1")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for _, s := range statements {
			if _, err := db.ExecContext(context.Background(), s); err != nil {
				t.Fatal(err)
			}
		}
		rows, err := db.QueryContext(t.Context(), `
			SELECT concat_ws(' ', table_name, lpad(column_index::VARCHAR, 3, ' '), column_name, data_type, is_nullable, column_default) FROM duckdb_columns() WHERE NOT internal
			UNION ALL SELECT concat_ws(' ', table_name, constraint_text) FROM duckdb_constraints()
			UNION ALL SELECT concat_ws(' ', name, value) FROM meta
			ORDER BY 1`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, line)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return lines
	}
	var all []string
	for _, f := range files {
		all = append(all, f.text)
	}
	got, want := has(newTables(files)), has(all...)
	if !slices.Equal(got, want) {
		t.Errorf("a new ledger has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(want) < 300 {
		t.Errorf("only %d columns, constraints and rows are seen", len(want))
	}
}
