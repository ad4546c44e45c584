package detect

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"

	"usagereport/usage"
)

// The levels of containers, from small to large.
const (
	byGroupService = iota
	byGroup
	byMeter
	byAccountService
	byService
	byAccount
	byNothing // the total
)

// An estate is an Input in work.
type estate struct {
	in   Input
	cal  *calendar
	days int // days looked at: up to Focus's end

	last    int // last day with data
	settled int // last complete day
	lo      int // first day of the review: the 35 days up to last
	focus   int // first day of Focus
	prior   int // days with data that must come before what is new

	has       []bool            // days with data
	behind    map[string][]bool // the same for subscriptions whose data end earlier
	full      [][]float64       // cost of each leaf
	adj       [][]float64       // the same without what has been told
	quantity  [][]float64
	tellings  []telling
	resources []*node
	levels    [][]*node // containers, small to large
	meters    []*node

	rule func(n *node, s *series, sign float64) []*hit // s is memory to use
}

// A telling is a leaf in a finding.
type telling struct{ leaf, start, end int }

// A node is a set of leaves that have the values of scope in common.
type node struct {
	key    string
	scope  usage.Series
	leaves []int
	has    []bool
	// resource is set on nodes that are one resource.
	resource bool
}

// newEstate returns nil where there is nothing to look at.
func newEstate(in Input) *estate {
	if in.Settle == 0 {
		in.Settle = 2
	}
	if in.MinImpact <= 0 {
		in.MinImpact = 5
	}
	if in.Sensitivity <= 0 {
		in.Sensitivity = 1
	}
	e := &estate{in: in, days: in.Days, prior: 14}
	if !in.Focus.Empty() {
		e.days = max(0, min(in.Days, int(in.Focus.To-in.From)))
		e.focus = max(0, int(in.Focus.From-in.From))
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
	e.settled = max(0, min(e.last, end-max(0, in.Settle)))
	e.lo = max(0, e.last-34)
	e.cal = newCalendar(in.From, e.days)
	e.adj, e.quantity = make([][]float64, len(in.Leaves)), make([][]float64, len(in.Leaves))
	for i, l := range in.Leaves {
		e.adj[i] = clean(l.Cost, e.days)
		e.quantity[i] = clean(l.Quantity, e.days)
	}
	e.full = slices.Clone(e.adj)
	e.lateAccounts()

	e.resources = e.group(usage.SubAccount, usage.ResourceGroup, usage.Resource)
	for _, n := range e.resources {
		n.resource = n.scope[usage.Resource] != ""
		if s, same := e.common(n.leaves, usage.Service); same {
			n.scope[usage.Service] = s
		}
	}
	e.meters = e.group(usage.Service, usage.Meter)
	e.levels = [][]*node{
		byGroupService:   e.group(usage.SubAccount, usage.ResourceGroup, usage.Service),
		byGroup:          e.group(usage.SubAccount, usage.ResourceGroup),
		byMeter:          e.meters,
		byAccountService: e.group(usage.SubAccount, usage.Service),
		byService:        e.group(usage.Service),
		byAccount:        e.group(usage.SubAccount),
		byNothing:        e.group(),
	}
	return e
}

// clean returns the first n values of v, which must be numbers; others count
// as zero, as do missing ones.
func clean(v []float64, n int) []float64 {
	bad := func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) }
	if len(v) >= n && !slices.ContainsFunc(v[:n], bad) {
		return v[:n:n]
	}
	out := make([]float64, n)
	copy(out, v)
	for i, x := range out {
		if bad(x) {
			out[i] = 0
		}
	}
	return out
}

// lateAccounts finds subscriptions whose data end up to a week before the
// others': their missing days are gaps, not zeros.
func (e *estate) lateAccounts() {
	reach := make(map[string]int)
	for i, l := range e.in.Leaves {
		d := e.last
		for d >= 0 && e.adj[i][d] == 0 {
			d--
		}
		a := l.Dims[usage.SubAccount]
		if r, ok := reach[a]; !ok || d > r {
			reach[a] = d
		}
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

// group returns the nodes that share values of by, in the order of their keys.
func (e *estate) group(by ...usage.Dimension) []*node {
	nodes := make(map[string]*node)
	var b strings.Builder
	for i, l := range e.in.Leaves {
		b.Reset()
		for _, d := range by {
			b.WriteString(l.Dims[d])
			b.WriteByte(0)
		}
		if len(by) > 0 && by[len(by)-1] == usage.Resource && l.Dims[usage.Resource] == "" {
			b.WriteString(l.Dims[usage.Service]) // charges without a resource stay apart by service
		}
		n := nodes[b.String()]
		if n == nil {
			n = &node{key: b.String(), scope: usage.Series{}, has: e.has}
			for _, d := range by {
				if v := l.Dims[d]; v != "" {
					n.scope[d] = v
				}
			}
			nodes[n.key] = n
		}
		n.leaves = append(n.leaves, i)
		if has, late := e.behind[l.Dims[usage.SubAccount]]; late && len(n.has) > 0 {
			if &n.has[0] == &e.has[0] {
				n.has = has
			} else {
				n.has = both(n.has, has)
			}
		}
	}
	out := make([]*node, 0, len(nodes))
	for _, n := range nodes {
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b *node) int { return cmp.Compare(a.key, b.key) })
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
	v := e.in.Leaves[leaves[0]].Dims[d]
	for _, i := range leaves {
		if e.in.Leaves[i].Dims[d] != v {
			return "", false
		}
	}
	return v, v != ""
}

// sum adds up the leaves' values in from.
func (e *estate) sum(from [][]float64, leaves []int) []float64 {
	if len(leaves) == 1 {
		return from[leaves[0]]
	}
	y := make([]float64, e.days)
	for _, i := range leaves {
		for d, x := range from[i] {
			y[d] += x
		}
	}
	return y
}

func (e *estate) cost(leaves []int) []float64 { return e.sum(e.adj, leaves) }

// units splits leaves by resource, in order of first appearance.
func (e *estate) units(leaves []int) [][]int {
	at := make(map[string]int)
	var out [][]int
	for _, i := range leaves {
		l := e.in.Leaves[i].Dims
		k := l[usage.SubAccount] + "\x00" + l[usage.ResourceGroup] + "\x00" + l[usage.Resource]
		if l[usage.Resource] == "" {
			k += "\x00" + l[usage.Service]
		}
		j, ok := at[k]
		if !ok {
			j = len(out)
			at[k] = j
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
	const chunk = 64
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 1+len(nodes)/chunk) {
		wg.Go(func() {
			var s series
			for lo := range next {
				for i := lo; i < min(lo+chunk, len(nodes)); i++ {
					found[i] = e.rule(nodes[i], &s, sign)
				}
			}
		})
	}
	for lo := 0; lo < len(nodes); lo += chunk {
		next <- lo
	}
	close(next)
	wg.Wait()
	return slices.Concat(found...)
}
