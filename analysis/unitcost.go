package analysis

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"

	"usagereport/analysis/bridge"
	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// A UnitCost is what one of something that people count costs: an order, a user.
type UnitCost struct {
	Metric string // what it is called
	Of     string // whose cost it is of; "" is all
	Per    int    // of so many each Unit is the cost: 1, or a thousand or a million of what is cheap
	Period UnitPeriod
	Prior  *UnitPeriod // the same elapsed days before; nil where nothing is compared
	// Lately is what it cost on the last days that have a value, of usage alone, and Usual on most
	// of the days before those; nil with too little history.
	Lately  *usage.Decimal
	Usual   *UnitRange
	Days    []UnitDay      // of the period, and the eight weeks before its end
	Months  []UnitPeriod   // calendar months, newest first
	Without []usage.Period // days of the period that have no value, and are not divided
	// Alarm says that it costs more than it does on most days; empty where it does not.
	Alarm locale.Text
}

// A UnitPeriod is the cost of the days that have a value, beside what was counted on them.
type UnitPeriod struct {
	Name    string
	Span    usage.Period
	Cost    usage.Money
	Volume  usage.Decimal
	Unit    *usage.Decimal // the cost of Per; nil where Volume is 0
	Without int            // days with cost that have no value
}

// A UnitDay is one day with cost; Volume is nil where it has no value, and Cost that of usage.
type UnitDay struct {
	Day    usage.Day
	Cost   usage.Money
	Volume *usage.Decimal
	Unit   *usage.Decimal
}

// A UnitRange holds the cost of one on nine days of ten, of so many days.
type UnitRange struct {
	Low, Middle, High usage.Decimal
	Days              int
}

// What a usual range rests on, and what is held against it.
const (
	unitWeeks  = 56 // days before those that are judged
	unitEnough = 28 // of them with a value, at least
	unitJudged = 7  // the last days with a value
	unitAbove  = 5  // of them above the range, at least
	unitMonths = 13
)

// UnitCosts returns what one of each of the metrics costs, by currency. Of dimensions that the
// daily sums do not keep, the options must divide by those that metrics name. A metric of what
// is not charged is left out.
func (a *Analysis) UnitCosts(ctx context.Context, metrics []usage.Metric) (map[string][]UnitCost, error) {
	out := map[string][]UnitCost{}
	return out, a.eachFrame(ctx, func(f *frame) error {
		for _, m := range metrics {
			u, err := a.unitCost(ctx, f, m)
			if unknown := (*unknownValueError)(nil); errors.As(err, &unknown) {
				continue
			}
			if err != nil {
				return err
			}
			if u != nil {
				out[f.cur.code] = append(out[f.cur.code], *u)
			}
		}
		return nil
	})
}

// scopeFilters are the filters of a metric's cost.
func scopeFilters(m usage.Metric) (out []Filter) {
	for _, t := range m.Scope {
		out = append(out, Filter{Dimension: t.Dimension, Value: t.Value})
	}
	return out
}

func (a *Analysis) unitCost(ctx context.Context, f *frame, m usage.Metric) (*UnitCost, error) {
	filters := scopeFilters(m)
	if err := a.tagSeries(ctx, f, CompareOptions{Filters: filters}); err != nil {
		return nil, err
	}
	keep, err := f.keeps(filters)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, id := range slices.Sorted(maps.Keys(f.infos)) {
		if keep(f.infos[id]) {
			ids = append(ids, id)
		}
	}
	p := f.period(f.accounts())
	end := p.Span.Elapsed(p.Reach).To
	if p.State == Open {
		end -= settleDays // not all has arrived
	}
	all, used := map[usage.Day]usage.Decimal{}, map[usage.Day]usage.Decimal{}
	err = a.query(ctx, "unit_days", func(r *sql.Rows) error {
		var d usage.Day
		var cost, usageCost usage.Decimal
		err := r.Scan(ledger.DayOf(&d), ledger.Amount(&cost), ledger.Amount(&usageCost))
		all[d], used[d] = cost, usageCost
		return err
	}, sql.Named("currency", f.cur.code), sql.Named("amortized", f.cur.amortized), sql.Named("first", (end-400).Time()),
		sql.Named("end", end.Time()), sql.Named("all", len(filters) == 0), sql.Named("series", ids))
	if err != nil {
		return nil, err
	}
	over := func(name string, span usage.Period) UnitPeriod {
		u := UnitPeriod{Name: name, Span: span, Cost: f.money(usage.Decimal{})}
		for d := span.From; d < span.To; d++ {
			cost, charged := all[d]
			v, counted := m.Values[d]
			switch {
			case counted && v.Sign() > 0:
				u.Cost.Amount, u.Volume = u.Cost.Amount.Add(cost), u.Volume.Add(v)
			case charged:
				u.Without++
			}
		}
		return u
	}
	now := usage.Period{From: p.Span.From, To: max(p.Span.From, end)}
	u := &UnitCost{Metric: m.Name, Of: m.Of(), Per: 1, Period: over(p.Name, now)}
	if u.Period.Volume.Sign() == 0 {
		return nil, nil
	}
	for u.Per < 1_000_000 && u.Period.Cost.Amount.Float64()*float64(u.Per) < u.Period.Volume.Float64() {
		u.Per *= 1000
	}
	u.Period.Unit = u.of(u.Period.Cost.Amount, u.Period.Volume)
	if priors := f.priors(usage.Decimal{}); len(priors) > 0 {
		span := priors[0].Span
		if p.State == Open {
			span = span.First(now.Days())
		}
		if prior := over(priors[0].Name, span); prior.Volume.Sign() > 0 {
			prior.Unit = u.of(prior.Cost.Amount, prior.Volume)
			u.Prior = &prior
		}
	}
	for d := min(now.From, end-unitWeeks); d < end; d++ {
		cost, charged := used[d]
		if !charged {
			continue
		}
		day := UnitDay{Day: d, Cost: f.money(cost)}
		if v, ok := m.Values[d]; ok {
			day.Volume, day.Unit = &v, u.of(cost, v)
		}
		if day.Unit == nil && d >= now.From {
			if n := len(u.Without); n > 0 && u.Without[n-1].To == d {
				u.Without[n-1].To++
			} else {
				u.Without = append(u.Without, usage.Period{From: d, To: d + 1})
			}
		}
		u.Days = append(u.Days, day)
	}
	for month := (end - 1).Month(); len(u.Months) < unitMonths; month = (month.From - 1).Month() {
		of := over(month.Name(), usage.Period{From: month.From, To: min(month.To, end)})
		if of.Volume.Sign() == 0 {
			break
		}
		of.Unit = u.of(of.Cost.Amount, of.Volume)
		u.Months = append(u.Months, of)
	}
	u.judge(m, used, end, f.cur.code)
	return u, nil
}

// of is what u.Per cost, of a cost for a volume; nil where that is 0, or nearly so.
func (u *UnitCost) of(cost, volume usage.Decimal) *usage.Decimal {
	if volume.Sign() <= 0 {
		return nil
	}
	v, ok := bridge.Scaled(cost, usage.DecimalOf(int64(u.Per)), volume)
	if !ok {
		return nil
	}
	return &v
}

// judge holds the last days up to end against what one cost on the days before them.
func (u *UnitCost) judge(m usage.Metric, used map[usage.Day]usage.Decimal, end usage.Day, currency string) {
	unit := func(d usage.Day) *usage.Decimal {
		cost, charged := used[d]
		if !charged {
			return nil
		}
		return u.of(cost, m.Values[d])
	}
	var last, before []usage.Decimal
	var cost, volume usage.Decimal
	first := end
	for d := end - 1; d >= end-2*unitJudged && len(last) < unitJudged; d-- {
		if v := unit(d); v != nil {
			last, first = append(last, *v), d
			cost, volume = cost.Add(used[d]), volume.Add(m.Values[d])
		}
	}
	for d := first - unitWeeks; d < first; d++ {
		if v := unit(d); v != nil {
			before = append(before, *v)
		}
	}
	if len(before) < unitEnough || len(last) == 0 {
		return
	}
	slices.SortFunc(before, usage.Decimal.Cmp)
	n := len(before) - 1
	u.Usual = &UnitRange{Low: before[n*5/100], Middle: before[n/2], High: before[(n*95+99)/100], Days: len(before)}
	u.Lately = u.of(cost, volume)
	above := 0
	for _, v := range last {
		if v.Cmp(u.Usual.High) > 0 {
			above++
		}
	}
	if above < unitAbove || u.Lately == nil || u.Lately.Cmp(u.Usual.High) <= 0 {
		return
	}
	money := func(d usage.Decimal) usage.Money { return usage.Money{Amount: d, Currency: currency} }
	u.Alarm = locale.T("%s: %s of usage on the last %s up to %s; on nine days of ten before, at most %s", u.Label(), money(*u.Lately),
		locale.T("%d days", len(last)), end-1, money(u.Usual.High))
}

// Label is what people call the cost of one.
func (u UnitCost) Label() locale.Text {
	label := locale.T("%s: cost of one", u.Metric)
	switch u.Per {
	case 1000:
		label = locale.T("%s: cost of a thousand", u.Metric)
	case 1_000_000:
		label = locale.T("%s: cost of a million", u.Metric)
	}
	if u.Of != "" {
		return locale.T("%s (%s)", label, u.Of)
	}
	return label
}
