package forecast

import (
	"fmt"
	"math"
	"testing"

	"usagereport/usage"
)

// TestStreams foretells fees of 20 a day that are bought each day since some months, beside
// 100 on the first of each month.
func TestStreams(t *testing.T) {
	end := usage.Date(2026, 9, 1)
	from := usage.Date(2026, 1, 1)
	for _, began := range []usage.Day{usage.Date(2026, 2, 1), usage.Date(2026, 6, 1), usage.Date(2026, 7, 1), usage.Date(2026, 8, 1)} {
		for _, day := range []int{8, 10, 15, 20} {
			for _, monthly := range []float64{0, 100} {
				t.Run(fmt.Sprintf("since %s, day %d, with %v a month", began, day, monthly), func(t *testing.T) {
					settled := usage.Date(2026, 8, day)
					c := Component{From: from, Settled: settled, Usage: make([]float64, end-from), Other: make([]float64, end-from)}
					for i := range c.Usage {
						d := from + usage.Day(i)
						if d >= settled {
							c.Usage[i] = math.NaN()
							continue
						}
						if d >= began {
							c.Other[i] = 20
						}
						if d == d.Month().From {
							c.Other[i] += monthly
						}
					}
					c.Periods = months(from, int(end-from))
					want := 20 * float64(end-settled)
					e := Forecast(c)
					if off := e.Rest - want; math.Abs(off) > 0.05*(want+20*float64(day)) {
						t.Errorf("said %.0f, became %.0f", e.Rest, want)
					}
				})
			}
		}
	}
}
