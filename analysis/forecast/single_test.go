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
