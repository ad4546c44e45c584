package analysis

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"usagereport/analysis/detect"
	"usagereport/usage"
)

// A Running is how a period's cost adds up day by day, an owner's part of shared cost
// with it.
type Running struct {
	Span usage.Period
	// Days has the sum up to each day of the period, to the end of its data; charges of days
	// outside the period count on its first or its last day. Prior has the same of the period
	// before, to its own end; it is empty where that is not loaded.
	Days, Prior []RunningDay
	// Settled is the last day of which all usage has arrived; 0 where there is none.
	Settled usage.Day
	// Path leads from Settled to the forecast of the end; it is empty where there is none.
	Path []PathDay
}

// A RunningDay is what was charged from the first day of a period to a day.
type RunningDay struct {
	Day usage.Day
	Sum usage.Money
}

// A PathDay is what is expected to be charged up to a day; four times out of five it
// is between Low and High.
type PathDay struct {
	Day                 usage.Day
	Expected, Low, High usage.Money
}

// running returns how the cost of p adds up, and where that leads.
func (a *Analysis) running(ctx context.Context, f *frame, p *Part) (*Running, error) {
	r := &Running{Span: p.Period.Span}
	all := func(name string, span usage.Period, reach usage.Day) ([]RunningDay, error) {
		within := usage.AllDays()
		if f.sel.byMonth {
			name, within = "", span
		}
		within.To = a.upTo(within.To)
		costs, err := a.costByDay(ctx, f, name, within)
		if err != nil {
			return nil, err
		}
		return f.addUp(costs, span, reach), nil
	}
	var err error
	if r.Days, err = all(p.Period.Name, p.Period.Span, p.Period.Reach); err != nil {
		return nil, err
	}
	if len(p.Priors) > 0 && !p.Priors[0].NoRate {
		if r.Prior, err = all(p.Priors[0].Name, p.Priors[0].Span, p.Priors[0].Span.Last()); err != nil {
			return nil, err
		}
	}
	r.Settled = settled(p.Period)
	if p.Outlook != nil && p.Expected != nil && r.Settled != 0 {
		end := p.Outlook.End
		if p.Shared != nil && p.Shared.Expected != nil {
			end = end.plus(*p.Shared.Expected)
		}
		r.Path = path(p, r, end)
	}
	return r, nil
}

// settled is the last day of an open period of which all usage has arrived; 0 where there is none.
func settled(p PeriodInfo) usage.Day {
	if p.State == Open && p.Reach >= p.Span.From+settleDays {
		return p.Reach - settleDays
	}
	return 0
}

// pathTo leads to the end that o foretells, of f's own charges alone, from the last day of which all
// usage has arrived: the days after it. Of a period that has ended it is the end itself.
func (a *Analysis) pathTo(ctx context.Context, f *frame, o Outlook) ([]PathDay, error) {
	if !o.Refusal.Empty() {
		return nil, nil
	}
	h, err := a.history(ctx, f)
	if err != nil {
		return nil, err
	}
	name, within := o.Period.Name, usage.AllDays()
	if f.sel.byMonth {
		name, within = "", o.Period.Span
	}
	within.To = a.upTo(within.To)
	costs, err := a.costByDay(ctx, f, name, within)
	if err != nil {
		return nil, err
	}
	for day, shared := range a.sharedByDay(a.options.Owner, f.cur, name, within) {
		costs[day] = costs[day].Sub(shared)
	}
	p := &Part{Currency: o.Currency, Period: o.Period, Daily: f.daily(h)}
	r := &Running{
		Span: o.Period.Span, Settled: cmp.Or(settled(o.Period), o.Period.Span.From-1), Days: f.addUp(costs, o.Period.Span, o.Period.Reach),
	}
	if o.Period.State != Open {
		r.Settled = o.Period.Span.Last() - 1
	}
	return path(p, r, o.End)[1:], nil
}

// plus returns e with an amount that is certain.
func (e Ending) plus(m usage.Money) Ending {
	e.Expected = e.Expected.Add(m)
	if e.Range != nil {
		x := *e.Range
		x.Low80, x.High80, x.Low95, x.High95 = x.Low80.Add(m), x.High80.Add(m), x.Low95.Add(m), x.High95.Add(m)
		e.Range = &x
	}
	return e
}

// addUp returns the sums of costs up to each day of span, to reach.
func (f *frame) addUp(costs map[usage.Day]usage.Decimal, span usage.Period, reach usage.Day) (out []RunningDay) {
	if reach == 0 {
		return nil
	}
	last := min(reach, span.Last())
	days := slices.Sorted(maps.Keys(costs))
	var sum usage.Decimal
	i := 0
	for d := span.From; d <= last; d++ {
		for ; i < len(days) && (days[i] <= d || d == last); i++ {
			sum = sum.Add(costs[days[i]])
		}
		out = append(out, RunningDay{d, f.money(sum)})
	}
	return out
}

// path spreads what is still to come over the days that it may come on, by what part of a week their weekdays
// usually cost in the four weeks before, so that one day with a fee does not come again; the range
// grows with it. It is nowhere below what was charged already, as by a fee of the last days, nor above
// what is left of it after a refund.
func path(p *Part, r *Running, end Ending) (out []PathDay) {
	usual := weekly(p.Daily, r.Settled)
	weights := make([]float64, r.Span.Last()-r.Settled)
	total := 0.0
	for i := range weights {
		weights[i] = usual[(r.Settled + 1 + usage.Day(i)).Weekday()]
		total += weights[i]
	}
	start := usage.Money{Currency: p.Currency}
	known := map[usage.Day]usage.Money{}
	for _, d := range r.Days {
		if known[d.Day] = d.Sum; d.Day <= r.Settled {
			start = d.Sum
		}
	}
	digits := usage.MinorDigits(p.Currency)
	at := func(from, to usage.Money, part float64) usage.Money {
		rise := usage.DecimalFromFloat(to.Sub(from).Amount.Float64() * part).Round(digits)
		return usage.Money{Amount: from.Amount.Add(rise), Currency: p.Currency}
	}
	share := func(from, to int) float64 { // of days from..to in what is to come after from
		before, within := sum(weights[:from]), sum(weights[from:to])
		if total > before {
			return within / (total - before)
		}
		return float64(to-from) / float64(len(weights)-from)
	}
	from, since := start, 0
	if last := len(r.Days) - 1; last >= 0 && r.Days[last].Day > r.Settled {
		charged, n := r.Days[last].Sum, int(r.Days[last].Day-r.Settled)
		if charged.Amount.Cmp(at(start, end.Expected, share(0, n)).Amount) > 0 || charged.Amount.Cmp(start.Amount) < 0 {
			from, since = charged, n // a fee or a refund of the last days is not spread over those to come
		}
	}
	out = append(out, PathDay{r.Settled, start, start, start})
	for i := range weights {
		day := PathDay{Day: r.Settled + 1 + usage.Day(i)}
		if i < since {
			day.Expected = known[day.Day]
		} else {
			day.Expected = at(from, end.Expected, share(since, i+1))
		}
		day.Low, day.High = day.Expected, day.Expected
		if part := share(0, i+1); end.Range != nil && i >= since {
			day.Low = day.Expected.Add(scaled(end.Range.Low80.Sub(end.Expected), part, digits))
			day.High = day.Expected.Add(scaled(end.Range.High80.Sub(end.Expected), part, digits))
		}
		if since > 0 && day.Low.Amount.Cmp(from.Amount) < 0 && i >= since {
			day.Low = from
		}
		out = append(out, day)
	}
	// The last day is the end itself, to the last digit.
	last := &out[len(out)-1]
	last.Expected = end.Expected
	if end.Range != nil {
		last.Low, last.High = end.Range.Low80, end.Range.High80
	}
	return out
}

// weekly returns what part of its week's level each weekday usually costs, by the four weeks to day last: the median of what its days
// are of the seven days about them, so that a change of level is none of weekdays.
func weekly(daily []DayCost, last usage.Day) (usual [7]float64) {
	var days []DayCost
	for _, d := range daily {
		if d.Day <= last && d.Day > last-28 && !d.NoData {
			days = append(days, d)
		}
	}
	var seen [7][]float64
	for i, d := range days {
		from := max(0, min(i-3, len(days)-7))
		week, about := 0.0, days[from:min(len(days), from+7)]
		for _, other := range about {
			week += other.Actual.Float64() / float64(len(about))
		}
		if week > 0 {
			seen[d.Day.Weekday()] = append(seen[d.Day.Weekday()], d.Actual.Float64()/week)
		}
	}
	for w, parts := range seen {
		usual[w] = max(0, detect.Median(parts))
	}
	return usual
}

func sum(of []float64) (s float64) {
	for _, x := range of {
		s += x
	}
	return s
}

func scaled(m usage.Money, by float64, digits int) usage.Money {
	m.Amount = usage.DecimalFromFloat(m.Amount.Float64() * by).Round(digits)
	return m
}
