package analysis

import (
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
	if p.Period.State == Open && p.Period.Reach >= p.Period.Span.From+settleDays {
		r.Settled = p.Period.Reach - settleDays
	}
	if p.Outlook != nil && p.Expected != nil && r.Settled != 0 {
		end := p.Outlook.End
		if p.Shared != nil && p.Shared.Expected != nil {
			end = end.plus(*p.Shared.Expected)
		}
		r.Path = path(p, r, end)
	}
	return r, nil
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

// path spreads what is still to come over the days that it may come on, by what their weekdays
// usually cost in the four weeks before, so that one day with a fee does not come again; the range
// grows with it.
func path(p *Part, r *Running, end Ending) (out []PathDay) {
	var seen [7][]float64
	for _, d := range p.Daily {
		if d.Day <= r.Settled && d.Day > r.Settled-28 && !d.NoData {
			seen[d.Day.Weekday()] = append(seen[d.Day.Weekday()], d.Actual.Float64())
		}
	}
	weights := make([]float64, r.Span.Last()-r.Settled)
	total := 0.0
	for i := range weights {
		d := r.Settled + 1 + usage.Day(i)
		weights[i] = max(0, detect.Median(seen[d.Weekday()]))
		total += weights[i]
	}
	start := usage.Money{Currency: p.Currency}
	for _, d := range r.Days {
		if d.Day <= r.Settled {
			start = d.Sum
		}
	}
	digits := usage.MinorDigits(p.Currency)
	at := func(to usage.Money, part float64) usage.Money {
		rise := usage.DecimalFromFloat(to.Sub(start).Amount.Float64() * part).Round(digits)
		return usage.Money{Amount: start.Amount.Add(rise), Currency: p.Currency}
	}
	out = append(out, PathDay{r.Settled, start, start, start})
	done := 0.0
	for i, w := range weights {
		done += w
		part := float64(i+1) / float64(len(weights))
		if total > 0 {
			part = done / total
		}
		day := PathDay{Day: r.Settled + 1 + usage.Day(i), Expected: at(end.Expected, part)}
		day.Low, day.High = day.Expected, day.Expected
		if end.Range != nil {
			day.Low = day.Expected.Add(scaled(end.Range.Low80.Sub(end.Expected), part, digits))
			day.High = day.Expected.Add(scaled(end.Range.High80.Sub(end.Expected), part, digits))
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

func scaled(m usage.Money, by float64, digits int) usage.Money {
	m.Amount = usage.DecimalFromFloat(m.Amount.Float64() * by).Round(digits)
	return m
}
