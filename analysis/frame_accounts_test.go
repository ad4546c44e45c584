package analysis_test

import (
	"testing"

	"usagereport/analysis"
	"usagereport/usage"
)

// What an account cost in the period before is its own, as long as it has a bill: also where it goes on under another id since some
// day of the period, or part of it does. Without one it is that of the id under which it goes on.
func TestAccountsLast(t *testing.T) {
	l := ledgerOf(t, `
s1 Compute 2026-01-01..2026-06-10 10 SubAccountName=Shop ResourceId=vm
s2 Compute 2026-06-11..2026-07-20 10 SubAccountName=Shop ResourceId=vm
`)
	for day, want := range map[usage.Day]map[string]string{
		usage.Date(2026, 6, 20): {"s1": "310.00", "s2": "0.00"},
		usage.Date(2026, 7, 20): {"s2": "300.00"},
	} {
		a, err := analysis.New(t.Context(), l, analysis.Options{AsOf: day})
		p := reportOf(t, a, err).Parts[0]
		if len(p.Accounts) != len(want) {
			t.Errorf("%s: %d accounts, want %d", day, len(p.Accounts), len(want))
		}
		for _, acc := range p.Accounts {
			if got := acc.Last.Text(); got != want[acc.ID] {
				t.Errorf("%s: %s cost %s before, want %s", day, acc.ID, got, want[acc.ID])
			}
		}
	}
}
