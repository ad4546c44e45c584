package loader_test

import (
	"fmt"
	"strings"
	"testing"

	"usagereport/loader"
)

// What runs of an export have of days that others speak for counts alike in whatever order they are loaded.
func TestOrderOfRuns(t *testing.T) {
	rows := func(from, to int, edit ...string) string {
		return strings.SplitN(mosa("s1", from, to, edit...), "\n", 2)[1]
	}
	days := func(from, to int) string {
		return mosa("s1", from, to) + rows(from, to, "Data", "More", ",1,1,", ",1,2,") + rows(from, to, "Data", "Third", ",1,1,", ",1,3,")
	}
	for name, again := range map[string]string{
		"a copy":                         rows(7, 7),
		"a copied line of another cost":  rows(7, 7, ",1,1,", ",1,5,"),
		"all lines, one of another cost": rows(7, 7, ",1,1,", ",1,5,") + rows(7, 7, "Data", "More", ",1,1,", ",1,2,") + rows(7, 7, "Data", "Third", ",1,1,", ",1,3,"),
		"all lines of other costs":       rows(7, 7, ",1,1,", ",1,5,") + rows(7, 7, "Data", "More", ",1,1,", ",1,6,") + rows(7, 7, "Data", "Third", ",1,1,", ",1,7,"),
		"two lines, one of another cost": rows(7, 7, ",1,1,", ",1,5,") + rows(7, 7, "Data", "More", ",1,1,", ",1,2,"),
		"a new line":                     rows(7, 7, "Data", "Late"),
		"booked back":                    rows(7, 7, ",1,1,", ",1,-1,"),
	} {
		t.Run(name, func(t *testing.T) {
			totals := map[string]string{}
			for _, order := range []string{"123", "213", "321"} {
				w := newTree(t)
				l := open(t)
				for _, r := range order {
					n := int(r - '1')
					from, to := n*7+1, n*7+7
					content := days(from, to)
					if n == 1 {
						content += again
					}
					path := w.run(azureRun{folder: string(r), submitted: fmt.Sprintf("2026-03-%02dT02:00:00Z", to+1), parts: []string{content}, change: func(m map[string]any) {
						info := m["runInfo"].(map[string]any)
						info["startDate"], info["endDate"] = fmt.Sprintf("2026-03-%02dT00:00:00", from), fmt.Sprintf("2026-03-%02dT00:00:00", to)
					}})
					res := load(t, l, loader.Options{}, path)
					if res[0].Status != loader.Loaded {
						t.Errorf("%s: %s", order, statuses(res, w.dir))
					}
				}
				totals[order] = value(t, l, "SELECT sum(BilledCost)::DOUBLE || ' ' || count(*) || ' ' || coalesce(sum(BilledCost) FILTER (ChargePeriodStart = '2026-03-07'), 0) FROM usage")
			}
			for order, got := range totals {
				if got != totals["123"] {
					t.Errorf("%s: %s, want %s", order, got, totals["123"])
				}
			}
		})
	}
}
