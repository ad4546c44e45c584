package detect

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"

	"usagereport/usage"
)

// The levels of containers, from small to large. Behind them stand those of
// Input.Levels and, last, the total.
const (
	byGroupService = iota
	byGroup
	byMeter
	byAccountService
	byService
	byAccount
	further
)

// An estate is an Input in work.
type estate struct {
	in   Input
	t    *Thresholds
	cal  *calendar
	days int // days looked at: up to Focus's end

	last    int // last day with data
	settled int // last complete day
	lo      int // first day of the review: the 35 days up to last
	prior   int // days with data that must come before what is new

	least, alarmLeast float64 // what a finding has so far, and what an alarm weighs, at least

	has       []bool            // days with data
	behind    map[string][]bool // the same for subscriptions whose data end earlier
	full      []run             // cost of each leaf
	adj       []run             // the same without what findings cover
	quantity  []run
	grades    []run // by which costs are as charged; nil where all are
	covered   []coverage
	told      told
	goneFrom  map[int]int // of leaves that cost nothing any more, as is told: since which day
	repriced  told        // what changes of price, as findings say, explain of all that a leaf used
	fees      []bool      // leaves that are booked once a month, a quarter or a year
	resources []*node
	levels    [][]*node // containers, small to large
	meters    []*node

	values  map[usage.Dimension][]int32 // for each leaf a number for its value; 0 for none
	names   map[usage.Dimension][]string
	unit    []int32   // the resource of each leaf, by number
	nodeOf  [][]int32 // by level, the container of each leaf, by number; -1 for none
	touched []int     // the number of the last change to each leaf's adj
	changes int
	cells   []cell // the sums of the smallest containers, by number

	longer  *estate   // the same with all days, where this has the last of them alone
	ended   []Finding // what was told until it was known to be over
	passing bool      // that is what is looked for

	pool  *pool                                         // what resources have in common, where history is short
	alone bool                                          // months are not known: one series may show by itself that it rests
	rule  func(n *node, s *series, sign float64) []*hit // s is memory to use
}

// A coverage is a leaf in a finding, on days of it.
type coverage struct{ leaf, start, end int }

// A node is a set of leaves that have the values of scope in common.
type node struct {
	scope  usage.Series // nil where it is one of the estate's resources: scopeOf says it
	leaves []int
	has    []bool
	units  [][]int // leaves by resource, of containers, once asked for
	cells  []int32 // of which it is made, by number; nil where it is not
	// resource is set on nodes that are one resource; at are the numbers of its subscription, group and
	// name, and of its service if that is one.
	resource bool
	at       [4]int32

	// What a first look said, after so many changes to the estate; and the falls,
	// once they have been looked for.
	looked   bool
	changes  int
	up, down bool // out of the ordinary
	stirred  bool // was so upward once
	judged   bool
	falls    []*hit
	small    bool // rose for some days, and by less than is worth a finding
}

// A cell is what a container of a group and service costs. Larger containers are
// made of cells.
type cell struct {
	cost, full []float64 // nil where they must be added up
	changed    bool      // from what was charged
}

// newEstate returns nil where there is nothing to look at.
func newEstate(in Input) *estate {
	if in.Sensitivity <= 0 {
		in.Sensitivity = 1
	}
	if in.Scale <= 0 {
		in.Scale = 1
	}
	if in.Thresholds == (Thresholds{}) {
		in.Thresholds = DefaultThresholds()
	}
	e := &estate{in: in, t: &in.Thresholds, days: in.Days, prior: 14, told: told{}, repriced: told{}, goneFrom: map[int]int{}}
	if !in.Focus.Empty() {
		e.days = max(0, min(in.Days, int(in.Focus.To-in.From)))
	}
	e.has = make([]bool, e.days)
	e.last = -1
	for d := range e.has {
		if e.has[d] = in.HasData == nil || in.HasData[d]; e.has[d] {
			e.last = d
		}
	}
	if e.last < 0 || len(in.Leaves) == 0 {
		return nil
	}
	end := in.Days - 1
	for end > e.last && in.HasData != nil && !in.HasData[end] {
		end--
	}
	e.settled = max(0, min(e.last, end-in.settle()))
	e.lo = max(0, e.last-Review+1)
	e.cal = newCalendar(in.From, e.days, e.t)
	e.adj, e.quantity = make([]run, len(in.Leaves)), make([]run, len(in.Leaves))
	parallel(len(in.Leaves), func(_ *series, i int) {
		l := &in.Leaves[i]
		e.adj[i], e.quantity[i] = clean(l.Cost, l.First, e.days), clean(l.Quantity, l.First, e.days)
	})
	e.full = slices.Clone(e.adj)
	for i, l := range in.Leaves {
		if l.grade != nil {
			if e.grades == nil {
				e.grades = make([]run, len(in.Leaves))
			}
			e.grades[i] = run{l.First, l.grade}
		}
	}
	e.touched, e.fees = make([]int, len(in.Leaves)), make([]bool, len(in.Leaves))
	e.intern()
	if e.in.MinImpact <= 0 {
		e.usualImpact()
	}
	e.lateAccounts()

	by := [][]usage.Dimension{
		byGroupService:   {usage.SubAccount, usage.ResourceGroup, usage.Service},
		byGroup:          {usage.SubAccount, usage.ResourceGroup},
		byMeter:          {usage.Service, usage.Meter},
		byAccountService: {usage.SubAccount, usage.Service},
		byService:        {usage.Service},
		byAccount:        {usage.SubAccount},
	}
	for _, d := range in.Levels {
		by = append(by, []usage.Dimension{d})
	}
	by = append(by, nil) // the total
	e.levels, e.nodeOf = make([][]*node, len(by)), make([][]int32, len(by))
	parallel(1+len(by), func(_ *series, i int) {
		if i--; i < 0 {
			e.byResource()
			return
		}
		level := e.group(by[i]...)
		if further <= i && i < len(by)-1 {
			level = slices.DeleteFunc(level, func(n *node) bool { return n.scope[by[i][0]] == "" })
		}
		e.levels[i], e.nodeOf[i] = level, e.places(level)
	})
	e.meters = e.levels[byMeter]
	e.cells = make([]cell, len(e.levels[byGroupService]))
	for k, n := range e.levels[byGroupService] {
		n.cells = []int32{int32(k)}
		for _, size := range []int{byGroup, byAccountService, byService, byAccount, len(e.levels) - 1} {
			whole := e.levels[size][e.nodeOf[size][n.leaves[0]]]
			whole.cells = append(whole.cells, int32(k))
		}
	}
	return e
}

// recent returns the last days of e, which has more, as they were charged. What replaced each other stays one.
func (e *estate) recent() *estate {
	cut := e.days - recentDays
	out := *e
	out.in.From, out.in.Days = e.in.From+usage.Day(cut), e.in.Days-cut
	out.days, out.last, out.settled, out.lo = e.days-cut, e.last-cut, e.settled-cut, e.lo-cut
	out.cal = newCalendar(out.in.From, out.days, e.t)
	out.has, out.told, out.repriced, out.goneFrom, out.covered = e.has[cut:], told{}, told{}, map[int]int{}, nil
	out.full, out.quantity, out.grades = since(e.full, cut), since(e.quantity, cut), since(e.grades, cut)
	out.adj, out.touched, out.changes = slices.Clone(out.full), make([]int, len(e.touched)), 0
	out.cells = make([]cell, len(e.cells))
	nodes := func(of []*node) []*node {
		copies, list := make([]node, len(of)), make([]*node, len(of))
		for i, n := range of {
			copies[i] = node{
				scope: n.scope, at: n.at, leaves: n.leaves, has: n.has[cut:], cells: n.cells, resource: n.resource, stirred: n.stirred,
			}
			list[i] = &copies[i]
		}
		return list
	}
	out.resources, out.levels = nodes(e.resources), make([][]*node, len(e.levels))
	for i, level := range e.levels {
		out.levels[i] = nodes(level)
	}
	out.meters = out.levels[byMeter]
	return &out
}

// since returns runs without the days before cut.
func since(runs []run, cut int) []run {
	if runs == nil {
		return nil
	}
	out := make([]run, len(runs))
	for i, r := range runs {
		out[i] = run{max(0, r.first-cut), r.v[min(len(r.v), max(0, cut-r.first)):]}
	}
	return out
}

// byResource makes the nodes of resources.
func (e *estate) byResource() {
	e.resources = e.group(usage.SubAccount, usage.ResourceGroup, usage.Resource)
	for _, n := range e.resources {
		n.resource, n.at[3] = n.at[2] != 0, 0
		if _, same := e.common(n.leaves, usage.Service); same {
			n.at[3] = e.values[usage.Service][n.leaves[0]]
		}
	}
	e.unit = e.places(e.resources)
}

// scopeOf returns n's scope. Of resources, which are many, it is made when it is asked for.
func (e *estate) scopeOf(n *node) usage.Series {
	if n.scope != nil {
		return n.scope
	}
	out := usage.Series{}
	for j, d := range []usage.Dimension{usage.SubAccount, usage.ResourceGroup, usage.Resource, usage.Service} {
		if n.at[j] != 0 {
			out[d] = e.names[d][n.at[j]]
		}
	}
	return out
}

// groupOf returns n's group, as a key in which groups of one name in different subscriptions differ, and
// whether it has one.
func (e *estate) groupOf(n *node) (key string, has bool) {
	account, group := n.scope[usage.SubAccount], n.scope[usage.ResourceGroup]
	if n.scope == nil {
		account, group = e.names[usage.SubAccount][n.at[0]], e.names[usage.ResourceGroup][n.at[1]]
	}
	return account + "\x00" + group, group != ""
}

// places returns for each leaf the number of its node, and -1 for none.
func (e *estate) places(nodes []*node) []int32 {
	out := slices.Repeat([]int32{-1}, len(e.in.Leaves))
	for k, n := range nodes {
		for _, i := range n.leaves {
			out[i] = int32(k)
		}
	}
	return out
}

// usualImpact sets the least sums where Input names none: worth a thought is a
// hundredth of what the mean resource costs a month, at most a thousandth of the
// bill, so that it is of the size of the bill's figures, whatever the currency;
// but never some cents.
func (e *estate) usualImpact() {
	alive := make(map[[3]int32]bool)
	subs, groups, resources := e.values[usage.SubAccount], e.values[usage.ResourceGroup], e.values[usage.Resource]
	bill := 0.0
	for i := range e.in.Leaves {
		sum := 0.0
		for d := max(0, e.last-34); d <= e.last; d++ {
			sum += math.Abs(e.full[i].at(d))
		}
		if bill += sum; sum > 0 {
			alive[[3]int32{subs[i], groups[i], resources[i]}] = true
		}
	}
	month, scale := 30*bill/float64(min(35, e.last+1)), e.in.Scale
	e.in.MinImpact = max(e.t.ImpactLeast*scale, e.t.ImpactPart*month/float64(max(10, len(alive))))
	e.least = e.t.MaterialTimes * e.t.ImpactLeast * scale
	e.alarmLeast = max(e.t.AlarmLeast*scale, e.t.AlarmPart*month)
}

// lateAccounts finds subscriptions whose data end up to a week before the
// others': their missing days are gaps, not zeros.
func (e *estate) lateAccounts() {
	reach := make(map[string]int)
	for i, l := range e.in.Leaves {
		a := l.Dims[usage.SubAccount]
		r, ok := reach[a]
		if !ok {
			r = -1
		}
		d := e.last
		for d > r && e.adj[i].at(d) == 0 {
			d--
		}
		reach[a] = d
	}
	e.behind = make(map[string][]bool)
	for a, r := range reach {
		if r < e.last && r >= e.last-7 {
			has := slices.Clone(e.has)
			clear(has[r+1:])
			e.behind[a] = has
		}
	}
}

// intern gives the values of each dimension numbers, so that leaves can be put
// together without comparing texts.
func (e *estate) intern() {
	e.values, e.names = make(map[usage.Dimension][]int32), make(map[usage.Dimension][]string)
	var mu sync.Mutex
	dims := slices.Concat(usage.Dimensions(), e.in.Levels)
	parallel(len(dims), func(_ *series, k int) {
		d := dims[k]
		numbers := map[string]int32{"": 0}
		names := []string{""}
		values := make([]int32, len(e.in.Leaves))
		for i := range e.in.Leaves {
			v := e.in.Leaves[i].Dims[d]
			if i > 0 && v == names[values[i-1]] {
				values[i] = values[i-1]
				continue
			}
			n, known := numbers[v]
			if !known {
				n = int32(len(names))
				numbers[v], names = n, append(names, v)
			}
			values[i] = n
		}
		mu.Lock()
		defer mu.Unlock()
		e.values[d], e.names[d] = values, names
	})
}

// group returns the nodes that share values of by, in the order of those.
func (e *estate) group(by ...usage.Dimension) []*node {
	type tuple [4]int32
	nodes := make(map[tuple]*node)
	var out []*node
	values := make([][]int32, len(by))
	for j, d := range by {
		values[j] = e.values[d]
	}
	resources := len(by) > 0 && by[len(by)-1] == usage.Resource
	services := e.values[usage.Service]
	for i := range e.in.Leaves {
		var t tuple
		for j := range by {
			t[j] = values[j][i]
		}
		if resources && t[len(by)-1] == 0 {
			t[3] = services[i] // charges without a resource stay apart by service
		}
		n := nodes[t]
		if n == nil {
			n = &node{has: e.has, at: t}
			if !resources {
				n.scope = usage.Series{}
				for j, d := range by {
					if v := e.names[d][t[j]]; v != "" {
						n.scope[d] = v
					}
				}
			}
			nodes[t] = n
			out = append(out, n)
		}
		n.leaves = append(n.leaves, i)
		if len(e.behind) == 0 {
			continue
		}
		if has, late := e.behind[e.in.Leaves[i].Dims[usage.SubAccount]]; late && len(n.has) > 0 {
			if &n.has[0] == &e.has[0] {
				n.has = has
			} else {
				n.has = both(n.has, has)
			}
		}
	}
	slices.SortFunc(out, func(a, b *node) int {
		for j, d := range by {
			if a.at[j] != b.at[j] {
				return cmp.Compare(e.names[d][a.at[j]], e.names[d][b.at[j]])
			}
		}
		return cmp.Compare(e.names[usage.Service][a.at[3]], e.names[usage.Service][b.at[3]])
	})
	return out
}

func both(a, b []bool) []bool {
	if &a[0] == &b[0] {
		return a
	}
	out := slices.Clone(a)
	for i := range out {
		out[i] = a[i] && b[i]
	}
	return out
}

// common returns the value of d that all leaves have, if there is one.
func (e *estate) common(leaves []int, d usage.Dimension) (string, bool) {
	values := e.values[d]
	v := values[leaves[0]]
	for _, i := range leaves {
		if values[i] != v {
			return "", false
		}
	}
	return e.names[d][v], v != 0
}

// sum adds up the leaves' values in from.
func (e *estate) sum(from []run, leaves []int) []float64 {
	if len(leaves) == 1 {
		return from[leaves[0]].days(e.days)
	}
	y := make([]float64, e.days)
	addUp(y, from, leaves, 0, e.days)
	return y
}

// addUp adds the leaves' values of the days from lo to, not including, hi to y.
// Processors share the large sums by days, which leaves the order of adding as
// it is.
func addUp(y []float64, from []run, leaves []int, lo, hi int) {
	add := func(lo, hi int) {
		part := y[lo:hi]
		for _, i := range leaves {
			from[i].addTo(part, lo)
		}
	}
	procs := runtime.GOMAXPROCS(0)
	if len(leaves) < 10_000 || procs == 1 {
		add(lo, hi)
		return
	}
	var wg sync.WaitGroup
	for p := range procs {
		wg.Go(func() { add(lo+(hi-lo)*p/procs, lo+(hi-lo)*(p+1)/procs) })
	}
	wg.Wait()
}

func (e *estate) cost(leaves []int) []float64 { return e.sum(e.adj, leaves) }

// runOf is cost of the days on which any of the leaves lives, and no copy of one leaf's.
func (e *estate) runOf(leaves []int) run {
	if len(leaves) == 1 {
		return e.adj[leaves[0]]
	}
	first, end := e.days, 0
	for _, i := range leaves {
		first, end = min(first, e.adj[i].first), max(end, e.adj[i].first+len(e.adj[i].v))
	}
	out := run{first, make([]float64, max(0, end-first))}
	for _, i := range leaves {
		e.adj[i].addTo(out.v, first)
	}
	return out
}

// costOf is cost of n's leaves, up to the order of adding: from its cells, if it
// has any.
func (e *estate) costOf(n *node) []float64 {
	if n.cells == nil {
		return e.cost(n.leaves)
	}
	if len(n.cells) == 1 {
		return e.cellCost(n.cells[0])
	}
	y := make([]float64, e.days)
	e.addCells(y, n)
	return y
}

// addCells adds the cost of n's cells to y. A cell is of one container of a level,
// so that those of a level can be added up beside each other.
func (e *estate) addCells(y []float64, n *node) {
	for _, k := range n.cells {
		for d, x := range e.cellCost(k) {
			y[d] += x
		}
	}
}

func (e *estate) cellCost(k int32) []float64 {
	c := &e.cells[k]
	if c.cost == nil {
		c.cost = e.cost(e.levels[byGroupService][k].leaves)
	}
	return c.cost
}

// fullOf is what n was charged, as costOf.
func (e *estate) fullOf(n *node) []float64 {
	if n.cells == nil {
		return e.sum(e.full, n.leaves)
	}
	y := make([]float64, e.days)
	for _, k := range n.cells {
		c := &e.cells[k]
		part := c.full
		if !c.changed {
			part = e.cellCost(k)
		} else if part == nil {
			part = e.sum(e.full, e.levels[byGroupService][k].leaves)
			c.full = part
		}
		for d, x := range part {
			y[d] += x
		}
	}
	return y
}

// set gives leaf i other costs.
func (e *estate) set(i int, y []float64) {
	e.changes++
	e.adj[i], e.touched[i] = lived(y), e.changes
	c := &e.cells[e.nodeOf[byGroupService][i]]
	c.cost, c.changed = nil, true
}

// units splits leaves by resource, in order of first appearance.
func (e *estate) units(leaves []int) [][]int {
	at := make(map[int32]int)
	var out [][]int
	for _, i := range leaves {
		j, ok := at[e.unit[i]]
		if !ok {
			j = len(out)
			at[e.unit[i]] = j
			out = append(out, nil)
		}
		out[j] = append(out[j], i)
	}
	return out
}

// test runs the rule over nodes on all processors, and returns the hits in the
// nodes' order.
func (e *estate) test(nodes []*node, sign float64) []*hit {
	found := make([][]*hit, len(nodes))
	parallel(len(nodes), func(s *series, i int) { found[i] = e.rule(nodes[i], s, sign) })
	return slices.Concat(found...)
}

// parallel calls f for 0 to n-1 on all processors, each with a series of its own
// as memory.
func parallel(n int, f func(s *series, i int)) {
	procs := runtime.GOMAXPROCS(0)
	chunk := max(1, min(64, n/(8*procs)))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(procs, 1+n/chunk) {
		wg.Go(func() {
			var s series
			for lo := range next {
				for i := lo; i < min(lo+chunk, n); i++ {
					f(&s, i)
				}
			}
		})
	}
	for lo := 0; lo < n; lo += chunk {
		next <- lo
	}
	close(next)
	wg.Wait()
}
