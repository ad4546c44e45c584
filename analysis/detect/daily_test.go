package detect

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"usagereport/usage"
)

// TestNewNameEachDay has jobs whose machines have new names each day, and a machine that begins beside them and stays: it alone is told.
func TestNewNameEachDay(t *testing.T) {
	for _, days := range []int{56, 120} {
		for _, jobs := range []int{1, 3} {
			for _, machine := range []float64{0, 0.5, 1, 5, 20} {
				for since := 2; since <= 20; since += 3 { // on its first evening it may be one more of them
					b := &estateBuilder{seed: 1, in: Input{From: usage.Date(2026, time.April, 1), Days: days}}
					add := func(group, name string, first, last int, cost float64) int {
						return b.add("sub", group, "machines", name, "D2", "Hours", cost, func(d int, r *rand.Rand) float64 {
							if d < first || d > last {
								return 0
							}
							return 1 + 0.05*r.NormFloat64()
						})
					}
					for i := range 5 {
						add("rg", "always-"+strconv.Itoa(i), 0, days, 30)
					}
					for d := range days {
						for j := range jobs {
							add("jobs", "job-"+strconv.Itoa(d)+"-"+strconv.Itoa(j), d, d, 20)
						}
					}
					var want []int
					if machine > 0 {
						want = []int{add("jobs", "machine", days-since, days, 20*machine)}
					}
					told := false
					found := Detect(b.in).Findings
					for _, f := range found {
						is := want != nil && slices.Equal(f.Leaves, want)
						told = told || is
						if !is && f.Severity != usage.SeverityLow {
							t.Errorf("%d days, %d jobs, machine of %g for %d days: alarm of another%s", days, jobs, machine, since, describe([]Finding{f}))
						}
					}
					if want != nil && !told {
						t.Errorf("%d days, %d jobs, machine of %g for %d days: not told", days, jobs, machine, since)
					}
				}
			}
		}
	}
}
