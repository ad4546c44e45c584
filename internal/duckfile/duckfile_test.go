package duckfile_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"usagereport/internal/duckfile"
)

// A file of any name is written, and read as it was written, at its place.
func TestAnyPath(t *testing.T) {
	for _, name := range []string{
		"plain.duckdb", "a:b.duckdb", "a?b.duckdb", "a?access_mode=read_only", "a#b.duckdb", "100%.duckdb", "a%41.duckdb", "a b.duckdb", "it's.duckdb",
		`a"b.duckdb`, "a?b/c.duckdb", "a%/b c/d:e.duckdb", ":memory:", "ü\n.duckdb",
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "in ?#")
			if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
				t.Fatal(err)
			}
			t.Chdir(dir)
			open := func(readOnly bool) *sql.DB {
				t.Helper()
				c, err := duckfile.Connector("./"+name, readOnly, 1, nil)
				if err != nil {
					t.Fatal(err)
				}
				return sql.OpenDB(c)
			}
			db := open(false)
			if _, err := db.ExecContext(t.Context(), "CREATE TABLE t AS SELECT 42 AS n"); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(name); err != nil {
				t.Fatal(err)
			}
			db = open(true)
			defer db.Close()
			var n int
			if err := db.QueryRowContext(t.Context(), "SELECT n FROM t").Scan(&n); err != nil || n != 42 {
				t.Errorf("it holds %d, %v", n, err)
			}
			if _, err := db.ExecContext(t.Context(), "DROP TABLE t"); err == nil {
				t.Error("what is open to read was written")
			}
			if left, err := os.ReadDir(filepath.Dir(name)); err != nil || len(left) != 1 {
				t.Errorf("beside it are %v, %v", left, err)
			}
		})
	}
}
