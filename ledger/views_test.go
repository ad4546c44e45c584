package ledger_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"usagereport/ledger"
)

// docs/schema.md is what the views say of themselves. SCHEMA=1 writes it anew.
func TestSchemaDocument(t *testing.T) {
	l, err := ledger.Open(t.Context(), "", ledger.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	conn, err := l.DB().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var catalog string
	if err := conn.QueryRowContext(t.Context(), "SELECT current_database()").Scan(&catalog); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), ledger.ViewsSQL(catalog, 0, true)); err != nil {
		t.Fatal(err)
	}
	rows, err := conn.QueryContext(t.Context(), `
		SELECT c.table_name, coalesce(v.comment, t.comment, ''), c.column_name, c.data_type, coalesce(c.comment, '')
		FROM duckdb_columns() c
		LEFT JOIN duckdb_views() v ON v.database_name = 'temp' AND v.view_name = c.table_name
		LEFT JOIN duckdb_tables() t ON t.database_name = 'temp' AND t.table_name = c.table_name
		WHERE c.database_name = 'temp' AND NOT c.internal
		ORDER BY c.table_name <> 'usage', c.table_name <> 'daily', c.table_name, c.column_index`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var b strings.Builder
	b.WriteString("# What SQL can ask\n\n<!-- Written by `make schema` from ledger/sql/views_comments.sql. -->\n\n" +
		"`usagereport query` and `usagereport shell` see these views, in the words of FOCUS 1.2; what FOCUS has no word for begins with `x_`.\n")
	last := ""
	for rows.Next() {
		var view, says, column, typ, comment string
		if err := rows.Scan(&view, &says, &column, &typ, &comment); err != nil {
			t.Fatal(err)
		}
		if says == "" || comment == "" {
			t.Errorf("%s.%s: no comment says what it is", view, column)
		}
		if view != last {
			fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| column | type | |\n|---|---|---|\n", view, says)
			last = view
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", column, typ, comment)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	const path = "../docs/schema.md"
	if os.Getenv("SCHEMA") != "" {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if was, err := os.ReadFile(path); err != nil || string(was) != b.String() {
		t.Errorf("%s is not what the views say; make schema writes it (%v)", path, err)
	}
}
