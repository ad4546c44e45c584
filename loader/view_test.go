//go:build linux

package loader_test

import (
	"database/sql"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usagereport/internal/query"
	"usagereport/ledger"
	"usagereport/loader"
)

// groupBys are what people ask of the usage most: {usage} is the table.
var groupBys = []struct{ name, sql string }{
	{"cost by service", "SELECT ServiceName, sum(EffectiveCost) FROM {usage} GROUP BY 1"},
	{"cost by day", "SELECT ChargePeriodStart::DATE, sum(EffectiveCost) FROM {usage} GROUP BY 1"},
	{"cost by billing period and account", "SELECT x_BillingPeriod, SubAccountName, sum(BilledCost), sum(EffectiveCost) FROM {usage} GROUP BY 1, 2"},
	{"cost by resource group", "SELECT x_ResourceGroupName, sum(EffectiveCost) FROM {usage} GROUP BY 1"},
	{"the twenty dearest resources", "SELECT ResourceId, sum(EffectiveCost) FROM {usage} GROUP BY 1 ORDER BY 2 DESC LIMIT 20"},
	{"quantity and cost by meter", "SELECT SkuMeter, ConsumedUnit, sum(ConsumedQuantity), sum(EffectiveCost) FROM {usage} GROUP BY 1, 2"},
	{"cost by region and service", "SELECT RegionId, ServiceName, sum(EffectiveCost) FROM {usage} GROUP BY 1, 2"},
	{"rows and cost by category", "SELECT ChargeCategory, PricingCategory, count(*), sum(BilledCost) FROM {usage} GROUP BY 1, 2"},
	{"cost by a tag", "SELECT Tags['team'], sum(EffectiveCost) FROM {usage} GROUP BY 1"},
	{"one service by day", "SELECT ChargePeriodStart::DATE, sum(EffectiveCost) FROM {usage} WHERE ServiceName = 'Service 7' GROUP BY 1"},
	{"list price against paid, by service", "SELECT ServiceName, sum(ListCost), sum(ContractedCost), sum(EffectiveCost) FROM {usage} GROUP BY 1"},
	{"one week by account", "SELECT SubAccountName, sum(EffectiveCost) FROM {usage} WHERE ChargePeriodStart >= DATE '2025-01-08' AND ChargePeriodStart < DATE '2025-01-15' GROUP BY 1"},
}

// The view must not cost what storing texts once saves: the same SQL is asked of
// a flat table with the same rows.
func TestViewAgainstFlatTable(t *testing.T) {
	rows, rounds := 400_000, 7
	if os.Getenv("BENCH") != "" { // make bench
		rows, rounds = 10_000_000, 5
	}
	dir := t.TempDir()
	l, err := ledger.Open(t.Context(), filepath.Join(dir, "ledger.duckdb"), ledger.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	rs, err := loader.Load(t.Context(), l, map[string]loader.Source{"exports": exports{}}, []string{fmt.Sprintf("exports://%d", rows)}, loader.Options{Now: fixedNow})
	if err != nil || rs[0].Err != nil {
		t.Fatal(err, rs)
	}
	conn, err := l.DB().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ask := func(query string) {
		t.Helper()
		if _, err := conn.ExecContext(t.Context(), query); err != nil {
			t.Fatal(query, err)
		}
	}
	ask("ATTACH '" + filepath.Join(dir, "flat.duckdb") + "' AS flat")
	ask("CREATE TABLE flat.usage AS SELECT * FROM usage")
	ask("CHECKPOINT flat")
	// The fastest of several rounds is what each can do: rounds end once that is enough.
	view, flat := make([]time.Duration, len(groupBys)), make([]time.Duration, len(groupBys))
	mean := math.Inf(1)
	for round := 0; round < rounds && (mean > 1.5 || os.Getenv("BENCH") != ""); round++ {
		product := 1.0
		for i, g := range groupBys {
			for table, least := range map[string]*time.Duration{"usage": &view[i], "flat.usage": &flat[i]} {
				start := time.Now()
				ask(expand(g.sql, table))
				if took := time.Since(start); round == 0 || took < *least {
					*least = took
				}
			}
			product *= view[i].Seconds() / flat[i].Seconds()
		}
		mean = math.Pow(product, 1/float64(len(groupBys)))
	}
	for i, g := range groupBys {
		t.Logf("%-36s %6.1f ms, flat %6.1f ms: %.2f", g.name, view[i].Seconds()*1e3, flat[i].Seconds()*1e3, view[i].Seconds()/flat[i].Seconds())
	}
	t.Logf("geometric mean %.2f", mean)
	// 1.0 on 10,000,000 rows and 1.2 here, where starting weighs more. Joined by a
	// hash table it was 1.9.
	if mean > 1.5 {
		t.Errorf("the view costs %.2f times the flat table in the geometric mean", mean)
	}
}

// The numbers of keys stay dense whatever comes and goes: what one load leaves
// free, the next one takes.
func TestKeysStayDense(t *testing.T) {
	l := open(t)
	numbers := func() (keys, high int) {
		t.Helper()
		var strange int
		if err := l.DB().QueryRowContext(t.Context(), `SELECT count(DISTINCT key_id), coalesce(max(key_id), 0),
				(SELECT count(*) FROM charges c LEFT JOIN keys k USING (key_id) LEFT JOIN scopes s USING (scope_id) WHERE s.load_id IS DISTINCT FROM c.load_id)
			FROM keys`).Scan(&keys, &high, &strange); err != nil {
			t.Fatal(err)
		}
		if strange > 0 {
			t.Fatalf("%d charges whose key is missing or another load's", strange)
		}
		return keys, high
	}
	add := func(name string) loader.FileResult {
		t.Helper()
		r := load(t, l, loader.Options{}, filepath.Join("..", "testdata", "usage", name))[0]
		if r.Err != nil || r.LoadID == 0 {
			t.Fatal(name, r.Err, r.Status)
		}
		return r
	}
	first := add("azure_ea/actual-2026-10.csv")
	add("azure_mca/2026-11.csv")
	third := add("azure_account_v2/202607-v2.csv")
	add("azure_mosa/2026-03.csv")
	if keys, high := numbers(); keys != high {
		t.Errorf("%d keys, numbered up to %d", keys, high)
	}
	for _, r := range []loader.FileResult{first, third} {
		if _, err := l.Remove(t.Context(), r.LoadID); err != nil {
			t.Fatal(err)
		}
	}
	left, high := numbers()
	if left >= high {
		t.Fatalf("%d keys up to %d: nothing is free, so this tests nothing", left, high)
	}
	last := add("azure_account_v2/202608-v2.csv") // fills both gaps
	if keys, now := numbers(); now != max(keys, high) {
		t.Errorf("%d keys, numbered up to %d, before up to %d", keys, now, high)
	}
	for currency, want := range last.Totals {
		var got string
		if err := l.DB().QueryRowContext(t.Context(), "SELECT rtrim(rtrim(sum(EffectiveCost)::VARCHAR, '0'), '.') FROM usage WHERE x_LoadId = $1 AND BillingCurrency = $2", last.LoadID, currency).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != want.String() {
			t.Errorf("%s %s, the file has %s", got, currency, want)
		}
	}
}

func expand(query, table string) string { return strings.ReplaceAll(query, "{usage}", table) }

// TestCSVCostsLittle holds what a CSV of the whole view takes to DuckDB's own COPY of a
// table of the same rows, in CPU time.
func TestCSVCostsLittle(t *testing.T) { costsLittle(t, "CSV", timeCSV) }

// TestParquetCostsLittle does the same of Parquet, in the order in which an export has it.
func TestParquetCostsLittle(t *testing.T) { costsLittle(t, "Parquet", timeParquet) }

func costsLittle(t *testing.T, form string, timed func(testing.TB, int) (ours, plain *spent)) {
	t.Helper()
	if os.Getenv("BENCH_CHECK") == "" {
		t.Skip("one process beside others on the same cores costs more: it is for make bench-check")
	}
	const most = 2
	ours, plain := timed(t, 150_000)
	t.Logf("ours %v, COPY %v: %s times", ours.cpu.Round(time.Millisecond), plain.cpu.Round(time.Millisecond), ours.over(plain))
	if ours.cpu > most*plain.cpu {
		t.Errorf("%s of the view takes %s times as long as COPY of a table, want at most %d", form, ours.over(plain), most)
	}
}

// timeCSV writes the view of an export of some rows as CSV, and has DuckDB copy a table of
// them.
func timeCSV(tb testing.TB, rows int) (ours, plain *spent) {
	tb.Helper()
	return timeWritten(tb, rows, "(FORMAT csv)", func(ledger, file string) error {
		f, err := os.Create(file)
		if err != nil {
			return err
		}
		err = query.RunLarge(tb.Context(), ledger, "SELECT * FROM usage", f, query.OpenOptions{Dir: tb.TempDir()}, query.Options{Format: query.AsCSV})
		return errors.Join(err, f.Close())
	})
}

func timeParquet(tb testing.TB, rows int) (ours, plain *spent) {
	tb.Helper()
	return timeWritten(tb, rows, "(FORMAT parquet, COMPRESSION zstd)", func(ledger, file string) error {
		return query.WriteParquet(tb.Context(), ledger, "SELECT * FROM usage ORDER BY ChargePeriodStart, SubAccountId, ResourceId", file,
			query.OpenOptions{Dir: filepath.Dir(file)}, nil)
	})
}

// timeWritten calls write with a ledger of an export of some rows, and has DuckDB copy a
// table of them with the options form.
func timeWritten(tb testing.TB, rows int, form string, write func(ledger, file string) error) (ours, plain *spent) {
	tb.Helper()
	dir := tb.TempDir()
	path, flat := filepath.Join(dir, "usage.duckdb"), filepath.Join(dir, "flat.duckdb")
	l, err := ledger.Open(tb.Context(), path, ledger.Options{Create: true})
	if err != nil {
		tb.Fatal(err)
	}
	rs, err := loader.Load(tb.Context(), l, map[string]loader.Source{"exports": exports{}}, []string{fmt.Sprintf("exports://%d", rows)}, loader.Options{Now: fixedNow})
	if err != nil || rs[0].Err != nil {
		tb.Fatal(err, rs)
	}
	for _, text := range []string{"ATTACH '" + flat + "' AS flat", "CREATE TABLE flat.rows AS SELECT * FROM usage", "DETACH flat"} {
		if _, err := l.DB().ExecContext(tb.Context(), text); err != nil {
			tb.Fatal(err)
		}
	}
	if err := l.Publish(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	ours, plain = least(), least()
	for range 2 {
		ours.run(func() time.Duration {
			start := time.Now()
			if err := write(path, filepath.Join(dir, "ours")); err != nil {
				tb.Fatal(err)
			}
			return time.Since(start)
		})
		plain.run(func() time.Duration {
			db, err := sql.Open("duckdb", flat)
			if err != nil {
				tb.Fatal(err)
			}
			defer db.Close()
			start := time.Now()
			if _, err := db.ExecContext(tb.Context(), "COPY rows TO '"+filepath.Join(dir, "plain")+"' "+form); err != nil {
				tb.Fatal(err)
			}
			return time.Since(start)
		})
	}
	return ours, plain
}
