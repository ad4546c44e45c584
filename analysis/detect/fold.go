package detect

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"usagereport/usage"
)

// fold replaces hits that are one incident by one hit of the container whose
// resources rose together: half of its live resources, three at least, and
// 60 % of its cost are up since the same three days, none out of proportion.
// Those out of proportion stay for themselves. Where less than three were
// unexpected by themselves, it is a group or an account's service at most, and two thirds must be up by
// much the same ratio. Four (of days of rest only: two) that were unexpected since the
// same days and by much the same ratio are one incident even if most of a small
// container is as it was.
func (e *estate) fold(hits []*hit, sign float64) []*hit {
	costs := make(map[*node][]float64)
	rises := &rises{e: e, sign: sign, known: make(map[riseOf]float64), rests: make(map[*hit]bool)}
	tops, numbers := make(map[*hit]int), make(map[*hit]int)
	seen := make(map[joined]joint)
	for {
		var best *hit
		var covered []*hit
		score := 0.0
		for size, level := range e.levels {
			if size == byMeter {
				continue // what rises together is not of one size of machine only
			}
			inside := make(map[int32][]*hit)
			for _, h := range hits {
				top, known := tops[h]
				if !known {
					top = e.top(h)
					tops[h], numbers[h] = top, len(numbers)
				}
				if at := e.nodeOf[size][top]; at >= 0 && len(h.leaves) < len(level[at].leaves) {
					inside[at] = append(inside[at], h)
				}
			}
			for _, at := range slices.Sorted(maps.Keys(inside)) {
				n, in := level[at], inside[at]
				slices.SortStableFunc(in, func(a, b *hit) int { return cmp.Compare(a.start, b.start) })
				for i := range in {
					group := cluster(in[i:])
					if float64(len(group)) <= score || len(group) < 3 && size > byAccountService {
						continue
					}
					if costs[n] == nil {
						costs[n] = e.costOf(n)
					}
					key := joined{n, setOf(group, numbers)}
					j, known := seen[key]
					if !known {
						j.h, j.took, j.share = e.together(n, size, costs[n], group, rises)
						seen[key] = j
					}
					h, took, share := j.h, j.took, j.share
					if len(took) == 0 || len(took) == 1 && len(h.leaves) <= len(took[0].leaves) {
						continue
					}
					if x := share * float64(len(took)); x > score {
						best, covered, score = h, took, x
					}
				}
			}
		}
		if best == nil {
			return hits
		}
		hits = append(slices.DeleteFunc(hits, func(h *hit) bool {
			part := h.part(best)
			best.alarm = best.alarm || part && h.alarm // what was one by itself is no less as a part
			return part || slices.Contains(covered, h)
		}), best)
		best.alarm = best.alarm || e.alarms(best)
	}
}

// alarms reports whether h, of some that are no alarm each, is one as all that it is a part of shows it: what is seen of
// each is no reason to say less of them together.
func (e *estate) alarms(h *hit) bool {
	const part = 0.5 // of what is seen of all, at least
	var s series
	return slices.ContainsFunc(e.rule(h.node, &s, h.sign), func(o *hit) bool {
		return o.alarm && o.start <= h.end && h.start <= o.end && h.sign*h.impact() >= part*o.sign*o.impact()
	})
}

// gather joins hits of one service that began on one day in several accounts: what they
// have in common is the service, and each alone would tell it again. However far each rose,
// those that did not are left out.
func (e *estate) gather(hits []*hit, sign float64) []*hit {
	services, accounts := e.nodeOf[byService], e.nodeOf[byAccount]
	var out []*hit
	done := make(map[*hit]bool)
	for i, first := range hits {
		if done[first] {
			continue
		}
		together, in := []*hit{}, make(map[int32]bool)
		for _, h := range hits[i:] {
			_, same := e.common(h.leaves, usage.Service)
			if same && !done[h] && h.kind == first.kind && h.kind != usage.KindPrice && h.ongoing == first.ongoing && h.start-first.start <= 1 &&
				first.start-h.start <= 1 && services[h.leaves[0]] == services[first.leaves[0]] {
				together, in[accounts[h.leaves[0]]] = append(together, h), true
			}
		}
		if len(in) < gathered {
			out = append(out, first)
			continue
		}
		all := &hit{
			node: e.levels[byService][services[first.leaves[0]]], kind: first.kind, sign: sign, start: first.start, end: first.end,
			ongoing: first.ongoing,
		}
		for _, h := range together {
			done[h] = true
			all.start, all.end, all.alarm, all.beyond = min(all.start, h.start), max(all.end, h.end), all.alarm || h.alarm, all.beyond+h.beyond
			all.leaves = append(all.leaves, h.leaves...)
		}
		slices.Sort(all.leaves)
		all.rule = slices.MaxFunc(together, func(a, b *hit) int { return cmp.Compare(a.beyond, b.beyond) }).rule
		var s series
		s.fill(e.cal, e.cost(all.leaves), all.node.has)
		all.actual, all.expected, all.spread = s.y, s.frozen(all.start), s.spread(all.start)
		out = append(out, all)
	}
	return out
}

const gathered = 3 // accounts in which a service rises on one day, for it to be the service's affair

// part reports whether whole covers all that h does.
func (h *hit) part(whole *hit) bool {
	return h.start <= whole.end+1 && whole.start <= h.end+1 && h.start >= whole.start-7 && h.kind != usage.KindPrice &&
		within(h.leaves, whole.leaves)
}

// A joint is what together says of hits.
type joint struct {
	took  []*hit
	h     *hit
	share float64
}

// A joined is a container and hits in it: a bit for each. Where thousands rise there are as many sets of
// them.
type joined struct {
	n    *node
	hits string
}

// setOf returns hits as bits, by their numbers.
func setOf(hits []*hit, numbers map[*hit]int) string {
	bits := make([]byte, (len(numbers)+7)/8)
	for _, h := range hits {
		bits[numbers[h]/8] |= 1 << (numbers[h] % 8)
	}
	return strings.TrimRight(string(bits), "\x00") // as when there were fewer
}

// cluster returns the first hit and those of its sort that begin soon after.
func cluster(hits []*hit) []*hit {
	reach := 3
	if hits[0].kind == usage.KindDrift {
		reach = 10
	}
	var out []*hit
	for _, h := range hits {
		if h.start <= hits[0].start+reach && h.kind != usage.KindPrice && (h.ongoing == hits[0].ongoing || max(h.end,
			hits[0].end)-min(h.end, hits[0].end) <= 5) {
			out = append(out, h)
		}
	}
	return out
}

// top returns the leaf that carries most of h.
func (e *estate) top(h *hit) int {
	top, best := h.leaves[0], 0.0
	for _, i := range h.leaves {
		sum := 0.0
		for d := h.start; d <= h.end; d++ {
			sum += e.adj[i].at(d)
		}
		if sum > best {
			top, best = i, sum
		}
	}
	return top
}

// A folding is what a group of hits in a container has in common.
type folding struct {
	n            *node
	size, hits   int // of the container, and how many of the group
	start, end   int
	drifts       bool    // it rises by and by
	resting      bool    // all of it rises on days of rest
	minority     bool    // it rises by so much the same, that it may be the smaller part of the container
	usual, least float64 // by what part it rises, and others do at least, to be of it
}

// together returns the hit of n's resources that changed with group, and which
// of group it covers, and the share of n's resources that did; nil if that is
// too small.
func (e *estate) together(n *node, size int, cost []float64, group []*hit, rises *rises) (h *hit, took []*hit, share float64) {
	if len(n.leaves) < 3 {
		return nil, nil, 0
	}
	f := e.folding(n, size, group, rises)
	exp, r, _ := rises.excess(cost, n.has, f.start, f.end)
	few := r < e.t.FoldFew*f.least
	if exp <= 0 || few && !f.minority {
		return nil, nil, 0 // not worth a look at each resource
	}
	if n.units == nil {
		n.units = e.units(n.leaves)
	}
	if len(n.units) < 3 {
		return nil, nil, 0
	}
	units := n.units
	if few { // only those that were unexpected
		units = nil
		for _, g := range group {
			units = append(units, g.leaves)
		}
	}
	leaves, up := e.risen(f, units, rises)
	if len(leaves) == 0 {
		return nil, nil, 0
	}
	h = &hit{node: n, sign: rises.sign, start: f.start, leaves: leaves, rule: group[0].rule}
	for _, g := range group {
		if overlap(g.leaves, leaves) {
			took = append(took, g)
			h.alarm = h.alarm || g.alarm
			h.beyond += g.beyond
		}
	}
	s := &rises.s
	s.fill(e.cal, e.cost(leaves), n.has)
	h.actual, h.expected, h.spread = s.y, s.frozen(f.start), s.spread(f.start)
	e.ends(h, 0)
	if from, apart := e.again(h); apart && from > f.end { // that is another incident
		h.end, h.ongoing, h.kind = f.end, false, kindOf(f.start, f.end)
	}
	if f.drifts {
		h.kind = usage.KindDrift
	}
	return h, took, float64(up) / float64(len(n.units))
}

// folding looks at what group, hits in n, has in common.
func (e *estate) folding(n *node, size int, group []*hit, rises *rises) folding {
	f := folding{n: n, size: size, hits: len(group)}
	drifts, idle := 0, 0
	for _, g := range group {
		f.end = max(f.end, g.end)
		if g.kind == usage.KindDrift {
			drifts++
		}
		if rises.atRest(g) {
			idle++
		}
	}
	f.drifts, f.resting = 2*drifts > len(group), idle == len(group)
	f.start = group[len(group)/2].start // they are in the order of their starts
	if f.drifts {
		f.start = group[0].start
	}
	f.end = max(f.start, min(f.end, e.settled))
	var flagged []float64
	for _, g := range group {
		if r := rises.of(g, n.has, f.start, f.end); r > 0 {
			flagged = append(flagged, r)
		}
	}
	f.usual = Median(flagged)
	f.minority = size <= byAccountService && !f.drifts &&
		(f.resting && idle >= 2 || idle == 0 && e.alike(flagged, f.usual) >= max(4, (3*len(group)+3)/4))
	// Were 60 % of the cost up by least, the whole would be, by that part of it.
	f.least = max(e.t.Floor, e.t.FoldRise*f.usual)
	return f
}

// risen returns the leaves of those of units that rise as f does, and how many units are up at all; none where too few are.
func (e *estate) risen(f folding, units [][]int, rises *rises) (leaves []int, up int) {
	all, near, others := 0, 0, 0
	weight, upWeight := 0.0, 0.0
	for i, unit := range units {
		if !f.minority && others > all-others+len(units)-i {
			return nil, 0 // whatever the rest does, most are not up
		}
		exp, ratio, same := rises.excess(rises.cost(unit), f.n.has, f.start, f.end)
		if exp <= 0 {
			continue // new, or not alive
		}
		if f.resting && !same {
			ratio = 0 // another matter
		}
		all++
		weight += exp
		if ratio < f.least {
			others++
			continue
		}
		up++
		upWeight += exp
		if f.resting || ratio <= e.t.Disproportion.at(f.usual) { // how idle it was says how far it rises
			leaves = append(leaves, unit...)
		}
		if e.t.NearLeast*f.usual <= ratio && ratio <= e.t.NearMost.at(f.usual) {
			near++
		}
	}
	few := up < 3 || 2*up < all || upWeight < e.t.FoldCost*weight || f.hits < 3 && 3*near < 2*all
	if few && !f.minority || f.hits < 3 && f.size > byGroup && near < fewOfService {
		return nil, 0
	}
	slices.Sort(leaves)
	return leaves, up
}

// rises say by what part resources cost more than expected. What is asked of a hit again, among others,
// is known.
type rises struct {
	e     *estate
	sign  float64
	known map[riseOf]float64
	rests map[*hit]bool

	s   series    // memory to use
	sum []float64 // and for a cost
}

type riseOf struct {
	h          *hit
	has        *bool // the first of the days with data
	start, end int
}

// of returns the rise of h's leaves over the days from start to end.
func (r *rises) of(h *hit, has []bool, start, end int) float64 {
	key := riseOf{h, &has[0], start, end}
	ratio, known := r.known[key]
	if !known {
		_, ratio, _ = r.excess(h.actual, has, start, end)
		r.known[key] = ratio
	}
	return ratio
}

func (r *rises) atRest(h *hit) bool {
	rests, known := r.rests[h]
	if !known {
		rests = r.e.atRest(h)
		r.rests[h] = rests
	}
	return rests
}

// cost is the estate's, until it is asked for again.
func (r *rises) cost(leaves []int) []float64 {
	if r.sum == nil {
		r.sum = make([]float64, r.e.days)
	}
	clear(r.sum)
	addUp(r.sum, r.e.adj, leaves, 0, r.e.days)
	return r.sum
}

// excess returns what leaves cost more than expected, relative to it, and
// whether that lies on days of rest.
func (r *rises) excess(cost []float64, has []bool, start, end int) (exp, ratio float64, resting bool) {
	sum, over, rest, idle := 0.0, 0.0, 0.0, r.e.idle(cost, has, start)
	for i, x := range r.s.frozenSpan(r.e.cal, cost, has, start, end) {
		if d := start + i; has[d] {
			exp += x
			sum += cost[d]
			more := max(0, r.sign*(cost[d]-x))
			over += more
			if x < idle {
				rest += more
			}
		}
	}
	return exp, r.sign * (sum - exp) / exp, rest >= r.e.t.RestingPart*over
}

// fewOfService is how many resources of a service in one account rise by much the same ratio, at least,
// where one or two of them are unexpected by themselves.
const fewOfService = 4

// atRest reports whether h lies on days on which it is usually idle: an office's
// weekends.
func (e *estate) atRest(h *hit) bool {
	in, all, idle := 0.0, 0.0, e.idle(h.expected, h.node.has, h.start)
	for d := h.start; d <= h.end; d++ {
		x := max(0, h.sign*(h.actual[d]-h.expected[d]))
		all += x
		if h.expected[d] < idle {
			in += x
		}
	}
	return in >= e.t.RestingPart*all
}

// idle returns the cost below which a day is one of rest, by the week before day
// start: 60 % of its median day.
func (e *estate) idle(cost []float64, has []bool, start int) float64 {
	var week [7]float64
	n := 0
	for d := max(0, start-7); d < start; d++ {
		if has[d] {
			week[n] = cost[d]
			n++
		}
	}
	return e.t.RestDayPart * Median(week[:n])
}

// alike returns how many ratios lie near the usual one.
func (e *estate) alike(ratios []float64, usual float64) (n int) {
	for _, r := range ratios {
		if e.t.Alike[0]*usual <= r && r <= e.t.Alike[1]*usual {
			n++
		}
	}
	return n
}

func overlap(a, b []int) bool {
	return slices.ContainsFunc(a, func(i int) bool { _, found := slices.BinarySearch(b, i); return found })
}

// ownHistory drops a container's hits when one resource is most of them: that
// resource has been judged by itself, and was not unexpected. What is left
// covers only leaves that no earlier finding does.
func (e *estate) ownHistory(hits []*hit) []*hit {
	var out []*hit
	for _, h := range hits {
		leaves := slices.DeleteFunc(slices.Clone(h.leaves), func(i int) bool {
			return slices.ContainsFunc(e.covered, func(t coverage) bool { return t.leaf == i && t.start <= h.end && t.end >= h.start })
		})
		if len(leaves) == 0 || h.rule.Kind == RuleDay && len(leaves) < len(h.leaves) {
			continue // the rest of a high day is no other one
		}
		var s series
		var deltas []float64
		total := 0.0
		for _, unit := range e.units(leaves) {
			y := e.cost(unit)
			delta := 0.0
			for i, x := range s.frozenSpan(e.cal, y, h.node.has, h.start, h.end) {
				if d := h.start + i; h.node.has[d] {
					delta += h.sign * (y[d] - x)
				}
			}
			deltas = append(deltas, delta)
			total += delta
		}
		slices.SortFunc(deltas, func(a, b float64) int { return cmp.Compare(b, a) })
		if len(deltas) < 3 || deltas[0] >= e.t.OneResource*total || deltas[0]+deltas[1] >= e.t.TwoResources*total {
			continue
		}
		h.leaves = leaves
		s.fill(e.cal, e.cost(leaves), h.node.has)
		h.actual, h.expected, h.spread = s.y, s.frozen(h.start), s.spread(h.start)
		if e.material(h) {
			out = append(out, h)
		}
	}
	return out
}

// takeOut takes a hit out of the estate: its leaves cost what was expected.
func (e *estate) takeOut(h *hit) {
	if h.price != nil {
		e.tell(h.price, 1)
		h = h.quantity
	}
	end := h.end
	if h.ongoing {
		end = e.days - 1
	}
	usual := e.leafExpectations(h, end)
	for k, i := range h.leaves {
		y, more := e.adj[i].copy(e.days), make([]float64, e.days)
		copy(y[h.start:end+1], usual[k])
		for d := h.start; d <= end; d++ {
			more[d] = e.adj[i].at(d) - y[d]
		}
		e.told.add(i, e.days, 1, more)
		if h.kind == usage.KindPrice && h.rule.Kind != RuleBooked {
			h.took[i] = more
			e.repriced.add(i, e.days, 1, more)
		}
		e.set(i, y)
		e.covered = append(e.covered, coverage{i, h.start, end})
	}
}

// leafExpectations returns what each leaf would have cost without h, from h's start to end. They add up to what all would have: where
// one leaf went on as another, both would have cost that.
func (e *estate) leafExpectations(h *hit, end int) [][]float64 {
	var s series
	out := make([][]float64, len(h.leaves))
	for k, i := range h.leaves {
		out[k] = slices.Clone(e.leafExpectation(h, i, end, &s))
	}
	if h.leafExpected != nil || h.kind == usage.KindNew || len(out) == 1 {
		return out
	}
	for d := range end + 1 - h.start {
		sum := 0.0
		for _, y := range out {
			sum += y[d]
		}
		if all := h.expected[h.start+d]; sum > 0 && all >= 0 {
			for _, y := range out {
				y[d] *= all / sum
			}
		}
	}
	return out
}

// leafExpectation returns what leaf i would have cost without h, from h's start
// to end. It uses s's memory.
func (e *estate) leafExpectation(h *hit, i, end int, s *series) []float64 {
	if x := h.leafExpected[i]; x != nil {
		return x[h.start : end+1]
	}
	if h.kind == usage.KindNew {
		return make([]float64, end+1-h.start)
	}
	return s.frozenSpan(e.cal, e.adj[i].days(e.days), h.node.has, h.start, end)
}

// day returns the day of index i.
func (e *estate) day(i int) usage.Day { return e.in.From + usage.Day(i) }
