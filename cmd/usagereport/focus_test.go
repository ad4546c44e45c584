package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"
)

// What export focus writes keeps the rules of FOCUS 1.2, whatever format the usage
// came in, and loading it gives the same sums.
func TestExportFocus(t *testing.T) {
	text, err := os.ReadFile("testdata/focus-1.2-rules.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"azure_account_v2", "azure_csp", "azure_ea", "azure_mca/2026-11.csv", "focus"} {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			r := runner{t, t.TempDir()}
			samples, err := filepath.Abs(filepath.Join("../../testdata/usage", folder))
			if err != nil {
				t.Fatal(err)
			}
			must := func(args ...string) string {
				t.Helper()
				c, out := r.command(args...)
				if err := c.Run(); err != nil {
					t.Fatalf("%s: %v: %s", args[0], err, out)
				}
				return out.String()
			}
			c, out := r.command("load", "-q", "--prefer", "new", samples)
			if err := c.Run(); err != nil && !strings.Contains(out.String(), "loaded") {
				t.Fatalf("load: %v: %s", err, out)
			}
			must("export", "focus", "focus.csv")
			db, err := sql.Open("duckdb", "")
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.ExecContext(t.Context(), "CREATE TABLE f AS FROM read_csv('"+filepath.Join(r.dir, "focus.csv")+"', all_varchar=true, header=true, allow_quoted_nulls=false)"); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(text)) {
				column, broken, ok := strings.Cut(strings.TrimSpace(line), ": ")
				if !ok || strings.HasPrefix(line, "#") {
					continue
				}
				var n, all int
				if err := db.QueryRowContext(t.Context(), "SELECT count(*) FILTER ("+broken+"), count(*) FROM f").Scan(&n, &all); err != nil {
					t.Fatalf("%s: %v", column, err)
				}
				if n > 0 || all == 0 {
					t.Errorf("%s: %d of %d rows break its rule: %s", column, n, all, broken)
				}
			}
			const sums = "SELECT x_BillingPeriod, BillingPeriodStart, BillingPeriodEnd, SubAccountId, ServiceName, ChargeCategory, BillingCurrency, count(*) AS n, sum(BilledCost) AS billed, sum(EffectiveCost) AS effective, count(Tags) AS tags FROM usage GROUP BY ALL ORDER BY ALL"
			want := must("query", "--format", "csv", sums)
			must("load", "-q", "--db", "again.duckdb", "focus.csv")
			if got := must("query", "--db", "again.duckdb", "--format", "csv", sums); got != want {
				t.Errorf("loaded again:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}
