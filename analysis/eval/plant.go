package eval

import (
	"fmt"
	"slices"

	"usagereport/usage"
)

// plant puts about eleven incidents into the last five weeks. Those of many
// resources come first: an incident takes resources that no other has.
func (m *maker) plant() {
	r := m.r
	reach := min(35, m.o.Days-7)
	start := func(least int) int {
		least = min(least, reach-1)
		return m.last - least - r.IntN(reach-least)
	}
	size := func(normal, hard, most float64) float64 {
		if m.o.Hard {
			return between(r, hard, hard+(most-hard)/2)
		}
		return between(r, normal, most)
	}
	if m.o.Tags {
		for range 2 {
			m.teamShift(start(5), size(1.4, 1.25, 2.2))
		}
	}
	all := []func(){
		func() { m.priceChange(start(6), size(1.15, 1.12, 1.4)) },
		func() { m.groupShift(start(5), size(1.4, 1.25, 2.2)) },
		func() { m.serviceShift(start(5), size(1.4, 1.25, 2.2)) },
		func() { m.weekendsOn(start(18)) },
		func() { m.offsetting(start(5), size(0.6, 0.4, 0.9)) },
		func() { m.drift(start(20), size(0.02, 0.012, 0.05)) },
		func() { m.resourceShift("shift", start(5), m.last, size(1.6, 1.25, 3.5)) },
		func() {
			day, days := start(12), 5+r.IntN(10)
			m.resourceShift("temporary shift", day, min(day+days-1, m.last-4), size(1.8, 1.4, 4))
		},
		func() { m.spike(start(3), 1+r.IntN(3), size(4, 2.5, 12)) },
		func() { m.newResource(start(4), size(50, 25, 250)) },
		func() { m.newGroup(start(4), 3+r.IntN(6), size(10, 8, 60)) },
	}
	for _, f := range all {
		if r.Float64() < 0.93 {
			f()
		}
	}
	for range r.IntN(3) {
		all[5+r.IntN(5)]()
	}
}

// enter adds an incident of leaves.
func (m *maker) enter(what string, kind usage.Kind, start, end int, leaves []int, by ...usage.Dimension) {
	slices.Sort(leaves)
	scope := usage.Series{}
	for _, d := range by {
		scope[d] = m.leaves[leaves[0]].Dims[d]
	}
	m.incidents = append(m.incidents, Incident{
		What: what, Kind: kind, Start: m.cal.from + usage.Day(start), End: m.cal.from + usage.Day(end), Scope: scope, Leaves: leaves,
	})
}

func (m *maker) byResource() []usage.Dimension {
	return []usage.Dimension{usage.SubAccount, usage.ResourceGroup, usage.Resource}
}

// fit reports whether an incident can befall res: nothing else does, and it
// costs enough to matter.
func (m *maker) fit(res *resource, least float64) bool {
	s := res.curves[0].shape
	good := s.steady() || m.o.Hard && (s == heavy || s == monthEnd || s == intermittent)
	return res.calm && !res.taken && good && res.perDay >= least && m.leaves[res.leaves[0]].Cost[m.last-40] >= 0.3*least
}

// one returns a resource that ok holds for, nil if there is none.
func (m *maker) one(ok func(*resource) bool) *resource {
	for _, i := range m.r.Perm(len(m.resources)) {
		if ok(m.resources[i]) {
			return m.resources[i]
		}
	}
	return nil
}

// resourceShift makes one resource use f times as much, by its main meter or by
// all.
func (m *maker) resourceShift(what string, start, end int, f float64) {
	res := m.one(func(res *resource) bool { return m.fit(res, 6) && res.perDay*(f-1) >= 3 })
	if res == nil {
		return
	}
	res.taken = true
	leaves := slices.Clone(res.leaves)
	if m.r.IntN(2) == 0 {
		leaves = leaves[:1]
	}
	for _, i := range leaves {
		m.scale(i, start, end, func(int) float64 { return f })
	}
	m.enter(what, usage.KindLevel, start, end, leaves, m.byResource()...)
}

func (m *maker) spike(start, days int, f float64) {
	res := m.one(func(res *resource) bool {
		return m.fit(res, 6) && (res.curves[0].shape != office || !m.cal.weekend(start) && !m.cal.holiday[start])
	})
	if res == nil {
		return
	}
	res.taken = true
	end := min(start+days-1, m.last-3)
	m.scale(res.leaves[0], start, end, func(int) float64 { return f })
	m.enter("spike", usage.KindSpike, start, end, res.leaves[:1:1], m.byResource()...)
}

func (m *maker) drift(start int, rate float64) {
	res := m.one(func(res *resource) bool { return m.fit(res, 10) && res.curves[0].shape != office })
	if res == nil {
		return
	}
	res.taken = true
	f := 1.0
	m.scale(res.leaves[0], start, m.last, func(int) float64 { f *= 1 + rate; return f })
	m.enter("drift", usage.KindDrift, start, m.last, res.leaves[:1:1], m.byResource()...)
}

// groupShift makes all that a group uses rise by about the same factor.
func (m *maker) groupShift(start int, f float64) {
	first := m.one(func(res *resource) bool {
		n, sum := 0, 0.0
		for _, x := range m.in(res) {
			if x.taken || !x.calm && x.curves[0].shape == regimes {
				return false
			}
			if m.alive(x) {
				n++
				sum += x.perDay
			}
		}
		return n >= 4 && n <= 20 && sum >= 40
	})
	if first == nil {
		return
	}
	var leaves []int
	for _, x := range m.in(first) {
		x.taken = true
		if !m.alive(x) {
			continue
		}
		own := f * between(m.r, 0.92, 1.08)
		for _, i := range x.leaves {
			m.scale(i, start, m.last, func(int) float64 { return own })
			leaves = append(leaves, i)
		}
	}
	m.enter("group shift", usage.KindLevel, start, m.last, leaves, usage.SubAccount, usage.ResourceGroup)
}

// teamShift makes all that a team uses rise by about the same factor, in
// whatever groups.
func (m *maker) teamShift(start int, f float64) {
	of := func(team string) []*resource {
		return slices.DeleteFunc(slices.Clone(m.resources), func(x *resource) bool { return x.team != team })
	}
	first := m.one(func(res *resource) bool {
		return res.team != "" && !slices.ContainsFunc(of(res.team), func(x *resource) bool { return x.taken })
	})
	if first == nil {
		return
	}
	var leaves []int
	for _, x := range of(first.team) {
		x.taken = true
		if !m.alive(x) {
			continue
		}
		own := f * between(m.r, 0.92, 1.08)
		for _, i := range x.leaves {
			m.scale(i, start, m.last, func(int) float64 { return own })
			leaves = append(leaves, i)
		}
	}
	m.enter("team shift", usage.KindLevel, start, m.last, leaves, Team)
}

func (m *maker) in(res *resource) []*resource {
	var out []*resource
	for _, x := range m.resources {
		if x.sub == res.sub && x.group == res.group {
			out = append(out, x)
		}
	}
	return out
}

func (m *maker) alive(res *resource) bool {
	sum := 0.0
	for d := m.last - 45; d < m.last-35; d++ {
		sum += m.leaves[res.leaves[0]].Cost[d]
	}
	return sum > 0 && m.leaves[res.leaves[0]].Cost[m.last-5]+m.leaves[res.leaves[0]].Cost[m.last-4]+m.leaves[res.leaves[0]].Cost[m.last-8] > 0
}

// serviceShift makes all that a subscription uses of a service rise by about
// the same factor, in two groups at least.
func (m *maker) serviceShift(start int, f float64) {
	uses := func(x *resource, service string) bool {
		return slices.ContainsFunc(x.leaves, func(i int) bool { return m.leaves[i].Dims[usage.Service] == service })
	}
	of := func(sub, service string) (out []*resource, groups int, sum float64) {
		seen := make(map[string]bool)
		for _, x := range m.resources {
			if x.sub == sub && uses(x, service) && m.alive(x) {
				out, sum = append(out, x), sum+x.perDay
				seen[x.group] = true
			}
		}
		return out, len(seen), sum
	}
	first := m.one(func(res *resource) bool {
		all, groups, sum := of(res.sub, m.models[res.model].meters[0].service)
		if len(all) < 4 || len(all) > 40 || groups < 2 || sum < 40 || !res.curves[0].shape.steady() {
			return false
		}
		return !slices.ContainsFunc(all, func(x *resource) bool { return x.taken || !x.calm && x.curves[0].shape == regimes })
	})
	if first == nil {
		return
	}
	service := m.models[first.model].meters[0].service
	all, _, _ := of(first.sub, service)
	var leaves []int
	for _, x := range all {
		x.taken = true
		own := f * between(m.r, 0.92, 1.08)
		for _, i := range x.leaves {
			if m.leaves[i].Dims[usage.Service] == service {
				m.scale(i, start, m.last, func(int) float64 { return own })
				leaves = append(leaves, i)
			}
		}
	}
	m.enter("service shift", usage.KindLevel, start, m.last, leaves, usage.SubAccount, usage.Service)
}

// priceChange makes one meter cost f times as much wherever it is used.
func (m *maker) priceChange(start int, f float64) {
	owner := make(map[int]*resource)
	for _, res := range m.resources {
		for _, i := range res.leaves {
			owner[i] = res
		}
	}
	of := func(i int) (out []int, sum float64) {
		for j, l := range m.leaves {
			if l.Dims[usage.Meter] == m.leaves[i].Dims[usage.Meter] && l.Dims[usage.Service] == m.leaves[i].Dims[usage.Service] {
				out = append(out, j)
				for _, x := range l.Cost[m.last-40 : m.last-10] {
					sum += x / 30
				}
			}
		}
		return out, sum
	}
	for _, i := range m.r.Perm(len(m.leaves)) {
		leaves, sum := of(i)
		if len(leaves) < 3 || sum*(f-1) < 4 || slices.ContainsFunc(leaves, func(j int) bool { return owner[j].taken }) {
			continue
		}
		var on []int
		for _, j := range leaves {
			owner[j].taken = true
			used := false
			for d := start; d <= m.last; d++ {
				m.leaves[j].Cost[d] *= f
				used = used || m.leaves[j].Cost[d] != 0
			}
			if used {
				on = append(on, j)
			}
		}
		m.enter("price", usage.KindPrice, start, m.last, on, usage.Service, usage.Meter)
		return
	}
}

// weekendsOn leaves a group's office machines on at weekends.
func (m *maker) weekendsOn(start int) {
	for !m.cal.weekend(start) || m.cal.weekend(start-1) {
		start++
	}
	of := func(res *resource) (out []*resource, sum float64) {
		for _, x := range m.in(res) {
			if x.calm && !x.taken && x.curves[0].shape == office {
				out = append(out, x)
				sum += x.perDay * (1 - x.curves[0].idle)
			}
		}
		return out, sum
	}
	first := m.one(func(res *resource) bool {
		all, sum := of(res)
		machines := 0 // fewer than half of them are no more than some resources of a group
		for _, x := range m.in(res) {
			if m.models[x.model].meters[0].service == "Virtual Machines" && m.alive(x) {
				machines++
			}
		}
		return len(all) > 0 && sum > 20 && 2*len(all) >= machines
	})
	if first == nil {
		return
	}
	all, _ := of(first)
	var leaves []int
	for _, x := range all {
		x.taken = true
		i := x.leaves[0]
		leaves = append(leaves, i)
		l := m.leaves[i]
		full := between(m.r, 0.95, 1) * x.perDay * m.models[x.model].meters[0].share
		for d := start; d <= m.last; d++ {
			if m.cal.weekend(d) {
				l.Quantity[d] = full / m.models[x.model].meters[0].price
				l.Cost[d] = full
			}
		}
	}
	by := []usage.Dimension{usage.SubAccount, usage.ResourceGroup, usage.Service}
	if len(all) == 1 {
		by = append(by, usage.Resource)
	}
	m.enter("weekends on", usage.KindLevel, start, m.last, leaves, by...)
}

// offsetting moves cost from one resource to another of the same group, so that
// the group's sum stays.
func (m *maker) offsetting(start int, part float64) {
	var down *resource
	up := m.one(func(res *resource) bool {
		if !m.fit(res, 6) || !res.curves[0].shape.steady() {
			return false
		}
		for _, x := range m.in(res) {
			if x != res && m.fit(x, 8) && x.curves[0].shape.steady() && x.perDay > 0.6*res.perDay && x.perDay < 4*res.perDay {
				down = x
				return true
			}
		}
		return false
	})
	if up == nil {
		return
	}
	up.taken, down.taken = true, true
	i, j := up.leaves[0], down.leaves[0]
	money := 0.0
	for d := start - 28; d < start; d++ {
		money += m.leaves[j].Cost[d] * part / 28
	}
	usual := 0.0
	for d := start - 28; d < start; d++ {
		usual += m.leaves[i].Cost[d] / 28
	}
	m.scale(j, start, m.last, func(int) float64 { return 1 - part })
	m.scale(i, start, m.last, func(int) float64 { return 1 + money/usual })
	m.enter("offset", usage.KindLevel, start, m.last, []int{i}, m.byResource()...)
}

// fresh clears what lies before a new resource's first day, and makes it all
// excess.
func (m *maker) fresh(res *resource, start int) {
	res.taken = true
	m.scaleAll(res, 0, start-1, 0)
	for range res.leaves {
		m.was = append(m.was, make([]float64, m.cal.days))
	}
}

func (m *maker) newResource(start int, perDay float64) {
	where := m.one(func(res *resource) bool { return res.group != "rg-pool" })
	res := m.add(where.sub, where.group, []int{0, 1, 2, 3, 6, 8, 12, 13}[m.r.IntN(8)], perDay)
	m.fresh(res, start)
	m.enter("new resource", usage.KindNew, start, m.last, slices.Clone(res.leaves), m.byResource()...)
}

func (m *maker) newGroup(start, n int, perDay float64) {
	group := fmt.Sprintf("rg-new-%d", m.serial)
	sub := m.resources[m.r.IntN(len(m.resources))].sub
	var leaves []int
	for range n {
		res := m.add(sub, group, []int{0, 1, 2, 6, 7, 8, 9, 15}[m.r.IntN(8)], perDay*between(m.r, 0.4, 1.6))
		m.fresh(res, start+m.r.IntN(2))
		leaves = append(leaves, res.leaves...)
	}
	m.enter("new group", usage.KindNew, start, m.last, leaves, usage.SubAccount, usage.ResourceGroup)
}
