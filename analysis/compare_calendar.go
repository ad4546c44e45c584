package analysis

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"usagereport/analysis/bridge"
	"usagereport/ledger"
	"usagereport/usage"
)

// profiles say how much of each series falls on which weekday of the earlier
// periods: by period and series.
type profiles []map[int64]*weekdays

// weekdays are how much of a series falls on which, and on how many days in all.
type weekdays struct {
	used  [7]float64
	days  int
	alive usage.Period // from the first of these days to the last
}

// profiles reads them where the weekdays of a period and of the one it is
// compared with differ; else they are not needed.
func (a *Analysis) profiles(ctx context.Context, f *frame, base baseline, holidays map[usage.Day]bool) (profiles, error) {
	p := make(profiles, len(base.periods))
	if !base.differs() {
		return p, nil
	}
	days := []int64{}
	for _, d := range slices.Sorted(maps.Keys(holidays)) {
		days = append(days, int64(d))
	}
	err := a.ask(ctx, "bridge_weekdays", func(r row) error {
		var k windowKey
		var id int64
		var w weekdays
		var first, last usage.Day
		if err := r.Scan(&k, &id, &w.days, ledger.DayOf(&first), ledger.DayOf(&last), &w.used[0], &w.used[1], &w.used[2], &w.used[3], &w.used[4],
			&w.used[5], &w.used[6]); err != nil {
			return err
		}
		w.alive = usage.Period{From: first, To: last + 1}
		earlier := int(k - wholePeriod(1))
		if p[earlier] == nil {
			p[earlier] = map[int64]*weekdays{}
		}
		p[earlier][id] = &w
		return nil
	}, sql.Named("currency", f.cur.code), sql.Named("windows", wholeOffset), sql.Named("holidays", days))
	return p, err
}

const (
	fewDays = 2 // of what has just begun
	weekend = 2 // days at the begin on which nothing may have run
)

// factor returns how many times what a series used in the earlier period k is
// expected on the days of the current one: more or less by the calendar, and with the
// days without data. change is how many times it was. What began on the last of the days that are compared
// has too few of them to be more or fewer. What was charged on fewer days
// than the earlier period has weeks is charged once a month, or now and then: more
// days are not more of it.
func (p profiles) factor(base baseline, k int, s seriesInfo, change float64) (days, data float64) {
	d, ok := base.periods[k].days[s.account()]
	if !ok {
		return 1, 1
	}
	if lived := int(d.before.To - s.days.From); lived <= fewDays && d.before.Days()-lived > weekend {
		return 1, 1
	}
	profile := bridge.Profile{Days: d.wholeData}
	if of := p[k][s.id]; of != nil {
		if of.days < d.whole.Days()/7 {
			return 1, 1
		}
		if n := of.alive.Days(); n >= 7 { // what came or went within the period has its own days
			profile.Used, profile.Days = of.used, bridge.CountDays(of.alive, base.holidays)
			profile.Days.Less(slices.DeleteFunc(slices.Clone(d.lacks), func(l usage.Day) bool { return !of.alive.Contains(l) }), base.holidays)
		}
	}
	days = profile.Factor(d.beforeDays, d.nowDays)
	if bridge.Monthly(s.unit) {
		days = bridge.MonthlyFactor(d.before, d.now, days, change)
	}
	if d.beforeData == d.beforeDays && d.nowData == d.nowDays {
		return days, days
	}
	// What was used before stands for the days with data only: it would have been more
	// on all of them, and of the current days it is expected on those with data.
	times := profile.Factor
	if !d.beforeDays.Few() && !d.nowDays.Few() { // however few of them have data
		times = profile.Times
	}
	whole, known := times(d.beforeData, d.beforeDays), times(d.beforeData, d.nowData)
	calendar := whole*days - whole
	return 1 + calendar, known
}
