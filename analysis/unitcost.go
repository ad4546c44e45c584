package analysis

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"usagereport/analysis/bridge"
	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/rollup"
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
	// Finding says that it costs more than it does on most days; nil where it does not. Its amounts are
	// what usage cost on its days that have a value, and what it would have at the usual cost of one. It
	// stands beside other findings, which may explain it, and is never added to them.
	Finding *Finding
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
	unitReview = 35 // days in which one began that is told
	unitMonths = 13
)

// UnitCosts returns what one of each of the metrics costs, by currency. Of dimensions that the
// daily sums do not keep, the options must divide by those that metrics name. A metric of what
// is not charged is left out.
func (a *Analysis) UnitCosts(ctx context.Context, metrics []usage.Metric) (map[string][]UnitCost, error) {
	out := map[string][]UnitCost{}
	met, frames := map[string]bool{}, 0
	err := a.eachFrame(ctx, func(f *frame) error {
		frames++
		var found []Finding
		var of []int // the places of found
		defer func() {
			for i, x := range found {
				out[f.cur.code][of[i]].Finding = &x
			}
		}()
		for _, m := range metrics {
			u, err := a.unitCost(ctx, f, m)
			if unknown := (*unknownValueError)(nil); errors.As(err, &unknown) {
				continue
			}
			if err != nil {
				return err
			}
			met[m.Of()] = true
			if u == nil {
				continue
			}
			if u.Finding != nil {
				u.Finding.Owner = a.options.Owner
				found, of = append(found, *u.Finding), append(of, len(out[f.cur.code]))
			}
			out[f.cur.code] = append(out[f.cur.code], *u)
		}
		if err := a.name(ctx, f, found); err != nil {
			return err
		}
		return a.answer(ctx, f, found)
	})
	if err != nil || a.options.limited() || a.options.Currency != "" && !a.options.Convert {
		return out, err // what is not seen may have the values
	}
	all, err := a.currencies(ctx)
	for _, m := range metrics {
		if of := m.Of(); !met[of] && len(all) == frames && !slices.Contains(a.strays, of) {
			a.strays = append(a.strays, of)
		}
	}
	return out, err
}

// StrayMetrics returns of which values of dimensions metrics are that no charge has, once UnitCosts
// has looked for them.
func (a *Analysis) StrayMetrics() []string { return a.strays }

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
	u := &UnitCost{Metric: m.Name, Of: m.Of(), Period: over(p.Name, now)}
	if u.Period.Volume.Sign() == 0 {
		return nil, nil
	}
	u.Per = perOf(u.Period)
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
	if j, ok := u.judge(m.Values, used, end, usage.Decimal{}); ok {
		x := u.finding(m, used, j, f)
		if x.sql, err = a.unitSQL(f, filters, x); err != nil {
			return nil, err
		}
		u.Finding = x
	}
	return u, nil
}

// unitSQL gives the cost of the days of a finding on a unit cost.
func (a *Analysis) unitSQL(f *frame, filters []Filter, x *Finding) (string, error) {
	var values []rollup.Value
	for _, filter := range filters {
		ids, err := f.idsOf(filter)
		if err != nil {
			return "", err
		}
		for _, id := range ids {
			values = append(values, rollup.Value{Dimension: filter.Dimension, Value: id})
		}
	}
	span := usage.Period{From: x.Days[0].Day, To: x.Days[len(x.Days)-1].Day + 1}
	where := slices.Concat(f.charges("Usage"), a.ownership(), conditionsOf(values))
	var without []string // which are not divided
	for d, i := span.From, 0; d < span.To; d++ {
		if x.Days[i].Day == d {
			i++
			continue
		}
		without = append(without, "DATE '"+d.String()+"'")
	}
	if len(without) > 0 {
		where = append(where, "ChargePeriodStart::DATE NOT IN ("+strings.Join(without, ", ")+")")
	}
	return a.options.with() + statement(f.cur.cost(), span, where), nil
}

// perOf returns of how many the cost is told: a thousand or a million where one costs next to nothing.
func perOf(p UnitPeriod) int {
	per := 1
	for per < 1_000_000 && p.Cost.Amount.Float64()*float64(per) < p.Volume.Float64() {
		per *= 1000
	}
	return per
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

// A unitSeries is what one cost on each day of usage that has a value.
type unitSeries struct {
	days []usage.Day
	unit []usage.Decimal
}

// between returns the costs of days from first up to, not including, end.
func (s unitSeries) between(first, end usage.Day) []usage.Decimal {
	i, _ := slices.BinarySearch(s.days, first)
	j, _ := slices.BinarySearch(s.days, end)
	return s.unit[i:max(i, j)]
}

// usual is what one costs on nine of ten of the days before first; nil where they are too few.
func (s unitSeries) usual(first usage.Day) *UnitRange {
	before := slices.SortedFunc(slices.Values(s.between(first-unitWeeks, first)), usage.Decimal.Cmp)
	if len(before) < unitEnough {
		return nil
	}
	n := len(before) - 1
	return &UnitRange{Low: before[n*5/100], Middle: before[n/2], High: before[(n*95+99)/100], Days: len(before)}
}

// last returns the last days before end that are judged.
func (s unitSeries) last(end usage.Day) []usage.Day {
	i, _ := slices.BinarySearch(s.days, end-2*unitJudged)
	j, _ := slices.BinarySearch(s.days, end)
	return s.days[max(i, j-unitJudged):j]
}

// A judged is what there is to say of the last days.
type judged struct {
	start       usage.Day // since when it is more than usual
	above, last int       // on so many of the last days
	series      unitSeries
}

// judge holds the last days up to end against what one cost on the days before them; ok is false
// where there is nothing to say. What began in the last weeks is held against what came before it, so
// that it does not become usual while it goes on. What is not more than margin above is as usual.
func (u *UnitCost) judge(volumes, used map[usage.Day]usage.Decimal, end usage.Day, margin usage.Decimal) (j judged, ok bool) {
	s := &j.series
	for d := end - unitReview - 2*unitWeeks; d < end; d++ {
		if cost, charged := used[d]; charged {
			if v := u.of(cost, volumes[d]); v != nil {
				s.days, s.unit = append(s.days, d), append(s.unit, *v)
			}
		}
	}
	over := func(days []usage.Day) (cost, volume usage.Decimal) {
		for _, d := range days {
			cost, volume = cost.Add(used[d]), volume.Add(volumes[d])
		}
		return cost, volume
	}
	// above returns the first of days on which one cost more than usual, where that is so on most
	// of them and on all together.
	above := func(days []usage.Day, usual *UnitRange) (first usage.Day, n int) {
		most := usual.High.Add(margin)
		for _, d := range days {
			if v := u.of(used[d], volumes[d]); v.Cmp(most) > 0 {
				if n++; n == 1 {
					first = d
				}
			}
		}
		if v := u.of(over(days)); n < unitAbove || v == nil || v.Cmp(most) <= 0 {
			return 0, 0
		}
		return first, n
	}
	last := s.last(end)
	if len(last) == 0 {
		return j, false
	}
	if u.Usual = s.usual(last[0]); u.Usual == nil {
		return j, false
	}
	u.Lately = u.of(over(last))
	for to := end - unitReview; to <= end; to++ {
		days := s.last(to)
		if len(days) == 0 {
			continue
		}
		usual := s.usual(days[0])
		if usual == nil {
			continue
		}
		if j.start, _ = above(days, usual); j.start == 0 {
			continue
		}
		if usual = s.usual(j.start); usual == nil {
			continue
		}
		if _, j.above = above(last, usual); j.above > 0 {
			u.Usual, j.last = usual, len(last)
			return j, true
		}
	}
	return j, false
}

// money fills in what the days of x cost, and what they would have at what one usually costs.
func (u *UnitCost) money(x *Finding, volumes, used map[usage.Day]usage.Decimal, j judged, f *frame) {
	digits := usage.MinorDigits(f.cur.code)
	at := func(unit, volume usage.Decimal) usage.Decimal {
		d, _ := bridge.Scaled(unit, volume, usage.DecimalOf(int64(u.Per)))
		return d.Round(digits)
	}
	x.Direction, x.Severity, x.Ongoing, x.Currency, x.Drivers = usage.Up, usage.SeverityMedium, true, f.cur.code, []Driver{}
	x.Start, x.End = j.start, j.series.days[len(j.series.days)-1]
	var cost, volume usage.Decimal
	for _, d := range j.series.days {
		v := volumes[d]
		if d >= x.Start {
			cost, volume = cost.Add(used[d]), volume.Add(v)
		}
		if d >= x.Start-unitWeeks {
			x.Days = append(x.Days, DayCost{
				Day: d, InPeriod: f.sel.span.Contains(d), Actual: used[d], HasBand: true,
				Expected: at(u.Usual.Middle, v), Low: at(u.Usual.Low, v), High: at(u.Usual.High, v),
			})
		}
	}
	x.Actual, x.Expected, x.Elsewhere = f.money(cost), f.money(at(u.Usual.Middle, volume)), f.money(usage.Decimal{})
	x.Low, x.High = f.money(at(u.Usual.Low, volume)), f.money(at(u.Usual.High, volume))
	x.Impact = f.money(x.Actual.Amount.Sub(x.Expected.Amount))
}

// finding is that one costs more than usual.
func (u *UnitCost) finding(m usage.Metric, used map[usage.Day]usage.Decimal, j judged, f *frame) *Finding {
	x := &Finding{Kind: usage.KindUnitCost, Scope: usage.Series{}, Metric: m.Name, Label: u.Label()}
	for _, t := range m.Scope {
		x.Scope[t.Dimension] = t.Value
	}
	u.money(x, m.Values, used, j, f)
	if twice := u.Usual.High.Add(u.Usual.High); u.Lately.Cmp(twice) > 0 {
		x.Severity = usage.SeverityHigh
	}
	last := locale.T("%d days", j.last)
	x.Reason = locale.T("%s of usage on the last %s up to %s; on nine days of ten before, at most %s", f.money(*u.Lately), last, x.End,
		f.money(u.Usual.High))
	x.Explanation = locale.T("%s: %s", x.Label, x.Reason)
	x.place(f.sel.span)
	x.Rule = locale.T("It costs more than on nine of ten of the %s before %s on %s of the last %s with a value, and on all of them together.",
		locale.T("%d days", u.Usual.Days), x.Start, fmt.Sprint(j.above), last)
	return x
}

// Evidence is that of a finding on a unit cost or a commitment, for which its own days suffice.
func (x Finding) Evidence() Evidence {
	e := Evidence{Finding: x, Rule: x.Rule, Days: []EvidenceDay{}, SQL: x.sql}
	for _, d := range x.Days {
		e.Days = append(e.Days, EvidenceDay{
			Day: d.Day, Actual: d.Actual, Expected: &d.Expected, Low: &d.Low, High: &d.High, Inside: d.Day >= x.Start && d.Day <= x.End,
		})
	}
	return e
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
