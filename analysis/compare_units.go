package analysis

import (
	"context"
	"database/sql"
	"errors"

	"usagereport/analysis/bridge"
	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// A UnitChange is what was counted in two periods, and what one cost.
type UnitChange struct {
	Metric      string
	Of          string
	Per         int        // of so many the cost is told, as UnitCost has it
	Now, Before UnitPeriod // with the cost of the days that have a value
}

// UnitEffects divide a change of cost, to the last digit. Volume is what more or less of what
// is counted would cost at the earlier cost of one; Unit the change of that cost, for what is
// counted now; Bare the change of the days that have no value.
type UnitEffects struct{ Volume, Unit, Bare usage.Decimal }

func (e UnitEffects) plus(o UnitEffects) UnitEffects {
	return UnitEffects{e.Volume.Add(o.Volume), e.Unit.Add(o.Unit), e.Bare.Add(o.Bare)}
}

// unitSides are what was counted in two periods, and what the series cost there on days that
// have no value.
type unitSides struct {
	was, is usage.Decimal
	bare    map[windowKey]map[int64]usage.Decimal
}

// unitEffects divides the change of a series: effects of rows are sums of these, so that they
// add up by whatever one groups.
func (c *changes) unitEffects(id int64, l bridge.Line) (e UnitEffects) {
	if c.unit == nil {
		return e
	}
	bareNow, bareBefore := c.unit.bare[thisPeriod][id], c.unit.bare[upToNow(1)][id]
	before, now := l.Prior.Total().Sub(bareBefore), l.Current.Total().Sub(bareNow)
	e.Bare = bareNow.Sub(bareBefore)
	e.Volume, _ = bridge.Scaled(before, c.unit.is.Sub(c.unit.was), c.unit.was)
	e.Unit = now.Sub(before).Sub(e.Volume)
	return e
}

// unitChange reads what unitEffects needs, and sums it up in c.
func (a *Analysis) unitChange(ctx context.Context, f *frame, c *Comparison, base baseline, m usage.Metric) error {
	if len(base.periods) == 0 {
		return nil // nothing to compare with, which is said
	}
	if len(base.periods) > 1 {
		return errors.New("a unit cost is compared with that of one period, not of a mean")
	}
	p := base.periods[0]
	now := f.sel.windows[0][0].span
	for _, list := range [][]window{f.sel.windows[0], p.whole} {
		for _, w := range list {
			if w.span != list[0].span {
				c.Warnings = append(c.Warnings,
					locale.T("Accounts have bills of different days: divide calendar days by a metric, with --month or --span"))
				return nil
			}
		}
	}
	if f.sel.state == Open {
		now = now.Elapsed(c.Period.Reach)
	}
	before := p.whole[0].span
	if f.sel.state == Open {
		before = before.First(now.Days())
	}
	var bare []string
	count := func(name string, span usage.Period) (u UnitPeriod) {
		u = UnitPeriod{Name: name, Span: span}
		for d := span.From; d < span.To; d++ {
			if v, ok := m.Values[d]; ok && v.Sign() > 0 {
				u.Volume = u.Volume.Add(v)
				continue
			}
			u.Without++
			bare = append(bare, d.String())
		}
		return u
	}
	u := &UnitChange{Metric: m.Name, Of: m.Of(), Now: count(c.Period.Name, now), Before: count(p.Name, before)}
	for _, side := range []UnitPeriod{u.Now, u.Before} {
		if side.Volume.Sign() == 0 {
			c.Warnings = append(c.Warnings, locale.T("metric %s: no value above 0 on %s, so that nothing is divided by it", m.Name, side.Span))
			return nil
		}
	}
	sides := &unitSides{was: u.Before.Volume, is: u.Now.Volume, bare: map[windowKey]map[int64]usage.Decimal{}}
	err := a.query(ctx, "unit_bare", func(r *sql.Rows) error {
		var k windowKey
		var id int64
		var cost usage.Decimal
		err := r.Scan(&k, &id, ledger.Amount(&cost))
		if sides.bare[k] == nil {
			sides.bare[k] = map[int64]usage.Decimal{}
		}
		sides.bare[k][id] = cost
		return err
	}, sql.Named("currency", f.cur.code), sql.Named("amortized", f.cur.amortized), sql.Named("windows", wholeOffset), sql.Named("days", bare))
	if err != nil {
		return err
	}
	c.changes.unit = sides
	cost := func(k windowKey, total func(bridge.Line) usage.Decimal) (sum usage.Decimal) {
		for i, id := range c.changes.ids {
			sum = sum.Add(total(c.changes.lines[i])).Sub(sides.bare[k][id])
		}
		return sum
	}
	u.Now.Cost = f.money(cost(thisPeriod, func(l bridge.Line) usage.Decimal { return l.Current.Total() }))
	u.Before.Cost = f.money(cost(upToNow(1), func(l bridge.Line) usage.Decimal { return l.Prior.Total() }))
	one := UnitCost{Per: perOf(u.Now)}
	u.Per = one.Per
	u.Now.Unit, u.Before.Unit = one.of(u.Now.Cost.Amount, u.Now.Volume), one.of(u.Before.Cost.Amount, u.Before.Volume)
	c.Unit = u
	return nil
}
