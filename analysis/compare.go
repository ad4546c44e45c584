package analysis

import (
	"context"
	"slices"
	"strings"

	"usagereport/usage"
)

// A Comparison sets a period against the one before it, in one currency, over
// the same elapsed days.
type Comparison struct {
	Currency string
	Period   PeriodInfo
	Total    usage.Money
	Prior    *Prior // nil where the ledger has no prior period
	Rows     []ComparisonRow
}

// A ComparisonRow is one combination of dimension values; the deltas of all
// rows add up to the comparison's.
type ComparisonRow struct {
	Values                []string
	Current, Prior, Delta usage.Money
	Percent               *float64 // nil where Prior is not positive
	Status                string   // new, gone or ""
}

// Compare compares by the dimensions dims, largest change first. With top > 0
// it keeps that many rows and puts the rest into one.
func (a *Analysis) Compare(ctx context.Context, dims []usage.Dimension, top int) ([]Comparison, error) {
	currencies, err := a.currencies(ctx)
	if err != nil {
		return nil, err
	}
	var out []Comparison
	for _, cur := range currencies {
		f, err := a.frame(ctx, cur)
		if err != nil {
			return nil, err
		}
		c := Comparison{Currency: cur.code, Total: f.money(f.sums.total(0)), Period: f.period(f.accounts())}
		if ps := f.priors(c.Total.Amount); len(ps) > 0 {
			c.Prior = &ps[0]
		}
		c.Rows = f.compareRows(dims, top)
		out = append(out, c)
	}
	return out, nil
}

func (f *frame) compareRows(dims []usage.Dimension, top int) []ComparisonRow {
	pairs := pairsBy(func(id int64) string {
		values := make([]string, len(dims))
		for i, d := range dims {
			values[i] = f.infos[id].dims[d]
		}
		return strings.Join(values, "\x00")
	}, f.sums[0], f.sums[1])
	slices.SortStableFunc(pairs, func(x, y pair) int { return y.delta().Abs().Cmp(x.delta().Abs()) })
	var rest *pair
	if top > 0 && len(pairs) > top {
		rest = &pair{}
		for _, p := range pairs[top:] {
			rest.current, rest.prior = rest.current.Add(p.current), rest.prior.Add(p.prior)
		}
		pairs = pairs[:top]
	}
	rows := make([]ComparisonRow, 0, len(pairs)+1)
	add := func(p pair, values []string) {
		rows = append(rows, ComparisonRow{
			Values: values, Current: f.money(p.current), Prior: f.money(p.prior), Delta: f.money(p.delta()),
			Percent: percentOf(p.delta(), p.prior), Status: p.status(),
		})
	}
	for _, p := range pairs {
		add(p, strings.Split(p.value, "\x00"))
	}
	if rest != nil {
		values := make([]string, len(dims))
		values[0] = "(all others)"
		add(*rest, values)
	}
	return rows
}
