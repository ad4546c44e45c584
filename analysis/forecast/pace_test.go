package forecast

import (
	"math"
	"testing"
	"time"

	"usagereport/usage"
)

// What comes after the period goes on as its last week, and with what falls due each month.
func TestPace(t *testing.T) {
	c := Component{From: usage.Date(2026, time.July, 1), Settled: usage.Date(2026, time.November, 26)}
	for m := time.July; m <= time.November; m++ {
		c.Periods = append(c.Periods, usage.Date(2026, m, 1).Month())
	}
	c.Usage = make([]float64, usage.Date(2026, time.December, 1)-c.From)
	c.Other = make([]float64, len(c.Usage))
	step := usage.Date(2026, time.November, 12)
	for i := range c.Usage {
		d := c.From + usage.Day(i)
		switch {
		case d >= c.Settled:
			c.Usage[i] = math.NaN()
		case d >= step:
			c.Usage[i] = 250
		default:
			c.Usage[i] = 60
		}
		if d.Time().Day() == 3 {
			c.Other[i] = 90
		}
	}
	if e := Forecast(c); math.Abs(e.Pace-250) > 15 || math.Abs(e.Monthly-90) > 1 {
		t.Errorf("after November a day costs %v, and %v falls due; want about 250 and 90", e.Pace, e.Monthly)
	}
}
