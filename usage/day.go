package usage

import (
	"fmt"
	"strings"
	"time"
)

// A Day is a calendar day in the calendar of the bill (UTC for Azure), counted
// in days since 1970-01-01. The zero Day is 1970-01-01, which no bill reaches,
// so it also serves as "no day".
type Day int32

// ParseDay reads a day in the form YYYY-MM-DD.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("day %q: not a date in the form YYYY-MM-DD", s)
	}
	return DayOf(t), nil
}

// DayOf returns the day of t in t's own time zone.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Date(y, m, d)
}

// Date returns the day with this date. Out-of-range values are normalised as
// time.Date does.
func Date(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Time returns the start of d in UTC.
func (d Day) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String returns d as YYYY-MM-DD.
func (d Day) String() string { return d.Time().Format(time.DateOnly) }

// Weekday returns the day of the week of d.
func (d Day) Weekday() time.Weekday { return time.Weekday(((int(d)+4)%7 + 7) % 7) }

// Month returns the calendar month that holds d.
func (d Day) Month() Period {
	y, m, _ := d.Time().Date()
	return Period{From: Date(y, m, 1), To: Date(y, m+1, 1)}
}

// MarshalText writes d as YYYY-MM-DD; "no day" is empty.
func (d Day) MarshalText() ([]byte, error) {
	if d == 0 {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (d *Day) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = 0
		return nil
	}
	v, err := ParseDay(string(b))
	*d = v
	return err
}

// A Period is a run of whole days, from From up to but not including To. The
// zero Period is empty.
//
// Half-open periods join without gap or overlap: a period and the one after it
// share no day, and the length is To minus From with no "plus one" anywhere.
type Period struct {
	From Day `json:"from"`
	To   Day `json:"to"`
}

// AllDays returns the days of which charges may be.
func AllDays() Period { return Period{From: Date(1900, 1, 1), To: Date(9999, 1, 1)} }

// ParseMonth reads a calendar month in the form YYYY-MM.
func ParseMonth(s string) (Period, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil {
		return Period{}, fmt.Errorf("month %q: not a month in the form YYYY-MM", s)
	}
	return DayOf(t).Month(), nil
}

// ParseSpan reads what Name writes: a month, 2026-07; a quarter, 2026-Q3; a year, 2026; or
// any days, 2026-07-01..2026-08-15, both of which belong to it.
func ParseSpan(s string) (Period, error) {
	if from, last, ok := strings.Cut(s, ".."); ok {
		first, err := ParseDay(strings.TrimSpace(from))
		if err != nil {
			return Period{}, err
		}
		end, err := ParseDay(strings.TrimSpace(last))
		if err != nil {
			return Period{}, err
		}
		return DaysFrom(first, end)
	}
	year, quarter, ok := strings.Cut(strings.ToUpper(s), "-Q")
	n := 1
	switch {
	case ok && len(quarter) == 1 && "1" <= quarter && quarter <= "4":
		n = int(quarter[0]-'0')*3 - 2
	case ok, len(year) != 4:
		return ParseMonth(s)
	}
	first, err := ParseMonth(fmt.Sprintf("%s-%02d", year, n))
	if err != nil {
		return Period{}, fmt.Errorf("%q: not a year like 2026, a quarter like 2026-Q3, or a month like 2026-07", s)
	}
	length := 12
	if ok {
		length = 3
	}
	return Period{From: first.From, To: first.From.addMonths(length)}, nil
}

// maxDays is how many days one may ask for at once, a little more than thirty years.
const maxDays = 11000

// DaysFrom returns the days from first to last, both of which belong to them.
func DaysFrom(first, last Day) (Period, error) {
	p := Period{From: first, To: last + 1}
	switch {
	case last < first:
		return Period{}, fmt.Errorf("days %s..%s: they end before they begin", first, last)
	case p.Days() > maxDays:
		return Period{}, fmt.Errorf("days %s..%s: they are more than %d", first, last, maxDays)
	}
	return p, nil
}

// Name writes p as ParseSpan reads it.
func (p Period) Name() string {
	y, m, d := p.From.Time().Date()
	switch {
	case p.Empty() || d != 1:
	case p.To == p.From.addMonths(1):
		return fmt.Sprintf("%d-%02d", y, m)
	case p.To == p.From.addMonths(3) && m%3 == 1:
		return fmt.Sprintf("%d-Q%d", y, m/3+1)
	case p.To == p.From.addMonths(12) && m == time.January:
		return fmt.Sprint(y)
	}
	return p.From.String() + ".." + p.Last().String()
}

// Earlier returns the period of p's length before p: as many months where p is of whole
// months, else as many days.
func (p Period) Earlier() Period {
	if months := p.months(); months > 0 {
		return Period{From: p.From.addMonths(-months), To: p.From}
	}
	return Period{From: p.From - (p.To - p.From), To: p.From}
}

// YearBefore returns the days of p a year earlier.
func (p Period) YearBefore() Period {
	if p.months() > 0 {
		return Period{From: p.From.addMonths(-12), To: p.To.addMonths(-12)}
	}
	from := p.From.addMonths(-12)
	return Period{From: from, To: from + (p.To - p.From)}
}

// months returns how many whole calendar months p is; 0 where it is none.
func (p Period) months() int {
	fy, fm, fd := p.From.Time().Date()
	ty, tm, td := p.To.Time().Date()
	if fd != 1 || td != 1 || p.Empty() {
		return 0
	}
	return (ty-fy)*12 + int(tm-fm)
}

func (d Day) addMonths(n int) Day {
	y, m, day := d.Time().Date()
	return Date(y, m+time.Month(n), day)
}

// Days returns the number of days in p.
func (p Period) Days() int { return max(0, int(p.To-p.From)) }

// Empty reports whether p has no day.
func (p Period) Empty() bool { return p.To <= p.From }

// Last returns the last day of p.
func (p Period) Last() Day { return p.To - 1 }

// Contains reports whether d lies in p.
func (p Period) Contains(d Day) bool { return p.From <= d && d < p.To }

// Overlaps reports whether p and q share a day.
func (p Period) Overlaps(q Period) bool { return max(p.From, q.From) < min(p.To, q.To) }

// Elapsed returns the part of p that is over at the end of asOf. A comparison
// of an unfinished period uses the same number of days of each prior one.
func (p Period) Elapsed(asOf Day) Period {
	return Period{From: p.From, To: max(p.From, min(p.To, asOf+1))}
}

// First returns the first n days of p, or all of p if it is shorter.
func (p Period) First(n int) Period {
	return Period{From: p.From, To: min(p.To, p.From+Day(n))}
}

// String returns the first and the last day of p: "2018-06-12 to 2018-07-11".
func (p Period) String() string {
	if p.Empty() {
		return "no days"
	}
	return p.From.String() + " to " + p.Last().String()
}
