package loader

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"usagereport/usage"
)

// dayFirstShown says that a file's dates can mean one thing only.
const dayFirstShown = "its dates are day/month/year, as its own dates show"

// orderOf finds how all dates with slashes of a file are written. usual is how the
// format writes them, OrderByEvidence where it writes none.
func (p *plan) orderOf(s sample, usual DayOrder) (order DayOrder, note string, err error) {
	days := s.days
	fits := map[DayOrder]bool{MonthFirst: true, DayFirst: true}
	months := map[DayOrder]map[usage.Day]bool{MonthFirst: {}, DayFirst: {}}
	monthly := map[int]bool{} // the days of months, where the day is first
	example := ""
	for _, v := range days {
		for order := range fits {
			t, err := p.time([]byte(v), order)
			switch {
			case err == nil:
				months[order][dayOfMicros(t).Month().From] = true
				if order == DayFirst {
					monthly[dayOfMicros(t).Time().Day()] = true
				}
			case errors.Is(err, errDayMonth) || errors.Is(err, errMonthDay):
				fits[order] = false
			}
		}
		example = v
	}
	shown, note := p.spanOrder(s)
	switch {
	case len(days) == 0:
		return MonthFirst, "", nil
	case p.inTwoOrders(s):
		return 0, "", errTwoOrders
	case !fits[MonthFirst] && !fits[DayFirst] && usual != OrderByEvidence:
		return usual, "", nil // the rows that are written otherwise are refused, with their address
	case !fits[MonthFirst] && !fits[DayFirst]:
		return 0, "", errMixedDays
	case !fits[MonthFirst]:
		return DayFirst, dayFirstShown, nil
	case fits[DayFirst] && shown != OrderByEvidence:
		return shown, note, nil
	case shown == MonthFirst:
		return MonthFirst, "", nil
	case usual == MonthFirst && fits[DayFirst] && len(months[DayFirst]) == 1 && len(months[MonthFirst]) > 2:
		return MonthFirst, fmt.Sprintf("its dates, like %s, are taken as month/day/year, as its format has them; they all lie in one month "+
			"as day/month/year: if that is what they are, load it with --date-order day-first", example), errOpenDays
	case !fits[DayFirst], usual == MonthFirst:
		return MonthFirst, "", nil
	case len(months[DayFirst]) == 1 && len(months[MonthFirst]) > 1:
		return DayFirst, fmt.Sprintf("its dates, like %s, are taken as day/month/year, since they all lie in one month then; if they "+
			"are month/day/year, load it with --date-order month-first", example), nil
	case len(months[MonthFirst]) == 1 && len(months[DayFirst]) > 1:
		if len(monthly) > 1 || !monthly[1] || len(days) < 2 {
			return MonthFirst, "", nil
		}
		return MonthFirst, fmt.Sprintf("its dates, like %s, are taken as month/day/year, since they all lie in one month then; if they "+
			"are the first of several months, load it with --date-order day-first", example), nil
	}
	return MonthFirst, fmt.Sprintf("nothing in the file says whether dates like %s are month/day/year or day/month/year; they are "+
		"taken as month/day/year; if that is wrong, load it with --date-order day-first", example), errOpenDays
}

// shownOrder returns the order of dates that they show, or what stands beside them; by evidence
// where nothing does, or where they differ.
func (p *plan) shownOrder(s sample) DayOrder {
	if s.parts != OrderByEvidence {
		return s.parts
	}
	if order := p.ownOrder(s.days); order != OrderByEvidence {
		return order
	}
	order, _ := p.spanOrder(s)
	return order
}

// ownOrder returns the order of dates of which some can mean one thing only; by evidence
// where none can, or where they differ.
func (p *plan) ownOrder(days []string) DayOrder {
	var month, day bool
	for _, v := range days {
		_, asMonth := p.time([]byte(v), MonthFirst)
		_, asDay := p.time([]byte(v), DayFirst)
		month = month || asMonth == nil && asDay != nil
		day = day || asDay == nil && asMonth != nil
	}
	return onlyOrder(month, day)
}

// spanOrder returns the order of dates in which alone all billing periods are months, and what is to be said of it; by evidence
// where there is none. Where they are days in the other order, charges may show that; where they may be either, that is said.
func (p *plan) spanOrder(s sample) (order DayOrder, note string) {
	order = onlyOrder(p.areMonths(s, MonthFirst, MonthFirst), p.areMonths(s, DayFirst, DayFirst))
	if order == OrderByEvidence {
		return order, ""
	}
	taken, or, other := "months", "days", MonthFirst+DayFirst-order
	switch p.areDays(s, other, order) {
	case noDays:
		taken = ""
	case surelyDays:
		taken, order = "", other
	case likelyDays:
		taken, or, order, other = or, taken, other, order
	}
	switch {
	case taken != "":
		least := slices.MinFunc(slices.Collect(maps.Keys(s.spans)), func(a, b [4]string) int { return slices.Compare(a[:], b[:]) })
		return order, fmt.Sprintf("its billing periods, like %s to %s, are taken as %s, and its dates as %s; if they are %s, load it with "+
			"--date-order %s", least[0], least[1], taken, order, or, other.Flag())
	case order == DayFirst:
		return order, "its dates are day/month/year, as its billing periods show"
	}
	return order, ""
}

// A daily says whether billing periods are days.
type daily int

// What their charges say of that: maybe is where each is of all of its period.
const (
	noDays daily = iota
	maybeDays
	likelyDays
	surelyDays
)

// areDays says whether all billing periods, which are months in another order of dates, are days in this one: their charges
// lie in that day, and some of them tell. That is surely one of its last hour, which would last from the first day of that month to its
// end; and likely one that ends on the first day of that month, where none is of all of the day, which might be the month.
func (p *plan) areDays(s sample, order, months DayOrder) daily {
	var whole, early, lastHour bool
	for span := range s.spans {
		var at [4]int64
		for i, v := range span {
			t, err := p.time([]byte(v), order)
			if err != nil {
				return noDays
			}
			at[i] = t
		}
		last, err := p.time([]byte(span[3]), months)
		first, err2 := p.time([]byte(span[0]), months)
		if err != nil || err2 != nil || at[1]-at[0] != microsOfDay || at[2] < at[0] || at[2] >= at[1] || at[3] > at[1] || last < first {
			return noDays
		}
		whole = whole || at[2] == at[0] && at[3] == at[1]
		early = early || last-first <= microsOfDay
		lastHour = lastHour || at[2] >= at[1]-microsOfHour && last-first > microsOfDay
	}
	switch {
	case lastHour:
		return surelyDays
	case early && !whole:
		return likelyDays
	}
	return maybeDays
}

// onlyOrder returns the order for which alone something speaks; by evidence where that is none, or both.
func onlyOrder(month, day bool) DayOrder {
	switch {
	case month && !day:
		return MonthFirst
	case day && !month:
		return DayFirst
	}
	return OrderByEvidence
}

// areMonths reports whether all billing periods are months in an order of dates, and most charges, in theirs, lie in
// them: where they do not, periods and charges are written in two orders.
func (p *plan) areMonths(s sample, order, charges DayOrder) bool {
	inside := 0
	for span := range s.spans {
		from, _, err := p.periodDay([]byte(span[0]), false, order)
		to, _, err2 := p.periodDay([]byte(span[1]), true, order)
		if days := to - from; err != nil || err2 != nil || days < 27 || days > 32 {
			return false
		}
		if day, _, err := p.periodDay([]byte(span[2]), false, charges); err == nil && (day == 0 || from <= day && day <= to) {
			inside++
		}
	}
	return len(s.spans) > 0 && inside*2 >= len(s.spans)
}

// inTwoOrders reports whether charges lie in billing periods that are months only where the two are written in two orders. A day
// that can be read in one order alone is refused with its line.
func (p *plan) inTwoOrders(s sample) bool {
	for span := range s.spans {
		for _, order := range []DayOrder{MonthFirst, DayFirst} {
			if _, _, err := p.periodDay([]byte(span[2]), false, order); err != nil {
				return false
			}
		}
	}
	alike := p.areMonths(s, MonthFirst, MonthFirst) || p.areMonths(s, DayFirst, DayFirst)
	return !alike && (p.areMonths(s, MonthFirst, DayFirst) || p.areMonths(s, DayFirst, MonthFirst))
}

var errTwoOrders = errors.New("its billing periods and its charges' days are written in two orders of day and month, for only then the charges " +
	"lie in their periods; export it anew, and do not open it in a spreadsheet; if all are written alike, say how with --date-order")

// halfTurned returns an error where a spreadsheet has turned day and month of dates. One that expects the day first takes
// 03/05/2026 for 3 May, and writes it as it writes dates; it leaves 03/13/2026 as it is. Then all dates that can mean one thing
// only have a day beyond 12, none of those that are written otherwise has, and these lie in the months of those with day and
// month turned only. All days of charges are asked, for a file's first days may be more than decide looks at.
func (p *plan) halfTurned(charged map[writtenDay]string) error {
	left, others := map[usage.Day]string{}, map[usage.Day]string{}
	for w, v := range charged {
		switch {
		case !w.open:
			others[w.day] = v
		case w.day.Time().Day() <= 12:
			return nil
		default:
			left[w.day] = v
		}
	}
	return turned(left, others, p.order)
}

// turned returns an error where days have day and month turned, as those show that a spreadsheet left in an order of dates.
func turned(left, others map[usage.Day]string, order DayOrder) error {
	of, example, elsewhere := map[usage.Day]bool{}, "", ""
	for day, v := range left {
		of[day.Month().From], example = true, max(example, v)
	}
	for day, v := range others {
		y, m, d := day.Time().Date()
		if d > 12 || !of[usage.Date(y, time.Month(d), int(m)).Month().From] {
			return nil
		}
		if !of[day.Month().From] {
			elsewhere = max(elsewhere, v)
		}
	}
	if elsewhere == "" {
		return nil
	}
	return fmt.Errorf("day and month of its dates like %s are turned, as those like %s show: a spreadsheet took %s for %s, and left the days beyond "+
		"12 as they were; load the file as it was exported, or have the spreadsheet read the column as text", elsewhere, example, order, MonthFirst+DayFirst-order)
}

// A writtenDay is a day on which something was charged, and whether it is written as one whose order of day and month may be open.
type writtenDay struct {
	day  usage.Day
	open bool
}

// writtenDayOf is t, which b says.
func writtenDayOf(b []byte, t int64) writtenDay {
	_, n := digits(b, 2)
	return writtenDay{dayOfMicros(t), len(b) > n+1 && (b[n] == '/' || b[n] == '-') && b[n+1] <= '9'}
}

// errOpenDays says that nothing in a file tells 02/03 from 03/02.
var errOpenDays = errors.New("nothing says what 02/03 means")
