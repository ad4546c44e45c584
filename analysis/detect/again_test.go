package detect

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"usagereport/usage"
)

// Some high days, and some more weeks later, are told as such on each evening, and not as a level of the days
// between; what goes on is a level though it was high for some days before.
func TestHighDaysApart(t *testing.T) {
	for _, days := range []int{67, 130, 400} {
		for _, gap := range []int{14, 26, 30} {
			for _, high := range []int{1, 2} { // three are a level until the next day has settled
				for _, since := range []int{1, 4, 8} { // days up to the last
					for _, goesOn := range []bool{false, true} {
						if goesOn && since < 5 {
							continue
						}
						r := rand.New(rand.NewPCG(5, uint64(gap)))
						in := familiar(days, func(int, int, int) float64 { return 20 })
						start := days - high - since
						y := make([]float64, days)
						for d := range y {
							on := d >= start-gap && d < start-gap+high || d >= start && (d < start+high || goesOn)
							y[d] = pick(on, 200, 60) * (1 + 0.02*r.NormFloat64())
						}
						in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
							usage.SubAccount: "sub", usage.Service: "other", usage.Meter: "m", usage.Resource: "x",
						}})
						name := fmt.Sprintf("%d days, %d high ones, %d later again to %d before the last, goes on: %t", days, high, gap, since, goesOn)
						level := false
						for _, f := range Detect(in).Findings {
							if f.Scope[usage.Resource] != "x" || f.Direction != usage.Up {
								continue
							}
							at := int(f.Start - in.From)
							if f.Kind != usage.KindSpike {
								level = true
								if !goesOn || at < start-1 || at > start+1 {
									t.Errorf("%s: %s of %s to %s, day %d", name, f.Kind, f.Start, f.End, at)
								}
							} else if at < start-gap || at >= start-gap+high && at != start { // or the first of the review
								t.Errorf("%s: spike of %s to %s, day %d", name, f.Start, f.End, at)
							}
						}
						if goesOn && !level && days >= 90 {
							t.Errorf("%s: no level", name)
						}
					}
				}
			}
		}
	}
}

// A high day is news though there was one as high some weeks before; not if it comes each month, or there is another each week or two.
func TestSecondHighDay(t *testing.T) {
	for i, days := range []int{70, 80, 97, 160, 180, 210, 250} {
		for j, date := range []usage.Day{11, 18} {
			for k, since := range []int{2, 3, 6} { // days up to the last
				if !swept(i + j + k) {
					continue
				}
				for name, before := range map[string][]int{
					"eleven days before": {11}, "two weeks before": {14}, "some weeks before": {23}, "a month before": {30}, "five weeks before": {36},
					"each month": {30, 61, 92, 122}, "often": {9, 16, 25, 33, 41, 50, 58, 66, 75, 83, 92, 100, 110},
				} {
					r := rand.New(rand.NewPCG(5, uint64(days)))
					in := familiar(days, func(int, int, int) float64 { return 20 })
					start := days - 1 - since
					in.From = usage.Date(2026, 10, 1) + date - 1 - usage.Day(start)
					y := make([]float64, days)
					for d := range y {
						high := d == start || slices.Contains(before, start-d)
						y[d] = pick(high, 200, 60) * (1 + 0.05*r.NormFloat64())
					}
					in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
						usage.SubAccount: "sub", usage.Service: "other", usage.Meter: "m", usage.Resource: "x",
					}})
					told := slices.ContainsFunc(Detect(in).Findings, func(f Finding) bool {
						return f.Scope[usage.Resource] == "x" && f.Severity != usage.SeverityLow && f.Start == in.From+usage.Day(start) && f.Kind == usage.KindSpike
					})
					if want := len(before) == 1; told != want {
						t.Errorf("%d days, on the %dth, %d before the last, one %s: told %t, want %t", days, date, since, name, told, want)
					}
				}
			}
		}
	}
}

// Two high days a week apart are no level, whatever weekday and however high; two weekends are, where there is a weekend to see.
func TestHighDaysAWeekApart(t *testing.T) {
	for _, days := range []int{45, 60, 130, 200, 400} {
		for _, times := range []float64{2, 4, 9} {
			for _, first := range []int{0, 3, 5} { // from Monday on
				for _, since := range []int{3, 5, 9, 14} { // days up to the last
					for _, weekends := range []bool{false, true} {
						if weekends && (first != 5 || days < 60 || since > 5) {
							continue
						}
						r := rand.New(rand.NewPCG(5, 7))
						in := familiar(days, func(int, int, int) float64 { return 20 })
						last := days - 1 - since
						in.From = usage.Date(2026, 10, 12) + usage.Day(first-last)
						y := make([]float64, days)
						for d := range y {
							on := d == last || d == last-7
							rest := false
							if w := (in.From + usage.Day(d)).Weekday(); weekends {
								rest = w == 0 || w == 6
								on = rest && d >= last-7
							}
							y[d] = 100 * pick(rest, 0.1, 1) * pick(on, pick(rest, 10, times), 1) * (1 + 0.04*r.NormFloat64())
						}
						in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
							usage.SubAccount: "sub", usage.Service: "other", usage.Meter: "m", usage.Resource: "x",
						}})
						found := Detect(in).Findings
						level := slices.ContainsFunc(found, func(f Finding) bool { return f.Direction == usage.Up && f.Kind != usage.KindSpike })
						if level != weekends || len(found) == 0 {
							t.Errorf("%d days, times %g, on day %d, %d before the last, weekends: %t:%s", days, times, first, since, weekends, describe(found))
						}
					}
				}
			}
		}
	}
}

// A second high day a month after the first is news at a turn of the month, too, where the turns before had none; on each
// evening it is told as the same.
func TestSecondHighDayAtATurn(t *testing.T) {
	for _, days := range []int{130, 210} {
		for _, date := range []usage.Day{2, 31} {
			for name, before := range map[string][]int{"a month before": {30}, "each month": {30, 61, 91, 122}} {
				r := rand.New(rand.NewPCG(5, uint64(days)))
				in := familiar(days+10, func(int, int, int) float64 { return 20 })
				start := days - 1
				in.From = usage.Date(2026, 10, 1) + date - 1 - usage.Day(start)
				y := make([]float64, in.Days)
				for d := range y {
					high := d == start || slices.Contains(before, start-d)
					y[d] = pick(high, 200, 60) * (1 + 0.03*r.NormFloat64())
				}
				in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
					usage.SubAccount: "sub", usage.Service: "other", usage.Meter: "m", usage.Resource: "x",
				}})
				for _, since := range []int{2, 5, 9} {
					told := slices.ContainsFunc(ofX(evening(in, days+since)), func(f Finding) bool {
						return f.Start == in.From+usage.Day(start) && f.Kind == usage.KindSpike
					})
					if want := len(before) == 1; told != want {
						t.Errorf("%d days, on the %dth, %s, %d days since: told %t, want %t", days, date, name, since, told, want)
					}
				}
			}
		}
	}
}

// High days that have come each week or so for months are a rhythm, and so are those of each month whose day moves about
// weekends; the first of them are news.
func TestHighDaysInARhythm(t *testing.T) {
	for _, days := range []int{200, 396} {
		for name, c := range map[string]struct {
			high func(back int, day usage.Day) bool // so many days before the one in question
			want bool
		}{
			"the first":                        {func(back int, _ usage.Day) bool { return back == 0 }, true},
			"each eight or nine, three months": {func(back int, _ usage.Day) bool { return back >= 0 && back < 91 && (back%17 == 0 || back%17 == 8) }, false},
			"and for four":                     {func(back int, _ usage.Day) bool { return back >= 0 && back < 120 && (back%17 == 0 || back%17 == 8) }, false},
			"about the 15th": {func(_ int, day usage.Day) bool {
				due := day.Month().From + 14
				return day == due+usage.Day(pick(due.Weekday() == time.Saturday, 2, 0)+pick(due.Weekday() == time.Sunday, 1, 0))
			}, false},
		} {
			in := risen(days+9, 0.03, func(d int) float64 {
				return pick(c.high(days-d, usage.Date(2026, 11, 16)+usage.Day(d-days)), 200, 60)
			})
			in.From = usage.Date(2026, 11, 16) - usage.Day(days) // the 15th is a Sunday
			for _, since := range []int{3, 6, 8} {
				told := slices.ContainsFunc(ofX(evening(in, days+since)), func(f Finding) bool { return f.End >= in.From+usage.Day(days) })
				if told != c.want {
					t.Errorf("%d days, %s, %d days since: told %t", days, name, since, told)
				}
			}
		}
	}
}

// A second high day that was news stays so on each evening: the month before it, which tells that it is none of each month, is looked
// for in all days that are known.
func TestSecondHighDayStays(t *testing.T) {
	const history = 90
	in := risen(history+23, 0.03, func(d int) float64 { return pick(d == history || d == history-30, 180, 60) })
	in.From = usage.Date(2026, 10, 8) - history
	for more := 3; more <= 23; more += 5 {
		if !slices.ContainsFunc(ofX(evening(in, history+more)), func(f Finding) bool { return f.Start == in.From+history }) {
			t.Errorf("evening %d: not told", more)
		}
	}
}
