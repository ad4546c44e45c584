package detect

import (
	"math"
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

// A day on which more is given back than was charged is no part of what a rise costs a day or a month, and no end of it, from the evening on
// which it comes to the last on which it is one of the last days.
func TestRefundIsNoPace(t *testing.T) {
	for _, history := range []int{46, 110, 240} {
		for _, at := range []int{5, 12} {
			in := risen(history+at+12, 0.02, func(d int) float64 { return pick(d == history+at, -200, pick(d >= history, 120, 60)) })
			for more := at + 1; more <= at+12; more++ {
				found := ofX(evening(in, history+more))
				if len(found) != 1 || !found[0].Ongoing || int(found[0].Start-in.From) != history || math.Abs(found[0].PerDayNow/120-1) > 0.05 ||
					math.Abs(found[0].ProjectedPerMonth/1800-1) > 0.1 {
					t.Errorf("%d days, evening %d, refund on %d:%s", history, more, at, describe(found))
				}
			}
		}
	}
}

// Nor is a day of which a part was given back, once the day after it has settled.
func TestPartlyGivenBackIsNoPace(t *testing.T) {
	for _, history := range []int{46, 110, 240} {
		for _, at := range []int{5, 12} {
			in := risen(history+at+12, 0.02, func(d int) float64 { return pick(d == history+at, 50, pick(d >= history, 120, 60)) })
			for more := at + 4; more <= at+12; more++ {
				found := ofX(evening(in, history+more))
				if len(found) != 1 || !found[0].Ongoing || math.Abs(found[0].PerDayNow/120-1) > 0.05 || math.Abs(found[0].ProjectedPerMonth/1800-1) > 0.1 {
					t.Errorf("%d days, evening %d, refund on %d:%s", history, more, at, describe(found))
				}
			}
		}
	}
}

// What often costs next to nothing on a day has that in its pace.
func TestIdleDaysArePace(t *testing.T) {
	in := risen(148, 0.02, func(d int) float64 { return pick(d%9 == 1, 0.1, 1) * pick(d >= 120, 240, 60) })
	found := ofX(in)
	if len(found) != 1 || found[0].ProjectedPerMonth > 1.02*30*180*(6+0.1)/7 {
		t.Errorf("idle on each ninth day:%s", describe(found))
	}
}

// What is high on each second day since it rose costs a day, and a month, what its days do together: a day that is as before is none of
// which something was given back where each second is.
func TestEachSecondDayIsPace(t *testing.T) {
	for _, history := range []int{110, 150, 240} {
		in := risen(history+24, 0.02, func(d int) float64 { return pick(d >= history && (d-history)%2 == 0, 150, 60) })
		said := 0
		for more := 8; more <= 24; more++ {
			for _, f := range ofX(evening(in, history+more)) {
				if !f.Ongoing || f.Direction != usage.Up || f.OneDay {
					continue
				}
				if said++; f.ProjectedPerMonth > 1.4*30*45 {
					t.Errorf("%d days, evening %d: %.0f a month, %.0f a day:%s", history, more, f.ProjectedPerMonth, f.PerDayNow, describe([]Finding{f}))
				}
			}
		}
		if said == 0 {
			t.Errorf("%d days: nothing is said", history)
		}
	}
}
