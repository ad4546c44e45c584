package forecast

import (
	"math"
	"testing"
	"time"

	"usagereport/usage"
)

// TestWeeklyJob holds the forecast to a job of each Monday, on whatever days of the month the
// Mondays fell before, and the range to what becomes of it.
func TestWeeklyJob(t *testing.T) {
	for _, base := range []float64{0, 1, 10} {
		weeklyJob(t, base)
	}
}

// weeklyJob forecasts from each day of three months what costs base a day and 70 more on Mondays.
func weeklyJob(t *testing.T, base float64) {
	t.Helper()
	from := usage.Date(2026, 6, 1)
	for reach := usage.Date(2026, 9, 2); reach < usage.Date(2026, 12, 1); reach++ {
		c := Component{From: from, Settled: reach}
		cost := func(d usage.Day) float64 {
			if d.Weekday() == time.Monday {
				return base + 70
			}
			return base
		}
		for d := from; d < reach; d++ {
			c.Usage = append(c.Usage, cost(d))
		}
		c.Other = make([]float64, len(c.Usage))
		last := (reach - 1).Month()
		for m := from.Month(); m.From <= last.From; m = m.To.Month() {
			c.Periods = append(c.Periods, m)
		}
		want := 0.0
		for d := reach; d < last.To; d++ {
			want += cost(d)
		}
		e := Forecast(c)
		if math.Abs(e.Rest-want) > 3 {
			t.Errorf("%v a day, to %v: %.1f to come, want %.1f", base, reach-1, e.Rest, want)
		}
	}
}
