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
	grownDays    = 7    // days of a growth that is over, at least,
	grownLeast   = 3    // and days since
	risingOld    = 1.5  // times that the first of some makes of it, for an alarm, where it lies further back than others are looked for
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

// A fit is one of a shape to a path.
type fit struct {
	left   float64   // squares that it leaves
	at     []int     // the places in the path at which the levels after the first begin
	levels []float64 // what these are
}

// inLevels returns the best fits of one level to v, of two and so on, of which each may have the places that fits says of its number.
func inLevels(v []float64, most int, fits func(level, from, to int) bool) []fit {
	n := len(v)
	sum, squares := make([]float64, n+1), make([]float64, n+1)
	for i, x := range v {
		sum[i+1], squares[i+1] = sum[i]+x, squares[i]+x*x
	}
	mean := func(a, b int) float64 { return (sum[b] - sum[a]) / float64(b-a) }
	left := func(a, b int) float64 { return max(0, squares[b]-squares[a]-(sum[b]-sum[a])*mean(a, b)) }
	until, began := make([][]float64, most), make([][]int, most) // of so many levels up to a place, what they leave, and where the last begins
	for k := range most {
		until[k], began[k] = make([]float64, n+1), make([]int, n+1)
		for to := range n + 1 {
			until[k][to] = math.Inf(1)
			for from := range to {
				before := 0.0
				if k > 0 {
					before = until[k-1][from]
				} else if from > 0 {
					break
				}
				if before < until[k][to] && fits(k, from, to) {
					if l := before + left(from, to); l < until[k][to] {
						until[k][to], began[k][to] = l, from
					}
				}
			}
		}
	}
	out := make([]fit, most)
	for k := range out {
		out[k].left = until[k][n]
		to := n
		for j := k; j >= 0 && !math.IsInf(out[k].left, 1); j-- {
			from := began[j][to]
			out[k].levels = append(out[k].levels, mean(from, to))
			if to = from; j > 0 {
				out[k].at = append(out[k].at, from)
			}
		}
		slices.Reverse(out[k].at)
		slices.Reverse(out[k].levels)
	}
	return out
}

// inLevels returns the best fits of one level, of two, and of more with some days between them.
func (p path) inLevels(most int) []fit {
	n := len(p.v)
	return inLevels(p.v, most, func(level, from, to int) bool {
		switch {
		case level == 0:
			return to >= risingStart
		case to == n:
			return level == 1 || n-from >= risingLast
		}
		return p.days[to]-p.days[from] >= risingApart
	})
}

// growing returns the best fit of a level and a growth from a day on, and the growth a day.
func (p path) growing() (best fit, slope float64) {
	return p.growingAs(func(days float64) float64 { return days })
}

// slowing returns what the best fit of a growth leaves that goes on, but by less and less: by the same amount each day, which is a lesser
// part of what it has come to.
func (p path) slowing() (left float64) {
	left = math.Inf(1)
	for _, amount := range []float64{0.02, 0.05, 0.1, 0.2} { // of what it was before
		f, _ := p.growingAs(func(days float64) float64 { return math.Log1p(amount * days) })
		left = min(left, f.left)
	}
	return left
}

// growingAs is growing by what some days of it make.
func (p path) growingAs(by func(days float64) float64) (best fit, slope float64) {
	best.left = math.Inf(1)
	for at := risingStart; at < len(p.v)-risingDays; at++ {
		var n, x, xx, y, xy, yy float64
		for i, v := range p.v {
			w := by(max(0, float64(p.days[i]-p.days[at]+1)))
			n, x, xx, y, xy, yy = n+1, x+w, xx+w*w, y+v, xy+w*v, yy+v*v
		}
		xx, xy, yy = xx-x*x/n, xy-x*y/n, yy-y*y/n
		if left := max(0, yy-xy*xy/xx); left < best.left {
			best, slope = fit{left: left, at: []int{at}}, xy/xx
		}
	}
	return best, slope
}

// growingAndStep returns the best fit of a growth from one place on and of a step at another, the growth a day, and the step.
func (p path) growingAndStep() (best fit, slope, step float64) {
	best.left = math.Inf(1)
	n := len(p.v)
	type sums struct{ n, t, tt, v, tv float64 } // of the values from a place on
	since, all, squares := make([]sums, n+1), float64(n), 0.0
	for i := n - 1; i >= 0; i-- {
		t, v, s := float64(p.days[i]-p.days[0]), p.v[i], since[i+1]
		since[i], squares = sums{s.n + 1, s.t + t, s.tt + t*t, s.v + v, s.tv + t*v}, squares+v*v
	}
	mean := since[0].v / all
	squares -= all * mean * mean
	for at := risingStart; at < n-risingDays; at++ {
		first, w := float64(p.days[at]-p.days[0]-1), since[at]
		sumW := w.t - first*w.n
		ww, wv := w.tt-2*first*w.t+first*first*w.n-sumW*sumW/all, w.tv-first*w.v-sumW*mean
		for to := risingStart; to <= n-risingLast; to++ {
			if apart := p.days[at] - p.days[to]; apart < risingApart && -apart < risingApart {
				continue
			}
			s, both := since[to], since[max(at, to)]
			ss, sv, ws := s.n-s.n*s.n/all, s.v-s.n*mean, both.t-first*both.n-sumW*s.n/all
			det := ww*ss - ws*ws
			if det <= tiny*ww*ss {
				continue
			}
			grows, rises := (wv*ss-sv*ws)/det, (sv*ww-wv*ws)/det
			if left := max(0, squares-grows*wv-rises*sv); left < best.left {
				best, slope, step = fit{left: left, at: []int{at, to}}, grows, rises
			}
		}
	}
	return best, slope, step
}

// grown returns the best fit of a level, a growth from one place on, and the level it has come to before another; and the growth a day.
func (p path) grown() (best fit, slope float64) {
	best.left = math.Inf(1)
	n := len(p.v)
	type sums struct{ n, t, tt, v, tv float64 } // of the values from a place on
	since, all, squares := make([]sums, n+1), float64(n), 0.0
	for i := n - 1; i >= 0; i-- {
		t, v, s := float64(p.days[i]-p.days[0]), p.v[i], since[i+1]
		since[i], squares = sums{s.n + 1, s.t + t, s.tt + t*t, s.v + v, s.tv + t*v}, squares+v*v
	}
	mean := since[0].v / all
	squares -= all * mean * mean
	for at := risingStart; at < n-grownDays; at++ {
		first, a := float64(p.days[at]-p.days[0]-1), since[at]
		for to := at + grownDays; to <= n-grownLeast; to++ {
			b, reached := since[to], float64(p.days[to-1]-p.days[0])-first
			days, t := a.n-b.n, a.t-b.t // while it grows
			sumW := t - first*days + reached*b.n
			ww := a.tt - b.tt - 2*first*t + first*first*days + reached*reached*b.n - sumW*sumW/all
			wv := a.tv - b.tv - first*(a.v-b.v) + reached*b.v - sumW*mean
			if left := max(0, squares-wv*wv/ww); left < best.left {
				best, slope = fit{left: left, at: []int{at, to}}, wv/ww
			}
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
// which comes on top of first, and if it rose three times, both that do; there are none where h is one.
func (e *estate) retold(h *hit) (later []*hit, first *hit) {
	if h.sign < 0 || h.awake || h.price != nil || h.rule.Kind == RuleSlow || e.atRest(h) || !h.ongoing && !e.back(h) ||
		h.kind != usage.KindLevel && h.kind != usage.KindSpike && h.kind != usage.KindDrift ||
		slices.ContainsFunc(h.leaves, func(i int) bool { return e.repriced[i] }) {
		return nil, h
	}
	p := e.path(h)
	if len(p.v) < risingStart+risingLast {
		return nil, h
	}
	levels := p.inLevels(4)
	two, three, four := levels[1], levels[2], levels[3]
	grown, slope := p.growing()
	best := min(two.left, three.left)
	over, by := p.grown()
	goesOn := min(grown.left, p.slowing())
	others := min(best, goesOn, leftOfSteps(p.v, 2, risingLast))
	if p.steps(four) {
		others = min(others, four.left)
	}
	// What several do one after the other is no growth of theirs.
	grew := h.kind == usage.KindDrift || len(e.units(h.leaves)) == 1 || p.grows(grown, slope, best)
	if h.ongoing && grew && p.grows(over, by, others) {
		return nil, e.asGrown(h, p.days[over.at[0]], p.days[over.at[1]-1])
	}
	if p.steps(four) && min(best, grown.left)-four.left >= risingSure*p.noise(four, 7) {
		if later, first, is := e.growsBeside(h, p, min(best, four.left, grown.left)); is {
			return later, first
		}
		return e.inSteps(h, p, four)
	}
	if later, first, is := e.growsBeside(h, p, min(best, grown.left)); is {
		return later, first
	}
	if p.grows(grown, slope, best) {
		return nil, e.asGrowth(h, p.days[grown.at[0]])
	}
	if !p.steps(three) || min(two.left, grown.left)-three.left < risingSure*p.noise(three, 5) {
		switch {
		case h.kind != usage.KindDrift:
			return nil, e.easing(e.uponLevel(h, p), p)
		case !p.grows(over, by, goesOn):
			return nil, h
		}
		h.kind = usage.KindLevel // whatever it did, it grows no more
		if over.left <= best {
			h.grown = p.days[over.at[1]-1]
		}
		return nil, h
	}
	return e.inSteps(h, p, three)
}

// grows reports whether f is of a growth that is clearer than other shapes, by so much a day.
func (p path) grows(f fit, slope, others float64) bool {
	if math.IsInf(f.left, 1) {
		return false
	}
	last := len(p.days) - 1
	if len(f.at) > 1 {
		last = f.at[1] - 1
	}
	return slope >= risingSlow && others-f.left >= risingSure*p.noise(f, 2+len(f.at)) &&
		slope*float64(p.days[last]-p.days[f.at[0]]+1) >= math.Log(risingRise)
}

// asGrown has h be a level to which it grew from one day to another.
func (e *estate) asGrown(h *hit, from, to int) *hit {
	e.since(h, from)
	h.kind, h.grown = usage.KindLevel, to
	return h
}

// asGrowth has h begin on the day on which it begins to grow.
func (e *estate) asGrowth(h *hit, day int) *hit {
	if e.since(h, day); h.ongoing {
		h.kind = usage.KindDrift
	}
	return h
}

// steps reports whether f is of levels of which each is clearly higher than the one before.
func (p path) steps(f fit) bool {
	if math.IsInf(f.left, 1) || p.late(f) {
		return false
	}
	noise := p.noise(f, 2*len(f.levels)-1)
	for k := 1; k < len(f.levels); k++ {
		if by := f.levels[k] - f.levels[k-1]; by < math.Log(risingRise) || by < risingSteep*math.Sqrt(noise) {
			return false
		}
	}
	return true
}

// inSteps parts h into the rises of f, if it is one of them.
func (e *estate) inSteps(h *hit, p path, f fit) (later []*hit, first *hit) {
	var days []int
	for _, at := range f.at {
		days = append(days, p.days[at])
	}
	last := days[len(days)-1]
	refunded := h.actual[h.start-1] <= 0 // what came before that is hidden by it
	if h.start > last+3 && !refunded || h.start < days[0]-risingApart {
		return nil, h
	}
	return e.parts(h, days)
}

// parts parts h into the rises of some days, the last of them first, but for those that are so old that they are how it is by now.
func (e *estate) parts(h *hit, days []int) (later []*hit, first *hit) {
	whole := *h
	whole.kind = usage.KindLevel
	if e.since(&whole, days[0]); !e.material(&whole) {
		return nil, h
	}
	first = &whole
	for k := len(days) - 1; k > 0; k-- {
		next, before := e.twice(first, days[k-1], days[k])
		if next == nil {
			return nil, h
		}
		later, first = append(later, next), before
	}
	all := append(slices.Clone(later), first)
	for i, part := range all {
		k := len(days) - 1 - i
		from, to := max(0, days[0]-risingBefore), min(h.end, e.settled)
		if k > 0 {
			from = days[k-1]
		}
		if k+1 < len(days) {
			to = days[k+1] - 1
		}
		part.own = e.levelRule(h, from, days[k], to)
	}
	for _, h := range all {
		if h.start <= e.last-Review && h.impact() < (risingOld-1)*e.sumOf(h, h.expected) {
			h.alarm = false
		}
		h.beside = make([]float64, e.days)
		for _, o := range all {
			for d := o.start; d < e.days && o != h; d++ {
				h.beside[d] += o.actual[d] - o.expected[d]
			}
		}
	}
	for len(later) > 0 && !e.current(first) {
		later, first = later[:len(later)-1], later[len(later)-1]
	}
	return later, first
}

// levelRule says what h cost from one day to before another, and since then to a third.
func (e *estate) levelRule(h *hit, from, day, to int) Rule {
	costs := func(from, to int) (v []float64) {
		for d := from; d <= to; d++ {
			if h.node.has[d] {
				v = append(v, h.actual[d])
			}
		}
		return v
	}
	was, now := costs(from, day-1), costs(day, to)
	r := Rule{
		Kind: RuleLevel, Day: e.day(day), Days: len(now), DaysBefore: len(was),
		Amount: Median(slices.Clone(now)), Usual: Median(slices.Clone(was)),
	}
	var off []float64
	for _, v := range was {
		off = append(off, math.Abs(v-r.Usual))
	}
	for _, v := range now {
		off = append(off, math.Abs(v-r.Amount))
	}
	r.Noise = sigmas * Median(off)
	return r
}

// growsBeside is retold of what rises on a day and grows from another on, if that is so: what grows after it rose are two, and what
// rises in the midst of its growth is a growth.
func (e *estate) growsBeside(h *hit, p path, others float64) (later []*hit, first *hit, is bool) {
	f, slope, step := p.growingAndStep()
	if math.IsInf(f.left, 1) {
		return nil, nil, false // too few days
	}
	grows, rises := p.days[f.at[0]], p.days[f.at[1]]
	noise, grown := p.noise(f, 5), slope*float64(p.days[len(p.days)-1]-grows+1)
	if others-f.left < risingSure*noise || step < max(math.Log(risingRise), risingSteep*math.Sqrt(noise)) || slope < risingSlow ||
		grown < math.Log(risingRise) {
		return nil, nil, false
	}
	if grows < rises {
		return nil, e.asGrowth(h, grows), true
	}
	if h.start < rises-risingApart {
		return nil, nil, false
	}
	later, first = e.parts(h, []int{rises, grows})
	for _, g := range append(slices.Clone(later), first) {
		if g.start == grows && h.ongoing {
			g.kind = usage.KindDrift
		}
	}
	return later, first, true
}

// back reports whether h, which is over, left a level: since then it has cost what it did before.
func (e *estate) back(h *hit) bool {
	return h.kind == usage.KindLevel && h.end < e.settled && e.lift(h, h.end+1, e.settled) <= risingBack*e.lift(h, h.start, h.end)
}

// late reports whether the last of some levels begins too early, so that it has days enough.
func (p path) late(f fit) bool {
	k := len(f.at) - 1
	to := f.at[k]
	return to == len(p.v)-risingLast && p.v[to] < (f.levels[k]+p.v[to+1])/2
}

// uponLevel returns h, which is high since a few days, from the day on from which it had been higher for some time: until the last
// days have settled, they are a part of that.
func (e *estate) uponLevel(h *hit, p path) *hit {
	n, _ := slices.BinarySearch(p.days, h.start)
	p.days, p.v = p.days[:n], p.v[:n]
	if n < risingStart+risingApart || !h.ongoing || e.settled-h.start >= risingApart {
		return h
	}
	levels := p.inLevels(3)
	two, three := levels[1], levels[2]
	grown, _ := p.growing()
	noise := p.noise(two, 3)
	at := p.days[two.at[0]]
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
// those alone no others do. Of what is new some days of work that have settled, and do not show it either, say that it is over, though
// it costs a little.
func (e *estate) pending(h *hit) (last int, pending, over bool) {
	const week, part = 7, 0.25
	least, quiet := part*e.lift(h, h.start, min(h.start+week-1, e.settled)), e.quiet(h.expected, e.settled)
	rests := func(d int) bool {
		w := e.day(d).Weekday() // of what is new it is not known
		return h.expected[d] < quiet || h.kind == usage.KindNew && (w == time.Saturday || w == time.Sunday)
	}
	last = e.last
	says := false // a day of work does not show it
	for ; last >= h.start && e.lift(h, last, last) <= least; last-- {
		says = says || !rests(last)
	}
	if !says {
		return last, false, false
	}
	worked, since := false, 0
	for d := h.start; d <= e.settled; d++ {
		worked = worked || d <= last && !rests(d)
		if d > last && h.node.has[d] && !rests(d) {
			since++
		}
	}
	some := h.kind == usage.KindLevel || h.kind == usage.KindSpike || h.kind == usage.KindNew
	pending = some && h.ongoing && h.sign > 0 && !h.awake && worked && last <= e.last-2 && last-h.start < week-1
	return last, pending, pending && h.kind == usage.KindNew && since >= overSince
}

const overSince = 3 // days of work that do not show what is new, at least, where it is over

// easing returns h, a level that goes on, with the day since which it is lower than it was at first, if it is clearly so.
func (e *estate) easing(h *hit, p path) *hit {
	n, _ := slices.BinarySearch(p.days, h.start)
	p.days, p.v = p.days[n:], p.v[n:]
	if !h.ongoing || h.kind != usage.KindLevel || len(p.v) < easedFirst+risingLast {
		return h
	}
	f := inLevels(p.v, 2, func(level, from, to int) bool {
		return level == 0 && to >= easedFirst || level == 1 && to-from >= risingLast
	})
	one, two := f[0], f[1]
	noise := p.noise(two, 3)
	if two.left > 0 && (math.IsInf(two.left, 1) || one.left-two.left < risingSure*noise) {
		return h
	}
	day := p.days[two.at[0]]
	was, now := e.lift(h, h.start, day-1), e.lift(h, day, e.settled)
	if two.levels[0]-two.levels[1] < risingSteep*math.Sqrt(noise) || now > easedMost*was {
		return h
	}
	out := *h
	out.eased = day
	return &out
}

const (
	easedFirst = 3    // days of a level, at least, before it is lower
	easedMost  = 0.75 // part of what it was above what was usual that it is then, at most
)

// since has h begin on another day.
func (e *estate) since(h *hit, start int) {
	var s series
	s.fill(e.cal, h.actual, h.node.has)
	h.start, h.expected, h.spread = start, s.frozen(start), s.spread(start)
}

// twice parts whole, a level that rose again on a day and has been as high as it was then since an earlier one, into the last rise and
// what was before.
func (e *estate) twice(whole *hit, since, day int) (later, first *hit) {
	second, one := *whole, *whole
	second.start, second.leafExpected, second.wasUsed = day, make(map[int][]float64), make(map[int][]float64)
	second.expected, one.used = slices.Clone(whole.expected), make(map[int][]float64)
	var s series
	// before returns y as if it had stayed as it was between the two.
	before := func(y []float64) []float64 {
		usual := s.frozenSpan(e.cal, y, whole.node.has, whole.start, e.days-1)
		was, expected, n := 0.0, 0.0, 0.0
		for d := since; d < day; d++ {
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
	return &second, &one
}
