package rollup_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/loader/file"
	"usagereport/rollup"
	"usagereport/rollup/rolluptest"
)

func holding(t *testing.T, content string) *ledger.Ledger {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rows.csv")
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), "", ledger.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	rs, err := loader.Load(t.Context(), l, map[string]loader.Source{"file": file.Source{}}, []string{path}, loader.Options{Now: func() time.Time { return time.Unix(0, 0) }})
	if err != nil || rs[0].Err != nil {
		t.Fatal(err, rs)
	}
	return l
}

func TestDuckDB(t *testing.T) {
	rolluptest.TestEngine(t, rollup.DuckDB{Ledger: holding(t, rolluptest.Rows)})
}

// The daily table must hold the same sums as the rows, and again after a second
// refresh.
func TestRefreshDaily(t *testing.T) {
	l := holding(t, rolluptest.Rows)
	for range 2 {
		if err := (rollup.DuckDB{Ledger: l}).RefreshDaily(t.Context()); err != nil {
			t.Fatal(err)
		}
		var differ, days int
		err := l.DB().QueryRowContext(t.Context(), `SELECT count(*) FILTER (d.billed IS DISTINCT FROM u.billed OR d.effective IS DISTINCT FROM u.effective), count(*)
			FROM (SELECT day, BillingCurrency, sum(BilledCost) AS billed, sum(EffectiveCost) AS effective FROM daily JOIN series USING (series_id) GROUP BY ALL) d
			FULL JOIN (SELECT ChargePeriodStart::DATE AS day, BillingCurrency, sum(BilledCost) AS billed, sum(EffectiveCost) AS effective FROM usage GROUP BY ALL) u
			USING (day, BillingCurrency)`).Scan(&differ, &days)
		if err != nil || differ != 0 || days != 3 {
			t.Errorf("%d of %d days differ (%v)", differ, days, err)
		}
	}
}

// The table daily_services must hold the sums of daily, day by day and bill by
// bill.
func TestRefreshServices(t *testing.T) {
	l := holding(t, rolluptest.Rows)
	if err := (rollup.DuckDB{Ledger: l}).RefreshDaily(t.Context()); err != nil {
		t.Fatal(err)
	}
	var differ, sums int
	err := l.DB().QueryRowContext(t.Context(), `SELECT count(*) FILTER (a.billed IS DISTINCT FROM b.billed OR a.effective IS DISTINCT FROM b.effective), count(*)
		FROM (SELECT day, BillingAccountId, SubAccountId, x_BillingPeriod, ServiceName, ChargeCategory, BillingCurrency, covered, sum(BilledCost) AS billed, sum(EffectiveCost) AS effective
			FROM daily JOIN series USING (series_id) GROUP BY ALL) a
		FULL JOIN (SELECT day, BillingAccountId, SubAccountId, x_BillingPeriod, d.ServiceName, d.ChargeCategory, BillingCurrency, covered, sum(d.BilledCost) AS billed, sum(d.EffectiveCost) AS effective
			FROM daily_services d JOIN scopes USING (scope_id) GROUP BY ALL) b
		USING (day, BillingAccountId, SubAccountId, x_BillingPeriod, ServiceName, ChargeCategory, BillingCurrency, covered)`).Scan(&differ, &sums)
	if err != nil || differ != 0 || sums < 3 {
		t.Errorf("%d of %d sums differ (%v)", differ, sums, err)
	}
}
