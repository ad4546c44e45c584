package detect

import (
	"testing"

	"usagereport/usage"
)

// A day on which part of the cost is given back, or all of it and more, changes nothing of what is said of the rises about it.
func TestRefundAmongRises(t *testing.T) {
	for _, history := range []int{56, 120, 240} {
		for _, back := range []float64{0.4, 0.1, 0, -1} { // what is left of the day's cost
			for _, at := range []int{-30, -9, 4} {
				in := risen(history+12, 0.03, func(d int) float64 {
					return 60 * pick(d >= history-14, 1.6, 1) * pick(d >= history, 1.6, 1) * pick(d == history+at, back, 1)
				})
				for _, more := range []int{8, 12} {
					var found []Finding
					var starts [2]bool
					for _, f := range Detect(evening(in, history+more)).Findings {
						if f.Scope[usage.Resource] == "x" {
							found = append(found, f)
						}
						for i, start := range []int{-14, 0} {
							starts[i] = starts[i] || f.Kind == usage.KindLevel && f.Ongoing && f.Start == in.From+usage.Day(history+start)
						}
					}
					if len(found) != 2 || !starts[0] || !starts[1] {
						t.Errorf("%d days, %g left on day %d, evening %d:%s", history, back, at, more, describe(found))
					}
				}
			}
		}
	}
}
