package detect

import (
	"math"
	"testing"

	"usagereport/usage"
)

// What grows on top of a step, or rose three times, is told once for each day, though some of its days were seen for themselves first.
func TestNoDayIsToldTwice(t *testing.T) {
	for _, history := range []int{56, 120, 122, 123, 240} {
		for name, times := range map[string]func(d int) float64{
			"a step, then growth": func(d int) float64 { return pick(d >= -14, 1.6, 1) * math.Pow(1.06, max(0, float64(d+1))) },
			"three steps":         func(d int) float64 { return pick(d >= -20, 1.6, 1) * pick(d >= -10, 1.6, 1) * pick(d >= 0, 1.6, 1) },
		} {
			for _, rest := range []float64{1, 0.2} {
				for _, noise := range []float64{0.03, 0.1} {
					usual := func(d int) float64 { return 60 * pick(d%7 >= 5, rest, 1) }
					in := risen(history+17, noise, func(d int) float64 { return usual(d) * times(d-history) })
					in.From = usage.Date(2026, 1, 5) // a Monday
					x := in.Leaves[len(in.Leaves)-1].Cost
					for more := 4; more <= 17; more++ {
						truth, told := 0.0, 0.0
						for d := history - 30; d < history+more; d++ {
							truth += x[d] - usual(d)
						}
						found := Detect(evening(in, history+more)).Findings
						for _, f := range found {
							told += f.Impact
						}
						if told > 1.12*truth {
							t.Errorf("%s, %d days, rest %g, noise %g, evening %d: %.0f of %.0f:%s", name, history, rest, noise, more, told, truth, describe(found))
						}
					}
				}
			}
		}
	}
}
