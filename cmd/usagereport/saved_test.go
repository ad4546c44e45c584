package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usagereport/internal/query/queries"
	"usagereport/usage"
)

// Every shipped query runs on a ledger of several months, with and without its
// parameters, and those that divide a period's cost add up to it.
func TestSavedQueries(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	files, err := filepath.Glob(demoOf(t).files + "/2026-*.csv")
	if err != nil || len(files) < 9 {
		t.Fatal(files, err)
	}
	d.run(exitDone, append([]string{"load", "-q"}, files[len(files)-4:]...)...)
	d.write("owners.csv", "name,rule\nShop,Tags.owner=shop\n")
	owners := d.path("owners.csv")
	bills := map[string]usage.Decimal{}
	periods, _ := d.rows("periods")
	for _, r := range periods {
		bills[r["period"]] = sumOf(d, r, "total")
	}
	all, err := queries.List(d.path("none"))
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range all {
		found := 0
		for _, period := range []string{"", "2026-10"} {
			args := []string{"query", "run", q.Name, "--owners", owners}
			for _, p := range q.Params {
				switch {
				case p.Name == "period" && period != "":
					args = append(args, "--param", "period="+period)
				case p.Name == "tag" && !strings.Contains(p.Text, "default"):
					args = append(args, "--param", "tag=owner")
				}
			}
			rows, _ := d.rows(args...)
			found += len(rows)
			if !strings.HasPrefix(q.Name, "cost-by-") || q.Name == "cost-by-period" {
				if found > 0 {
					break
				}
				continue
			}
			var sum usage.Decimal
			for _, r := range rows {
				sum = sum.Add(sumOf(d, r, "cost"))
			}
			want := bills["2026-11"]
			if period != "" {
				want = bills[period]
			}
			if want.Sign() == 0 || sum.Cmp(want) != 0 {
				t.Errorf("%s %s adds up to %v, the bill is %v", q.Name, period, sum, want)
			}
		}
		// The demo has no amortized files and none of reservations, and of models the output alone.
		empty := []string{
			"unused-commitments", "ai-cache-rate", "commitment-days", "commitment-coverage",
			"reservation-recommendations", "reservation-transactions", "reservation-utilisation",
		}
		if nothing := slices.Contains(empty, q.Name); (found == 0) != nothing {
			t.Errorf("%s finds %d rows", q.Name, found)
		}
	}
	// One's own, before the shipped ones.
	d.write("queries/cost-by-day.sql", "-- Mine.\n-- n: a number\nSELECT coalesce($n, 7) AS n;\n")
	config := d.write("usagereport.yaml", "sender: x@example.org\n")
	list, _ := d.run(exitDone, "query", "list", "--config", config, "--format", "csv")
	d.has(list, "cost-by-day,Mine.,n,"+d.path("queries")+"/cost-by-day.sql", "top-resources,The fifty dearest resources.,period,")
	out, _ := d.run(exitDone, "query", "run", "Cost-By-Day", "--config", config, "--owners", "none", "--format", "csv")
	d.equal("own", out, "n\n7\n")
	out, _ = d.run(exitDone, "query", "run", "cost-by-day", "--config", config, "--owners", "none", "--param", "n=3", "--format", "csv")
	d.equal("own with a value", out, "n\n3\n")
	_, errs := d.run(exitUsage, "query", "run", "nix")
	d.has(errs, "nix: there is no such query; 'usagereport query list' lists them")
	_, errs = d.run(exitUsage, "query", "run", "savings", "--param", "tag=x")
	d.has(errs, "savings has no parameter tag; it has: period")
}
