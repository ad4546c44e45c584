package analysis

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// An othersDay is what a series cost another owner, or what the filters leave out of it, on a
// day, for statistics.
type othersDay struct {
	day            usage.Day
	cost, quantity float64
}

// othersDays returns what the series of the owner whose report it is cost others, on
// days on which the owner had none of them, and so what filters leave out of a series;
// nothing where it is of all. A resource is judged by its own history: another owner, or
// another value of a dimension, is no change of its cost.
func (a *Analysis) othersDays(ctx context.Context, f *frame, span usage.Period) (map[int64][]othersDay, error) {
	if !a.options.limited() {
		return nil, nil
	}
	out := map[int64][]othersDay{}
	return out, a.ask(ctx, "others_days", func(r row) error {
		var id int64
		var d othersDay
		err := r.Scan(&id, ledger.DayOf(&d.day), &d.cost, &d.quantity)
		out[id] = append(out[id], d)
		return err
	}, sql.Named("currency", f.cur.code), sql.Named("first", span.From.Time()), sql.Named("end", span.To.Time()))
}

// owned narrows x to the days on which what it is about was the owner's, by the exact
// cost of each day, and reports whether there are any. Where nothing changed hands it
// leaves x as it is.
func (f *frame) owned(x *located, exact map[usage.Day]usage.Decimal) bool {
	others := map[usage.Day]bool{}
	for _, id := range x.ids() {
		for _, o := range f.others[id] {
			others[o.day] = others[o.day] || o.cost != 0
		}
	}
	own := func(from, to usage.Day) (first, last usage.Day, n int, foreign bool) {
		for d := from; d <= to; d++ {
			if cost := exact[d]; cost.Sign() != 0 {
				if n++; first == 0 {
					first = d
				}
				last = d
			} else if others[d] {
				foreign = true
			}
		}
		return first, last, n, foreign
	}
	if x.Kind == usage.KindGone {
		_, _, n, foreign := own(x.Start-stops, x.Start-1)
		return n > 0 || !foreign
	}
	first, last, n, foreign := own(x.Start, x.End)
	switch {
	case !foreign:
		return true
	case n == 0:
		return false
	}
	part := float64(last-first+1) / float64(x.End-x.Start+1)
	x.Ongoing = x.Ongoing && last >= x.End-settleDays
	x.began, x.Start, x.End = x.Start, first, last
	x.Expected, x.Low, x.High = part*x.Expected, part*x.Low, part*x.High
	x.Actual = 0
	for d := first; d <= last; d++ {
		x.Actual += exact[d].Float64()
	}
	x.Impact = x.Actual - x.Expected
	x.Drivers = slices.Clone(x.Drivers)
	for i := range x.Drivers {
		d := &x.Drivers[i]
		d.Impact, d.PriceEffect, d.QuantityEffect = part*d.Impact, part*d.PriceEffect, part*d.QuantityEffect
	}
	return (x.Impact > 0) == (x.Direction == usage.Up)
}

// handed calls add with what changed hands for good before day end, by account, service and day: what came to the owner, with
// what it cost others before, and what has left, with what it cost the owner, below zero. Nothing of either is a change of cost.
func (a *Analysis) handed(ctx context.Context, f *frame, end usage.Day, add func(account, service string, d usage.Day, cost float64),
) error {
	if !a.options.limited() {
		return nil
	}
	return a.ask(ctx, "handed", f.costs(func(info seriesInfo, d usage.Day, cost float64) {
		add(f.now(info.account()), info.dims[usage.Service], d, cost)
	}), sql.Named("currency", f.cur.code), sql.Named("end", end.Time()), sql.Named("amortized", f.cur.amortized))
}

// stops is how many days before something is gone say whose it was.
const stops = 3

// handovers says in p which resources of the owner's were another's before, or are since, in
// the five weeks before the period and in it; of filters, which they did not take or do no more.
func (a *Analysis) handovers(ctx context.Context, f *frame, p *Part) error {
	if !a.options.limited() || p.Period.Reach == 0 {
		return nil
	}
	err := a.ask(ctx, "handovers", func(r row) error {
		var m ledger.RecordMove
		var n int
		var cost usage.Decimal
		if err := r.Scan(&m.In, ledger.DayOf(&m.Since), &n, ledger.Amount(&cost)); err != nil {
			return fmt.Errorf("handovers: %w", err)
		}
		p.moves = append(p.moves, m)
		resources := locale.T("%d resources", n)
		switch filtered := len(a.options.Filters) > 0; {
		case filtered && m.In:
			p.Moved = append(p.Moved, locale.T("among these charges since %s and not before: %s, %s so far; that is no new cost", m.Since, resources,
				f.money(cost)))
		case filtered:
			p.Moved = append(p.Moved, locale.T("no longer among these charges since %s: %s, %s in the four weeks before; that is no saving", m.Since,
				resources, f.money(cost)))
		case m.In:
			p.Moved = append(p.Moved, locale.T("moved in from others since %s: %s, %s so far; that is no new cost", m.Since,
				resources, f.money(cost)))
		default:
			p.Moved = append(p.Moved, locale.T("moved out to others since %s: %s, %s in the four weeks before; that is no saving", m.Since,
				resources, f.money(cost)))
		}
		return nil
	}, sql.Named("currency", f.cur.code), sql.Named("amortized", f.cur.amortized), sql.Named("first", (f.sel.span.From-before).Time()),
		sql.Named("last", p.Period.Reach.Time()))
	p.Warnings = append(p.Warnings, p.Moved...)
	return err
}
