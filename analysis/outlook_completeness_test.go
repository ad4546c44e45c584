package analysis_test

import (
	"fmt"
	"strings"
	"testing"

	"usagereport/analysis"
	"usagereport/usage"
)

// TestCompleteness loads a file a day, each with half of its last day and all of
// the days before: that is what the forecast learns, in place of its defaults.
func TestCompleteness(t *testing.T) {
	history := monthly("s1 Compute %s 10", "2026-01-01", "2026-05-31")
	first, _ := usage.ParseDay("2026-06-01")
	var files []string
	for n := range 20 {
		last := first + usage.Day(n)
		text := fmt.Sprintf("s1 Compute %s 5\n", last)
		if n > 0 {
			text = fmt.Sprintf("s1 Compute %s..%s 10\n", first, last-1) + text
		}
		files = append(files, text)
	}
	o := outlooks(t, analysis.Options{}, nil, append([]string{history}, files...)...)[0]
	if got := o.End.Expected.Amount.Float64(); got < 299 || got > 301 {
		t.Errorf("expected %g of a month of 300", got)
	}
	if len(o.Arrived) == 0 || !strings.Contains(o.Arrived[0].String(), "of 20 Jun has arrived") ||
		strings.Contains(o.Arrived[0].String(), "rule of thumb") {
		t.Fatalf("said %q", o.Arrived)
	}
	var point int
	// half, leaning on the default's 35 %
	if _, err := fmt.Sscanf(o.Arrived[0].String(), "%d%%", &point); err != nil || point < 43 || point > 50 {
		t.Errorf("said %q, of a half", o.Arrived[0])
	}
}
