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

// pairsBy adds up current and prior sums by what keyOf says of a series, in the
// order of its values. Of the series that are unbased the prior period is not loaded, of those
// that are holed some days are not.
func pairsBy(keyOf func(series int64) string, current, prior map[int64]usage.Decimal, unbased, holed func(series int64) bool) []pair {
	by := map[string]*pair{}
	get := func(id int64) *pair {
		key := keyOf(id)
		if by[key] == nil {
			by[key] = &pair{value: key}
		}
		by[key].holed = by[key].holed || holed(id)
		return by[key]
	}
	for id, amount := range current {
		p := get(id)
		p.current, p.hasNow, p.unknown = p.current.Add(amount), true, p.unknown || unbased(id)
	}
	for id, amount := range prior {
		p := get(id)
		p.prior, p.hasPrior = p.prior.Add(amount), true
	}
	out := make([]pair, 0, len(by))
	for _, p := range by {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(x, y pair) int { return cmp.Compare(x.value, y.value) })
	return out
}

// key returns what says a series' value of d.
func (f *frame) key(d usage.Dimension) func(series int64) string {
	if d == usage.SubAccount {
		return func(id int64) string { return f.now(f.infos[id].account()) }
	}
	return func(id int64) string { return f.infos[id].dims[d] }
}

// groupBy adds up current and prior sums by one dimension.
func (f *frame) groupBy(d usage.Dimension) []pair { return f.grouped(d, f.key(d)) }

// grouped adds up current and prior sums by what keyOf says of a series.
func (f *frame) grouped(d usage.Dimension, keyOf func(series int64) string) []pair {
	out := pairsBy(keyOf, f.sums[thisPeriod], f.sums[upToNow(1)], f.unbasedSeries(), f.holedSeries())
	for i := range out {
		out[i].label, out[i].context = f.labels.label(d, out[i].value)
	}
	return out
}

// resourceNow returns what says by which id a series' resource is known in the periods
// that are compared: its newest that either has. goesOn are those that have another, under
// each of their ids.
func (f *frame) resourceNow() (keyOf func(series int64) string, goesOn map[string]bool) {
	here := map[string]bool{}
	for _, sums := range []map[int64]usage.Decimal{f.sums[thisPeriod], f.sums[upToNow(1)]} {
		for id := range sums {
			here[f.infos[id].dims[usage.Resource]] = true
		}
	}
	goesOn = map[string]bool{}
	newest := map[string]string{}
	for old := range here {
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
	return func(id int64) string {
		resource := f.infos[id].dims[usage.Resource]
		return cmp.Or(newest[resource], resource)
	}, goesOn
}

// resourcesNow are the pairs of resources, those that go on under another id as one.
func (f *frame) resourcesNow() []pair {
	keyOf, _ := f.resourceNow()
	older := map[string][]string{}
	for _, sums := range []map[int64]usage.Decimal{f.sums[thisPeriod], f.sums[upToNow(1)]} {
		for id := range sums {
			now, was := keyOf(id), f.infos[id].dims[usage.Resource]
			if now != was && !slices.Contains(older[now], was) {
				older[now] = append(older[now], was)
			}
		}
	}
	out := f.grouped(usage.Resource, keyOf)
	for i := range out {
		out[i].older = older[out[i].value]
		slices.Sort(out[i].older)
	}
	return out
}

// stay are the resources that both of the periods have.
func (f *frame) stay(resource func(series int64) string) map[string]bool {
	was, out := map[string]bool{}, map[string]bool{}
	for id := range f.sums[upToNow(1)] {
		was[resource(id)] = true
	}
	for id := range f.sums[thisPeriod] {
		if r := resource(id); r != "" && was[r] {
			out[r] = true
		}
	}
	return out
}

// assigned are the pairs of what people say of charges. A value is neither new nor gone where resources
// of it have another in the other period: what it costs moved.
func (f *frame) assigned(d usage.Dimension, keyOf func(series int64) string) []pair {
	resource, _ := f.resourceNow()
	stay, moved := f.stay(resource), map[string]bool{}
	for _, sums := range []map[int64]usage.Decimal{f.sums[thisPeriod], f.sums[upToNow(1)]} {
		for id := range sums {
			if stay[resource(id)] {
				moved[keyOf(id)] = true
			}
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
		keyOf := func(id int64) string { return values[id][d].text }
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
func (f *frame) inside(m *Movers, keyOf func(series int64) string) {
	resource, goesOn := f.resourceNow()
	wanted := map[string]map[string]*pair{}
	for _, list := range [][]Mover{m.Up, m.Down} {
		for _, x := range list {
			wanted[x.Value] = map[string]*pair{}
		}
	}
	unbased, holed, stay := f.unbasedSeries(), f.holedSeries(), f.stay(resource)
	add := func(sums map[int64]usage.Decimal, to func(p *pair, amount usage.Decimal)) {
		for id, amount := range sums {
			if by := wanted[keyOf(id)]; by != nil {
				r := resource(id)
				if by[r] == nil {
					by[r] = &pair{value: r, goesOn: goesOn[r] || stay[r]}
				}
				by[r].unknown, by[r].holed = by[r].unknown || unbased(id), by[r].holed || holed(id)
				to(by[r], amount)
			}
		}
	}
	add(f.sums[thisPeriod], func(p *pair, amount usage.Decimal) { p.current, p.hasNow = p.current.Add(amount), true })
	add(f.sums[upToNow(1)], func(p *pair, amount usage.Decimal) { p.prior, p.hasPrior = p.prior.Add(amount), true })
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

// status says whether a value is new or gone. Cost decides, not rows: a free
// resource that starts to cost is not new.
func (p pair) status() Status {
	switch {
	case p.goesOn:
		return InBoth
	case p.hasNow && !p.hasPrior && p.unknown:
		return NotKnown
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

// unbasedSeries reports of which series the prior period is not loaded, or not converted.
func (f *frame) unbasedSeries() func(series int64) bool {
	accounts, unconverted := f.unbased(1), map[string]bool{}
	if len(f.sel.windows) > 1 {
		for _, w := range f.sel.windows[1] {
			unconverted[f.now(w.account)] = f.noRate(w.account, w.days())
		}
	}
	return func(id int64) bool { return accounts[f.infos[id].account()] || unconverted[f.infos[id].account()] }
}

// holedSeries reports of which series some of the compared days have no data.
func (f *frame) holedSeries() func(series int64) bool {
	if len(f.sel.windows) < 2 {
		return func(int64) bool { return false }
	}
	accounts := f.holed(1)
	return func(id int64) bool { return accounts[f.now(f.infos[id].account())] }
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
