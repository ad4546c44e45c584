package detect

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"usagereport/usage"
)

// TestReplacedAfterAStep has a machine that costs half as much, or twice, since some days before another takes its place: on the days
// around that it costs as much as on those before.
func TestReplacedAfterAStep(t *testing.T) {
	const days, replaced = 70, 54
	for _, times := range []float64{0.5, 2} {
		for _, step := range []int{replaced - 8, replaced - 12} {
			for seen := replaced + 5; seen < days; seen += 3 {
				b := &estateBuilder{seed: 1, in: Input{From: usage.Date(2026, time.April, 1), Days: seen}}
				add := func(name string, first, end int, cost float64) int {
					return b.add("sub", "rg", "machines", name, "D2", "Hours", cost, func(d int, r *rand.Rand) float64 {
						if d < first || d >= end {
							return 0
						}
						return 10 * (1 + 0.01*r.NormFloat64())
					})
				}
				add("beside", 0, days, 1)
				old, new := add("a", 0, replaced, 4), add("b", replaced, days, 4*times)
				b.change(old, step, days, func(int) float64 { return times })
				told := false
				found := Detect(b.in).Findings
				for _, f := range found {
					told = told || f.Start == b.in.From+usage.Day(step) && math.Abs(f.PerDayNow/f.PerDayBefore-times) < 0.05*times
				}
				if !told || len(found) != 1 {
					t.Errorf("%g times since %d days before leaf %d follows leaf %d, %d days known: not told as that%s",
						times, replaced-step, new, old, seen, describe(found))
				}
			}
		}
	}
}
