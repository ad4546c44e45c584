package analysis

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"

	"usagereport/usage"
)

// A grouped sum: one value of a dimension in two periods.
type pair struct {
	value            string
	label, context   string
	current, prior   usage.Decimal
	hasNow, hasPrior bool
	older            []string // other values that stand for the same
	goesOn           bool     // under another id, it may be elsewhere
	unknown          bool     // some of prior is not loaded
	holed            bool     // some days of current or prior have no data
	elsewhere        bool     // some of what one period has is another owner's in the other
}

// labels gives dimension values the names that people know them by.
type labels struct {
	accounts  map[string]string // name by account
	resources map[string]int64  // a series of each
	infos     map[int64]seriesInfo
}

func (l labels) label(d usage.Dimension, value string) (label, context string) {
	if value == "" {
		switch d {
		case usage.Resource:
			return "(no resource)", ""
		case usage.ResourceGroup:
			return "(no resource group)", ""
		case usage.Owner:
			return "(nobody)", ""
		}
		return "(none)", ""
	}
	switch d {
	case usage.SubAccount, usage.BillingAccount:
		if n := l.accounts[value]; n != "" {
			return n, value
		}
	case usage.Resource:
		if id, ok := l.resources[value]; ok {
			return cmp.Or(l.infos[id].name, value), contextOf(l.infos[id])
		}
	}
	return value, ""
}

// resourcesOf returns a series of each resource by which to name and place it: one of
// the service and group in which it costs most, so that a database's traffic does not
// make it "Bandwidth".
func resourcesOf(infos map[int64]seriesInfo) map[string]int64 {
	type place struct{ resource, context string }
	cost := map[place]float64{}
	of := func(s seriesInfo) place { return place{s.dims[usage.Resource], contextOf(s)} }
	ids := slices.Sorted(maps.Keys(infos))
	for _, id := range ids {
		cost[of(infos[id])] += infos[id].cost
	}
	out := map[string]int64{}
	for _, id := range ids {
		s := infos[id]
		if best, ok := out[s.dims[usage.Resource]]; !ok || cost[of(s)] > cost[of(infos[best])] {
			out[s.dims[usage.Resource]] = id
		}
	}
	delete(out, "")
	return out
}

// contextOf places a resource: its service and group.
func contextOf(s seriesInfo) string {
	service, group := s.dims[usage.Service], s.dims[usage.ResourceGroup]
	switch {
	case service != "" && group != "":
		return service + ", " + group
	case group != "":
		return group
	}
	return service
}

// A summed is a series with what it cost in the two periods that are compared.
type summed struct {
	dims             usage.Series
	id               int64
	current, prior   usage.Decimal
	hasNow, hasPrior bool
	unbased          bool   // the prior period is not loaded
	holed            bool   // some days of the two have no data
	elsewhere        bool   // one of the two has it, and another owner has it in the other
	account          string // as it is called now
	resource         string // the newest of its ids that either period has
}

// A pairing is all that a frame compares with the prior period: it is asked by dimension after dimension.
type pairing struct {
	series []summed        // in ascending order of ids
	goesOn map[string]bool // resources that have another id, under each of their ids
	stay   map[string]bool // resources that both periods have
}

// pairing makes it, once.
func (f *frame) pairing() *pairing {
	if f.paired != nil {
		return f.paired
	}
	current, prior := f.sums[thisPeriod], f.sums[upToNow(1)]
	ids := slices.Collect(maps.Keys(current))
	for id := range prior {
		if _, has := current[id]; !has {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	c := &pairing{series: make([]summed, len(ids)), stay: map[string]bool{}}
	unbased, holed := f.unbasedAccounts(), f.holedAccounts()
	here := map[string]bool{}
	last, now := "", ""
	for i, id := range ids {
		info, s := f.infos[id], &c.series[i]
		s.id, s.dims, s.resource = id, info.dims, info.dims[usage.Resource]
		s.current, s.hasNow = current[id]
		s.prior, s.hasPrior = prior[id]
		account := info.account()
		if i == 0 || account != last { // most are of the one before
			last, now = account, f.now(account)
		}
		s.account, s.unbased, s.holed = now, unbased[account], holed[now]
		s.elsewhere = s.hasNow && !s.hasPrior && f.elsewhere[upToNow(1)][id] || s.hasPrior && !s.hasNow && f.elsewhere[thisPeriod][id]
		here[s.resource] = true
	}
	var newest map[string]string
	newest, c.goesOn = f.newestResources(here)
	was, is := map[string]bool{}, map[string]bool{}
	for i := range c.series {
		s := &c.series[i]
		if now := newest[s.resource]; now != "" {
			s.resource = now
		}
		if s.hasNow {
			is[s.resource] = true
		}
		if s.hasPrior {
			was[s.resource] = true
		}
	}
	for r := range is {
		if r != "" && was[r] {
			c.stay[r] = true
		}
	}
	f.paired = c
	return c
}

// add adds what a series cost.
func (p *pair) add(s *summed) {
	p.holed, p.elsewhere = p.holed || s.holed, p.elsewhere || s.elsewhere
	if s.hasNow {
		p.current, p.hasNow = p.current.Add(s.current), true
	}
	if s.hasPrior {
		p.prior, p.hasPrior = p.prior.Add(s.prior), true
	}
}

// pairsBy adds up what series cost by what keyOf says of each, in the order of its values.
func pairsBy(keyOf func(*summed) string, series []summed) []pair {
	by := map[string]*pair{}
	var p *pair
	for i := range series {
		s := &series[i]
		if key := keyOf(s); p == nil || p.value != key { // most are like the one before
			if p = by[key]; p == nil {
				p = &pair{value: key}
				by[key] = p
			}
		}
		p.add(s)
		p.unknown = p.unknown || s.hasNow && s.unbased
	}
	out := make([]pair, 0, len(by))
	for _, p := range by {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(x, y pair) int { return cmp.Compare(x.value, y.value) })
	return out
}

// key returns what says a series' value of d.
func (f *frame) key(d usage.Dimension) func(*summed) string {
	if d == usage.SubAccount {
		return func(s *summed) string { return s.account }
	}
	return func(s *summed) string { return s.dims[d] }
}

// groupBy adds up current and prior sums by one dimension.
func (f *frame) groupBy(d usage.Dimension) []pair { return f.grouped(d, f.key(d)) }

// grouped adds up current and prior sums by what keyOf says of a series.
func (f *frame) grouped(d usage.Dimension, keyOf func(*summed) string) []pair {
	out := pairsBy(keyOf, f.pairing().series)
	for i := range out {
		out[i].label, out[i].context = f.labels.label(d, out[i].value)
	}
	return out
}

// newestResources says by which id resources are known in the periods that are compared: the newest that
// either has, where that is another. goesOn are those that have another, under each of their ids.
func (f *frame) newestResources(here map[string]bool) (newest map[string]string, goesOn map[string]bool) {
	newest, goesOn = map[string]string{}, map[string]bool{}
	for old := range f.names.resources {
		if !here[old] {
			continue
		}
		id := old
		for range len(f.names.resources) { // links may not be trusted to end
			to, linked := f.names.resources[id]
			if !linked {
				break
			}
			if id = to.resource; here[id] && id != old {
				newest[old], goesOn[old], goesOn[id] = id, true, true
			}
		}
	}
	return newest, goesOn
}

// resourcesNow are the pairs of resources, those that go on under another id as one.
func (f *frame) resourcesNow() []pair {
	older := map[string][]string{}
	series := f.pairing().series
	for i := range series {
		now, was := series[i].resource, series[i].dims[usage.Resource]
		if now != was && !slices.Contains(older[now], was) {
			older[now] = append(older[now], was)
		}
	}
	out := f.grouped(usage.Resource, func(s *summed) string { return s.resource })
	for i := range out {
		out[i].older = older[out[i].value]
		slices.Sort(out[i].older)
	}
	return out
}

// assigned are the pairs of what people say of charges. A value is neither new nor gone where resources
// of it have another in the other period: what it costs moved.
func (f *frame) assigned(d usage.Dimension, keyOf func(*summed) string) []pair {
	c, moved := f.pairing(), map[string]bool{}
	for i := range c.series {
		if s := &c.series[i]; c.stay[s.resource] {
			moved[keyOf(s)] = true
		}
	}
	out := f.grouped(d, keyOf)
	for i, p := range out {
		out[i].goesOn = moved[p.value] && p.hasNow != p.hasPrior
	}
	return out
}

// tagMovers adds the movers by the tags that the options name.
func (a *Analysis) tagMovers(ctx context.Context, f *frame, p *Part) error {
	levels, _, err := a.tagLevels(ctx)
	if err != nil || len(levels) == 0 {
		return err
	}
	values, err := a.tagValues(ctx, f.cur.code, levels, min(f.sel.span.To, a.lastDay()+1))
	if err != nil {
		return err
	}
	for _, d := range levels {
		keyOf := func(s *summed) string { return values[s.id][d].text }
		m := moversOf(d, f.assigned(d, keyOf), f.cur.code)
		f.inside(&m, keyOf)
		p.Movers = append(p.Movers, m)
	}
	return nil
}

// A MadePart is what a report says by the dimensions that people made, in one currency.
type MadePart struct {
	Movers     []Movers
	Breakdowns []Breakdown
}

// Made returns it by currency, of the dimensions by which the options divide what the
// connection sees.
func (a *Analysis) Made(ctx context.Context) (map[string]MadePart, error) {
	out := map[string]MadePart{}
	return out, a.eachFrame(ctx, func(f *frame) error {
		var part MadePart
		var err error
		if f.elsewhere, err = a.elsewhere(ctx, f); err != nil {
			return err
		}
		for _, d := range a.options.Apart {
			pairs := f.assigned(d, f.key(d))
			part.Breakdowns = append(part.Breakdowns, breakdownOf(d, pairs, f.sums.total(thisPeriod), f.cur.code))
			if len(f.sel.windows) > 1 {
				m := moversOf(d, pairs, f.cur.code)
				f.inside(&m, f.key(d))
				part.Movers = append(part.Movers, m)
			}
		}
		out[f.cur.code] = part
		return nil
	})
}

// topInside is how many resources a mover shows of itself.
const topInside = 4

// inside says of each of m's values which resources changed most.
func (f *frame) inside(m *Movers, keyOf func(*summed) string) {
	wanted := map[string]map[string]*pair{}
	for _, list := range [][]Mover{m.Up, m.Down} {
		for _, x := range list {
			wanted[x.Value] = map[string]*pair{}
		}
	}
	c := f.pairing()
	last, by := "", wanted[""]
	for i := range c.series {
		s := &c.series[i]
		if key := keyOf(s); key != last {
			last, by = key, wanted[key]
		}
		if by == nil {
			continue
		}
		p := by[s.resource]
		if p == nil {
			p = &pair{value: s.resource, goesOn: c.goesOn[s.resource] || c.stay[s.resource]}
			by[s.resource] = p
		}
		p.add(s)
		p.unknown = p.unknown || s.unbased
	}
	for _, list := range [][]Mover{m.Up, m.Down} {
		for i := range list {
			x := &list[i]
			by := wanted[x.Value]
			pairs := make([]pair, 0, len(by))
			for _, p := range by {
				if p.delta().Sign() != 0 {
					pairs = append(pairs, *p)
				}
			}
			slices.SortFunc(pairs, func(x, y pair) int {
				return cmp.Or(y.delta().Abs().Cmp(x.delta().Abs()), cmp.Compare(x.value, y.value))
			})
			x.InsideDelta = usage.Money{Currency: x.Delta.Currency}
			for k, p := range pairs {
				if k >= topInside {
					x.InsideCount++
					x.InsideDelta.Amount = x.InsideDelta.Amount.Add(p.delta())
					continue
				}
				p.label, p.context = f.labels.label(usage.Resource, p.value)
				x.Inside = append(x.Inside, p.mover(x.Delta.Currency))
			}
		}
	}
}

// status says whether a value is new or gone, or changed hands. Cost decides, not rows: a free
// resource that starts to cost is not new.
func (p pair) status() Status {
	switch {
	case p.goesOn:
		return InBoth
	case p.hasNow && !p.hasPrior && p.unknown:
		return NotKnown
	case p.hasNow && !p.hasPrior && p.elsewhere:
		return MovedIn
	case p.hasPrior && !p.hasNow && p.elsewhere:
		return MovedOut
	case p.hasNow && !p.hasPrior:
		return IsNew
	case p.hasPrior && !p.hasNow:
		return IsGone
	}
	return InBoth
}

func (p pair) delta() usage.Decimal { return p.current.Sub(p.prior) }

func (p pair) mover(cur string) Mover {
	money := func(a usage.Decimal) usage.Money { return usage.Money{Amount: a, Currency: cur} }
	m := Mover{
		Value: p.value, Older: p.older, Label: p.label, Context: p.context, Current: money(p.current), Prior: money(p.prior),
		Delta: money(p.delta()), Status: p.status(),
	}
	if !p.unknown && !p.holed {
		m.Percent = percentOf(p.delta(), p.prior)
	}
	return m
}

// unbased returns the accounts of the period of which the k-th earlier period is not
// loaded or does not follow on, though they were used then or before. What they cost is no
// change.
func (f *frame) unbased(k int) map[string]bool {
	if k >= len(f.sel.windows) || len(f.sel.windows[k]) == 0 {
		return nil
	}
	begin := f.sel.windows[k][0].span.From
	has := map[string]bool{}
	for _, w := range f.sel.windows[k] {
		has[f.names.account(w.account)] = true
		begin = min(begin, w.span.From)
	}
	early := map[string]bool{}
	for _, s := range f.st {
		if id := f.names.account(s.account); s.reach > 0 && !s.unused && s.span.From <= begin+halfMonth {
			early[id] = true
		}
	}
	out := map[string]bool{}
	for _, w := range f.sel.windows[0] {
		if id := f.names.account(w.account); !has[id] && early[id] {
			out[w.account] = true
		}
	}
	return out
}

// unbasedAccounts are those of which the prior period is not loaded.
func (f *frame) unbasedAccounts() map[string]bool {
	out := map[string]bool{}
	if len(f.sel.windows) > 1 {
		for _, w := range f.sel.windows[1] {
			out[f.now(w.account)] = f.noRate(w.account, w.days())
		}
	}
	for account, is := range f.unbased(1) {
		out[account] = out[account] || is
	}
	return out
}

// holedAccounts are those of which some of the compared days have no data.
func (f *frame) holedAccounts() map[string]bool {
	if len(f.sel.windows) < 2 {
		return nil
	}
	return f.holed(1)
}

// percentOf returns part in percent of whole; nil where whole is not positive.
func percentOf(part, whole usage.Decimal) *float64 {
	if whole.Sign() <= 0 {
		return nil
	}
	v := part.Float64() / whole.Float64() * 100
	return &v
}

// topMovers is how many growers and how many shrinkers a list has.
const topMovers = 10

// moversOf lists the largest changes of pairs.
func moversOf(d usage.Dimension, pairs []pair, cur string) Movers {
	money := func(a usage.Decimal) usage.Money { return usage.Money{Amount: a, Currency: cur} }
	m := Movers{Dimension: d, Title: TitleOf(d)}
	sorted := slices.Clone(pairs)
	slices.SortStableFunc(sorted, func(x, y pair) int { return y.delta().Abs().Cmp(x.delta().Abs()) })
	var rest pair
	for _, p := range sorted {
		sign := p.delta().Sign()
		mover := p.mover(cur)
		switch {
		case sign > 0 && len(m.Up) < topMovers:
			m.Up = append(m.Up, mover)
		case sign < 0 && len(m.Down) < topMovers:
			m.Down = append(m.Down, mover)
		default:
			m.RestCount++
			rest.current, rest.prior = rest.current.Add(p.current), rest.prior.Add(p.prior)
		}
	}
	m.RestPrior, m.RestCurrent, m.RestDelta = money(rest.prior), money(rest.current), money(rest.delta())
	return m
}

// topRows is how many values a breakdown lists.
const topRows = 15

func breakdownOf(d usage.Dimension, pairs []pair, total usage.Decimal, cur string) Breakdown {
	money := func(a usage.Decimal) usage.Money { return usage.Money{Amount: a, Currency: cur} }
	b := Breakdown{Dimension: d, Title: TitleOf(d), Total: money(total)}
	sorted := slices.DeleteFunc(slices.Clone(pairs), func(p pair) bool { return !p.hasNow })
	slices.SortStableFunc(sorted, func(x, y pair) int { return y.current.Cmp(x.current) })
	rest := usage.Decimal{}
	for i, p := range sorted {
		if i >= topRows {
			b.RestCount++
			rest = rest.Add(p.current)
			continue
		}
		b.Rows = append(b.Rows, BreakdownRow{
			Value: p.value, Label: p.label, Context: p.context, Amount: money(p.current),
			Percent: percentOf(p.current, total),
		})
	}
	b.Rest = money(rest)
	return b
}

// TitleOf returns a dimension's name for people: "Resource group".
func TitleOf(d usage.Dimension) string {
	switch d {
	case usage.BillingAccount:
		return "Billing account"
	case usage.SubAccount:
		return "Subscription"
	case usage.ResourceGroup:
		return "Resource group"
	case usage.Service:
		return "Service"
	case usage.Region:
		return "Region"
	case usage.Resource:
		return "Resource"
	case usage.Meter:
		return "Meter"
	case usage.Owner:
		return "Owner"
	}
	if key, ok := d.Tag(); ok {
		return key
	}
	if name, ok := d.Virtual(); ok {
		return name
	}
	var b strings.Builder // a column's name in words: PublisherName is "Publisher name"
	for i, r := range strings.TrimPrefix(string(d), "x_") {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte(' ')
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}
