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
	awake      bool      // on days of rest alone
	habit      bool      // the series did as much before
	pending    bool      // the days since its end do not show it, and have not settled
	beyond     float64   // money beyond the worst of a normal month
	rule       Rule
	own        Rule // what was seen of it, where the rule saw it with other rises; else empty

	ratio        float64           // of unit prices, now to before
	leafExpected map[int][]float64 // where it is not the leaf's weekday medians
	took         map[int][]float64 // of a price, what it explains of each leaf

	wasUsed, used map[int][]float64 // what a leaf would have used, and what it used, where its quantities do not say it
	beside        []float64         // what another hit of the same series explains, by day

	partly          map[int]bool // days of which a part was given back, or on which it began: they say nothing of a day or a month
	grown           int          // the last day of the growth by which it came to its level; else 0
	eased           int          // the first day since which it is lower than it was at first; else 0
	price, quantity *hit         // of which it is made, where both changed

	prices []*hit            // that changed before it, of some of its leaves
	later  map[int][]float64 // what it explains of a leaf's cost, beyond what it does at the old price
	until  int               // of a price: the day from which something else changed, too; else 0
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

// known returns the last day by which to say what h costs: the last settled one, or where days of rest alone have settled, or none, the
// last of all. What works on weekdays does not cost what it costs on a Sunday.
func (e *estate) known(h *hit) int {
	if first := h.start; h.kind == usage.KindNew { // its first whole day tells more than what has not settled
		for h.partly[first] {
			first++
		}
		if first > h.start {
			return max(first, min(h.end, e.settled))
		}
	}
	quiet := e.quiet(h.expected, h.start-1)
	for d := h.start; d <= min(h.end, e.settled); d++ {
		if h.node.has[d] && h.expected[d] >= quiet {
			return min(h.end, e.settled)
		}
	}
	return h.end
}

// asPriced returns v, by day, at the price that holds now: where the price of all of h changed while it went on, what it cost before that
// says at the older one what it costs a day.
func (h *hit) asPriced(v []float64) []float64 {
	for _, p := range h.prices {
		others := slices.ContainsFunc(h.leaves, func(i int) bool { return p.took[i] == nil })
		if p.start <= h.start || p.ratio <= 0 || others {
			continue
		}
		v = slices.Clone(v)
		for d := h.start; d < p.start; d++ {
			v[d] *= p.ratio
		}
	}
	return v
}

// perDay returns the mean of v over the last n settled days of h.
func (e *estate) perDay(h *hit, v []float64, n int) float64 {
	to := e.known(h)
	return h.mean(h.asPriced(v), max(h.start, min(h.eased, to), to-n+1), to)
}

// mean returns that of v on the days from one to another that are known, and that tell what it costs.
func (h *hit) mean(v []float64, from, to int) float64 {
	sum, k := 0.0, 0
	for d := from; d <= to; d++ {
		if h.node.has[d] && !h.givenBack(d) {
			sum += v[d]
			k++
		}
	}
	if k == 0 {
		return 0
	}
	return sum / float64(k)
}

// givenBack reports whether a day of h, a rise, lies below nothing where no credit was expected: more was given back on it than it cost.
// That is no pace, and does not say that something is over.
func (h *hit) givenBack(d int) bool {
	return h.sign > 0 && (h.actual[d] < 0 && h.expected[d] >= 0 || h.partly[d])
}

// spoken returns h as what it costs a day and a month is said of it: without the few days that cost less than half of those before and
// after them. Such a day of the last days may as well be the end.
func (e *estate) spoken(h *hit) *hit {
	if h.sign < 0 || !h.ongoing || h.kind == usage.KindNew {
		return h
	}
	quiet := e.quiet(h.expected, e.settled)
	var days []int
	for d := max(0, e.settled-recentDays); d <= e.settled; d++ {
		if h.node.has[d] && h.expected[d] >= quiet && h.expected[d] > 0 {
			days = append(days, d)
		}
	}
	out := *h
	out.partly = map[int]bool{}
	for _, d := range days {
		out.partly[d] = true
	}
	for _, d := range withoutRefunds(days, func(d int) float64 { return h.actual[d] / h.expected[d] }) {
		delete(out.partly, d)
	}
	const seldom, near = 0.2, 14
	for _, from := range []int{h.start, max(0, e.settled-near+1)} {
		low, since := 0, 0
		for d := from; d <= e.settled; d++ {
			since += int(share(h.node.has[d]))
			low += int(share(out.partly[d]))
		}
		if low > 1 && float64(low) > seldom*float64(since) { // it goes up and down
			out.partly = nil
		}
	}
	return &out
}

// pace returns what h costs a day beyond what was expected, over a week: the last seven settled days. Of the weekdays that are
// not known yet, working days are as those that are, and days of rest rise by the same part; where only days of rest
// are known, what shows on them alone is not on others.
func (e *estate) pace(h *hit) float64 {
	to := e.known(h)
	from, start := to-6, max(h.start, min(h.eased, to))
	actual, expected := h.asPriced(h.actual), h.asPriced(h.expected)
	quiet := e.quiet(h.expected, start-1)
	rests := func(d int) bool { return d >= 0 && h.expected[d] < quiet }
	var over, usual, n [2]float64 // of working days, and of days of rest
	for d := max(from, start); d <= to; d++ {
		if h.node.has[d] && !h.givenBack(d) {
			k := int(share(rests(d)))
			over[k], usual[k], n[k] = over[k]+actual[d]-expected[d], usual[k]+expected[d], n[k]+1
		}
	}
	sum, days := over[0]+over[1], n[0]+n[1]
	for d := from; d < start; d++ {
		switch k := int(share(rests(d))); {
		case n[k] > 0:
			sum += over[k] / n[k]
		case k == 1:
			sum += over[0] * h.expected[d] / max(usual[0], tiny)
		}
		days++
	}
	return sum / max(1, days)
}

// shows counts the days on which h is beyond what was expected, by a part of its largest day at least: a usual
// day beside a high one lies a little above what was expected as often as below.
func (h *hit) shows() (days int) {
	const part = 0.25
	over := func(d int) float64 { return h.sign * (h.actual[d] - h.expected[d]) }
	top := 0.0
	for d := h.start; d <= h.end; d++ {
		if h.node.has[d] {
			top = max(top, over(d))
		}
	}
	for d := h.start; d <= h.end; d++ {
		if h.node.has[d] && over(d) > part*top {
			days++
		}
	}
	return days
}

// paced reports whether h shows on days enough to say what goes on: on more than one, and what is new, which
// has no days that are usual, on no few of them.
func (e *estate) paced(h *hit) bool {
	const seldom, few = 3, 7
	shown, last := h.shows(), min(h.end, e.settled)
	return shown > 1 && (h.kind != usage.KindNew || last-h.start < few || seldom*shown >= last-h.start+1)
}

// weight is the size by which a hit is judged: its impact so far and, while it
// goes on, what the next two weeks add at the pace of its last week. One day has no pace.
func (e *estate) weight(h *hit) float64 {
	w := h.impact()
	if h.ongoing && e.paced(h) {
		w += 14 * e.pace(h)
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
	if h.sign*h.impact() < e.least {
		return false
	}
	if e.weight(h) >= e.materialLeast(h) {
		return true
	}
	small := e.small(h)
	h.node.small = h.node.small || small
	return small && e.passing
}

func (e *estate) materialLeast(h *hit) float64 {
	return max(e.t.MaterialTimes*e.in.MinImpact, e.t.MaterialPart*h.month())
}

// small reports whether h is a rise that is over and was worth a finding while that was not known: it was told then.
func (e *estate) small(h *hit) bool {
	if h.sign < 0 || h.ongoing || !e.paced(h) || e.weight(h) >= e.materialLeast(h) {
		return false
	}
	return e.weight(h)+14*e.lift(h, max(h.start, h.end-6), h.end) >= e.materialLeast(h)
}

// passed returns what rose for some days, was told while it was not known whether it lasts, and is over, and too small by now to be
// told for itself: it stays in the list, as worth a look. What other findings tell is out of the series.
func (e *estate) passed(prices []*priced) (out []Finding, rest []*priced) {
	var nodes []*node
	for _, n := range e.resources {
		if n.small {
			nodes = append(nodes, n)
		}
	}
	e.passing = true
	defer func() { e.passing = false }()
	hits := slices.DeleteFunc(e.test(nodes, 1), func(h *hit) bool {
		return !h.alarm && !e.alone || !e.small(h) || h.end >= e.settled // alone, others say whether it was an alarm
	})
	for k, h := range hits {
		hits[k], prices = e.besidePrices(h, prices)
		f := e.finding(hits[k])
		f.Severity, f.small = usage.SeverityLow, true
		out = append(out, f)
		e.explained(hits[k])
	}
	for _, h := range hits {
		e.takeOut(h)
	}
	return out, e.revised(prices)
}

// current reports whether h belongs in this report: it has not ended before
// the review or the focus, and it did not begin so long before the review that
// it is the new normal.
func (e *estate) current(h *hit) bool {
	return h.end >= e.lo && h.start >= e.lo-14
}
