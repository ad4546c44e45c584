package detect

import (
	"math"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// What rises on two days some weeks apart does not grow; what grows day by day does.
func TestTwoStepsAreNoDrift(t *testing.T) {
	for i, days := range []int{90, 130, 250, 400} {
		for j, gap := range []int{10, 14, 21, 28, 35} {
			for k, since := range []int{2, 3, 4, 6, 9, 13, 20} { // days up to the last
				if days == 90 && gap > 21 || since+gap > 45 {
					continue
				}
				for l, rises := range []float64{1.5, 2, 0} { // at each step; 0 is 3 % a day
					if !swept(i + j + k + l) {
						continue
					}
					r := rand.New(rand.NewPCG(5, 7))
					in := familiar(days, func(int, int, int) float64 { return 20 })
					last := days - 1 - since
					y := make([]float64, days)
					for d := range y {
						y[d] = 100 * (1 + 0.03*r.NormFloat64())
						if rises > 0 {
							y[d] *= pick(d >= last, rises, 1) * pick(d >= last-gap, rises, 1)
						} else {
							y[d] *= math.Pow(1.03, max(0, float64(d-last+gap)))
						}
					}
					in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
						usage.SubAccount: "sub", usage.Service: "other", usage.Meter: "m", usage.Resource: "x",
					}})
					level, drift := false, false
					found := Detect(in).Findings
					for _, f := range found {
						if f.Direction == usage.Up && f.Scope[usage.Resource] == "x" {
							level, drift = level || f.Kind == usage.KindLevel, drift || f.Kind == usage.KindDrift
						}
					}
					if rises > 0 && (drift || !level) || rises == 0 && !drift && since+gap > 20 {
						t.Errorf("%d days, times %g on day %d and %d before the last:%s", days, rises, since+gap, since, describe(found))
					}
				}
			}
		}
	}
}

// What rose twice is no growth on the evening on which the first day of the second rise has settled, either.
func TestSecondStepOfADayIsNoDrift(t *testing.T) {
	const history = 120
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 3))
		in := risen(history+3, 0, func(d int) float64 {
			return 60 * pick(d >= history-14, 1.6, 1) * pick(d >= history, 2, 1) * (1 + 0.05*r.NormFloat64())
		})
		found := ofX(in)
		for _, f := range found {
			if f.Kind != usage.KindLevel {
				t.Errorf("noise %d: %s since %s", seed, f.Kind, f.Start)
			}
		}
		if len(found) == 0 {
			t.Errorf("noise %d: not told", seed)
		}
	}
}
