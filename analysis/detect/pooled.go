package detect

import (
	"cmp"
	"math"
	"slices"
	"time"

	"usagereport/usage"
)

// Where history is short, a series knows too little of itself: how restless it is, and how
// much a weekend changes it, is taken in part from the other resources of its service
// (Efron and Morris 1975), and how large a change must be from the bill: as many resources
// fall by chance as rise by it, so that the falls tell how many of the rises are chance
// (Barber and Candès 2015).
//
// The numbers were chosen by trial on seeds 31 to 60 of both of the generators of analysis/eval, with 25,
// 31, 56 and 87 days; how well they do on others is in docs/accuracy.md.

const (
	pooledWeeks    = 56   // days in which changes and births are counted
	recentDays     = 80   // last days in which resources are compared
	shortHistory   = 100  // days, from the first with data, below which history is short
	stepHistory    = 150  // and below which the days are compared with each other, too
	familyMost     = 60   // resources of a family that are looked at
	billMost       = 500  // and of a bill
	pooledLeast    = 10   // days with cost that are compared, at least
	pooledWeight   = 6.0  // days that the service's noise counts for
	pooledRest     = 2.0  // days of rest that the service's counts for
	pooledStart    = 7    // days before a change, at least
	pooledWork     = 4    // working days among them, at least
	pooledWrong    = 0.1  // part of what is told that may be chance
	pooledNever    = 6.0  // deviations from which a change counts where falls say nothing
	pooledEver     = 7.5  // deviations that are no chance, whatever falls say: some are as real as rises
	pooledRises    = 1.25 // times the level that a change makes it, at least
	pooledRun      = 21   // days of a run that is compared with the others, at most
	pooledNew      = 3    // days in a row that something new has cost, at least;
	pooledDaily    = 2    // so many, where what is like it costs something every day,
	seldomMost     = 0.1  // that is all but this part of it, and
	pooledNewStart = 4    // days before it
	pooledBorn     = 3    // days without cost at first of what has begun
	bornAlike      = 0.1  // part of what something new costs that another one does, to be such as it
	pooledFloor    = 0.2  // part of a usual day that a day of rest without cost counts as
)

// What jumps.
const (
	jumpOther   = 0.35  // part of a change that another one of the series has, for it to jump
	jumpDays    = 42    // days before the change in which the other lies, at most
	jumpNoise   = 4.0   // deviations that the other has at least
	jumpLevel   = 0.5   // and where it is a level that is judged: the fit of both is not exact
	alikeRest   = 0.04  // logarithm by which days of rest of two resources differ that are half alike,
	alikeNoise  = 0.5   // by which their noise does,
	alikeLeast  = 0.002 // and noise that is as good as none
	oftenStart  = 3     // days before a lasting change that says something of others, at least,
	oftenLeast  = 4.5   // deviations that it has, at least,
	oftenClear  = 0.75  // part of those of the change in question that it has,
	oftenSure   = 9.0   // and deviations that are enough in any case;
	oftenHigh   = 4.0   // those of high days: a service that has such days has many that are less clear
	oftenSize   = 0.75  // part of a change that those of other resources are, to be such as it
	oftenLarge  = 0.5   // logarithm of a change that is such as any larger one
	oftenWider  = 6.0   // resources that those of the wider family count for
	oftenJumps  = 0.5   // what one change of several of a resource counts for,
	oftenFall   = 0.5   // and what a fall does
	oftenMost   = 0.13  // changes of a resource's family, from which one more is no news;
	oftenOnce   = 0.1   // so many in less than
	oftenDays   = 45    // days of history, in which what changes now and then does so once,
	oftenAlways = 0.3   // and from which it is what they do

	restlessSize  = 0.3 // logarithm of changes, of which
	restlessMost  = 0.4 // so many make the resources of a family restless
	togetherMost  = 6.0 // deviations that one of several resources counts for, at most
	togetherUnits = 60  // resources that are looked at, about

	restWindow = 10   // days on either side with which a day is compared
	restLow    = 0.75 // part of the upper quarter below which a day is low
	restLeast  = 5    // resources with a weekend that say which days are
)

// A kin is what the resources of a meter, a service or the bill have in common.
type kin struct {
	rest, noise   float64 // the usual ones
	seldom        int     // resources that cost something on some days only
	members, born []int   // resources, by number, and those that cost nothing at first
	compared      []int   // the members of which it is known what changes they have
}

// A pool is what the resources of a bill have in common.
type pool struct {
	e       *estate
	rest    []bool            // days on which what has a weekend is at rest
	kin     map[[2]string]kin // of a service and meter; of a service, without a meter; of all
	lasting [][]past          // of each resource, its lasting changes,
	highs   [][]past          // and its highest days
	all     []logs            // of each resource
	calm    []logs            // the same, as if their clearest change had not been
	number  []int             // the resource of each leaf
	begun   []int             // the days on which resources cost something for the first time, in their order
	rise    float64           // deviations from which a rise of level is more than chance, and
	high    float64           // from which days are
}

// newPool looks at the resources: at all, or at those that tell enough of the ones that leaves are of.
func newPool(e *estate, leaves []int) *pool {
	p := &pool{e: e, kin: map[[2]string]kin{}, rest: e.cal.rest, begun: e.begins()}
	if p.rest == nil {
		p.rest = e.restDays()
	}
	p.number = make([]int, len(e.in.Leaves))
	for i, n := range e.resources {
		for _, leaf := range n.leaves {
			p.number[leaf] = i
		}
	}
	known := p.telling(leaves)
	p.all = make([]logs, len(e.resources))
	parallel(len(p.all), func(_ *series, i int) {
		if known[i] {
			p.all[i] = p.logs(e.sum(e.full, e.resources[i].leaves), e.resources[i].has)
		}
	})
	rests, noises, members := map[[2]string][]float64{}, map[[2]string][]float64{}, map[[2]string][]int{}
	seldom := map[[2]string]int{}
	for i, l := range p.all {
		if !known[i] {
			continue
		}
		if l.x == nil {
			for _, k := range p.families(e.resources[i].leaves) {
				if e.costs(e.resources[i], 0) || e.costsBefore(e.resources[i], pooledLeast) {
					seldom[k]++
				}
			}
			continue
		}
		for _, k := range p.families(e.resources[i].leaves) {
			rests[k], noises[k], members[k] = append(rests[k], l.rest), append(noises[k], l.noise), append(members[k], i)
		}
	}
	for k, n := range seldom {
		p.kin[k] = kin{seldom: n}
	}
	for k := range rests {
		p.kin[k] = kin{seldom: seldom[k], rest: Median(rests[k]), noise: max(0.01, Median(noises[k])), members: members[k]}
	}
	return p
}

// compare learns what changes the resources have: all, or those that tell enough of the ones that leaves are of.
// told are findings of the bill.
func (p *pool) compare(told []Finding, leaves []int) {
	e, all, known := p.e, p.all, p.telling(leaves)
	fallen, common := make([]bool, len(e.in.Leaves)), make(map[int]int)
	for _, f := range told {
		many := f.Kind == usage.KindPrice || len(e.units(f.Leaves)) >= 3
		for _, i := range f.Leaves {
			fallen[i] = fallen[i] || f.Direction == usage.Down
			if many {
				common[i] = int(f.Start - e.in.From)
			}
		}
	}
	for i, n := range e.resources {
		if _, many := common[n.leaves[0]]; many || !known[i] || e.costsBefore(n, max(pooledBorn, e.settled-pooledWeeks)) {
			continue
		}
		for _, k := range p.families(n.leaves) {
			f := p.kin[k]
			f.born = append(f.born, i)
			p.kin[k] = f
		}
	}
	found := make([]changes, len(all))
	p.calm = make([]logs, len(all))
	p.lasting, p.highs = make([][]past, len(all)), make([][]past, len(all))
	parallel(len(all), func(_ *series, i int) {
		if known[i] && all[i].x != nil {
			usual := p.of(e.resources[i].leaves)
			found[i] = p.changes(all[i], usual)
			p.calm[i] = p.again(all[i].without(found[i].clearest()))
			but, many := common[e.resources[i].leaves[0]]
			if !many {
				but = -1
			}
			p.lasting[i], p.highs[i] = p.had(all[i], usual, found[i].high, but)
		}
	})
	var rises, falls, highs, lows []float64
	for i, c := range found {
		if all[i].x == nil || !known[i] || fallen[e.resources[i].leaves[0]] {
			continue
		}
		rises, falls, highs, lows = append(rises, c.rise.z), append(falls, c.fall.z), append(highs, c.high.z), append(lows, c.low.z)
	}
	p.rise = max(pooledNever, min(pooledEver, mirror(rises, falls)))
	p.high = max(pooledNever, min(pooledEver, mirror(highs, lows)))
	for k, f := range p.kin { // what is not compared says nothing of changes
		f.compared = slices.DeleteFunc(slices.Clone(f.members), func(i int) bool { return !known[i] })
		p.kin[k] = f
	}
}

// telling returns which resources tell enough of the ones that leaves are of: all where leaves is nil; else those,
// and some of each of their families, of their groups, and of the bill.
func (p *pool) telling(leaves []int) []bool {
	nodes := p.e.resources
	known := make([]bool, len(nodes))
	if leaves == nil {
		for i := range known {
			known[i] = true
		}
		return known
	}
	for _, i := range spaced(len(nodes), billMost) {
		known[i] = true
	}
	places := make(map[*node]bool)
	for _, leaf := range leaves {
		known[p.number[leaf]] = true
		for _, level := range []int{byMeter, byService, byGroup} {
			places[p.e.levels[level][p.e.nodeOf[level][leaf]]] = true
		}
	}
	for n := range places {
		var units []int
		for _, leaf := range n.leaves {
			if i := p.number[leaf]; len(units) == 0 || units[len(units)-1] != i {
				units = append(units, i)
			}
		}
		for _, at := range spaced(len(units), familyMost) {
			known[units[at]] = true
		}
	}
	return known
}

// spaced returns the numbers below n, or most of them at about the same distances.
func spaced(n, most int) []int {
	out := make([]int, min(n, most))
	for k := range out {
		out[k] = k * n / len(out)
	}
	return out
}

// restDays finds the days on which most of what has a weekend costs less: weekends, whatever
// days those are, and holidays. Where too few have one, they are Saturdays and Sundays. Days that
// have not settled are as a week before.
func (e *estate) restDays() []bool {
	days := e.settled + 1
	rest := make([]bool, e.days)
	some := spaced(len(e.resources), billMost)
	low := make([][]bool, len(some))
	parallel(len(low), func(_ *series, i int) {
		y := e.sum(e.full, e.resources[some[i]].leaves)
		out, n := make([]bool, days), 0
		for d := range out {
			from := max(0, min(d-restWindow, days-2*restWindow-1)) // as many days at either end, too
			near := slices.Clone(y[from:min(days, from+2*restWindow+1)])
			slices.Sort(near)
			if out[d] = e.has[d] && y[d] < restLow*near[len(near)*3/4]; out[d] {
				n++
			}
		}
		if 8*n >= days && 3*n <= 2*days {
			low[i] = out
		}
	})
	low = slices.DeleteFunc(low, func(v []bool) bool { return v == nil })
	for d := range rest {
		n := 0
		for _, v := range low {
			if d < days && v[d] {
				n++
			}
		}
		wd := e.day(d).Weekday()
		switch {
		case len(low) < restLeast:
			rest[d] = wd == time.Saturday || wd == time.Sunday
		case d >= days:
			rest[d] = d >= 7 && rest[d-7]
		default:
			rest[d] = 2*n > len(low)
		}
	}
	return rest
}

// families are what a resource is like, from narrow to wide.
func (p *pool) families(leaves []int) (out [][2]string) {
	if service, one := p.e.common(leaves, usage.Service); one {
		if meter, one := p.e.common(leaves, usage.Meter); one {
			out = append(out, [2]string{service, meter})
		}
		out = append(out, [2]string{service})
	}
	return append(out, [2]string{})
}

// of is what is usual of resources like those of leaves.
func (p *pool) of(leaves []int) kin {
	for _, k := range p.families(leaves) {
		if f, known := p.kin[k]; known && len(f.members) >= 3 {
			return f
		}
	}
	return p.kin[[2]string{}]
}

// often is how many changes of had a resource like that of leaves has that are such as by or larger and as clear as
// sure, in eight weeks; that resource is left out. Those that jump count for less, for what jumps shows as such by itself, and so do falls:
// much is made smaller once. Narrow families are judged in part by the wider.
func (p *pool) often(had [][]past, leaves, but []int, by, sure float64) float64 {
	out, own := 0.0, p.number[leaves[0]]
	skip := map[int]bool{own: true}
	for _, i := range but {
		skip[p.number[i]] = true
	}
	weeks := min(1, pooledWeeks/float64(p.e.settled+1))
	families := p.families(leaves)
	slices.Reverse(families)
	for _, k := range families {
		n, all := 0.0, 0.0
		for _, i := range p.kin[k].compared {
			if skip[i] {
				continue
			}
			w := p.alike(own, i)
			all += w
			for j, x := range had[i] {
				if x.z < sure || x.size < min(oftenSize*by, oftenLarge) {
					continue
				}
				counts := w
				if len(had[i]) > 1 && (j > 0 || had[i][1].size >= jumpOther*x.size) {
					counts *= oftenJumps
				}
				if x.fall {
					counts *= oftenFall
				}
				n += counts
			}
		}
		out = (n*weeks + oftenWider*out) / (all + oftenWider)
	}
	return out
}

// alike is how much one resource is as another is.
func (p *pool) alike(i, j int) float64 {
	a, b := p.calm[i], p.calm[j]
	if a.x == nil || b.x == nil {
		return 1
	}
	r := (a.rest - b.rest) / alikeRest
	n := math.Log((a.noise+alikeLeast)/(b.noise+alikeLeast)) / alikeNoise
	return math.Exp(-r*r/2 - n*n/2)
}

// again returns l with its own noise and days of rest measured anew.
func (p *pool) again(l logs) logs {
	var work, rest []float64
	for d, v := range l.x {
		if math.IsNaN(v) {
			continue
		}
		if p.rest[d] {
			rest = append(rest, v)
		} else {
			work = append(work, v)
		}
	}
	level := Median(work)
	if len(rest) > 0 {
		l.rest = Median(rest) - level
	}
	l.noise = p.noise(l.x, level, l.rest)
	return l
}

// had returns the changes that l had: two that last at most, and the highest days, high. What began
// about day but is told of many resources; it is none of l's. What begins in the first days tells nothing of what came
// before, and yet that l goes between levels.
func (p *pool) had(l logs, usual kin, high change, but int) (lasting, highs []past) {
	add := func(to []past, c change, least float64) []past {
		if c.z < least || but >= 0 && but-3 <= c.from && c.from <= but+3 {
			return to
		}
		return append(to, past{c.size(), c.z, c.times < 1})
	}
	highs = add(nil, high, oftenHigh)
	best := p.changesAfter(l, usual, oftenStart).clearest()
	lasting = add(nil, best, oftenLeast)
	if best.z >= oftenLeast {
		lasting = add(lasting, p.changesAfter(l.without(best), usual, oftenStart).clearest(), oftenLeast)
	}
	return lasting, highs
}

// mirror returns from how many deviations on at most pooledWrong of the rises are chance, by
// as many falls.
func mirror(rises, falls []float64) float64 {
	slices.SortFunc(rises, func(a, b float64) int { return cmp.Compare(b, a) })
	slices.Sort(falls)
	out := max(pooledNever, append(falls, 0)[max(0, len(falls)-1)])
	for i, t := range rises {
		if t <= 3 {
			break
		}
		at, _ := slices.BinarySearch(falls, t)
		if float64(1+len(falls)-at) <= pooledWrong*float64(i+1) {
			out = t
		}
	}
	return out
}

// stretched is the rule by what resources have in common: a new level, or a stretch of days.
func (p *pool) stretched(n *node, s *series) *hit {
	e := p.e
	l := p.logs(s.y, n.has)
	if l.x == nil {
		return nil
	}
	c := p.changes(l, p.of(n.leaves))
	best := c.stretch
	if c.rise.z >= best.z {
		best = c.rise
	} else if n.resource && c.high.z > best.z && best.to-best.from < 2*briefDays {
		return nil // some days of it are all of it: see brief
	}
	if best.z < min(pooledNever, p.rise) || best.times < pooledRises || e.settled-best.from < shortest-1 ||
		!slices.Contains(n.has[:best.from], true) { // there is nothing to compare with
		return nil
	}
	days := func(from, to int) float64 { // of days of work, where there are any
		var v, work []float64
		for d := from; d <= to; d++ {
			if n.has[d] {
				if v = append(v, s.y[d]); !p.rest[d] {
					work = append(work, s.y[d])
				}
			}
		}
		if len(work) > 0 {
			v = work
		}
		return Median(v)
	}
	if days(best.from, best.to) <= 0 {
		best.to = e.settled // a weekend alone does not tell how much it is
	}
	if was, now := days(e.working(s), best.from-1), days(best.from, best.to); was > 0 && now > 0 {
		best.from, best.to = e.onset(s, best.from, best.to, was, now)
	}
	expected := s.frozen(best.from)
	quiet := e.quiet(expected, best.to)
	d := best.to + 1
	for ; d <= e.settled && (expected[d] < quiet || s.y[d] >= math.Sqrt(best.times)*expected[d]); d++ {
		if expected[d] >= quiet {
			best.to = d // the fit takes days of rest for its end
		}
	}
	h := &hit{
		node: n, kind: usage.KindLevel, sign: 1, start: best.from, end: best.to, ongoing: d > e.settled, leaves: n.leaves,
		actual: s.y, expected: expected, spread: s.spread(best.from),
	}
	if h.ongoing {
		h.end = e.last
		for h.end > e.settled && h.actual[h.end] <= h.expected[h.end] {
			h.end--
		}
	}
	if _, apart := e.again(h); apart && !h.ongoing {
		return nil // two high days: see brief
	}
	h.beyond = h.impact()
	h.rule = Rule{
		Kind: RuleStep, Day: e.day(h.start), Days: best.to - best.from + 1, DaysBefore: best.from - s.birth,
		Amount: days(best.from, best.to), Usual: days(s.birth, best.from-1), Noise: h.spread,
	}
	if !h.ongoing {
		h.kind, h.rule.Kind = kindOf(h.start, h.end), RuleStretch
	}
	return h
}
