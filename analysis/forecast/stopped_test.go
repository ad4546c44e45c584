package forecast

import (
	"math"
	"testing"
	"time"

	"usagereport/usage"
)

// TestStoppedOffice holds the forecast to what ran on workdays alone, in a history of few weeks, and has stopped: from a
// week after it nothing is to come, also where it cost less for some days before.
func TestStoppedOffice(t *testing.T) {
	stop := usage.Date(2026, time.October, 29)
	for _, weeks := range []usage.Day{3, 4, 5, 6, 8} {
		for _, cheaper := range []usage.Day{0, 5, 7, 10} {
			c := Component{From: stop - 7*weeks}
			for d := c.From; d < stop+21; d++ {
				cost := 6 + 0.1*float64(d%5)
				if d >= stop-cheaper {
					cost /= 2
				}
				if w := d.Weekday(); w == time.Sunday || w == time.Saturday || d >= stop {
					cost = 0
				}
				c.Usage, c.Other = append(c.Usage, cost), append(c.Other, 0)
				if c.Settled = d + 1; d < stop+7 {
					continue
				}
				c.Periods = nil
				for m := c.From.Month(); m.From <= d; m = m.To.Month() {
					c.Periods = append(c.Periods, m)
				}
				if e := Forecast(c); e.Rest > 3 {
					t.Errorf("%d weeks, cheaper for %d days, known to %v: %.1f to come", weeks, cheaper, d, e.Rest)
				}
			}
		}
	}
}

// TestStoppedBesideAnother holds the forecast to what has stopped beside something small that is charged once a month.
func TestStoppedBesideAnother(t *testing.T) {
	stop := usage.Date(2026, time.October, 31)
	for _, weeks := range []usage.Day{4, 5, 8} {
		for _, office := range []bool{true, false} {
			for _, beside := range []float64{1, 12, 40} {
				c := Component{From: stop - 7*weeks}
				for d := c.From; d < stop+21; d++ {
					cost := 280 + float64(d%5)
					if w := d.Weekday(); office && (w == time.Sunday || w == time.Saturday) || d >= stop {
						cost = 0
					}
					if d == d.Month().From+4 {
						cost += beside
					}
					c.Usage, c.Other = append(c.Usage, cost), append(c.Other, 0)
					if c.Settled = d + 1; d < stop+9 {
						continue
					}
					c.Periods = nil
					for m := c.From.Month(); m.From <= d; m = m.To.Month() {
						c.Periods = append(c.Periods, m)
					}
					if e := Forecast(c); e.Rest > 3*beside {
						t.Errorf("%d weeks, office %v, %g beside it, known to %v: %.1f to come", weeks, office, beside, d, e.Rest)
					}
				}
			}
		}
	}
}

// TestStoppedBeforeUnknownWeekends holds days of the period of which the data have nothing to what was used since the stop: what
// their weekday cost before it says nothing of them, where no such day since is known.
func TestStoppedBeforeUnknownWeekends(t *testing.T) {
	stop := usage.Date(2026, time.September, 30)
	c := Component{From: stop - 91, Settled: usage.Date(2026, time.November, 2)}
	for d := c.From; d < c.Settled; d++ {
		cost := 4000 + 100*float64(d%9)
		if d >= stop {
			cost = 0
			if w := d.Weekday(); w == time.Sunday || w == time.Saturday {
				cost = math.NaN()
			}
		}
		c.Usage, c.Other = append(c.Usage, cost), append(c.Other, 0)
	}
	for m := c.From.Month(); m.From <= c.Settled; m = m.To.Month() {
		c.Periods = append(c.Periods, m)
	}
	if e := Forecast(c); e.Rest > 1 {
		t.Errorf("%.1f to come; it has cost nothing since %v", e.Rest, stop)
	}
}

// TestFeeBesideWhatStopped holds what is charged on a day of the month, beside what has stopped, to what such days had: not the noise
// of what stopped, but a fee that was plain beside it.
func TestFeeBesideWhatStopped(t *testing.T) {
	stop := usage.Date(2026, time.September, 30)
	for fee, most := range map[float64]float64{0: 24 * 30, 20000: 24*30 + 21000} {
		c := Component{From: usage.Date(2026, time.May, 1), Settled: usage.Date(2026, time.November, 2)}
		for d := c.From; d < c.Settled; d++ {
			cost := 4000 + 1000*math.Sin(float64(d*d))
			if d >= stop {
				cost = 20 + 6*math.Sin(float64(d*d))
			}
			if d == d.Month().From+14 {
				cost += fee
			}
			c.Usage, c.Other = append(c.Usage, cost), append(c.Other, 0)
		}
		for m := c.From.Month(); m.From <= c.Settled; m = m.To.Month() {
			c.Periods = append(c.Periods, m)
		}
		if e := Forecast(c); e.Rest > most || e.Rest < fee {
			t.Errorf("a fee of %.0f: %.1f to come, want %.0f at most", fee, e.Rest, most)
		}
	}
}

// TestStoppedBesideSmall holds the forecast to what has stopped, or is half as dear, on workdays beside something small of each day:
// what weekends cost is as it was.
func TestStoppedBesideSmall(t *testing.T) {
	stop := usage.Date(2026, time.October, 10)
	for _, weeks := range []usage.Day{5, 8, 19} {
		for _, left := range []float64{0, 0.5} {
			for _, beside := range []float64{1, 3, 12} {
				c := Component{From: stop - 7*weeks}
				for d := c.From; d < stop+42; d++ {
					cost := 280 + float64(d%5)
					if d >= stop {
						cost *= left
					}
					if w := d.Weekday(); w == time.Sunday || w == time.Saturday {
						cost = 0
					}
					c.Usage, c.Other = append(c.Usage, cost+beside), append(c.Other, 0)
					if c.Settled = d + 1; d < stop+9 {
						continue
					}
					c.Periods = nil
					for m := c.From.Month(); m.From <= d; m = m.To.Month() {
						c.Periods = append(c.Periods, m)
					}
					most := 1.1 * (280*left*5/7 + beside + 2) * float64(c.Periods[len(c.Periods)-1].To-d+3)
					if e := Forecast(c); e.Rest > most {
						t.Errorf("%d weeks, %g beside, %g of it left, known to %v: %.1f to come, want at most %.1f", weeks, beside, left, d, e.Rest, most)
					}
				}
			}
		}
	}
}
