package detect

import (
	"math"
	"slices"

	"usagereport/usage"
)

// What else shows in a short history, beside levels and the one highest day: rests of which there
// are no more, a day or two that are higher, and what rises by and by.
const (
	awakeRest   = 2    // days of rest before and since, at least
	awakeWeeks  = 3    // weekends that show by themselves that it rests
	awakePart   = 0.75 // part of a working day below which a day of rest is one
	awakeWork   = 0.5  // part of the change that working days change by, at most
	awakeStill  = 0.1  // and by less, where it was in the midst of a weekend
	awakeBeside = 3.0  // deviations of what is left on beside what surely is, at least
	awakeDepth  = 0.5  // part of the logarithm that others are lower by
	awakeOthers = 0.05 // part of those like it that are so, at least
	awakeSides  = 6    // working days beside a rest, of which one may be a holiday
	briefDays   = 3    // that are brief, at most
	rampLeast   = 8    // days after a drift's first, at least
	rampBetter  = 1.1  // times the deviations of a step that a drift's are, at least
)

// found returns a hit of the days from start to end with the rest filled in from s.
func (e *estate) found(n *node, s *series, kind usage.Kind, start, end int) *hit {
	h := &hit{
		node: n, kind: kind, sign: 1, start: start, end: end, ongoing: end == e.settled, leaves: n.leaves, actual: s.y,
		expected: s.frozen(start), spread: s.spread(start),
	}
	for h.end = end; h.ongoing && h.end < e.last && h.actual[h.end+1] > h.expected[h.end+1]; {
		h.end++
	}
	h.beyond = h.impact()
	return h
}

// mid returns the median cost of the days from one to another, of rest or of work.
func (p *pool) mid(n *node, y []float64, from, to int, rest bool) float64 {
	var v []float64
	for d := from; d <= to; d++ {
		if n.has[d] && p.rest[d] == rest {
			v = append(v, y[d])
		}
	}
	return Median(v)
}

// works returns the cost of the next day of work, from one on forwards or, with -1 for step, backwards; of none it is nothing.
func (p *pool) works(n *node, y []float64, from, step int) float64 {
	for d := from; d >= 0 && d < len(y); d += step {
		if n.has[d] && !p.rest[d] {
			return y[d]
		}
	}
	return 0
}

// awake is the rule for what was off on days of rest and no longer is: a machine that is left on at
// weekends.
func (p *pool) awake(n *node, s *series) *hit {
	_, group := p.e.common(n.leaves, usage.ResourceGroup)
	l := p.logs(s.y, n.has)
	if l.x == nil || !n.resource && !group {
		return nil
	}
	best := p.wakes(l, n.leaves)
	if best.z < pooledNever {
		return nil
	}
	const days = 4
	was := p.mid(n, s.y, s.birth, best.from-days-1, false)
	if was > 0 && p.mid(n, s.y, best.from-days, best.from-1, false) > risingRise*was {
		return nil // it rose on working days, before the weekend
	}
	least := (1 + best.times) / 2 * was
	if was > 0 && p.works(n, s.y, best.from-1, -1) > least && p.works(n, s.y, best.from+1, 1) > least {
		return nil // it is as high on those before and after it
	}
	h := p.e.found(n, s, usage.KindLevel, best.from, p.e.settled)
	h.awake = true
	h.rule = Rule{
		Kind: RuleRest, Day: p.e.day(h.start), Days: p.e.settled - best.from + 1, DaysBefore: best.from - s.birth,
		Amount: p.mid(n, s.y, best.from, p.e.settled, true), Usual: p.mid(n, s.y, s.birth, best.from-1, true), Noise: h.spread,
	}
	return h
}

// awakened joins what of one group and service is left on since one weekend: it is one switch that was not
// turned, however few of the machines there it was. One that is sure takes along others that are less so. What is too little
// together is left out.
func (e *estate) awakened(hits []*hit) []*hit {
	p := e.pool
	if p == nil {
		return hits
	}
	places := e.nodeOf[byGroupService]
	left := map[[2]int][]*node{} // by place and day, what is left on from then on
	var out []*hit
	for _, h := range hits {
		if h.awake {
			left[[2]int{int(places[h.leaves[0]]), h.start}] = nil
		}
	}
	if len(left) == 0 {
		return hits
	}
	woken := make([]change, len(e.resources))
	parallel(len(woken), func(_ *series, i int) {
		leaves := e.resources[i].leaves
		if l := p.all[p.number[leaves[0]]]; l.x != nil {
			woken[i] = p.wakes(l, leaves)
		}
	})
	for i, n := range e.resources {
		key := [2]int{int(places[n.leaves[0]]), woken[i].from}
		if all, any := left[key]; any && woken[i].z >= awakeBeside {
			left[key] = append(all, n)
		}
	}
	joined := map[*node]bool{}
	firsts := map[[2]int]*hit{}
	for _, h := range hits {
		key := [2]int{int(places[h.leaves[0]]), h.start}
		if all := left[key]; !h.awake || len(all) < 2 {
			continue
		}
		for _, n := range left[key] {
			joined[n] = true
		}
		if first := firsts[key]; first == nil || h.beyond > first.beyond {
			firsts[key] = h
		}
	}
	done := map[[2]int]bool{}
	for _, h := range hits {
		key := [2]int{int(places[h.leaves[0]]), h.start}
		switch {
		case !joined[h.node]:
			if !h.awake || e.material(h) {
				out = append(out, h)
			}
		case h.awake && firsts[key] != nil && !done[key]:
			done[key] = true
			if whole := e.leftOn(firsts[key], left[key]); e.material(whole) {
				out = append(out, whole)
			}
		case !h.awake && h.end < e.settled-6: // of other days
			out = append(out, h)
		}
	}
	return out
}

// leftOn is first, with all that is left on since the same day.
func (e *estate) leftOn(first *hit, all []*node) *hit {
	whole := &hit{
		node: e.levels[byGroupService][e.nodeOf[byGroupService][first.leaves[0]]], kind: first.kind, sign: 1, start: first.start,
		end: first.end, ongoing: true, alarm: first.alarm, awake: true, rule: first.rule,
	}
	for _, n := range all {
		whole.leaves = append(whole.leaves, n.leaves...)
	}
	slices.Sort(whole.leaves)
	var s series
	s.fill(e.cal, e.cost(whole.leaves), whole.node.has)
	whole.actual, whole.expected, whole.spread = s.y, s.frozen(whole.start), s.spread(whole.start)
	for whole.end < e.last && whole.actual[whole.end+1] > whole.expected[whole.end+1] {
		whole.end++
	}
	whole.beyond = whole.impact()
	return whole
}

// wakes finds from which weekend on l costs more on days of rest, where it did rest before and its working
// days have not changed; two days of rest on either side are enough.
func (p *pool) wakes(l logs, leaves []int) (best change) {
	depth := 0.0
	noise := l.shrunk(p.of(leaves), float64(len(l.x)))
	mean := func(from, to int, rest bool) (mean, squares, n float64) {
		for d := from; d < to; d++ {
			if x := l.x[d]; p.rest[d] == rest && !math.IsNaN(x) {
				mean, squares, n = mean+x, squares+x*x, n+1
			}
		}
		mean /= max(1, n)
		return mean, squares - n*mean*mean, n
	}
	for t := 1; t < len(l.x); t++ {
		if !p.rest[t] || p.rest[t-1] {
			continue
		}
		was, off, n := mean(0, t, true)
		now, offNow, m := mean(t, len(l.x), true)
		if n < awakeRest || m < awakeRest {
			continue
		}
		s := max(noise, math.Sqrt((pooledWeight*noise*noise+off+offNow)/(pooledWeight+n+m)))
		z := (now - was) / (s * math.Sqrt(1/n+1/m))
		work, _, days := mean(0, t, false)
		week, _, _ := mean(max(0, t-6), t, false)
		since, _, daysSince := mean(t, len(l.x), false)
		if days < pooledWork || was > work+math.Log(awakePart) || now-was < math.Log(pooledRises) ||
			math.Abs(week-work) > awakeWork*(now-was) || daysSince > 0 && math.Abs(since-work) > awakeWork*(now-was) {
			continue
		}
		if daysSince > 0 && math.Exp(since)-math.Exp(work) > awakeWork*(math.Exp(now)-math.Exp(was)) {
			continue // it costs as much more on days of work: a part of it that never rests
		}
		if z > best.z && p.beside(l, t, work) {
			from := t
			for from+1 < len(l.x) && p.rest[from+1] && l.x[from] < (was+now)/2 && (daysSince == 0 || since-work < awakeStill*(now-was)) {
				from++ // it was left on in the midst of a weekend, and no more used since
			}
			best, depth = change{z, math.Exp(now - was), from, len(l.x) - 1}, was-work
		}
	}
	if best.z > 0 && (!p.e.alone || !p.rested(l, best.from)) && !p.rests(leaves, depth) {
		return change{}
	}
	return best
}

// rested reports whether l itself cost less on the days of rest of some weeks before one, on each of them: no outage falls on
// so many weekends, and nothing else need rest.
func (p *pool) rested(l logs, day int) bool {
	var work []float64
	low := math.Inf(-1) // the highest day of rest
	rests := 0
	for d := range day {
		switch x := l.x[d]; {
		case math.IsNaN(x):
		case p.rest[d]:
			low, rests = max(low, x), rests+1
		default:
			work = append(work, x)
		}
	}
	return rests >= awakeWeeks*2 && low <= Median(work)+math.Log(awakePart)
}

// rests reports whether others of its service, or of its group, cost less on days of rest, too, half as much
// less at least: without them it was an outage that fell on a weekend.
func (p *pool) rests(leaves []int, depth float64) bool {
	own := p.number[leaves[0]]
	enough := func(members []int) bool {
		n, all := 0, 0
		for _, i := range members {
			if i != own && p.all[i].x != nil {
				all++
				n += int(share(p.all[i].low <= awakeDepth*depth))
			}
		}
		return n >= 2 && float64(n) >= awakeOthers*float64(all)
	}
	families := p.families(leaves)
	for _, k := range families[:len(families)-1] {
		if enough(p.kin[k].members) {
			return true
		}
	}
	var group []int
	for _, i := range p.e.levels[byGroup][p.e.nodeOf[byGroup][leaves[0]]].leaves {
		if n := p.number[i]; !slices.Contains(group, n) {
			group = append(group, n)
		}
	}
	return enough(group)
}

// beside reports whether only the days of rest before day t are as low: those beside them are not, but for a holiday or two.
func (p *pool) beside(l logs, t int, work float64) bool {
	low, all := 0, 0
	for d := 1; d < t; d++ {
		if p.rest[d] == p.rest[d-1] {
			continue
		}
		side := d // the working day beside a rest
		if p.rest[d] {
			side = d - 1
		}
		if all++; math.IsNaN(l.x[side]) || l.x[side] < work+math.Log(awakePart) {
			low++
		}
	}
	return low*awakeSides <= all
}

// brief is the rule for up to three days.
func (p *pool) brief(n *node, s *series) *hit {
	l := p.logs(s.y, n.has)
	if l.x == nil || !n.resource {
		return nil
	}
	l = l.since(p.e.last - Review - jumpDays)
	best := p.changes(l, p.of(n.leaves)).high
	if best.to <= p.e.last-Review || best.z < min(pooledNever, p.high) || best.times < pooledRises {
		return nil
	}
	h := p.e.found(n, s, usage.KindSpike, best.from, best.to)
	h.end, h.ongoing = p.e.follow(s, h.expected, best.from, h.end)
	rest := p.rest[best.from]
	h.rule = Rule{
		Kind: RuleStretch, Day: p.e.day(h.start), Days: best.to - best.from + 1, DaysBefore: best.from - s.birth,
		Amount: p.mid(n, s.y, best.from, best.to, rest), Usual: p.mid(n, s.y, s.birth, best.from-1, rest), Noise: h.spread,
	}
	return h
}

// ramp is the rule for what rises by and by.
func (p *pool) ramp(n *node, s *series) *hit {
	l := p.logs(s.y, n.has)
	if l.x == nil {
		return nil
	}
	e, usual := p.e, p.of(n.leaves)
	var best change
	var on func(d int) float64
	known, last := 0, -1 // days from there on, and the last
	for from := e.settled; from >= s.birth+pooledStart; from-- {
		if math.IsNaN(l.x[from]) {
			continue
		}
		if last = max(last, from); known < rampLeast {
			known++
			continue
		}
		ramp := func(d int) float64 { return max(0, float64(d-from+1)/float64(e.settled-from+1)) }
		if by, z := p.fit(l, usual, ramp); z > best.z {
			best, on = change{z, math.Exp(by), from, e.settled}, ramp
		}
	}
	if best.z < min(pooledNever, p.rise) || best.times < pooledRises || best.z < rampBetter*p.changes(l, usual).rise.z {
		return nil
	}
	l.x = slices.Clone(l.x)
	l.x[last] = math.NaN()
	if _, z := p.fit(l, usual, on); z < pooledNever/2 {
		return nil // its last day is all of it
	}
	h := e.found(n, s, usage.KindDrift, best.from, e.settled)
	days := func(from, to int) float64 { return Median(slices.Clone(s.y[from : to+1])) }
	h.rule = Rule{
		Kind: RuleStep, Day: e.day(h.start), Days: e.settled - best.from + 1, DaysBefore: best.from - s.birth,
		Amount: days(best.from, e.settled), Usual: days(s.birth, best.from-1), Noise: h.spread,
	}
	return h
}
