package analysis

import (
	"context"
	"database/sql"
	"maps"
	"math"
	"slices"
	"time"

	"usagereport/analysis/forecast"
	"usagereport/ledger"
	"usagereport/usage"
)

// settleDays is how many of the last days are incomplete: usage arrives within
// a day or two.
const settleDays = 2

// arriving returns how many of the last days of f's period are incomplete: those of one whose days still run, and of one that
// has just ended where the newest file of an account was loaded on these days, too.
func (f *frame) arriving() (days int) {
	for _, s := range f.st {
		if s.period == f.sel.name {
			days = max(days, f.arrivingOf(s.account))
		}
	}
	if f.sel.state == Open {
		return settleDays
	}
	return days
}

// arrivingOf is arriving of one account.
func (f *frame) arrivingOf(account string) int {
	if f.sel.state == Open {
		return settleDays
	}
	since := int(f.loaded(account) - f.sel.span.Last())
	if f.sel.state != Closing || since < -1 {
		return 0
	}
	return min(max(0, settleDays-since), settleDays)
}

// loaded is the day on which the newest file of an account's bill was loaded.
func (f *frame) loaded(account string) usage.Day {
	var at time.Time
	for _, s := range f.st {
		if s.period == f.sel.name && s.loaded.After(at) && f.now(s.account) == f.now(account) {
			at = s.loaded
		}
	}
	return usage.DayOf(at)
}

// openFrom returns the day from which on days before end are incomplete; end where none is.
func (f *frame) openFrom(end usage.Day) usage.Day { return end - usage.Day(f.arriving()) }

// awaited returns about what of the last days has not arrived yet of what is compared. Accounts whose data end before the
// others' are compared over their days while a bill is open: nothing more of them is awaited there. Of a bill that has just ended the
// whole is compared, with all that they lack, until so many days have passed since their last that they may as well have ended.
func (a *Analysis) awaited(ctx context.Context, f *frame, accounts []Account) (usage.Money, error) {
	none := f.money(usage.Decimal{})
	if f.sel.state != Open && f.sel.state != Closing {
		return none, nil
	}
	var reach, newest usage.Day
	last := map[string]int{} // by account
	for _, acc := range accounts {
		reach, newest = max(reach, acc.Reach), max(newest, f.loaded(acc.ID))
		last[acc.ID] = f.arrivingOf(acc.ID)
	}
	some := false
	for _, acc := range accounts {
		switch {
		case acc.Missing || acc.Behind && f.sel.state == Open || acc.Behind && newest-acc.Reach >= quiet:
			last[acc.ID] = 0
		case acc.Behind:
			last[acc.ID] = max(int(reach-acc.Reach), last[acc.ID])
		}
		some = some || last[acc.ID] > 0
	}
	if !some {
		return none, nil
	}
	pieces, err := a.components(ctx, f)
	if err != nil {
		return none, err
	}
	together := map[int][]piece{} // by how many days are awaited
	for _, p := range pieces {
		if n := last[p.account]; n > 0 {
			together[n] = append(together[n], p)
		}
	}
	refunds, err := a.refunds(ctx, f, reach)
	if err != nil {
		return none, err
	}
	sum := 0.0
	for _, n := range slices.Sorted(maps.Keys(together)) {
		given := map[usage.Day]float64{}
		for account, days := range refunds {
			for d, cost := range days {
				if last[account] == n {
					given[d] += cost
				}
			}
		}
		sum += awaited(together[n], usage.Period{From: max(reach+1-usage.Day(n), f.sel.span.From), To: reach + 1}, given, f.sel.state != Open)
	}
	return f.money(usage.DecimalFromFloat(sum).Round(usage.MinorDigits(f.cur.code))), nil
}

// lacksFrom is the part of a day's usual cost by which one that may be complete is taken to be not.
const lacksFrom = 0.1

// awaited returns about what of the last days of pieces has not arrived yet: what the forecast has of these days beyond what they
// show, so that both follow the level that holds now. No day lacks more than the
// dearest of the week before them cost: what has ended since is not awaited. What is given
// back on a day, as refunds tell of the week before and them, is no cost that has not arrived.
//
// Of a period that has ended a day lacks something from lacksFrom of what is usual on; its last days may be complete.
func awaited(pieces []piece, days usage.Period, refunds map[usage.Day]float64, ended bool) (sum float64) {
	costs, expected := map[usage.Day]float64{}, map[usage.Day]float64{}
	for _, p := range pieces {
		for d := days.From - 7; d < days.To; d++ {
			if at := int(d - p.From); at >= 0 && at < len(p.Usage) && !math.IsNaN(p.Usage[at]) {
				costs[d] += p.Usage[at]
			}
		}
		c := p.Component
		c.Settled = days.From
		first, to := forecast.Daily(c)
		for i, cost := range to {
			expected[first+usage.Day(i)] += cost
		}
	}
	most := 0.0
	var usual []float64 // of what is given back
	for d := days.From - 7; d < days.From; d++ {
		most = max(most, costs[d])
		usual = append(usual, refunds[d])
	}
	slices.Sort(usual)
	for d := days.From; d < days.To; d++ {
		given := min(0, refunds[d]-usual[len(usual)/2])
		usually := min(expected[d], most)
		if lacks := usually - costs[d] + given; lacks > 0 && !(ended && lacks < lacksFrom*usually) {
			sum += lacks
		}
	}
	return sum
}

// refunds returns what was given back on each of the days that awaited asks for, up to reach, by account.
func (a *Analysis) refunds(ctx context.Context, f *frame, reach usage.Day) (map[string]map[usage.Day]float64, error) {
	out := map[string]map[usage.Day]float64{}
	err := a.query(ctx, "refunds", func(r *sql.Rows) error {
		var account string
		var d usage.Day
		var cost float64
		if err := r.Scan(&account, ledger.DayOf(&d), &cost); err != nil {
			return err
		}
		account = f.now(account)
		if out[account] == nil {
			out[account] = map[usage.Day]float64{}
		}
		out[account][d] += cost
		return nil
	}, sql.Named("currency", f.cur.code), sql.Named("amortized", f.cur.amortized), sql.Named("first", (reach-settleDays-7).Time()),
		sql.Named("end", (reach+1).Time()))
	return out, err
}
