package analysis

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"usagereport/analysis/detect"
	"usagereport/ledger"
	"usagereport/usage"
)

// A group is the leaves of all accounts whose files cover the same days: a day
// that one account lacks is no day without cost.
type group struct {
	in  detect.Input
	ids [][]int64 // the ledger's series of each leaf
}

// A located finding has the group in which its leaves are numbered.
type located struct {
	detect.Finding
	group *group
	began usage.Day // when it began, where Start is the first day on which it is the owner's; else 0
}

// ids returns the series of the ledger that the finding covers, in order.
func (l located) ids() []int64 {
	var out []int64
	for _, leaf := range l.Leaves {
		out = append(out, l.group.ids[leaf]...)
	}
	slices.Sort(out)
	return out
}

// among returns l under a name that holds among all groups: the detector has seen those of its
// own alone, and what goes on in another size under the new one. What others have a part in is
// named by the account, group and resource that its leaves have in common, or else is some
// resources of that name.
func (f *frame) among(groups []*group, l located) located {
	if _, named := l.Scope[usage.Resource]; named || !f.shared(groups, l) {
		return l
	}
	resources := map[string]bool{}
	common := maps.Clone(l.group.in.Leaves[l.Leaves[0]].Dims)
	for _, i := range l.Leaves {
		dims := l.group.in.Leaves[i].Dims
		resources[dims[usage.Resource]] = true
		maps.DeleteFunc(common, func(d usage.Dimension, v string) bool { return dims[d] != v })
	}
	l.Scope = maps.Clone(l.Scope)
	for _, d := range []usage.Dimension{usage.SubAccount, usage.ResourceGroup, usage.Resource} {
		if v, same := common[d]; same && (v != "" || d == usage.Resource) {
			l.Scope[d] = v
		}
	}
	if _, named := l.Scope[usage.Resource]; !named && l.Part == 0 && f.shared(groups, l) {
		l.Part = len(resources)
	}
	return l
}

// shared reports whether something else of l's scope cost anything in the fortnight before l, or
// on its days; of what is new, on any day.
func (f *frame) shared(groups []*group, l located) bool {
	for _, g := range groups {
		from, to := max(0, int(l.Start-g.in.From)-14), min(g.in.Days-1, int(l.End-g.in.From))
		if l.Kind == usage.KindNew {
			from = 0
		}
		for i, leaf := range g.in.Leaves {
			if g == l.group && (len(g.ids[i]) < 2 || slices.Contains(l.Leaves, i)) {
				continue // the detector knows it
			}
			of := g != l.group && inScope(leaf.Dims, l.Scope) || // or some of it was, under another name
				slices.ContainsFunc(g.ids[i], func(id int64) bool { return inScope(f.infos[id].dims, l.Scope) })
			if of && slices.ContainsFunc(leaf.Between(from, max(from, to+1)), func(v float64) bool { return v != 0 }) {
				return true
			}
		}
	}
	return false
}

// inScope reports whether dims have all the values of scope.
func inScope(dims, scope usage.Series) bool {
	for d, v := range scope {
		if dims[d] != v {
			return false
		}
	}
	return true
}

// leaves reads the daily usage per series. What goes on under another name is one
// leaf, under the newest.
func (a *Analysis) leaves(ctx context.Context, f *frame, h history) ([]*group, error) {
	names, err := a.renames(ctx, h.span.Last())
	if err != nil {
		return nil, err
	}
	if f.others, err = a.othersDays(ctx, f, h.span); err != nil {
		return nil, err
	}
	bySeries, err := a.usageDays(ctx, f, h.span)
	if err != nil {
		return nil, err
	}
	covers, before := f.coverage(h, names), f.formerAccounts(bySeries, names)
	type at struct {
		g    *group
		leaf int
	}
	joined := map[string]at{}
	for _, id := range slices.Sorted(maps.Keys(bySeries)) {
		info := f.infos[id]
		dims, resized := names.newest(info.dims)
		key := ""
		if names.any() {
			key = dims.Key()
		}
		g := covers.group(accountOf(dims), before[key])
		if g == nil {
			continue
		}
		v := bySeries[id]
		n := max(0, min(len(v.cost), g.in.Days-v.first))
		v.cost, v.quantity = v.cost[:n], v.quantity[:n]
		for _, x := range f.others[id] {
			if at := int(x.day-h.span.From) - v.first; at < n {
				v.cost[at] += x.cost
				v.quantity[at] += x.quantity
			}
		}
		unit := info.unit
		if resized { // an hour of another size is another thing
			unit, v.quantity = "", nil
		}
		if key != "" {
			if old, known := joined[key]; known {
				old.g.join(old.leaf, id, detect.Leaf{First: v.first, Cost: v.cost, Quantity: v.quantity, Unit: unit})
				continue
			}
			joined[key] = at{g, len(g.in.Leaves)}
		}
		g.ids = append(g.ids, []int64{id})
		g.in.Leaves = append(g.in.Leaves, detect.Leaf{Dims: dims, First: v.first, Cost: v.cost, Quantity: v.quantity, Unit: unit})
	}
	for _, g := range covers.groups {
		g.in.Sensitivity, g.in.Scale = a.options.Sensitivity.factor(), float64(usage.Magnitude(f.cur.code))
		for i := range g.in.Leaves {
			oneScale(g.in.Leaves[i].Cost, g.in.Leaves[i].Quantity)
		}
	}
	return covers.groups, a.tag(ctx, f, h, covers.groups)
}

// A usageValues is a series' cost and quantity by day, from its first day on.
type usageValues struct {
	first          int // days after the history's first
	cost, quantity []float64
}

// usageDays reads what each series of usage cost on each of its days in span; f.others is
// made room for.
func (a *Analysis) usageDays(ctx context.Context, f *frame, span usage.Period) (map[int64]usageValues, error) {
	first, days := span.From, span.Days()
	bySeries := map[int64]usageValues{}
	var memory []float64
	part := func(n int) []float64 {
		if len(memory) < n {
			memory = make([]float64, max(n, 1<<16))
		}
		p := memory[:n:n]
		memory = memory[n:]
		return p
	}
	life := func(id int64) usageValues { // the days on which it costs anything, others too
		lives := f.infos[id].days
		for _, x := range f.others[id] {
			lives.From, lives.To = min(lives.From, x.day), max(lives.To, x.day+1)
		}
		from, to := max(0, int(lives.From-first)), min(days, int(lives.To-first))
		return usageValues{from, part(to - from), part(to - from)}
	}
	var last usageValues
	lastID, skip := int64(-1), false
	take := func(rows ledger.Values) {
		for i, id := range rows.Series {
			if id != lastID {
				v, known := bySeries[id]
				if skip = !known && f.infos[id].category != "Usage"; !known && !skip { // purchases, credits and taxes are no daily habit
					v = life(id)
					bySeries[id] = v
				}
				last, lastID = v, id
			}
			if skip {
				continue
			}
			d := int(rows.Days[i]-first) - last.first
			last.cost[d] += rows.Cost[i]
			last.quantity[d] += rows.Quantity[i]
		}
	}
	if err := a.seat.look(ctx, "days"); err != nil {
		return nil, err
	}
	if err := ledger.TakeValues(ctx, a.conn, text("days"), take,
		sql.Named("first", span.From.Time()), sql.Named("end", span.To.Time())); err != nil {
		return nil, fmt.Errorf("days: %w", err)
	}
	return bySeries, nil
}

// formerAccounts returns in which accounts the usage was that goes on in another, by the key of
// its newest dimensions.
func (f *frame) formerAccounts(bySeries map[int64]usageValues, names renames) map[string][]string {
	before := map[string][]string{}
	if !names.any() {
		return before
	}
	for id := range bySeries {
		dims, _ := names.newest(f.infos[id].dims)
		if old := names.account(accountOf(f.infos[id].dims)); old != accountOf(dims) {
			before[dims.Key()] = append(before[dims.Key()], old)
		}
	}
	return before
}

// join adds what series id cost to a leaf; its quantities, if the units are one.
func (g *group) join(leaf int, id int64, with detect.Leaf) {
	g.ids[leaf] = append(g.ids[leaf], id)
	l := &g.in.Leaves[leaf]
	first, end := min(l.First, with.First), max(l.First+len(l.Cost), with.First+len(with.Cost))
	if unequal := with.Unit != l.Unit || with.Quantity == nil || l.Quantity == nil; unequal {
		l.Unit, l.Quantity = "", nil
	} else {
		l.Quantity = both(first, end, l.First, l.Quantity, with.First, with.Quantity)
	}
	l.Cost = both(first, end, l.First, l.Cost, with.First, with.Cost)
	l.First = first
}

// both adds up the values x and y, which begin on a day each, for the days from first to end.
func both(first, end, atX int, x []float64, atY int, y []float64) []float64 {
	out := make([]float64, end-first)
	copy(out[atX-first:], x)
	for i, v := range y {
		out[atY-first+i] += v
	}
	return out
}

// A coverage is the days that the files of each account cover, by the account's newest name,
// and the groups that have leaves: one for each set of days.
type coverage struct {
	in     detect.Input // of every group, but for its days
	days   map[string][]bool
	groups []*group
	byDays map[string]*group // and by account, of what was in no other
}

func (f *frame) coverage(h history, names renames) *coverage {
	first, days := h.span.From, h.span.Days()
	c := &coverage{days: map[string][]bool{}, byDays: map[string]*group{}}
	for _, s := range f.st {
		if s.reach == 0 || s.unused || f.days(s).From > h.span.Last() {
			continue
		}
		account := names.account(s.account)
		m := c.days[account]
		if m == nil {
			m = make([]bool, days)
			c.days[account] = m
		}
		f.cover(m, first, s)
	}
	c.in = detect.Input{From: first, Settle: settleDays, Focus: f.sel.span}
	if f.since > 0 {
		c.in.Focus.From = min(c.in.Focus.From, f.since)
	}
	if f.settled() {
		c.in.Settle = -1
	}
	return c
}

// settled reports whether all days of the period have arrived.
func (f *frame) settled() bool {
	return f.sel.state == Closed || (f.sel.state == Invoiced || f.sel.byMonth) && today(f.st) >= f.sel.span.Last()+closedAfter
}

// group returns the group of what is in an account and was in others before: up to the first
// day that the account's files cover, theirs do. It is nil where no file tells of the account.
func (c *coverage) group(account string, before []string) *group {
	if g := c.byDays[account]; g != nil && len(before) == 0 {
		return g
	}
	m := c.days[account]
	if m == nil {
		return nil
	}
	if own := slices.Index(m, true); len(before) > 0 && own > 0 {
		m = slices.Clone(m)
		for _, old := range before {
			for d, covered := range c.days[old][:min(own, len(c.days[old]))] {
				m[d] = m[d] || covered
			}
		}
	}
	key := fmt.Sprint(m)
	g := c.byDays[key]
	if g == nil {
		n := len(m)
		for n > 0 && !m[n-1] {
			n--
		}
		g = &group{in: c.in}
		g.in.Days, g.in.HasData = n, m[:n]
		c.byDays[key], c.groups = g, append(c.groups, g)
	}
	if len(before) == 0 {
		c.byDays[account] = g
	}
	return g
}

// renames are the links of the ledger: what goes on under another name.
type renames struct {
	// By service and meter; by subscription, resource, service and meter; by
	// subscription and billing account; and by themselves.
	meters    map[[2]string]string
	resized   map[[4]string]string
	billing   map[[2]string]string
	resources map[string]moved
	accounts  map[string]string
}

// moved is where a resource is now.
type moved struct{ account, resource, group string }

func (n renames) any() bool {
	return len(n.meters)+len(n.resized)+len(n.billing)+len(n.resources)+len(n.accounts) > 0
}

// renames reads the links up to day to.
func (a *Analysis) renames(ctx context.Context, to usage.Day) (renames, error) {
	n := renames{map[[2]string]string{}, map[[4]string]string{}, map[[2]string]string{}, map[string]moved{}, map[string]string{}}
	err := a.askOnce(ctx, "links", func(r row) error {
		var kind, dimension, old, new, account, resource, service, group string
		if err := r.Scan(&kind, &dimension, &old, &new, &account, &resource, &service, &group); err != nil {
			return err
		}
		switch {
		case kind == "meter_renamed":
			n.meters[[2]string{service, old}] = new
		case kind == "resized":
			n.resized[[4]string{account, resource, service, old}] = new
		case kind == "resource_id":
			n.resources[old] = moved{account, new, group}
		case dimension == string(usage.SubAccount):
			n.accounts[old] = new
		case dimension == string(usage.BillingAccount):
			n.billing[[2]string{account, old}] = new
		}
		return nil
	}, sql.Named("last", to.Time()))
	return n, err
}

// account returns the newest name of an account.
func (n renames) account(name string) string {
	for range len(n.accounts) { // links may not be trusted to end
		next, renamed := n.accounts[name]
		if !renamed {
			break
		}
		name = next
	}
	return name
}

// newest returns the newest names of a series, and whether they are of another
// size than its own.
func (n renames) newest(dims usage.Series) (out usage.Series, resized bool) {
	if !n.any() {
		return dims, false
	}
	out = maps.Clone(dims)
	sized := func() (string, bool) {
		to, ok := n.resized[[4]string{out[usage.SubAccount], out[usage.Resource], out[usage.Service], out[usage.Meter]}]
		return to, ok
	}
	for range 50 { // links may not be trusted to end
		if to, ok := sized(); ok {
			out[usage.Meter], resized = to, true
		} else if to, ok := n.meters[[2]string{out[usage.Service], out[usage.Meter]}]; ok {
			out[usage.Meter] = to
		} else if to, ok := n.resources[out[usage.Resource]]; ok {
			out[usage.Resource], out[usage.SubAccount] = to.resource, to.account
			if to.group != "" {
				out[usage.ResourceGroup] = to.group
			}
		} else if to, ok := n.billing[[2]string{out[usage.SubAccount], out[usage.BillingAccount]}]; ok {
			out[usage.BillingAccount] = to
		} else if to, ok := n.accounts[out[usage.SubAccount]]; ok {
			out[usage.SubAccount] = to
		} else {
			break
		}
	}
	return out, resized
}
