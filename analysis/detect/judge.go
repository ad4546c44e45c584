package detect

import (
	"math"
	"slices"

	"usagereport/usage"
)

// judged reports whether n has enough history for a test.
func (e *estate) judged(n *node) bool {
	for d := range e.lo - 21 - 28 + 1 {
		if e.costs(n, d) {
			return true
		}
	}
	return false
}

// unexpected is the rule for series with history: see the package comment.
func (e *estate) unexpected(n *node, s *series, sign float64) []*hit {
	s.summed = nil
	if e.lo < 28 || e.onlyFees(n) || e.isCalm(n, s, sign) {
		return nil
	}
	if sign < 0 && n.judged {
		return n.falls
	}
	hits := e.closely(n, s, sign)
	if sign > 0 && n.down { // the same days, once more
		n.judged, n.falls = true, e.judge(n, s, -1, e.t.Floor, e.baseline(n))
	}
	return hits
}

func (e *estate) closely(n *node, s *series, sign float64) []*hit {
	s.fill(e.cal, e.whole(n, s), n.has)
	hits := e.judge(n, s, sign, e.t.Floor, e.baseline(n))
	if sign > 0 {
		hits = e.slowTest(n, s, e.dayTest(n, s, hits))
	}
	return hits
}

// baseline returns a function that recomputes n without removing earlier findings,
// nil if there are none: what findings cover is gone from the past too, and that
// makes it no calmer.
func (e *estate) baseline(n *node) func() *series {
	return func() *series {
		if n.resource || !slices.ContainsFunc(n.leaves, func(i int) bool { return e.touched[i] > 0 }) {
			return nil
		}
		var whole series
		whole.fill(e.cal, e.fullOf(n), n.has)
		return &whole
	}
}

// isCalm reports that no window of n in the review is beyond the least that flag
// asks for. That is so for nearly all nodes, and known at a third of the cost of
// a judgement.
func (e *estate) isCalm(n *node, s *series, sign float64) bool {
	if !n.looked || slices.ContainsFunc(n.leaves, func(i int) bool { return e.touched[i] > n.changes }) {
		n.up, n.down = e.look(n, s)
		n.looked, n.changes, n.judged, n.falls = true, e.changes, false, nil
		n.stirred = n.stirred || n.up
	}
	return sign > 0 && !n.up || sign < 0 && !n.down
}

// look reports whether n may be out of the ordinary, upward or downward.
func (e *estate) look(n *node, s *series) (up, down bool) {
	// The review's days, and those that say what to expect of them.
	from := e.lo - lengths[len(lengths)-1] + 1
	y := e.tail(n, s, max(0, from-threeMonths-8*7))
	top := 0.0
	for _, x := range y {
		top = max(top, math.Abs(x))
	}
	// The median of a day is top at most, and what its date adds twice that.
	if longest := float64(lengths[len(lengths)-1]); 4*longest*top < e.in.MinImpact {
		return false, false
	}
	s.fillFrom(e.cal, y, n.has, from)
	rounding := tiny * top * float64(e.days)
	for _, k := range lengths {
		for b := e.lo; b <= e.last && (!up || !down); b++ {
			if !s.has[b] {
				continue
			}
			least := max(e.in.MinImpact, e.t.Beyond*e.t.Floor*s.expected(k, b)) - rounding
			x := s.excess(k, b)
			up = up || x >= least
			down = down || b <= e.settled && -x >= least
		}
	}
	return up, down
}

// tail returns n's cost from day from on, in s's memory; the days before are
// zero unless the series may be younger than that.
func (e *estate) tail(n *node, s *series, from int) []float64 {
	if len(n.leaves) == 1 {
		return e.adj[n.leaves[0]].days(e.days)
	}
	if len(n.cells) == 1 {
		return e.costOf(n)
	}
	if len(s.sum) != e.days {
		s.sum = make([]float64, e.days)
	}
	y := s.sum
	clear(y)
	if n.cells != nil {
		e.addCells(y, n)
		s.summed, s.missing = n, 0
		return y
	}
	addUp(y, e.adj, n.leaves, from, e.days)
	s.summed, s.missing = n, from
	if y[from] == 0 || !n.has[from] {
		addUp(y, e.adj, n.leaves, 0, from)
		s.missing = 0
	}
	return y
}

// whole is the cost of n, for which tail may have done a part.
func (e *estate) whole(n *node, s *series) []float64 {
	if s.summed != n {
		return e.costOf(n)
	}
	addUp(s.sum, e.adj, n.leaves, 0, s.missing)
	y := s.sum
	s.sum, s.summed = nil, nil
	return y
}

// judge finds up to three episodes of s. After each, it goes on as if that one
// had not been. The worst of a normal month is at least the baseline's.
func (e *estate) judge(n *node, s *series, sign, floor float64, baseline func() *series) []*hit {
	if s.first > e.lo-28 {
		return nil // no block
	}
	var hits []*hit
	var known [len(lengths)]*bound
	all := s
	limit := func(i int, top float64) *bound {
		if known[i] == nil {
			worst := e.worsts(all, sign, i)
			if len(worst) == 0 || top < e.factor(worst)*Median(slices.Clone(worst)) {
				return nil
			}
			b := e.bound(all, floor, i, worst)
			if s := baseline(); s != nil {
				b.b = max(b.b, e.bound(s, floor, i, e.worsts(s, sign, i)).b)
			}
			known[i] = &b
		}
		return known[i]
	}
	for range 3 {
		h := &hit{node: n, sign: sign, leaves: n.leaves, actual: s.y}
		b, k := e.flag(h, s, floor, limit)
		if k == 0 {
			break
		}
		e.episode(h, s, b, k)
		holds := e.holds(s, h) && !e.resumes(all.y, h)
		if e.exceeds(all.y, h, floor) {
			holds = e.current(h) && e.material(h)
		}
		if holds && !slices.ContainsFunc(hits, func(o *hit) bool { return beside(h, o) }) {
			hits = append(hits, h) // what lies beside a larger one is part of it
		}
		y := slices.Clone(s.y)
		if h.ongoing && h.start < e.lo-14 {
			// Long accepted: go on as if it had always been so.
			step := sign * e.lift(h, h.start, h.start+13)
			for d := s.birth; d < h.start; d++ {
				y[d] += step
			}
		} else {
			for d := h.start; d <= h.end || h.ongoing && d < len(y); d++ {
				y[d] = h.expected[d]
			}
		}
		next := new(series)
		next.fill(e.cal, y, s.has)
		s = next
	}
	return hits
}

// beside reports whether two hits of a series lie within a week.
func beside(h, o *hit) bool { return h.start <= o.end+7 && o.start <= h.end+7 }

// flag finds the window of k days to day b with the most money beyond what is usual
// (Thresholds.Beyond); k is 0 if none is unexpected. limit returns the bound of
// windows of lengths[i]; nil where none is, up to an excess of top.
func (e *estate) flag(h *hit, s *series, floor float64, limit func(i int, top float64) *bound) (bestB, bestK int) {
	to := e.last
	if h.sign < 0 {
		to = e.settled
	}
	var best, bestLimit, bestC float64
	type window struct {
		b, k  int
		times float64 // of what makes an alarm
	}
	var windows []window
	for i, k := range lengths {
		// sum is the excess of days to b, low what is worth a thought.
		look := func(b int) (sum, low float64, ok bool) {
			sum, low = h.sign*s.excess(k, b), floor*s.expected(k, b)
			return sum, low, s.has[b] && sum >= e.in.MinImpact && sum >= e.t.Beyond*low
		}
		top := math.Inf(-1)
		for b := e.lo; b <= to; b++ {
			if sum, _, ok := look(b); ok {
				top = max(top, sum)
			}
		}
		if math.IsInf(top, -1) {
			continue
		}
		ref := limit(i, top)
		if ref == nil {
			continue
		}
		for b := e.lo; b <= to; b++ {
			sum, low, ok := look(b)
			limit := max(ref.b, low)
			if !ok || sum < ref.c*limit {
				continue
			}
			windows = append(windows, window{b, k, sum / max(limit, tiny) / ref.alarm})
			if beyond := sum - e.t.Beyond*limit; bestK == 0 || beyond > best {
				best, bestB, bestK, bestLimit, bestC = beyond, b, k, limit, ref.c
			}
		}
	}
	if bestK > 0 {
		h.beyond = best
		for _, w := range windows { // of the same days
			h.alarm = h.alarm || w.times >= 1 && w.b > bestB-bestK && w.b-w.k < bestB
		}
		h.rule = Rule{Kind: RuleWindow, Day: e.day(bestB), Days: bestK, Amount: s.excess(bestK, bestB), Usual: h.sign * bestLimit, Times: bestC}
	}
	return bestB, bestK
}

// begin returns the day on which the excess that shows in k days to b began.
func (e *estate) begin(s *series, sign float64, b, k int) (start int, floor float64) {
	over := func(d int) float64 {
		if !s.ok[d] {
			return 0
		}
		return sign * (s.y[d] - s.m[d])
	}
	tells := func(d int) bool { return s.has[d] && (sign < 0 || s.y[d] >= 0 || s.m[d] < 0) }
	var recent, normal []float64
	for d := max(0, b-27); d <= b; d++ {
		if s.ok[d] {
			normal = append(normal, math.Abs(s.m[d]))
			if d > b-5 {
				recent = append(recent, over(d))
			}
		}
	}
	floor = e.t.Floor * Median(normal)
	delta := max(e.t.BeginRecentPart*Median(recent), floor, e.t.BeginMeanPart*sign*s.excess(k, b)/float64(k))
	start = b
	if k == 1 {
		for d := b - 1; d >= 0 && (!tells(d) || over(d) > delta); d-- {
			if tells(d) {
				start = d
			}
		}
	} else {
		sum, best := 0.0, math.Inf(-1)
		for d := b; d >= max(s.first, b-41); d-- {
			if !tells(d) {
				continue // what is not known is no quiet day
			}
			if sum += over(d) - delta; sum > best && over(d) > delta {
				best, start = sum, d
			}
		}
	}
	// Days of rest on which nothing shows are no end of what was as high on the days before them.
	quiet, after := e.t.QuietPart*Median(normal), over(start)
	high := func(d int) bool { return d >= s.first && over(d) > max(delta, after/2) && over(d) < 2*after }
	for before := start - 1; ; before-- {
		switch {
		case high(before):
			start = before
		case before < max(s.first, start-weekend) || !s.ok[before] || math.Abs(s.m[before]) >= quiet || math.Abs(over(before)) >= quiet:
			return start, floor
		}
	}
}

const weekend = 3 // days of rest, at most

// quietStart returns the first of the quiet days before start that changed by much the same
// ratio as the days from start to b: a weekend in an office has little to show in money.
func (e *estate) quietStart(s *series, sign float64, start, b int) int {
	ratio := func(d int) float64 { return sign * (s.y[d] - s.m[d]) / s.m[d] }
	var ratios, usual []float64
	for d := start; d <= min(b, start+13); d++ {
		if s.ok[d] && s.m[d] > 0 {
			ratios, usual = append(ratios, ratio(d)), append(usual, s.m[d])
		}
	}
	if len(ratios) < 5 || Median(ratios) < e.t.Floor { // it shows on few days
		return start
	}
	least, quiet := e.t.QuietPart*Median(ratios), e.t.QuietPart*Median(usual)
	for d := start - 1; d >= max(s.first, start-3) && s.ok[d] && s.m[d] > 0 && s.m[d] < quiet && ratio(d) >= least; d-- {
		start = d
	}
	return start
}

// episode finds where the excess that shows in k days to b began and ended.
func (e *estate) episode(h *hit, s *series, b, k int) {
	var floor float64
	h.start, floor = e.begin(s, h.sign, b, k)
	if k > 1 {
		h.start = e.quietStart(s, h.sign, h.start, b)
	}
	h.expected = s.frozen(h.start)
	e.ends(h, floor)
	if from, apart := e.again(h); apart {
		h.start, h.expected = from, s.frozen(from)
		e.ends(h, floor)
	}
	if from, to, ok := e.peak(h); ok {
		// A few days of it are nearly all of it; the rest is weather.
		h.start, h.end, h.ongoing, h.kind = from, to, to == e.last, usage.KindSpike
		h.expected = s.frozen(from)
	}
	e.drift(h, s)
	h.spread = s.spread(h.start)
}
