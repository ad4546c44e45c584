package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"usagereport/analysis/detect"
	"usagereport/ledger"
	"usagereport/usage"
)

// settleDays is how many of the last days are incomplete: usage arrives within
// a day or two.
const settleDays = 2

// arriving returns how many of the last days of f's period are incomplete: those of one whose days still run, and of one that
// has just ended where its newest file was loaded on these days, too.
func (f *frame) arriving() int {
	if f.sel.state == Open {
		return settleDays
	}
	var loaded time.Time
	for _, s := range f.st {
		if s.period == f.sel.name && s.loaded.After(loaded) {
			loaded = s.loaded
		}
	}
	since := int(usage.DayOf(loaded) - f.sel.span.Last())
	if f.sel.state != Closing || since < -1 {
		return 0
	}
	return min(max(0, settleDays-since), settleDays)
}

// lacksFrom is the part of a day's usual cost by which one that may be complete is taken to be not.
const lacksFrom = 0.1

// openFrom returns the day from which on days before end are incomplete; end where none is.
func (f *frame) openFrom(end usage.Day) usage.Day { return end - usage.Day(f.arriving()) }

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

// awaited returns about what of the last days has not arrived yet of what is compared. Accounts whose data end before the
// others' are compared over their days while a bill is open: nothing more of them is awaited there. Of a bill that has just ended the
// whole is compared, with all that they lack.
func (a *Analysis) awaited(ctx context.Context, f *frame, accounts []Account) (usage.Money, error) {
	last := f.arriving()
	if last == 0 {
		return f.money(usage.Decimal{}), nil
	}
	h, err := a.history(ctx, f)
	if err != nil {
		return usage.Money{}, err
	}
	refunds, err := a.refunds(ctx, f, h)
	if err != nil {
		return usage.Money{}, err
	}
	apart := slices.DeleteFunc(slices.Clone(accounts), func(x Account) bool { return !x.Missing && !x.Behind })
	own, err := a.ofAccounts(ctx, f, h, apart)
	if err != nil {
		return usage.Money{}, err
	}
	h.totals = slices.Clone(h.totals)
	sum := 0.0
	for _, acc := range apart {
		costs, ok := own[acc.ID]
		if !ok {
			continue
		}
		for i, c := range costs.totals {
			h.totals[i] = h.totals[i].Sub(c)
		}
		if since := int(h.span.Last() - acc.Reach); acc.Behind && f.sel.state != Open && since < quiet {
			sum += costs.awaited(nil, max(since, last), true)
		}
	}
	err = a.handed(ctx, f, h.span.To, func(account, _ string, d usage.Day, cost float64) {
		if h.span.Contains(d) && !slices.ContainsFunc(apart, func(x Account) bool { return x.ID == account }) {
			h.totals[d-h.span.From] = h.totals[d-h.span.From].Add(usage.DecimalFromFloat(cost))
		}
	})
	if err != nil {
		return usage.Money{}, err
	}
	sum += h.awaited(refunds, last, f.sel.state != Open)
	return f.money(usage.DecimalFromFloat(sum).Round(usage.MinorDigits(f.cur.code))), nil
}

// ofAccounts divides what h has of accounts, by their ids.
func (a *Analysis) ofAccounts(ctx context.Context, f *frame, h history, accounts []Account) (map[string]history, error) {
	out := map[string]history{}
	if len(accounts) == 0 {
		return out, nil
	}
	ids := []string{}
	for _, acc := range accounts {
		ids = append(ids, acc.ID)
	}
	err := a.query(ctx, "totals_accounts", func(r *sql.Rows) error {
		var id string
		var day usage.Day
		var total usage.Decimal
		if err := r.Scan(&id, ledger.DayOf(&day), ledger.Amount(&total)); err != nil {
			return err
		}
		if _, ok := out[id]; !ok {
			out[id] = history{span: h.span, hasData: h.hasData, totals: make([]usage.Decimal, len(h.totals))}
		}
		if h.span.Contains(day) {
			out[id].totals[day-h.span.From] = total
		}
		return nil
	}, sql.Named("currency", f.cur.code), sql.Named("accounts", ids))
	return out, err
}

// awaited returns about what of the last days has not arrived yet: what such days
// usually cost beyond what they show, for statistics. No day lacks more than the
// dearest of the week before them cost: what has ended since is not awaited. What is given
// back on a day, as refunds tell of the week before and them, is no cost that has not arrived.
//
// Of a period that has ended a day lacks something from lacksFrom of what is usual on; its last days may be complete.
func (h history) awaited(refunds map[usage.Day]float64, last int, ended bool) (sum float64) {
	costs := h.floats()
	expected, _, _, ok := detect.Band(costs, h.hasData, h.span.From)
	first := max(0, len(costs)-last)
	most, known := 0.0, false
	for i := max(0, first-7); i < first; i++ {
		if h.hasData[i] {
			most, known = max(most, costs[i]), true
		}
	}
	var usual []float64 // of what is given back
	for i := max(0, first-7); i < first; i++ {
		usual = append(usual, refunds[h.span.From+usage.Day(i)])
	}
	slices.Sort(usual)
	for i := first; i < len(costs); i++ {
		if ok[i] && known {
			given := min(0, refunds[h.span.From+usage.Day(i)]-usual[len(usual)/2])
			usually := min(expected[i], most)
			if lacks := usually - costs[i] + given; lacks > 0 && !(ended && lacks < lacksFrom*usually) {
				sum += lacks
			}
		}
	}
	return sum
}

// refunds returns what was given back on each of the days that awaited asks for.
func (a *Analysis) refunds(ctx context.Context, f *frame, h history) (map[usage.Day]float64, error) {
	out := map[usage.Day]float64{}
	err := a.query(ctx, "totals_refunds", func(r *sql.Rows) error {
		var d usage.Day
		var cost float64
		err := r.Scan(ledger.DayOf(&d), &cost)
		out[d] = cost
		return err
	}, sql.Named("currency", f.cur.code), sql.Named("first", (h.span.To-settleDays-7).Time()), sql.Named("end", h.span.To.Time()))
	return out, err
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
