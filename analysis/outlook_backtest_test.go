package analysis_test

import (
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"usagereport/analysis"
	"usagereport/internal/ledgertest"
)

// TestBacktestsKnowWhatWasKnown tests a month that always cost 10 a day: by the files
// as they are now each forecast of it is right, by a file of the tenth day that had
// half of each day it was not.
func TestBacktestsKnowWhatWasKnown(t *testing.T) {
	l := ledgertest.Empty(t)
	for _, lines := range []string{
		monthly("s1 Compute %s 10", "2026-01-01", "2026-05-31"),
		"s1 Compute 2026-06-01..2026-06-10 5\n",
		"s1 Compute 2026-06-01..2026-06-30 10\n",
		"s1 Compute 2026-07-01..2026-07-12 10\n",
	} {
		load(t, l, txtar.File{Name: "x.days", Data: []byte(lines)})
	}
	ledgertest.AddUp(t, l)
	a, err := analysis.New(t.Context(), l, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	list, err := a.Backtests(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range list {
		known := 0
		if b.Day == 10 {
			known = 1
		}
		if b.AsKnown != known || b.Periods < 2 || (b.Ours > 0.001) != (known > 0) {
			t.Errorf("day %d: %d of %d as known, error %.4f", b.Day, b.AsKnown, b.Periods, b.Ours)
		}
	}

	// The same, one by one: what was said of June on its tenth day was by half of it.
	tellings, err := a.Tellings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	june := 0
	for _, x := range tellings {
		wrong := x.Said.Amount.Cmp(x.Became.Amount) != 0
		if x.Period == "2026-06" {
			june++
			if x.Became.Text() != "300.00" || x.Margin == nil {
				t.Errorf("June, day %d: it became %s, margin %v", x.Day, x.Became.Text(), x.Margin)
			}
		}
		if is := x.Period == "2026-06" && x.Day == 10; wrong != is || x.AsKnown != is {
			t.Errorf("%s, day %d: said %s, became %s, as known %v", x.Period, x.Day, x.Said.Text(), x.Became.Text(), x.AsKnown)
		}
	}
	if june != 5 {
		t.Errorf("of June %d tellings, want 5", june)
	}
}
