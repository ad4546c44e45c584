//go:build linux

package analysis_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// inventShort fills a ledger's daily sums with 98,000 machines of scale sets, in 400 groups of
// 40 subscriptions, over 400 days. Each lives for %[1]d to %[2]d days, on the first and the last
// of which it runs for some hours.
const inventShort = `
INSERT INTO loads (load_id, ref, sha256, bytes, format, title, cost_type, rows, rejected, rounded, loaded_at) VALUES (1, 'invented', '', 0, 'x', 'x', 'actual', 0, 0, 0, TIMESTAMP '2026-11-24');
INSERT INTO scopes (scope_id, load_id, cost_type, BillingAccountId, BillingAccountName, SubAccountId, SubAccountName, x_BillingPeriod, BillingPeriodStart, BillingPeriodEnd, BillingCurrency, rows, first_day, reach, BilledCost, EffectiveCost, state, superseded_by, shadowed)
SELECT 100 * sub + m, 1, 'actual', 'A', NULL, 'subscription ' || sub, NULL, strftime(start, '%%Y-%%m'), start, (start + INTERVAL 1 MONTH)::DATE, 'EUR', 1,
    greatest(start, DATE '2025-10-20'), least((start + INTERVAL 1 MONTH)::DATE - 1, DATE '2026-11-23'), 0, 0, 'current', NULL, false
FROM range(40) s(sub), (SELECT m, (DATE '2025-10-01' + to_months(m::INTEGER))::DATE AS start FROM range(14) r(m));
CREATE TEMP TABLE machine AS
SELECT i, i %% 400 AS grp, %[1]d + i * 7919 %% (%[2]d - %[1]d + 1) AS life, (i * 104729 %% (400 + life)) - life AS born, 1 + i * 31 %% 23 AS begun, 0.05 * (1 + i %% 7) AS price
FROM range(98000) r(i);
INSERT INTO series SELECT i, 'A', 'subscription ' || (grp %% 40), 'group-' || grp, 'Virtual Machines', 'westeurope',
    '/subscriptions/subscription ' || (grp %% 40) || '/resourcegroups/group-' || grp || '/providers/microsoft.compute/virtualmachinescalesets/pool-' || grp || '/virtualmachines/' || i,
    'D' || (1 + i %% 7) || ' v5', '1 Hour', 'Usage', 'EUR'
FROM machine;
INSERT INTO daily SELECT day, i, strftime(day, '%%Y-%%m'), true, price * hours, price * hours, hours, price * hours, hours
FROM (SELECT DATE '2025-10-20' + d::INTEGER AS day, i, price, CASE d WHEN born THEN 24 - begun WHEN born + life - 1 THEN begun ELSE 24 END AS hours
    FROM machine, unnest(range(greatest(0, born), least(400, born + life))) r(d))
ORDER BY strftime(day, '%%Y-%%m'), i, day;
INSERT INTO daily_services SELECT d.day, s.scope_id, r.ServiceName, r.ChargeCategory, d.covered, sum(d.BilledCost), sum(d.EffectiveCost)
FROM daily d JOIN series r ON r.series_id = d.series_id JOIN scopes s ON s.SubAccountId = r.SubAccountId AND s.x_BillingPeriod = d.x_BillingPeriod
GROUP BY ALL;
DROP TABLE machine;`

// The line on machines that live shortly of docs/performance.md, which 'make bench' prints. Each
// report is made by a process of its own, which says how much memory it had at most. With
// SHORT_LIVES a folder, the ledgers stay there, to be looked at with the program.
func TestMemoryOfShortLives(t *testing.T) {
	if path := os.Getenv("BENCH_REPORT"); path != "" {
		whole(t, path)
		status, err := os.ReadFile("/proc/self/status")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("%s\n", regexp.MustCompile(`VmHWM:.*`).Find(status))
		return
	}
	if os.Getenv("BENCH") == "" {
		t.Skip("make bench runs it")
	}
	folder := os.Getenv("SHORT_LIVES")
	if folder == "" {
		folder = t.TempDir()
	}
	for _, days := range [][2]int{{96, 96}, {1, 8}} {
		path := filepath.Join(folder, fmt.Sprintf("lives-%d.duckdb", days[1]))
		if _, err := os.Stat(path); err != nil {
			inventedLedger(t, path, fmt.Sprintf(inventShort, days[0], days[1]))
		}
		child := exec.Command(os.Args[0], "-test.run=^TestMemoryOfShortLives$", "-test.v")
		child.Env = append(os.Environ(), "BENCH_REPORT="+path)
		out, err := child.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		var kB float64
		if _, err := fmt.Sscanf(string(regexp.MustCompile(`VmHWM:.*`).Find(out)), "VmHWM: %f kB", &kB); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		t.Logf("\n| peak memory of the model of a report, 98,000 machines that live for %d to %d days of 400 | | %.2f GB |", days[0], days[1], kB/1e6)
	}
}
