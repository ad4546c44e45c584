package forecast

import (
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
