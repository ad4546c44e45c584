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
	grownSlow    = 0.01 // of a growth that is over: nothing else sees that it was one
	grownDays    = 7    // days of a growth that is over, at least,
	grownLeast   = 3    // and days since
	risingOld    = 1.5  // times that the first of some makes of it, for an alarm, where it lies further back than others are looked for
)

// retold says what h, a rise that lasts or did for some days, is by all of its days. What grows from a day on is a drift since
// that day. What rose again after it had risen is two levels, each with its own start: later is the second of them,
// which comes on top of first, and if it rose three times, both that do; there are none where h is one.
func (e *estate) retold(h *hit) (later []*hit, first *hit) {
	if h.sign < 0 || h.awake || h.price != nil || h.rule.Kind == RuleSlow || e.atRest(h) || !h.ongoing && !e.back(h) ||
		h.kind != usage.KindLevel && h.kind != usage.KindSpike && h.kind != usage.KindDrift ||
		slices.ContainsFunc(h.leaves, func(i int) bool { return e.repriced[i] != nil }) {
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
			return nil, e.slowed(h)
		}
		h.kind = usage.KindLevel // whatever it did, it grows no more
		if over.left <= best {
			h.grown = p.days[over.at[1]-1]
		}
		return nil, h
	}
	return e.inSteps(h, p, three)
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
