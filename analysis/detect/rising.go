package detect

import (
	"math"
	"slices"
	"time"

	"usagereport/usage"
)

// How something rises is seen by the logarithms of its days: at one level and then at another, at three one after
// the other, or by and by from a day on. Where a rise begins and what it is must not depend on how many of its days
// are known, so each evening all of them are fitted anew.

const (
	risingBefore = 35   // days before the review that are looked at, too
	risingStart  = 7    // days before a rise, at least
	risingApart  = 7    // days between two steps, at least
	risingLast   = 2    // days of the last level, at least
	risingSteep  = 4.0  // deviations of a step, at least
	risingSure   = 12.0 // squares of the noise that one shape leaves more than another, to be worse
	risingDays   = 5    // days of a growth, at least
	risingBack   = 0.2  // part of a rise that is left when it is over, at most
	risingSlow   = 0.02 // of a growth a day, at least: what is slower is seen by its weeks
	risingRise   = 1.25 // times that a step makes of a level, at least, or a growth
)

// A path is the logarithms of some days, without those that are quiet and without what weekdays differ by.
type path struct {
	days []int
	v    []float64
}

// path returns that of h, from before the review to its last day that has settled, without days of which some was given back; none
// where it cost nothing on some others.
func (e *estate) path(h *hit) (p path) {
	first := 0
	for first < h.start && (h.actual[first] <= 0 || !h.node.has[first]) {
		first++
	}
	last := e.settled
	if !h.ongoing {
		last = min(last, h.end)
	}
	quiet := e.quiet(h.expected, e.last)
	usual := func(d int) float64 { return h.expected[e.last-(e.last-d)%7] } // at first none is known
	var days []int
	for d := max(first, e.lo-risingBefore, e.settled-recentDays); d <= last; d++ {
		if h.node.has[d] && usual(d) >= quiet {
			days = append(days, d)
		}
	}
	days = withoutRefunds(days, func(d int) float64 { return h.actual[d] / max(usual(d), tiny) })
	log := make([]float64, e.days)
	for _, d := range days {
		if h.actual[d] <= 0 {
			return path{}
		}
		log[d] = math.Log(h.actual[d])
	}
	var off [7][]float64
	for i, d := range days {
		sum, n := 0.0, 0.0
		for _, other := range days[max(0, i-6):min(len(days), i+7)] {
			if other >= d-3 && other <= d+3 {
				sum, n = sum+log[other], n+1
			}
		}
		off[d%7] = append(off[d%7], log[d]-sum/n)
	}
	var weekday [7]float64
	for w, v := range off {
		if len(v) >= 3 {
			weekday[w] = Median(v)
		}
	}
	for _, d := range days {
		p.days, p.v = append(p.days, d), append(p.v, log[d]-weekday[d%7])
	}
	return p
}

// withoutRefunds returns days without the few that cost, of what is usual, less than half of those before and after them: some of
// it was given back. What does so often goes up and down, and keeps all of them.
func withoutRefunds(days []int, part func(d int) float64) []int {
	const near, seldom = 3, 0.1
	median := func(days []int) float64 {
		var v []float64
		for _, d := range days {
			v = append(v, part(d))
		}
		return Median(v)
	}
	var out []int
	for i, d := range days {
		before, after := days[max(0, i-near):i], days[i+1:min(len(days), i+1+near)]
		last := len(after) == 0 && part(d) > 0 // it may be over
		if last || len(before) < near || part(d) >= refundPart*median(before) || len(after) > 0 && part(d) >= refundPart*median(after) {
			out = append(out, d)
		}
	}
	if float64(len(days)-len(out)) > seldom*float64(len(days)) {
		return days
	}
	return out
}

// sums are of the first n values: the values, and their squares.
func (p path) sums() (sum, squares []float64) {
	sum, squares = make([]float64, len(p.v)+1), make([]float64, len(p.v)+1)
	for i, x := range p.v {
		sum[i+1], squares[i+1] = sum[i]+x, squares[i]+x*x
	}
	return sum, squares
}

// A fit is one of a shape to a path.
type fit struct {
	left   float64 // squares that it leaves
	at, to int     // the places in the path at which the first level ends, and the second of three
	levels [3]float64
}

// inLevels returns the best fits of two levels and of three.
func (p path) inLevels() (two, three fit) {
	sum, squares := p.sums()
	n := len(p.v)
	mean := func(a, b int) float64 { return (sum[b] - sum[a]) / float64(b-a) }
	left := func(a, b int) float64 { return max(0, squares[b]-squares[a]-(sum[b]-sum[a])*mean(a, b)) }
	two.left, three.left = math.Inf(1), math.Inf(1)
	for at := risingStart; at < n; at++ {
		if l := left(0, at) + left(at, n); l < two.left {
			two = fit{l, at, n, [3]float64{mean(0, at), mean(at, n), mean(at, n)}}
		}
		for to := at + 1; to <= n-risingLast; to++ {
			if p.days[to]-p.days[at] < risingApart {
				continue
			}
			if l := left(0, at) + left(at, to) + left(to, n); l < three.left {
				three = fit{l, at, to, [3]float64{mean(0, at), mean(at, to), mean(to, n)}}
			}
		}
	}
	return two, three
}

// growing returns the best fit of a level and a growth from a day on, and the growth a day.
func (p path) growing() (best fit, slope float64) {
	best.left = math.Inf(1)
	for at := risingStart; at < len(p.v)-risingDays; at++ {
		var n, x, xx, y, xy, yy float64
		for i, v := range p.v {
			w := max(0, float64(p.days[i]-p.days[at]+1))
			n, x, xx, y, xy, yy = n+1, x+w, xx+w*w, y+v, xy+w*v, yy+v*v
		}
		xx, xy, yy = xx-x*x/n, xy-x*y/n, yy-y*y/n
		if left := max(0, yy-xy*xy/xx); left < best.left {
			best, slope = fit{left: left, at: at}, xy/xx
		}
	}
	return best, slope
}

// noise is the square of what a fit with so many numbers leaves of a day.
func (p path) noise(f fit, numbers int) float64 {
	return max(1e-6, f.left/float64(max(1, len(p.v)-numbers)))
}

// retold says what h, a rise that lasts or did for some days, is by all of its days. What grows from a day on is a drift since
// that day. What rose again after it had risen is two levels, each with its own start: later is the second of them,
// which comes on top of first; it is nil where h is one.
func (e *estate) retold(h *hit) (later, first *hit) {
	if h.sign < 0 || h.awake || h.price != nil || h.rule.Kind == RuleSlow || e.atRest(h) || !h.ongoing && !e.back(h) ||
		h.kind != usage.KindLevel && h.kind != usage.KindSpike && h.kind != usage.KindDrift ||
		slices.ContainsFunc(h.leaves, func(i int) bool { return e.repriced[i] }) {
		return nil, h
	}
	p := e.path(h)
	if len(p.v) < risingStart+risingLast {
		return nil, h
	}
	two, three := p.inLevels()
	grown, slope := p.growing()
	noise := p.noise(grown, 3)
	best := min(two.left, three.left)
	if at := grown.at; slope >= risingSlow && best-grown.left >= risingSure*noise &&
		slope*float64(p.days[len(p.days)-1]-p.days[at]+1) >= math.Log(risingRise) {
		if e.since(h, p.days[at]); h.ongoing {
			h.kind = usage.KindDrift
		}
		return nil, h
	}
	noise = p.noise(three, 5)
	step := func(k int) bool {
		by := three.levels[k] - three.levels[k-1]
		return by >= math.Log(risingRise) && by >= risingSteep*math.Sqrt(noise)
	}
	if math.IsInf(three.left, 1) || !step(1) || !step(2) || min(two.left, grown.left)-three.left < risingSure*noise || p.late(three) {
		if h.kind == usage.KindDrift {
			return nil, h
		}
		return nil, e.uponLevel(h, p)
	}
	at, to := p.days[three.at], p.days[three.to]
	old := at <= e.last-Review           // the first is how it is by now
	refunded := h.actual[h.start-1] <= 0 // what came before that is hidden by it
	if h.start > to+3 && !refunded || !old && h.start < at-risingApart || old && h.start < to-3 {
		return nil, h
	}
	whole := *h
	whole.kind = usage.KindLevel
	if e.since(&whole, at); !e.material(&whole) {
		return nil, h
	}
	if later, first = e.twice(&whole, to); old && later != nil {
		return nil, later
	} else if later == nil {
		return nil, h
	}
	return later, first
}

// back reports whether h, which is over, left a level: since then it has cost what it did before.
func (e *estate) back(h *hit) bool {
	return h.kind == usage.KindLevel && h.end < e.settled && e.lift(h, h.end+1, e.settled) <= risingBack*e.lift(h, h.start, h.end)
}

// late reports whether the last of three levels begins too early, so that it has days enough.
func (p path) late(three fit) bool {
	return three.to == len(p.v)-risingLast && p.v[three.to] < (three.levels[1]+p.v[three.to+1])/2
}

// uponLevel returns h, which is high since a few days, from the day on from which it had been higher for some time: until the last
// days have settled, they are a part of that.
func (e *estate) uponLevel(h *hit, p path) *hit {
	n, _ := slices.BinarySearch(p.days, h.start)
	p.days, p.v = p.days[:n], p.v[:n]
	if n < risingStart+risingApart || !h.ongoing || e.settled-h.start >= risingApart {
		return h
	}
	two, three := p.inLevels()
	grown, _ := p.growing()
	noise := p.noise(two, 3)
	at := p.days[two.at]
	by := two.levels[1] - two.levels[0]
	if by < math.Log(risingRise) || by < risingSteep*math.Sqrt(noise) || two.left-min(three.left, grown.left) >= risingSure*noise ||
		h.start-at < risingApart || at < e.lo-14 {
		return h
	}
	whole := *h
	if e.since(&whole, at); !e.material(&whole) {
		return h
	}
	whole.kind = usage.KindLevel
	return &whole
}

// pending reports whether h, some high days, or a level or what is new of less than a week, shows on none of the days that have not
// settled: whether it lasts is not known. Then its last day is the last on which it shows. Days of rest do not say it, and of what shows on
// those alone no others do.
func (e *estate) pending(h *hit) (last int, pending bool) {
	const week, part = 7, 0.25
	least, quiet := part*e.lift(h, h.start, min(h.start+week-1, e.settled)), e.quiet(h.expected, e.settled)
	rests := func(d int) bool {
		w := e.day(d).Weekday() // of what is new it is not known
		return h.expected[d] < quiet || h.kind == usage.KindNew && (w == time.Saturday || w == time.Sunday)
	}
	last = e.last
	for ; last >= h.start && e.lift(h, last, last) <= least; last-- {
		if rests(last) {
			return last, false
		}
	}
	worked := false
	for d := h.start; d <= last; d++ {
		worked = worked || !rests(d)
	}
	some := h.kind == usage.KindLevel || h.kind == usage.KindSpike || h.kind == usage.KindNew
	return last, some && h.ongoing && h.sign > 0 && !h.awake && worked &&
		last <= e.last-2 && last-h.start < week-1
}

// since has h begin on another day.
func (e *estate) since(h *hit, start int) {
	var s series
	s.fill(e.cal, h.actual, h.node.has)
	h.start, h.expected, h.spread = start, s.frozen(start), s.spread(start)
}

// twice parts whole, a level that rose again on a day, into the two rises.
func (e *estate) twice(whole *hit, day int) (later, first *hit) {
	second, one := *whole, *whole
	second.start, second.leafExpected, second.wasUsed = day, make(map[int][]float64), make(map[int][]float64)
	second.expected, one.used = slices.Clone(whole.expected), make(map[int][]float64)
	var s series
	// before returns y as if it had stayed as it was between the two.
	before := func(y []float64) []float64 {
		usual := s.frozenSpan(e.cal, y, whole.node.has, whole.start, e.days-1)
		was, expected, n := 0.0, 0.0, 0.0
		for d := whole.start; d < day; d++ {
			if whole.node.has[d] {
				was, expected, n = was+y[d], expected+usual[d-whole.start], n+1
			}
		}
		out := slices.Clone(y)
		for d := day; d < e.days; d++ {
			if out[d] = was / max(1, n); expected > 0 {
				out[d] = usual[d-whole.start] * was / expected
			}
		}
		return out
	}
	for d := day; d < e.days; d++ {
		second.expected[d] = 0
	}
	for _, i := range whole.leaves {
		second.leafExpected[i] = before(e.adj[i].copy(e.days))
		used := before(e.quantity[i].copy(e.days))
		second.wasUsed[i], one.used[i] = used, used
		for d := day; d < e.days; d++ {
			second.expected[d] += second.leafExpected[i][d]
		}
	}
	one.actual = slices.Clone(whole.actual)
	for d := day; d < e.days; d++ {
		one.actual[d] = second.expected[d]
	}
	if second.beyond, one.beyond = second.impact(), one.impact(); !e.material(&second) || !e.material(&one) {
		return nil, nil
	}
	one.beside, second.beside = make([]float64, e.days), make([]float64, e.days)
	for d := range e.days {
		if d >= day {
			one.beside[d] = second.actual[d] - second.expected[d]
		}
		if d >= one.start {
			second.beside[d] = one.actual[d] - one.expected[d]
		}
	}
	return &second, &one
}
