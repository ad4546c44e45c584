package analysis_test

import (
	"testing"

	"usagereport/analysis"
	"usagereport/usage"
)

// Days that have ended are no more final than the bills that hold them.
func TestDaysOfAnOpenBill(t *testing.T) {
	l := ledgerOf(t, "s1 Compute 2026-01-01..2026-03-25 100 ResourceId=a ResourceName=vm\n")
	for name, c := range map[string]struct {
		from, to usage.Day
		state    analysis.State
		final    usage.Day
	}{
		"of a closed bill":        {usage.Date(2026, 2, 9), usage.Date(2026, 2, 16), analysis.Closed, usage.Date(2026, 2, 20)},
		"of an open bill":         {usage.Date(2026, 3, 9), usage.Date(2026, 3, 16), analysis.Closing, usage.Date(2026, 4, 5)},
		"of both":                 {usage.Date(2026, 2, 9), usage.Date(2026, 3, 16), analysis.Closing, usage.Date(2026, 4, 5)},
		"that have not ended yet": {usage.Date(2026, 3, 20), usage.Date(2026, 3, 30), analysis.Open, usage.Date(2026, 4, 3)},
	} {
		a, err := analysis.New(t.Context(), l, analysis.Options{Days: usage.Period{From: c.from, To: c.to}})
		if err != nil {
			t.Fatal(err)
		}
		r, err := a.Report(t.Context())
		a.Close()
		if err != nil {
			t.Fatal(err)
		}
		if p := r.Parts[0].Period; p.State != c.state || p.FinalOn() != c.final {
			t.Errorf("days %s are %s, final on %s; want %s, %s", name, p.State, p.FinalOn(), c.state, c.final)
		}
	}
}
