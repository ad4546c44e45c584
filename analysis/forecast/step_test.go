package forecast

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// A new machine of 10 a day joins what costs 2 on Mondays and a little on all days: on the
// Mondays to come it costs no more than on others.
func TestStepBesideAWeeklyJob(t *testing.T) {
	from, settled := usage.Date(2026, 6, 1), usage.Date(2026, 11, 13)
	c := Component{From: from, Settled: settled, Periods: months(from, 183)}
	for d := from; d < settled; d++ {
		y := 0.12
		if d.Weekday() == 1 {
			y += 2
		}
		if d >= usage.Date(2026, 10, 30) {
			y += 10
		}
		c.Usage, c.Other = append(c.Usage, y), append(c.Other, 0)
	}
	if e := Forecast(c); math.Abs(e.Rest-18*10.5) > 18 {
		t.Errorf("18 days cost %.2f, of 10 a day and 2 on Mondays", e.Rest)
	}
}

// A machine of 98 a day joins one that costs 10 on workdays and next to nothing at weekends. On none of its first evenings is more
// said to be possible than twice what they cost if they go on.
func TestStepBesideWhatRests(t *testing.T) {
	from, next := usage.Date(2026, 7, 1), usage.Date(2026, 12, 1)
	late := []float64{0.9, 0.35}
	for _, weekend := range []float64{0, 0.02, 0.5, 3} {
		for began := usage.Date(2026, 11, 4); began < usage.Date(2026, 11, 9); began++ {
			for settled := began + 1; settled < began+9; settled++ {
				c := Component{From: from, Settled: settled, Periods: months(from, int(next-from)), Share: []Share{{Point: late[0]}, {Point: late[1]}}}
				for d := from; d < settled+2; d++ {
					y := 10 + float64(d*7%5-2)/3
					if d.Weekday() == 0 || d.Weekday() == 6 {
						y = weekend
					}
					if d >= began {
						y += 98.4
					}
					if d >= settled {
						y *= late[d-settled]
					}
					c.Usage, c.Other = append(c.Usage, y), append(c.Other, 0)
				}
				if e, most := Forecast(c), 2*109*float64(next-settled); e.Rest+e.Up > most {
					t.Errorf("weekends of %g, since %s, known to %s: %.0f to come and %.0f more if it goes on, of at most %.0f",
						weekend, began, settled, e.Rest, e.Up, most)
				}
			}
		}
	}
}

// TestStep foretells a service a week after a step (of the last two days not all has
// arrived): the end is within a twentieth, and the range of the whole holds it.
func TestStep(t *testing.T) {
	from, end := usage.Date(2026, 1, 1), usage.Date(2026, 7, 1)
	for _, weekend := range []float64{1, 0.4} {
		for _, before := range []float64{0, 100} {
			for _, times := range []float64{0, 0.25, 0.5, 0.8, 1.5, 2, 4} {
				for began := usage.Date(2026, 4, 25); began <= usage.Date(2026, 6, 16); began += 3 {
					for _, day := range []int{8, 12, 15, 20, 25} {
						settled := usage.Date(2026, 6, day)
						least := usage.Day(5)
						if before == 0 { // its weekend must have been seen
							least = 7
						}
						if settled-began < least || before == 0 && times != 2 {
							continue
						}
						t.Run(fmt.Sprintf("weekend %v, %v times %v since %s, known to %d", weekend, before, times, began, day), func(t *testing.T) {
							r := rand.New(rand.NewPCG(1, uint64(day)))
							y := make([]float64, end-from)
							for i := range y {
								d := from + usage.Day(i)
								switch y[i] = before; {
								case d >= began && before == 0:
									y[i] = 100
								case d >= began:
									y[i] = before * times
								}
								if d.Weekday() == 0 || d.Weekday() == 6 {
									y[i] *= weekend
								}
								y[i] *= 1 + 0.01*r.NormFloat64()
							}
							c := Component{From: from, Settled: settled, Usage: make([]float64, len(y)), Other: make([]float64, len(y))}
							small := c
							small.Usage = make([]float64, len(y))
							for i := range y {
								c.Usage[i], small.Usage[i] = math.NaN(), math.NaN()
								if from+usage.Day(i) < settled {
									c.Usage[i], small.Usage[i] = y[i], 15
								}
							}
							c.Periods = months(from, int(end-from))
							small.Periods = c.Periods
							e := Forecast(c)
							became := sum(y, from, settled, end)
							whole := became + sum(y, from, usage.Date(2026, 6, 1), settled) + 450
							if off := (e.Rest - became) / whole; math.Abs(off) > 0.05 {
								t.Errorf("said %.0f of what became %.0f: off by %.1f %%", e.Rest, became, 100*off)
							}
							b := Together([]Estimate{e, Forecast(small)})
							if x := became + 15*float64(end-settled); b.OK && (x < b.Low95 || x > b.High95) {
								t.Errorf("%.1f to %.1f do not hold %.1f", b.Low95, b.High95, x)
							}
						})
					}
				}
			}
		}
	}
}

// A fall in the only month there is is followed, once a week of it is known: what is usual is not
// known before it.
func TestStepInShortHistory(t *testing.T) {
	from := usage.Date(2026, 11, 1)
	for _, fell := range []int{10, 18} {
		c := Component{From: from, Usage: make([]float64, 30), Other: make([]float64, 30), Periods: []usage.Period{from.Month()}, Settled: from + 26}
		for i := range c.Usage {
			switch {
			case i >= 26:
				c.Usage[i] = math.NaN()
			case i < fell:
				c.Usage[i] = 9.6
			default:
				c.Usage[i] = 1.92
			}
		}
		if got := Forecast(c).Rest; math.Abs(got-4*1.92) > 0.5 {
			t.Errorf("fell on day %d: %.2f to come in 4 days, want %.2f", fell, got, 4*1.92)
		}
	}
}

// What has cost nothing since the first month there is ended has ended, too.
func TestEndInShortHistory(t *testing.T) {
	from := usage.Date(2026, 10, 1)
	c := Component{
		From: from, Usage: make([]float64, 61), Other: make([]float64, 61), Periods: []usage.Period{from.Month(), usage.Date(2026, 11, 1).Month()}, Settled: from + 43,
	}
	for i := range c.Usage {
		switch {
		case i >= 43:
			c.Usage[i] = math.NaN()
		case i < 31:
			c.Usage[i] = 2
		}
	}
	if got := Forecast(c).Rest; got > 0.5 {
		t.Errorf("%.2f to come of what has ended 12 days ago", got)
	}
}

// A price falls to a fifth some days before others without data: the days to come cost what those since do, also on weekdays of which
// none is known since.
func TestShortStepBesideDaysWithoutData(t *testing.T) {
	from, next := usage.Date(2026, 10, 1), usage.Date(2026, 12, 1)
	for fell := usage.Date(2026, 10, 14); fell < usage.Date(2026, 10, 18); fell++ {
		for settled := usage.Date(2026, 11, 2); settled <= usage.Date(2026, 11, 5); settled++ {
			c := Component{From: from, Settled: settled, Periods: months(from, int(next-from))}
			for d := from; d < settled; d++ {
				y := 40.0
				if d >= fell {
					y = 8
				}
				if usage.Date(2026, 10, 19) <= d && d < usage.Date(2026, 10, 28) {
					y = math.NaN()
				}
				c.Usage, c.Other = append(c.Usage, y), append(c.Other, 0)
			}
			if e, want := Forecast(c), 8*float64(next-settled); math.Abs(e.Rest-want) > 1 {
				t.Errorf("since %s, known to %s: %.2f to come, of %.0f", fell, settled, e.Rest, want)
			}
		}
	}
}
