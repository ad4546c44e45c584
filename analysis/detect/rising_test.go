package detect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// risen is a familiar bill with a resource x that costs so much on each day of so many.
func risen(days int, noise float64, cost func(d int) float64) Input {
	r := rand.New(rand.NewPCG(5, 7))
	in := familiar(days, func(int, int, int) float64 { return 20 })
	y := make([]float64, days)
	for d := range y {
		y[d] = cost(d) * (1 + noise*r.NormFloat64())
	}
	x := leafOfX(y)
	x.Quantity, x.Unit = y, "Hours"
	in.Leaves = append(in.Leaves, x)
	return in
}

// leafOfX is what a resource x costs each day.
func leafOfX(y []float64) Leaf {
	return Leaf{Cost: y, Dims: usage.Series{
		usage.SubAccount: "sub", usage.ResourceGroup: "rgx", usage.Service: "service", usage.Meter: "meter1", usage.Resource: "x",
	}}
}

// evening is in as it was known up to its day before one.
func evening(in Input, days int) Input {
	leaves := make([]Leaf, len(in.Leaves))
	for i, l := range in.Leaves {
		l.Cost, l.Quantity = l.Cost[:days:days], l.Quantity[:min(days, len(l.Quantity))]
		leaves[i] = l
	}
	in.Days, in.Leaves = days, leaves
	return in
}

// ofX returns the alarms of resource x.
func ofX(in Input) (out []Finding) {
	for _, f := range alarms(in) {
		if f.Scope[usage.Resource] == "x" {
			out = append(out, f)
		}
	}
	return out
}

// What rose and then rose again is told as two levels, each since its day and beside what it was before, and the sum of
// what is told does not fall.
func TestBothStepsAreTold(t *testing.T) {
	for _, history := range []int{56, 120, 240} {
		for _, gap := range []int{12, 21} {
			in := risen(history+14, 0.03, func(d int) float64 {
				return 60 * pick(d >= history-gap, 1.6, 1) * pick(d >= history, 1.6, 1)
			})
			last := 0.0
			for more := 1; more <= 13; more += 2 {
				sum := 0.0
				starts := map[int]float64{}
				for _, f := range ofX(evening(in, history+more)) {
					sum += f.Impact
					starts[int(f.Start-in.From)-history] = f.PerDayBefore
					if f.Kind != usage.KindLevel || f.PriceShare > 0.1 {
						t.Errorf("%d days, %d apart, evening %d: %s since %s, price %g", history, gap, more, f.Kind, f.Start, f.PriceShare)
					}
				}
				near := func(start int, before float64) bool {
					for d, b := range starts {
						if d >= start-1 && d <= start+1 && math.Abs(b/before-1) < 0.1 {
							return true
						}
					}
					return false
				}
				if !near(-gap, 60) || more > 5 && (!near(0, 96) || len(starts) != 2) || sum < 0.97*last {
					t.Errorf("%d days, %d apart, evening %d: %v, in all %.0f, the evening before %.0f", history, gap, more, starts, sum, last)
				}
				last = sum
			}
		}
	}
}

// What grows is told as growth, from the same day on each evening.
func TestGrowthHasOneStart(t *testing.T) {
	for _, history := range []int{56, 130, 240} {
		for _, rate := range []float64{1.05, 1.1} {
			in := risen(history+21, 0.02, func(d int) float64 { return 60 * math.Pow(rate, max(0, float64(d-history+1))) })
			last := 0.0
			for more := 10; more <= 20; more += 3 {
				found := ofX(evening(in, history+more))
				sum := 0.0
				for _, f := range found {
					sum += f.Impact
					if at := int(f.Start-in.From) - history; f.Kind != usage.KindDrift || at < -2 || at > 2 {
						t.Errorf("%d days, times %g a day, evening %d: %s since day %d", history, rate, more, f.Kind, at)
					}
				}
				if len(found) != 1 || sum < last {
					t.Errorf("%d days, times %g a day, evening %d: %d findings, in all %.0f after %.0f", history, rate, more, len(found), sum, last)
				}
				last = sum
			}
		}
	}
}

// Growth that is over is not told as going on: from the eighth evening after it on, it is told as one rise to the level that it has come to,
// since the day on which it began, and the sum does not fall.
func TestGrowthIsOver(t *testing.T) {
	for i, history := range []int{46, 60, 110, 240} {
		for j, rate := range []float64{1.03, 1.05, 1.1} {
			for k, grew := range []int{10, 14, 18} {
				if !swept(i + j + k) {
					continue
				}
				in := risen(history+grew+19, 0.02, func(d int) float64 {
					return 60 * math.Pow(rate, min(float64(grew), max(0, float64(d-history+1))))
				})
				last, first := 0.0, grew+8
				if math.Pow(rate, float64(grew)) < 1.5 {
					first += 4 // it shows later
				}
				for more := first; more <= min(grew+18, Review-1); more += 4 {
					found := ofX(evening(in, history+more))
					name := fmt.Sprintf("%d days, times %g a day for %d, evening %d", history, rate, grew, more)
					if len(found) != 1 {
						t.Errorf("%s: %d findings:%s", name, len(found), describe(found))
						continue
					}
					f := found[0]
					begins, ends := int(f.Start-in.From)-history, int(f.Grown-in.From)-history
					if f.Kind != usage.KindLevel || !f.Ongoing || begins < -2 || begins > 2 || ends < grew-4 || ends > grew+1 || f.Impact < last {
						t.Errorf("%s: %s from day %d, grown until %d, goes on %t, %.0f after %.0f", name, f.Kind, begins, ends, f.Ongoing, f.Impact, last)
					}
					last = f.Impact
				}
			}
		}
	}
}

// A level that is half undone stays one finding since its first day, at what it costs since it is lower, and not at the mean of both.
func TestHalfUndone(t *testing.T) {
	for i, history := range []int{46, 60, 110, 240} {
		for j, gap := range []int{8, 14, 21} {
			for k, rest := range []float64{1, 0.3, 0} { // part of a working day
				if !swept(i + j + k) {
					continue
				}
				in := risen(history+gap+16, 0.02, func(d int) float64 {
					return pick(d >= history, pick(d >= history+gap, 40, 60), 20) * pick(d%7 >= 5, rest, 1)
				})
				worked := 0 // settled days since it is lower
				for more := gap + 3; more < min(gap+16, Review-1); more++ {
					if (history+more-3)%7 < 5 || rest == 1 {
						worked++
					}
					if worked < 3 || worked < 6 && rest < 1 {
						continue
					}
					name := fmt.Sprintf("%d days, lower after %d, %g at rest, evening %d", history, gap, rest, more)
					found := ofX(evening(in, history+more))
					if len(found) != 1 {
						t.Errorf("%s: %d findings:%s", name, len(found), describe(found))
						continue
					}
					f := found[0]
					begins, eased := int(f.Start-in.From)-history, int(f.Eased-in.From)-history-gap
					if !f.Ongoing || begins < 0 || begins > 3 || eased < -2 || eased > 2 || math.Abs(f.PerDayNow/f.PerDayBefore/2-1) > 0.1 ||
						math.Abs(f.AtFirst/f.PerDayBefore/3-1) > 0.1 {
						t.Errorf("%s: from day %d, lower since %+d, %.0f a day after %.0f, at first %.0f", name, begins, eased, f.PerDayNow, f.PerDayBefore,
							f.AtFirst)
					}
				}
			}
		}
	}
}

// What was left on in the midst of a weekend is told since that day, and is not over while it shows on the last day.
func TestLeftOnSinceSunday(t *testing.T) {
	for _, history := range []int{58, 120, 240} {
		in := familiar(history+24, func(m, _, d int) float64 { return pick(m < 3 && d%7 >= 5, 2, 20) })
		sunday := history - history%7 + 6 // the bill begins on a Monday
		y := make([]float64, in.Days)
		for d := range y {
			y[d] = 60 * (1 + 0.02*math.Sin(float64(d*d))) * pick(d%7 >= 5 && d < sunday, 0.1, 1)
		}
		in.Leaves = append(in.Leaves, leafOfX(y))
		for _, more := range []int{8, 10, 12, 16} {
			if more == 8 && history < 100 {
				continue // a day and a weekend that has not settled are too few
			}
			found := ofX(evening(in, sunday+more))
			if len(found) != 1 || int(found[0].Start-in.From) != sunday || !found[0].Ongoing {
				t.Errorf("%d days, evening %d, want since %s:%s", sunday, more, in.From+usage.Day(sunday), describe(found))
			}
		}
	}
}

// Some high days are not told as what lasts once the days since, though not all of it is known, cost what they did before.
func TestSomeDaysAreOver(t *testing.T) {
	for _, history := range []int{56, 120, 240} {
		for _, high := range []int{4, 5} {
			in := risen(history+14, 0.03, func(d int) float64 { return 60 * pick(d >= history && d < history+high, 3, 1) })
			for since := 2; since < 6; since++ {
				for _, f := range ofX(evening(in, history+high+since)) {
					if f.Kind == usage.KindLevel && f.Ongoing || f.Ongoing && since > 2 || f.End != in.From+usage.Day(history+high-1) {
						t.Errorf("%d days, %d high, %d since: %s from %s to %s, lasts: %t", history, high, since, f.Kind, f.Start, f.End, f.Ongoing)
					}
				}
			}
		}
	}
}

// A rise that holds since before some high days is told every evening, and so is one that has not settled yet: the rule for single
// days tells those few days alone.
func TestHighDaysAreAPartOfWhatLasts(t *testing.T) {
	for name, rise := range map[string]func(d int) float64{
		"three rises":           func(d int) float64 { return pick(d >= -20, 1.5, 1) * pick(d >= -10, 1.5, 1) * pick(d >= 0, 1.5, 1) },
		"growth and a rise":     func(d int) float64 { return math.Pow(1.04, max(0, float64(d+15))) * pick(d >= 0, 1.6, 1) },
		"a rise and days of it": func(d int) float64 { return pick(d >= -8, 1.5, 1) * pick(d == 0 || d == 1, 1.5, 1) },
	} {
		for shift := range 7 {
			const history = 56
			in := familiar(history+21+shift, func(m, _, d int) float64 { return pick(m < 3 && d%7 >= 5, 5, 20) })
			y := make([]float64, in.Days)
			for d := range y {
				y[d] = 60 * (1 + 0.02*math.Sin(float64(d*d))) * pick(d%7 >= 5, 0.25, 1) * rise(d-history-shift)
			}
			in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
				usage.SubAccount: "sub", usage.ResourceGroup: "rgx", usage.Service: "service", usage.Meter: "meter0", usage.Resource: "x",
			}})
			for more := 6; more <= 18; more += 3 {
				var told []string
				lasts := false
				for _, f := range Detect(evening(in, history+shift+more)).Findings {
					if f.Scope[usage.Resource] == "x" && f.Direction == usage.Up {
						told, lasts = append(told, fmt.Sprint(f.Kind, " ", f.Start, " to ", f.End)), lasts || f.Ongoing
					}
				}
				if !lasts {
					t.Errorf("%s, shifted by %d, evening %d: %q", name, shift, more, told)
				}
			}
		}
	}
}

// What rose twice, or grew, is told since the same days when it is over, and no money is lost then.
func TestWhatIsOverKeepsItsStarts(t *testing.T) {
	for name, rise := range map[string]func(d int) float64{
		"two rises": func(d int) float64 { return pick(d >= -14, 1.6, 1) * pick(d >= 0, 1.8, 1) },
		"growth":    func(d int) float64 { return math.Pow(1.08, max(0, float64(d+1))) },
	} {
		for _, history := range []int{56, 120, 240} {
			in := risen(history+21, 0.02, func(d int) float64 { return 60 * pick(d < history+12, rise(d-history), 1) })
			last, starts := 0.0, 0
			for _, more := range []int{11, 14, 16, 19} {
				sum, found := 0.0, 0
				for _, f := range Detect(evening(in, history+more)).Findings {
					if f.Scope[usage.Resource] == "x" && f.Direction == usage.Up {
						sum, found = sum+f.Impact, found+1
					}
					if !f.Ongoing && f.Kind == usage.KindDrift {
						t.Errorf("%s, %d days, evening %d: what is over grows", name, history, more)
					}
				}
				if sum < 0.95*last || found < starts {
					t.Errorf("%s, %d days, evening %d: %d findings of %.0f, after %d of %.0f", name, history, more, found, sum, starts, last)
				}
				last, starts = sum, found
			}
		}
	}
}

// What rises again after it had risen for ten days and come back is told, too.
func TestSecondRiseIsTold(t *testing.T) {
	for _, history := range []int{110, 120, 240} {
		in := risen(history+12, 0.02, func(d int) float64 { return 60 * pick(d >= history-20 && d < history-10 || d >= history, 2, 1) })
		for _, more := range []int{4, 6, 9, 12} {
			sum := 0.0
			for _, f := range ofX(evening(in, history+more)) {
				sum += f.Impact
			}
			if cost := float64(60 * (10 + more)); math.Abs(sum/cost-1) > 0.1 {
				t.Errorf("%d days, evening %d: told %.0f, it cost %.0f more", history, more, sum, cost)
			}
		}
	}
}
