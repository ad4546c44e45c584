package forecast

import (
	"math"
	"slices"

	"usagereport/usage"
)

// day is y's charge on day d; 0 where it is not known.
func day(y []float64, from, d usage.Day) float64 {
	if i := int(d - from); i >= 0 && i < len(y) && !math.IsNaN(y[i]) {
		return y[i]
	}
	return 0
}

// place is the day of q that lies offset days after its start, or, by its tail, before its end.
func place(q usage.Period, offset usage.Day, tail bool) usage.Day {
	if tail {
		return q.To - offset
	}
	return q.From + offset
}

func alike(a, b float64) bool {
	return a*b > 0 && min(math.Abs(a), math.Abs(b)) >= likeness*max(math.Abs(a), math.Abs(b))
}

// near reports whether q has a charge like amount within so many days around one of its days.
func near(y []float64, from usage.Day, q usage.Period, center usage.Day, amount float64, days usage.Day) bool {
	for d := max(q.From, center-days); d <= min(q.Last(), center+days); d++ {
		if alike(day(y, from, d), amount) {
			return true
		}
	}
	return false
}

// early adds up the charges from origin to the end of periods[at] that came in each period
// since, or in one before, but in fewer than two before: then they could not be expected.
func early(y []float64, from, origin usage.Day, periods []usage.Period, at int, days usage.Day) (sum float64) {
	for d := origin; d < periods[at].To; d++ {
		if before, ever := monthly(y, from, d, periods[:len(periods)-1], at, days); before < 2 && ever {
			sum += day(y, from, d)
		}
	}
	return sum
}

// monthly returns in how many of the three periods before periods[at] its charge on day d
// came too, within so many days around the same day, and whether it came in another one at
// all and in each after it.
func monthly(y []float64, from, d usage.Day, periods []usage.Period, at int, days usage.Day) (before int, ever bool) {
	amount := day(y, from, d)
	if amount == 0 {
		return 0, false
	}
	for _, tail := range []bool{false, true} {
		offset := d - periods[at].From
		if tail {
			offset = periods[at].To - d
		}
		n := 0
		for _, q := range periods[max(0, at-3):at] {
			if near(y, from, q, place(q, offset, tail), amount, days) {
				n++
			}
		}
		since := periods[at+1:]
		lacks := slices.ContainsFunc(since, func(q usage.Period) bool {
			return !near(y, from, q, place(q, offset, tail), amount, days)
		})
		before, ever = max(before, n), ever || !lacks && n+len(since) > 0
	}
	return before, ever
}

// spikes is what came on days that cost a multiple of what is usual, beyond that. Before it is known, that is the median of three weeks.
func (l *lane) spikes() []float64 {
	out := make([]float64, len(l.y))
	var first []float64
	for _, y := range l.y[:min(21, len(l.y))] {
		if !math.IsNaN(y) {
			first = append(first, y)
		}
	}
	early := median(first)
	for i, y := range l.y {
		m := l.m[i]
		if math.IsNaN(m) && i < 21 {
			m = early
		}
		if x := y - m; math.Abs(x) > 2*math.Abs(m) { // not where one is not known
			out[i] = x
		}
	}
	return out
}

// recurring adds up the charges that fall due from origin to the end of p: those
// of the period before that came in two of the last three, and did not come yet, among
// the charges before the day known.
func recurring(y []float64, from, origin, known usage.Day, p usage.Period, earlier []usage.Period) (due float64) {
	if len(y) == 0 || len(earlier) == 0 {
		return 0
	}
	last := earlier[len(earlier)-1]
	for d := last.From; d < last.To; d++ {
		amount := day(y, from, d)
		if amount == 0 {
			continue
		}
		offset, tail := d-last.From, false
		if left := last.To - d; left <= 5 {
			offset, tail = left, true
		}
		seen := 1
		for k := 2; k <= 3 && k <= len(earlier); k++ {
			if near(y, from, earlier[len(earlier)-k], place(earlier[len(earlier)-k], offset, tail), amount, around) {
				seen++
			}
		}
		when := min(place(p, offset, tail), p.Last())
		if seen < 2 || when+around+arrives < origin || near(y, from, usage.Period{From: p.From, To: min(p.To, known)}, when, amount, around) {
			continue
		}
		due += amount
	}
	return due
}
