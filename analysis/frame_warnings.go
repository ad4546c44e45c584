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
		text := locale.T("%s (%s) rose by %s after it was last reported, on %s", t.Period, t.Span, money(delta), at)
		if delta.Sign() < 0 {
			text = locale.T("%s (%s) fell by %s after it was last reported, on %s", t.Period, t.Span, money(delta.Neg()), at)
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
