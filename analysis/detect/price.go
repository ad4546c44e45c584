package detect

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"usagereport/usage"
)

// prices tells changes of unit prices, one for each meter, or for a service
// where its meters change alike. Cost at the old price takes the place of what
// was told.
func (e *estate) prices(sign float64) []*hit {
	test := func(n *node, _ *series, sign float64) []*hit {
		if h := e.price(n, sign); h != nil {
			return []*hit{h}
		}
		return nil
	}
	rule := e.rule
	e.rule = test
	hits := e.test(e.meters, sign)
	e.rule = rule

	// Meters of one service that change alike; then all that there is, as by
	// another exchange rate or discount.
	hits = alike(hits, e.days, func(h *hit) string { return h.node.scope[usage.Service] }, func(hs []*hit) usage.Series {
		return usage.Series{usage.Service: hs[0].node.scope[usage.Service]}
	})
	hits = alike(hits, e.days, func(*hit) string { return "" }, e.everything)
	return slices.DeleteFunc(hits, func(h *hit) bool { return !e.current(h) || !e.material(h) })
}

// alike joins hits of the same key whose prices change by the same ratio within
// three days, where scope gives what they are together a name.
func alike(hits []*hit, days int, key func(*hit) string, scope func([]*hit) usage.Series) []*hit {
	slices.SortStableFunc(hits, func(a, b *hit) int { return cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(a.start, b.start)) })
	var out []*hit
	for i := 0; i < len(hits); {
		h := hits[i]
		j := i + 1
		for j < len(hits) && key(hits[j]) == key(h) && hits[j].start <= h.start+3 && math.Abs(hits[j].ratio-h.ratio) < 0.02*h.ratio && hits[j].ongoing == h.ongoing {
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
			node: &node{scope: name, has: h.node.has}, kind: Price, sign: h.sign,
			start: h.start, end: h.end, ongoing: h.ongoing, ratio: h.ratio, rule: h.rule, leafExpected: make(map[int][]float64),
			actual: make([]float64, days), expected: make([]float64, days),
		}
		for _, x := range hits[i:j] {
			all.end = max(all.end, x.end)
			all.leaves = append(all.leaves, x.leaves...)
			all.alarm = all.alarm || x.alarm
			all.beyond += x.beyond
			all.spread += x.spread
			for d := range days {
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
			all += e.full[i][d]
			if in[i] {
				part += e.full[i][d]
			}
		}
	}
	if part < 0.9*all {
		return nil
	}
	name := usage.Series{}
	if v, same := e.common(leaves, usage.SubAccount); same {
		name[usage.SubAccount] = v
	}
	return name
}

// price looks for a lasting change of the price of meter n.
func (e *estate) price(n *node, sign float64) *hit {
	if !slices.ContainsFunc(n.leaves, func(i int) bool { return e.moves[i] }) {
		return nil
	}
	s := series{
		y: make([]float64, e.days), m: make([]float64, e.days), ok: make([]bool, e.days), has: n.has,
		ce: make([]float64, e.days+1), cm: make([]float64, e.days+1), birth: 0, first: e.days, calendar: e.cal,
	}
	var moves []int // leaves whose price is not constant
	var one series
	for _, i := range n.leaves {
		if !e.moves[i] {
			for d, y := range e.full[i] {
				s.y[d] += y
				s.m[d] += y
			}
			continue
		}
		moves = append(moves, i)
		p, has := e.unitPrices(i)
		one.fill(e.cal, p, has)
		for d, y := range e.full[i] {
			s.y[d] += y
			switch {
			case !has[d]:
				s.m[d] += y
			case one.ok[d]:
				s.m[d] += (one.m[d] - one.cal[d]) * e.quantity[i][d]
			default:
				s.m[d] += y
			}
		}
	}
	for d := range e.days {
		s.ce[d+1], s.cm[d+1] = s.ce[d], s.cm[d]
		if s.has[d] && d >= 21 {
			s.first = min(s.first, d)
			s.ok[d] = true
			s.ce[d+1] += s.y[d] - s.m[d]
			s.cm[d+1] += math.Abs(s.m[d])
		}
	}
	if s.first > e.lo-28 {
		return nil
	}
	h := &hit{node: n, kind: Price, sign: sign, leafExpected: make(map[int][]float64)}
	var ref *bounds
	b, k := e.flag(h, &s, 0.03, func() bounds { return bounds{} }, &ref)
	if k == 0 {
		return nil
	}
	h.start, _ = e.begin(&s, sign, b, k)
	if h.start < 7 || e.settled-h.start < 2 {
		return nil // too young to tell from a mixed-up day
	}
	var ratios []float64
	for _, i := range moves {
		p, has := e.unitPrices(i)
		was, now, same := turn(p, has, h.start, e.settled)
		if was <= 0 || !same || sign*(now/was-1) < 0.02 {
			continue
		}
		ratios = append(ratios, now/was)
		h.leaves = append(h.leaves, i)
		x := slices.Clone(e.full[i])
		for d := h.start; d < e.days; d++ {
			if has[d] {
				x[d] = was * e.quantity[i][d]
			}
		}
		h.leafExpected[i] = x
	}
	if len(h.leaves) == 0 {
		return nil
	}
	h.ratio = median(ratios)
	h.actual, h.expected = e.sum(e.full, h.leaves), make([]float64, e.days)
	for _, i := range h.leaves {
		for d, x := range h.leafExpected[i] {
			h.expected[d] += x
		}
	}
	e.ends(h, 0.01*e.perDay(h, h.expected, 28))
	h.kind = Price
	if first := int(e.day(h.start).Month().From - e.in.From); !h.ongoing || h.start-first < 7 && e.monthLength(first, h.ratio) {
		return nil
	}
	if share := (s.ce[min(h.end, e.settled)+1] - s.ce[h.start]); h.impact() == 0 || e.settled-h.start < 21 && share/h.impact() < 0.8 {
		return nil // not the same leaves
	}
	h.node = e.named(n, h.leaves)
	h.rule = fmt.Sprintf("the unit price is %.4g times that of the four weeks before, on all days since %s; %s", h.ratio, e.day(h.start), h.rule)
	return h
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
		if _, found := slices.BinarySearch(leaves, i); !found && slices.ContainsFunc(e.full[i][e.lo:], func(x float64) bool { return x != 0 }) {
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

// unitPrices returns cost by quantity of a leaf, and the days that have it.
func (e *estate) unitPrices(i int) (p []float64, has []bool) {
	p, has = make([]float64, e.days), make([]bool, e.days)
	for d, q := range e.quantity[i] {
		if y := e.full[i][d]; q > 0 && y >= 0 && e.has[d] {
			p[d], has[d] = y/q, true
		}
	}
	return p, has
}

// steady reports whether unit prices stay within 1 % of each other.
func steady(cost, quantity []float64, has []bool) bool {
	lo, hi := math.Inf(1), math.Inf(-1)
	for d, q := range quantity {
		if y := cost[d]; q > 0 && y >= 0 && has[d] {
			p := y / q
			lo, hi = min(lo, p), max(hi, p)
		}
	}
	return lo >= 0.99*hi || math.IsInf(lo, 1)
}

// turn returns the price before and after start, and whether it changed once
// and for all: hardly a day on the wrong side of the middle.
func turn(p []float64, has []bool, start, to int) (was, now float64, same bool) {
	var before, after []float64
	for d := max(0, start-28); d < start; d++ {
		if has[d] {
			before = append(before, p[d])
		}
	}
	for d := start; d <= to; d++ {
		if has[d] {
			after = append(after, p[d])
		}
	}
	if len(before) < 3 || len(after) < 2 {
		return 0, 0, false
	}
	was, now = median(before), median(after)
	middle, wrong := (was+now)/2, 0
	for _, x := range before {
		if (x < middle) != (was < middle) {
			wrong++
		}
	}
	for _, x := range after {
		if (x < middle) != (now < middle) {
			wrong++
		}
	}
	return was, now, wrong*10 <= len(before)+len(after)
}
