package detect

import (
	"slices"

	"usagereport/usage"
)

// A birth is a resource's first day with cost, and what it cost a day, by the first day, the first two, and so on.
type birth struct {
	day   int
	sizes [sizeDays]float64
}

// sizeDays is how many days after a birth say how large it was, at most.
const sizeDays = 14

// A nursery knows what was born: in each group, and in all ("").
type nursery map[string][]birth // by day

// nursery looks at lives, those that go on among them.
func (e *estate) nursery(lives []life) nursery {
	births := make([]birth, len(lives))
	parallel(len(lives), func(_ *series, k int) {
		l := lives[k]
		known := l.birth < e.days
		for d := 0; l.birth == e.days && d < e.lo; d++ {
			if e.costs(l.node, d) {
				l.birth = d
			}
		}
		births[k].day = l.birth
		if !e.isBorn(births[k]) {
			return // most of those that go on began before all is known of
		}
		if !known {
			l.y = e.runOf(l.node.leaves)
		}
		births[k].sizes = e.sizes(l)
	})
	out := nursery{}
	for k, b := range births {
		if !e.isBorn(b) {
			continue
		}
		out[""] = append(out[""], b)
		if group, has := e.groupOf(lives[k].node); has {
			out[group] = append(out[group], b)
		}
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b birth) int { return a.day - b.day })
	}
	return out
}

// isBorn reports whether b is one, with days before it that show it.
func (e *estate) isBorn(b birth) bool { return e.prior <= b.day && b.day < e.days }

// nineWeeks is how long before a birth is looked for others.
const nineWeeks = 63

// before lists the births in the nine weeks before day that were of at least that size by as many days as age, in order.
func (n nursery) before(group string, day, age int, size float64, yield func(day int) bool) {
	list := n[group]
	from, _ := slices.BinarySearchFunc(list, day-nineWeeks, func(b birth, day int) int { return b.day - day })
	for _, b := range list[from:] {
		if b.day >= day || b.sizes[age-1] >= size && !yield(b.day) {
			return
		}
	}
}

// usual reports whether resources of this size, that lived as long at least, are born in n's group all the
// time: four at least, on three days or more of the nine weeks before day. How many
// there are is then the group's affair.
func (e *estate) usual(n *node, day int, lives []life, born nursery) bool {
	group, has := e.groupOf(n)
	if !has {
		return false
	}
	size, age := e.sizeAtBirth(lives)
	count, days, last := 0, 0, -1
	for day := range func(yield func(int) bool) { born.before(group, day, age, e.t.UsualBirth*size, yield) } {
		count++
		if day != last {
			days, last = days+1, day
		}
		if count >= 4 && days >= 3 {
			return true
		}
	}
	return false
}

// weekly reports whether something of h's size is born somewhere in the estate
// in all but one of the nine weeks before: then it alone is no alarm.
func (e *estate) weekly(h *hit, lives []life, born nursery) bool {
	size, age := e.sizeAtBirth(lives)
	size *= e.t.WeeklyBirth * float64(len(lives))
	weeks, last := 0, -1
	for day := range func(yield func(int) bool) { born.before("", h.start, age, size, yield) } {
		if week := (h.start - 1 - day) / 7; week != last {
			weeks, last = weeks+1, week
		}
	}
	return weeks >= nineWeeks/7-1
}

// sizeAtBirth is what the mean of lives cost a day at first, and how long the oldest of them has lived.
func (e *estate) sizeAtBirth(lives []life) (size float64, age int) {
	for _, l := range lives {
		lived := max(1, min(max(e.settled, l.last)-l.birth+1, sizeDays))
		size += e.sizes(l)[lived-1] / float64(len(lives))
		age = max(age, lived)
	}
	return size, age
}

// sizes says what l cost a day at first: on half of the days at least, so that what lived on one day of two was of no size by then.
func (e *estate) sizes(l life) (out [sizeDays]float64) {
	var v []float64 // in order
	for n := range out {
		if d := l.birth + n; d < e.days && (d <= e.settled || n == 0) && l.node.has[d] {
			at, _ := slices.BinarySearch(v, l.y.at(d))
			v = slices.Insert(v, at, l.y.at(d))
		}
		out[n] = v[(len(v)-1)/2]
	}
	return out
}

// churns reports whether resources come and go in h's group and service all
// the time: then one coming or going leaves their sum where it was.
func (e *estate) churns(h *hit) bool {
	if !h.node.resource && h.node.scope[usage.Service] == "" {
		return false
	}
	service, scope := e.service(h.node), e.scopeOf(h.node)
	var leaves []int
	for _, n := range e.levels[byGroupService] {
		if n.scope[usage.SubAccount] == scope[usage.SubAccount] &&
			n.scope[usage.ResourceGroup] == scope[usage.ResourceGroup] && n.scope[usage.Service] == service {
			leaves = n.leaves
		}
	}
	if len(e.units(leaves)) < 3 {
		return false
	}
	l, alone := life{node: h.node, y: e.runOf(leaves)}, life{node: h.node, y: run{v: h.actual}}
	own := e.level(alone, h.start, 14) - e.level(alone, h.start, -14)
	step := e.level(l, h.start, 14) - e.level(l, h.start, -14)
	return h.sign*step < e.t.ChurnPart*h.sign*own
}
