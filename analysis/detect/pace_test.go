package detect

import (
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// What works on weekdays only and costs more from a day on is said to cost as much more a month as it does in its weeks, from
// the first evening on which that is said; so is what runs each day, and what is left on at weekends.
func TestPaceOfFirstEvenings(t *testing.T) {
	for _, days := range []int{67, 130, 396} {
		for name, c := range map[string]struct {
			rest, times, restTimes float64 // of a working day's cost on a day of rest, and how many times as much there is since
		}{
			"no weekend":          {1, 1.8, 1.8},
			"rests":               {0.05, 1.8, 1.8},
			"rests, and trebles":  {0.05, 3, 3},
			"rests in part":       {0.4, 1.8, 1.8},
			"left on at weekends": {0.05, 1, 20},
		} {
			said := 0
			for first := range usage.Day(7) {
				for since := 2; since <= 8; since += 2 {
					in := familiar(days, func(int, int, int) float64 { return 20 })
					start := days - 1 - since
					in.From = usage.Date(2026, 10, 5) + first - usage.Day(start) // a Monday
					r := rand.New(rand.NewPCG(5, 6))
					y := make([]float64, days)
					off := func(d int) bool { w := (in.From + usage.Day(d)).Weekday(); return w == 0 || w == 6 }
					for d := range y {
						y[d] = 100 * pick(off(d), c.rest, 1) * pick(d >= start, pick(off(d), c.restTimes, c.times), 1) * (1 + 0.02*r.NormFloat64())
					}
					in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
						usage.SubAccount: "sub", usage.Service: "other", usage.Meter: "m", usage.Resource: "x",
					}})
					want := 30. / 7 * 100 * (5*(c.times-1) + 2*c.rest*(c.restTimes-1))
					for _, f := range Detect(in).Findings {
						if f.Scope[usage.Resource] != "x" || f.Direction != usage.Up || !f.Ongoing || f.OneDay || f.Start > in.From+usage.Day(start)+2 {
							continue
						}
						worked := 0
						for d := int(f.Start - in.From); d < days-2; d++ {
							worked += int(share(!off(d)))
						}
						if worked == 0 && c.rest == 0.4 {
							continue // it may be of weekends only
						}
						if said++; f.ProjectedPerMonth > 1.25*want || f.ProjectedPerMonth < 0.75*want {
							t.Errorf("%d days, %s, since %s and %d more days: %.0f a month, want %.0f: %s by %s since %s", days, name,
								(in.From + usage.Day(start)).Weekday(), since, f.ProjectedPerMonth, want, f.Kind, f.Rule.Kind, f.Start)
						}
					}
				}
			}
			if said < 4 {
				t.Errorf("%d days, %s: said %d times", days, name, said)
			}
		}
	}
}
