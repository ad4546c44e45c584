package demo

import (
	"time"

	"usagereport/usage"
)

// A calendar is the days that are simulated, with what moves usage.
type calendar []date

// A date is one day of a calendar.
type date struct {
	day     usage.Day
	month   usage.Period
	index   int  // of the month, counted from the calendar's first
	weekend bool // Saturday or Sunday
	holiday bool // Christmas Eve to New Year's Day
}

// newCalendar returns the days from the first of the month that lies months-1
// before end's, to end.
func newCalendar(months int, end usage.Day) calendar {
	y, m, _ := end.Time().Date()
	first := usage.Date(y, m-time.Month(months-1), 1)
	var c calendar
	for d, index := first, 0; d <= end; d++ {
		_, m, dom := d.Time().Date()
		if dom == 1 && d > first {
			index++
		}
		wd := d.Weekday()
		c = append(c, date{
			day:     d,
			month:   d.Month(),
			index:   index,
			weekend: wd == time.Saturday || wd == time.Sunday,
			holiday: m == time.December && dom >= 24 || m == time.January && dom == 1,
		})
	}
	return c
}

// at returns d's place in c; it may lie outside.
func (c calendar) at(d usage.Day) int { return int(d - c[0].day) }

// A shape is how a quantity goes from day to day.
type shape int

const (
	constant     shape = iota // the same every day
	prorated                  // a monthly quantity, divided by the month's days
	machine                   // runs day and night, now and then a little less
	office                    // on during working hours, at weekends up to 40 %
	weekly                    // follows the week, with persistent noise and slow drift
	growth                    // 1 to 4 % more each month
	heavy                     // weekly, with rare high days
	intermittent              // on some days only
	monthEnd                  // most of it on the last two days of the month
)

// series returns a quantity for each day of c. For the shapes of volume base
// is a typical day's; for the others it is the day's exactly.
func (c calendar) series(d dice, s shape, base int64) []int64 {
	out := make([]int64, len(c))
	var (
		weekend = d.between(550_000, 950_000)
		idle    = max(0, d.between(-400_000, 400_000))
		often   = d.between(80_000, 400_000)
		sigma   = d.between(20_000, 60_000)
		perDay  = d.between(10_000, 40_000) / 30
		noise   int64 // around 0
		walk    = int64(one)
		level   = base
	)
	for i, day := range c {
		week := int64(one)
		if day.weekend {
			week = weekend
		}
		if day.holiday {
			week = week * 6 / 10
		}
		switch s {
		case constant:
			out[i] = base
		case prorated:
			out[i] = base / int64(day.month.Days())
		case machine:
			out[i] = base
			if d.below(100) < 8 {
				out[i] = times(base, d.between(960_000, 999_000))
			}
		case office:
			hours := d.between(900_000, 1_100_000)
			switch {
			case day.holiday:
				hours /= 10
			case day.weekend:
				hours = times(hours, idle)
			}
			out[i] = times(base, hours)
		case weekly:
			noise = noise*6/10 + d.normal()*sigma/one*8/10
			walk += d.normal()*3_000/one + (one-walk)/60
			out[i] = times(base, times(week, max(walk+noise, one/10)))
		case growth:
			level += times(level, perDay)
			out[i] = times(level, one+d.normal()*2_000/one)
		case heavy:
			out[i] = times(base, times(week, d.tail()))
		case intermittent:
			if d.below(one) < often {
				out[i] = times(base, d.between(600_000, 1_500_000))
			}
		case monthEnd:
			out[i] = times(base, d.between(180_000, 220_000))
			if day.month.To-day.day <= 2 {
				out[i] = times(base, d.between(3_800_000, 4_200_000))
			}
		}
	}
	return out
}
