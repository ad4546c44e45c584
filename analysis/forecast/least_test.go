package forecast

import (
	"testing"

	"usagereport/usage"
)

// What cost very much until it ended, beside something small that goes on: the line through all days leads below nothing, and
// what costs nothing at least takes nothing off the bill.
func TestNoDayBelowNothing(t *testing.T) {
	from, month := usage.Date(2026, 10, 1), usage.Date(2026, 11, 1).Month()
	for settled := month.From + 7; settled < month.To; settled++ {
		c := Component{From: from, Settled: settled, Periods: []usage.Period{from.Month(), month}, Other: make([]float64, month.To-from)}
		for d := from; d < settled; d++ {
			y := 100 + 5*float64(d%3)
			if d < month.From-7 {
				y += 30000
			}
			c.Usage = append(c.Usage, y)
		}
		if _, costs := Daily(c); costs[len(costs)-1] < 0 || Forecast(c).Rest < 0 {
			t.Errorf("known up to %s: %.2f are to come, by day %.2f; nothing took anything off the bill", settled-1, Forecast(c).Rest, costs)
		}
	}
}
