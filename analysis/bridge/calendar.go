package bridge

import (
	"math"
	"strings"
	"time"

	"usagereport/usage"
)

// Days counts days by weekday, Sunday first.
type Days [7]int

// CountDays counts the days of p. A holiday counts as a Sunday.
func CountDays(p usage.Period, holidays map[usage.Day]bool) (n Days) {
	for d := p.From; d < p.To; d++ {
		if holidays[d] {
			n[time.Sunday]++
		} else {
			n[d.Weekday()]++
		}
	}
	return n
}

// Less takes days out of n.
func (n *Days) Less(days []usage.Day, holidays map[usage.Day]bool) {
	for _, d := range days {
		of := CountDays(usage.Period{From: d, To: d + 1}, holidays)
		for w := range n {
			n[w] -= of[w]
		}
	}
}

// Few reports whether n is less than a week.
func (n Days) Few() bool { return n.sum() < 7 }

func (n Days) sum() (sum int) {
	for _, k := range n {
		sum += k
	}
	return sum
}

// A Profile is how much was used on each weekday of a period, and how many of
// each it had.
type Profile struct {
	Used [7]float64
	Days Days
}

// Factor returns how many times the usage of the days before is expected on the
// days now, if nothing changed but the days: each weekday counts with its mean of
// the profile. Below a week, or without a profile, the number of days alone
// counts.
func (p Profile) Factor(before, now Days) float64 {
	if before != now && (before.Few() || now.Few()) {
		return length(before, now)
	}
	return p.Times(before, now)
}

// Times is Factor for any number of days, as for those of a period of which there are data. A weekday
// that the profile does not have counts with the mean of all.
func (p Profile) Times(before, now Days) float64 {
	if before == now {
		return 1
	}
	var used, was, is float64
	for _, u := range p.Used {
		used += u
	}
	for w, n := range p.Days {
		mean := used / float64(max(1, p.Days.sum()))
		if n > 0 {
			mean = p.Used[w] / float64(n)
		}
		was += mean * float64(before[w])
		is += mean * float64(now[w])
	}
	if f := is / was; was > 0 && is >= 0 && !math.IsInf(f, 0) {
		return f
	}
	return length(before, now)
}

// length returns how many times as many days now are; 1 where there were none before.
func length(before, now Days) float64 {
	if before.sum() == 0 {
		return 1
	}
	return float64(now.sum()) / float64(before.sum())
}

// Monthly reports whether a unit is counted by the month, as "1 GB/Month" and
// "GB-Mo" are: a whole month is one however long it is.
func Monthly(unit string) bool {
	u := strings.ToLower(unit)
	return strings.Contains(u, "month") || strings.HasSuffix(u, "-mo") || strings.HasSuffix(u, "/mo")
}

// MonthlyFactor returns Factor for what is counted by the month: a day is a
// thirtieth of November and a thirty-first of October. Not every such meter is
// charged by the month's length; where the change of its quantity lies nearer to
// days, that holds.
func MonthlyFactor(before, now usage.Period, days, change float64) float64 {
	was := months(before)
	if was <= 0 {
		return days
	}
	if f := months(now) / was; math.Abs(f-change) <= math.Abs(days-change) {
		return f
	}
	return days
}

// months returns the length of p in months.
func months(p usage.Period) (sum float64) {
	for d := p.From; d < p.To; {
		m := d.Month()
		end := min(m.To, p.To)
		sum += float64(end-d) / float64(m.Days())
		d = end
	}
	return sum
}
