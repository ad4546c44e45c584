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

// TestOneLeafAfterTheOther has a machine, less used on weekends, that is counted in another unit, as another leaf, some days before it costs
// nothing, or more: that alone is told.
func TestOneLeafAfterTheOther(t *testing.T) {
	const days, turn = 126, 99
	for _, times := range []float64{0, 2} {
		for before := 2; before <= 11; before += 3 {
			b := &estateBuilder{seed: 1, in: Input{From: usage.Date(2026, time.July, 1), Days: days}}
			part := func(unit string, price, quantity float64, first, end int) {
				b.add("sub", "rg", "machines", "x", "D2", unit, price, func(d int, _ *rand.Rand) float64 {
					if d < first || d >= end {
						return 0
					}
					return quantity * pick(b.weekend(d), 0.3, 1) * pick(d >= turn, times, 1)
				})
			}
			part("GB", 40, 24, 0, turn-before)
			part("10 GB", 400, 2.4, turn-before, days)
			b.add("sub", "rg", "machines", "beside", "D2", "GB", 40, func(int, *rand.Rand) float64 { return 24 })
			if found := Detect(b.in).Findings; len(found) != 1 || found[0].Start != b.in.From+turn {
				t.Errorf("%g times since %d days after another unit: want that alone%s", times, before, describe(found))
			}
		}
	}
}
