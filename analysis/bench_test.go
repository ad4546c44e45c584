//go:build unix

package analysis_test

import (
	"database/sql"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"usagereport/analysis"
	"usagereport/ledger"
	"usagereport/usage"
)

// invent fills a ledger's daily sums as a load does: those of %[1]d series, two to a
// resource, in 40 subscriptions over 400 days. One in a thousand costs several
// times as much in its last weeks, each by a ratio and since a day of its own.
const invent = `
INSERT INTO loads (load_id, ref, sha256, bytes, format, title, cost_type, rows, rejected, rounded, loaded_at) VALUES (1, 'invented', '', 0, 'x', 'x', 'actual', 0, 0, 0, TIMESTAMP '2026-11-24');
INSERT INTO scopes (scope_id, load_id, cost_type, BillingAccountId, BillingAccountName, SubAccountId, SubAccountName, x_BillingPeriod, BillingPeriodStart, BillingPeriodEnd, BillingCurrency, rows, first_day, reach, BilledCost, EffectiveCost, state, superseded_by, shadowed)
SELECT 100 * sub + m, 1, 'actual', 'A', NULL, 'sub-' || sub, NULL, strftime(start, '%%Y-%%m'), start, (start + INTERVAL 1 MONTH)::DATE, 'EUR', 1,
    greatest(start, DATE '2025-10-20'), least((start + INTERVAL 1 MONTH)::DATE - 1, DATE '2026-11-23'), 0, 0, 'current', NULL, false
FROM range(40) s(sub), (SELECT m, (DATE '2025-10-01' + to_months(m::INTEGER))::DATE AS start FROM range(14) r(m));
INSERT INTO series SELECT i, 'A', 'sub-' || (grp %% 40), 'rg-' || grp, 'service ' || ((3 * grp + i // 2 %% 4) %% 30), 'westeurope', '/r/' || (i // 2), 'meter ' || (i %% 97), 'Hours', 'Usage', 'EUR'
FROM (SELECT i, i // 50 AS grp FROM range(%[1]d) r(i));
SELECT setseed(0.5);
INSERT INTO daily SELECT day, i, strftime(day, '%%Y-%%m'), true, 0.2 * q, 0.2 * q, q, 0.2 * q, q
FROM (SELECT day, i, round(size * (1 + noise * (random() - 0.5)) * CASE WHEN i %% 1000 = 0 AND day > DATE '2026-11-16' - (i // 1000 %% 25)::INTEGER THEN 2 + 0.7 * (i // 1000 %% 6) ELSE 1 END, 6) AS q
    FROM (SELECT i, CASE WHEN i %% 1000 = 0 THEN 100 ELSE exp(4 * random() - 1) END AS size, 0.05 + 0.2 * (i %% 3) AS noise FROM range(%[1]d) r(i)),
        (SELECT (DATE '2025-10-20' + d::INTEGER)::DATE AS day FROM range(400) r(d)))
ORDER BY strftime(day, '%%Y-%%m'), i, day;
INSERT INTO daily_services SELECT d.day, s.scope_id, r.ServiceName, r.ChargeCategory, d.covered, sum(d.BilledCost), sum(d.EffectiveCost)
FROM daily d JOIN series r ON r.series_id = d.series_id JOIN scopes s ON s.SubAccountId = r.SubAccountId AND s.x_BillingPeriod = d.x_BillingPeriod
GROUP BY ALL;`

// zScores asks of each of the last 35 days how far it lies from the days before.
const zScores = `
SELECT count(*) FROM daily d JOIN (
    SELECT series_id, avg(cost) AS mean, stddev_samp(cost) AS sd FROM daily WHERE day < DATE '2026-10-20' GROUP BY series_id
) s USING (series_id)
WHERE d.day >= DATE '2026-10-20' AND d.cost > s.mean + 3 * s.sd`

// aggregate is what a report shows first, in one statement: each bill's cost by
// service.
const aggregate = `
SELECT count(*) FROM (SELECT d.x_BillingPeriod, s.ServiceName, sum(d.BilledCost) FROM daily d JOIN series s USING (series_id) GROUP BY ALL)`

// The lines on findings and reports of docs/performance.md: 'make bench' prints them.
func TestPerformanceTable(t *testing.T) {
	if os.Getenv("BENCH") == "" {
		t.Skip("make bench runs it")
	}
	var table strings.Builder
	for _, series := range []int{2500, 25_000} {
		path := filepath.Join(t.TempDir(), "usage.duckdb")
		inventedLedger(t, path, fmt.Sprintf(invent, series))
		ours, plain, report, sums, ahead := 1e9, 1e9, 1e9, 1e9, 1e9
		clock := [2]float64{1e9, 1e9}
		found, alarms := 0, 0
		for range 3 {
			cpu, wall := spent(t, func() { found = findings(t, path) })
			ours, clock[0] = min(ours, cpu), min(clock[0], wall)
			cpu, wall = spent(t, func() { alarms = count(t, path, zScores) })
			plain, clock[1] = min(plain, cpu), min(clock[1], wall)
			cpu, _ = spent(t, func() { whole(t, path) })
			report = min(report, cpu)
			cpu, _ = spent(t, func() { count(t, path, aggregate) })
			sums = min(sums, cpu)
			cpu, _ = spent(t, func() { foretold(t, path) })
			ahead = min(ahead, cpu)
		}
		if found < series/1000 {
			t.Errorf("%d findings, want %d at least", found, series/1000)
		}
		fmt.Fprintf(&table,
			"| findings of a ledger of %d daily sums | z-scores of the same sums in SQL | %.1f times in CPU time (%.1f s), %.1f by the clock; they raise %d alarms, we tell %d findings |\n",
			400*series, ours/plain, ours, clock[0]/clock[1], alarms, found)
		fmt.Fprintf(&table,
			"| the model of a report on them, with its findings | cost by bill and service in SQL | %.1f times in CPU time (%.1f s) |\n",
			report/sums, report)
		fmt.Fprintf(&table, "| the forecast by service | the same | %.1f times in CPU time (%.1f s) |\n", ahead/sums, ahead)
	}
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&table, "| peak memory, with making the ledger | | %.2f GB |\n", float64(use.Maxrss)/1e6)
	t.Log("\n" + table.String())
}

// findings opens a ledger and returns how many findings it has.
func findings(t *testing.T, path string) int {
	t.Helper()
	l, err := ledger.Open(t.Context(), path, ledger.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	a, err := analysis.New(t.Context(), l, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	found, _, err := a.Findings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return len(found)
}

// whole opens a ledger and makes a report's model of it.
func whole(t *testing.T, path string) {
	t.Helper()
	l, err := ledger.Open(t.Context(), path, ledger.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	a, err := analysis.New(t.Context(), l, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if r, err := a.Report(t.Context()); err != nil || len(r.Parts) != 1 || r.Parts[0].Total.Amount.Sign() <= 0 {
		t.Fatal(r, err)
	}
}

// foretold opens a ledger and foretells its open period by service.
func foretold(t *testing.T, path string) {
	t.Helper()
	l, err := ledger.Open(t.Context(), path, ledger.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	a, err := analysis.New(t.Context(), l, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if list, err := a.Outlooks(t.Context(), []usage.Dimension{usage.Service}); err != nil || len(list) != 1 || len(list[0].Rows) == 0 {
		t.Fatal(list, err)
	}
}

// count opens a ledger and returns the number that a query gives.
func count(t *testing.T, path, query string) (n int) {
	t.Helper()
	l, err := ledger.Open(t.Context(), path, ledger.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := l.DB().QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// spent returns the CPU time and the time that f takes, in seconds.
func spent(t *testing.T, f func()) (cpu, wall float64) {
	t.Helper()
	used := func() float64 {
		var use syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
			t.Fatal(err)
		}
		return time.Duration(use.Utime.Nano() + use.Stime.Nano()).Seconds()
	}
	cpu, start := used(), time.Now()
	f()
	return math.Max(1e-3, used()-cpu), time.Since(start).Seconds()
}

// inventedLedger writes a ledger that a script of SQL fills.
func inventedLedger(t *testing.T, path, script string) {
	t.Helper()
	writer, err := ledger.Open(t.Context(), path, ledger.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Update(t.Context(), func(conn *sql.Conn) error {
		_, err := conn.ExecContext(t.Context(), script)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := writer.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
}
