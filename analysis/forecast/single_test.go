package forecast

import (
	"testing"

	"usagereport/usage"
)

// TestSingleChargeHasNoNarrowRange holds the range of what was charged once to what it
// may cost again, with a long history and with a short one.
func TestSingleChargeHasNoNarrowRange(t *testing.T) {
	june := usage.Period{From: usage.Date(2026, 6, 1), To: usage.Date(2026, 7, 1)}
	for name, from := range map[string]usage.Day{"six months": usage.Date(2026, 1, 1), "one month": june.From} {
		days := int(june.To - from)
		c := Component{From: from, Usage: make([]float64, days), Other: make([]float64, days), Settled: usage.Date(2026, 6, 14)}
		for m := from.Month(); m.From < june.To; m = m.To.Month() {
			c.Periods = append(c.Periods, m)
		}
		c.Usage[usage.Date(2026, 6, 9)-from] = 90
		e := Forecast(c)
		if e.Rest != 0 || e.Doubt < 90 {
			t.Errorf("%s: %.2f to come, give or take %.2f; want 0.00, give or take 90.00", name, e.Rest, e.Doubt)
		}
	}
}

// TestFeeIsNoNewLevel holds the range of an evening on which a month's fee has come, beside something small of each day, to what may
// come of it again: the fee of each day that is left was in it.
func TestFeeIsNoNewLevel(t *testing.T) {
	month := usage.Date(2026, 10, 1).Month()
	for first := usage.Date(2026, 9, 1); first > usage.Date(2026, 4, 1); first = (first - 1).Month().From {
		for _, day := range []usage.Day{0, 4} {
			c := Component{From: first, Settled: month.From + day + 1, Other: make([]float64, month.To-first)}
			for d := first; d < c.Settled; d++ {
				y := 1.0
				if d == d.Month().From+day {
					y += 500
				}
				c.Usage = append(c.Usage, y)
			}
			for m := first.Month(); m.From < month.To; m = m.To.Month() {
				c.Periods = append(c.Periods, m)
			}
			if e := Forecast(c); e.Up > 100 {
				t.Errorf("since %s, a fee on day %d: the range has room for %.2f more", first, day+1, e.Up)
			}
		}
	}
}
