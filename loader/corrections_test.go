package loader_test

import (
	"fmt"
	"strings"
	"testing"

	"usagereport/loader"
)

// dayRows are a FOCUS file's rows of accounts on days of May 2026, two services each.
func dayRows(amount string, accounts, days string) string {
	var rows []string
	for _, account := range strings.Fields(accounts) {
		for _, day := range strings.Fields(days) {
			for _, service := range []string{"VM", "Disk"} {
				rows = append(rows, fmt.Sprintf("%s,%s,b,EUR,2026-05-01,2026-06-01,Usage,2026-05-%s,2026-05-%[3]s,%s,%s", amount, amount, day, service, account))
			}
		}
	}
	return focus(focusHeader+",SubAccountId", rows...)
}

// A file of some days of a month that is loaded may correct them or be older than what is there: nothing in it says
// which. It is refused with the flag by which its days, and they alone, take the place of those.
func TestCorrectedDays(t *testing.T) {
	const month = "01 02 03 04 05 06 07 08 09 10"
	for name, c := range map[string]struct {
		content string
		want    string // of accounts: rows, and their sum
		said    string
	}{
		"one day":            {dayRows("3", "s1 s2", "04"), "s1 20 24, s2 20 24", "2026-05-04: 12 EUR instead of 4 EUR"},
		"days apart":         {dayRows("3", "s1 s2", "03 07"), "s1 20 28, s2 20 28", "2026-05-03, 2026-05-07: 24 EUR instead of 8 EUR"},
		"the last day":       {dayRows("0.5", "s1 s2", "10"), "s1 20 19, s2 20 19", "2026-05-10: 2.0 EUR instead of 4 EUR"},
		"of one account":     {dayRows("3", "s2", "04 05"), "s1 20 20, s2 20 28", "2026-05-04 to 2026-05-05: 12 EUR instead of 4 EUR"},
		"with a new account": {dayRows("3", "s1 s2 s3", "04"), "s1 20 24, s2 20 24, s3 2 6", "2026-05-04: 18 EUR instead of 4 EUR"},
		"fewer rows": {
			strings.Replace(dayRows("3", "s1 s2", "04"), "3,3,b,EUR,2026-05-01,2026-06-01,Usage,2026-05-04,2026-05-04,Disk,s1\n", "", 1),
			"s1 19 21, s2 20 24", "2026-05-04: 9 EUR instead of 4 EUR",
		},
		"each account has its days": {dayRows("3", "s1", "02") + strings.SplitAfterN(dayRows("3", "s2", "05"), "\n", 2)[1], "s1 20 24, s2 20 24", "2026-05-02, 2026-05-05: 12 EUR instead of 4 EUR"},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			load(t, l, loader.Options{}, write(t, "may.csv", dayRows("1", "s1 s2", month)))
			path := write(t, "less.csv", c.content)
			r := load(t, l, loader.Options{}, path)[0]
			if name != "the last day" && (r.Status != loader.Refused || !strings.Contains(r.Err.Error(), "--prefer new")) {
				t.Fatalf("%s: %v", r.Status, r.Err)
			}
			if r.Status == loader.Refused {
				r = load(t, l, loader.Options{Prefer: "new"}, path)[0]
			}
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			if said := strings.Join(r.Warnings, "\n"); !strings.Contains(said, c.said) && name != "the last day" {
				t.Errorf("warnings: %q, want %q", said, c.said)
			}
			sums := "SELECT string_agg(s, ', ' ORDER BY s) FROM (SELECT SubAccountId || ' ' || count(*) || ' ' || sum(BilledCost)::DOUBLE::BIGINT AS s FROM usage GROUP BY SubAccountId)"
			if got := value(t, l, sums); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			// What was replaced is what the restatements say.
			if got := value(t, l, "SELECT sum(cost_added - cost_removed + cost_changed) + 40 = (SELECT sum(BilledCost) FROM usage WHERE SubAccountId <> 's3') FROM restatements"); got != "true" {
				t.Errorf("the restatements differ from what they changed")
			}
		})
	}
}
