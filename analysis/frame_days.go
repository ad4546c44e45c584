package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"

	"usagereport/ledger"
	"usagereport/usage"
)

// chartDays is how much history the daily chart shows before the period.
const chartDays = 42

// A history is the daily usage of one currency up to the end of a period.
type history struct {
	span    usage.Period // from the first day with usage to the last
	hasData []bool       // per day: a file covers it
	totals  []usage.Decimal
}

// history reads the days before and in the period, over all accounts.
func (a *Analysis) history(ctx context.Context, f *frame) (h history, err error) {
	var first, last usage.Day
	for _, s := range f.st {
		if s.first == 0 || s.unused || f.days(s).From >= f.sel.span.To {
			continue
		}
		if begin := max(s.first, s.span.From); first == 0 || begin < first {
			first = begin
		}
		last = max(last, min(s.reach, f.sel.span.Last()))
	}
	if first == 0 {
		return h, nil
	}
	h.span = usage.Period{From: first, To: last + 1}
	h.hasData = make([]bool, h.span.Days())
	h.totals = make([]usage.Decimal, h.span.Days())
	for _, s := range f.st {
		if s.reach == 0 || s.unused {
			continue
		}
		f.cover(h.hasData, first, s)
	}
	err = a.askOnce(ctx, "totals", func(r row) error {
		var d usage.Day
		var total usage.Decimal
		if err := r.Scan(ledger.DayOf(&d), ledger.Amount(&total)); err != nil {
			return err
		}
		if h.span.Contains(d) {
			h.totals[d-first] = total
		}
		return nil
	}, sql.Named("currency", f.cur.code))
	return h, err
}

// floats returns the totals for statistics.
func (h history) floats() []float64 {
	out := make([]float64, len(h.totals))
	for i, d := range h.totals {
		out[i] = d.Float64()
	}
	return out
}

// A ServiceDays is what a service's usage cost on each day of Part.Daily.
type ServiceDays struct {
	Name  string // "" for all other services, which stand last
	Count int    // of services that it is of
	Days  []usage.Decimal
}

// shownServices is how many services stand by themselves.
const shownServices = 5

// serviceDays divides the days of p by service: those that cost most in the period, and
// all others as one. The parts of a day add up to it.
func (a *Analysis) serviceDays(ctx context.Context, f *frame, p *Part) error {
	if len(p.Daily) == 0 {
		return nil
	}
	first, end := p.Daily[0].Day, p.Daily[len(p.Daily)-1].Day+1
	by := map[string]*ServiceDays{}
	cost := map[string]usage.Decimal{}
	err := a.ask(ctx, "service_days", func(r row) error {
		var service string
		var d usage.Day
		var c usage.Decimal
		if err := r.Scan(&service, ledger.DayOf(&d), ledger.Amount(&c)); err != nil {
			return err
		}
		if by[service] == nil {
			by[service] = &ServiceDays{Name: service, Count: 1, Days: make([]usage.Decimal, end-first)}
		}
		by[service].Days[d-first] = c
		if f.sel.span.Contains(d) {
			cost[service] = cost[service].Add(c)
		}
		return nil
	}, sql.Named("currency", f.cur.code), sql.Named("first", first.Time()), sql.Named("end", end.Time()))
	if err != nil {
		return err
	}
	names := slices.SortedFunc(maps.Keys(by), func(x, y string) int {
		return cmp.Or(cost[y].Abs().Cmp(cost[x].Abs()), cmp.Compare(x, y))
	})
	rest := ServiceDays{Days: make([]usage.Decimal, end-first)}
	for i, name := range names {
		s := by[name]
		if i < shownServices && s.Name != "" {
			s.Name, _ = f.labels.label(usage.Service, s.Name)
			p.Services = append(p.Services, *s)
			continue
		}
		rest.Count++
		for k, c := range s.Days {
			rest.Days[k] = rest.Days[k].Add(c)
		}
	}
	if rest.Count > 0 {
		p.Services = append(p.Services, rest)
	}
	return nil
}
