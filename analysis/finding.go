package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"usagereport/analysis/detect"
	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// unexpected fills the part of the report that the detector answers: the daily
// chart with its band, the findings, the projection.
func (a *Analysis) unexpected(ctx context.Context, f *frame, p *Part) error {
	h, err := a.history(ctx, f)
	if err != nil {
		return err
	}
	p.Daily = f.daily(h)
	if p.Events, err = a.partEvents(ctx, f, p.Daily); err != nil {
		return err
	}
	if err := a.serviceDays(ctx, f, p); err != nil {
		return err
	}
	if p.Meters, err = a.meters(ctx, f, h); err != nil {
		return err
	}
	if err := a.expect(ctx, f, p); err != nil {
		return err
	}
	found, history, err := a.detect(ctx, f, h)
	if err != nil {
		return err
	}
	p.History = history
	for _, x := range found {
		switch {
		case x.Answer != nil:
			p.Answered = append(p.Answered, x)
		case x.Direction == usage.Down:
			p.Down = append(p.Down, x)
		case x.Severity == usage.SeverityLow:
			p.Minor = append(p.Minor, x)
		default:
			p.Findings = append(p.Findings, x)
		}
	}
	return nil
}

// Today returns the last day with usage in any currency, up to the one that the options name.
func (a *Analysis) Today(ctx context.Context) (day usage.Day, err error) {
	currencies, err := a.currencies(ctx)
	if err != nil {
		return 0, err
	}
	for _, cur := range currencies {
		st, err := a.standings(ctx, cur.code)
		if err != nil {
			return 0, err
		}
		day = max(day, today(st))
	}
	return day, nil
}

// Findings returns all findings of the period or, where the options name none, of
// the last five weeks, worst first, and what the reader must know to trust them.
func (a *Analysis) Findings(ctx context.Context) (found []Finding, warnings []string, err error) {
	currencies, err := a.currencies(ctx)
	if err != nil {
		return nil, nil, err
	}
	_, unknown, err := a.tagLevels(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, w := range unknown {
		warnings = append(warnings, w.String())
	}
	for _, cur := range currencies {
		f, h, err := a.lately(ctx, cur)
		if err != nil {
			return nil, nil, err
		}
		also := ""
		if f.since != 0 && f.since < f.sel.span.From {
			also = ", and what ended since " + f.since.String()
		}
		some, history, err := a.detect(ctx, f, h)
		if err != nil {
			return nil, nil, err
		}
		found = append(found, some...)
		mixed, err := a.mixed(ctx, f)
		if err != nil {
			return nil, nil, err
		}
		for _, w := range mixed {
			warnings = append(warnings, w.String())
		}
		warnings = append(warnings, f.unknown()...)
		p := f.period(f.accounts())
		warnings = append(warnings, fmt.Sprintf("%s: %s (%s, %s, data to %s)%s: %s", cur.code, p.Name, p.Span, p.State, p.Reach, also,
			history.Sentence))
	}
	last := slices.DeleteFunc(slices.Clone(found), func(x Finding) bool { return x.Answer == nil })
	found = append(slices.DeleteFunc(found, func(x Finding) bool { return x.Answer != nil }), last...)
	return found, warnings, nil
}

// lately is the frame of the period that the options name or, where they name none, of
// the last five weeks, too.
func (a *Analysis) lately(ctx context.Context, cur currency) (*frame, history, error) {
	f, err := a.outline(ctx, cur)
	if err != nil {
		return nil, history{}, err
	}
	h, err := a.history(ctx, f)
	if err == nil && a.options.Period == "" && a.options.Month == "" && a.options.Days.Empty() && !h.span.Empty() {
		f.since = h.span.To - detect.Review
	}
	return f, h, err
}

// detect judges the usage of one currency up to the end of the period, gives
// what it finds its exact amounts, its id and its sentence, and keeps the ids.
func (a *Analysis) detect(ctx context.Context, f *frame, h history) ([]Finding, History, error) {
	var none History
	if h.span.Empty() {
		none.Sentence = locale.T("There is no usage to judge")
		return nil, none, nil
	}
	groups, err := a.leaves(ctx, f, h)
	if err != nil {
		return nil, none, err
	}
	var found []Finding
	var raw []located
	history := History{Days: h.span.Days()}
	before := 0
	for _, g := range groups {
		r := detect.Detect(g.in)
		history.Series += r.Judged
		history.Unjudged += r.Unjudged
		before = max(before, r.HistoryDays)
		for _, x := range r.Findings {
			raw = append(raw, f.among(groups, located{Finding: x, group: g}))
		}
	}
	exact, err := a.exact(ctx, raw)
	if err != nil {
		return nil, none, err
	}
	if raw, exact, err = a.withoutUnused(ctx, f, raw, exact); err != nil {
		return nil, none, err
	}
	for i, x := range raw {
		if f.owned(&x, exact[i]) {
			found = append(found, f.finding(x, exact[i]))
		}
	}
	bought, err := a.purchases(ctx, f, h)
	if err != nil {
		return nil, none, err
	}
	credits, err := a.credits(ctx, f, h)
	if err != nil {
		return nil, none, err
	}
	found = slices.Concat(found, bought, credits)
	if err := a.assignOwners(ctx, f, found); err != nil {
		return nil, none, err
	}
	if err := a.name(ctx, f, found); err != nil {
		return nil, none, err
	}
	if err := a.tellEvents(ctx, f, found); err != nil {
		return nil, none, err
	}
	if err := a.answer(ctx, f, found); err != nil {
		return nil, none, err
	}
	for i := range found {
		found[i].place(f.sel.span)
	}
	slices.SortStableFunc(found, func(x, y Finding) int {
		return cmp.Or(x.Severity.Compare(y.Severity), y.Impact.Amount.Abs().Cmp(x.Impact.Amount.Abs()), cmp.Compare(x.ID, y.ID))
	})
	history.CanDetect = history.Series > 0
	gaps := 0
	for _, has := range h.hasData {
		if !has {
			gaps++
		}
	}
	costs := func(d usage.Decimal) bool { return d.Sign() != 0 }
	history.Sentence = f.sentence(history, gaps, !slices.ContainsFunc(h.totals, costs) && len(found) == 0 && !history.CanDetect)
	if history.CanDetect {
		history.Sentence = locale.T("%s; %s", history.Sentence, noise(a.options.Sensitivity, history.Series, before))
	}
	return found, history, nil
}

func (f *frame) sentence(h History, gaps int, nothing bool) locale.Text {
	days := locale.T("%d days of usage", h.Days)
	if !h.CanDetect { // days without data tell nothing of what is usual
		days = locale.T("%d days of usage", h.Days-gaps)
	}
	var judged locale.Text
	switch {
	case nothing:
		return locale.T("No usage cost anything in %s, so there is nothing to judge", days)
	case !h.CanDetect && h.Days-gaps == 1:
		return locale.T("1 day of usage is too little to know what is usual; load earlier files")
	case !h.CanDetect && f.taken():
		return locale.T("%s in %s are too few to know what is usual; until there are more, a resource is judged by others like it",
			days, f.cur.code)
	case !h.CanDetect:
		return locale.T("%s are too few to know what is usual. Load earlier months; until then a resource is judged by others like it", days)
	case h.Unjudged == 0 && h.Series == 1:
		judged = locale.T("the one resource has enough history")
	case h.Unjudged == 0:
		judged = locale.T("all %d resources have enough history", h.Series)
	default:
		judged = locale.T("%s have enough history; %d are too new and are only checked for being new", locale.T("%d resources", h.Series),
			h.Unjudged)
	}
	if gaps > 0 {
		return locale.T("Compared with %s; %s; no file covers %s of them, so what changed there is not known", days, judged,
			locale.T("%d days", gaps))
	}
	return locale.T("Compared with %s; %s", days, judged)
}

// exact adds up, exactly, what the leaves of each finding cost on each day of its
// chart.
func (a *Analysis) exact(ctx context.Context, fs []located) ([]map[usage.Day]usage.Decimal, error) {
	out := make([]map[usage.Day]usage.Decimal, len(fs))
	if len(fs) == 0 {
		return out, nil
	}
	if _, err := a.conn.ExecContext(ctx,
		"CREATE OR REPLACE TEMP TABLE told (finding INTEGER, series_id BIGINT, from_day DATE, to_day DATE)"); err != nil {
		return nil, err
	}
	for i, f := range fs {
		out[i] = map[usage.Day]usage.Decimal{}
		to := max(f.End, f.Series.From+usage.Day(len(f.Series.Actual)-1))
		if _, err := a.conn.ExecContext(ctx, "INSERT INTO told SELECT $finding, unnest($series::BIGINT[]), $first, $last",
			sql.Named("finding", i), sql.Named("series", f.ids()), sql.Named("first", min(f.Start, f.Series.From).Time()),
			sql.Named("last", to.Time())); err != nil {
			return nil, fmt.Errorf("told: %w", err)
		}
	}
	return out, a.query(ctx, "told", func(r *sql.Rows) error {
		var i int
		var day usage.Day
		var d usage.Decimal
		if err := r.Scan(&i, ledger.DayOf(&day), ledger.Amount(&d)); err != nil {
			return err
		}
		out[i][day] = d
		return nil
	})
}

// finding makes what the detector found presentable, with its exact cost.
func (f *frame) finding(x located, exact map[usage.Day]usage.Decimal) Finding {
	var actual usage.Decimal
	for d := x.Start; d <= x.End; d++ {
		actual = actual.Add(exact[d])
	}
	digits := usage.MinorDigits(f.cur.code)
	estimate := func(v float64) usage.Decimal { return usage.DecimalFromFloat(v).Round(digits) }
	out := Finding{
		Kind: x.Kind, Direction: x.Direction, Severity: x.Severity, Start: x.Start, End: x.End, Ongoing: x.Ongoing,
		Scope: x.Scope, Currency: f.cur.code, Actual: f.money(actual), Expected: f.money(estimate(x.Expected)),
		Low: f.money(estimate(x.Low)), High: f.money(estimate(x.High)), Elsewhere: f.money(estimate(x.Elsewhere)), Rule: ruleText(x.Rule),
		ids: x.ids(),
	}
	if out.Scope == nil {
		out.Scope = usage.Series{}
	}
	out.Impact = f.money(actual.Sub(out.Expected.Amount))
	if x.Ongoing && !x.OneDay {
		monthly := f.money(estimate(x.ProjectedPerMonth))
		out.PerMonth = &monthly
	}
	out.Resources = f.resourcesIn(x)
	out.Label, out.Context = f.nameOf(x.Scope)
	if x.Part > 0 {
		out.Label, out.Context = f.partName(x.Finding)
	}
	money := func(v float64) locale.Approx { return f.approx(usage.DecimalFromFloat(v)) }
	says := teller{Finding: x.Finding, name: out.Label, money: money, over: f.settled()}
	says.Impact = out.Impact.Amount.Float64() // to the digits of the currency, as beside the sentence
	if x.Ongoing {
		says.Start = cmp.Or(x.began, x.Start)
	}
	if x.Part == 0 {
		says.thing, says.size = thingOf(x.Scope), sizeOf(x.Drivers)
	}
	out.Reason, out.Explanation = says.reason(), says.explanation()
	left := out.Impact.Amount
	for i, d := range x.Drivers {
		impact := estimate(d.Impact)
		if i == len(x.Drivers)-1 { // the shares add up to the last digit
			impact = left
		}
		left = left.Sub(impact)
		price := estimate(d.PriceEffect)
		driver := Driver{Scope: d.Scope, Impact: f.money(impact), Price: f.money(price), Quantity: f.money(impact.Sub(price))}
		if len(d.Scope) == 0 {
			driver.Scope, driver.Label = usage.Series{}, locale.T("all others")
		} else {
			driver.Label, _ = f.nameOf(d.Scope)
			if m := d.Scope[usage.Meter]; m != "" && d.Scope[usage.Resource] != "" {
				driver.Label = locale.T("%s, %s", driver.Label, m)
			}
		}
		out.Drivers = append(out.Drivers, driver)
	}
	if out.Drivers == nil {
		out.Drivers = []Driver{}
	}
	for i := range x.Series.Actual {
		d := x.Series.From + usage.Day(i)
		at := int(d - x.group.in.From)
		point := DayCost{
			Day: d, InPeriod: f.sel.span.Contains(d), Actual: exact[d],
			NoData:     at < 0 || at >= len(x.group.in.HasData) || !x.group.in.HasData[at],
			Incomplete: x.group.in.Settle > 0 && at >= x.group.in.Days-settleDays,
		}
		if e := x.Series.Expected[i]; !math.IsNaN(e) {
			point.HasBand, point.Expected, point.Low, point.High = true, estimate(e), estimate(x.Series.Low[i]), estimate(x.Series.High[i])
		}
		out.Days = append(out.Days, point)
	}
	return out
}

// resourcesIn returns the ids of the resources that x is about, where its scope does not
// say: some of it, or one that goes on under another id.
func (f *frame) resourcesIn(x located) []string {
	var ids []string
	for _, id := range x.ids() {
		ids = append(ids, f.infos[id].dims[usage.Resource])
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if of, named := x.Scope[usage.Resource]; x.Part > 0 || named && !slices.Equal(ids, []string{of}) {
		return ids
	}
	return nil
}

// nameOf returns what people call a scope, and what places it.
func (f *frame) nameOf(s usage.Series) (label locale.Text, context string) {
	sub := ""
	if id := s[usage.SubAccount]; id != "" {
		sub, _ = f.labels.label(usage.SubAccount, id)
	}
	in := func(parts ...string) string {
		parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
		return strings.Join(parts, ", ")
	}
	group := s[usage.ResourceGroup]
	switch {
	case s[usage.Resource] != "":
		name, context := f.labels.label(usage.Resource, s[usage.Resource])
		return locale.Said(name), in(context, sub)
	case blank(s):
		rest := maps.Clone(s)
		delete(rest, usage.Resource)
		label, context = f.nameOf(rest)
		return locale.T("%s (no resource)", label), context
	case s[usage.Meter] != "":
		return locale.Said(s[usage.Meter]), in(s[usage.Service], group, sub)
	case s[usage.Service] != "" && group != "":
		return locale.T("%s in %s", s[usage.Service], group), sub
	case s[usage.Service] != "":
		return locale.Said(s[usage.Service]), sub
	case group != "":
		return locale.T("resource group %s", group), sub
	case sub != "":
		return locale.T("subscription %s", sub), ""
	}
	for _, d := range slices.Sorted(maps.Keys(s)) {
		if key, ok := d.ByNewest(); ok {
			return locale.Said(key + " " + s[d]), ""
		}
	}
	return locale.T("the whole bill"), ""
}

// blank reports whether s is of charges without a resource.
func blank(s usage.Series) bool {
	resource, named := s[usage.Resource]
	return named && resource == ""
}

// partName returns what people call the resources that x is about, which are not all
// of its scope, and what places them.
func (f *frame) partName(x detect.Finding) (label locale.Text, context string) {
	things := locale.T("%d resources", x.Part)
	if x.Kind == usage.KindNew {
		things = locale.T("%d new resources", x.Part)
	}
	place, context := f.nameOf(x.Scope)
	switch group := x.Scope[usage.ResourceGroup]; {
	case len(x.Scope) == 0:
		return things, context
	case group != "" && x.Scope[usage.Service] == "" && x.Scope[usage.Meter] == "":
		place = locale.Said(group)
	}
	return locale.T("%s in %s", things, place), context
}

// approx returns an estimate as a sentence holds it.
func (f *frame) approx(d usage.Decimal) locale.Approx { return locale.Approx(f.money(d)) }

// daily makes the points of the daily chart: usage of the period and of the
// weeks before it, with the band in which it usually lies, and the prior
// period's days beside.
func (f *frame) daily(h history) []DayCost {
	var out []DayCost
	expected, low, high, ok := detect.Band(h.floats(), h.hasData, h.span.From)
	digits := usage.MinorDigits(f.cur.code)
	estimate := func(v float64) usage.Decimal { return usage.DecimalFromFloat(v).Round(digits) }
	open := f.openFrom(h.span.To)
	var prior usage.Period
	if len(f.sel.windows) > 1 {
		for i, w := range f.sel.windows[1] {
			if i == 0 || w.span.From < prior.From {
				prior = w.span
			}
		}
	}
	for d := max(h.span.From, f.sel.span.From-chartDays); d < h.span.To; d++ {
		i := int(d - h.span.From)
		c := DayCost{
			Day: d, InPeriod: f.sel.span.Contains(d), Actual: h.totals[i], NoData: !h.hasData[i],
			Incomplete: d >= open,
		}
		if ok[i] {
			c.HasBand, c.Expected, c.Low, c.High = true, estimate(expected[i]), estimate(low[i]), estimate(high[i])
		}
		before := prior.From + (d - f.sel.span.From)
		if j := int(before - h.span.From); c.InPeriod && prior.Contains(before) && j >= 0 && j < len(h.totals) && h.hasData[j] {
			c.Prior = &h.totals[j]
		}
		out = append(out, c)
	}
	return out
}
