package eval

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"usagereport/usage"
)

// A shape is how a quantity goes from day to day where nothing happens.
type shape int

const (
	constant     shape = iota // the same every day, or nearly
	machine                   // day and night, now and then a little less
	office                    // on during working hours, at weekends up to 40 %
	weekly                    // follows the week, with persistent noise and slow drift
	heavy                     // the same, with rare days many times as high
	intermittent              // on some days only
	purchases                 // on the first of the month only
	prorated                  // a monthly quantity, divided by the month's days
	growth                    // 1 to 12 % more each month
	grant                     // nothing until the month's free amount is used up
	monthEnd                  // most of it on the last two days of the month
	regimes                   // jumps between two or three levels
	aggregate                 // weekly, with purchases on the first of the month
	shapes                    // the number of them
)

func (s shape) String() string {
	return [...]string{
		"constant", "machine", "office hours", "weekly", "heavy-tailed", "intermittent", "purchases", "prorated", "growth",
		"free grant", "month end", "regimes", "aggregate",
	}[s]
}

// steady shapes are those on which a person would see a change by a fifth.
func (s shape) steady() bool {
	return s == constant || s == machine || s == office || s == weekly || s == growth || s == aggregate
}

// A calendar is the days that are made up, with what moves usage.
type calendar struct {
	from    usage.Day
	days    int
	holiday []bool
	rest    [2]time.Weekday // the weekend
	noise   float64         // factor on the noise of all series
}

func newCalendar(r *rand.Rand, end usage.Day, days int) *calendar {
	c := &calendar{
		from: end - usage.Day(days) + 1, days: days, holiday: make([]bool, days),
		rest: [2]time.Weekday{time.Saturday, time.Sunday}, noise: 0.6 + r.Float64(),
	}
	if r.Float64() < 0.1 {
		c.rest = [2]time.Weekday{time.Friday, time.Saturday}
	}
	// Nine days of the year, some weeks apart, and the days around New Year.
	var feasts []int
	for day := 25 + r.IntN(15); day < 340; day += 20 + r.IntN(35) {
		feasts = append(feasts, day)
	}
	for i := range days {
		t := (c.from + usage.Day(i)).Time()
		_, m, d := t.Date()
		c.holiday[i] = m == time.December && d >= 24 || m == time.January && d == 1 || slices.Contains(feasts, t.YearDay())
	}
	return c
}

func (c *calendar) weekend(i int) bool {
	w := (c.from + usage.Day(i)).Weekday()
	return w == c.rest[0] || w == c.rest[1]
}

func (c *calendar) month(i int) usage.Period { return (c.from + usage.Day(i)).Month() }

// A curve is a shape with its chances drawn: one quantity a day, around 1.
type curve struct {
	shape shape
	y     []float64
	idle  float64 // of office: what weekends have
}

// draw returns a curve of shape s.
func (c *calendar) draw(r *rand.Rand, s shape) curve {
	out := curve{shape: s, y: make([]float64, c.days)}
	switch s {
	case constant:
		c.constant(r, out.y)
	case office:
		out.idle = max(0, 0.8*r.Float64()-0.4)
		for i := range out.y {
			out.y[i] = between(r, 0.93, 1.07)
			switch {
			case c.holiday[i] && !c.weekend(i):
				out.y[i] *= max(0.1, out.idle)
			case c.weekend(i):
				out.y[i] *= out.idle
			}
		}
	case machine:
		for i := range out.y {
			out.y[i] = 1
			if r.Float64() < 0.08 {
				out.y[i] = between(r, 0.95, 1)
			}
		}
	case intermittent:
		often := between(r, 0.04, 0.5)
		for i := range out.y {
			if r.Float64() < often {
				out.y[i] = 0.4 / math.Sqrt(often) * math.Exp(0.5*r.NormFloat64())
			}
		}
	case purchases:
		for i := range out.y {
			if c.from+usage.Day(i) == c.month(i).From {
				out.y[i] = 30
			}
		}
	case prorated:
		for i := range out.y {
			out.y[i] = 30.4 / float64(c.month(i).Days())
		}
	case growth:
		rate, noise := math.Log(between(r, 1.01, 1.12))/30.4, c.noise*between(r, 0.002, 0.02)
		for i := range out.y {
			out.y[i] = math.Exp(rate*float64(i-c.days)) * (1 + noise*r.NormFloat64())
		}
	case grant:
		free, noise := between(r, 7, 20), c.noise*between(r, 0.05, 0.15)
		used := 0.0
		for i := range out.y {
			if c.from+usage.Day(i) == c.month(i).From {
				used = 0
			}
			q := max(0, 1+noise*r.NormFloat64())
			out.y[i] = max(0, min(q, used+q-free))
			used += q
		}
	case monthEnd:
		peak := between(r, 3, 12)
		for i := range out.y {
			out.y[i] = between(r, 0.25, 0.35)
			if c.month(i).To-c.from-usage.Day(i) <= 2 {
				out.y[i] = peak * between(r, 0.9, 1.1)
			}
		}
	case regimes:
		levels := []float64{1, between(r, 1.5, 3), between(r, 0.3, 0.7)}
		at, stay, noise := 0, between(r, 4, 25), c.noise*between(r, 0.01, 0.06)
		for i := range out.y {
			if r.Float64() < 1/stay {
				at = r.IntN(len(levels))
			}
			out.y[i] = levels[at] * max(0, 1+noise*r.NormFloat64())
		}
	default:
		c.weekly(r, s, out.y)
	}
	return out
}

// constant fills y with one of the ways in which a constant charge looks.
func (c *calendar) constant(r *rand.Rand, y []float64) {
	way, by := r.IntN(5), r.Float64()
	level := 1.0
	for i := range y {
		if c.from+usage.Day(i) == c.month(i).From {
			level = 1 + 0.001*r.NormFloat64()
		}
		y[i] = 1
		switch {
		case way == 1:
			y[i] = 1 + 0.02*by*r.NormFloat64()
		case way == 2 && r.Float64() < 0.3:
			y[i] = 1 + 0.3*by
		case way == 3 && r.Float64() < 0.06:
			y[i] = between(r, 0.85, 0.99)
		case way == 4:
			y[i] = level
		}
	}
}

// weekly fills y with what follows the week: noise that lasts some days, and a
// level that wanders.
func (c *calendar) weekly(r *rand.Rand, s shape, y []float64) {
	weekend, sigma, step := between(r, 0.4, 0.95), c.noise*between(r, 0.02, 0.1), c.noise*between(r, 0.001, 0.008)
	tail, monthly := between(r, 0.3, 0.8), 0.0
	if s == aggregate {
		sigma, monthly = sigma/2, between(r, 1, 6)
	}
	noise, level := 0.0, 0.0
	for i := range y {
		noise = 0.6*noise + 0.8*sigma*r.NormFloat64()
		level = 0.99*level + step*r.NormFloat64()
		y[i] = math.Exp(noise + level)
		if c.weekend(i) || c.holiday[i] {
			y[i] *= weekend
		}
		if s == heavy {
			y[i] *= math.Exp(tail*r.NormFloat64() - tail*tail/2)
			if r.Float64() < 0.015 {
				y[i] *= between(r, 2, 8)
			}
		}
		if c.from+usage.Day(i) == c.month(i).From {
			y[i] += monthly
		}
	}
}

func between(r *rand.Rand, a, b float64) float64 { return a + (b-a)*r.Float64() }
