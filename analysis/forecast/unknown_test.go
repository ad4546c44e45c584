package forecast

import (
	"math"
	"testing"
	"time"

	"usagereport/usage"
)

// Days of the period of which the data have nothing are part of what is to come, at what the
// days around them cost; those of earlier periods are not.
func TestForecastUnknownDays(t *testing.T) {
	from := usage.Date(2025, 6, 1)
	whole := func(holes ...usage.Period) Component {
		c := Component{From: from, Settled: usage.Date(2026, 4, 21)}
		for m := from; m < usage.Date(2026, 5, 1); {
			p := m.Month()
			c.Periods, m = append(c.Periods, p), p.To
		}
		c.Usage, c.Other = make([]float64, usage.Date(2026, 5, 1)-from), make([]float64, usage.Date(2026, 5, 1)-from)
		for i := range c.Usage {
			d := from + usage.Day(i)
			c.Usage[i] = 10
			if d >= usage.Date(2026, 4, 11) {
				c.Usage[i] = 20 // a step
			}
			for _, p := range holes {
				if p.Contains(d) {
					c.Usage[i] = math.NaN()
				}
			}
			if d >= c.Settled {
				c.Usage[i] = math.NaN()
			}
		}
		return c
	}
	days := func(m, a, b int) usage.Period {
		return usage.Period{From: usage.Date(2026, time.Month(m), a), To: usage.Date(2026, time.Month(m), b) + 1}
	}
	plain := Forecast(whole()).Rest
	for name, x := range map[string]struct {
		holes []usage.Period
		more  float64
	}{
		"none":              {nil, 0},
		"of this period":    {[]usage.Period{days(4, 1, 3)}, 30},
		"before the step":   {[]usage.Period{days(4, 8, 9)}, 20},
		"behind the step":   {[]usage.Period{days(4, 12, 13)}, 40},
		"across the step":   {[]usage.Period{days(4, 9, 12)}, 60},
		"after the step":    {[]usage.Period{days(4, 19, 20)}, 40},
		"two holes":         {[]usage.Period{days(4, 1, 1), days(4, 3, 3)}, 20},
		"of earlier ones":   {[]usage.Period{days(3, 10, 14)}, 0},
		"across their turn": {[]usage.Period{days(3, 30, 31), days(4, 1, 3)}, 30},
	} {
		e := Forecast(whole(x.holes...))
		if off := e.Rest - plain - x.more; math.Abs(off) > 1 {
			t.Errorf("%s: %.2f more is to come, want %.2f", name, e.Rest-plain, x.more)
		}
		if b := Together([]Estimate{e}); b.OK && (b.Low80 > e.Rest || b.High80 < e.Rest) {
			t.Errorf("%s: %.2f is not in its range %.2f to %.2f", name, e.Rest, b.Low80, b.High80)
		}
	}
}
