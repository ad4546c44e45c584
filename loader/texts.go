package loader

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"usagereport/usage"
)

// roundedID is what a spreadsheet makes of a long number.
var roundedID = regexp.MustCompile(`^\d([.,]\d+)?E\+\d\d$`)

// bareID returns an id without the apostrophe that keeps a spreadsheet from taking it for a number, or the quotes that a database writes.
func bareID(b []byte) []byte {
	switch n := len(b); {
	case n > 2 && (b[0] == '"' || b[0] == '\'') && b[n-1] == b[0]:
		return trimBlanks(b[1 : n-1])
	case n > 1 && b[0] == '\'' && b[1]-'0' <= 9:
		return b[1:]
	}
	return b
}

// idsOf says of each column whether it holds ids, by its name.
func idsOf(h Header) []bool {
	ids := make([]bool, len(h))
	for i, name := range h {
		name = strings.ToLower(strings.TrimRight(name, ")"))
		ids[i] = strings.HasSuffix(name, "id") || strings.HasSuffix(name, "guid")
	}
	return ids
}

// key returns the number of the record's texts and month. Packed, they are a
// length before each text, so that no two combinations look alike. What a text must
// be is looked at once for each combination as it is written.
func (s *scanner) key(fields int, day int64, c *counts) (uint32, *Reject) {
	s.inMonth(day)
	whole := fields == len(s.header)
	if whole { // as a rule: then the texts are looked up as they are written
		if n, ok := s.known[string(s.written())]; ok {
			return n, nil
		}
	}
	n, bad := s.pack(fields, nil, c)
	if bad == nil && whole {
		if s.knownBytes += len(s.raw); s.knownBytes > maxKnown {
			clear(s.known)
			s.knownBytes = len(s.raw)
		}
		s.known[string(s.raw)] = n
	}
	return n, bad
}

// inMonth makes the month of a day the one of the texts that follow.
func (s *scanner) inMonth(day int64) {
	if d := dayOfMicros(day); !s.month.Contains(d) {
		s.month = d.Month()
	}
}

// pack returns the number of the record's texts and month, with those of a credit, if
// there is one.
func (s *scanner) pack(fields int, of *credit, c *counts) (uint32, *Reject) {
	spans, bad := s.span(fields, c)
	if bad != nil {
		return 0, bad
	}
	for _, t := range s.tagged {
		if b := s.field(fields, t.at); !utf8.Valid(b) {
			return 0, &Reject{Column: s.header[t.at], Value: shown(b), Reason: errEncoding.Error()}
		}
	}
	p, inID := s.packed[:0], false
	for i, at := range s.texts {
		b := trimBlanks(s.field(fields, at)) // databases fill texts up
		if at >= 0 && s.ids[at] {
			b = bareID(b)
		}
		switch {
		case at >= 0 && at == s.periods[0]:
			b = spans[0]
		case at >= 0 && at == s.periods[1]:
			b = spans[1]
		case i == s.currency:
			code, _ := currencyCode(b)
			b = []byte(cmp.Or(code, s.currencyName))
		case i == s.tags && len(s.tagged) > 0:
			b = s.tagsOf(fields)
		case of != nil && i == s.credit[0]:
			b = []byte(of.Name)
		case of != nil && i == s.credit[1]:
			b = []byte(of.Type)
		}
		if at >= 0 && i != s.currency && !utf8.Valid(b) {
			return 0, &Reject{Column: s.header[at], Value: shown(b), Reason: errEncoding.Error()}
		}
		inID = inID || at >= 0 && s.ids[at] && roundedID.Match(b)
		p = binary.AppendUvarint(p, uint64(len(b)))
		p = append(p, b...)
	}
	if inID {
		c.inIDs++
	}
	if bytes.Contains(p, []byte("\ufffd")) {
		c.lost++
	}
	p = binary.AppendVarint(p, int64(s.month.From))
	s.packed = p
	return s.dict.number(p), nil
}

// span reads the record's billing period, if it names one, and returns its ends as
// ISO dates. Where they make no period in the order of the file's days, but do in the
// other, a spreadsheet has rewritten the days alone.
func (s *scanner) span(fields int, c *counts) (ends [2][]byte, bad *Reject) {
	last := &s.lastSpan
	if !last.known || !s.spanIs(last.texts, fields) {
		ends, moved, bad := s.spanIn(fields, s.order)
		if bad != nil {
			other := DayFirst
			if s.order == DayFirst {
				other = MonthFirst
			}
			again, m, b := s.spanIn(fields, other)
			if b != nil {
				return ends, bad
			}
			ends, moved = again, m
		}
		*last = readSpan{ends: ends, moved: moved, known: true}
		for i, at := range s.periods {
			last.texts[i] = bytes.Clone(s.field(fields, at))
		}
	}
	if last.moved {
		c.ended++
	}
	return last.ends, nil
}

// spanIs reports whether the record's billing period is written as texts.
func (s *scanner) spanIs(texts [2][]byte, fields int) bool {
	return bytes.Equal(s.field(fields, s.periods[0]), texts[0]) && bytes.Equal(s.field(fields, s.periods[1]), texts[1])
}

// spanIn is span for one order of dates with slashes; moved says that the end was in
// the last second of a day.
func (s *scanner) spanIn(fields int, order DayOrder) (ends [2][]byte, moved bool, bad *Reject) {
	var days [2]usage.Day
	for i, at := range s.periods {
		if at < 0 {
			continue
		}
		b := s.field(fields, at)
		day, last, err := s.periodDay(b, i == 1, order)
		moved = moved || last
		if err == nil && day == 0 && s.format.EndsAfter {
			err = errors.New("is empty")
		}
		if err == nil && i == 1 && day != 0 && days[0] != 0 {
			switch {
			case day < days[0]:
				err = errReversed
			case day == days[0] && s.format.EndsAfter:
				err = errNoPeriod
			case day-days[0] > maxSpan:
				err = errSpan
			}
		}
		if err != nil {
			return ends, false, &Reject{Column: s.header[at], Value: shown(b), Reason: err.Error()}
		}
		if days[i] = day; day != 0 {
			ends[i] = []byte(day.String())
		}
	}
	return ends, moved, nil
}

// maxSpan is the longest billing period, in days.
const maxSpan = 400

// written returns the month and the record's texts as they are written, with
// their quotes and with what separates them, so that no two combinations look
// alike here, too.
func (s *scanner) written() []byte {
	w := binary.LittleEndian.AppendUint32(s.raw[:0], uint32(s.month.From))
	r := s.reader
	for _, run := range s.runs {
		w = append(w, r.data[r.bounds[run[0]]:min(r.bounds[run[1]], len(r.data))]...)
	}
	s.raw = w
	return w
}

// unpackTexts splits what key packed.
func unpackTexts(packed string, n int) (values []string, month usage.Day) {
	values = make([]string, n)
	for i := range values {
		size, k := binary.Uvarint([]byte(packed[:min(len(packed), binary.MaxVarintLen64)]))
		values[i], packed = packed[k:k+int(size)], packed[k+int(size):]
	}
	m, _ := binary.Varint([]byte(packed))
	return values, usage.Day(m)
}
