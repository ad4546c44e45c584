package detect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// A level of a short history that went back is over once two days have settled, on any weekday and for office hours
// too; one that holds is not, also at a weekend.
func TestLevelIsOver(t *testing.T) {
	for _, days := range []int{45, 68} {
		for _, times := range []float64{0.4, 2} {
			for _, rest := range []float64{1, 0.4, 0} { // part of a working day
				for _, held := range []int{8, 16} {
					for back := range 9 { // days since, the last two of which have not settled
						r := rand.New(rand.NewPCG(6, uint64(back)))
						in := familiar(days, func(int, int, int) float64 { return 20 })
						start, end := days-back-held, days-back
						y := make([]float64, days)
						for d := range y {
							y[d] = pick(d >= start && d < end, times, 1) * pick(d%7 >= 5, rest, 1) * 60 * (1 + 0.02*r.NormFloat64())
						}
						in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
							usage.SubAccount: "sub", usage.Service: "other", usage.Meter: "m", usage.Resource: "x",
						}})
						name := fmt.Sprintf("%d days, times %g for %d, %g at rest, over for %d days", days, times, held, rest, back)
						worked := 0 // settled working days since
						for d := end; d < days-2; d++ {
							worked += int(share(d%7 < 5))
						}
						for _, f := range Detect(in).Findings {
							if f.Scope[usage.Resource] != "x" || f.Kind != usage.KindLevel || (f.Direction == usage.Up) != (times > 1) {
								continue
							}
							switch last := int(f.End - in.From); {
							case f.Ongoing && worked >= 2:
								t.Errorf("%s: said to go on", name)
							case !f.Ongoing && back <= 2:
								t.Errorf("%s: said to be over since day %d %v", name, last, f.Rule)
							case !f.Ongoing && (last > end-1 || last < end-3):
								t.Errorf("%s: said to end on day %d, want %d", name, last, end-1)
							}
						}
					}
				}
			}
		}
	}
}

// What rose for ten days and came back is over every evening since, whatever the noise of the days since then is.
func TestTenDaysAreOver(t *testing.T) {
	for seed := range 5 {
		const history = 120
		in := familiar(history+30, func(int, int, int) float64 { return 20 })
		y := make([]float64, in.Days)
		for d := range y {
			y[d] = 60 * (1 + 0.02*math.Sin(float64(d*d+seed))) * pick(d >= history && d < history+10, 2, 1)
		}
		in.Leaves = append(in.Leaves, leafOfX(y))
		for more := 14; more <= 30; more++ {
			for _, f := range Detect(evening(in, history+more)).Findings {
				if f.Scope[usage.Resource] == "x" && f.Ongoing {
					t.Errorf("noise %d, evening %d: %s of %s goes on, at %.0f a day after %.0f", seed, more, f.Kind, f.Start, f.PerDayNow, f.PerDayBefore)
				}
			}
		}
	}
}

// Growth by 1.5 or 2 % a day that has stopped is told as one, with its first and its last day, on every evening from ten days after it
// on until what is usual has it: it is not two steps that it never made.
func TestGrowthNotAsSteps(t *testing.T) {
	for _, by := range []float64{1.015, 1.02} {
		for seed := range 3 {
			const history, grows = 120, 25
			in := familiar(history+60, func(int, int, int) float64 { return 20 })
			y := make([]float64, in.Days)
			for d := range y {
				y[d] = 60 * (1 + 0.03*math.Sin(float64(d*d*7+seed*13))) * math.Pow(by, float64(max(0, min(grows, d-history))))
			}
			in.Leaves = append(in.Leaves, leafOfX(y))
			for more := grows + 12; more < 60; more++ {
				told := 0
				for _, f := range Detect(evening(in, history+more)).Findings {
					if f.Scope[usage.Resource] != "x" {
						continue
					}
					told++
					start, grown := int(f.Start-in.From)-history, int(f.Grown-in.From)-history
					if f.Kind != usage.KindLevel || start < -3 || start > 6 || grown < grows-3 || grown > grows+2 {
						t.Errorf("%g, noise %d, evening %d: %s since day %d, grown until %d", by, seed, more, f.Kind, start, grown)
					}
				}
				if told != 1 {
					t.Errorf("%g, noise %d, evening %d: told as %d findings", by, seed, more, told)
				}
			}
		}
	}
}
