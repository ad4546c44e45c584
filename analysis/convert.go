package analysis

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"usagereport/analysis/bridge"
	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/rollup"
	"usagereport/usage"
)

// loadRates says where rates come from.
const loadRates = "load a file with the columns date,from,to,rate, or the ECB's eurofxref-hist.csv for rates to EUR"

// convert makes the connection see all charges in the currency of the options.
func (a *Analysis) convert(ctx context.Context) error {
	to := a.options.Currency
	if to == "" {
		return errors.New("say to which currency to convert")
	}
	var others, rates bool
	err := a.query(ctx, "convertible", func(r *sql.Rows) error { return r.Scan(&others, &rates) }, sql.Named("to", to))
	if err == nil && others && !rates {
		err = &unknownCurrencyError{fmt.Sprintf("the ledger has no rates to %s; %s", to, loadRates)}
	}
	if err == nil {
		err = rollup.Convert(ctx, a.conn, to)
	}
	if err != nil {
		return fmt.Errorf("convert to %s: %w", to, err)
	}
	return nil
}

// converted returns what the period (the windows with k = 0) has by the currency that it was
// billed in, and what has no rate; nothing where nothing is converted. It puts into shown, unless
// that is nil, what the period has of each load, by currency.
func (a *Analysis) converted(ctx context.Context, cur currency, shown map[string]map[int64]usage.Decimal) (
	rates []Converted, without []Unconverted, err error,
) {
	if !a.options.Convert {
		return nil, nil, nil
	}
	if rates, err = a.billedIn(ctx, cur, shown); err != nil {
		return nil, nil, err
	}
	without, err = a.unconverted(ctx)
	return rates, without, err
}

// billedIn is the first of what converted returns.
func (a *Analysis) billedIn(ctx context.Context, cur currency, shown map[string]map[int64]usage.Decimal) (rates []Converted, err error) {
	err = a.query(ctx, "converted", func(r *sql.Rows) error {
		var load int64
		var c Converted
		if err := r.Scan(&c.Currency, &load, ledger.Amount(&c.Billed.Amount), ledger.Amount(&c.Cost.Amount),
			ledger.DayOf(&c.First), ledger.DayOf(&c.Last)); err != nil {
			return err
		}
		c.Billed.Currency, c.Cost.Currency = c.Currency, cur.code
		if shown != nil {
			if shown[c.Currency] == nil {
				shown[c.Currency] = map[int64]usage.Decimal{}
			}
			shown[c.Currency][load] = c.Billed.Amount
		}
		if n := len(rates) - 1; n >= 0 && rates[n].Currency == c.Currency {
			rates[n].Billed, rates[n].Cost = rates[n].Billed.Add(c.Billed), rates[n].Cost.Add(c.Cost)
			rates[n].First, rates[n].Last = min(rates[n].First, c.First), max(rates[n].Last, c.Last)
			return nil
		}
		rates = append(rates, c)
		return nil
	}, sql.Named("amortized", cur.amortized))
	return rates, err
}

// unconvertedIf is unconverted, and nothing where nothing is converted.
func (a *Analysis) unconvertedIf(ctx context.Context) ([]Unconverted, error) {
	if !a.options.Convert {
		return nil, nil
	}
	return a.unconverted(ctx)
}

// unconverted is the second of what converted returns.
func (a *Analysis) unconverted(ctx context.Context) (without []Unconverted, err error) {
	name := "unconverted"
	if a.options.limited() {
		name = "unconverted_mine"
	}
	err = a.query(ctx, name, func(r *sql.Rows) error {
		var u Unconverted
		if err := r.Scan(&u.Currency, ledger.DayOf(&u.First), ledger.DayOf(&u.Last), &u.Rows, ledger.Amount(&u.Billed.Amount)); err != nil {
			return err
		}
		u.Billed.Currency = u.Currency
		without = append(without, u)
		return nil
	})
	return without, err
}

// unrated adds to the days of st of which nothing is known those that no rate converts.
func (a *Analysis) unrated(ctx context.Context, st []standing) error {
	if !a.options.Convert {
		return nil
	}
	days := map[[2]string][]usage.Day{}
	err := a.query(ctx, "days_unrated", func(r *sql.Rows) error {
		var account, period string
		var d usage.Day
		err := r.Scan(&account, &period, ledger.DayOf(&d))
		days[[2]string{account, period}] = append(days[[2]string{account, period}], d)
		return err
	})
	for i := range st {
		s := &st[i]
		for _, d := range days[[2]string{s.account, s.period}] {
			if s.span.Contains(d) {
				s.unrated = append(s.unrated, d)
			}
			if !slices.Contains(s.lacks, d) { // also on days around the bill's own, of which its files tell, too
				s.lacks = append(s.lacks, d)
			}
		}
		slices.Sort(s.lacks)
		s.pauses = slices.DeleteFunc(s.pauses, func(d usage.Day) bool { return slices.Contains(s.unrated, d) })
	}
	return err
}

// conversionWarnings says what is converted, and what is not.
func conversionWarnings(to string, rates []Converted, without []Unconverted) (out []locale.Text) {
	for _, c := range rates {
		if c.First == 0 {
			continue
		}
		at := usage.Period{From: c.First, To: c.Last + 1}
		out = append(out, locale.T("costs are converted to %s: %s are %s here, at rates of %s", to, c.Billed, c.Cost, at))
	}
	for _, u := range without {
		out = append(out, locale.T("costs in %s have no rate to %s on %s: %d charges, %s, are left out of every sum", u.Currency, to,
			usage.Period{From: u.First, To: u.Last + 1}, u.Rows, u.Billed))
	}
	return out
}

// Converted says what of the period that the options choose is converted, and what the
// connection sees and is not; nothing where nothing is converted.
func (a *Analysis) Converted(ctx context.Context) (out []locale.Text, err error) {
	if !a.options.Convert {
		return nil, nil
	}
	currencies, err := a.currencies(ctx)
	if err != nil {
		return nil, err
	}
	for _, cur := range currencies { // there is one
		if _, err := a.frame(ctx, cur); err != nil {
			return nil, err
		}
		rates, without, err := a.converted(ctx, cur, nil)
		if err != nil {
			return nil, err
		}
		out = append(out, conversionWarnings(cur.code, rates, without)...)
	}
	return out, nil
}

// Conversion says at which rates what the connection sees is converted, and what is not;
// nothing where nothing is converted.
func (a *Analysis) Conversion(ctx context.Context) (out []locale.Text, err error) {
	if !a.options.Convert {
		return nil, nil
	}
	var first, last usage.Day
	err = a.query(ctx, "rates_used", func(r *sql.Rows) error { return r.Scan(ledger.DayOf(&first), ledger.DayOf(&last)) })
	if err != nil {
		return nil, err
	}
	if first != 0 {
		out = append(out, locale.T("costs are converted to %s, at rates of %s", a.options.Currency, usage.Period{From: first, To: last + 1}))
	}
	without, err := a.unconverted(ctx)
	return append(out, conversionWarnings(a.options.Currency, nil, without)...), err
}

// billedAlone returns the currency in which all that each of fs is about is billed; "" where that is
// the one shown, or several.
func (a *Analysis) billedAlone(ctx context.Context, f *frame, fs []Finding) ([]string, error) {
	out := make([]string, len(fs))
	if !a.options.Convert || len(fs) == 0 {
		return out, nil
	}
	billed := map[int64][]string{}
	err := a.query(ctx, "series_billed", func(r *sql.Rows) error {
		var id int64
		var code string
		err := r.Scan(&id, &code)
		billed[id] = append(billed[id], code)
		return err
	})
	for i, x := range fs {
		var codes []string
		for _, id := range f.seriesOf(x) {
			codes = append(codes, billed[id]...)
		}
		slices.Sort(codes)
		if codes = slices.Compact(codes); len(codes) == 1 && codes[0] != f.cur.code {
			out[i] = codes[0]
		}
	}
	return out, err
}

// exchange returns what of each series is billed in other currencies, in the current period and
// in the n earlier ones that it is compared with. Corrections, which are no change of cost by
// what was used, are left out.
func (a *Analysis) exchange(ctx context.Context, f *frame, n int) (map[int64][]bridge.Foreign, error) {
	if !a.options.Convert || n == 0 {
		return nil, nil
	}
	out := map[int64][]bridge.Foreign{}
	err := a.query(ctx, "bridge_exchange", func(r *sql.Rows) error {
		var k windowKey
		var id int64
		var code string
		var e bridge.Exchanged
		if err := r.Scan(&k, &id, &code, ledger.Amount(&e.Billed), ledger.Amount(&e.Cost)); err != nil {
			return err
		}
		i := slices.IndexFunc(out[id], func(x bridge.Foreign) bool { return x.Currency == code })
		if i < 0 {
			i, out[id] = len(out[id]), append(out[id], bridge.Foreign{Currency: code})
		}
		if x := &out[id][i]; k == thisPeriod {
			x.Current = x.Current.Plus(e)
		} else {
			x.Prior = x.Prior.Plus(e)
		}
		return nil
	}, sql.Named("currency", f.cur.code), sql.Named("amortized", f.cur.amortized), sql.Named("windows", int64(n)+1))
	return out, err
}

// unratedDays counts the days in span on which an account has charges that no rate converts.
func (f *frame) unratedDays(account string, span usage.Period) int {
	return len(f.daysOf(account, span, func(s standing) []usage.Day { return s.unrated }))
}

// noRate reports whether nothing is known of an account in span, for want of a rate: what it cost
// then is not 0.
func (f *frame) noRate(account string, span usage.Period) bool {
	return f.unratedDays(account, span) > 0 && len(f.lacks(account, span)) == span.Days()
}
