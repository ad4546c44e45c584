package loader

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"usagereport/usage"
)

// A Decimals says how a file writes numbers.
type Decimals int

// How numbers are written. By evidence means that the file's first megabyte decides.
const (
	DecimalsByEvidence Decimals = iota
	DecimalPoint
	DecimalComma
)

// DecimalsOf returns how numbers are written by what --decimals says, by evidence where it says nothing.
func DecimalsOf(flag string) (d Decimals, known bool) {
	for _, d := range []Decimals{DecimalsByEvidence, DecimalPoint, DecimalComma} {
		if d.Flag() == flag {
			return d, true
		}
	}
	return DecimalsByEvidence, false
}

// Flag is what --decimals has for how numbers are written.
func (d Decimals) Flag() string {
	switch d {
	case DecimalPoint:
		return "point"
	case DecimalComma:
		return "comma"
	}
	return ""
}

// Why a number or a currency is refused.
var (
	errComma     = errors.New("is not a decimal number; if the file writes decimals with a comma, load it with --decimals comma")
	errPoint     = errors.New("is not a number with a decimal comma, as the file's other numbers are")
	errHuge      = errors.New("is over 100,000,000,000,000,000, which no usage is")
	errCurrency  = errors.New("is not a currency code like EUR")
	errSpan      = errors.New("is a billing period of over 400 days")
	errReversed  = errors.New("is before the billing period begins")
	errNoPeriod  = errors.New("is the day on which the billing period begins, and FOCUS ends one with the day after its last; write that day")
	errCut       = errors.New("the file ends in the middle of this row; fetch it again")
	errEncoding  = errors.New("is not UTF-8; save the file as UTF-8")
	errMixedDays = errors.New("the file's dates are written both month/day/year and day/month/year, so nothing says what 02/03 " +
		"means; export it anew, and do not open it in a spreadsheet")
	errMixed = errors.New("the file's numbers are written both with decimal points and with decimal commas; export it anew, or " +
		"say which with --decimals point or --decimals comma")
	errOpen = errors.New("the file's numbers could mean thousands or decimals (like 1,234); say which with --decimals point or " +
		"--decimals comma")
)

// maxQuantity is the largest number that a row may have. Sums of many rows must fit
// into 38 digits, of which the ledger keeps 18 for the fraction.
func maxQuantity() usage.Decimal { return usage.DecimalOf(100_000_000_000_000_000) }

// maxSum is the largest that the numbers of one file may add up to: a ledger of many
// such files can still be added up.
func maxSum() usage.Decimal { return usage.DecimalOf(1_000_000_000_000_000_000) }

// A written number, without blanks: digits in groups of three or not at all; with points in India's, too (1,23,456.78).
var (
	withPoint = regexp.MustCompile(`^[-+]?(\d{1,3}(,\d{3})+|[1-9]\d?(,\d\d)+,\d{3}|\d*)(\.\d*)?([eE][-+]?\d+)?$`)
	withComma = regexp.MustCompile(`^[-+]?(\d{1,3}(\.\d{3})+|\d*)(,\d*)?([eE][-+]?\d+)?$`)
)

// dash is what a spreadsheet shows for nothing in the format of accounts, with the currency's sign or without.
var dash = regexp.MustCompile(`^\p{Sc}?[ \x{a0}]*[-–—][ \x{a0}]*\p{Sc}?$`)

// number reads a number as the file writes numbers. An empty value, null, a dash alone and blanks
// are no number.
func (p *plan) number(b []byte) (d usage.Decimal, rounded, empty bool, err error) {
	if len(b) == 0 {
		return d, false, true, nil
	}
	if p.decimals != DecimalComma {
		if d, rounded, err = usage.ParseDecimal(b); err == nil {
			return d, rounded, false, nil
		}
	}
	t := trimBlanks(b)
	if isNone(t) || dash.Match(t) {
		return usage.Decimal{}, false, true, nil
	}
	text := ungrouped(p.bare(string(t)))
	switch {
	case isNarrow(t):
		return d, false, false, errNarrow
	case p.decimals == DecimalComma:
		if !withComma.MatchString(text) {
			return d, false, false, errPoint
		}
		text = strings.Replace(strings.ReplaceAll(text, ".", ""), ",", ".", 1)
	case strings.Contains(text, ","):
		if !p.grouped || !withPoint.MatchString(text) {
			return d, false, false, errComma
		}
		text = strings.ReplaceAll(text, ",", "")
	}
	d, rounded, err = usage.ParseDecimal(text)
	return d, rounded, false, err
}

// bare returns a number with its minus in front, where it stood behind or was parentheses, and
// without the sign of the currency, where that is the file's only one. What is no such number
// stays as it is.
func (p *plan) bare(text string) string {
	if n := len(text); text[0]-'0' <= 9 && text[n-1]-'0' <= 9 {
		return text
	}
	t, minus, signs := strings.ReplaceAll(text, "\u2212", "-"), "", 0
	if strings.HasPrefix(t, "(") && strings.HasSuffix(t, ")") {
		t, minus, signs = t[1:len(t)-1], "-", 1
	}
	for range 2 { // a minus may stand outside of the currency's sign, or inside
		switch {
		case t == "":
			return text
		case t[0] == '-', t[0] == '+':
			t, minus, signs = t[1:], strings.Trim(t[:1], "+"), signs+1
		case t[len(t)-1] == '-', t[len(t)-1] == '+':
			t, minus, signs = t[:len(t)-1], strings.Trim(t[len(t)-1:], "+"), signs+1
		}
		if word, rest, _ := around(t); p.sign != "" && word != "" && means(word, p.sign) {
			t = rest
		}
		t = string(trimBlanks([]byte(t)))
	}
	if signs > 1 || t == "" {
		return text
	}
	return minus + t
}

// spaced is a number with blanks between its groups of three digits.
var spaced = regexp.MustCompile(`^[-+]?\d{1,3}( \d{3})+([.,]\d*)?$`)

// ungrouped returns a number without the marks that can only stand between groups of
// three digits, as French and Swiss programs write them, all of one kind. What is no such
// number stays as it is.
func ungrouped(text string) string {
	if strings.Contains(text, " ") || !strings.ContainsAny(text, "'\u2019\u00a0\u202f\u2009") {
		return text // a common blank may stand between two numbers as well
	}
	for _, mark := range []string{"'", "\u2019", "\u00a0", "\u202f", "\u2009"} {
		if strings.Contains(text, mark) && spaced.MatchString(strings.ReplaceAll(text, mark, " ")) {
			return strings.ReplaceAll(text, mark, "")
		}
	}
	return text
}

// trimBlanks removes blanks around b, of every width.
func trimBlanks(b []byte) []byte {
	return bytes.Trim(b, " \t\u00a0\u202f\u2009")
}

// isNull reports whether b says that there is no value, as databases write it, NULL or \N, and as Python does: nan or <NA>.
func isNull(b []byte) bool {
	switch len(b) {
	case 2:
		return string(b) == `\N`
	case 3:
		return string(b) == "nan" || string(b) == "NaN"
	case 4:
		return strings.EqualFold(string(b), "null") || string(b) == "<NA>"
	}
	return false
}

// isNone reports whether b, where a number or a date is due, says that there is none: a text may be one of these
// words of Python's.
func isNone(b []byte) bool {
	return len(b) == 0 || isNull(b) || string(b) == "None" || string(b) == "NaT"
}

// decide finds out from a file's first rows how it writes numbers and dates, where
// the options do not say.
// neighbours says how the files beside it write dates, and which of them shows it; it is
// asked where the file leaves it open.
func (p *plan) decide(head []byte, whole bool, neighbours func() (DayOrder, string)) (notes []string, err error) {
	s := p.sample(head, whole)
	if p.format.OneCurrency && p.currencyName == usage.NoCurrency && len(s.currencies) == 1 {
		p.currencyName = slices.Collect(maps.Keys(s.currencies))[0]
	}
	switch codes := slices.Collect(maps.Keys(s.currencies)); len(codes) {
	case 0:
		p.sign = p.currencyName
	case 1:
		p.sign = codes[0]
	}
	for i, v := range s.numbers {
		s.numbers[i] = p.bare(v)
	}
	if p.decimals == DecimalsByEvidence {
		if p.decimals, p.grouped, err = decimalsOf(s.numbers); err != nil {
			return nil, err
		}
		if p.decimals == DecimalComma {
			notes = append(notes, "its numbers have decimal commas (0,25), as its own values show")
		}
	} else {
		p.grouped = true // the user says how to read 1,234
	}
	if p.namedYears = yearOf(s.named); p.namedYears == yearOpen {
		p.namedYears = p.yearInside(s)
	}
	if p.namedYears == yearOpen && p.order == DayFirst {
		p.namedYears = yearLast
	}
	if p.namedYears == yearFirst {
		notes = append(notes, fmt.Sprintf("its dates, like %s, begin with the year, as their last numbers show", s.named[len(s.named)-1]))
	}
	p.yearsFirst = yearsFirst(s.short)
	p.shortYears = p.order != OrderByEvidence && !p.yearsFirst || s.parts != OrderByEvidence || yearsLast(s.short)
	if p.shortYears && len(s.short) > 0 {
		notes = append(notes, fmt.Sprintf("its years of two digits, like %s, are taken as 20..", s.short[len(s.short)-1]))
	}
	p.open = len(s.days) > 0 && p.ownOrder(s.days) == OrderByEvidence
	if p.order != OrderByEvidence {
		if len(s.days) > 0 {
			p.shown = p.order
		}
		return notes, nil
	}
	if s.parts != OrderByEvidence {
		p.shown = s.parts
		if p.order = s.parts; p.order == DayFirst {
			notes = append(notes, dayFirstShown)
		}
		return notes, nil
	}
	var note string
	if p.order, note, err = p.orderOf(s, p.format.Order); err != nil && !errors.Is(err, errOpenDays) {
		return nil, err
	}
	switch {
	case len(s.days) == 0:
	case err == nil && (p.format.Order == OrderByEvidence || p.shownOrder(s) == p.order):
		p.shown = p.order
	case err != nil:
		if order, shows := neighbours(); order != OrderByEvidence {
			p.order, p.shown = order, order
			note = fmt.Sprintf("its dates, like %s, are taken as %s, as those of %s are", s.days[len(s.days)-1], order, shows)
		}
	}
	if note != "" {
		notes = append(notes, note)
	}
	return notes, nil
}

// yearInside returns where dates like 25-Apr-26 have their year, by the billing periods in which the charges lie then.
func (p *plan) yearInside(s sample) namedYear {
	inside := map[namedYear]bool{}
	for in := range s.namedIn {
		from, _, err := p.periodDay([]byte(in[1]), false, MonthFirst)
		to, _, err2 := p.periodDay([]byte(in[2]), true, MonthFirst)
		if err != nil || err2 != nil {
			return yearOpen
		}
		for _, where := range []namedYear{yearLast, yearFirst} {
			long, _ := longNamed([]byte(in[0]), where)
			if t, err := parseNamed(long); err == nil && from <= dayOfMicros(t) && dayOfMicros(t) <= to {
				inside[where] = true
			}
		}
	}
	switch {
	case inside[yearLast] && !inside[yearFirst]:
		return yearLast
	case inside[yearFirst] && !inside[yearLast]:
		return yearFirst
	}
	return yearOpen
}

// dated returns the positions of the columns that hold dates, also of those that are not read: one
// program wrote them all.
func (p *plan) dated() []int {
	out := slices.Concat(p.days, p.periods[:])
	for i, name := range p.header {
		if strings.Contains(strings.ToLower(name), "date") && !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	return out
}

// time reads a date or a time as the file writes years.
func (p *plan) time(b []byte, order DayOrder) (int64, error) {
	if p.namedYears != yearByValue && shortNamed.Match(b) {
		if p.namedYears == yearOpen {
			return 0, errNamedYear
		}
		b, _ = longNamed(b, p.namedYears)
	}
	t, err := parseTime(b, order)
	switch {
	case !errors.Is(err, errShortYear):
	case p.shortYears:
		b, _ = longYear(b)
		return parseTime(b, order)
	case p.yearsFirst:
		return t, errYearFirst
	}
	return t, err
}

// openDate is a date that could be month-first or day-first.
var openDate = regexp.MustCompile(`^\d{1,2}[-/]\d{1,2}[-/](\d{4}|\d{2}( |$))`)

// A sample is what the first rows of a file say.
type sample struct {
	numbers    []string
	days       []string
	short      []string           // dates with a year of two digits
	named      []string           // likewise with a month's name between two numbers
	namedIn    map[[3]string]bool // those of charges, each with its billing period
	spans      map[[4]string]bool // billing periods, each with the day of a charge in it and where that ends
	parts      DayOrder           // that columns with the month and the day of each date show
	currencies map[string]bool
}

// sample reads the first rows of a file; whole says that head is all of it.
func (p *plan) sample(head []byte, whole bool) (s sample) {
	if !whole {
		head = head[:lastRecordEnd(head)]
	}
	s.currencies, s.spans, s.namedIn = map[string]bool{}, map[[4]string]bool{}, map[[3]string]bool{}
	dated := p.dated()
	month, day := p.header.find(column{"Month"}), p.header.find(column{"Day"})
	denied := false // the parts show both orders
	r := newRecordReader(head, p.delim)
	at := func(n, i int) string {
		if i < 0 || i >= n {
			return ""
		}
		return string(trimBlanks(ofFormula(r.value(i))))
	}
	for {
		n, err := r.split()
		if n == 0 && err == nil || errors.Is(err, errBareQuote) || errors.Is(err, errAfterText) {
			r.skipLine()
			continue
		}
		if err != nil {
			if denied {
				s.parts = OrderByEvidence
			}
			return s
		}
		for _, i := range p.numbers {
			if v := at(n, i); strings.ContainsAny(v, ".,") {
				s.numbers = append(s.numbers, v)
			}
		}
		if p.currency >= 0 {
			if code, ok := currencyCode([]byte(at(n, p.texts[p.currency]))); ok && code != "" {
				s.currencies[code] = true
			}
		}
		for _, i := range dated {
			v := at(n, i)
			if openDate.MatchString(v) {
				s.days = append(s.days, v)
			}
			if shortDate.MatchString(v) {
				s.short = append(s.short, v)
			}
			if shortNamed.MatchString(v) {
				s.named = append(s.named, v)
			}
		}
		charged := at(n, p.days[0])
		if shortNamed.MatchString(charged) {
			s.namedIn[[3]string{charged, at(n, p.periods[0]), at(n, p.periods[1])}] = true
		}
		if from, to := at(n, p.periods[0]), at(n, p.periods[1]); openDate.MatchString(from) && openDate.MatchString(to) {
			ends := ""
			if len(p.days) > 1 {
				ends = at(n, p.days[1])
			}
			s.spans[[4]string{from, to, charged, ends}] = true
		}
		if order := partsOrder(charged, at(n, month), at(n, day)); order != OrderByEvidence {
			denied = denied || s.parts != OrderByEvidence && s.parts != order
			s.parts = order
		}
	}
}

// partsOrder returns the order of a date whose month and day stand beside it, too; by evidence where
// they are alike, or say nothing.
func partsOrder(date, month, day string) DayOrder {
	month, day = strings.TrimLeft(month, "0"), strings.TrimLeft(day, "0")
	if !openDate.MatchString(date) || month == day || month == "" || day == "" {
		return OrderByEvidence
	}
	parts := strings.FieldsFunc(date, func(r rune) bool { return r < '0' || '9' < r })
	switch first, second := strings.TrimLeft(parts[0], "0"), strings.TrimLeft(parts[1], "0"); {
	case first == month && second == day:
		return MonthFirst
	case first == day && second == month:
		return DayFirst
	}
	return OrderByEvidence
}

// decimalsOf finds how all numbers of a file are written; each alone may be open.
// grouped says that they may have commas between thousands.
func decimalsOf(values []string) (d Decimals, grouped bool, err error) {
	var point, comma, open bool
	for _, v := range values {
		body, _, _ := strings.Cut(strings.ToLower(strings.TrimLeft(ungrouped(v), "+-")), "e")
		i, j := strings.LastIndexByte(body, '.'), strings.LastIndexByte(body, ',')
		switch {
		case j < 0 && strings.Count(body, ".") > 1 && withComma.MatchString(body):
			comma = true // 1.234.567
		case j < 0:
			// 1.234 is open, but with a point alone it is what every cloud writes.
			point = point || len(body)-i-1 != 3 || body[0] == '0'
		case i >= 0 && i > j && withPoint.MatchString(body):
			point, grouped = true, true // 1,234.5
		case i >= 0 && withComma.MatchString(body):
			comma = true // 1.234,5
		case strings.Count(body, ",") > 1 && withPoint.MatchString(body):
			point, grouped = true, true // 1,234,567
		case !withComma.MatchString(body): // no number; its row will be refused
		case len(body)-j-1 != 3, j > 3, j == 0, body[0] == '0':
			comma = true // 1,25 and 0,123
		default:
			open = true
		}
	}
	switch {
	case point && comma:
		return 0, false, errMixed
	case comma:
		return DecimalComma, false, nil
	case open && !point:
		return 0, false, errOpen
	}
	return DecimalPoint, grouped || open, nil
}

// currencyCode returns the ISO 4217 code that b means, in capitals: a code in any
// case, or a sign that only one currency has.
func currencyCode(b []byte) (string, bool) {
	if len(b) == 3 && isCapital(b[0]) && isCapital(b[1]) && isCapital(b[2]) {
		return string(b), true
	}
	t := strings.ToUpper(string(trimBlanks(b)))
	switch t {
	case "", "NULL", "NONE", "NAN", "<NA>":
		return "", true
	case "€":
		return "EUR", true
	case "£":
		return "GBP", true
	}
	if len(t) == 3 && isCapital(t[0]) && isCapital(t[1]) && isCapital(t[2]) {
		return t, true
	}
	return "", false
}

func isCapital(c byte) bool { return c >= 'A' && c <= 'Z' }

// periodDay reads a value of a billing period's column as a day, as the file's own zone
// has it. A time after noon means the day after: a month of India's begins at 18:30 UTC of
// the day before, and one that names its last second ends with it; moved says the latter.
func (p *plan) periodDay(b []byte, end bool, order DayOrder) (day usage.Day, moved bool, err error) {
	t := trimBlanks(b)
	if isNone(t) {
		return 0, false, nil
	}
	utc, err := p.time(t, order) // also in what zone says
	if err != nil {
		return 0, false, err
	}
	micros, err := p.time(zone.ReplaceAll(t, []byte("$1")), order)
	if err != nil {
		return 0, false, err
	}
	day = dayOfMicros(micros)
	clock := micros - int64(day)*microsOfDay
	switch {
	case clock == 0:
		return day, false, nil
	case utc%microsOfDay == 0: // UTC's midnight, by the clock of another place
		return dayOfMicros(utc), false, nil
	case clock > microsOfDay/2, clock >= tenHours && day+1 == day.Month().To:
		return day + 1, end && clock >= microsOfDay-60_000_000, nil
	}
	return day, false, nil
}

// tenHours is when, by UTC, the next day begins where it begins first. A place where a day
// begins as late as that is west of UTC, whose months do not begin on the last day of UTC's.
const tenHours = 10 * 3600 * 1_000_000

const microsOfDay = 86_400_000_000

// zone is the end of a time of day that says its zone. A year after a dash is none: 01-05-2026.
var zone = regexp.MustCompile(`(?i)(:[\d.]+(?: ?[ap]m)?)(?: ?utc| ?gmt|z| ?[-+]\d\d(?::?\d\d)?)$`)
