package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// warnings says what a reader of the part must know before its sums: what is missing, in which
// currency and at which cost it is, what it is not compared with. Handovers and changes of
// ended periods come behind.
func (a *Analysis) warnings(ctx context.Context, f *frame, p *Part) ([]locale.Text, error) {
	out := conversionWarnings(p.Currency, p.Converted, p.Unconverted)
	if p.CurrencyChange != nil {
		out = append(out, p.CurrencyChange.Text)
	}
	out = append(out, f.oldWarnings(p.Period)...)
	if p.Commitments != nil {
		for _, x := range p.Commitments.Findings() {
			if x.Answer == nil {
				out = append(out, x.Explanation)
			}
		}
	}
	for k, ws := range f.sel.windows {
		name := f.sel.name
		if k > 0 {
			name = cmp.Or(ws[0].period, ws[0].span.Name())
		}
		out = append(out, f.lackWarnings(name, ws)...)
		if k > 0 {
			out = append(out, f.beginWarnings(name, ws)...)
		}
		if k <= 1 {
			out = append(out, f.pauseWarnings(name, ws)...)
		}
	}
	out = append(out, f.notCompared()...)
	if a.options.Whose && a.options.Owner == "" {
		text, err := a.unownedWarning(ctx, f)
		if err != nil {
			return nil, err
		}
		if !text.Empty() {
			out = append(out, text)
		}
	}
	out = append(out, f.unbasedWarnings()...)
	for _, acc := range p.Accounts {
		switch {
		case acc.Missing && len(f.sel.windows) > 1:
			out = append(out, locale.T("%s has no data in this period; it cost %s in the period before, and all earlier periods are shown without it",
				name(acc), acc.Last))
		case acc.Missing:
			out = append(out, locale.T("%s has no data in this period; it cost %s in the period before", name(acc), acc.Last))
		}
	}
	costs, err := a.costWarnings(ctx, f)
	return append(out, costs...), err
}

// notCompared says why there is no period before, where the data reach farther back.
func (f *frame) notCompared() []locale.Text {
	before := f.sel.span.From - 1
	if len(f.sel.windows) != 1 || len(f.st) == 0 || before <= firstDay(f.st) {
		return nil
	}
	if slices.ContainsFunc(f.st, func(s standing) bool { return s.span.Contains(before) }) {
		return []locale.Text{locale.T("Of the period before, with %s, not all is loaded: nothing is compared with it; load its files", before)}
	}
	return []locale.Text{locale.T("The period before, with %s, is not loaded: nothing is compared with it; load its files", before)}
}

// unbasedWarnings names the accounts that the period before lacks.
func (f *frame) unbasedWarnings() (out []locale.Text) {
	for account := range f.unbased(1) {
		out = append(out, locale.T("%s: no comparison with %s: load its files; the change holds all that it costs",
			cmp.Or(f.labels.accounts[account], account), cmp.Or(f.sel.windows[1][0].period, f.sel.windows[1][0].span.Name())))
	}
	slices.SortFunc(out, func(x, y locale.Text) int { return cmp.Compare(x.String(), y.String()) })
	return out
}

// costWarnings says at which cost the sums are, where that is not what is billed.
func (a *Analysis) costWarnings(ctx context.Context, f *frame) ([]locale.Text, error) {
	switch {
	case a.options.Cost == Effective:
		return []locale.Text{
			locale.T("all costs are effective costs, as was asked: commitments are spread over the days they cover, and the sum differs from the bill"),
		}, nil
	case f.cur.amortized:
		return []locale.Text{
			locale.T("only amortized files are loaded: costs are shown amortized, commitments spread over the days they cover, and differ from the bill"),
		}, nil
	}
	return a.mixed(ctx, f)
}

// maxRestated is how many periods a report names whose totals have changed since
// they were last reported.
const maxRestated = 3

// restated says which periods that had ended cost something else now than when
// they were last reported, newest first.
func (a *Analysis) restated(ctx context.Context, cur currency) (out []locale.Text, err error) {
	// What was told is in the currency of the bill, and what is billed.
	if a.options.Convert || len(a.options.Filters) > 0 || a.options.Cost == Effective {
		return nil, nil
	}
	told, err := a.ledger.ToldTotals(ctx)
	if err != nil {
		return nil, err
	}
	newest, err := a.ledger.LastLoad(ctx)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	slices.Reverse(told)
	slices.SortStableFunc(told, func(x, y ledger.ToldTotal) int { return cmp.Compare(y.Span.From, x.Span.From) })
	for _, t := range told {
		if t.Currency != cur.code || t.To != a.options.Owner || t.Reach < t.Span.Last() || seen[t.Period] ||
			t.LastLoad == newest { // made from the same loads as this report: the earlier report counts
			continue
		}
		seen[t.Period] = true
		var now usage.Decimal
		var service sql.NullString
		var part usage.Decimal
		err := a.query(ctx, "restated", func(r *sql.Rows) error {
			return r.Scan(ledger.Amount(&now), &service, ledger.Amount(&part))
		}, sql.Named("currency", cur.code), sql.Named("amortized", cur.amortized), sql.Named("bill", t.Period), sql.Named("since", t.At))
		if err != nil {
			return nil, err
		}
		digits := usage.MinorDigits(cur.code)
		delta := now.Sub(t.Total).Round(digits)
		if delta.Sign() == 0 {
			continue
		}
		at := usage.DayOf(t.At.UTC())
		money := func(d usage.Decimal) usage.Money { return usage.Money{Amount: d, Currency: cur.code} }
		text := locale.T("%s rose by %s after it was last reported, on %s", locale.Bill(t.Period, t.Span), money(delta), at)
		if delta.Sign() < 0 {
			text = locale.T("%s fell by %s after it was last reported, on %s", locale.Bill(t.Period, t.Span), money(delta.Neg()), at)
			part = part.Neg()
		}
		if part = part.Round(digits); service.Valid && part.Sign() > 0 {
			text = locale.T("%s; the largest part is %s with %s", text, service.String, money(part))
		}
		if out = append(out, text); len(out) == maxRestated {
			break
		}
	}
	return out, nil
}

// mixed names the cost by which days and findings are judged where it is another than the one that
// is billed: what a commitment covers is billed when it is bought.
func (a *Analysis) mixed(ctx context.Context, f *frame) (out []locale.Text, err error) {
	if f.cur.amortized {
		return nil, nil
	}
	var differ bool
	err = a.ask(ctx, "costs_differ", func(r row) error { return r.Scan(&differ) }, sql.Named("currency", f.cur.code),
		sql.Named("first", (f.sel.span.From-mixedDays).Time()), sql.Named("end", f.sel.span.To.Time()))
	if err == nil && differ {
		out = append(out, locale.T("daily costs, meters and findings on usage are of effective cost, with commitments spread over their days; all else is as billed"))
	}
	return out, err
}

// mixedDays is how many days before the period findings on it look back.
const mixedDays = 56

// beside warns of periods in which an actual and an amortized file do not show
// the same bill.
func (a *Analysis) beside(ctx context.Context) ([]locale.Text, error) {
	var out []locale.Text
	err := a.query(ctx, "beside", func(r *sql.Rows) error {
		var period, cur string
		var actual, shown usage.Decimal
		if err := r.Scan(&period, &cur, ledger.Amount(&actual), ledger.Amount(&shown)); err != nil {
			return err
		}
		if actual != shown {
			out = append(out, locale.T("%s: the amortized file and the purchases of the actual one make a bill of %s, the actual file alone %s",
				period, usage.Money{Amount: shown, Currency: cur}, usage.Money{Amount: actual, Currency: cur}))
		}
		return nil
	})
	return out, err
}
