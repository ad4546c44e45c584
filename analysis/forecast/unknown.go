package forecast

import (
	"math"

	"usagereport/usage"
)

// nearDays is how many known days before a day, and after it, say what it likely cost where
// no day of its weekday does.
const nearDays = 7

// unknown is what those of the days from a up to, not including, b likely cost of which the
// data have nothing, and how many these are: each is taken to cost what its weekday did a week
// before and after.
func (c Component) unknown(a, b usage.Day) (cost float64, days int) {
	first, end := int(max(a, c.From)-c.From), min(int(b-c.From), len(c.Usage))
	for i := first; i < end; i++ {
		if !math.IsNaN(c.Usage[i]) {
			continue
		}
		near := append(c.known(i, -7, 1), c.known(i, 7, 1)...)
		if len(near) == 0 {
			near = append(c.known(i, -1, nearDays), c.known(i, 1, nearDays)...)
		}
		days++
		for _, v := range near {
			cost += v / float64(len(near))
		}
	}
	return cost, days
}

// known returns the n nearest known days from index i on, in steps.
func (c Component) known(i, step, n int) (out []float64) {
	settled := min(int(c.Settled-c.From), len(c.Usage))
	for i += step; i >= 0 && i < settled && len(out) < n; i += step {
		if !math.IsNaN(c.Usage[i]) {
			out = append(out, c.Usage[i])
		}
	}
	return out
}
