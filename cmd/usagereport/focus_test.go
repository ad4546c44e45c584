package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"
)

// What export focus writes keeps the rules of each version of FOCUS, whatever format the
// usage came in, and loading it gives the same sums.
func TestExportFocus(t *testing.T) {
	read := func(name string) []string {
		b, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return slices.DeleteFunc(strings.Split(strings.TrimSpace(string(b)), "\n"), func(l string) bool { return strings.HasPrefix(l, "#") })
	}
	rules, columns := read("focus-rules.txt"), read("focus-columns.txt")
	for _, folder := range []string{"azure_account_v2", "azure_csp", "azure_ea", "azure_mca/2026-11.csv", "focus", "aws_cur/cur2-2026-10.csv", "gcp_billing/detailed-2026-10.csv", "oci_cost"} {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			r := runner{t, t.TempDir()}
			samples, err := filepath.Abs(filepath.Join("../../testdata/usage", folder))
			if err != nil {
				t.Fatal(err)
			}
			c, out := r.command("load", "-q", "--prefer", "new", samples)
			if err := c.Run(); err != nil && !strings.Contains(out.String(), "loaded") {
				t.Fatalf("load: %v: %s", err, out)
			}
			e := focusExport{t, r, "", ""}
			want := e.sums("usage.duckdb")
			for _, version := range []string{"1.0", "1.1", "1.2", "1.3", "1.4"} {
				e.version, e.file = version, "focus-"+version+".csv"
				args := []string{"export", "focus", e.file, "--version", version}
				if version == "1.2" { // as no version is asked for
					args = args[:3]
				}
				e.must(args...)
				e.holdTo(columns, rules)
				e.comesBack(want)
			}
		})
	}
}

// Columns that only some usage has are written where it has them: prices in another
// currency, and what 1.3 has added.
func TestExportFocusWritesWhatThereIs(t *testing.T) {
	t.Parallel()
	r := runner{t, t.TempDir()}
	e := focusExport{t, r, "1.4", "out.csv"}
	header := "BilledCost,EffectiveCost,BillingAccountId,BillingAccountType,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceName,SubAccountId,SubAccountType,PricingCurrency,PricingCurrencyEffectiveCost,AllocatedMethodId,AllocatedResourceId,InvoiceDetailId,ServiceProviderName,HostProviderName,InvoiceIssuerName"
	row := "1,1,b,Team,EUR,2026-10-01,2026-11-01,Usage,2026-10-02,2026-10-03,VM,s,Project,%s,%s,m,pod,d-1,Example,AWS,Reseller\n"
	want := "Team,Project,USD,1.10,m,d-1,Example,AWS,Reseller"
	const asked = "SELECT BillingAccountType, SubAccountType, PricingCurrency, PricingCurrencyEffectiveCost, AllocatedMethodId, InvoiceDetailId, ServiceProviderName, HostProviderName, InvoiceIssuerName FROM read_csv('%s', all_varchar=true)"
	for prices, there := range map[string]bool{"1.10": true, "": false} {
		if err := os.WriteFile(filepath.Join(r.dir, "in.csv"), []byte(header+"\n"+fmt.Sprintf(row, "USD", prices)+fmt.Sprintf(row, "EUR", "")), 0o644); err != nil {
			t.Fatal(err)
		}
		e.must("load", "-q", "--db", "l"+prices+".duckdb", "in.csv")
		e.must("export", "focus", "--db", "l"+prices+".duckdb", "out.csv", "--version", "1.4")
		db := e.open()
		if !there {
			if names := e.names(db); slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, "PricingCurrency") }) {
				t.Errorf("prices that are not known are written: %v", names)
			}
			continue
		}
		values := make([]string, 9)
		into := make([]any, len(values))
		for i := range values {
			into[i] = &values[i]
		}
		if err := db.QueryRowContext(t.Context(), fmt.Sprintf(asked, filepath.Join(r.dir, "out.csv"))+" WHERE PricingCurrency = 'USD'").Scan(into...); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(values, ","); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	c, out := r.command("export", "focus", "x.csv", "--version", "2.0")
	if err := c.Run(); err == nil || !strings.Contains(out.String(), "take one of 1.0, 1.1, 1.2, 1.3, 1.4") {
		t.Errorf("%v %s", err, out)
	}
}

// A focusExport is a file that export focus wrote.
type focusExport struct {
	*testing.T
	runner
	version, file string
}

func (e focusExport) must(args ...string) string {
	e.Helper()
	c, out := e.command(args...)
	c.Env = append(os.Environ(), "GOMAXPROCS=1") // as stories have it
	if err := c.Run(); err != nil {
		e.Fatalf("%s: %v: %s", strings.Join(args, " "), err, out)
	}
	return out.String()
}

func (e focusExport) open() *sql.DB {
	e.Helper()
	db, err := sql.Open("duckdb", "?threads=1")
	if err != nil {
		e.Fatal(err)
	}
	e.Cleanup(func() { db.Close() })
	if _, err := db.ExecContext(e.Context(), "CREATE TABLE f AS FROM read_csv('"+filepath.Join(e.dir, e.file)+"', all_varchar=true, header=true, allow_quoted_nulls=false)"); err != nil {
		e.Fatal(err)
	}
	return db
}

func (e focusExport) names(db *sql.DB) []string {
	e.Helper()
	var all string
	if err := db.QueryRowContext(e.Context(), "SELECT string_agg(column_name, ',' ORDER BY column_index) FROM duckdb_columns() WHERE table_name = 'f'").Scan(&all); err != nil {
		e.Fatal(err)
	}
	return strings.Split(all, ",")
}

// holdTo holds the file to the columns and rules of its version.
func (e focusExport) holdTo(columns, rules []string) {
	e.Helper()
	db := e.open()
	names := e.names(db)
	known := map[string]bool{}
	for _, line := range columns {
		f := strings.Fields(line)
		if f[0] != e.version {
			continue
		}
		known[f[1]] = true
		if f[2] == "Mandatory" && !slices.Contains(names, f[1]) {
			e.Errorf("FOCUS %s must have %s", e.version, f[1])
		}
	}
	custom := false
	for _, name := range names {
		own := strings.HasPrefix(name, "x_")
		if custom = custom || own; !own && (custom || !known[name]) {
			e.Errorf("FOCUS %s has no %s, or it stands behind a column of our own", e.version, name)
		}
	}
	counts := []string{"count(*)"} // of all rows, and of those that break a rule, in one statement: there are many rules
	var asked []string
	for _, line := range rules {
		column, broken, _ := strings.Cut(line, ": ")
		if first, rest, ok := strings.Cut(column, " "); ok {
			from, to, _ := strings.Cut(first, "-")
			if column = rest; e.version < from || e.version > to {
				continue
			}
		}
		if !slices.Contains(names, column) {
			continue
		}
		for name := range known { // what a condition names beside its column may not be there
			if !slices.Contains(names, name) {
				broken = regexp.MustCompile(`\b`+name+`\b`).ReplaceAllString(broken, "NULL")
			}
		}
		counts, asked = append(counts, "count(*) FILTER ("+broken+")"), append(asked, column+": "+broken)
	}
	found := make([]int, len(counts))
	into := make([]any, len(counts))
	for i := range found {
		into[i] = &found[i]
	}
	if err := db.QueryRowContext(e.Context(), "SELECT "+strings.Join(counts, ",\n")+" FROM f").Scan(into...); err != nil {
		e.Fatal(err)
	}
	for i, n := range found[1:] {
		if n > 0 || found[0] == 0 {
			e.Errorf("FOCUS %s, %d of %d rows break a rule of %s", e.version, n, found[0], asked[i])
		}
	}
}

// sums are the sums of a ledger.
func (e focusExport) sums(ledger string) string {
	e.Helper()
	return e.must("query", "--db", ledger, "--format", "csv", "SELECT x_BillingPeriod, BillingPeriodStart, BillingPeriodEnd, SubAccountId, ServiceName, ChargeCategory, BillingCurrency, count(*) AS n, sum(BilledCost) AS billed, sum(EffectiveCost) AS effective, count(Tags) AS tags FROM usage GROUP BY ALL ORDER BY ALL")
}

// comesBack loads the file and holds it to the sums of the ledger that it was written from.
func (e focusExport) comesBack(want string) {
	e.Helper()
	again := "again-" + e.version + ".duckdb"
	e.must("load", "-q", "--db", again, e.file)
	if got := e.sums(again); got != want {
		e.Errorf("FOCUS %s loaded again:\n%s\nwant:\n%s", e.version, got, want)
	}
}
