package analysis

import (
	"context"
	"database/sql"
	"math"
	"slices"

	"usagereport/analysis/forecast"
	"usagereport/ledger"
	"usagereport/usage"
)

// A Backtest is how well the end of the last periods would have been forecast at
// one day of them: the errors, and how many ends lay in the ranges.
type Backtest struct {
	Currency  string
	Day       int
	Periods   int
	AsKnown   int     // of these, by what was known on that day; the others as the files have it now
	Ours      float64 // errors as a share of the period's cost
	LastSame  float64 // the same days of the period before
	RunRate   float64 // the mean so far
	Line      float64 // a straight line through the last 30 days
	In80      int     // ends inside the range
	In95      int
	WithRange int // periods that had enough history for a range
}

// Backtests foretells the last up to six periods at every fifth day, by the days
// that had gone by then: as they were known then where files of that day of each
// account were loaded, else as the files have them now.
func (a *Analysis) Backtests(ctx context.Context) ([]Backtest, error) {
	var out []Backtest
	err := a.moments(ctx, func(f *frame, day int, es []forecast.Estimate, known func(k int) (saying, bool)) {
		out = append(out, backtest(f.cur.code, day, es, known))
	})
	return out, err
}

// moments foretells the period's end, and with it that of earlier ones, at every
// fifth day. known returns of an earlier period, 0 the newest, what was known then.
func (a *Analysis) moments(ctx context.Context, see func(f *frame, day int, es []forecast.Estimate,
	known func(k int) (saying, bool)),
) error {
	currencies, err := a.currencies(ctx)
	if err != nil {
		return err
	}
	for _, cur := range currencies {
		f, err := a.outline(ctx, cur)
		if err != nil {
			return err
		}
		pieces, _, err := a.pieces(ctx, f)
		if err != nil {
			return err
		}
		learned, err := a.completeness(ctx, cur.code, f.st)
		if err != nil {
			return err
		}
		then, err := a.knownThen(ctx, cur.code)
		if err != nil {
			return err
		}
		for day := 5; day <= 25; day += 5 {
			es := make([]forecast.Estimate, 0, len(pieces))
			for _, p := range pieces {
				c := p.Component
				c.Share = nil
				c.Settled = c.Periods[len(c.Periods)-1].From + usage.Day(day)
				es = append(es, forecast.Forecast(c))
			}
			see(f, day, es, func(k int) (saying, bool) { return then.forecast(pieces, learned, k, day) })
		}
	}
	return nil
}

// A Telling is what would have been said on a day of an earlier period of where it
// ends, and what it became.
type Telling struct {
	Period  string
	Span    usage.Period
	Day     int // counted from 1
	Said    usage.Money
	Margin  *usage.Money // by which it may miss, four times out of five; nil with too little history
	Became  usage.Money
	AsKnown bool // by files of that day, not by what is known of it now
}

// Tellings is the track record of the estimate: of the last up to six periods at every
// fifth day, by the files of that day where they were loaded.
func (a *Analysis) Tellings(ctx context.Context) (out []Telling, err error) {
	err = a.moments(ctx, func(f *frame, day int, es []forecast.Estimate, known func(k int) (saying, bool)) {
		about := func(x float64) usage.Money {
			return f.money(usage.DecimalFromFloat(x).Round(usage.MinorDigits(f.cur.code)))
		}
		n := 0
		for k, p := range forecast.Sum(es).Past {
			if !p.OK || n == maxTrack || p.Period.Days() <= day {
				continue
			}
			n++
			t, asKnown := known(k)
			if !asKnown {
				t = saying{es: forecast.Before(es, k), rest: p.Said, became: p.Became}
			}
			now := Telling{
				Span: p.Period, Day: day, Said: about(p.Known + p.Became - t.became + t.rest),
				Became: about(p.Known + p.Became), AsKnown: asKnown,
			}
			for _, s := range f.st {
				if s.span.From == p.Period.From {
					now.Period = s.period
				}
			}
			if r := forecast.Together(t.es); r.OK {
				m := about((r.High80 - r.Low80) / 2)
				now.Margin = &m
			}
			out = append(out, now)
		}
	})
	return out, err
}

func backtest(cur string, day int, es []forecast.Estimate, known func(k int) (saying, bool)) Backtest {
	e := forecast.Sum(es)
	b := Backtest{Currency: cur, Day: day}
	var cost, ours, naive, rate, line float64
	for k, p := range e.Past {
		if !p.OK || b.Periods == maxTrack || p.Period.Days() <= day {
			continue
		}
		b.Periods++
		cost += math.Abs(p.Known + p.Became)
		naive += math.Abs(p.Naive - p.Became)
		rate += math.Abs(p.RunRate - p.Became)
		line += math.Abs(p.Linear - p.Became)
		// The forecast of this period knew the periods before it only.
		t := saying{es: forecast.Before(es, k), rest: p.Said, became: p.Became}
		if x, ok := known(k); ok {
			t = x
			b.AsKnown++
		}
		ours += math.Abs(t.rest - t.became)
		if r := forecast.Together(t.es); r.OK {
			b.WithRange++
			if r.Low80 <= t.became && t.became <= r.High80 {
				b.In80++
			}
			if r.Low95 <= t.became && t.became <= r.High95 {
				b.In95++
			}
		}
	}
	if cost > 0 {
		b.Ours, b.LastSame, b.RunRate, b.Line = ours/cost, naive/cost, rate/cost, line/cost
	}
	return b
}

// A saying is the forecast of a period on one of its days: by es, the rest that is to
// come, and what that became.
type saying struct {
	es           []forecast.Estimate
	rest, became float64
}

// A moment is a day of an account's billing period, counted from 1.
type moment struct {
	account string
	begin   usage.Day
	n       int
}

// Shares are the parts of what is known of days now that were known at a moment.
type shares map[moment]map[serviceDay]float64

type serviceDay struct {
	service string
	day     usage.Day
}

// knownThen reads which part of each day was known at the moments of which files
// were loaded.
func (a *Analysis) knownThen(ctx context.Context, cur string) (shares, error) {
	out := shares{}
	err := a.query(ctx, "known_then", func(r *sql.Rows) error {
		var at moment
		var of serviceDay
		var seen, final float64
		if err := r.Scan(&at.account, ledger.DayOf(&at.begin), &at.n, ledger.DayOf(&of.day), &of.service, &seen, &final); err != nil {
			return err
		}
		if out[at] == nil {
			out[at] = map[serviceDay]float64{}
		}
		if final != 0 {
			out[at][of] = seen / final
		}
		return nil
	}, sql.Named("currency", cur))
	return out, err
}

// forecast makes the forecast of the kth earlier period on its nth day by what was known then; false
// where that is not known of every account.
func (s shares) forecast(pieces []piece, learned *completeness, k, n int) (t saying, ok bool) {
	for i := range pieces {
		p := &pieces[i]
		at := len(p.Periods) - 2 - k // the last one is the period itself
		if at < 0 {
			continue
		}
		period := p.Periods[at]
		end := period.From + usage.Day(n)
		share := s[moment{p.account, period.From, n}]
		if share == nil || end <= p.From {
			return saying{}, false
		}
		c := p.Component
		c.Periods = c.Periods[:at+1]
		c.Usage, c.Other = slices.Clone(c.Usage[:end-c.From]), slices.Clone(c.Other[:end-c.From])
		seen, final := 0.0, 0.0
		for d := max(period.From, c.From); d < period.To; d++ {
			j := int(d - c.From)
			part := 0.0
			if d < end {
				var known bool
				if part, known = share[serviceDay{p.service, d}]; !known {
					part = 1
				}
				c.Usage[j] *= part
				c.Other[j] *= part
			}
			if cost := p.Usage[j] + p.Other[j]; !math.IsNaN(cost) {
				seen += part * cost
				final += cost
			}
		}
		then := completeness{reach: map[string]usage.Day{p.account: end - 1}, learned: learned.learned}
		c.Settled, c.Share = then.shares(p.account, p.service, end-1)
		e := forecast.Forecast(c)
		t.es = append(t.es, e)
		t.rest += e.Rest
		t.became += final - seen
		ok = true
	}
	return t, ok
}
