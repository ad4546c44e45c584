package forecast

import (
	"math"
	"testing"

	"usagereport/usage"
)

// A refund among a cost's days is no usage that goes on, and no day that has not arrived.
func TestForecastRefund(t *testing.T) {
	first, last := usage.Date(2025, 11, 1), usage.Date(2026, 4, 12)
	whole := func() Component {
		c := Component{From: first, Settled: last - 1, Share: []Share{{Point: 0.9}, {Point: 0.35}}}
		for m := first; m <= last; m = m.Month().To {
			c.Periods = append(c.Periods, m.Month())
		}
		n := int(c.Periods[len(c.Periods)-1].To - first)
		c.Usage, c.Other = make([]float64, n), make([]float64, n)
		for i := range n {
			if c.Usage[i] = 100; first+usage.Day(i) > last {
				c.Usage[i] = math.NaN()
			}
		}
		return c
	}
	for name, x := range map[string]struct {
		refunds map[usage.Day]float64
		rest    float64
	}{
		"none":                     {nil, 1800},
		"on the last day":          {map[usage.Day]float64{last: -600}, 1800},
		"on the day before it":     {map[usage.Day]float64{last - 1: -600}, 1800},
		"on both":                  {map[usage.Day]float64{last - 1: -600, last: -600}, 1800},
		"some days ago":            {map[usage.Day]float64{last - 6: -300}, 1800},
		"a month ago":              {map[usage.Day]float64{last - 35: -3000}, 1800},
		"of all that it ever cost": {map[usage.Day]float64{last: -16000}, 1800},
	} {
		c := whole()
		for d, v := range x.refunds {
			c.Usage[d-first] += v
		}
		e := Forecast(c)
		if math.Abs(e.Rest-x.rest) > 1 {
			t.Errorf("%s: %.2f is to come, want %.2f", name, e.Rest, x.rest)
		}
	}
}
