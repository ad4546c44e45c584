package detect

import (
	"math"
	"slices"

	"usagereport/usage"
)

const highDays = 4 // days in a row, at most, that are high once

// dayTest is the second test of a series with history: up to four days are unexpected that lie
// far higher above what was expected than days did before. The first test measures by the worst
// of a normal month, so that one high day a month hides all others; this one does not see what
// goes on slowly. It adds to hits, those of the first test, and makes an alarm of what was only
// worth a look.
func (e *estate) dayTest(n *node, s *series, hits []*hit) []*hit {
	t := e.t
	over := func(d int) float64 {
		if !s.ok[d] || !s.has[d] {
			return 0
		}
		return s.y[d] - s.m[d]
	}
	for d := max(e.lo, s.first); d <= e.last; d++ {
		x := over(d)
		if x < e.in.MinImpact || s.m[d] <= 0 || x < t.DayPart*s.m[d] {
			continue
		}
		usual := e.in.Sensitivity * e.calm(n, s, d, over, 0)
		alarm := usual > 0 && x >= usual
		if !alarm { // where few days are known, one before may be all that hides it: that is worth a look
			if !n.resource || int(t.DayOld*float64(d-s.first)) > 0 {
				continue
			}
			if usual = e.in.Sensitivity * e.calm(n, s, d, over, 1); usual <= 0 || x < usual {
				continue
			}
		}
		h := &hit{node: n, sign: 1, leaves: n.leaves, actual: s.y, alarm: alarm, start: d, end: d, kind: usage.KindSpike}
		for h.end < e.last && over(h.end+1) >= x/2 {
			h.end++
		}
		most, goesOn := h.end, h.end >= e.settled
		if e.days < stepHistory { // else what pauses is found as a level
			if most, goesOn = e.follow(s, s.m, d, h.end); !goesOn && most-h.start < highDays {
				h.end = most
			}
		}
		h.ongoing = goesOn
		if h.end-h.start >= highDays || most-h.start >= highDays && h.ongoing {
			d = max(h.end, most) // nor are its days after a weekend
			continue
		}
		h.expected = s.frozen(d)
		h.spread = s.spread(d)
		for _, o := range hits {
			if e.goesOver(s, h, o) {
				o.start, o.alarm = min(o.start, h.start), o.alarm || alarm
				o.expected, o.spread = s.frozen(o.start), s.spread(o.start)
				e.ends(o, 0)
				h = nil
				break
			}
			if h.start <= o.end+1 && o.start <= h.end+1 {
				o.alarm = o.alarm || alarm && o.kind == h.kind && !e.monthly(s, o)
				h = nil
				break
			}
		}
		if h == nil {
			continue
		}
		h.beyond = h.impact() - usual
		h.rule = Rule{Kind: RuleDay, Day: e.day(d), Amount: s.y[d], Usual: s.m[d], Noise: usual}
		if e.holds(s, h) && !e.resumes(s.y, h) {
			hits = append(hits, h)
		}
		d = max(d, h.end)
	}
	return hits
}

// goesOver reports whether of h and o, as high, one goes on in the other: between them lie days of rest alone, which say nothing.
func (e *estate) goesOver(s *series, h, o *hit) bool {
	first, then := h, o
	if o.start < h.start {
		first, then = o, h
	}
	if o.sign < 0 || then.start <= first.end+1 || then.start > first.end+4 {
		return false
	}
	quiet := e.quiet(s.m, first.start)
	for d := first.end + 1; d < then.start; d++ {
		if !s.has[d] || s.m[d] >= quiet {
			return false
		}
	}
	a, b := e.lift(first, max(first.start, first.end-3), first.end), e.lift(then, then.start, min(then.end, then.start+3))
	return a <= 2*b && b <= 2*a
}

// follow goes on with s from day end on, for as long as it is as far above usual as on the day on which it began, or says nothing of
// that: a day of rest as ever. It returns the last day that is as high, and whether nothing speaks against its going on.
func (e *estate) follow(s *series, usual []float64, began, end int) (most int, goesOn bool) {
	quiet := e.quiet(usual, began)
	high, d := (s.y[began]-usual[began])/2, end+1
	for most = end; d <= e.last; d++ {
		if s.has[d] && s.y[d]-usual[d] >= high {
			most = d
		} else if !s.has[d] || usual[d] >= quiet || s.y[d] >= quiet {
			break
		}
	}
	return most, d > e.settled
}

// calm returns what day d must exceed what was expected by: so many times as days of the
// twelve weeks before it usually do, and as much beyond the largest before it as their tail
// lets expect. Of the largest, those are left out that may be old incidents: of a resource,
// which may be one that has such days, four a year of up to four days each, and not fewer than least; of a total, whose
// parts even each other out, one in ten days. It is 0 where too few days are known, or d is surely not beyond it.
func (e *estate) calm(n *node, s *series, d int, over func(int) float64, least int) float64 {
	from, old, power := s.first, e.t.DayOld, e.t.DayTail
	if !n.resource {
		from, old, power = max(s.first, d-91), e.t.DayOldSum, e.t.DayTailSum
	}
	known, higher, times, run := 0, 0, 0, 0 // days; those as high as half of d, how often they came, and since when they do
	half, most := over(d)/2, max(least, int(old*float64(d-from)))
	for i := d - 1; i >= from; i-- {
		if !s.ok[i] || !s.has[i] {
			continue
		}
		if known++; over(i) <= half {
			run = 0
			continue
		}
		higher++
		if run++; run%highDays == 1 || !n.resource || d-i <= 7 { // within a week it is no old one
			if times++; times > most {
				return 0
			}
		}
	}
	if known < 20 {
		return 0
	}
	v := make([]float64, 0, known)
	for i := from; i < d; i++ {
		if s.ok[i] && s.has[i] {
			v = append(v, over(i))
		}
	}
	off := slices.Clone(v[max(0, len(v)-84):])
	mid := middle(slices.Clone(off))
	for i := range off {
		off[i] = math.Abs(off[i] - mid)
	}
	noise := max(sigmas*middle(off), e.t.DayLeast*s.m[d])
	slices.Sort(v)
	skip := max(most, higher)
	top, next := v[len(v)-1-skip], v[len(v)-1-skip-len(v)/10]
	top = max(top, noise)
	return max(e.t.DayNoise*noise, 2*top, top*math.Pow(top/max(next, noise/2), power))
}
