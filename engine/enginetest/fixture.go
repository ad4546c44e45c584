// Package enginetest holds the suite that every engine must pass, and the usage that it
// is held to.
package enginetest

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2" // the reference is a database of its own

	"usagereport/usage"
)

// A Fixture is usage in Parquet files, as an export leaves it, and the same rows in a
// database to ask: three months, three currencies, credits, purchases of commitments,
// decimals of 18 digits, texts that are NULL, empty, or hard, and a month with two runs.
type Fixture struct {
	Dir  string // with x_BillingPeriod=2026-08/run_id=r2/*.parquet
	DB   *sql.DB
	Rows int64
}

// files is how many files each run has.
const files = 8

// columns are those of the fixture, each as SQL makes it of a row's number i and of
// hashes h and g.
const columns = `
    'acc-' || sub % 3 AS BillingAccountId,
    'Konto ' || sub % 3 AS BillingAccountName,
    'sub-' || sub AS SubAccountId,
    CASE WHEN sub % 5 = 0 THEN NULL WHEN sub % 5 = 1 THEN '' ELSE 'Subscription ' || sub END AS SubAccountName,
    date_trunc('month', day)::DATE AS BillingPeriodStart,
    (date_trunc('month', day) + INTERVAL 1 MONTH)::DATE AS BillingPeriodEnd,
    day::TIMESTAMP + to_hours(CASE WHEN service = 1 THEN (h % 24)::INTEGER ELSE 0 END) AS ChargePeriodStart,
    CASE WHEN category = 'Purchase' THEN (date_trunc('month', day) + INTERVAL 1 MONTH)::TIMESTAMP
         WHEN service = 1 THEN day::TIMESTAMP + to_hours((h % 24)::INTEGER + 1)
         ELSE (day + INTERVAL 1 DAY)::TIMESTAMP END AS ChargePeriodEnd,
    category AS ChargeCategory,
    NULL::VARCHAR AS ChargeClass,
    CASE WHEN category = 'Purchase' OR h % 11 = 0 THEN 'ri-' || h % 3 END AS CommitmentDiscountId,
    ['Compute', 'Storage, "hot"', '資料庫', 'Réseau''s', 'Bandwidth'][service + 1] AS ServiceName,
    'Category ' || service % 2 AS ServiceCategory,
    ['', NULL, 'westeurope', 'eastasia'][(g % 4)::INTEGER + 1] AS RegionId,
    CASE WHEN category = 'Tax' THEN NULL ELSE '/subscriptions/sub-' || sub || '/resourcegroups/rg-' || g % 4 ||
        '/providers/x/r' || (h // 7) % 3 END AS ResourceId,
    'meter ' || service || '-' || g % 3 AS SkuMeter,
    ['Hours', 'GB', '', NULL, '10K'][service + 1] AS ConsumedUnit,
    CASE WHEN h % 13 <> 0 THEN ((h % 100000)::VARCHAR || '.' || lpad((g % 1000000)::VARCHAR, 6, '0'))::DECIMAL(38,18) END AS
        ConsumedQuantity,
    cost AS BilledCost,
    CASE WHEN h % 17 = 0 THEN NULL WHEN category <> 'Purchase' AND h % 11 = 0 THEN cost + 0.000000000000000001 ELSE cost END AS
        EffectiveCost,
    CASE h % 5 WHEN 0 THEN NULL WHEN 1 THEN 0 ELSE cost + 1 END AS ListCost,
    (cost + 2)::DECIMAL(38,18) AS ContractedCost,
    ['EUR', 'USD', 'TWD'][sub % 3 + 1] AS BillingCurrency,
    CASE g % 4 WHEN 0 THEN NULL WHEN 1 THEN MAP {}::MAP(VARCHAR, VARCHAR)
        WHEN 2 THEN MAP {'env': 'prod', 'team': 'データ "q" \ it''s'}
        ELSE MAP {'env': 'dev', 'naïve=key': ''} END AS Tags`

// NewFixture writes the files below dir.
func NewFixture(t *testing.T, dir string, rows int) *Fixture {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	f := &Fixture{Dir: dir, DB: db, Rows: int64(rows)}
	source := func(seed int) string {
		return fmt.Sprintf(`SELECT *, CASE WHEN h %% 19 = 0 THEN 'Credit' WHEN h %% 23 = 0 THEN 'Tax' WHEN h %% 29 = 0 THEN 'Purchase' ELSE
        'Usage' END AS category,
    ((CASE WHEN h %% 19 = 0 THEN '-' ELSE '' END) || ((h // 100) %% 1000)::VARCHAR || '.' || lpad((g %%
        1000000000000000000)::VARCHAR, 18, '0'))::DECIMAL(38,18) AS cost
FROM (SELECT i, (hash(i + %d) %% 1000000007)::BIGINT AS h, (hash(i * 3 + %d) %% 1000000000000000003)::BIGINT AS g,
    ((hash(i + %d) // 1000) %% 40)::INTEGER AS sub, ((hash(i + %d) // 100000) %% 5)::INTEGER AS service,
    DATE '2026-08-01' + (hash(i * 7 + %d) %% 92)::INTEGER AS day FROM range(%d) r(i))`, seed, seed, seed, seed, seed, rows)
	}
	f.Exec(t, "CREATE TABLE usage AS SELECT "+columns+", strftime(day, '%Y-%m') AS x_BillingPeriod, 'r2' AS run_id, i FROM ("+source(0)+")")
	f.Exec(t, "CREATE TABLE older AS SELECT "+columns+", strftime(day, '%Y-%m') AS x_BillingPeriod, 'r1' AS run_id, i FROM "+
		"("+source(1_000_000)+
		") WHERE day < DATE '2026-08-20'")
	for _, part := range []struct{ table, month, run string }{
		{"usage", "2026-08", "r2"}, {"usage", "2026-09", "r2"}, {"usage", "2026-10", "r2"}, {"older", "2026-08", "r1"},
	} {
		below := filepath.Join(dir, "x_BillingPeriod="+part.month, "run_id="+part.run)
		if err := os.MkdirAll(below, 0o755); err != nil {
			t.Fatal(err)
		}
		for n := range files {
			f.Exec(t, fmt.Sprintf("COPY (SELECT * EXCLUDE (x_BillingPeriod, run_id, i) FROM %s WHERE x_BillingPeriod = '%s' AND i %% %d = %d) "+
				"TO %s (FORMAT parquet)",
				part.table, part.month, files, n, usage.Literal(filepath.Join(below, fmt.Sprintf("part-%d.parquet", n)))))
		}
	}
	return f
}

// Exec runs a statement of the reference.
func (f *Fixture) Exec(t *testing.T, statement string) {
	t.Helper()
	if _, err := f.DB.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%v\n%s", err, statement)
	}
}

// Number returns the one number that a statement of the reference gives.
func (f *Fixture) Number(t *testing.T, statement string) (n int64) {
	t.Helper()
	if err := f.DB.QueryRowContext(t.Context(), statement).Scan(&n); err != nil {
		t.Fatalf("%v\n%s", err, statement)
	}
	return n
}

// Same holds two relations of the reference to the same rows, as often as they are there.
func (f *Fixture) Same(t *testing.T, what, a, b string) {
	t.Helper()
	f.Exec(t, "CREATE OR REPLACE TEMP TABLE sides AS SELECT 1 AS side, * FROM ("+a+") UNION ALL SELECT -1, * FROM ("+b+")")
	const differ = "SELECT * EXCLUDE (side), sum(side) AS more FROM sides GROUP BY ALL HAVING sum(side) <> 0"
	if n := f.Number(t, "SELECT count(*) FROM ("+differ+")"); n > 0 {
		t.Errorf("%s: %d rows are in one and not in the other: %s\n%s", what, n, f.first(t, differ), a)
	}
}

// first shows the first row of a statement.
func (f *Fixture) first(t *testing.T, statement string) (row string) {
	t.Helper()
	err := f.DB.QueryRowContext(t.Context(), "SELECT to_json(q)::VARCHAR FROM ("+statement+" LIMIT 1) q").Scan(&row)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(row)
}
