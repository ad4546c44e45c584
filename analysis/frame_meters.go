package analysis

import (
	"context"
	"database/sql"

	"usagereport/ledger"
	"usagereport/usage"
)

// How many meters a report shows, and how many days before the period.
const (
	shownMeters     = 6
	meterDaysBefore = 31
)

// meters returns the meters that cost most in the period.
func (a *Analysis) meters(ctx context.Context, f *frame, h history) ([]Meter, error) {
	span := usage.Period{From: max(h.span.From, f.sel.span.From-meterDaysBefore), To: h.span.To}
	if span.Empty() {
		return nil, nil
	}
	var out []Meter
	open := f.openFrom(h.span.To)
	err := a.ask(ctx, "meters", func(r row) error {
		var m Meter
		var day usage.Day
		var cost, quantity usage.Decimal
		var ranked float64
		if err := r.Scan(&m.Service, &m.Name, &m.Unit, ledger.DayOf(&day), ledger.Amount(&cost), ledger.Amount(&quantity), &ranked); err != nil {
			return err
		}
		if n := len(out); n == 0 || out[n-1].Service != m.Service || out[n-1].Name != m.Name || out[n-1].Unit != m.Unit {
			m.Cost.Currency = f.cur.code
			for d := span.From; d < span.To; d++ {
				m.Days = append(m.Days, MeterDay{
					Day: d, InPeriod: f.sel.span.Contains(d), NoData: !h.hasData[d-h.span.From],
					Incomplete: d >= open,
				})
			}
			out = append(out, m)
		}
		to := &out[len(out)-1]
		at := &to.Days[day-span.From]
		at.Cost, at.Quantity = cost, quantity
		if at.InPeriod {
			to.Cost.Amount, to.Quantity = to.Cost.Amount.Add(cost), to.Quantity.Add(quantity)
		}
		return nil
	}, sql.Named("currency", f.cur.code), sql.Named("first", span.From.Time()), sql.Named("end", span.To.Time()),
		sql.Named("ranked", f.sel.span.From.Time()), sql.Named("most", shownMeters))
	return out, err
}
