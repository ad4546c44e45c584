package detect

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"usagereport/usage"
)

// A Booking is what was charged on one day for a month, a quarter or a year: a fee, a
// subscription. Its day moves, its next one may be days away from the same date. It may come in parts,
// up to its last day.
type Booking struct {
	Day, Last usage.Day
	Cost      float64
}

// Bookings are those of one thing, in order.
type Bookings []Booking

// Add adds what was charged on a day that is not before those that are there; what is split over
// days is booked on the first of them.
func (b Bookings) Add(day usage.Day, cost float64) Bookings {
	if n := len(b); n > 0 && day < b[n-1].Last+bookingApart && day < b[n-1].Day+bookingMost {
		b[n-1].Last, b[n-1].Cost = day, b[n-1].Cost+cost
		return b
	}
	return append(b, Booking{day, day, cost})
}

// A Rebooking is how a booking differs from those before it.
type Rebooking struct {
	Sign    float64 // 1 where it is more than any before it, -1 where it is less; 0 where it is neither
	Usual   float64 // the one of those before it that is nearest; 0 of what comes on top
	Twice   bool    // it comes on top: its month was booked before
	Earlier int     // how many it was compared with
}

// BookingMoves is how many days a booking may be away from its date.
const BookingMoves = 12

const (
	bookingApart  = 4  // days from which on two parts are not one booking that is split
	bookingMost   = 7  // days that its parts lie in, at most
	bookingsLeast = 3  // that tell what is usual, or two that are alike, with what comes on top of them
	bookingsMost  = 12 // that are looked at
)

// Rebooked compares the last of the bookings with those before it. It is false where they come
// without a rhythm, or where too few are known.
func (b Bookings) Rebooked() (Rebooking, bool) {
	t := DefaultThresholds()
	return t.rebooked(b)
}

func (t *Thresholds) rebooked(bookings Bookings) (Rebooking, bool) {
	last := len(bookings) - 1
	if last < 1 {
		return Rebooking{}, false
	}
	now, before := bookings[last], bookings[last-1]
	if now.Day.Month() == before.Day.Month() && now.Day < before.Day+30-BookingMoves {
		run, months := rhythm(bookings[:last])
		if months == 1 && (len(run) > bookingsLeast || len(run) > 1 && t.alike(append(slices.Clone(run), now))) {
			return Rebooking{Sign: 1, Twice: true, Earlier: len(run)}, true
		}
		return Rebooking{}, false
	}
	run, months := rhythm(bookings)
	earlier := len(run) - 1
	switch {
	case months == 0:
		return Rebooking{}, false
	case months < 12 && earlier < 2, months == 1 && earlier < bookingsLeast && !t.alike(run[:earlier]):
		return Rebooking{}, false
	}
	r := t.beyond(run)
	if months == 1 && r.Sign != 0 { // what is charged by the day has more of it in a longer month
		daily := slices.Clone(run)
		for i := range daily {
			daily[i].Cost /= float64(daily[i].Day.Month().Days())
		}
		if restless(daily[:earlier]) <= restless(run[:earlier]) && t.beyond(daily).Sign != r.Sign {
			r.Sign = 0
		}
	}
	return r, true
}

// Due returns the day about which the next booking comes, if they have a rhythm.
func (b Bookings) Due() (usage.Day, bool) {
	run, months := rhythm(b)
	if len(run) < bookingsLeast {
		return 0, false
	}
	year, month, day := run[len(run)-1].Day.Time().Date()
	next := usage.Date(year, month+time.Month(months), 1).Month()
	return min(next.From+usage.Day(day-1), next.Last()), true
}

// rhythm returns the bookings up to the last one that come once in so many months.
func rhythm(bookings Bookings) (run Bookings, months int) {
	last := len(bookings) - 1
	for _, months := range []int{1, 3, 6, 12} {
		n := 0
		for i := last - 1; i >= 0 && n < bookingsMost; i-- {
			due := 365.25 / 12 * float64(months*(n+1))
			if math.Abs(float64(bookings[last].Day-bookings[i].Day)-due) > BookingMoves || bookings[i].Cost <= 0 {
				break
			}
			n++
		}
		if n > 0 {
			return bookings[last-n:], months
		}
	}
	return nil, 0
}

// alike reports whether bookings are the same but for rounding.
func (t *Thresholds) alike(bookings Bookings) bool {
	byCost := func(a, b Booking) int { return cmp.Compare(a.Cost, b.Cost) }
	return slices.MaxFunc(bookings, byCost).Cost*t.PriceConstant <= slices.MinFunc(bookings, byCost).Cost
}

// restless is how far bookings go from one to the next, all in all.
func restless(bookings Bookings) (sum float64) {
	for i := 1; i < len(bookings); i++ {
		sum += math.Abs(math.Log(bookings[i].Cost / bookings[i-1].Cost))
	}
	return sum
}

// beyond compares the last of run with all before it: it must lie beyond them by more than they
// differ from one to the next. The largest of these steps may be an old change.
func (t *Thresholds) beyond(run Bookings) Rebooking {
	now, earlier := run[len(run)-1].Cost, run[:len(run)-1]
	r := Rebooking{Earlier: len(earlier)}
	least, most := math.Inf(1), 0.0
	var steps []float64
	for i, b := range earlier {
		least, most = min(least, b.Cost), max(most, b.Cost)
		if i > 0 {
			steps = append(steps, math.Abs(math.Log(b.Cost/earlier[i-1].Cost)))
		}
	}
	slices.Sort(steps)
	limit := math.Log1p(t.BookingOne)
	switch n := len(steps); {
	case n == 1:
		limit = max(math.Log1p(t.BookingTwo), t.BookingStep*steps[0])
	case n == 2:
		limit = max(math.Log1p(t.BookingMore), t.BookingStep*steps[1])
	case n > 2:
		limit = max(math.Log1p(t.BookingMore), t.BookingStep*steps[n-2])
	}
	switch {
	case now <= 0:
	case math.Log(now/most) > limit:
		r.Sign, r.Usual = 1, most
	case math.Log(least/now) > limit:
		r.Sign, r.Usual = -1, least
	}
	return r
}

// booked finds what is booked now and then and costs another amount than it did, or comes
// twice. It notes which leaves are booked so: they have no usual day.
func (e *estate) booked() []*hit {
	found := make([]*hit, len(e.in.Leaves))
	regular := make([]bool, len(e.in.Leaves))
	parallel(len(e.in.Leaves), func(_ *series, i int) { found[i], regular[i] = e.rebooked(i) })
	e.fees = regular
	hits := slices.DeleteFunc(found, func(h *hit) bool { return h == nil })
	slices.SortStableFunc(hits, func(a, b *hit) int {
		return cmp.Or(cmp.Compare(a.sign, b.sign), cmp.Compare(e.unit[a.leaves[0]], e.unit[b.leaves[0]]), cmp.Compare(a.start, b.start))
	})
	var out []*hit
	for _, h := range hits { // what one resource is charged by comes together
		if n := len(out); n > 0 && out[n-1].sign == h.sign && out[n-1].start == h.start &&
			e.unit[out[n-1].leaves[0]] == e.unit[h.leaves[0]] && (out[n-1].kind == usage.KindMissing) == (h.kind == usage.KindMissing) {
			out[n-1] = e.beside(out[n-1], h)
			continue
		}
		out = append(out, h)
	}
	return slices.DeleteFunc(out, func(h *hit) bool { return !e.current(h) || !e.material(h) })
}

// beside adds other, of the same resource and day, to h.
func (e *estate) beside(h, other *hit) *hit {
	h.node = &node{scope: maps.Clone(h.node.scope), has: h.node.has}
	delete(h.node.scope, usage.Meter)
	h.leaves, h.end = append(h.leaves, other.leaves...), max(h.end, other.end)
	h.rule.Last = max(h.rule.Last, other.rule.Last)
	h.rule.Amount, h.rule.Usual = h.rule.Amount+other.rule.Amount, h.rule.Usual+other.rule.Usual
	h.rule.Days = min(h.rule.Days, other.rule.Days)
	h.beyond += other.beyond
	for d := range h.actual {
		h.actual[d] += other.actual[d]
		h.expected[d] += other.expected[d]
	}
	maps.Copy(h.leafExpected, other.leafExpected)
	return h
}

// onlyFees reports whether all of n is booked once a month, or more rarely.
func (e *estate) onlyFees(n *node) bool {
	return !slices.ContainsFunc(n.leaves, func(i int) bool { return !e.fees[i] })
}

// bookings returns what leaf i was booked for, where that is on few days, and its sign: -1 for
// what it took off the bill.
func (e *estate) bookings(i int) (out Bookings, sign float64) {
	most := 2 + e.days/10
	l := e.adj[i]
	days := 0
	for _, x := range l.v {
		if x == 0 {
			continue
		}
		if days == 0 {
			sign = math.Copysign(1, x)
		}
		if days++; days > most || x*sign < 0 {
			return nil, 0
		}
	}
	for k, x := range l.v {
		if x != 0 {
			out = out.Add(e.day(l.first+k), sign*x)
		}
	}
	return out, sign
}

// rebooked returns the first change of what leaf i is booked for, of the last days.
func (e *estate) rebooked(i int) (h *hit, regular bool) {
	bookings, is := e.bookings(i)
	for k, b := range bookings {
		d := int(b.Day - e.in.From)
		var r Rebooking
		if d >= e.lo || k == len(bookings)-1 {
			r, regular = e.t.rebooked(bookings[:k+1])
		}
		if h != nil || r.Sign == 0 || d < e.lo || r.Sign < 0 && d > e.settled || is < 0 && r.Twice {
			continue
		}
		h = &hit{
			node: e.meterOf(i), sign: is * r.Sign, start: d, end: d, leaves: []int{i}, alarm: true,
			actual: e.adj[i].copy(e.days),
			rule:   Rule{Kind: RuleBooked, Day: b.Day, Last: b.Last, Amount: is * b.Cost, Usual: is * r.Usual, Days: r.Earlier},
		}
		h.expected = slices.Clone(h.actual)
		for _, next := range bookings[k:] {
			at := int(next.Day - e.in.From)
			if r.Twice && at > d || r.Sign*(next.Cost-r.Usual) < r.Sign*(b.Cost-r.Usual)/2 {
				break
			}
			h.end = int(next.Last - e.in.From)
			clear(h.expected[at : h.end+1])
			h.expected[at] = is * r.Usual
		}
		h.leafExpected, h.took = map[int][]float64{i: slices.Clone(h.expected)}, make(map[int][]float64)
		h.kind = e.bookedBy(i, h, bookings[k-1])
		h.beyond = h.sign * h.impact()
	}
	if h == nil && regular {
		h = e.notBooked(i, bookings, is)
	}
	return h, regular
}

// notBooked says that leaf i was due to be booked again, some time ago, and was not.
func (e *estate) notBooked(i int, bookings Bookings, is float64) *hit {
	day, regular := bookings.Due()
	due := int(day - e.in.From)
	if !regular || due < e.lo || due+BookingMoves > e.settled {
		return nil
	}
	run, _ := rhythm(bookings)
	last := is * bookings[len(bookings)-1].Cost
	h := &hit{
		node: e.meterOf(i), kind: usage.KindMissing, sign: -is, alarm: true, start: due, end: e.last, leaves: []int{i},
		actual: e.adj[i].copy(e.days),
		rule:   Rule{Kind: RuleBooked, Day: e.day(due), Usual: last, Days: len(run)},
	}
	h.expected = slices.Clone(h.actual)
	h.expected[due] = last
	h.leafExpected = map[int][]float64{i: slices.Clone(h.expected)}
	return h
}

// bookedBy says which of the two changed that make the booking of h another: the price, as far as
// that is known, or how much was booked.
func (e *estate) bookedBy(i int, h *hit, before Booking) usage.Kind {
	d := int(before.Day - e.in.From)
	was, now := e.quantity[i].at(d), e.quantity[i].at(h.start)
	switch {
	case h.rule.Usual == 0:
		return usage.KindSpike
	case was > 0 && now > 0 && 2*h.sign*math.Log(now/was) < math.Abs(math.Log(math.Abs(h.rule.Amount)/before.Cost)):
		return usage.KindPrice
	}
	return usage.KindLevel
}

// meterOf is leaf i as a node: a meter of a resource.
func (e *estate) meterOf(i int) *node {
	n := &node{scope: usage.Series{}, has: e.has, leaves: []int{i}}
	l := e.in.Leaves[i]
	for _, d := range []usage.Dimension{usage.SubAccount, usage.ResourceGroup, usage.Service, usage.Resource} {
		if v := l.Dims[d]; v != "" {
			n.scope[d] = v
		}
	}
	if l.Dims[usage.Resource] == "" {
		n.scope[usage.Meter] = l.Dims[usage.Meter]
	}
	return n
}
