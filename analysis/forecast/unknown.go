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
// before and after. Where a level changed near by, that is the week on the same side of the change; what lies before
// the step of index begun says nothing of the days since.
func (c Component) unknown(a, b usage.Day, begun int) (cost float64, days int) {
	if day := c.From + usage.Day(begun); begun > 0 && day < b {
		cost, days = c.unknown(a, day, 0)
		c.From, c.Usage = day, c.Usage[begun:]
		since, more := c.unknown(a, b, 0)
		return cost + since, days + more
	}
	first, end := int(max(a, c.From)-c.From), min(int(b-c.From), len(c.Usage))
	for i := first; i < end; i++ {
		if !math.IsNaN(c.Usage[i]) {
			continue
		}
		before, after := c.known(i, -7, 1), c.known(i, 7, 1)
		switch {
		case len(before) > 0 && c.like(i, 1):
			after = nil
		case len(after) > 0 && c.like(i, -1):
			before = nil
		}
		near := append(before, after...)
		if aside := append(c.known(i, -1, 1), c.known(i, 1, 1)...); len(after) == 0 && c.changedBefore(i, aside) {
			near = aside
		}
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

// like reports whether the nearest known day in steps from index i costs much more nearly what its
// weekday does on i's side of it than on the other: what changed lies beyond it.
func (c Component) like(i, step int) bool {
	for i += step; i >= 0 && i < len(c.Usage) && math.IsNaN(c.Usage[i]); {
		i += step
	}
	if i < 0 || i >= len(c.Usage) {
		return false
	}
	near, far := c.known(i, -7*step, 1), c.known(i, 7*step, 1)
	return len(near) > 0 && len(far) > 0 && math.Abs(c.Usage[i]-near[0]) < math.Abs(c.Usage[i]-far[0])/4
}

// changedBefore reports whether the known days aside of index i, one before and one after, cost much more nearly the same than each
// what its weekday did a week before.
func (c Component) changedBefore(i int, aside []float64) bool {
	if len(aside) < 2 {
		return false
	}
	for k, step := range []int{-1, 1} {
		d := i + step
		for math.IsNaN(c.Usage[d]) {
			d += step
		}
		was := c.known(d, -7, 1)
		if len(was) == 0 || math.Abs(aside[0]-aside[1]) >= math.Abs(aside[k]-was[0])/4 {
			return false
		}
	}
	return true
}
