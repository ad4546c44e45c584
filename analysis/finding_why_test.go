package analysis_test

import (
	"testing"

	"usagereport/analysis"
)

// TestWhyEveryFinding asks for the evidence of all that is listed, what ended before the
// period and what only a higher sensitivity shows among it.
func TestWhyEveryFinding(t *testing.T) {
	l := ledgerOf(t, `
s1 Compute 2025-10-01..2026-11-05 1000
s1 Compute 2025-11-04 300
s1 Compute 2025-12-09 300
s1 Compute 2026-01-15 300
s1 Compute 2026-02-11 300
s1 Compute 2026-03-24 300
s1 Compute 2026-04-07 300
s1 Compute 2026-05-19 300
s1 Compute 2026-06-11 300
s1 Compute 2026-07-29 300
s1 Compute 2026-08-18 300
s1 Compute 2026-09-03 300
s1 Compute 2026-10-22 510
s1 Compute 2026-11-02 420
s1 Storage 2025-10-01..2026-11-05 100
s1 Storage 2026-10-14 900
`)
	at := func(s analysis.Sensitivity) *analysis.Analysis {
		a, err := analysis.New(t.Context(), l, analysis.Options{Sensitivity: s})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { a.Close() })
		return a
	}
	found, _, err := at(analysis.SensitivityHigh).Findings(t.Context())
	if err != nil || len(found) < 3 {
		t.Fatalf("%d findings, %v", len(found), err)
	}
	for _, s := range []analysis.Sensitivity{"", analysis.SensitivityLow, analysis.SensitivityHigh} {
		for _, f := range found {
			if e, err := at(s).Why(t.Context(), f.ID); err != nil || e.Label.String() != f.Label.String() {
				t.Errorf("sensitivity %q: %s: %v, %v", s, f.ID, e.Label, err)
			}
		}
	}
}
