package detect

import (
	"math"
	"slices"

	"usagereport/usage"
)

// A hit is an episode of one node that cannot be explained by its past. It
// becomes a finding unless it is folded into another.
type hit struct {
	node       *node
	kind       usage.Kind
	sign       float64
	start, end int
	ongoing    bool
	leaves     []int     // what it covers
	actual     []float64 // cost of the leaves, and
	expected   []float64 // what it would have been
	spread     float64   // of a normal day
	alarm      bool      // false: worth a look
	beyond     float64   // money beyond the worst of a normal month
	rule       Rule

	ratio        float64           // of unit prices, now to before
	leafExpected map[int][]float64 // where it is not the leaf's weekday medians
}

// impact returns what the hit cost beyond expectation so far.
func (h *hit) impact() float64 {
	sum := 0.0
	for d := h.start; d <= h.end; d++ {
		if h.node.has[d] {
			sum += h.actual[d] - h.expected[d]
		}
	}
	return sum
}

// perDay returns the mean of v over the last n settled days of h.
func (e *estate) perDay(h *hit, v []float64, n int) float64 {
	to := min(h.end, e.settled)
	if to < h.start {
		to = h.end
	}
	sum, k := 0.0, 0
	for d := max(h.start, to-n+1); d <= to; d++ {
		if h.node.has[d] {
			sum += v[d]
			k++
		}
	}
	if k == 0 {
		return 0
	}
	return sum / float64(k)
}

// shows counts the days on which h is beyond what was expected.
func (h *hit) shows() (days int) {
	for d := h.start; d <= h.end; d++ {
		if h.node.has[d] && h.sign*(h.actual[d]-h.expected[d]) > 0 {
			days++
		}
	}
	return days
}

// weight is the size by which a hit is judged: its impact so far and, while it
// goes on, what the next two weeks add at the pace of its last week. One day has no pace.
func (e *estate) weight(h *hit) float64 {
	w := h.impact()
	if h.ongoing && h.shows() > 1 {
		w += 14 * (e.perDay(h, h.actual, 7) - e.perDay(h, h.expected, 7))
	}
	return h.sign * w
}

// month returns 30 days of what was expected before the hit.
func (h *hit) month() float64 {
	sum, n := 0.0, 0
	for d := max(0, h.start-28); d < h.start; d++ {
		if h.node.has[d] {
			sum += math.Abs(h.expected[d])
			n++
		}
	}
	return 30 * sum / float64(max(1, n))
}

// material is the minimum impact: ten times the gate, or 0.5 % of the node's
// own expected month.
func (e *estate) material(h *hit) bool {
	return h.sign*h.impact() >= e.least && e.weight(h) >= max(e.t.MaterialTimes*e.in.MinImpact, e.t.MaterialPart*h.month())
}

// current reports whether h belongs in this report: it has not ended before
// the review or the focus, and it did not begin so long before the review that
// it is the new normal.
func (e *estate) current(h *hit) bool {
	return h.end >= max(e.lo, e.focus) && h.start >= e.lo-14
}

var lengths = [...]int{1, 7, 28} // days of the windows

// A bound is the worst of a normal month of one series for windows of a length,
// and the factors above which more than that is unexpected and an alarm.
type bound struct{ b, c, alarm float64 }

// worsts returns the largest excess of windows of lengths[i] in each of up to nine
// blocks of 28 days before the review.
func (e *estate) worsts(s *series, sign float64, i int) []float64 {
	worst := make([]float64, 0, 9)
	for q := range 9 {
		lo, k := e.lo-28*q-28, lengths[i]
		if lo < s.first+k-1 {
			break
		}
		w := math.Inf(-1)
		for b := lo; b < lo+28; b++ {
			if x := sign * s.excess(k, b); x > w {
				w = x
			}
		}
		worst = append(worst, w)
	}
	return worst
}

// factor is the factor above which windows are unexpected, by the blocks known.
func (e *estate) factor(worst []float64) float64 { return e.in.Sensitivity * e.t.factor(len(worst)) }

// bound is that of windows of lengths[i], whose worsts are known; 0 where there are
// none. Blocks above four times the usual are old incidents and do not count.
func (e *estate) bound(s *series, floor float64, i int, worst []float64) (out bound) {
	if len(worst) == 0 {
		return out
	}
	r, k := e.lo-1, lengths[i]
	if s.typical[i] < 0 {
		sizes := make([]float64, 0, 140)
		for b := max(s.first+k-1, r-139); b <= r; b++ {
			sizes = append(sizes, math.Abs(s.excess(k, b)))
		}
		s.typical[i] = middle(sizes)
	}
	sigma := sigmas * s.typical[i]
	if k == 28 {
		sigma *= e.t.LongWindow
	}
	usual := max(median(slices.Clone(worst)), e.t.SigmaTimes*sigma, floor*s.expected(k, r))
	out.c = e.factor(worst)
	out.b = max(usual, repeated(worst, e.t.OldIncident*usual))
	out.alarm = e.in.Sensitivity * max(e.t.AlarmTimes*e.t.factor(len(worst)), min(e.t.TailMost, math.Exp(e.t.TailPower*tail(worst, usual))))
	return out
}

// repeated returns the largest of worst that is at most limit, or was passed
// once more: what is beyond the limit once is an old incident, and more often a
// habit. Neighbours are one.
func repeated(worst []float64, limit float64) float64 {
	var runs []float64
	out := 0.0
	for i, w := range worst {
		switch {
		case w <= limit:
			out = max(out, w)
		case i > 0 && worst[i-1] > limit:
			runs[len(runs)-1] = max(runs[len(runs)-1], w)
		default:
			runs = append(runs, w)
		}
	}
	if len(runs) > 1 {
		slices.Sort(runs)
		out = runs[len(runs)-2]
	}
	return out
}

// tail returns how far apart the worst of months lie: the logarithm of the
// second largest by the usual. The largest and its neighbours may be one old
// incident. Were they of a Pareto distribution, exp(6 tail) times the largest of
// nine would be passed about once in 2,000 months.
func tail(worst []float64, usual float64) float64 {
	top := 0
	for i, w := range worst {
		if w > worst[top] {
			top = i
		}
	}
	second := usual
	for i, w := range worst {
		if i < top-1 || i > top+1 {
			second = max(second, w)
		}
	}
	if second <= 0 {
		return 0
	}
	return math.Log(second / usual)
}

// factor returns how many times the worst of a normal month is unexpected, by
// the number of months known.
func (t *Thresholds) factor(months int) float64 {
	i := slices.IndexFunc(t.Factors[:], func(f Factor) bool { return months >= f.Months })
	return t.Factors[i].Times
}

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
	if e.lo < 28 || e.isCalm(n, s, sign) {
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
		hits = e.dayTest(n, s, hits)
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
		return e.adj[n.leaves[0]]
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
			if len(worst) == 0 || top < e.factor(worst)*median(slices.Clone(worst)) {
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
		if e.holds(s, h) && !slices.ContainsFunc(hits, func(o *hit) bool { return h.start <= o.end+7 && o.start <= h.end+7 }) {
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
	var recent, normal []float64
	for d := max(0, b-27); d <= b; d++ {
		if s.ok[d] {
			normal = append(normal, math.Abs(s.m[d]))
			if d > b-5 {
				recent = append(recent, over(d))
			}
		}
	}
	floor = e.t.Floor * median(normal)
	delta := max(e.t.BeginRecentPart*median(recent), floor, e.t.BeginMeanPart*sign*s.excess(k, b)/float64(k))
	start = b
	if k == 1 {
		for start > 0 && over(start-1) > delta {
			start--
		}
		return start, floor
	}
	sum, best := 0.0, math.Inf(-1)
	for d := b; d >= max(s.first, b-41); d-- {
		if sum += over(d) - delta; sum > best && over(d) > delta {
			best, start = sum, d
		}
	}
	return start, floor
}

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
	if len(ratios) < 5 {
		return start
	}
	least, quiet := e.t.QuietPart*median(ratios), e.t.QuietPart*median(usual)
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
	if from, to, ok := e.peak(h); ok {
		// A few days of it are nearly all of it; the rest is weather.
		h.start, h.end, h.ongoing, h.kind = from, to, to == e.last, usage.KindSpike
		h.expected = s.frozen(from)
	}
	e.drift(h, s)
	h.spread = s.spread(h.start)
}

// drift makes h a drift if it rises still. A drift begins before the days that
// give it away: with the first week that is 3 % or more above what growth and
// noise had the weeks be.
func (e *estate) drift(h *hit, s *series) {
	above := func(d int) float64 { return h.sign * s.excess(7, d) / max(s.expected(7, d), tiny) }
	var growth []float64
	for d := max(s.first+6, e.lo-56); d < e.lo; d++ {
		growth = append(growth, above(d))
	}
	usual := max(0, median(growth))
	for i := range growth {
		growth[i] = math.Abs(growth[i] - usual)
	}
	usual += max(e.t.DriftWeek, sigmas*median(growth))
	start := h.start
	for start > s.first+7 && above(start-1) > usual {
		if start--; start < e.lo-14 {
			return // no drift, but a level beside another
		}
	}
	to := min(h.end, e.settled)
	if !h.ongoing || to-start < 13 {
		return
	}
	early := *h
	early.start, early.expected = start, s.frozen(start)
	last := e.lift(&early, to-6, to)
	rises := last > e.t.DriftRise*max(0, e.lift(&early, start, start+6))
	steps := last <= e.t.DriftRise*e.lift(h, h.start, h.start+6) && (start == h.start || e.lift(&early, start,
		h.start-1) < e.t.DriftBefore*last)
	if rises && !steps && !e.atRest(h) {
		h.start, h.expected, h.kind = start, early.expected, usage.KindDrift
	}
}

// peak returns the run of at most four days that carries two thirds of h, if
// there is one.
func (e *estate) peak(h *hit) (from, to int, ok bool) {
	over := func(d int) float64 { return e.lift(h, d, d) }
	if h.end-h.start < 4 {
		return 0, 0, false
	}
	top := h.start
	for d := h.start; d <= h.end; d++ {
		if over(d) > over(top) {
			top = d
		}
	}
	for _, d := range []int{top - 7, top + 7} {
		if h.start <= d && d <= h.end && over(d) > e.t.PeakSidePart*over(top) {
			return 0, 0, false // again the week before or after: a pattern
		}
	}
	from, to = top, top
	for from > h.start && over(from-1) > e.t.PeakSidePart*over(top) {
		from--
	}
	for to < h.end && over(to+1) > e.t.PeakSidePart*over(top) {
		to++
	}
	sum := 0.0
	for d := from; d <= to; d++ {
		sum += over(d)
	}
	most := sum >= e.t.PeakPart*h.sign*h.impact()
	if !most && !h.ongoing {
		// Several such runs with usual days between are no level.
		var all []float64
		for d := h.start; d <= h.end; d++ {
			all = append(all, over(d))
		}
		most = median(all) <= e.t.PeakRestPart*over(top)
	}
	return from, to, to-from < 4 && to < e.settled && most
}

// lift returns the mean excess of the days from a to b.
func (e *estate) lift(h *hit, a, b int) float64 {
	sum, n := 0.0, 0
	for d := max(0, a); d <= min(b, e.days-1); d++ {
		if h.node.has[d] {
			sum += h.sign * (h.actual[d] - h.expected[d])
			n++
		}
	}
	return sum / float64(max(1, n))
}

// ends sets the end of h, whether it goes on, and its kind.
func (e *estate) ends(h *hit, floor float64) {
	over := func(d int) float64 {
		if !h.node.has[d] {
			return 0
		}
		return h.sign * (h.actual[d] - h.expected[d])
	}
	delta := max(floor, e.t.EndPart*e.lift(h, h.start, min(h.start+6, e.last)))
	h.ongoing = e.lasts(h, over, delta)
	h.kind = usage.KindLevel
	if h.ongoing {
		h.end = e.last
		for h.end > max(h.start, e.settled) && over(h.end) <= 0 {
			h.end-- // an incomplete day says nothing yet
		}
		if h.end-h.start < 2 {
			h.kind = usage.KindSpike
		}
		return
	}
	sum, best := 0.0, math.Inf(-1)
	for d := h.start; d <= e.last; d++ {
		if sum += over(d) - delta; sum > best {
			best, h.end = sum, d
		}
	}
	if h.end-h.start < 4 {
		h.kind = usage.KindSpike
	}
}

// lasts reports whether h goes on: whether its last two settled days are over.
// Days on which it does not show count neither way: those that were free of it
// a week earlier as well (a machine left on at weekends), and quiet days (a
// weekend in an office).
func (e *estate) lasts(h *hit, over func(int) float64, delta float64) bool {
	pattern := false
	for d := max(1, h.start); d < h.start+7 && d+7 <= e.settled; d++ {
		pattern = pattern || over(d) > delta && over(d+7) > delta
	}
	if pattern && e.settled-h.start >= 13 && e.lift(h, e.settled-6, e.settled) < e.t.FadedPart*e.lift(h, e.settled-13, e.settled-7) {
		return false
	}
	quiet := e.t.QuietPart * median(append([]float64(nil), h.expected[max(0, e.settled-6):e.settled+1]...))
	for d, seen := e.settled, 0; d >= max(h.start, e.settled-7) && seen < 2; d-- {
		if !h.node.has[d] {
			continue
		}
		if over(d) > delta {
			seen++
		} else if !(pattern && over(d-7) <= delta) && h.expected[d] >= quiet {
			return false
		}
	}
	return true
}

// holds reports whether an episode is worth a finding.
func (e *estate) holds(s *series, h *hit) bool {
	if !e.current(h) || !e.material(h) || h.start < 7 {
		return false
	}
	if h.sign < 0 && (!h.ongoing || !h.alarm || e.settled-h.start < 4) {
		return false // a dip, not yet a fall, or not a clear one
	}
	if h.sign < 0 && e.lift(h, h.start, e.settled) > 0 && !slices.ContainsFunc(h.actual[h.start:e.settled+1],
		func(y float64) bool { return y != 0 }) {
		return false // not a fall but an end
	}
	h.alarm = h.alarm && !e.monthly(s, h) && !e.restless(s, h)
	return !e.prorated(h) && (e.atRest(h) || !e.returns(s, h)) // idle days do not show in medians
}

// restless reports whether the level of h has changed as much before, and more than once: four
// weeks lay as far from what was expected of them, above or below, in two months that are apart.
func (e *estate) restless(s *series, h *hit) bool {
	if h.kind != usage.KindLevel || h.sign < 0 || e.atRest(h) { // idle days are little of four weeks
		return false
	}
	const k = 28
	like := e.t.RestlessPart * k * e.lift(h, h.start, h.end)
	times, last := 0, -2
	for q := range 12 {
		lo := e.lo - 28*q - 28
		if lo < s.first+k-1 {
			break
		}
		for b := lo; b < lo+28; b++ {
			if math.Abs(s.excess(k, b)) >= like {
				if q > last+1 {
					times++
				}
				last = q
				break
			}
		}
	}
	return times >= 2
}

// monthly reports whether h is a spike on a day of the month, counted from its
// start or its end, on which the month before had one of its size, too.
func (e *estate) monthly(s *series, h *hit) bool {
	if h.kind != usage.KindSpike {
		return false
	}
	top := h.start
	for d := h.start; d <= h.end; d++ {
		if e.lift(h, d, d) > e.lift(h, top, top) {
			top = d
		}
	}
	for _, p := range []int32{e.cal.fromHead[top][0], e.cal.toTail[top][0]} {
		if p >= 0 && h.sign*(s.y[p]-s.m[p]) >= e.t.LastMonthPart*e.lift(h, top, top) {
			return true
		}
	}
	return false
}

// prorated reports whether h is a monthly price spread over the days of its
// month: a step on the first, by the ratio of the months' lengths.
func (e *estate) prorated(h *hit) bool {
	d := e.day(h.start)
	month := d.Month()
	first := int(month.From - e.in.From)
	if h.kind == usage.KindSpike || first < 7 || h.start > first+7 {
		return false
	}
	a := median(append([]float64(nil), h.actual[first-7:first]...))
	b := median(append([]float64(nil), h.actual[first:min(first+7, e.settled+1)]...))
	if step := e.perDay(h, h.actual, 7) - e.perDay(h, h.expected, 7); math.Abs(step) > e.t.MonthStepPart*a {
		return false // no lengths of months explain so much
	}
	return a > 0 && e.monthLength(first, b/a)
}

// monthLength reports whether ratio is that of the lengths of the months
// before and after day first.
func (e *estate) monthLength(first int, ratio float64) bool {
	month := e.day(first).Month()
	r := float64((month.From - 1).Month().Days()) / float64(month.Days())
	return r != 1 && math.Abs(ratio-r) < e.t.MonthRatioNear
}

// returns reports whether h only goes back to what was normal earlier, after
// an outage or a long exception: by the median of the five to sixteen weeks
// before, little of it is left.
func (e *estate) returns(s *series, h *hit) bool {
	if h.kind == usage.KindSpike || h.kind == usage.KindDrift || h.start-42-28 < s.birth {
		return false
	}
	old, was := s.before(h.start, 29, 84), s.before(h.start, 1, 28)
	now := median(append([]float64(nil), s.y[h.start:h.end+1]...))
	step := h.sign * (now - was)
	return step > 0 && h.sign*(now-old) < e.t.ReturnsPart*step
}
