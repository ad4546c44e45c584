package loader

import (
	"errors"
	"fmt"

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
	shown := p.spanOrder(s)
	switch {
	case len(days) == 0:
		return MonthFirst, "", nil
	case !fits[MonthFirst] && !fits[DayFirst] && usual != OrderByEvidence:
		return usual, "", nil // the rows that are written otherwise are refused, with their address
	case !fits[MonthFirst] && !fits[DayFirst]:
		return 0, "", errMixedDays
	case !fits[MonthFirst]:
		return DayFirst, dayFirstShown, nil
	case fits[DayFirst] && shown == DayFirst:
		return DayFirst, "its dates are day/month/year, as its billing periods show", nil
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
	return p.spanOrder(s)
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

// spanOrder returns the order of dates in which alone all billing periods are months; by evidence
// where there is none. Where charges show that they are days in the other order, that is it.
func (p *plan) spanOrder(s sample) DayOrder {
	order := onlyOrder(p.areMonths(s, MonthFirst), p.areMonths(s, DayFirst))
	switch {
	case order == MonthFirst && p.areDays(s, DayFirst, order):
		return DayFirst
	case order == DayFirst && p.areDays(s, MonthFirst, order):
		return MonthFirst
	}
	return order
}

// areDays reports whether all billing periods, which are months in another order of dates, are days in this one: their charges
// lie in that day, and some of them tell. That is one of its last hour, which would last from the first day of that month to its
// end; or one that ends on the first day of that month, where none is of all of the day, which might be the month.
func (p *plan) areDays(s sample, order, months DayOrder) bool {
	var whole, early, lastHour bool
	for span := range s.spans {
		var at [4]int64
		for i, v := range span {
			t, err := p.time([]byte(v), order)
			if err != nil {
				return false
			}
			at[i] = t
		}
		last, err := p.time([]byte(span[3]), months)
		first, err2 := p.time([]byte(span[0]), months)
		if err != nil || err2 != nil || at[1]-at[0] != microsOfDay || at[2] < at[0] || at[2] >= at[1] || at[3] > at[1] || last < first {
			return false
		}
		whole = whole || at[2] == at[0] && at[3] == at[1]
		early = early || last-first <= microsOfDay
		lastHour = lastHour || at[2] >= at[1]-microsOfHour && last-first > microsOfDay
	}
	return lastHour || early && !whole
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

// areMonths reports whether all billing periods are months in an order of dates, and most charges lie in
// theirs: where they do not, periods and charges are written in two orders.
func (p *plan) areMonths(s sample, order DayOrder) bool {
	inside := 0
	for span := range s.spans {
		from, _, err := p.periodDay([]byte(span[0]), false, order)
		to, _, err2 := p.periodDay([]byte(span[1]), true, order)
		if days := to - from; err != nil || err2 != nil || days < 27 || days > 32 {
			return false
		}
		if day, _, err := p.periodDay([]byte(span[2]), false, order); err == nil && (day == 0 || from <= day && day <= to) {
			inside++
		}
	}
	return len(s.spans) > 0 && inside*2 >= len(s.spans)
}

// errOpenDays says that nothing in a file tells 02/03 from 03/02.
var errOpenDays = errors.New("nothing says what 02/03 means")
