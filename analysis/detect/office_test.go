package detect

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"usagereport/usage"
)

// What works on weekdays only and costs more from a day on is never said to be over: a weekend says nothing of it. From
// its sixth working day on it is an alarm.
func TestOfficeGoesOn(t *testing.T) {
	for _, days := range []int{60, 61, 62, 63, 64, 65, 66, 80, 110} { // from a Saturday on
		for _, rest := range []float64{0, 0.05} {
			for began := 5; began <= 12; began++ { // days ago
				in := Input{From: usage.Date(2026, 8, 8), Days: days}
				start := days - began
				if day := (in.From + usage.Day(start)).Weekday(); day == 0 || day == 6 {
					continue
				}
				worked := 0 // settled
				for i := range 6 {
					r := rand.New(rand.NewPCG(4, uint64(i)))
					y := make([]float64, days)
					for d := range y {
						off := (in.From+usage.Day(d)).Weekday() == 0 || (in.From+usage.Day(d)).Weekday() == 6
						y[d] = 40 * (1 + 0.02*r.NormFloat64())
						if i == 0 {
							y[d] *= 2 * pick(off, rest, 1) * pick(d >= start, 1.6, 1)
							worked += int(share(d >= start && d < days-2 && !off))
						}
					}
					in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
						usage.SubAccount: "sub", usage.Service: fmt.Sprint("service", i), usage.Meter: "m", usage.Resource: fmt.Sprint("r", i),
					}})
				}
				name := fmt.Sprintf("%d days, %g at rest, since %d days", days, rest, began)
				told := false
				for _, f := range Detect(in).Findings {
					if f.Scope[usage.Resource] != "r0" {
						continue
					}
					told = told || f.Severity != usage.SeverityLow && f.Direction == usage.Up
					if !f.Ongoing {
						t.Errorf("%s: said to be over on day %d, %s by %s", name, int(f.End-in.From), f.Kind, f.Rule.Kind)
					}
				}
				if !told && worked >= 6 {
					t.Errorf("%s: no alarm", name)
				}
			}
		}
	}
}

// What works on weekdays only and costs more from a day on is one incident on each evening, and begins on that day or the Monday
// after it: a weekend in between divides nothing.
func TestOfficeIsOneIncident(t *testing.T) {
	for i, days := range []int{60, 250, 400} {
		for j, rest := range []float64{0, 0.1} {
			for k, times := range []float64{2, 3} {
				for first := range 5 { // from Monday on
					for l, since := range []int{2, 4, 5, 6, 7, 8, 11, 13, 16, 20} {
						if !swept(i + j + k + first + l) {
							continue
						}
						r := rand.New(rand.NewPCG(5, 6))
						in := familiar(days, func(int, int, int) float64 { return 20 })
						start := days - 1 - since
						in.From = usage.Date(2026, 10, 5) + usage.Day(first-start)
						y := make([]float64, days)
						for d := range y {
							w := (in.From + usage.Day(d)).Weekday()
							y[d] = 100 * pick(w == 0 || w == 6, rest, 1) * pick(d >= start, times, 1) * (1 + 0.04*r.NormFloat64())
						}
						in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
							usage.SubAccount: "sub", usage.Service: "other", usage.Meter: "m", usage.Resource: "x",
						}})
						n, monday := 0, max(1, 7-first)
						found := Detect(in).Findings
						for _, f := range found {
							if at := int(f.Start-in.From) - start; f.Direction == usage.Up {
								if n++; n > 1 || at < -1 || at > monday {
									t.Errorf("%d days, %g at rest, times %g since %s and %d more days: one on day %+d of:%s", days, rest, times,
										(in.From + usage.Day(start)).Weekday(), since, at, describe(found))
								}
							}
						}
					}
				}
			}
		}
	}
}

// Some high days with a weekend of rest among them are told as one run of days on each evening since the last of them has settled.
func TestHighDaysOverAWeekend(t *testing.T) {
	for _, history := range []int{56, 63, 140} {
		from := usage.Date(2026, 10, 8) - usage.Day(history) // they begin on a Thursday
		in := office(from, history+10, 0.1, func(d int) float64 { return pick(d >= history && d < history+5, 3, 1) })
		for more := 7; more <= 10; more++ {
			found := ofX(evening(in, history+more))
			if len(found) != 1 || found[0].Start != from+usage.Day(history) || found[0].End != from+usage.Day(history+4) {
				t.Errorf("%d days, evening %d:%s", history, more, describe(found))
			}
		}
	}
}

// What costs more from a Wednesday on is not told as left on at weekends on the evening on which its first weekend has settled.
func TestStepBeforeAWeekend(t *testing.T) {
	for _, history := range []int{20, 26, 45} {
		from := usage.Date(2026, 10, 7) - usage.Day(history)
		in := office(from, history+9, 0.25, func(d int) float64 { return pick(d >= history, 2, 1) })
		for more := 5; more <= 9; more++ {
			found := ofX(evening(in, history+more))
			if len(found) != 1 || found[0].Start != from+usage.Day(history) || !found[0].Ongoing {
				t.Errorf("%d days, evening %d:%s", history, more, describe(found))
			}
		}
	}
}

// What an office costs more from some day on is told as going on, on each evening: also on the Monday on which only the Saturday has settled,
// and where not all of the last two days has arrived.
func TestStepOfAnOfficeGoesOn(t *testing.T) {
	for _, history := range []int{140, 240} {
		for start := history - history%7; start < history-history%7+4; start++ { // Monday to Thursday
			in := risen(start+12, 0.03, func(d int) float64 { return 60 * pick(d%7 >= 5, 0.2, 1) * pick(d >= start, 2, 1) })
			in.From = usage.Date(2026, 1, 5) // a Monday
			for more := 4; more <= 12; more++ {
				for _, parts := range [][2]float64{{1, 1}, {0.7, 0.4}} {
					found := ofX(late(evening(in, start+more), parts))
					if len(found) != 1 || !found[0].Ongoing || int(found[0].Start-in.From) != start {
						t.Errorf("day %d, evening %d, arrived %g:%s", start, more, parts, describe(found))
					}
				}
			}
		}
	}
}

// late is in with so much of its last two days.
func late(in Input, parts [2]float64) Input {
	in.Leaves = slices.Clone(in.Leaves)
	for i := range in.Leaves {
		l := &in.Leaves[i]
		l.Cost, l.Quantity = slices.Clone(l.Cost), slices.Clone(l.Quantity)
		for _, v := range [][]float64{l.Cost, l.Quantity} {
			for k, part := range parts {
				if d := in.Days - len(parts) + k; d < len(v) {
					v[d] *= part
				}
			}
		}
	}
	return in
}

// office is a bill of some days in which some resources rest at weekends, at so much of a day of work, and x does, too; it costs times
// as much.
func office(from usage.Day, days int, rest float64, times func(d int) float64) Input {
	shape := func(d int) float64 { return pick((from+usage.Day(d)).Weekday()%6 == 0, rest, 1) }
	in := familiar(days, func(_, i, d int) float64 { return 20 * pick(i < 7, shape(d), 1) })
	in.From = from
	r := rand.New(rand.NewPCG(5, 6))
	y := make([]float64, in.Days)
	for d := range y {
		y[d] = 60 * shape(d) * times(d) * (1 + 0.03*r.NormFloat64())
	}
	in.Leaves = append(in.Leaves, leafOfX(y))
	return in
}
