package detect

import (
	"math"
	"slices"

	"usagereport/usage"
)

// slowTest is the third test of a resource with history, and of a service or a group whose resources live for days only: what
// has grown week by week for two months, as it never did before. The other two miss it where it is slow: the month before the
// review, which says what is normal, has grown, too. It adds to hits, or takes the place of those that
// tell a part of it, or tell it as a level.
func (e *estate) slowTest(n *node, s *series, hits []*hit) []*hit {
	if e.lo < 28 {
		return hits
	}
	weeks := e.weeks(s)
	if len(weeks) < slowWeeks+slowBefore || !n.resource && !e.shortLived(n) {
		return hits
	}
	last, before := weeks[:slowWeeks], weeks[slowWeeks:]
	line, least := fitLine(last), math.Log1p(e.t.SlowRise)/(slowWeeks-1)
	if line.slope < least || line.slope < e.t.SlowSure*line.chance || line.left > e.t.SlowPart*leftOfSteps(last, 1, 1) {
		return hits
	}
	if line.left > slowNearer*leftOfSteps(last, 2, 1) {
		return hits // it rose on two days, and not by and by
	}
	if fitLine(last[slowWeeks/2:]).slope < least {
		return hits // it is something of the last weeks
	}
	usual := 0.0
	for i := 0; i == 0 || i+slowWeeks <= len(before); i++ {
		part := before[i:min(len(before), i+slowWeeks)]
		if l := fitLine(part); leftOfSteps(part, 1, 1) >= l.left/4 { // else it is a step, and no growth
			usual = max(usual, math.Abs(l.slope))
		}
	}
	if line.slope < e.in.Sensitivity*e.t.SlowTimes*usual {
		return hits
	}
	// It began where the line leaves the level before.
	level := Median(slices.Clone(before[:min(len(before), slowWeeks)]))
	back := int(7*(line.at-level)/line.slope) + 3
	start := e.settled - min(max(back, 28), 7*(slowWeeks+1))
	h := &hit{
		node: n, kind: usage.KindDrift, sign: 1, leaves: n.leaves, actual: s.y, alarm: true, ongoing: true,
		start: start, end: e.last, expected: s.frozen(start), spread: s.spread(start),
	}
	for h.end > e.settled && h.actual[h.end] <= h.expected[h.end] {
		h.end--
	}
	impact := h.impact()
	if h.beyond = impact; !e.material(h) {
		return hits
	}
	for _, o := range hits {
		if o.alarm && o.kind == usage.KindDrift && o.impact() >= e.t.SlowTold*impact {
			return hits // it is told
		}
	}
	h = e.slowed(h)
	h.rule = Rule{
		Kind: RuleSlow, Day: e.day(start), Days: 7 * slowWeeks, Amount: 100 * math.Expm1(line.slope), Usual: 100 * math.Expm1(usual),
		Times: e.t.SlowTimes,
	}
	return append(slices.DeleteFunc(hits, func(o *hit) bool { return o.end >= start }), h)
}

// slowed returns h, a growth, as a level to which it grew, if it grows no more: by all of its days, and by those before the last few, so
// that some low days are no end.
func (e *estate) slowed(h *hit) *hit {
	if h.kind != usage.KindDrift || !h.ongoing {
		return h
	}
	p := e.path(h)
	from, _ := slices.BinarySearch(p.days, h.start)
	to, over := path{p.days[from:], p.v[from:]}.stops()
	if !over {
		return h
	}
	last := len(p.days) - slowFew
	if _, over = (path{p.days[from:last], p.v[from:last]}).stops(); over {
		h.kind, h.grown = usage.KindLevel, to
	}
	return h
}

// stops returns the last day on which p grows, if it clearly does up to that day and is level since, nearer to that than to a growth that
// goes on, be it by less and less, and than to a step.
func (p path) stops() (to int, is bool) {
	n := len(p.v)
	if n < 2*slowFlat {
		return 0, false
	}
	left := func(by func(days int) float64) float64 {
		l, _ := p.fitted(func(day int) float64 { return by(day - p.days[0]) })
		return l
	}
	goesOn := left(func(days int) float64 { return float64(days) })
	for _, amount := range []float64{risingSlow / 4, risingSlow / 2, risingSlow} { // of what it was before
		goesOn = min(goesOn, left(func(days int) float64 { return math.Log1p(amount * float64(days)) }))
	}
	best := math.Inf(1)
	for i := n / 3; i < n-slowFlat; i++ {
		if l := left(func(days int) float64 { return float64(min(days, p.days[i]-p.days[0])) }); l < best {
			best, to = l, p.days[i]
		}
	}
	return to, goesOn-best >= slowSure*p.noise(fit{left: best}, 3) && best <= leftOfSteps(p.v, 1, risingLast)
}

const (
	slowFlat = 7   // days since a slow growth that is over, at least
	slowFew  = 3   // of the last, without which it is over, too
	slowSure = 8.0 // squares of the noise by which its days are nearer to its having ended
)

// shortLived reports whether n is a service or a group none of whose resources lives for long, so that only their sum grows: hardly any
// of its cost of the last week is of what cost something when the growth would have begun.
func (e *estate) shortLived(n *node) bool {
	if n.scope[usage.Service] == "" && n.scope[usage.ResourceGroup] == "" || n.scope[usage.Meter] != "" {
		return false
	}
	all, old := 0.0, 0.0
	for _, i := range n.leaves {
		week := 0.0
		for d := e.settled - 6; d <= e.settled; d++ {
			week += e.adj[i].at(d)
		}
		all += week
		for d := e.settled - 7*slowWeeks + 1; week > 0 && d <= e.settled-7*(slowWeeks-1); d++ {
			if e.adj[i].at(d) != 0 {
				old += week
				break
			}
		}
	}
	return old < slowOld*all
}

const (
	slowOld    = 0.1 // part of the last week's cost
	slowNearer = 0.7 // part of what two steps leave that the line does, at most
	slowWeeks  = 9   // in which something grows
	slowBefore = 6   // weeks that are known before, at least
)

// weeks returns the logarithms of what s cost a week, the last settled week first, up to the first
// in which a day is not known or that cost nothing.
func (e *estate) weeks(s *series) (out []float64) {
	for end := e.settled; end-6 >= s.birth; end -= 7 {
		sum := 0.0
		for d := end - 6; d <= end; d++ {
			if !s.has[d] {
				return out
			}
			sum += s.y[d]
		}
		if sum <= 0 {
			return out
		}
		out = append(out, math.Log(sum))
	}
	return out
}

// A line is fitted to weeks, of which the last is first.
type line struct {
	at, slope float64 // at the last week; by week
	left      float64 // squares that it leaves
	chance    float64 // by how much the slope may be off
}

func fitLine(weeks []float64) (out line) {
	n := float64(len(weeks))
	var x, y, xx, xy, yy float64
	for i, v := range weeks {
		t := -float64(i)
		x, y, xx, xy, yy = x+t, y+v, xx+t*t, xy+t*v, yy+v*v
	}
	xx, xy, yy = xx-x*x/n, xy-x*y/n, yy-y*y/n
	out.slope = xy / xx
	out.at = (y - out.slope*x) / n
	out.left = max(0, yy-out.slope*xy)
	out.chance = math.Sqrt(out.left / (n - 2) / xx)
	return out
}

// leftOfSteps returns the squares that the best so many steps leave, of which the last level has so many values at least.
func leftOfSteps(v []float64, steps, least int) float64 {
	return inLevels(v, steps+1, func(level, from, to int) bool { return level < steps || to-from >= least })[steps].left
}
