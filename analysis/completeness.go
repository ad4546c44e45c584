package analysis

import (
	"context"
	"fmt"
	"math"

	"usagereport/analysis/forecast"
	"usagereport/usage"
)

// A completeness knows which share of a day's final cost is in the files, by how
// many days before the end of the data it lies.
type completeness struct {
	reach map[string]usage.Day // by account: where its data really end
}

// usualShares are the shares of the last day of the data and of the one before
// it, and how far they vary, where nothing was learned: of days not yet over,
// the files that Azure writes some times a day have a third.
func usualShares() []arrival {
	return []arrival{{point: 0.35, low: 0.2, high: 0.5}, {point: 0.9, low: 0.8, high: 0.98}}
}

// An arrival is a share of a day's final cost.
type arrival struct {
	point, low, high float64
	days             int // that it was learned from
}

func (a *Analysis) completeness(ctx context.Context, cur string) (*completeness, error) {
	all := Analysis{ledger: a.ledger, conn: a.conn}
	st, err := all.standings(ctx, cur)
	if err != nil {
		return nil, err
	}
	c := &completeness{reach: map[string]usage.Day{}}
	for _, s := range st {
		c.reach[s.account] = max(c.reach[s.account], s.reach)
	}
	return c, nil
}

// of returns the share of a service's day that lies lag days before the end.
func (c *completeness) of(service string, lag int) arrival {
	if d := usualShares(); lag < len(d) {
		return d[lag]
	}
	return arrival{point: 1, low: 1, high: 1}
}

// shares returns the first day of an account's service that is not known in
// full, given that data are looked at up to reach, and the shares from it on.
func (c *completeness) shares(account, service string, reach usage.Day) (usage.Day, []forecast.Share) {
	settled := reach + 1
	var out []forecast.Share
	for d := reach; d > reach-maxLag; d-- {
		s := c.of(service, int(c.reach[account]-d))
		if s.point >= 0.995 && len(out) > 0 {
			break
		}
		if s.point < 0.995 {
			settled = d
			out = append([]forecast.Share{{Point: s.point, Learned: s.days >= learnedFrom}}, out...)
		}
	}
	return settled, out
}

const (
	maxLag      = 10 // days after which a day's cost is final
	learnedFrom = 5  // days from which a share is measured rather than assumed
)

// sentences say how much of the last days has arrived.
func (c *completeness) sentences(f *frame) (out []string) {
	var reach, end usage.Day
	for _, w := range f.sel.windows[0] {
		reach, end = max(reach, f.reach(w.account, w.span)), max(end, c.reach[w.account])
	}
	for d := reach; d > reach-maxLag; d-- {
		s := c.of("", int(end-d))
		if s.point >= 0.995 {
			continue
		}
		text := fmt.Sprintf("about %d %% of %s has arrived (%d to %d %%)", percent(s.point), d.Time().Format("2 Jan"), percent(s.low), percent(s.high))
		if s.days < learnedFrom {
			text += ", by rule of thumb: the ledger does not know yet how its files fill"
		}
		out = append(out, text)
	}
	return out
}

func percent(v float64) int { return int(math.Round(100 * v)) }
