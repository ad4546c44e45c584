package loader

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"usagereport/usage"
)

// An Account Center file (version 1 or 2) has three sections, each a title
// line, a header line and rows: Provisioning Status, Statement, Daily Usage.
// Titles and headers may be in the portal's language, so sections are told
// apart by position. Quantities per day stand in the third; money stands in the
// second alone, per meter and billing period, and is authoritative.

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

// cell returns a value as text, without the blanks around it: one pair of quotation marks that
// stands inside the CSV value is the file's own wrapping, as is Excel's ="...".
func cell(b []byte) string {
	v := string(trimBlanks(b))
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

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
