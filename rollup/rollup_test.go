package rollup_test

import (
	"os"
	"path/filepath"
	"testing"

	"usagereport/internal/ledgertest"
	"usagereport/ledger"
	"usagereport/rollup"
)

func holding(t *testing.T, content string) *ledger.Ledger {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rows.csv")
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	l := ledgertest.Empty(t)
	ledgertest.Load(t, l, path)
	return l
}

// rows are a pay-as-you-go export of two subscriptions in two currencies, with
// hours, a refund, and a day without usage.
const rows = `BilledCost,EffectiveCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceName,SubAccountId,ConsumedQuantity,x_ResourceGroupName
0.1,0.1,A,EUR,2026-03-01,2026-04-01,Usage,2026-03-01T00:00:00Z,2026-03-01T01:00:00Z,Storage,s1,1,g1
0.2,0.15,A,EUR,2026-03-01,2026-04-01,Usage,2026-03-01T23:00:00Z,2026-03-02T00:00:00Z,Storage,s1,2,g1
100000000000.000000000000000001,1,A,EUR,2026-03-01,2026-04-01,Usage,2026-03-03T00:00:00Z,2026-03-04T00:00:00Z,Compute,s1,,g2
-0.3,-0.3,A,EUR,2026-03-01,2026-04-01,Credit,2026-03-03T00:00:00Z,2026-03-04T00:00:00Z,Compute,s1,,
7,7,A,USD,2026-03-01,2026-04-01,Usage,2026-03-01T00:00:00Z,2026-03-02T00:00:00Z,Storage,s2,3,g1
`

// What the rows say is added up exactly, per day and currency.
func TestSumsAreExact(t *testing.T) {
	l := holding(t, rows)
	if err := rollup.RefreshDaily(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	var got string
	err := l.DB().QueryRowContext(t.Context(), `SELECT string_agg(concat_ws(' ', day, BillingCurrency, billed, effective, quantity), chr(10) ORDER BY day, BillingCurrency)
		FROM (SELECT day, BillingCurrency, sum(BilledCost)::VARCHAR AS billed, sum(EffectiveCost)::VARCHAR AS effective, sum(ConsumedQuantity)::VARCHAR AS quantity
			FROM daily JOIN series USING (series_id) GROUP BY ALL)`).Scan(&got)
	want := "2026-03-01 EUR 0.300000000000000000 0.250000000000000000 3.000000000000000000\n" +
		"2026-03-01 USD 7.000000000000000000 7.000000000000000000 3.000000000000000000\n" +
		"2026-03-03 EUR 99999999999.700000000000000001 0.700000000000000000"
	if err != nil || got != want {
		t.Errorf("got\n%s (%v)\nwant\n%s", got, err, want)
	}
}

// The daily table must hold the same sums as the rows, and again after a second
// refresh.
func TestRefreshDaily(t *testing.T) {
	l := holding(t, rows)
	for range 2 {
		if err := rollup.RefreshDaily(t.Context(), l); err != nil {
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
	l := holding(t, rows)
	if err := rollup.RefreshDaily(t.Context(), l); err != nil {
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
