package detect

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"usagereport/usage"
)

const drivers = 10 // shown by name; the rest is "all others"

// finding makes a hit presentable.
func (e *estate) finding(h *hit) Finding {
	f := Finding{
		Kind: h.kind, Direction: usage.Up, Start: e.day(h.start), End: e.day(h.end), Ongoing: h.ongoing,
		Scope: e.scopeOf(h.node), Leaves: slices.Clone(h.leaves), Rule: h.rule, beyond: h.beyond, habit: h.habit, had: e.had(h), own: h.own,
		beside: h.beside,
	}
	apart, shown := e.apart(h.leaves), *h
	shown.expected = h.backwards()
	e.account(&f, &shown, apart)
	f.OldPrice = f.Elsewhere != 0 && slices.ContainsFunc(h.leaves, func(i int) bool { return e.repriced[i] != nil })
	f.NewPrice = slices.ContainsFunc(h.prices, func(p *hit) bool { return p.start > h.start })
	if h.until > h.start {
		f.Until = e.day(h.until)
	}
	if h.grown > h.start {
		f.Grown = e.day(h.grown)
	}
	if h.price != nil {
		f.PriceSince, f.PriceChange, f.QuantitySince = e.day(h.price.start), h.price.ratio-1, e.day(h.quantity.start)
	}
	switch w := e.weight(h); {
	case h.sign < 0:
		f.Direction, f.Severity = usage.Down, usage.SeverityLow
	case !h.alarm || w < e.alarmLeast || h.start == e.last && e.last > e.settled: // the last day may change yet
		f.Severity = usage.SeverityLow
	case w >= e.t.HighTimes*e.in.MinImpact || w >= e.t.HighPart*h.month():
		f.Severity = usage.SeverityHigh
	default:
		f.Severity = usage.SeverityMedium
	}
	if f.Scope[usage.Resource] == "" && !e.isAll(h, f.Scope) {
		f.Part = len(e.units(h.leaves))
		if !slices.ContainsFunc(h.leaves, func(i int) bool { return e.values[usage.Resource][i] != 0 }) {
			blank := maps.Clone(f.Scope)
			blank[usage.Resource] = ""
			if e.isAll(h, blank) {
				f.Scope, f.Part = blank, 0
			}
		}
	}
	e.drive(&f, h)
	if f.Kind == usage.KindLevel && f.Ongoing && h.price == nil && f.Grown == 0 && f.PriceShare >= e.t.PricePart {
		f.Kind = usage.KindPrice // of one of many resources that use the meter
	} else {
		f.UnitPriceChange = 0
	}
	if by := e.asCharged(h.leaves); by != nil {
		f.Rule.Evened, f.own.Evened = true, f.own.Kind != ""
		f.charged = e.charged(f, &shown, apart, by)
	}
	return f
}

// backwards returns what is expected of the days of h, with that of the days before it of which nothing was known yet: as much as of the
// same weekday later, or of the day on which it began.
func (h *hit) backwards() []float64 {
	if h.rule.Kind == RuleBooked {
		return h.expected
	}
	out, known := slices.Clone(h.expected), 0 // days before the first of which something is known
	for known < h.start && out[known] == 0 {
		known++
	}
	for d := known - 1; d >= 0; d-- {
		if h.actual[d] == 0 {
			continue
		}
		if out[d] = out[h.start]; d+7 < len(out) && out[d+7] != 0 {
			out[d] = out[d+7]
		}
	}
	return out
}

// account sets what f says of the sums of h. What other findings explain is apart, by day.
func (e *estate) account(f *Finding, h *hit, apart []float64) {
	n := 0.0
	for d := h.start; d <= h.end; d++ {
		if h.node.has[d] {
			f.Actual += h.actual[d]
			f.Expected += h.expected[d]
			n++
		}
	}
	f.Impact = f.Actual - f.Expected
	half := min(2*h.spread*math.Sqrt(7*n), e.t.BandPart*math.Abs(f.Impact))
	if n <= 7 {
		half = min(2*h.spread*n, half)
	}
	f.Low, f.High = f.Expected-half, f.Expected+half
	if apart != nil {
		for d := h.start; d <= h.end; d++ {
			if h.node.has[d] {
				f.Elsewhere += apart[d]
			}
		}
		for _, sum := range []*float64{&f.Actual, &f.Expected, &f.Low, &f.High} {
			*sum += f.Elsewhere
		}
	}

	span := e.days
	if h.ongoing {
		span = 7
	}
	said := e.spoken(h)
	f.PerDayNow, f.PerDayBefore = e.perDay(said, h.actual, span), e.perDay(said, h.expected, span)
	if f.Kind == usage.KindPrice && f.Rule.Kind == RulePrice && f.PerDayBefore > 0 { // the median price may differ from what is paid
		f.Rule.Times = f.PerDayNow / f.PerDayBefore
	}
	if h.eased > h.start {
		f.Eased, f.AtFirst = e.day(h.eased), h.mean(h.actual, h.start, h.eased-1)
		if usual := h.mean(h.expected, h.start, h.eased-1); usual > 0 && f.PerDayBefore > 0 {
			f.AtFirst *= f.PerDayBefore / usual // on such days as those that say what it costs now
		}
	}
	if f.OneDay = h.pending || !e.paced(h); h.ongoing && !f.OneDay {
		f.ProjectedPerMonth = 30 * e.pace(said)
	}
	f.Series = e.chart(h, apart)
}

// isAll reports whether h is about all of scope: nothing else of it cost anything
// in the two weeks before h or during it; and if h is new, nothing before it, and if
// it is gone, nothing since.
func (e *estate) isAll(h *hit, scope usage.Series) bool {
	type value struct {
		of []int32
		is int32
	}
	var values []value
	for d, v := range scope {
		of := e.values[d]
		at := slices.IndexFunc(h.leaves, func(i int) bool { return e.names[d][of[i]] == v })
		if at < 0 {
			continue
		}
		values = append(values, value{of, of[h.leaves[at]]})
	}
	from, to := max(0, h.start-14), h.end
	switch h.kind {
	case usage.KindNew:
		from, to = 0, e.last
	case usage.KindGone:
		to = e.last
	}
	covered := 0 // they are in order
	for i := range e.in.Leaves {
		for covered < len(h.leaves) && h.leaves[covered] < i {
			covered++
		}
		if covered < len(h.leaves) && h.leaves[covered] == i {
			continue
		}
		if slices.ContainsFunc(values, func(v value) bool { return v.of[i] != v.is }) {
			continue
		}
		for d := from; d <= to; d++ {
			if e.full[i].at(d) != 0 && e.has[d] {
				return false
			}
		}
	}
	return true
}

// chart returns the eight weeks around the change. What other findings explain, apart, is
// part of each day's cost, and so of what was expected.
func (e *estate) chart(h *hit, apart []float64) Series {
	to := min(e.last, max(h.end, h.start+27))
	from := max(0, min(h.start-14, to-55))
	s := Series{From: e.day(from)}
	for d := from; d <= to; d++ {
		x, half, more := h.expected[d], 2*max(h.spread, e.t.LeastSpread*math.Abs(h.expected[d])), 0.0
		if apart != nil {
			more = apart[d]
		}
		x += more
		s.Actual = append(s.Actual, h.actual[d]+more)
		s.Expected = append(s.Expected, x)
		s.Low = append(s.Low, x-half)
		s.High = append(s.High, x+half)
	}
	return s
}

// drive says which resources (or, of one resource, which meters) carry f, and
// splits each into the effects of price and quantity.
func (e *estate) drive(f *Finding, h *hit) {
	by := e.units(h.leaves)
	if len(by) == 1 {
		by = nil
		for _, i := range h.leaves {
			by = append(by, []int{i})
		}
	}
	var all []Driver
	price, unpriced, rest := 0.0, 0.0, f.Impact
	var now, old float64 // what was used cost, and would have at the old price
	sorts := effects{at: make(map[sort]int)}
	var s series
	for _, leaves := range by {
		d := Driver{Scope: usage.Series{}, Leaves: leaves}
		for _, dim := range usage.Dimensions() {
			if v, same := e.common(leaves, dim); same {
				d.Scope[dim] = v
			}
		}
		for _, i := range leaves {
			x := e.effects(h, i, &s)
			d.Impact += x.price + x.quantity
			d.PriceEffect += x.price
			d.QuantityEffect += x.quantity
			sorts.add(e.in.Leaves[i], x)
			unpriced += x.unpriced
			now, old = now+x.now, old+x.old
		}
		if d.Impact == 0 {
			continue
		}
		price += d.PriceEffect
		rest -= d.Impact
		all = append(all, d)
	}
	f.Unpriced = math.Abs(rest) >= e.t.ExplainedPart*math.Abs(f.Impact) || unpriced >= e.t.ExplainedPart*math.Abs(f.Impact)
	if !f.Unpriced {
		f.PriceShare = min(1, max(0, price/f.Impact))
		f.QuantityChange, f.Unit = e.quantityChange(h, sorts)
		if old > 0 {
			f.UnitPriceChange = now/old - 1
		}
	}
	slices.SortStableFunc(all, func(a, b Driver) int { return cmp.Compare(h.sign*b.Impact, h.sign*a.Impact) })
	// What the parts' medians do not explain of the whole's is quantity.
	others := Driver{Scope: usage.Series{}, Impact: rest, QuantityEffect: rest}
	if len(all) > drivers {
		for _, d := range all[drivers:] {
			others.Leaves = append(others.Leaves, d.Leaves...)
			others.Impact += d.Impact
			others.PriceEffect += d.PriceEffect
			others.QuantityEffect += d.QuantityEffect
		}
		slices.Sort(others.Leaves)
		all = all[:drivers:drivers]
	}
	switch {
	case len(others.Leaves) == 0 && len(all) > 0 && math.Abs(rest) < e.t.RoundedPart*math.Abs(f.Impact):
		all[0].Impact += rest
		all[0].QuantityEffect += rest
	case others.Impact != 0:
		all = append(all, others)
	}
	f.Drivers = all
}

// A sort is the quantities that can be added: of one meter and unit.
type sort struct {
	service, meter, unit string
}

func (l Leaf) sort() sort { return sort{l.Dims[usage.Service], l.Dims[usage.Meter], l.Unit} }

// Effects by sort, in order of first appearance.
type effects struct {
	at    map[sort]int
	sorts []sort
	sums  []effect
}

func (f *effects) add(l Leaf, x effect) {
	k := l.sort()
	i, known := f.at[k]
	if !known {
		i = len(f.sorts)
		f.at[k] = i
		f.sorts, f.sums = append(f.sorts, k), append(f.sums, effect{})
	}
	s := &f.sums[i]
	s.price, s.quantity, s.q0, s.q1 = s.price+x.price, s.quantity+x.quantity, s.q0+x.q0, s.q1+x.q1
}

// quantityChange returns how the quantity of the one sort changed that is most
// of the change in cost; zero and no unit if there is none.
func (e *estate) quantityChange(h *hit, f effects) (float64, string) {
	total := 0.0
	for _, s := range f.sums {
		total += math.Abs(s.price + s.quantity)
	}
	for i, s := range f.sums {
		if unit := f.sorts[i].unit; math.Abs(s.price+s.quantity) >= e.t.OneUnitPart*total && s.q0 > 0 && s.q1 > 0 && unit != "" {
			if q0, q1 := e.quantities(h, f.sorts[i]); q0 > 0 && q1 > 0 {
				return q1/q0 - 1, unit
			}
			return s.q1/s.q0 - 1, unit
		}
	}
	return 0, ""
}

// quantities returns how much of a sort all leaves of h together would have used, and used: what one of them uses under another
// name is not usual twice. It is 0 where their quantities do not say it by themselves.
func (e *estate) quantities(h *hit, of sort) (q0, q1 float64) {
	if h.kind == usage.KindNew || h.price != nil || h.until > 0 || len(h.wasUsed) > 0 || len(h.used) > 0 {
		return 0, 0
	}
	all := make([]float64, e.days)
	for _, i := range h.leaves {
		if e.in.Leaves[i].sort() == of {
			for d, q := range e.used(i) {
				all[d] += q
			}
		}
	}
	var s series
	for j, x := range s.frozenSpan(e.cal, all, h.node.has, h.start, h.end) {
		if d := h.start + j; h.node.has[d] {
			q0, q1 = q0+x, q1+all[d]
		}
	}
	return q0, q1
}

// An effect is what a leaf adds to a finding, by reason, with its quantities; what these cost now, and would at the
// old price. Of unpriced, without its sign, the reason is not known: it costs something and has no quantity.
type effect struct{ price, quantity, q0, q1, now, old, unpriced float64 }

// effects splits leaf i's part of h into what the price does and what the quantity does.
func (e *estate) effects(h *hit, i int, s *series) effect {
	switch {
	case h.price != nil: // and a change of quantity beside it
		x := e.effects(h.quantity, i, s)
		x.price += e.sumOf(h, h.price.took[i])
		return x
	case h.until > 0: // until then the quantity was what it had been
		return effect{price: e.sumOf(h, h.took[i]), q0: 1, q1: 1}
	}
	x := e.split(h, i, s)
	x.quantity += e.sumOf(h, h.later[i])
	return x
}

// split splits leaf i's part of h, without what others explain: half of each cross term to either
// side, so that the two add up exactly. What cannot be priced is quantity.
func (e *estate) split(h *hit, i int, s *series) effect {
	var c0, c1, q1 float64
	own := e.used(i)
	for j, x := range e.leafExpectation(h, i, h.end, s) {
		if d := h.start + j; h.node.has[d] {
			c0 += x
			c1 += e.adj[i].at(d)
			if used := h.used[i]; used != nil {
				q1 += used[d]
			} else {
				q1 += own[d]
			}
		}
	}
	q0 := 0.0
	if was := h.wasUsed[i]; was != nil {
		for d := h.start; d <= h.end; d++ {
			if h.node.has[d] {
				q0 += was[d]
			}
		}
	} else if h.kind != usage.KindNew {
		for j, x := range s.frozenSpan(e.cal, own, h.node.has, h.start, h.end) {
			if h.node.has[h.start+j] {
				q0 += x
			}
		}
	}
	if h.kind == usage.KindPrice {
		if took := h.took[i]; took != nil { // which is out of the costs by now
			return effect{price: e.sumOf(h, took), q0: q0, q1: q1}
		}
		return effect{price: c1 - c0, q0: q0, q1: q1}
	}
	if q0 <= 0 || q1 <= 0 {
		out := effect{quantity: c1 - c0, q0: max(0, q0), q1: max(0, q1)}
		least := e.t.LeastSpread * max(math.Abs(c0), math.Abs(c1))
		if math.Abs(c0) > least && q0 <= 0 || math.Abs(c1) > least && q1 <= 0 {
			out.unpriced = math.Abs(c1 - c0)
		}
		return out
	}
	p0, p1 := c0/q0, c1/q1
	price := (p1 - p0) * (q0 + q1) / 2
	return effect{price: price, quantity: c1 - c0 - price, q0: q0, q1: q1, now: c1, old: p0 * q1}
}

// used returns what leaf i used on each day, without what other findings explain: as much of a day's quantity as
// of its cost. What a change of price explains is no quantity.
func (e *estate) used(i int) []float64 {
	q, priced := e.quantity[i].copy(e.days), e.repriced[i]
	for d := range e.told[i] {
		y := e.full[i].at(d)
		if priced != nil {
			y -= priced[d]
		}
		if y > 0 {
			q[d] *= e.adj[i].at(d) / y
		}
	}
	return q
}
