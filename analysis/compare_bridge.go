package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"slices"
	"strings"
	"time"

	"usagereport/analysis/bridge"
	"usagereport/ledger"
	"usagereport/usage"
)

// changes are the series of one currency in two periods, each with the bridge
// from one to the other.
type changes struct {
	f     *frame
	ids   []int64 // in ascending order, as are the next two
	lines []bridge.Line
	parts []bridge.Bridge
	known []bool // false where the earlier period is not loaded
	based bool   // it is of any account
	unit  *unitSides
}

// changes sets the period of f against base. It takes the series that keep
// accepts, and of these keeps those that show accepts: what changed hands is known
// only with both owners' series.
func (a *Analysis) changes(ctx context.Context, f *frame, base baseline, known aliases, holidays map[usage.Day]bool,
	keep, show func(seriesInfo) bool,
) (*changes, error) {
	if err := a.fillWindows(ctx, base.all(f)); err != nil {
		return nil, err
	}
	sums, err := a.sides(ctx, f, keep)
	if err != nil {
		return nil, err
	}
	p := scales{f: f, base: base, known: known, sides: sums}
	if p.elsewhere, err = a.elsewhere(ctx, f); err != nil {
		return nil, err
	}
	if p.profiles, err = a.profiles(ctx, f, base, holidays); err != nil {
		return nil, err
	}
	if p.foreign, err = a.exchange(ctx, f, len(base.periods)); err != nil {
		return nil, err
	}
	if p.tokens, err = a.tokens(ctx, f); err != nil {
		return nil, err
	}
	c := &changes{f: f, based: len(base.periods) > 0, ids: sums.ids()}
	c.lines, c.known = p.lines(c.ids)
	c.parts = bridge.Of(c.lines)
	n := 0
	for i, id := range c.ids {
		if show(f.infos[id]) {
			c.ids[n], c.lines[n], c.parts[n], c.known[n] = id, c.lines[i], c.parts[i], c.known[i]
			n++
		}
	}
	c.ids, c.lines, c.parts, c.known = c.ids[:n], c.lines[:n], c.parts[:n], c.known[:n]
	return c, nil
}

// sides are the sums of series, by number, in the windows that are compared.
type sides map[windowKey]map[int64]bridge.Side

// change changes the sums of one series in one window.
func (s sides) change(k windowKey, id int64, change func(*bridge.Side)) {
	if s[k] == nil {
		s[k] = map[int64]bridge.Side{}
	}
	side := s[k][id]
	change(&side)
	s[k][id] = side
}

// ids returns the numbers of the series, in ascending order.
func (s sides) ids() (ids []int64) {
	seen := map[int64]bool{}
	for _, of := range s {
		for id := range of {
			if !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// sides adds up the series that keep accepts in the windows of the connection.
func (a *Analysis) sides(ctx context.Context, f *frame, keep func(seriesInfo) bool) (sides, error) {
	out := sides{}
	err := a.ask(ctx, "bridge_sums", func(r row) error {
		var k windowKey
		var id int64
		var s bridge.Side
		if err := r.Scan(&k, &id, ledger.Amount(&s.Cost), ledger.Amount(&s.Quantity), &s.Spread); err != nil {
			return err
		}
		if keep(f.infos[id]) {
			out.change(k, id, func(of *bridge.Side) { *of = s })
		}
		return nil
	}, sql.Named("currency", f.cur.code), sql.Named("amortized", f.cur.amortized), sql.Named("windows", wholeOffset))
	if err != nil {
		return nil, err
	}
	there, err := a.kinds(ctx)
	if err != nil {
		return nil, err
	}
	if there.corrections {
		err := a.query(ctx, "bridge_corrections", func(r *sql.Rows) error {
			var k windowKey
			var id int64
			var cost, quantity usage.Decimal
			if err := r.Scan(&k, &id, ledger.Amount(&cost), ledger.Amount(&quantity)); err != nil {
				return err
			}
			if keep(f.infos[id]) {
				out.change(k, id, func(s *bridge.Side) {
					s.Corrections, s.Cost, s.Quantity = cost, s.Cost.Sub(cost), s.Quantity.Sub(quantity)
				})
			}
			return nil
		}, sql.Named("currency", f.cur.code), sql.Named("amortized", f.cur.amortized), sql.Named("windows", wholeOffset))
		if err != nil {
			return nil, err
		}
	}
	if there.lines {
		return out, a.slack(ctx, f, keep, out.change)
	}
	return out, nil
}

// scales are what the two sides of a series are weighed against each other by.
type scales struct {
	f         *frame
	base      baseline
	known     aliases
	sides     sides
	elsewhere map[windowKey]map[int64]bool
	profiles  profiles
	foreign   map[int64][]bridge.Foreign
	tokens    map[int64]bridge.Tokens
}

// lines returns the line of each series, and whether its earlier period is loaded.
func (p *scales) lines(ids []int64) (lines []bridge.Line, loaded []bool) {
	f := p.f
	names := []map[string]string{
		f.unitsOf(ids, p.sides, p.known), f.servicesOf(ids, p.sides, p.known),
		f.regionsOf(ids, p.sides, p.known, false), f.regionsOf(ids, p.sides, p.known, true),
	}
	lines, loaded = make([]bridge.Line, len(ids)), make([]bool, len(ids))
	for i, id := range ids {
		info := f.infos[id]
		l := p.line(id, info)
		for _, under := range names {
			if bare, ok := under[l.Thing]; ok {
				l.Thing = bare
				break
			}
		}
		if loaded[i] = p.base.knows(info.account()); loaded[i] {
			l.Foreign = p.foreign[id]
		} else { // nothing can be said of the change
			l.Category, l.Current = "", bridge.Side{Cost: l.Current.Total()}
		}
		lines[i] = l
	}
	return lines, loaded
}

// line is the line of one series, as if its earlier period were loaded.
func (p *scales) line(id int64, info seriesInfo) bridge.Line {
	l := bridge.Line{
		Category: info.category, Unit: info.unit, Priced: info.dims[usage.Meter] != "" && info.unit != "",
		Current: p.sides[thisPeriod][id], Tokens: p.tokens[id], Owner: info.apart,
	}
	if l.Tokens.Pool != "" {
		l.Tokens.Pool = p.known.pool(info)
	}
	l.Thing, l.Kin, l.Resize = p.known.of(info)
	l.Elsewhere.Current = p.elsewhere[thisPeriod][id]
	var extra, missing float64
	for k := range p.base.periods {
		s := p.sides[upToNow(k+1)][id]
		l.Elsewhere.Prior = l.Elsewhere.Prior || p.elsewhere[upToNow(k+1)][id]
		l.Prior = l.Prior.Plus(s)
		if info.category == "Usage" {
			change := 1.0
			if s.Quantity.Sign() > 0 {
				change = l.Current.Quantity.Float64() / s.Quantity.Float64()
			}
			days, data := p.profiles.factor(p.base, k, info, change)
			extra += s.Cost.Float64() * (days - 1)
			missing += s.Cost.Float64() * (data - days)
		}
	}
	if n := p.base.loaded(info.account()); n > 0 {
		l.Prior = l.Prior.Over(n)
		l.Calendar, l.Missing = usage.DecimalFromFloat(extra/float64(n)), usage.DecimalFromFloat(missing/float64(n))
	}
	return l
}

// unitsOf returns what the things are called that go on in another unit: they are one
// under either. What is counted in two units side by side is two things.
func (f *frame) unitsOf(ids []int64, sides sides, known aliases) map[string]string {
	return f.onUnder(ids, sides, known, func(info seriesInfo, thing string) (bare, under string) {
		if info.dims[usage.Resource] == "" && info.dims[usage.Meter] == "" {
			return "", ""
		}
		return strings.TrimSuffix(thing, info.unit), info.unit
	}, atAnyPrice)
}

// servicesOf does so of the resources' meters that go on under another service, at the same price.
func (f *frame) servicesOf(ids []int64, sides sides, known aliases) map[string]string {
	return f.onUnder(ids, sides, known, func(info seriesInfo, thing string) (bare, under string) {
		if info.dims[usage.Resource] == "" || info.dims[usage.Meter] == "" || info.unit == "" {
			return "", ""
		}
		place := strings.TrimSuffix(thing, nameKey(info.dims[usage.Service], info.dims[usage.Meter], info.unit))
		return nameKey(place, info.dims[usage.Meter], info.unit), info.dims[usage.Service]
	}, samePrice)
}

// regionsOf does so of the resources' meters that go on in another region, or under another way
// to name it, as where the agreement changes; with units, where the unit is called otherwise, too.
func (f *frame) regionsOf(ids []int64, sides sides, known aliases, units bool) map[string]string {
	return f.onUnder(ids, sides, known, func(info seriesInfo, thing string) (bare, under string) {
		service, meter, region := info.dims[usage.Service], info.dims[usage.Meter], info.dims[usage.Region]
		place, there := strings.CutSuffix(thing, nameKey("", region, service, meter, info.unit))
		if info.dims[usage.Resource] == "" || !there { // what is linked is one thing in all regions
			return "", ""
		}
		if units {
			return nameKey(place, service, meter), nameKey(region, info.unit)
		}
		return nameKey(place, service, meter, info.unit), region
	}, atAnyPrice)
}

func atAnyPrice(_, _ bridge.Side) bool { return true }

// samePrice reports whether a unit of both costs the same, but for rounding.
func samePrice(x, y bridge.Side) bool {
	if x.Quantity.Sign() <= 0 || y.Quantity.Sign() <= 0 {
		return false
	}
	was, is := x.Cost.Float64()/x.Quantity.Float64(), y.Cost.Float64()/y.Quantity.Float64()
	return math.Abs(is-was) <= samePricePart*math.Abs(was)
}

const samePricePart = 0.01

// onUnder returns what the things are called that go on under another name, of those that name
// calls the same: what they have in common, and under what each is known. What was before and
// what is now are alike.
func (f *frame) onUnder(ids []int64, sides sides, known aliases,
	name func(info seriesInfo, thing string) (bare, under string), alike func(was, is bridge.Side) bool,
) map[string]string {
	type presence struct {
		thing, under string
		ids          []int64
	}
	by := map[string][]presence{}
	meters := len(known.meters) > 0
	for _, id := range ids {
		info := f.infos[id]
		if info.category != "Usage" {
			continue
		}
		thing, _, _ := known.of(info)
		if meters && known.meters.has(nameKey(info.dims[usage.Service], info.dims[usage.Meter])) {
			continue // what has another name is another matter
		}
		bare, under := name(info, thing)
		if bare == "" {
			continue
		}
		names := by[bare]
		i := slices.IndexFunc(names, func(p presence) bool { return p.under == under })
		if i < 0 {
			i, names = len(names), append(names, presence{thing: thing, under: under})
			by[bare] = names
		}
		names[i].ids = append(names[i].ids, id)
	}
	out := map[string]string{}
	for bare, names := range by {
		if len(names) < 2 {
			continue
		}
		both, ended, began := 0, false, false
		var was, is bridge.Side
		for _, p := range names {
			before, now := false, false
			for k, of := range sides {
				for _, id := range p.ids {
					side, has := of[id]
					switch {
					case !has:
					case k == thisPeriod:
						now, is = true, is.Plus(side)
					default:
						before, was = true, was.Plus(side)
					}
				}
			}
			if before && now {
				both++
			}
			ended, began = ended || before && !now, began || now && !before
		}
		another := ended && began || both == 1 && (ended || began)
		if both > 1 || !another || !alike(was, is) {
			continue
		}
		for _, p := range names {
			out[p.thing] = bare
		}
	}
	return out
}

// elsewhere returns in which windows another owner has charges of the series of the
// owner that the connection shows.
func (a *Analysis) elsewhere(ctx context.Context, f *frame) (map[windowKey]map[int64]bool, error) {
	out := map[windowKey]map[int64]bool{}
	if !a.options.limited() {
		return out, nil
	}
	return out, a.ask(ctx, "elsewhere", func(r row) error {
		var k windowKey
		var id int64
		err := r.Scan(&k, &id)
		if out[k] == nil {
			out[k] = map[int64]bool{}
		}
		out[k][id] = true
		return err
	}, sql.Named("currency", f.cur.code), sql.Named("windows", wholeOffset))
}

// slack fills in what the sides of bills with derived prices have free of charge,
// and how far their rounded amounts may be off: half a cent on each line of a
// bill, of which a series has the share that it has of the quantity.
func (a *Analysis) slack(ctx context.Context, f *frame, keep func(seriesInfo) bool, side func(windowKey, int64, func(*bridge.Side))) error {
	half := usage.MustDecimal("0.5")
	for range usage.MinorDigits(f.cur.code) {
		half, _ = bridge.Scaled(half, usage.DecimalOf(1), usage.DecimalOf(10))
	}
	return a.query(ctx, "bridge_lines", func(r *sql.Rows) error {
		var k windowKey
		var id int64
		var quantity, paid, line usage.Decimal
		if err := r.Scan(&k, &id, ledger.Amount(&quantity), ledger.Amount(&paid), ledger.Amount(&line)); err != nil {
			return err
		}
		if keep(f.infos[id]) {
			side(k, id, func(s *bridge.Side) {
				share, _ := bridge.Scaled(half, quantity, line)
				s.Slack, s.Free = s.Slack.Add(share), s.Free.Add(quantity.Sub(paid))
			})
		}
		return nil
	}, sql.Named("currency", f.cur.code), sql.Named("windows", wholeOffset))
}

// total returns the bridge of all series.
func (c *changes) total() ComparisonRow {
	rows := c.rows(nil, 0)
	if len(rows) == 0 {
		return c.row(nil, rowSum{})
	}
	return rows[0]
}

// A rowSum is the series that share the values of some dimensions.
type rowSum struct {
	value          string
	prior, current usage.Decimal
	parts          bridge.Bridge
	was, is        bool // any charge in the prior, in the current period
	known          bool // the prior period is loaded of some of them
	unknown        bool // and it is not of others
	units          UnitEffects
}

func (g rowSum) delta() usage.Decimal { return g.current.Sub(g.prior) }

func (g *rowSum) add(h rowSum) {
	g.prior, g.current, g.parts = g.prior.Add(h.prior), g.current.Add(h.current), g.parts.Add(h.parts)
	g.was, g.is, g.known = g.was || h.was, g.is || h.is, g.known || h.known
	g.unknown = g.unknown || h.unknown
	g.units = g.units.plus(h.units)
}

// status says in a word what a group is that only one of the periods has: where some of it was there before under
// another name, size or owner, which of these most of that is. Cost does not decide, charges do: a free resource that
// starts to cost is not new.
func (g rowSum) status() string {
	switch {
	case g.unknown && !g.known && !g.was:
		return string(NotKnown)
	case g.was == g.is || !g.known:
		return ""
	}
	most := bridge.Gone
	if g.is {
		most = bridge.New
	}
	largest := usage.Decimal{}
	for _, l := range []bridge.Lane{bridge.Resized, bridge.Renamed, bridge.MovedIn, bridge.MovedOut} {
		if part := g.parts[l].Abs(); part.Cmp(largest) > 0 {
			most, largest = l, part
		}
	}
	switch most {
	case bridge.MovedIn:
		return string(MovedIn)
	case bridge.MovedOut:
		return string(MovedOut)
	}
	return most.String()
}

// rows adds up by dims, largest change first. With top > 0 the rows beyond it are
// one.
func (c *changes) rows(dims []usage.Dimension, top int) []ComparisonRow {
	by := map[string]*rowSum{}
	var groups []*rowSum
	for i, id := range c.ids {
		values := make([]string, len(dims))
		for j, d := range dims {
			values[j] = c.f.infos[id].dims[d]
		}
		key := strings.Join(values, "\x00")
		g := by[key]
		if g == nil {
			g = &rowSum{value: key}
			by[key] = g
			groups = append(groups, g)
		}
		l := c.lines[i]
		g.add(rowSum{
			prior: l.Prior.Total(), current: l.Current.Total(), parts: c.parts[i], known: c.known[i], unknown: c.based && !c.known[i],
			was: l.Prior != (bridge.Side{}), is: l.Current != (bridge.Side{}), units: c.unitEffects(id, l),
		})
	}
	slices.SortFunc(groups, func(x, y *rowSum) int {
		return cmp.Or(y.delta().Abs().Cmp(x.delta().Abs()), cmp.Compare(x.value, y.value))
	})
	var rows []ComparisonRow
	rest := rowSum{}
	for i, g := range groups {
		if top > 0 && i >= top {
			rest.add(*g)
			continue
		}
		values := strings.Split(g.value, "\x00")[:len(dims)]
		r := c.row(values, *g)
		r.Labels = nil
		for j, d := range dims {
			r.Labels = append(r.Labels, c.f.longLabel(d, values[j]))
		}
		rows = append(rows, r)
	}
	if top > 0 && len(groups) > top {
		values := make([]string, len(dims))
		if len(values) > 0 {
			values[0] = "(all others)"
		}
		rows = append(rows, c.row(values, rest))
	}
	return rows
}

func (c *changes) row(values []string, g rowSum) ComparisonRow {
	out := ComparisonRow{
		Values: values, Labels: values, Current: c.f.money(g.current), Prior: c.f.money(g.prior), Delta: c.f.money(g.delta()),
		Adjusted: c.f.money(g.delta().Sub(g.parts[bridge.Calendar]).Sub(g.parts[bridge.Missing])), Bridge: g.parts,
		Status: g.status(),
	}
	if c.unit != nil {
		out.Units = &g.units
	}
	if !g.unknown && g.parts[bridge.Missing].Sign() == 0 {
		out.Percent = percentOf(g.delta(), g.prior)
	}
	return out
}

// longLabel is a dimension's value as people know it, alone in its row: a resource
// with its group.
func (f *frame) longLabel(d usage.Dimension, value string) string {
	label, _ := f.labels.label(d, value)
	if id, known := f.labels.resources[value]; known && d == usage.Resource {
		if group := f.infos[id].dims[usage.ResourceGroup]; group != "" {
			label += " in " + group
		}
	}
	return label
}

// lastDay is the last day that the options let in.
func (a *Analysis) lastDay() usage.Day {
	if a.options.AsOf > 0 {
		return a.options.AsOf
	}
	return usage.Date(9999, time.December, 31)
}

// tokens returns of the series of AI models' tokens what tokens they are. A series with charges of
// several kinds has none.
func (a *Analysis) tokens(ctx context.Context, f *frame) (map[int64]bridge.Tokens, error) {
	out := map[int64]bridge.Tokens{}
	if a.seat == nil {
		if _, err := a.conn.ExecContext(ctx, ledger.TokensSQL()); err != nil {
			return nil, err
		}
	}
	known := false
	err := a.ask(ctx, "tokens_known", func(r row) error { return r.Scan(&known) })
	if err != nil || !known {
		return out, err
	}
	return out, a.query(ctx, "bridge_tokens", func(r *sql.Rows) error {
		var id, size int64
		var t bridge.Tokens
		if err := r.Scan(&id, &t.Model, &t.Kind, &size); err != nil {
			return err
		}
		if t.Output = t.Kind == "output"; t.Output {
			t.Kind = ""
		}
		t.Pool, t.Size = "tokens", usage.DecimalOf(size)
		out[id] = t
		return nil
	}, sql.Named("currency", f.cur.code))
}
