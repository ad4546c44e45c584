package forecast

import (
	"math"
)

// How a level is followed.
const (
	smoothDays = 120 // days it is learned from
	followed   = 28  // days since a step that are enough
)

// smoothed foretells a week from index o on: a level and what each weekday adds to it follow
// the days from begun on, with the weights that foretold each next day best, ETS(A,N,A) (Hyndman et al. 2008). None costs less
// than least: than nothing, or than a day of these did.
func (l *lane) smoothed(begun, o int) (ahead [7]float64, least float64, ok bool) {
	y := l.y[max(begun, o-smoothDays):o]
	if len(y) < 21 {
		return ahead, 0, false
	}
	var start [7]float64
	level := 0.0
	for w := range start {
		a, b := y[w], y[w+7]
		if math.IsNaN(a) {
			a = b
		}
		if math.IsNaN(b) {
			b = a
		}
		if math.IsNaN(a) {
			return ahead, 0, false
		}
		start[w] = (a + b) / 2
		level += start[w] / 7
	}
	for w := range start {
		start[w] -= level
	}
	for _, v := range y {
		if !math.IsNaN(v) {
			least = min(least, v)
		}
	}
	best := math.Inf(1)
	for _, a := range [...]float64{0.02, 0.08, 0.2, 0.5} {
		for _, g := range [...]float64{0.03, 0.12} {
			at, week, miss, w := level, start, 0.0, 0
			for _, v := range y {
				if e := v - at - week[w]; !math.IsNaN(e) {
					miss += e * e
					at += a * e
					week[w] += g * e
				}
				if w++; w == 7 {
					w = 0
				}
			}
			if miss < best {
				best = miss
				for h := range ahead {
					ahead[h] = max(at+week[(w+h)%7], least)
				}
			}
		}
	}
	return ahead, least, true
}

// line is the slope of the straight line through the days from begun to index o.
func (l *lane) line(begun, o int) float64 {
	var n, sx, sy, sxx, sxy float64
	for i := max(begun, o-smoothDays); i < o; i++ {
		if y := l.y[i]; !math.IsNaN(y) {
			x := float64(i - o)
			n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
		}
	}
	return (n*sxy - sx*sy) / max(smallest, n*sxx-sx*sx)
}
