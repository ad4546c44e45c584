package analysis

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"usagereport/analysis/forecast"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// A completeness knows which share of a day's final cost is in the files, by how
// many days before the end of the data it lies.
type completeness struct {
	reach   map[string]usage.Day // by account: where its data really end
	learned map[string][]arrival // by service and lag; "" is all services together
}

// An arrival is a share of a day's final cost, and the range that holds it four
// times of five.
type arrival struct {
	point, low, high float64
	days             int // that it was learned from
}

// spread is the standard deviation of a share, of which four of five are in the range.
func (x arrival) spread() float64 { return (x.high - x.low) / (2 * 1.2816) }

const (
	maxLag      = 10    // days after which a day's cost is final
	learnedFrom = 5     // days from which a share is measured rather than assumed
	complete    = 0.995 // of a day: all of it
)

// usualShare is the share of the day that lies lag days before the end of the
// data where nothing was learned: the files that Azure writes some times a day
// have a third of the day that still runs.
func usualShare(lag int) arrival {
	switch lag {
	case 0:
		return arrival{point: 0.35, low: 0.2, high: 0.5}
	case 1:
		return arrival{point: 0.9, low: 0.8, high: 0.98}
	}
	return arrival{point: 1, low: 1, high: 1}
}

// A lesson is what completeness learns from: the files of some bills, all that they say up
// to a day.
type lesson struct {
	cur   string
	until usage.Day
	bills string
}

// completeness learns from what earlier files said of days that are final by
// now. A service with few days leans on all services together, and these on the
// usual shares. st are the standings that the options choose.
func (a *Analysis) completeness(ctx context.Context, cur string, st []standing) (_ *completeness, err error) {
	if a.options.AsOf != 0 { // of st the later days are left out
		all := Analysis{ledger: a.ledger, conn: a.conn, seat: a.seat, invoices: a.invoices}
		if st, err = all.standings(ctx, cur); err != nil {
			return nil, err
		}
	}
	c := &completeness{reach: map[string]usage.Day{}, learned: map[string][]arrival{}}
	for _, s := range st {
		c.reach[s.account] = max(c.reach[s.account], s.reach)
	}
	there, err := a.kinds(ctx)
	if err != nil || !there.retold {
		return c, err
	}
	until := today(st)
	if d := a.options.AsOf; d != 0 {
		until = min(until, d)
	}
	about := lesson{cur: cur, until: until}
	for _, s := range st {
		about.bills += fmt.Sprintf("%q %q %q %s\n", s.billing, s.account, s.period, s.loads)
	}
	if learned, known := a.lessons[about]; known {
		c.learned = learned
		return c, nil
	}
	err = a.query(ctx, "arrived", func(r *sql.Rows) error {
		var service string
		var lag int
		var x arrival
		var mean, final, seen float64
		if err := r.Scan(&service, &lag, &x.days, &mean, &final, &seen, &x.low, &x.high); err != nil {
			return err
		}
		if lag >= maxLag || !(final > 0) {
			return nil
		}
		prior := usualShare(lag)
		if service != "" {
			prior = c.of("", lag)
		}
		x.point = (seen + learnedFrom*mean*prior.point) / (final + learnedFrom*mean)
		if x.days < learnedFrom {
			x.low, x.high = min(x.low, prior.low), max(x.high, prior.high)
		}
		x.low, x.high = min(x.low, x.point), max(x.high, x.point)
		if c.learned[service] == nil {
			c.learned[service] = make([]arrival, maxLag)
		}
		c.learned[service][lag] = x
		return nil
	}, sql.Named("currency", cur), sql.Named("last", until.Time()))
	if err == nil && a.lessons != nil {
		a.lessons[about] = c.learned
	}
	return c, err
}

// of returns the share of a service's day that lies lag days before the end.
func (c *completeness) of(service string, lag int) arrival {
	for _, s := range []string{service, ""} {
		if l := c.learned[s]; lag < len(l) && l[lag].days > 0 {
			return l[lag]
		}
	}
	return usualShare(lag)
}

// shares returns the first day of an account's service that is not known in
// full, given that data are looked at up to reach, and the shares from it on.
func (c *completeness) shares(account, service string, reach usage.Day) (usage.Day, []forecast.Share) {
	settled := reach + 1
	var out []forecast.Share
	for d := reach; d > reach-maxLag; d-- {
		s := c.of(service, int(c.reach[account]-d))
		if s.point >= complete && len(out) > 0 {
			break
		}
		if s.point < complete {
			settled = d
			out = append([]forecast.Share{{
				Point: s.point, Learned: s.days >= learnedFrom, Spread: s.spread(), Together: c.of("", int(c.reach[account]-d)).spread(),
			}}, out...)
		}
	}
	return settled, out
}

// sentences say how much of the last days has arrived.
func (c *completeness) sentences(f *frame) (out []locale.Text) {
	var reach, end usage.Day
	for _, w := range f.sel.windows[0] {
		reach, end = max(reach, f.reach(w.account, w.span)), max(end, c.reach[w.account])
	}
	for d := reach; d > reach-maxLag; d-- {
		s := c.of("", int(end-d))
		if s.point >= complete {
			continue
		}
		text := locale.T("%s of %s has arrived (%d to %s)", locale.Share(100*s.point), locale.Short(d), int(math.Round(100*s.low)),
			locale.Share(100*s.high))
		if s.days < learnedFrom {
			text = locale.T("%s, by rule of thumb: no earlier files of these days tell it", text)
		}
		out = append(out, text)
	}
	return out
}
