package analysis

import (
	"context"
	"maps"
	"slices"

	"usagereport/internal/locale"
	"usagereport/usage"
)

// A PlannedChange is a plan in a forecast.
type PlannedChange struct {
	From    usage.Day   // its first day
	To      usage.Day   // its last; none where it has no end
	Scope   string      // "" is the whole bill
	Amount  usage.Money // more, or less
	Per     Per
	Note    string
	Line    int         // of the plans file
	Counted usage.Money // what the forecast holds of it, on days still to come
}

// name says what p is.
func (p Plan) name() locale.Text {
	if p.Note != "" {
		return locale.Said(p.Note)
	}
	return locale.T("the plan in line %d", p.Line)
}

// A plannedPart is what a plan adds to the days to come of one series, or of one
// that is not there yet.
type plannedPart struct {
	dims   usage.Series
	amount usage.Decimal // in the currency's minor digits
}

// planned says what the plans add to the days to come. What a plan says of the
// days that are in the data is taken out of them before the rest is forecast
// (forecast.Component.Planned), so that nothing counts twice, and a plan that was
// not carried out shows after some days.
func (a *Analysis) planned(ctx context.Context, f *frame, pieces []piece) (changes []PlannedChange, parts []plannedPart,
	warnings []locale.Text, err error,
) {
	ends, err := a.endings(ctx, f)
	if err != nil {
		return nil, nil, nil, err
	}
	plans := append(slices.Clone(a.options.Plans), ends...)
	if len(plans) == 0 {
		return nil, nil, nil, nil
	}
	currencies, err := a.currencies(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	recent, err := a.recent(ctx, f, pieces)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, p := range plans {
		switch {
		case p.Currency == "" && len(currencies) > 1:
			warnings = append(warnings, locale.T("%s names no currency, and there are several: it is not counted; give it one in a column currency",
				p.name()))
			continue
		case p.Currency != "" && !slices.ContainsFunc(currencies, func(c currency) bool { return c.code == p.Currency }):
			warnings = append(warnings, locale.T("%s is in %s, which these costs are not in: it is not counted", p.name(), p.Currency))
			continue
		case p.Currency != "" && p.Currency != f.cur.code:
			continue // it stands in its own currency's forecast
		}
		change := PlannedChange{
			From: p.From, To: p.To, Amount: f.money(p.Amount), Per: p.Per, Note: p.Note, Line: p.Line,
			Counted: f.money(usage.Decimal{}),
		}
		for i, c := range p.Scope {
			if i > 0 {
				change.Scope += " & "
			}
			change.Scope += c.String()
		}
		list, known := f.divide(p, pieces, recent)
		if !known {
			warnings = append(warnings, locale.T("%s: no charge is of %s yet; the forecast counts it nevertheless", p.name(), change.Scope))
		}
		for _, part := range list {
			change.Counted.Amount = change.Counted.Amount.Add(part.amount)
		}
		changes, parts = append(changes, change), append(parts, list...)
	}
	return changes, parts, warnings, nil
}

// divide divides what p says of the days to come among the series that it
// concerns, by what they cost of late, and gives their pieces what it says of each
// day. known is false where it concerns none: then it is a part of its own.
func (f *frame) divide(p Plan, pieces []piece, recent map[int64]usage.Decimal) (parts []plannedPart, known bool) {
	digits := usage.MinorDigits(f.cur.code)
	at := map[string][]*piece{} // by account
	for i := range pieces {
		at[pieces[i].account] = append(at[pieces[i].account], &pieces[i])
	}
	var ids []int64
	concerns := f.concerns(p)
	for _, id := range slices.Sorted(maps.Keys(f.infos)) {
		if s := f.infos[id]; at[s.account()] != nil && concerns(s) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		dims := usage.Series{}
		for _, c := range p.Scope {
			if v, ok := c.literal(); ok {
				dims[c.Dimension] = v
			}
		}
		period := f.period(f.accounts())
		rest := p.on(usage.Period{From: period.Reach + 1, To: period.Span.To})
		return []plannedPart{{dims, rest.Round(digits)}}, false
	}
	weights := make([]usage.Decimal, len(ids))
	var all usage.Decimal
	for i, id := range ids {
		if w := recent[id]; w.Sign() > 0 {
			weights[i] = w
			all = all.Add(w)
		}
	}
	if all.Sign() == 0 {
		for i := range weights {
			weights[i] = usage.DecimalOf(1)
			all = all.Add(weights[i])
		}
	}
	rests := map[usage.Period][]usage.Decimal{} // p on the days to come, divided; accounts share few spans
	shares := make([]usage.Decimal, len(ids))
	of := map[*piece]float64{}
	for i, id := range ids {
		s := f.infos[id]
		list := at[s.account()]
		span := list[0].toCome()
		if rests[span] == nil {
			rests[span] = usage.Spread(p.on(span), weights)
		}
		shares[i] = rests[span][i]
		j := max(0, slices.IndexFunc(list, func(x *piece) bool { return x.service == s.dims[usage.Service] }))
		of[list[j]] += weights[i].Float64() / all.Float64()
	}
	for i, amount := range inDigits(shares, digits) {
		parts = append(parts, plannedPart{f.infos[ids[i]].dims, amount})
	}
	if p.Per != Once { // the forecast heeds no single days
		for x, share := range of {
			x.plan(p, share)
		}
	}
	return parts, true
}

// concerns returns what says whether a series is in p's scope.
func (f *frame) concerns(p Plan) func(seriesInfo) bool {
	like := make([]func(string) bool, len(p.Scope))
	for i, c := range p.Scope {
		like[i] = c.like()
	}
	return func(s seriesInfo) bool {
		for i, c := range p.Scope {
			id := s.dims[c.Dimension]
			name, _ := f.labels.label(c.Dimension, id)
			if !like[i](id) && (id == "" || !like[i](name)) {
				return false
			}
		}
		return true
	}
}

// toCome are the days of the open period that its account's data do not reach.
func (p *piece) toCome() usage.Period {
	now := p.Periods[len(p.Periods)-1]
	return usage.Period{From: max(now.From, p.reach+1), To: now.To}
}

// plan notes what the plan says of p's days, of which p is a share.
func (p *piece) plan(plan Plan, share float64) {
	if p.Planned == nil {
		p.Planned = make([]float64, len(p.Usage))
	}
	end := p.From + usage.Day(len(p.Usage))
	if plan.To != 0 {
		end = min(end, plan.To+1)
	}
	amount := plan.Amount.Float64() * share
	for d := max(p.From, plan.From); d < end; d++ {
		if plan.Per == PerMonth {
			p.Planned[d-p.From] += amount / float64(d.Month().Days())
		} else {
			p.Planned[d-p.From] += amount
		}
	}
}

// inDigits rounds shares so that their sum is the rounded sum.
func inDigits(shares []usage.Decimal, digits int) []usage.Decimal {
	out := make([]usage.Decimal, len(shares))
	var sum, given usage.Decimal
	for i, d := range shares {
		sum = sum.Add(d)
		next := sum.Round(digits)
		out[i], given = next.Sub(given), next
	}
	return out
}
