package detect

import (
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// A high day is no pace, though the usual day after it lies a little above what was expected, nor are two; two on which others follow are. What
// is new and costs something now and then has none either.
func TestPace(t *testing.T) {
	for _, days := range []int{31, 67, 130, 400} {
		for _, c := range []struct {
			name  string
			paced bool
			cost  func(back int, beside float64) float64 // of a day so many days before the last, without the usual
		}{
			{"a high day", false, func(back int, beside float64) float64 { return pick(back == 2, 200, 50+beside) }},
			{"two high days", false, func(back int, beside float64) float64 { return pick(back == 2 || back == 3, 200, 50+beside) }},
			{"two high days, and since", true, func(back int, beside float64) float64 { return pick(back < 4, 200, 50+beside) }},
			{"new, on two days of a fortnight", false, func(back int, _ float64) float64 { return pick(back == 2 || back == 14, 200, 0) }},
			{"new, each day", true, func(back int, _ float64) float64 { return pick(back < 14, 200, 0) }},
		} {
			for _, beside := range []float64{-1, 0.2, 1, 3} {
				r := rand.New(rand.NewPCG(1, 3))
				in := familiar(days, func(int, int, int) float64 { return 20 })
				y := make([]float64, days)
				for d := range y {
					y[d] = c.cost(days-1-d, pick(d >= days-2, beside, 0)) * (1 + 0.005*r.NormFloat64())
				}
				in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
					usage.SubAccount: "sub", usage.Service: "other", usage.Meter: "m", usage.Resource: "x",
				}})
				told := false
				for _, f := range Detect(in).Findings {
					if f.Scope[usage.Resource] != "x" || f.Direction != usage.Up || !f.Ongoing {
						continue
					}
					told = true
					if f.OneDay == c.paced || (f.ProjectedPerMonth > 0) != c.paced {
						t.Errorf("%d days, %s, then %+g: %s from %s to %s, about %.0f a month", days, c.name, beside, f.Kind, f.Start, f.End,
							f.ProjectedPerMonth)
					}
				}
				if !told && c.paced && days > 31 {
					t.Errorf("%d days, %s: not told", days, c.name)
				}
			}
		}
	}
}
