package detect

import (
	"cmp"
	"math"
	"slices"
	"time"

	"usagereport/usage"
)

// A life is when a resource cost anything.
type life struct {
	node        *node
	y           run
	birth, last int  // days with cost; birth is e.days if there is none
	born, died  bool // in the review, with days before or after to show it
	habit       bool // it cost something on so many days that it can be missed
}

// lives looks at all nodes.
func (e *estate) lives(nodes []*node) []life {
	out := make([]life, len(nodes))
	parallel(len(nodes), func(_ *series, i int) { out[i] = e.life(nodes[i]) })
	return out
}

// life looks at n. Born means that e.prior days with data came before, a week or more than n
// ever paused since, and not a weekend's alone; died
// that the settled days since are three at least, longer than n ever paused
// before, and that it cost something on most days.
func (e *estate) life(n *node) life {
	if e.alive(n) {
		return life{node: n, birth: e.days, last: -1}
	}
	l := life{node: n, y: e.runOf(n.leaves), birth: e.days, last: -1}
	pause, run, seen, busy, before := 0, 0, 0, 0, 0
	working := false
	for d := 0; d <= e.settled || d <= e.last; d++ {
		switch {
		case !n.has[d]:
		case l.y.at(d) != 0:
			if l.birth == e.days {
				l.birth = d
				l.born, before = d >= e.lo && seen >= e.prior && working, seen
			} else {
				pause = max(pause, run)
			}
			l.last, run = d, 0
			busy++
		default:
			run++
		}
		if n.has[d] {
			seen++
			w := e.day(d).Weekday()
			working = working || w != time.Saturday && w != time.Sunday
		}
		if d == e.settled {
			l.died = l.birth < e.days && l.last >= max(e.lo-1, leastLife) && run >= 3 && run > pause+2
		}
	}
	l.born = l.born && (before > pause || before >= 7)
	l.habit = busy >= e.t.HabitDays
	l.died = l.died && l.last < e.settled && 10*busy >= 6*(l.last-l.birth+1) && !e.mayBeginAnew(l)
	return l
}

// mayBeginAnew reports whether l is a credit of which nothing has come since the turn of a month, and of which too few
// turns are known: some, like a discount for sustained use, begin anew some days into each month.
func (e *estate) mayBeginAnew(l life) bool {
	const turns, wait = 3, 12 // turns that are enough, and days
	until := e.day(l.last)
	if l.y.at(l.last) >= 0 || until < until.Month().Last()-1 || e.settled-l.last >= wait {
		return false
	}
	known := 0
	for month := e.day(l.birth).Month(); month.To <= until; month = month.To.Month() {
		known++
	}
	return known < turns
}

const leastLife = 3 // days before what has ended, at least

// alive reports that n cost something before the review and on one of the last
// three settled days with data: it was neither born nor did it die.
func (e *estate) alive(n *node) bool {
	lately, seen := false, 0
	for d := e.settled; d >= 0 && seen < 3 && !lately; d-- {
		lately = e.costs(n, d)
		if n.has[d] {
			seen++
		}
	}
	if !lately {
		return false
	}
	return e.costsBefore(n, e.lo)
}

// costs reports whether n cost something on day d.
func (e *estate) costs(n *node, d int) bool {
	if !n.has[d] {
		return false
	}
	y := 0.0
	for _, i := range n.leaves {
		y += e.adj[i].at(d)
	}
	return y != 0
}

// costsBefore reports whether n cost something on a day before day.
func (e *estate) costsBefore(n *node, day int) bool {
	for d := range min(day, e.days) {
		if e.costs(n, d) {
			return true
		}
	}
	return false
}

// level returns the median cost of the n days with data from d on, at most
// until the last settled day, or, where n is negative, of the days before d.
func (e *estate) level(l life, d, n int) float64 {
	var v []float64
	for ; n < 0 && d > 0; n++ {
		if d--; l.node.has[d] {
			v = append(v, l.y.at(d))
		}
	}
	for ; n > 0 && d < e.days && (d <= e.settled || len(v) == 0); n-- {
		if l.node.has[d] {
			v = append(v, l.y.at(d))
		}
		d++
	}
	return Median(v)
}

// net joins resources that replace others: gone and new in the same group and
// service within three days, for a cost a day within 20 %. From then on they
// are one series at the old one's cost, at all levels.
func (e *estate) net() {
	type end struct {
		life
		day   int // first day without, or with, cost
		level float64
		used  bool
	}
	gone, born := make(map[string][]*end), make(map[string][]*end)
	var keys []string
	lives := e.lives(e.resources)
	for i, n := range e.resources {
		l := lives[i]
		if !l.died && !l.born {
			continue
		}
		k, _ := e.groupOf(n)
		k += "\x00" + e.service(n)
		if l.died {
			gone[k] = append(gone[k], &end{life: l, day: l.last + 1, level: e.level(l, l.last+1, -14)})
			keys = append(keys, k)
		}
		if l.born {
			born[k] = append(born[k], &end{life: l, day: l.birth, level: e.level(l, l.birth, 14)})
		}
	}
	slices.Sort(keys)
	for _, k := range slices.Compact(keys) {
		for _, old := range gone[k] {
			var best *end
			off := e.t.ReplacedPart
			for _, new := range born[k] {
				o := math.Abs(new.level/old.level - 1)
				if !new.used && old.day-3 <= new.day && new.day <= old.day+3 && o <= off {
					best, off = new, o
				}
			}
			if best != nil {
				best.used, old.used = true, true
				e.join(old.node, best.node, old.day, old.level/best.level)
			}
		}
		// Many for many: a scale set, a cluster.
		for _, first := range gone[k] {
			if first.used {
				continue
			}
			var olds, news []*end
			was, now := 0.0, 0.0
			for _, o := range gone[k] {
				if !o.used && first.day <= o.day && o.day <= first.day+3 {
					olds, was = append(olds, o), was+o.level
				}
			}
			for _, n := range born[k] {
				if !n.used && first.day-3 <= n.day && n.day <= first.day+6 {
					news, now = append(news, n), now+n.level
				}
			}
			if len(news) == 0 || was <= 0 || math.Abs(now/was-1) > e.t.ReplacedPart {
				continue
			}
			for _, o := range olds {
				o.used = true
				if o != first {
					e.join(first.node, o.node, first.day, 1)
				}
			}
			for _, n := range news {
				n.used = true
				e.join(first.node, n.node, first.day, was/now)
			}
		}
	}
	e.resources = slices.DeleteFunc(e.resources, func(n *node) bool { return len(n.leaves) == 0 })
}

// join makes new part of old, at scale from day on. Around the day of the
// change the two may overlap or leave a hole, which is no news: there the old
// node's usual cost stands, as its last days had of it.
func (e *estate) join(old, new *node, day int, scale float64) {
	for _, i := range new.leaves {
		y := e.adj[i].copy(e.days)
		for d := max(0, day-3); d < len(y); d++ {
			y[d] *= scale
		}
		e.set(i, y)
	}
	old.leaves = append(old.leaves, new.leaves...)
	slices.Sort(old.leaves)
	new.leaves = nil
	var s series
	s.fill(e.cal, e.cost(old.leaves), old.has)
	usual := s.frozen(max(0, day-3))
	var lately []float64
	for d := day - 4; d >= max(0, day-10); d-- {
		if s.ok[d] && usual[d] > 0 {
			lately = append(lately, s.y[d]/usual[d])
		}
	}
	level := 1.0
	if len(lately) > 0 {
		level = Median(lately)
	}
	for _, i := range old.leaves {
		y := e.adj[i].copy(e.days)
		for d := max(0, day-3); d <= min(day+6, e.settled); d++ {
			if s.y[d] != 0 {
				y[d] *= level * usual[d] / s.y[d]
			}
		}
		e.set(i, y)
	}
}

// service returns the service of n's largest cost.
func (e *estate) service(n *node) string {
	best, name := math.Inf(-1), ""
	sums := make(map[string]float64)
	for _, i := range n.leaves {
		s := e.in.Leaves[i].Dims[usage.Service]
		for _, x := range e.adj[i].v {
			sums[s] += x
		}
	}
	for _, i := range n.leaves { // in order, so that ties are broken the same way
		s := e.in.Leaves[i].Dims[usage.Service]
		if sums[s] > best {
			best, name = sums[s], s
		}
	}
	return name
}

// births finds what is new: whole subscriptions, further levels' containers of
// several groups, groups and services first, then resources, those of one group born within three days together.
func (e *estate) births() []*hit {
	all := e.lives(e.resources)
	nursery := e.nursery(all)
	done := make(map[int]bool) // leaves
	var hits []*hit
	add := func(n *node, lives []life) bool {
		h := e.born(n, lives)
		if !e.material(h) {
			return false
		}
		h.rule = Rule{Kind: RuleNew, Day: e.day(h.start), DaysBefore: h.start}
		if e.churns(h) || e.usual(h.node, h.start, lives, nursery) {
			return true // not news, but looked at
		}
		h.alarm = h.alarm && !e.weekly(h, lives, nursery)
		hits = append(hits, h)
		return true
	}
	take := func(n *node) {
		for _, i := range n.leaves {
			done[i] = true
		}
	}
	byLeaf := make(map[int]life)
	var born []life
	for _, l := range all {
		if l.born {
			born = append(born, l)
			for _, i := range l.node.leaves {
				byLeaf[i] = l
			}
		}
	}
	if len(born) == 0 {
		return nil
	}
	wide := slices.Concat(e.levels[further : len(e.levels)-1]...)
	wide = slices.DeleteFunc(wide, func(n *node) bool { _, same := e.common(n.leaves, usage.ResourceGroup); return same })
	for _, level := range [][]*node{e.levels[byAccount], wide, e.levels[byGroup], e.levels[byService]} {
		for _, n := range level {
			if _, new := byLeaf[n.leaves[0]]; !new || done[n.leaves[0]] {
				continue
			}
			l := e.life(n)
			units := e.units(n.leaves)
			whole := l.born && len(units) > 1
			for _, i := range n.leaves {
				whole = whole && !done[i] && byLeaf[i].node != nil
			}
			if whole && add(n, []life{l}) {
				take(n)
			}
		}
	}
	// By group, in order of birth.
	at := func(l life) string { group, _ := e.groupOf(l.node); return group }
	born = slices.DeleteFunc(born, func(l life) bool { return done[l.node.leaves[0]] || e.usual(l.node, l.birth, []life{l}, nursery) })
	slices.SortStableFunc(born, func(a, b life) int {
		return cmp.Or(cmp.Compare(at(a), at(b)), cmp.Compare(a.birth, b.birth))
	})
	for i := 0; i < len(born); {
		j := i + 1
		for j < len(born) && at(born[j]) == at(born[i]) && born[j].birth <= born[i].birth+3 {
			j++
		}
		e.cohort(born[i:j], add)
		i = j
	}
	return hits
}

// cohort makes one hit of resources of one group and time, or of the one that is
// nearly all of it. Charges without a resource stay by themselves: among others nothing says which they are.
// What has ended since is told together, too.
func (e *estate) cohort(lives []life, add func(*node, []life) bool) {
	var named []life
	for _, l := range lives {
		if l.node.resource {
			named = append(named, l)
			continue
		}
		add(l.node, []life{l})
	}
	if len(named) == 0 {
		return
	}
	lives = named
	total, top := 0.0, 0
	size := func(l life) float64 { return e.level(l, max(l.birth, l.last-13), 14) }
	if lives[0].died {
		size = func(l life) float64 { return e.level(l, l.last+1, -14) }
	}
	for i, l := range lives {
		total += size(l)
		if size(l) > size(lives[top]) {
			top = i
		}
	}
	if len(lives) == 1 || total > 0 && size(lives[top]) >= e.t.CohortPart*total {
		add(lives[top].node, lives[top:top+1])
		if len(lives) > 1 {
			e.cohort(slices.Delete(slices.Clone(lives), top, top+1), add)
		}
		return
	}
	n := &node{scope: usage.Series{}, has: lives[0].node.has}
	for _, l := range lives {
		n.leaves = append(n.leaves, l.node.leaves...)
	}
	slices.Sort(n.leaves)
	for _, d := range []usage.Dimension{usage.SubAccount, usage.ResourceGroup, usage.Service} {
		if v, same := e.common(n.leaves, d); same {
			n.scope[d] = v
		}
	}
	add(n, lives)
}

// born returns the hit of new resources.
func (e *estate) born(n *node, lives []life) *hit {
	h := &hit{
		node: n, kind: usage.KindNew, sign: 1, leaves: n.leaves, start: e.days,
		actual: e.cost(n.leaves), expected: make([]float64, e.days),
	}
	for _, l := range lives {
		h.start, h.end = min(h.start, l.birth), max(h.end, l.last)
	}
	h.ongoing = h.end >= e.settled
	h.begun(lives)
	h.beyond = h.impact()
	// What is used now and then may only have been idle in the days before.
	busy, before := 0, 0
	for d := range e.last + 1 {
		switch {
		case !h.node.has[d]:
		case d < h.start:
			before++
		case h.actual[d] != 0:
			busy++
		}
	}
	h.alarm = busy*before >= 5*(e.last-h.start+1)
	return h
}

// begun leaves the days on which lives began, some hour of them, out of what h is said to cost a day, where the day after them shows
// more and is one of h's.
func (h *hit) begun(lives []life) {
	until := h.start
	for _, l := range lives {
		until = max(until, l.birth)
	}
	if until >= h.end || !h.node.has[until+1] || h.actual[until+1] <= h.actual[until] {
		return
	}
	h.partly = map[int]bool{}
	for d := h.start; d <= until; d++ {
		h.partly[d] = true
	}
}

// deaths finds resources that no longer cost anything, those of one group and
// time together.
func (e *estate) deaths() []*hit {
	all := e.lives(e.resources)
	nursery := e.nursery(all)
	var hits []*hit
	add := func(n *node, lives []life) bool {
		var s series
		s.fill(e.cal, e.cost(n.leaves), n.has)
		h := &hit{node: n, kind: usage.KindGone, sign: -1, leaves: n.leaves, ongoing: true, actual: s.y, end: e.settled}
		for _, l := range lives { // since the last of them ended nothing of it costs anything
			h.start = max(h.start, l.last+1)
		}
		h.expected, h.spread = s.frozen(h.start), s.spread(h.start)
		if e.level(lives[0], h.start, -14) < 0 { // it took something off the bill, and does no more
			h.kind, h.sign, h.alarm, h.end = usage.KindLevel, 1, true, e.last
		}
		h.rule = Rule{Kind: RuleGone, Day: e.day(h.start), Days: e.settled - h.start + 1}
		if from := FadedFrom(s.y, h.start); h.sign > 0 && from < h.start {
			h.start, h.expected, h.spread = from, s.frozen(from), s.spread(from)
		}
		h.beyond = h.sign * h.impact()
		if e.material(h) && !e.churns(h) && (h.sign > 0 || !e.usual(h.node, h.start, lives, nursery)) {
			hits = append(hits, h)
		}
		return true
	}
	var died []life
	for _, l := range all {
		switch {
		case !l.died || !l.habit || l.born:
		case e.level(l, l.last+1, -14) < 0:
			add(l.node, []life{l})
		default:
			died = append(died, l)
		}
	}
	at := func(l life) string { group, _ := e.groupOf(l.node); return group }
	slices.SortStableFunc(died, func(a, b life) int {
		return cmp.Or(cmp.Compare(at(a), at(b)), cmp.Compare(a.last, b.last))
	})
	for i := 0; i < len(died); {
		j := i + 1
		for j < len(died) && at(died[j]) == at(died[i]) && died[j].last <= died[i].last+3 {
			j++
		}
		e.cohort(died[i:j], add)
		i = j
	}
	return hits
}

// FadedFrom returns the day on which what took something off the bill, and does no more since end, began
// to take off less: it is the same end. Where it did not, that is end.
func FadedFrom(y []float64, end int) int {
	before := end - fadeMost
	if before < fadeKnown {
		return end
	}
	level := Median(slices.Clone(y[before-fadeKnown : before]))
	from := end
	for from > before && y[from-1] > fadePart*level {
		from--
	}
	if end-from < fadeLeast {
		return end // a weekend without it
	}
	return from
}

// How a credit fades.
const (
	fadeMost  = 42  // days, at most,
	fadeLeast = 4   // and at least
	fadeKnown = 14  // days before them that tell how much it was
	fadePart  = 0.9 // part of that, which is less
)
