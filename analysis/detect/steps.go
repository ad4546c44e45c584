package detect

import (
	"math"
	"slices"

	"usagereport/usage"
)

// steps says what changed within days that are too few to know
// what is normal (up to three months): changes of level, and single days that
// stand out. It can only compare the days with each other, so only a change of
// price, or of a level that held for a week, is an alarm; the rest is low.
func (e *estate) steps() []Finding {
	lo := e.lo
	e.lo, e.prior = 0, 2 // two days without cost make what follows them new
	defer func() { e.lo, e.pool = lo, nil }()
	e.alone = true
	p := newPool(e, nil)
	p.compare(nil, nil)
	e.cal.rest, e.pool = p.rest, p
	e.rule = func(n *node, s *series, sign float64) []*hit { return e.step(n, s, sign, p) }
	// What began so long ago is how it is, though there was less than a fortnight before it.
	out := slices.DeleteFunc(e.findings(),
		func(f Finding) bool { return f.Kind == usage.KindNew && f.Ongoing && f.Start < e.day(e.last-Review-13) })
	for i := range out {
		switch out[i].Kind {
		case usage.KindLevel, usage.KindPrice:
			if out[i].Severity == usage.SeverityHigh {
				out[i].Severity = usage.SeverityMedium // so few days are no proof
			}
		default:
			out[i].Severity = usage.SeverityLow
		}
	}
	return out
}

// rests is steps where months are known: of what they do not show, only weekends left on are looked
// for, of the resources that were out of the ordinary. Alarms are made of them by what others do, which is
// asked for found, too.
func (e *estate) rests(found []Finding) []Finding {
	var nodes []*node
	leaves := e.some(found)
	for _, n := range e.resources {
		if n.stirred {
			nodes, leaves = append(nodes, n), append(leaves, n.leaves[0])
		}
	}
	if len(nodes) == 0 {
		return nil
	}
	lo := e.lo
	e.lo = 0
	defer func() { e.lo = lo }()
	p := newPool(e, leaves)
	e.cal.rest, e.pool = p.rest, p
	e.rule = func(n *node, s *series, _ float64) []*hit {
		s.fill(e.cal, e.cost(n.leaves), n.has)
		if h := p.awake(n, s); h != nil && e.telling(h) {
			return []*hit{h}
		}
		return nil
	}
	var out []Finding
	for _, h := range e.awakened(e.test(nodes, 1)) {
		f := e.finding(h)
		f.Severity = usage.SeverityLow
		out = append(out, f)
	}
	return out
}

const shortest = 4 // days on either side of a change of level

// step is the rule for series without history: the first of several that finds something.
func (e *estate) step(n *node, s *series, sign float64, p *pool) []*hit {
	s.fill(e.cal, e.cost(n.leaves), n.has)
	if sign < 0 {
		if h := e.shift(n, s, sign); h != nil && e.telling(h) {
			return []*hit{h}
		}
		return nil
	}
	rise := func(n *node, s *series) *hit { return e.shift(n, s, 1) }
	var hits []*hit
	for range 2 { // some high days hide neither those before nor those after them
		var h *hit
		for _, rule := range []func(*node, *series) *hit{p.awake, rise, e.outlier, p.stretched, p.ramp, p.brief, p.record} {
			if h = rule(n, s); h != nil {
				break
			}
		}
		if h == nil || !e.telling(h) || slices.ContainsFunc(hits, func(o *hit) bool { return beside(h, o) }) {
			break
		}
		hits = append(hits, h)
		if h.ongoing || h.kind != usage.KindSpike || !n.resource {
			break
		}
		y := slices.Clone(s.y)
		copy(y[h.start:h.end+1], h.expected[h.start:])
		s = new(series)
		s.fill(e.cal, y, n.has)
	}
	return hits
}

// telling reports whether a hit of the short rules is worth a finding. What is left on at weekends is asked that together with
// what is left on beside it: see awakened.
func (e *estate) telling(h *hit) bool {
	return h.awake || e.material(h) && !e.prorated(h)
}

// shift splits the settled days where two levels fit them best, and returns
// the second as a hit if it is clearly another one.
func (e *estate) shift(n *node, s *series, sign float64) *hit {
	var days []int
	for d := e.working(s); d <= e.settled; d++ {
		if n.has[d] {
			days = append(days, d)
		}
	}
	y := make([]float64, len(days))
	for i, d := range days {
		y[i] = s.y[d]
	}
	before, since := misfits(y), misfitsSince(y)
	best, at := math.Inf(1), 0
	for i := shortest; i <= len(days)-shortest; i++ {
		if misfit := before[i] + since[i]; misfit < best {
			best, at = misfit, i
		}
	}
	if at == 0 {
		return nil
	}
	was, now := Median(slices.Clone(y[:at])), Median(slices.Clone(y[at:]))
	change := sign * (now - was)
	var off []float64
	wrong := [2]int{}
	for i, d := range days {
		level, side := was, 0
		if i >= at {
			level, side = now, 1
		}
		off = append(off, math.Abs(s.y[d]-level))
		if (s.y[d] > (was+now)/2) != (level > (was+now)/2) {
			wrong[side]++
		}
	}
	noise := max(sigmas*Median(off), e.t.Floor*math.Abs(was))
	if was <= 0 || now <= 0 || change < max(e.in.MinImpact, e.t.StepPart*was, e.t.StepNoise*noise) ||
		float64(wrong[0]) > e.t.StepWrong*float64(at) || float64(wrong[1]) > e.t.StepWrong*float64(len(days)-at) {
		return nil
	}
	start, _ := e.onset(s, days[at], e.settled, was, now)
	// Less than a week on either side may be a month's end, or a holiday's.
	h := &hit{
		node: n, kind: usage.KindLevel, sign: sign, alarm: start > e.last-Review && e.settled-start >= 6 && at >= 7,
		start: start, end: e.last, ongoing: true, leaves: n.leaves, actual: s.y, spread: noise,
	}
	for h.end > e.settled && sign*(s.y[h.end]-was) <= 0 {
		h.end--
	}
	if sign < 0 {
		h.end = e.settled
	}
	h.expected = s.frozen(h.start)
	h.beyond = sign * h.impact()
	h.rule = Rule{Kind: RuleStep, Day: e.day(h.start), Days: len(days) - at, DaysBefore: at, Amount: now, Usual: was, Noise: noise}
	if end, over := e.over(h); over {
		if sign < 0 {
			return nil // a dip, and no fall
		}
		h.end, h.ongoing, h.rule.Kind, h.rule.Days = end, false, RuleStretch, 0
		for d := h.start; d <= h.end; d++ {
			h.rule.Days += int(share(n.has[d]))
		}
		h.beyond = h.impact()
	}
	return h
}

// working returns the first day of s that says how much it costs: that after the holidays with which the bill begins, where
// it cost less on those. Else what rises after them is the work of a week, and hides what happens then.
func (e *estate) working(s *series) int {
	if e.pool == nil {
		return s.birth
	}
	from, work, rests := s.birth, 0, 0
	for d := s.birth; d <= e.settled && work < holidayWork; d++ {
		switch {
		case e.pool.rest[d]:
			rests++
		default:
			if rests >= holiday {
				from = d
			}
			work, rests = work+1, 0
		}
	}
	if from == s.birth || 2*from > e.settled {
		return s.birth
	}
	if was, now := Median(slices.Clone(s.y[s.birth:from])), Median(slices.Clone(s.y[from:e.settled+1])); was >= restLow*now {
		return s.birth
	}
	return from
}

// over reports whether a level that holds since h's start is over, and its last day: whether the last days that say
// something of it, two at least, cost what they did before.
func (e *estate) over(h *hit) (end int, over bool) {
	const back = 2
	delta := e.t.EndPart * e.lift(h, h.start, min(h.start+6, e.settled))
	quiet := e.quiet(h.expected, e.settled)
	seen := 0
	if next := e.settled + 1; next < e.days && h.node.has[next] && h.expected[next] >= quiet && e.lift(h, next, next) <= delta {
		seen = 1 // nearly all of it is known
	}
	for d := e.settled; d >= h.start; d-- {
		switch {
		case !h.node.has[d] || h.expected[d] < quiet:
		case e.lift(h, d, d) > delta:
			for end = d; seen >= back && end < e.settled && h.node.has[end+1] && e.lift(h, end+1, end+1) > delta; {
				end++ // a quiet day
			}
			return end, seen >= back
		default:
			seen++
		}
	}
	return h.start, false
}

// onset returns the first and the last day of a level that was fitted from start to end: those that
// are far from the same weekday before. The fit alone takes in days of the old level where less
// than shortest have the new one, and misses a weekend that costs little on either.
func (e *estate) onset(s *series, start, end int, was, now float64) (first, last int) {
	const near = 7
	part := func(d int) float64 { // how far d is on the way from was to now
		before := math.Sqrt(was * now)
		full := math.Log(now/was) / 2
		for q := d - near; q >= max(s.birth, d-4*near); q -= near {
			if s.has[q] && s.y[q] > 0 {
				before, full = s.y[q], 2*full
				break
			}
		}
		return math.Log(max(s.y[d], tiny)/before) / full
	}
	known := 0
	for d := start; d <= end; d++ {
		known += int(share(s.has[d]))
	}
	old := func(d int) bool { return known <= shortest && start < end && (!s.has[d] || part(d) < onsetNone) }
	for old(start) {
		start++
	}
	for end < e.settled && old(end) {
		end--
	}
	says := func(d int) bool { // a weekend without cost, as the next is, says nothing
		return s.has[d] && (s.y[d] > 0 || d+near <= e.settled && s.y[d+near] > 0)
	}
	for d := start - 1; d >= max(s.birth+near, start-near) && (!says(d) || part(d) > onsetMost); d-- {
		if says(d) {
			start = d
		}
	}
	return start, end
}

// How far a day is on the way from the old level to the new one.
const (
	onsetNone = 0.3
	onsetMost = 0.7
)

// misfits returns misfit of the first n of v, for each n.
func misfits(v []float64) []float64 {
	out, sorted := make([]float64, len(v)+1), make([]float64, 0, len(v))
	for n, x := range v {
		at, _ := slices.BinarySearch(sorted, x)
		sorted = slices.Insert(sorted, at, x)
		m := (sorted[n/2] + sorted[(n+1)/2]) / 2
		for _, x := range v[:n+1] {
			out[n+1] += math.Abs(x - m)
		}
	}
	return out
}

// misfitsSince returns misfit of v without the first n, for each n.
func misfitsSince(v []float64) []float64 {
	v = slices.Clone(v)
	slices.Reverse(v)
	out := misfits(v)
	slices.Reverse(out)
	return out
}

// misfit returns the sum of distances from the median.
func misfit(v []float64) float64 {
	m, sum := Median(v), 0.0
	for _, x := range v {
		sum += math.Abs(x - m)
	}
	return sum
}

// outlier returns the one run of up to three days that cost three times the
// median of those that cost anything at least, if no other day comes near: what
// lives for few days has no usual one. The first and last day of a month are left
// alone: what happens there may happen every month.
func (e *estate) outlier(n *node, s *series) *hit {
	var v []float64
	top := -1
	for d := s.birth; d <= e.last; d++ {
		if !n.has[d] {
			continue
		}
		v = append(v, s.y[d])
		if top < 0 || s.y[d] > s.y[top] {
			top = d
		}
	}
	usual := Median(v)
	costs := slices.DeleteFunc(slices.Clone(v), func(y float64) bool { return y == 0 })
	if len(costs) < 2*shortest || s.y[top] < max(e.t.Outlier*Median(costs), usual+e.in.MinImpact) {
		return nil
	}
	far := func(d int) bool { return n.has[d] && s.y[d] > (usual+s.y[top])/2 }
	from, to := top, top
	for from > s.birth && far(from-1) {
		from--
	}
	for to < e.last && far(to+1) {
		to++
	}
	if month := e.day(from).Month(); to-from > 2 || month.From == e.day(from) || month.Last() == e.day(to) {
		return nil
	}
	for d := s.birth; d <= e.last; d++ {
		if (d < from || d > to) && far(d) {
			return nil
		}
	}
	h := e.farDay(n, s, top, usual, v)
	h.start, h.end, h.ongoing = from, to, to == e.last
	if len(h.leaves) == 1 { // what is usual is the file's, not the weekday's before it
		i, used := h.leaves[0], []float64{}
		for d := s.birth; d <= e.last; d++ {
			if n.has[d] {
				used = append(used, e.quantity[i].at(d))
			}
		}
		h.leafExpected = map[int][]float64{i: slices.Clone(h.expected)}
		h.wasUsed = map[int][]float64{i: slices.Repeat([]float64{Median(used)}, e.days)}
	}
	h.beyond = h.impact()
	return h
}

// farDay returns a hit of day d, which lies far above the usual cost of a day; the days v say how much days differ.
func (e *estate) farDay(n *node, s *series, d int, usual float64, v []float64) *hit {
	return &hit{
		node: n, kind: usage.KindSpike, sign: 1, start: d, end: d, leaves: n.leaves, actual: s.y,
		expected: slices.Repeat([]float64{usual}, e.days), spread: misfit(v) / float64(len(v)),
		rule: Rule{Kind: RuleOutlier, Day: e.day(d), Amount: s.y[d], Usual: usual, Times: s.y[d] / max(usual, 0.01)},
	}
}
