package detect

import (
	"cmp"
	"math"
	"slices"

	"usagereport/usage"
)

// prices finds changes of unit prices, one for each meter, or for a service
// where its meters change alike. Cost at the old price takes the place of what
// was charged.
func (e *estate) prices(sign float64) []*hit {
	rule := e.rule
	e.rule = func(n *node, _ *series, sign float64) []*hit { return e.price(n, sign) }
	hits := e.test(e.meters, sign)
	e.rule = rule

	// Meters of one service that change alike; then all that there is, as by
	// another exchange rate or discount.
	hits = e.sameRatio(hits, func(h *hit) string { return h.node.scope[usage.Service] }, func(hs []*hit) usage.Series {
		return usage.Series{usage.Service: hs[0].node.scope[usage.Service]}
	})
	hits = e.sameRatio(hits, func(*hit) string { return "" }, e.everything)
	return slices.DeleteFunc(hits, func(h *hit) bool { return !e.current(h) || !e.material(h) })
}

// sameRatio joins hits of the same key whose prices change by the same ratio within
// three days, where scope gives what they are together a name.
func (e *estate) sameRatio(hits []*hit, key func(*hit) string, scope func([]*hit) usage.Series) []*hit {
	slices.SortStableFunc(hits, func(a, b *hit) int { return cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(a.start, b.start)) })
	var out []*hit
	for i := 0; i < len(hits); {
		h := hits[i]
		j := i + 1
		for j < len(hits) && key(hits[j]) == key(h) && hits[j].start <= h.start+3 &&
			math.Abs(hits[j].ratio-h.ratio) < e.t.PriceAlike*h.ratio && hits[j].ongoing == h.ongoing {
			j++
		}
		name := usage.Series(nil)
		if j > i+1 {
			name = scope(hits[i:j])
		}
		if name == nil {
			out = append(out, hits[i:j]...)
			i = j
			continue
		}
		all := &hit{
			node: &node{scope: name, has: h.node.has}, kind: usage.KindPrice, sign: h.sign,
			start: h.start, end: h.end, ongoing: h.ongoing, ratio: h.ratio, rule: h.rule, leafExpected: make(map[int][]float64),
			took:   make(map[int][]float64),
			actual: make([]float64, e.days), expected: make([]float64, e.days),
		}
		for _, x := range hits[i:j] {
			all.end = max(all.end, x.end)
			all.leaves = append(all.leaves, x.leaves...)
			all.alarm = all.alarm || x.alarm
			all.rule.Varies = all.rule.Varies || x.rule.Varies
			all.beyond += x.beyond
			all.spread += x.spread
			for d := range e.days {
				all.actual[d] += x.actual[d]
				all.expected[d] += x.expected[d]
			}
			for i, v := range x.leafExpected {
				all.leafExpected[i] = v
			}
		}
		slices.Sort(all.leaves)
		out = append(out, all)
		i = j
	}
	return out
}

// everything names hits that are nine tenths of all cost in the four weeks
// before: their subscription, or nothing where they are of several. What is less
// has no name of its own.
func (e *estate) everything(hs []*hit) usage.Series {
	var part, all float64
	var leaves []int
	in := make([]bool, len(e.full))
	for _, h := range hs {
		leaves = append(leaves, h.leaves...)
		for _, i := range h.leaves {
			in[i] = true
		}
	}
	for i := range e.full {
		for d := max(0, hs[0].start-28); d < hs[0].start; d++ {
			all += e.full[i].at(d)
			if in[i] {
				part += e.full[i].at(d)
			}
		}
	}
	if part < e.t.AllCostPart*all {
		return nil
	}
	name := usage.Series{}
	if v, same := e.common(leaves, usage.SubAccount); same {
		name[usage.SubAccount] = v
	}
	return name
}

// price finds lasting changes of the price of meter n: of all its leaves whose
// unit price turned within three days of each other, by much the same ratio.
func (e *estate) price(n *node, sign float64) []*hit {
	type change struct {
		turn
		leaf int
	}
	var all []change
	alone := make(map[int]bool) // leaves whose change is seen without the others
	for _, i := range n.leaves {
		if t, ok := e.turned(i, n.has); ok && sign*(t.now/t.was-1) >= e.t.PriceChange {
			all, alone[i] = append(all, change{t, i}), true
		}
	}
	slices.SortStableFunc(all, func(a, b change) int { return cmp.Compare(a.day, b.day) })
	var out []*hit
	for len(all) > 0 {
		// The day is that of a price which is known day by day, if there is one.
		lead := 0
		for k, c := range all {
			if c.seen >= 3 && c.from == c.day {
				lead = k
				break
			}
		}
		h := &hit{node: n, kind: usage.KindPrice, sign: sign, alarm: true, start: all[lead].day}
		h.leafExpected, h.took = make(map[int][]float64), make(map[int][]float64)
		varies := false
		first, seen := all[lead].now/all[lead].was, 0
		var ratios []float64
		var rest []change
		for _, c := range all {
			r := c.now / c.was
			if c.from > h.start+3 || c.day < h.start-3 || math.Abs(math.Log(r/first)) > e.t.PriceLogPart*math.Abs(math.Log(first)) {
				rest = append(rest, c)
				continue
			}
			ratios, seen, varies = append(ratios, r), max(seen, c.seen), varies || !e.onePriceSince(c.leaf, n.has, c.turn)
			h.leaves = append(h.leaves, c.leaf)
			h.leafExpected[c.leaf] = e.atOldPrice(c.leaf, c.turn)
		}
		all = rest
		if h.ratio = Median(ratios); seen < 3 {
			continue // too young to be more than a mixed-up day
		}
		for _, i := range n.leaves {
			if alone[i] {
				continue
			}
			if t, ok := e.turnedToo(i, n.has, h); ok {
				h.leaves = append(h.leaves, i)
				h.leafExpected[i] = e.atOldPrice(i, t)
			}
		}
		slices.Sort(h.leaves)
		if first := int(e.day(h.start).Month().From - e.in.From); h.start-first < 7 && e.monthLength(first, h.ratio) {
			continue
		}
		h.actual, h.expected = e.sum(e.full, h.leaves), make([]float64, e.days)
		for _, i := range h.leaves {
			for d, x := range h.leafExpected[i] {
				h.expected[d] += x
			}
		}
		e.ends(h, e.t.PriceEndPart*e.perDay(h, h.expected, 28))
		if h.kind = usage.KindPrice; !h.ongoing {
			continue
		}
		h.beyond = sign * h.impact()
		h.node = e.named(n, h.leaves)
		h.rule = Rule{Kind: RulePrice, Day: e.day(h.start), Times: h.ratio, Varies: varies}
		out = append(out, h)
	}
	return out
}

// atOldPrice returns what leaf i cost, and since a change of its price what it would have cost without.
func (e *estate) atOldPrice(i int, t turn) []float64 {
	x := e.full[i].copy(e.days)
	for d := t.day; d < e.days; d++ {
		if q := e.quantity[i].at(d); q > 0 {
			x[d] = t.was * q * t.week[d%7]
		}
	}
	return x
}

// turnedToo returns the change of leaf i with that of its meter, h, where its own days are too few to tell: it was used
// on a few days before, as what began lately or rests on weekends in a short history. Its price was one until then, and is
// another since, by the ratio of the others.
func (e *estate) turnedToo(i int, has []bool, h *hit) (turn, bool) {
	p, days := e.unitPrices(i, has, e.pricedFrom(), e.settled+1)
	at, _ := slices.BinarySearch(days, h.start)
	before, since := p[:at], p[at:]
	if !e.onePrice(before) || !e.onePrice(since) {
		return turn{}, false
	}
	t := turn{day: h.start, was: Median(before), now: Median(since), week: [7]float64{1, 1, 1, 1, 1, 1, 1}}
	return t, math.Abs(t.now/t.was-h.ratio) < e.t.PriceAlike*h.ratio
}

// pricedFrom is the first day of which the price of a unit is looked at.
func (e *estate) pricedFrom() int { return max(0, e.lo-70) }

// unitPrices returns what a unit of leaf i cost on each of the days from one to before another that tell, and these.
func (e *estate) unitPrices(i int, has []bool, from, to int) (p []float64, days []int) {
	for d := from; d < to; d++ {
		if q, y := e.quantity[i].at(d), e.full[i].at(d); q > 0 && y > 0 && has[d] {
			p, days = append(p, y/q), append(days, d)
		}
	}
	return p, days
}

// onePrice says whether there are prices, and all are one.
func (e *estate) onePrice(p []float64) bool {
	return len(p) > 0 && slices.Min(p) >= e.t.PriceConstant*slices.Max(p)
}

// onePriceSince says whether a unit of leaf i has had one price since t.
func (e *estate) onePriceSince(i int, has []bool, t turn) bool {
	p, days := e.unitPrices(i, has, t.day, e.settled+1)
	for k, d := range days {
		p[k] /= t.week[d%7]
	}
	return e.onePrice(p)
}

// named returns the node of the leaves of meter n whose price changed: the
// meter, or less if it is only one resource or subscription of several.
func (e *estate) named(n *node, leaves []int) *node {
	out := &node{scope: usage.Series{}, has: n.has, leaves: leaves}
	for d, v := range n.scope {
		out.scope[d] = v
	}
	var others bool
	for _, i := range n.leaves {
		if _, found := slices.BinarySearch(leaves, i); !found && e.full[i].any(e.lo) {
			others = true
		}
	}
	if others {
		dims := []usage.Dimension{usage.SubAccount}
		if len(e.units(leaves)) == 1 {
			dims = append(dims, usage.ResourceGroup, usage.Resource)
		}
		for _, d := range dims {
			if v, same := e.common(leaves, d); same {
				out.scope[d] = v
			}
		}
	}
	return out
}

// A turn is a price's lasting change. It was first seen on day, and may have come
// on any day from the one after the last known price.
type turn struct {
	from, day int
	was, now  float64
	seen      int        // days with the new price
	week      [7]float64 // what a day's price is of that, by its index modulo seven
}

// turned looks for the day since two weeks before the review on which the unit
// price of leaf i changed once and for all: hardly a day lies on the wrong side
// of the middle, and prices lie closer together than the change is wide.
func (e *estate) turned(i int, has []bool) (turn, bool) {
	const (
		before  = 7  // days with the old price, at least
		oldDays = 14 // the last ones, of which it is known: it may have changed before
	)
	lo, hi, n := math.Inf(1), math.Inf(-1), 0
	for d := e.pricedFrom(); d <= e.settled; d++ { // without making a list of them, for each leaf
		if q, y := e.quantity[i].at(d), e.full[i].at(d); q > 0 && y > 0 && has[d] {
			x := y / q
			lo, hi, n = min(lo, x), max(hi, x), n+1
		}
	}
	if n <= before || lo >= e.t.PriceConstant*hi {
		return turn{}, false // most prices are constant
	}
	p, days := e.unitPrices(i, has, e.pricedFrom(), e.settled+1)
	week := e.priceWeek(p, days)
	for k, d := range days {
		p[k] /= week[d%7]
	}
	was, now := Median(slices.Clone(p[:before])), p[len(p)-1]
	middle := (was + now) / 2
	right := func(x float64, changed bool) bool { return (x < middle) == (was < middle) != changed }
	// The split with the fewest on the wrong side.
	wrong := 0
	for _, x := range p[:before] {
		if !right(x, false) {
			wrong++
		}
	}
	for _, x := range p[before:] {
		if !right(x, true) {
			wrong++
		}
	}
	best, at := wrong, before
	for k := before; k < len(p)-1; k++ {
		if right(p[k], false) {
			wrong--
		} else {
			wrong++
		}
		if wrong < best {
			best, at = wrong, k+1
		}
	}
	if days[at] < e.lo-14 || 20*best > len(p) {
		return turn{}, false
	}
	t := turn{from: days[at-1] + 1, day: days[at], seen: len(p) - at, week: week}
	t.was, t.now = Median(slices.Clone(p[max(0, at-oldDays):at])), Median(slices.Clone(p[at:]))
	var off []float64
	for k, x := range p {
		level := t.was
		if k >= at {
			level = t.now
		}
		off = append(off, math.Abs(math.Log(x/level)))
	}
	return t, math.Abs(math.Log(t.now/t.was)) > max(e.t.PriceChange, e.t.PriceNoise*Median(off))
}

// priceWeek returns what each weekday's price is of the usual one, by the days before those
// on which a change is looked for: what is charged by the day, and used on workdays, has no price
// that is the same on all of them. It is 1 for all where they are alike or not known.
func (e *estate) priceWeek(p []float64, days []int) (week [7]float64) {
	var by [7][]float64
	for k, d := range days {
		if d < e.lo-14 {
			by[d%7] = append(by[d%7], p[k])
		}
	}
	lo, hi := math.Inf(1), 0.0
	for w := range week {
		if len(by[w]) < 3 {
			return [7]float64{1, 1, 1, 1, 1, 1, 1}
		}
		week[w] = Median(by[w])
		lo, hi = min(lo, week[w]), max(hi, week[w])
	}
	usual := Median(slices.Clone(week[:]))
	for w := range week {
		if week[w] /= usual; lo >= hi/(1+e.t.PriceChange) {
			week[w] = 1
		}
	}
	return week
}
