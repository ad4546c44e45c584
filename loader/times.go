package loader

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"usagereport/usage"
)

// A DayOrder says how a file writes dates with slashes. It holds for a whole
// file, never for a row.
type DayOrder int

// The orders of day and month in a date like 02/03/2026. Every Azure file seen
// is month-first; a spreadsheet may have rewritten one. By evidence means that the
// file's first megabyte decides.
const (
	OrderByEvidence DayOrder = iota
	MonthFirst
	DayFirst
)

// String says how a date is written.
func (o DayOrder) String() string {
	switch o {
	case MonthFirst:
		return "month/day/year"
	case DayFirst:
		return "day/month/year"
	}
	return "what the file shows"
}

// DayOrderOf returns the order that --date-order says, by evidence where it says nothing.
func DayOrderOf(flag string) (o DayOrder, known bool) {
	for _, o := range []DayOrder{OrderByEvidence, MonthFirst, DayFirst} {
		if o.Flag() == flag {
			return o, true
		}
	}
	return OrderByEvidence, false
}

// Flag is what --date-order has for an order.
func (o DayOrder) Flag() string {
	switch o {
	case MonthFirst:
		return "month-first"
	case DayFirst:
		return "day-first"
	}
	return ""
}

var (
	errNotADate  = errors.New("is not a date")
	errDayMonth  = errors.New("is not month/day/year; if the whole file is written day/month/year, load it with --date-order day-first")
	errMonthDay  = errors.New("is not day/month/year, which --date-order day-first asked for")
	errYearRange = errors.New("is a date before 2000 or after 2200")
	errBackward  = errors.New("is before the charge begins")
	errShortYear = errors.New("has a year of two digits, and nothing in the file says which number it is; load it with --date-order " +
		"where it is the last, or give the column the format YYYY-MM-DD in the spreadsheet and save it again")
	errYearFirst = errors.New("has a year of two digits in front, as the file's other dates show, and --date-order is for years behind; " +
		"give the column the format YYYY-MM-DD in the spreadsheet and save it again")
	errNamedYear = errors.New("may begin or end with the year, and nothing in the file says which; load it with --date-order day-first where " +
		"the day comes first, or give the column the format YYYY-MM-DD in the spreadsheet and save it again")
	errSerial = errors.New("is the number that a spreadsheet has for a day; give the column the format of a date there, and save it again")
	errNarrow = errors.New("is what a spreadsheet writes where a column is too narrow; widen the column there, and save it again, or load " +
		"the file as it was exported")
)

// mostDays is how many days a charge may last before its end is doubted: a purchase
// for three years and a day more.
const mostDays = 3*366 + 1

// noTime stands for an empty time.
const noTime = int64(-1 << 63)

// parseTime reads a date or a time as microseconds since 1970 UTC:
// YYYY-M-D, YYYY/M/D, YYYY.M.D, YYYYMMDD, M/D/YYYY or D.M.YYYY, with an optional time of
// day, with an optional zone (UTC without one); such a date with points and blanks; or a day with an
// English month's name (1-Apr-26, Apr 1, 2026), whose year may have two digits: it is the last number, where that can be one;
// or a time as machines write it.
func parseTime(b []byte, order DayOrder) (int64, error) {
	t, err := parseDense(b, order)
	if !errors.Is(err, errNotADate) {
		return t, err
	}
	if m := spacedDate.FindSubmatch(b); m != nil {
		return parseDense(slices.Concat(m[1], []byte("."), m[2], []byte("."), m[3], m[4]), order)
	}
	if isNarrow(b) {
		return 0, errNarrow
	}
	if t, err := parseMachine(b); !errors.Is(err, errNotADate) {
		return t, err
	}
	return parseNamed(b)
}

// isNarrow reports whether b is what a spreadsheet writes in place of a value for which a column is too narrow.
func isNarrow(b []byte) bool { return len(b) > 0 && len(bytes.Trim(b, "#")) == 0 }

// spacedDate is a date with points and blanks, as in Hungary (2026. 03. 01.) and Slovenia (1. 3. 2026).
var spacedDate = regexp.MustCompile(`^(\d{1,4})\. ?(\d{1,2})\. ?(\d{1,4})\.?( \d.*)?$`)

// parseDense is parseTime for a date without blanks inside.
func parseDense(b []byte, order DayOrder) (int64, error) {
	var y, m, d int
	var rest []byte
	switch {
	case len(b) >= 8 && (b[4] == '-' || b[4] == '/' || b[4] == '.') && b[1]-'0' <= 9 && b[2]-'0' <= 9:
		mark := b[4]
		var n int
		if y, n = digits(b, 4); n != 4 {
			return 0, errNotADate
		}
		b = b[5:]
		if m, n = digits(b, 2); n == 0 || len(b) <= n || b[n] != mark {
			return 0, errNotADate
		}
		b = b[n+1:]
		if d, n = digits(b, 2); n == 0 {
			return 0, errNotADate
		}
		rest = b[n:]
	case len(b) == 8 && !bytes.ContainsAny(b, "/-."):
		var n int
		if y, n = digits(b, 4); n != 4 {
			return 0, errNotADate
		}
		m, _ = digits(b[4:], 2)
		if d, n = digits(b[6:], 2); n != 2 {
			return 0, errNotADate
		}
	default:
		first, n1 := digits(b, 2)
		if n1 == 0 || len(b) <= n1 || b[n1] != '/' && b[n1] != '.' && b[n1] != '-' {
			return 0, errNotADate
		}
		mark := b[n1]
		b = b[n1+1:]
		second, n2 := digits(b, 2)
		if n2 == 0 || len(b) <= n2 || b[n2] != mark {
			return 0, errNotADate
		}
		b = b[n2+1:]
		var n int
		switch y, n = digits(b, 4); {
		case n == 2 && (len(b) == n || b[n] == ' '):
			return 0, errShortYear
		case n != 4:
			return 0, errNotADate
		}
		rest = b[4:]
		m, d = first, second
		if order == DayFirst || mark == '.' { // with points, the day is first everywhere
			m, d = second, first
		}
		switch {
		case m <= 12 || mark == '.':
		case order == DayFirst:
			return 0, errMonthDay
		default:
			return 0, errDayMonth
		}
	}
	if err := yearOK(y); err != nil {
		return 0, err
	}
	day := usage.Date(y, time.Month(m), d)
	if dy, dm, dd := day.Time().Date(); dy != y || int(dm) != m || dd != d {
		return 0, errNotADate
	}
	micros := int64(day) * microsOfDay
	if len(rest) == 0 {
		return micros, nil
	}
	clock, err := parseClock(rest)
	return micros + clock, err
}

// shortDate is a date whose last number may be a year of two digits.
var shortDate = regexp.MustCompile(`^(\d{1,2})(?:[-/]|\. ?)(\d{1,2})(?:[-/]|\. ?)(\d{2})\.?( .*)?$`)

// longYear returns a date whose last number is a year of two digits with that year in full,
// as one since 2000; and whether it is such a date.
func longYear(b []byte) ([]byte, bool) {
	m := shortDate.FindSubmatchIndex(b)
	if m == nil {
		return b, false
	}
	year := m[6]
	return slices.Concat(b[:year], []byte("20"), b[year:]), true
}

// yearsLast reports whether dates that end with a number of two digits show that this is the
// year, and not the first one: a first one of one digit is none, no month is beyond 12, and the
// dates of a file lie in few years, none of them before there were clouds.
func yearsLast(dates []string) bool {
	first, second, last := numbers(dates)
	if slices.ContainsFunc(first, isDigit) || slices.ContainsFunc(second, func(v string) bool { return len(v) == 2 && v > "12" }) {
		return true
	}
	return len(dates) > 0 && apart(first) > 5 && apart(last) <= 1 && slices.Min(last) >= cloudYear
}

// yearsFirst reports whether dates that end with a number of two digits show that this is no year: one
// before there were clouds, or many beside a first number that hardly changes.
func yearsFirst(dates []string) bool {
	first, _, last := numbers(dates)
	if len(dates) == 0 || slices.ContainsFunc(first, isDigit) || slices.Min(first) < cloudYear {
		return false
	}
	return slices.Min(last) < cloudYear || apart(first) <= 1 && apart(last) > 3
}

// numbers returns the three numbers of each of dates.
func numbers(dates []string) (first, second, last []string) {
	for _, v := range dates {
		m := shortDate.FindStringSubmatch(v)
		first, second, last = append(first, m[1]), append(second, m[2]), append(last, m[3])
	}
	return first, second, last
}

func isDigit(v string) bool { return len(v) == 1 }

// apart returns how far numbers of two digits lie apart.
func apart(values []string) int {
	most, _ := digits([]byte(slices.Max(values)), 2)
	least, _ := digits([]byte(slices.Min(values)), 2)
	return most - least
}

// cloudYear is the first year of which there is usage, by two digits.
const cloudYear = "06"

// yearOK refuses a year that no usage is of.
func yearOK(y int) error {
	if y < 2000 || y > 2200 {
		return errYearRange
	}
	return nil
}

// A date with the month's English name, in the order of day, month and year, of month, day and year, and of year, month and
// day; then a time of day. Of a day and a year of two digits the day comes first.
var (
	dayNamed   = regexp.MustCompile(weekday + nth + `[-/ .] ?` + named + `(?:[-/ ]|, ?)` + someYear + clockBehind)
	monthNamed = regexp.MustCompile(weekday + named + `[-/ ]` + nth + `(?:[-/ ]|, ?)` + someYear + clockBehind)
	yearNamed  = regexp.MustCompile(`^(\d{4})[-/ ]` + named + `[-/ ](\d{1,2})` + clockBehind)
)

// spreadsheetDay is a day, or a time of one, as spreadsheets count them: 40000 is a day of 2009.
var spreadsheetDay = regexp.MustCompile(`^4\d{4}([.,]\d+)?$`)

// Of these three.
const (
	weekday     = `^(?i:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? )?`
	nth         = `(\d{1,2})(?:st|nd|rd|th)?`
	named       = `([A-Za-z]{3,9})\.?`
	someYear    = `(\d{4}|\d{2})`
	clockBehind = `(?:,?( .*)|(T.*))?$`
)

// A time as machines write it: seconds since 1970, or their thousandths, millionths and so on, or digits without marks.
var (
	sinceEpoch = regexp.MustCompile(`^(1\d{9})(?:((?:\d{3}){0,3})(?:\.0*)?|\.(\d+))$`)
	unmarked   = regexp.MustCompile(`^(\d{4})(\d\d)(\d\d)T?(\d\d)(\d\d)(\d\d)([.Z+-].*)?$`)
)

// parseMachine reads a time as machines write it.
func parseMachine(b []byte) (int64, error) {
	if m := sinceEpoch.FindSubmatch(b); m != nil {
		return strconv.ParseInt(fmt.Sprintf("%s%.6s", m[1], string(m[2])+string(m[3])+"000000"), 10, 64)
	}
	if m := unmarked.FindSubmatch(b); m != nil {
		return parseDense(fmt.Appendf(nil, "%s-%s-%sT%s:%s:%s%s", m[1], m[2], m[3], m[4], m[5], m[6], m[7]), MonthFirst)
	}
	return 0, errNotADate
}

// parseNamed reads a day as spreadsheets write it at length: with the month's English name, or in
// Chinese, Japanese and Korean.
func parseNamed(b []byte) (int64, error) {
	if spreadsheetDay.Match(b) {
		return 0, errSerial
	}
	for _, layout := range []string{"2006年1月2日", "2006년 1월 2일"} {
		if t, err := time.Parse(layout, string(b)); err == nil {
			return t.UnixMicro(), yearOK(t.Year())
		}
	}
	var year, name, day, clock string
	if m := dayNamed.FindStringSubmatch(string(b)); m != nil {
		day, name, year, clock = m[1], m[2], m[3], m[4]+m[5]
	} else if m := monthNamed.FindStringSubmatch(string(b)); m != nil {
		name, day, year, clock = m[1], m[2], m[3], m[4]+m[5]
	} else if m := yearNamed.FindStringSubmatch(string(b)); m != nil {
		year, name, day, clock = m[1], m[2], m[3], m[4]+m[5]
	} else {
		return 0, errNotADate
	}
	month := monthOf(name)
	if month == 0 {
		return 0, errNotADate
	}
	if len(year) == 2 {
		if len(day) == 2 && year < cloudYear && day >= cloudYear {
			day, year = year, day // 26-Apr-03
		}
		year = "20" + year
	}
	return parseDense(fmt.Appendf(nil, "%s-%02d-%s%s", year, month, day, clock), MonthFirst)
}

// shortNamed is a date of two numbers with the month's name between, of which the last has two digits: each of two digits may be
// the year.
var shortNamed = regexp.MustCompile(`^(\d{1,2})[-/ .] ?([A-Za-z]{3,9})\.?[-/ ](\d{2})([ T].*)?$`)

// A namedYear says where dates like 26-Apr-03 have their year.
type namedYear int

// Where it is. By value means that no file says it.
const (
	yearByValue namedYear = iota
	yearLast
	yearFirst
	yearOpen // a file says nothing, and each may be it
)

// yearOf returns where dates of two numbers of two digits and a month's name have their year: behind, as everywhere, unless that is
// before there were clouds or the dates lie nearer together with the year in front.
func yearOf(dates []string) namedYear {
	if len(dates) == 0 {
		return yearByValue
	}
	last, ends, days := spanOfNamed(dates, yearLast)
	first, begins, days2 := spanOfNamed(dates, yearFirst)
	same := !slices.ContainsFunc(dates, func(v string) bool { m := shortNamed.FindStringSubmatch(v); return m[1] != m[3] })
	const times = 4
	switch begins = begins && days2; {
	case ends && (!begins || same || !days || last*times < first):
		return yearLast
	case begins && (!ends || first*times < last):
		return yearFirst
	}
	return yearOpen
}

// spanOfNamed returns how far such dates lie apart, by where they have their year, whether all years have clouds, and whether
// all are days.
func spanOfNamed(dates []string, where namedYear) (span usage.Day, clouds, days bool) {
	var least, most usage.Day
	days = true
	for _, v := range dates {
		long, year := longNamed([]byte(v), where)
		if year < cloudYear || len(year) < 2 {
			return 0, false, false
		}
		t, err := parseNamed(long)
		if err != nil {
			days = false
			continue
		}
		day := dayOfMicros(t)
		if least == 0 {
			least = day
		}
		least, most = min(least, day), max(most, day)
	}
	return most - least, true, days
}

// longNamed returns such a date with its year, as it stands there, in full and last; what is no such date stays as it is.
func longNamed(b []byte, where namedYear) (long []byte, year string) {
	m := shortNamed.FindSubmatch(b)
	if m == nil {
		return b, ""
	}
	day, of := m[1], m[3]
	if where == yearFirst {
		day, of = of, day
	}
	return fmt.Appendf(nil, "%s-%s-20%s%s", day, m[2], of, m[4]), string(of)
}

// monthOf returns the month that an English name means, in full or as its beginning; 0 where it means none.
func monthOf(name string) time.Month {
	for m := time.January; m <= time.December; m++ {
		if full := m.String(); len(name) <= len(full) && strings.EqualFold(name, full[:len(name)]) {
			return m
		}
	}
	return 0
}

// parseClock reads the time of day behind a date, in microseconds since midnight UTC.
func parseClock(b []byte) (int64, error) {
	if b[0] != ' ' && b[0] != 'T' {
		return 0, errNotADate
	}
	clock := string(b[1:])
	for _, zone := range []string{" UTC", " GMT"} { // as BigQuery writes it
		if n := len(clock) - len(zone); n > 0 && strings.EqualFold(clock[n:], zone) {
			clock = clock[:n] + "Z"
		}
	}
	if n := strings.LastIndexByte(clock, ' '); n > 0 && n+1 < len(clock) && (clock[n+1] == '+' || clock[n+1] == '-') { // as Snowflake does
		clock = clock[:n] + clock[n+1:]
	}
	var nextDay int64
	if strings.HasPrefix(clock, "24") {
		if m := dayEnd.FindStringSubmatch(clock); m != nil {
			clock, nextDay = "00:00:00"+m[1], microsOfDay
		}
	}
	for _, layout := range []string{
		"15:04:05.999999999Z07:00", "15:04:05.999999999", "15:04Z07:00", "15:04", "15:04:05.999999999Z0700", "15:04:05.999999999Z07",
		"3:04:05 PM", "3:04 PM",
	} {
		if t, err := time.Parse(layout, clock); err == nil {
			if _, east := t.Zone(); east < -mostEast || east > mostEast {
				return 0, errNotADate
			}
			return t.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)).Microseconds() + nextDay, nil
		}
	}
	return 0, errNotADate
}

// dayEnd is the end of a day as a time of it, with what says its zone.
var dayEnd = regexp.MustCompile(`^24:00(?::00(?:\.0+)?)?(Z|[-+].*)?$`)

// mostEast is how many seconds the clock of a place may be before or behind UTC.
const mostEast = 14 * 3600

// digits reads up to most decimal digits.
func digits(b []byte, most int) (value, n int) {
	for n < len(b) && n < most && b[n]-'0' <= 9 {
		value = value*10 + int(b[n]-'0')
		n++
	}
	return value, n
}

// endOf returns when a charge ends that lasts from a time to another: FOCUS names the moment after it, some
// files its last second, or a part of that. That is within a second of whole hours.
func endOf(from, to int64) int64 {
	const second = 1_000_000
	if short := microsOfHour - (to-from)%microsOfHour; short <= second && from%(60*second) == 0 {
		return to + short
	}
	return to
}

const microsOfHour = 3600 * 1_000_000

func dayOfMicros(us int64) usage.Day {
	d := us / microsOfDay
	if us%microsOfDay < 0 {
		d--
	}
	return usage.Day(d)
}
