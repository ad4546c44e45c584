package detect

import (
	"math/rand/v2"
	"testing"
	"time"

	"usagereport/usage"
)

// TestRiseUntilGone has a machine that costs eight times as much from one day on and nothing from another: the rise ends where it is gone,
// and nothing is expected to have cost less than nothing.
func TestRiseUntilGone(t *testing.T) {
	for _, days := range []int{30, 90} {
		for lasted := 6; lasted <= 16; lasted += 5 {
			b := &estateBuilder{seed: 1, in: Input{From: usage.Date(2026, time.April, 1), Days: days}}
			add := func(name string, quantity func(d int) float64) {
				b.add("sub", "rg", "machines", name, "D2", "Hours", 4, func(d int, r *rand.Rand) float64 { return quantity(d) * (1 + 0.01*r.NormFloat64()) })
			}
			gone := days - 10
			for _, name := range []string{"a", "b", "c"} {
				add(name, func(int) float64 { return 10 })
			}
			add("x", func(d int) float64 {
				switch {
				case d >= gone:
					return 0
				case d >= gone-lasted:
					return 56
				}
				return 7
			})
			found := Detect(b.in).Findings
			for _, f := range found {
				if f.Expected < 0 || f.Direction == usage.Up && f.End >= b.in.From+usage.Day(gone) {
					t.Errorf("%d days, up for %d: told to %s, expected %.2f; it is gone since %s%s", days, lasted, f.End, f.Expected,
						b.in.From+usage.Day(gone), describe(found))
				}
			}
		}
	}
}
