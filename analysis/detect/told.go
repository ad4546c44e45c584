package detect

import (
	"slices"

	"usagereport/usage"
)

// A told is what findings explain of each leaf's cost, by leaf and day: what it cost beyond
// what it would have. What two findings explain is explained once, by the earlier one.
type told map[int][]float64

// add adds what a finding explains of leaf i.
func (t told) add(i, days int, sign float64, more []float64) {
	if t[i] == nil {
		t[i] = make([]float64, days)
	}
	for d, x := range more {
		t[i][d] += sign * x
	}
}

// tell adds what a change of price explains of its leaves or, with -1 for sign, takes it back.
func (e *estate) tell(price *hit, sign float64) {
	for i, took := range price.took {
		e.told.add(i, e.days, sign, took)
	}
}

// apart returns what earlier findings explain of leaves, day by day; nil for nothing.
func (e *estate) apart(leaves []int) []float64 {
	var out []float64
	for _, i := range leaves {
		for d, x := range e.told[i] {
			if x == 0 {
				continue
			}
			if out == nil {
				out = make([]float64, e.days)
			}
			out[d] += x
		}
	}
	return out
}

// untilGone ends h, a rise, where all of it is gone, and knows of h where that is what it tells.
func (e *estate) untilGone(h *hit) {
	last := 0
	for _, i := range h.leaves {
		switch from, gone := e.goneFrom[i]; {
		case h.kind == usage.KindGone:
			e.goneFrom[i] = h.start
		case !gone:
			return
		default:
			last = max(last, from-1)
		}
	}
	if h.sign > 0 && h.start <= last && last < h.end {
		h.end, h.ongoing = last, false
	}
}

// A priced is a change of price with its finding, which may become another's part.
type priced struct {
	hit     *hit
	finding Finding
	revised bool // by what came later
	named   bool // another finding says that it is at the new price
}

// besidePrices returns h as it is told beside the changes of price that were found, and those that
// are still told for themselves.
func (e *estate) besidePrices(h *hit, prices []*priced) (*hit, []*priced) {
	if at := slices.IndexFunc(prices, func(p *priced) bool { return e.oneIncident(p.hit, h) }); at >= 0 {
		return e.both(prices[at].hit, h), slices.Delete(prices, at, at+1)
	}
	for _, p := range prices {
		during := h.ongoing || p.hit.start <= h.end
		if p.hit.ongoing && during && p.hit.until == 0 && cross(p.hit, h) && overlap(p.hit.leaves, h.leaves) {
			e.atNewPrice(p.hit, h)
			p.revised, p.named = true, p.named || p.hit.start > h.start
		}
	}
	return h, prices
}

// repricedSince returns the day on which the price of all of h changed after h began; 0 if it did not.
func repricedSince(h *hit, prices []*priced) int {
	for _, p := range prices {
		if p.hit.ongoing && p.hit.start > h.start && within(h.leaves, p.hit.leaves) {
			return p.hit.start
		}
	}
	return 0
}

// oneIncident reports whether a change of price and h are one: all that the price is about is the
// one resource of h, or all of h, and it goes the same way, or came on the same day. A price of more
// resources than h has is an incident of its own.
func (e *estate) oneIncident(price, h *hit) bool {
	return h.kind == usage.KindLevel && h.ongoing && price.ongoing &&
		(price.sign == h.sign || price.start-h.start <= 1 && h.start-price.start <= 1) &&
		within(price.leaves, h.leaves) && (len(price.leaves) == len(h.leaves) || len(e.units(h.leaves)) == 1)
}

// both makes one hit of a change of price and of h, the change of quantity beside it.
func (e *estate) both(price, h *hit) *hit {
	out := &hit{
		node: h.node, kind: h.kind, sign: h.sign, start: min(price.start, h.start), end: max(price.end, h.end), ongoing: true,
		leaves: h.leaves, actual: slices.Clone(h.actual), expected: slices.Clone(h.expected), spread: h.spread + price.spread,
		rule: h.rule, price: price, quantity: h,
	}
	if price.beyond > h.beyond {
		out.rule = price.rule
	}
	for d := price.start; d < h.start; d++ {
		out.expected[d] = h.actual[d]
	}
	for _, took := range price.took {
		for d, x := range took {
			out.actual[d] += x
		}
	}
	e.tell(price, -1)
	if h.sign*out.impact() < 0 {
		out.sign = -h.sign
	}
	for _, part := range []*hit{price, h} {
		if out.alarm = out.alarm || part.alarm && part.sign == out.sign; part.sign == out.sign {
			out.beyond += part.beyond
		} else {
			out.beyond -= part.beyond
		}
	}
	return out
}

// sumOf adds up v over the days of h with data.
func (e *estate) sumOf(h *hit, v []float64) float64 {
	sum := 0.0
	for d := h.start; d <= h.end && v != nil; d++ {
		if h.node.has[d] {
			sum += v[d]
		}
	}
	return sum
}

// cross reports whether h is told at the price that holds now, and the price as if the quantity
// had stayed: where h came later, so that each says what was charged since it came and until the
// next did; and where the price fell and the quantity rose, or less may have been spent than
// was more. Where the price rose and the quantity fell it is the other way round, for the same
// reason.
func cross(price, h *hit) bool {
	if price.sign != h.sign {
		return h.sign > 0
	}
	return price.start < h.start
}

// atNewPrice tells h at the price that holds now, and the price as if the quantity had stayed on h's days.
// The two add up to what both did.
func (e *estate) atNewPrice(price, h *hit) {
	if h.later == nil {
		h.actual, h.expected, h.later = slices.Clone(h.actual), slices.Clone(h.expected), make(map[int][]float64)
	}
	h.prices = append(h.prices, price)
	last := h.end
	if h.ongoing {
		last, price.until = e.days-1, max(h.start, price.start)
	}
	price.actual, price.expected = slices.Clone(price.actual), slices.Clone(price.expected)
	var s series
	for _, i := range h.leaves {
		took := price.took[i]
		if took == nil {
			continue
		}
		e.told.add(i, e.days, -1, took)
		for d := price.start; d < h.start; d++ {
			h.actual[d] += took[d]
			h.expected[d] += took[d]
		}
		later := make([]float64, e.days)
		for k, usual := range slices.Clone(e.leafExpectation(h, i, last, &s)) {
			d := h.start + k
			was, stays := e.adj[i].at(d), 0.0
			if d < price.start {
				continue
			}
			if was > 0 {
				stays = usual * took[d] / was
			}
			h.actual[d] += took[d]
			h.expected[d] += stays
			price.actual[d] += usual + stays - was - took[d]
			price.expected[d] += usual - was
			price.leafExpected[i][d] = usual
			later[d], took[d] = took[d]-stays, stays
		}
		h.later[i] = later
	}
}

// explained notes what h explains at the new prices beyond what it does at the old ones, and
// again what those prices do, which atNewPrice took out of it.
func (e *estate) explained(h *hit) {
	for i, later := range h.later {
		e.told.add(i, e.days, 1, later)
	}
	for _, p := range h.prices {
		for i, took := range p.took {
			if _, found := slices.BinarySearch(h.leaves, i); found {
				e.told.add(i, e.days, 1, took)
			}
		}
	}
}

// anew makes the finding of a price again, after what came later.
func (e *estate) anew(price *hit) Finding {
	e.tell(price, -1)
	f := e.finding(price)
	e.tell(price, 1)
	return f
}

// revised makes the findings of prices again that others are told beside, and returns those of which something is left.
func (e *estate) revised(prices []*priced) []*priced {
	return slices.DeleteFunc(prices, func(p *priced) bool {
		if !p.revised {
			return false
		}
		p.revised, p.finding = false, e.anew(p.hit)
		told := p.named && p.hit.sign*p.hit.impact() > 0
		return !told && !e.material(p.hit) // all of it was used only since
	})
}
