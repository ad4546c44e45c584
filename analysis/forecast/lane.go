package forecast

import (
	"math"
	"slices"

	"usagereport/usage"
)

// A lane is a component's usage with what was usual on each day.
type lane struct {
	from     usage.Day
	y, other []float64
	m        []float64 // the median of the last eight same weekdays before the day; NaN if fewer than three
	ratio    []float64 // the median of y/m over the 14 days that end with the day
}

const weeks = 8

func newLane(c Component) *lane {
	n := len(c.Usage)
	y := c.Usage
	if c.Planned != nil {
		y = make([]float64, n)
		for i := range y {
			y[i] = c.Usage[i] - c.Planned[i]
		}
	}
	l := &lane{from: c.From, y: y, other: c.Other, m: make([]float64, n), ratio: make([]float64, n)}
	var buf [14]float64
	for i := range n {
		v := buf[:0]
		for j := i - 7; j >= 0 && j >= i-7*weeks; j -= 7 {
			if !math.IsNaN(l.y[j]) {
				v = append(v, l.y[j])
			}
		}
		l.m[i] = math.NaN()
		if len(v) >= 3 {
			l.m[i] = median(v)
		}
	}
	for i := range n {
		l.ratio[i] = l.level(i, 14, buf[:0])
	}
	return l
}

// level is the median of y/m over the days that end with day i; NaN with fewer
// than half of them.
func (l *lane) level(i, days int, v []float64) float64 {
	for j := max(0, i-days+1); j <= i; j++ {
		if r := l.y[j] / l.m[j]; l.m[j] > 0 && !math.IsNaN(r) {
			v = append(v, r)
		}
	}
	if len(v) < days/2 {
		return math.NaN()
	}
	return median(v)
}

// birth is the first day that cost anything.
func (l *lane) birth() int {
	return max(0, slices.IndexFunc(l.y, func(y float64) bool { return math.Abs(y) > smallest }))
}

// noiseDays is from how many days a series' noise is known.
const noiseDays = 28

// noise is how far the days before day to lay from what was usual, on average.
func (l *lane) noise(to usage.Day) float64 {
	sum, n := 0.0, 0
	end := min(int(to-l.from), len(l.y))
	for i := max(0, end-noiseDays); i < end; i++ {
		if off := math.Abs(l.y[i] - l.m[i]); !math.IsNaN(off) {
			sum += off
			n++
		}
	}
	return sum / float64(max(n, 1))
}

// sum adds up days; whole is false where one of them has no data.
func (l *lane) sum(a, b usage.Day) (s float64, whole bool) {
	whole = a >= l.from && int(b-l.from) <= len(l.y)
	for d := max(a, l.from); d < b && int(d-l.from) < len(l.y); d++ {
		if v := l.y[d-l.from]; math.IsNaN(v) {
			whole = false
		} else {
			s += v
		}
	}
	return s, whole
}

func (l *lane) at(d usage.Day) float64 {
	if i := int(d - l.from); i >= 0 && i < len(l.y) {
		return l.y[i]
	}
	return math.NaN()
}
