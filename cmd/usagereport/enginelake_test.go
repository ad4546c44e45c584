package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usagereport/usage"
)

// lakeCharges is a SELECT of a charge of 1.5 for each of some days of October, as FOCUS has it.
func lakeCharges(account string, days ...int) string {
	list := strings.Trim(strings.ReplaceAll(fmt.Sprint(days), " ", ", "), "[]")
	return "SELECT 'acc' AS BillingAccountId, " + usage.Literal(account) + ` AS SubAccountId, DATE '2026-10-01' AS BillingPeriodStart,
    DATE '2026-11-01' AS BillingPeriodEnd, make_timestamp(2026, 10, day, 0, 0, 0) AS ChargePeriodStart,
    make_timestamp(2026, 10, day + 1, 0, 0, 0) AS ChargePeriodEnd, 'Usage' AS ChargeCategory, 'Compute' AS ServiceName,
    'r' || day AS ResourceId, 'EUR' AS BillingCurrency, 1.5::DECIMAL(38,18) AS BilledCost, 1.5::DECIMAL(38,18) AS EffectiveCost
    FROM unnest([` + list + "]) AS d(day)"
}

// parquet writes a Parquet file of a SELECT.
func (d *desk) parquet(name, statement string) {
	d.Helper()
	path := d.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		d.Fatal(err)
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		d.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(d.Context(), "COPY ("+statement+") TO "+usage.Literal(path)+" (FORMAT parquet)"); err != nil {
		d.Fatal(err)
	}
}

// A month that is loaded from an engine again is what the engine has of it now, whatever it has
// in common with what it was.
func TestAMonthOfAnEngineIsWhole(t *testing.T) {
	t.Parallel()
	before := lakeCharges("a", 1, 2, 3, 4) + " UNION ALL " + lakeCharges("b", 1, 2, 3, 4)
	for name, c := range map[string]struct{ now, refused, want string }{
		"all of its resources are others": {strings.ReplaceAll(before, "'r'", "'s'"), "", "a,4; b,4"},
		"a day more, and others":          {strings.ReplaceAll(before, "'r'", "'s'") + " UNION ALL " + lakeCharges("b", 5), "", "a,4; b,5"},
		"its days are others": {
			lakeCharges("a", 11, 12, 13, 14, 15, 16, 17, 18) + " UNION ALL " + lakeCharges("b", 11), "begin on 2026-10-11", "a,8; b,1",
		},
		"its first days are gone": {
			lakeCharges("a", 3, 4, 5, 6, 7, 8) + " UNION ALL " + lakeCharges("b", 3, 4, 5), "begin on 2026-10-03", "a,6; b,3",
		},
		"an account is gone, another is new": {
			lakeCharges("b", 1, 2, 3, 4) + " UNION ALL " + lakeCharges("c", 1, 2, 3, 4), "1 of 2 accounts", "b,4; c,4",
		},
		"all of its accounts are others": {
			lakeCharges("c", 1, 2, 3, 4) + " UNION ALL " + lakeCharges("d", 1, 2, 3, 4), "2 of 2 accounts", "c,4; d,4",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			place := "parquet:" + d.path("lake")
			d.parquet("lake/a.parquet", before)
			d.load(0, "--engine", place)
			d.parquet("lake/a.parquet", c.now)
			if c.refused != "" {
				_, said := d.run(1, "load", "--engine", place)
				d.has(said, c.refused, "--allow-shrink")
				d.equal("a month that was refused", d.ask("SELECT SubAccountId, count(*) FROM usage GROUP BY 1 ORDER BY 1"), "a,4; b,4")
				d.load(0, "--engine", place, "--allow-shrink")
			} else {
				d.load(0, "--engine", place)
			}
			d.equal("charges", d.ask("SELECT SubAccountId, count(*) FROM usage GROUP BY 1 ORDER BY 1"), c.want)
		})
	}
}
