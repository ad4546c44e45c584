package loader

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"usagereport/usage"
)

// An Account Center file (version 1 or 2) has three sections, each a title
// line, a header line and rows: Provisioning Status, Statement, Daily Usage.
// Titles and headers may be in the portal's language, so sections are told
// apart by position. Quantities per day stand in the third; money stands in the
// second alone, per meter and billing period, and is authoritative.
// (FORMATS: 1a, 1b.)

// Positions in a format's list of statement columns, which both versions give
// in the same order.
const (
	stPeriod = iota
	stCategory
	stSubcategory
	stMeter
	stRegion
	stUnit
	stConsumed
	stIncluded
	stOverage
	stCurrency
	stRate
	stValue
)

// A statementLine is one meter of one billing period, with its money.
type statementLine struct {
	period   int // index into sections.periods
	meter    [5]string
	currency string
	consumed usage.Decimal
	overage  usage.Decimal // consumed beyond what is included free of charge: what value is for
	value    usage.Decimal
	line     int64

	rows  []int // indices of the daily rows of its meter
	daily usage.Decimal
}

type billPeriod struct {
	name string
	span usage.Period
}

// A dailyRow is a row of the third section, its texts by number.
type dailyRow struct {
	key      uint32
	day      int64
	quantity usage.Decimal
	null     bool
}

// sections reads an Account Center file.
type sections struct {
	formats []*Format
	options scanOptions
	plan    *plan

	cut       bool     // no line end follows the record
	order     DayOrder // of the daily rows' dates, once one of them shows it
	section   int      // 0 before the first title
	header    Header
	wantHead  bool
	subID     string
	subName   string
	stHeader  Header
	statement []rawLine
	lines     []*statementLine
	byMeter   map[string]*statementLine
	periods   []billPeriod

	dict      *dictionary
	textAt    []int  // positions of format.texts in the third section, -1 for none
	meterAt   [5]int // positions of what names a meter
	packed    []byte
	daily     []dailyRow
	rows      *rows
	orphans   map[string]int // daily rows per meter without a statement line
	outside   int            // daily rows outside the bill's dates
	firstDate string
	lastDay   int64
	counts    counts
	warnings  []string
}

// A rawLine is a row of the statement section before its format is known.
type rawLine struct {
	fields []string
	line   int64
}

// errSections says that a file is no Account Center file after all.
var errSections = errors.New("it begins like an Azure usage file (a title line), but its sections Provisioning Status, Statement " +
	"and Daily Usage are not all there; it may be cut off")

// beginsSections reports whether a file begins with a line of one value, as the Account
// Center's files do, also where a spreadsheet has filled it up to the columns of the widest
// section, or has written which character separates the values above it; and returns that
// character.
func beginsSections(head []byte) (delim byte, begins bool) {
	head = bytes.TrimPrefix(head, bom)
	if m := separator.FindSubmatch(head); m != nil {
		delim, head = m[1][0], head[len(m[0]):]
	}
	line, rest, _ := bytes.Cut(head, []byte{'\n'})
	if bytes.ContainsAny(bytes.TrimRight(line, "\r,;\t|"), ",;\t|") {
		return delim, false
	}
	for _, next := range bytes.SplitN(rest, []byte{'\n'}, preamble) { // a header, by its columns
		at := cmp.Or(delim, delimiterOf(next))
		if bytes.Count(bytes.TrimRight(next, "\r,;\t|"), []byte{at}) >= sectionColumns-1 {
			return at, true
		}
	}
	return cmp.Or(delim, ','), false
}

// sectionColumns is how many columns the narrowest section has.
const sectionColumns = 10

// readSections reads r, of which delim separates the values, to its end. The rows that it
// then holds have their share of the statement's money.
func readSections(ctx context.Context, formats []*Format, r io.Reader, delim byte, o scanOptions) (*sections, error) {
	s := &sections{
		formats: formats, options: o, byMeter: map[string]*statementLine{}, orphans: map[string]int{}, lastDay: noTime,
		dict: newDictionary(), order: o.order,
	}
	err := blocks(ctx, r, 1, nil, func(b block) error {
		reader := newRecordReader(b.data, delim)
		for {
			fields, err := reader.next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			line := reader.lineOf(b)
			if err != nil {
				return fmt.Errorf("%d: %w", line, err)
			}
			s.cut = reader.pos == len(b.data) && b.data[len(b.data)-1] != '\n'
			if err := s.record(fields, line); err != nil {
				return err
			}
		}
	})
	if err != nil {
		return nil, err
	}
	if s.section < 3 || s.wantHead {
		return nil, errSections
	}
	if s.counts.size.Cmp(maxSum()) > 0 {
		return nil, errors.New("its quantities add up to over 10^18, which no usage does")
	}
	s.spread()
	return s, nil
}

// cell returns a value as text: one pair of quotation marks that stands inside
// the CSV value is the file's own wrapping, as is Excel's ="...".
func cell(b []byte) string {
	v := string(b)
	if strings.HasPrefix(v, `="`) && strings.HasSuffix(v, `"`) {
		v = v[1:]
	}
	if len(v) >= 2 && v[0] == '"' && v[len(v)-1] == '"' {
		v = v[1 : len(v)-1]
	}
	return v
}

func cells(fields [][]byte) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = cell(f)
	}
	return out
}

// filled returns how many fields there are without the empty ones at the end, which a
// spreadsheet adds up to the columns of the widest section.
func filled(fields [][]byte) int {
	n := len(fields)
	for n > 0 && len(trimBlanks(fields[n-1])) == 0 {
		n--
	}
	return n
}

func (s *sections) record(fields [][]byte, line int64) error {
	n := filled(fields)
	switch {
	case n == 0:
		return nil
	case n == 1 && s.section < 3:
		if !s.wantHead { // else what was taken for a title is a line above it
			s.section++
		}
		s.wantHead = true
		return nil
	case s.wantHead:
		s.wantHead = false
		return s.head(cells(fields[:n]))
	}
	switch s.section {
	case 1:
		if s.subID == "" {
			values := cells(fields)
			at := func(name string, position int) string {
				if i := s.header.find(column{name}); i >= 0 {
					position = i
				}
				if position < len(values) {
					return values[position]
				}
				return ""
			}
			s.subID, s.subName = at("Subscription ID", 0), at("Subscription Name", 1)
		}
	case 2:
		s.statement = append(s.statement, rawLine{cells(fields), line})
	case 3:
		s.counts.read++
		if bad := s.row(fields[:min(len(fields), max(n, len(s.header)))]); bad != nil {
			bad.Line = line
			s.counts.rejects = append(s.counts.rejects, *bad)
			if len(s.counts.rejects) > s.options.maxRejects {
				return &RejectedError{First: *bad}
			}
		}
	}
	return nil
}

// head takes a section's header. The third decides the format, for the first
// two are alike in both versions but for names.
func (s *sections) head(h Header) error {
	switch s.section {
	case 1:
		s.header = h
	case 2:
		s.stHeader = h
	case 3:
		f, err := FormatOf(s.formats, h, s.stHeader)
		if err != nil {
			return err
		}
		s.header = h
		if len(s.statement) == 0 {
			return errors.New("its Statement section has no line, so nothing says what its usage cost")
		}
		s.plan = newPlan(f, h, 0, s.options)
		s.textAt = s.plan.texts
		for i := range s.meterAt {
			s.meterAt[i] = h.find(f.Statement[stCategory+i])
		}
		return s.readStatement()
	}
	return nil
}

func meterKey(meter [5]string, period int) string {
	return strings.Join(meter[:], "\x00") + fmt.Sprintf("\x00%d", period)
}

// billingPeriod reads "201807(6/12/2018 - 7/11/2018)": a name and its days,
// both inclusive.
var billingPeriod = regexp.MustCompile(`^(\d{4})(\d{2})\s*\(\s*(\S+)\s*-\s*(\S+)\s*\)$`)

func (s *sections) readStatement() error {
	f := s.plan.format
	at := make([]int, len(f.Statement))
	for i, c := range f.Statement {
		at[i] = s.stHeader.find(c)
	}
	var values, currencies, quantities []string
	for _, l := range s.statement {
		for _, i := range []int{at[stConsumed], at[stIncluded], at[stOverage], at[stRate]} {
			if i >= 0 && i < len(l.fields) && strings.ContainsAny(l.fields[i], ".,") {
				quantities = append(quantities, l.fields[i])
			}
		}
		if v := at[stValue]; v < len(l.fields) {
			values = append(values, l.fields[v])
			code := ""
			if c := at[stCurrency]; c < len(l.fields) {
				code, _ = currencyCode([]byte(l.fields[c]))
			}
			currencies = append(currencies, cmp.Or(code, usage.NoCurrency))
		}
	}
	marks, err := marksOf(values, currencies, s.options.decimals)
	if err != nil {
		return err
	}
	if s.plan.decimals == DecimalsByEvidence {
		if s.plan.decimals, s.plan.grouped, err = decimalsOf(quantities); err != nil {
			return err
		}
	}
	for _, l := range s.statement {
		get := func(i int) string {
			if at[i] < len(l.fields) {
				return strings.TrimSpace(l.fields[at[i]])
			}
			return ""
		}
		bad := func(i int, reason string) error {
			return &RejectedError{First: Reject{Line: l.line, Column: s.stHeader[at[i]], Value: shown([]byte(get(i))), Reason: reason}}
		}
		m := billingPeriod.FindStringSubmatch(get(stPeriod))
		if m == nil {
			return bad(stPeriod, "is not a billing period like 201807(6/12/2018 - 7/11/2018)")
		}
		span, err := billSpan(m[3], m[4])
		if err != nil {
			return bad(stPeriod, err.Error())
		}
		currency, ok := currencyCode([]byte(get(stCurrency)))
		if !ok {
			return bad(stCurrency, errCurrency.Error())
		}
		line := &statementLine{line: l.line, currency: cmp.Or(currency, usage.NoCurrency)}
		line.period = s.period(billPeriod{m[1] + "-" + m[2], span})
		for i := range line.meter {
			line.meter[i] = get(stCategory + i)
		}
		var rounded bool
		if line.consumed, _, err = s.quantity(get(stConsumed)); err != nil {
			return bad(stConsumed, err.Error())
		}
		if line.overage, _, err = s.quantity(get(stOverage)); err != nil || get(stOverage) == "" {
			line.overage = line.consumed // nothing says that any of it was free
		}
		if line.value, rounded, err = marks.parse(get(stValue), line.currency); err != nil {
			return bad(stValue, err.Error())
		}
		if rounded {
			s.counts.rounded++
		}
		if name := s.plan.currencyName; len(s.lines) > 0 && name != line.currency {
			return bad(stCurrency, "differs from "+name+" above: one file, one currency")
		}
		s.plan.currencyName = line.currency
		key := meterKey(line.meter, line.period)
		if same := s.byMeter[key]; same != nil { // one meter, two SKUs
			same.value, same.consumed, same.overage = same.value.Add(line.value), same.consumed.Add(line.consumed), same.overage.Add(line.overage)
			continue
		}
		s.byMeter[key] = line
		s.lines = append(s.lines, line)
	}
	s.statement = nil
	return nil
}

// billSpan returns the days of a billing period, which name month and day in whichever order
// makes them a month: a spreadsheet leaves them as they were written, and not the daily rows.
func billSpan(from, to string) (usage.Period, error) {
	span := func(order DayOrder) (usage.Period, error) {
		first, err1 := parseTime([]byte(from), order)
		last, err2 := parseTime([]byte(to), order)
		return usage.Period{From: dayOfMicros(first), To: dayOfMicros(last) + 1}, errors.Join(err1, err2)
	}
	month, err := span(MonthFirst)
	if day, err2 := span(DayFirst); err2 == nil && (err != nil || month.Days() < 1 || day.Days() > 0 && day.Days() < month.Days()) {
		return day, nil
	}
	return month, err
}

// date reads a day of the daily rows. Where nothing else says in which order they are written,
// the first that lies in a billing period in one of them does; one before it is taken as the
// day that is nearer to a period, for the hours around its ends stand there, too.
// A year of two digits is one where the day then lies near a period.
func (s *sections) date(v string) (int64, error) {
	if long, short := longYear([]byte(v)); short {
		t, err := s.date(string(long))
		if _, away := s.periodOf(dayOfMicros(t)); err == nil && away > 31 {
			err = errShortYear
		}
		return t, err
	}
	if s.order != OrderByEvidence {
		return parseTime([]byte(v), s.order)
	}
	month, err := parseTime([]byte(v), MonthFirst)
	day, err2 := parseTime([]byte(v), DayFirst)
	if err2 != nil || err == nil && day == month {
		return month, err
	}
	away := func(t int64) usage.Day {
		_, away := s.periodOf(dayOfMicros(t))
		return away
	}
	switch {
	case err != nil || away(day) < away(month):
		if away(day) == 0 {
			s.order = DayFirst
			s.warnings = append(s.warnings, fmt.Sprintf("its daily rows' dates, like %s, are taken as day/month/year, which the bill's dates hold", v))
		}
		return day, nil
	case away(month) == 0 && away(day) > 0:
		s.order = MonthFirst
	}
	return month, nil
}

// quantity reads a quantity; an empty one is 0.
func (s *sections) quantity(v string) (d usage.Decimal, rounded bool, err error) {
	if d, rounded, _, err = s.plan.number([]byte(v)); err == nil && d.Abs().Cmp(maxQuantity()) > 0 {
		err = errHuge
	}
	return d, rounded, err
}

func (s *sections) period(p billPeriod) int {
	if i := slices.Index(s.periods, p); i >= 0 {
		return i
	}
	s.periods = append(s.periods, p)
	return len(s.periods) - 1
}

// periodOf returns the billing period to which a day's usage belongs: the one
// that holds it, else, for the stray hours around a period's ends, the nearest, and how many
// days it is away.
func (s *sections) periodOf(day usage.Day) (index int, away usage.Day) {
	away = 1 << 30
	for i, p := range s.periods {
		if d := max(0, p.span.From-day, day-p.span.Last()); d < away {
			index, away = i, d
		}
	}
	return index, away
}

// row takes a row of the third section.
func (s *sections) row(fields [][]byte) *Reject {
	p := s.plan
	if len(fields) < p.days[0]+1 || len(fields) < p.numbers[0]+1 || len(fields) > len(p.header) {
		reason := fmt.Sprintf("%d values for %d columns", len(fields), len(p.header))
		if len(fields) == 1 && !s.cut {
			reason = "is one value alone: another file, or another section, begins here; divide the file before this line and load both"
		}
		return &Reject{Reason: reason}
	}
	if len(fields) < len(p.header) {
		if s.cut {
			return &Reject{Reason: errCut.Error()}
		}
		s.counts.short++
	}
	date := cell(fields[p.days[0]])
	if s.firstDate == "" {
		s.firstDate = date
	}
	t, err := s.date(date)
	if err != nil {
		return &Reject{Column: p.header[p.days[0]], Value: shown([]byte(date)), Reason: err.Error()}
	}
	consumed := cell(fields[p.numbers[0]])
	q, rounded, err := s.quantity(consumed)
	if err != nil {
		return &Reject{Column: p.header[p.numbers[0]], Value: shown([]byte(consumed)), Reason: err.Error()}
	}
	if rounded {
		s.counts.rounded++
	}
	s.counts.size = s.counts.size.Add(q.Abs())
	day := dayOfMicros(t)
	period, away := s.periodOf(day)
	if away > 0 {
		s.outside++
	}
	var meter [5]string
	for i, at := range s.meterAt {
		if at >= 0 && at < len(fields) {
			meter[i] = strings.TrimSpace(cell(fields[at]))
		}
	}
	key := s.key(day, period, "daily", func(i int) string {
		if at := s.textAt[i]; at >= 0 && at < len(fields) {
			return cell(fields[at])
		}
		return ""
	})
	if l := s.byMeter[meterKey(meter, period)]; l != nil {
		l.rows = append(l.rows, len(s.daily))
		l.daily = l.daily.Add(q)
	} else {
		s.orphans[meter[stMeter-stCategory]]++
	}
	s.daily = append(s.daily, dailyRow{key: key, day: t, quantity: q, null: consumed == ""})
	s.lastDay = max(s.lastDay, t)
	return nil
}

// key returns the number of a row's texts.
func (s *sections) key(day usage.Day, period int, kind string, value func(text int) string) uint32 {
	p := s.packed[:0]
	for i, name := range s.plan.format.texts {
		var v string
		switch name {
		case "Subscription ID":
			v = s.subID
		case "Subscription Name":
			v = s.subName
		case "Period Name":
			v = s.periods[period].name
		case "Period Start":
			v = s.periods[period].span.From.String()
		case "Period End":
			v = s.periods[period].span.To.String()
		case "Statement Line":
			v = kind
		default:
			v = value(i)
		}
		p = binary.AppendUvarint(p, uint64(len(v)))
		p = append(p, v...)
	}
	p = binary.AppendVarint(p, int64(day.Month().From))
	s.packed = p
	return s.dict.number(p)
}

// spread gives each daily row its share of its meter's statement line, in
// proportion to quantity, so that the shares add up to the line's Value to the
// last digit, and likewise of the quantity that the Value is for; it collects
// what the reader must know.
func (s *sections) spread() {
	var apart []string
	costs := make([]usage.Decimal, len(s.daily))
	paid := map[int]usage.Decimal{} // by row
	days := make([]int64, len(s.daily))
	s.counts.totals = map[string]usage.Decimal{}
	currency := s.plan.currencyName
	onePercent := func(a, b usage.Decimal) bool {
		d, m := a.Sub(b).Abs(), a.Abs()
		return d.Big().Cmp(m.Big().Div(m.Big(), bigHundred())) > 0
	}
	for i, r := range s.daily {
		days[i] = r.day
	}
	for _, l := range s.lines {
		s.counts.totals[currency] = s.counts.totals[currency].Add(l.value)
		if len(l.rows) == 0 {
			if l.value.Sign() != 0 {
				s.oneTime(l, &costs, &days)
			}
			continue
		}
		if l.value.Sign() != 0 && onePercent(l.consumed, l.daily) {
			apart = append(apart, fmt.Sprintf("%s (%s instead of %s %s)", l.meter[2], l.daily, l.consumed, l.meter[4]))
		}
		weights := make([]usage.Decimal, len(l.rows))
		for i, r := range l.rows {
			if q := s.daily[r].quantity; q.Sign() > 0 {
				weights[i] = q
			}
		}
		for i, share := range usage.Spread(l.value, weights) {
			costs[l.rows[i]] = share
		}
		for i, share := range usage.Spread(l.overage, weights) {
			paid[l.rows[i]] = share
		}
	}
	if len(apart) > 0 {
		s.warnings = append(s.warnings, fmt.Sprintf("the daily quantities of %d %s differ by more than 1 %% from the statement's; the "+
			"statement's money was kept: %s",
			len(apart), plural(len(apart), "meter", "meters"), joined(apart, 3)))
	}
	if n := len(s.orphans); n > 0 {
		var names []string
		for name := range s.orphans {
			names = append(names, name)
		}
		slices.Sort(names)
		s.warnings = append(s.warnings, fmt.Sprintf("%d %s in no statement line, so the cost is unknown and counted as 0: %s",
			n, plural(n, "meter has usage but stands", "meters have usage but stand"), joined(names, 3)))
	}
	if s.outside > 0 {
		s.warnings = append(s.warnings, fmt.Sprintf("%d daily %s outside the bill's dates: in the bill's sum, but no day of their own "+
			"until the neighbouring file is loaded",
			s.outside, plural(s.outside, "row lies", "rows lie")))
	}
	n := len(s.daily)
	out := &rows{
		days: [][]int64{days}, numbers: [][]usage.Decimal{make([]usage.Decimal, n), costs, make([]usage.Decimal, n)},
		null: [][]bool{make([]bool, n), make([]bool, n), make([]bool, n)},
	}
	for i, r := range s.daily {
		out.keys = append(out.keys, r.key)
		out.numbers[0][i], out.null[0][i] = r.quantity, r.null
		q, known := paid[i]
		out.numbers[2][i], out.null[2][i] = q, !known
	}
	out.counts = s.counts
	s.rows = out
}

// oneTime adds a row for a statement line with money and no daily rows, on the
// last day that the daily rows reach.
func (s *sections) oneTime(l *statementLine, costs *[]usage.Decimal, days *[]int64) {
	at := s.lastDay
	if at == noTime {
		at = int64(s.periods[l.period].span.Last()) * 86_400_000_000
	}
	key := s.key(dayOfMicros(at), l.period, "one-time", func(text int) string {
		for i, c := range s.plan.format.Statement[stCategory : stUnit+1] {
			if c[0] == s.plan.format.texts[text] {
				return l.meter[i]
			}
		}
		return ""
	})
	s.daily = append(s.daily, dailyRow{key: key, day: at, null: true})
	*costs, *days = append(*costs, l.value), append(*days, at)
	s.warnings = append(s.warnings, fmt.Sprintf("line %d: %s %s of %s has no daily rows and stands as a one-time charge on %s",
		l.line, l.value.Text(usage.MinorDigits(l.currency)), l.currency, strings.TrimSpace(l.meter[0]+" "+l.meter[2]), dayOfMicros(at)))
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
