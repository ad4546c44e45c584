package loader

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"usagereport/usage"
)

// A plan says where in a file's records the columns of its format stand.
type plan struct {
	format *Format
	header Header
	delim  byte
	order  DayOrder
	ids    []bool   // of each column, whether it holds ids
	open   bool     // no date shows the order
	shown  DayOrder // of the dates, by themselves, by what stands beside them or by what was said; else by evidence

	shortYears bool // dates end with a year of two digits
	yearsFirst bool // they begin with one
	namedYears namedYear

	days     []int    // positions of format.Days, -1 for a column the file lacks
	numbers  []int    // likewise format.Numbers
	cents    []bool   // whether these are in hundredths
	texts    []int    // likewise format.texts
	runs     [][2]int // the positions of texts, first and last plus one of those that stand side by side
	total    int      // index into numbers
	currency int      // index into texts, or -1
	tags     int      // index into texts, or -1
	tagged   []tagColumn
	credits  int    // the position of format.Credits, -1 where there is none
	credit   [2]int // indexes into texts: what is said of a credit, -1 for what is not
	kinds    []kindColumns
	kind     int // the index into numbers of a kind's quantity
	idle     int // the position of format.Idle, -1 where there is none
	needed   int // a record must have at least this many fields

	empty    int    // index into numbers of format.Else, or -1
	instead  int    // the number that stands for it where it is empty
	periods  [2]int // positions of format.Periods, -1 for a column the file lacks
	twinned  []twin
	decimals Decimals
	grouped  bool // with decimal points: there may be commas between thousands

	currencyName string // where the file names none
	sign         string // the only currency, whose sign may stand beside amounts; "" where there are several
	maxRejects   int
}

func newPlan(f *Format, h Header, delim byte, o scanOptions) *plan {
	p := &plan{
		format: f, header: h, delim: delim, ids: idsOf(h), order: o.order, maxRejects: o.maxRejects,
		currencyName: cmp.Or(f.InCurrency, o.currency),
		currency:     slices.Index(f.texts, f.Currency), tags: slices.Index(f.texts, f.Tags),
		total: slices.Index(f.Numbers, f.Total), periods: [2]int{-1, -1}, decimals: o.decimals, idle: -1,
		empty: slices.Index(f.Numbers, f.Else[0]), instead: slices.Index(f.Numbers, f.Else[1]),
	}
	columns := h.index()
	positions := func(names []string) []int {
		out := make([]int, len(names))
		for i, n := range names {
			out[i] = columns.find(f.spellings(n))
		}
		return out
	}
	p.days, p.numbers, p.texts = positions(f.Days), positions(f.Numbers), positions(f.texts)
	copy(p.periods[:], positions(f.Periods))
	p.twinned = p.findTwins()
	p.tagged, p.credits = f.tagColumns(h), -1
	if f.Credits != "" {
		p.credits = columns.find(column{f.Credits})
	}
	for _, name := range f.Numbers {
		p.cents = append(p.cents, slices.Contains(f.Cents, name))
	}
	p.credit = [2]int{slices.Index(f.texts, "credit.name"), slices.Index(f.texts, "credit.type")}
	if len(f.Kinds) > 0 {
		p.credit[0], p.kind = slices.Index(f.texts, kindName), slices.Index(f.Numbers, kindValue)
		for _, k := range f.Kinds {
			at := kindColumns{k.name, columns.find(f.spellings(k.of)), -1}
			if k.less != "" {
				at.less = columns.find(f.spellings(k.less))
			}
			p.kinds = append(p.kinds, at)
		}
	}
	if f.Idle != "" {
		p.idle = columns.find(f.spellings(f.Idle))
	}
	looked := slices.Clone(p.texts)
	for _, t := range p.tagged {
		looked = append(looked, t.at)
	}
	for _, at := range slices.Sorted(slices.Values(looked)) {
		last := len(p.runs) - 1
		switch {
		case at < 0:
		case last >= 0 && at <= p.runs[last][1]:
			p.runs[last][1] = at + 1
		default:
			p.runs = append(p.runs, [2]int{at, at + 1})
		}
	}
	p.needed = max(p.days[0], p.numbers[p.total]) + 1
	return p
}

type scanOptions struct {
	order      DayOrder
	decimals   Decimals
	currency   string
	maxRejects int
}

// rows is what one block becomes: what differs from row to row, column by
// column, with a number that stands for the row's texts.
type rows struct {
	keys    []uint32
	base    int64             // is added to keys: what the contents before have, of those that are written together
	days    [][]int64         // per column of format.Days
	numbers [][]usage.Decimal // per column of format.Numbers
	null    [][]bool          // whether that number is empty
	heads   []int             // before which of them a line repeats the header

	counts
}

// A scanner turns blocks into rows. Each worker has its own.
type scanner struct {
	*plan
	dict    *dictionary
	reader  *recordReader
	known   map[string]uint32 // what this worker has seen of dict, by how it was written
	raw     []byte            // what key looked up last
	packed  []byte
	month   usage.Period // of the last row
	lastCur string

	// What was read last, for most rows say what the row before says.
	lastDays []readDay // of each column of days
	lastSpan readSpan

	knownBytes int
	rowBytes   int // of a row of the last block
}

// A readDay is a day or time as the file has it, and as microseconds since 1970 UTC.
type readDay struct {
	text []byte
	time int64
}

// A readSpan is the two ends of a billing period as the file has them, and as ISO dates.
type readSpan struct {
	texts [2][]byte
	ends  [2][]byte
	moved bool // the end was in the last second of a day
	known bool
}

// Files in which nearly every row has texts of its own must not fill the memory:
// what was seen is forgotten when it grows beyond these. Texts that then come up
// again get a second number, which only costs space.
const (
	maxKnown      = 16 << 20 // bytes of texts, for each worker
	maxDictionary = 2 << 20  // combinations of texts
)

func (s *scanner) scan(b block) (*rows, error) {
	f := s.format
	s.lastCur = ""
	out := &rows{
		days: make([][]int64, len(f.Days)), numbers: make([][]usage.Decimal, len(f.Numbers)), null: make([][]bool, len(f.Numbers)),
		counts: counts{totals: map[string]usage.Decimal{}},
	}
	r := s.reader
	r.data, r.pos = b.data, 0
	n := len(b.data)/max(1, s.rowBytes) + 64 // a guess at its rows, so that slices need not grow
	out.keys = make([]uint32, 0, n)
	for i := range out.days {
		out.days[i] = make([]int64, 0, n)
	}
	for i := range out.numbers {
		out.numbers[i], out.null[i] = make([]usage.Decimal, 0, n), make([]bool, 0, n)
	}
	days := make([]int64, len(f.Days))
	numbers := make([]usage.Decimal, len(f.Numbers))
	null := make([]bool, len(f.Numbers))
	var total usage.Decimal // of the last rows, whose currency is lastCur
	last := -1              // where the last row that was taken begins
	for {
		n, err := r.split()
		if errors.Is(err, io.EOF) {
			break
		}
		out.read++
		var bad *Reject
		if err != nil {
			bad = &Reject{Reason: err.Error()}
			r.skipLine()
		} else if r.pos-r.start > maxRow {
			bad = &Reject{Reason: fmt.Sprintf("a row of over %s", size(maxRow))}
		} else {
			bad = s.record(n, days, numbers, null, &out.counts)
			if n < len(s.header) && r.pos == len(b.data) && b.data[len(b.data)-1] != '\n' {
				bad = &Reject{Reason: errCut.Error()}
			}
		}
		var key uint32
		var credits []charge
		if bad == nil && s.idle >= 0 && isNone(trimBlanks(s.field(n, s.idle))) {
			out.read--
			out.idle++
			continue
		}
		if bad == nil && len(s.kinds) == 0 {
			key, bad = s.key(n, days[0], &out.counts)
		}
		switch {
		case bad != nil:
		case s.credits >= 0:
			credits, bad = s.creditsOf(n, &out.counts)
		case len(s.kinds) > 0:
			credits, bad = s.kindsOf(n, days[0], &out.counts)
		}
		if bad != nil {
			if err == nil && s.isBlank(n) {
				out.read--
				out.blank++
				continue
			}
			if err == nil && s.isHeader(n) {
				out.read--
				out.headers++
				out.heads = append(out.heads, len(out.keys))
				continue
			}
			bad.Line = r.lineOf(b)
			if err == nil && last >= 0 && s.isNote(n, last, len(out.notes) > 0) {
				bad.Value = shown(r.value(0))
				out.notes = append(out.notes, *bad)
				continue
			}
			if sum, ok := s.sumOf(n, err == nil); ok {
				out.sums = append(out.sums, sumRow{*bad, sum})
				continue
			}
			out.rejects = append(out.rejects, *bad)
			if len(out.rejects) > s.maxRejects {
				return out, nil // the caller refuses the file
			}
			continue
		}
		last = r.start
		if len(s.kinds) > 0 {
			for _, c := range credits {
				numbers[s.kind], null[s.kind] = c.amount, false
				out.add(c.key, days, numbers, null)
				out.size = out.size.Add(c.amount.Abs())
			}
			credits = nil
		} else {
			out.add(key, days, numbers, null)
		}
		if cur := s.currencyOf(n); cur != s.lastCur {
			out.addTotal(s.lastCur, total)
			s.lastCur, total = cur, usage.Decimal{}
		}
		total = total.Add(numbers[s.total])
		out.size = out.size.Add(largest(numbers))
		for _, c := range credits {
			clear(numbers)
			for i := range null {
				null[i] = i != s.total
			}
			numbers[s.total] = c.amount
			out.add(c.key, days, numbers, null)
			total = total.Add(c.amount)
			out.size = out.size.Add(c.amount.Abs())
		}
	}
	if last >= 0 {
		out.last = b.line + int64(bytes.Count(b.data[:last], []byte{'\n'}))
	}
	out.addTotal(s.lastCur, total)
	s.rowBytes = len(b.data) / max(1, int(out.read))
	return out, nil
}

// add takes a charge.
func (r *rows) add(key uint32, days []int64, numbers []usage.Decimal, null []bool) {
	r.keys = append(r.keys, key)
	for i := range days {
		r.days[i] = append(r.days[i], days[i])
	}
	for i := range numbers {
		r.numbers[i], r.null[i] = append(r.numbers[i], numbers[i]), append(r.null[i], null[i])
	}
}

// record reads the days and numbers of one record, or says why it cannot.
func (s *scanner) record(fields int, days []int64, numbers []usage.Decimal, null []bool, c *counts) *Reject {
	f := s.format
	for extra := len(s.header); extra < fields; extra++ {
		if len(s.reader.value(extra)) > 0 {
			return &Reject{Reason: fmt.Sprintf("%d values for %d columns", fields, len(s.header))}
		}
	}
	if fields < s.needed {
		return &Reject{Reason: fmt.Sprintf("%d values for %d columns: the row is cut off before %s", fields, len(s.header), s.header[s.needed-1])}
	}
	if fields < len(s.header) {
		c.short++
	}
	for i, at := range s.days {
		days[i] = noTime
		b := trimBlanks(s.field(fields, at))
		if isNone(b) {
			if i == 0 {
				return &Reject{Column: s.header[at], Reason: "is empty"}
			}
			continue
		}
		last := &s.lastDays[i]
		if !bytes.Equal(b, last.text) {
			t, err := s.time(b, s.order)
			if err != nil {
				return &Reject{Column: s.header[at], Value: shown(b), Reason: err.Error()}
			}
			last.text, last.time = append(last.text[:0], b...), t
			if i == 0 {
				c.addCharged(b, t)
			}
		}
		days[i] = last.time
	}
	if len(days) > 1 && days[1] != noTime {
		switch at := s.days[1]; {
		case days[1] < days[0]:
			return &Reject{Column: s.header[at], Value: shown(s.field(fields, at)), Reason: errBackward.Error()}
		case days[1]-days[0] > mostDays*microsOfDay:
			c.long++
		}
		days[1] = endOf(days[0], days[1])
	}
	for i, at := range s.numbers {
		b := s.field(fields, at)
		d, rounded, empty, err := s.number(b)
		numbers[i], null[i] = d, empty
		if empty {
			continue
		}
		if s.cents[i] && err == nil {
			var exact bool
			if d, exact = d.Hundredth(); !exact {
				rounded = true
			}
			numbers[i] = d
		}
		if err == nil && d.Abs().Cmp(maxQuantity()) > 0 {
			err = errHuge
		}
		if err != nil {
			return &Reject{Column: s.header[at], Value: shown(b), Reason: err.Error()}
		}
		if rounded {
			c.rounded++
		}
		numbers[i] = d
	}
	if s.empty >= 0 && null[s.empty] && !null[s.instead] {
		numbers[s.empty], null[s.empty] = numbers[s.instead], false
		c.filled++
	}
	if null[s.total] && !f.Sections {
		if s.numbers[s.total] >= 0 && len(f.Kinds) == 0 { // files of tokens have none by their nature
			c.noCost++
		}
		null[s.total] = false
	}
	if s.currency >= 0 {
		if at := s.texts[s.currency]; at >= 0 {
			code, ok := currencyCode(s.field(fields, at))
			if !ok {
				return &Reject{Column: s.header[at], Value: shown(s.field(fields, at)), Reason: errCurrency.Error()}
			}
			if code == "" && f.OneCurrency && s.currencyName != usage.NoCurrency {
				c.assumed++
			}
		}
	}
	if len(s.twinned) > 0 {
		return s.agree(fields)
	}
	return nil
}

// isBlank reports whether a record has no value at all, as a spreadsheet leaves
// below its table; or a line of dashes only, as SQL Server's programs draw below the header.
func (s *scanner) isBlank(fields int) bool {
	for i := range fields {
		v := trimBlanks(s.reader.value(i))
		rule := fields == len(s.header) && len(bytes.Trim(v, "-")) == 0
		if !rule && len(bytes.TrimRight(v, endOfFile)) > 0 {
			return false
		}
	}
	return true
}

// isHeader reports whether a record repeats the header, as it does where files were put one below
// the other.
func (s *scanner) isHeader(fields int) bool {
	if fields != len(s.header) {
		return false
	}
	again := make(Header, fields)
	for i := range again {
		again[i] = string(bytes.TrimSpace(s.reader.value(i)))
	}
	return slices.Equal(again, s.header) || slices.Equal(withoutTable(again), s.header)
}

// isNote reports whether a record may be a note below the rows: a value or two below an empty line, as none stands above the last row,
// or below another note. A spreadsheet saves each line with as many separators as the rows have.
func (s *scanner) isNote(fields, last int, below bool) bool {
	for fields > 0 && len(trimBlanks(s.reader.value(fields-1))) == 0 {
		fields--
	}
	return fields <= 2 && fields < s.needed && (below || s.afterEmptyLine(s.reader.start) && !s.afterEmptyLine(last))
}

// afterEmptyLine reports whether the line that begins at a position of a block follows one without a value.
func (s *scanner) afterEmptyLine(at int) bool {
	above, ok := bytes.CutSuffix(s.reader.data[:at], []byte("\n"))
	above = above[bytes.LastIndexByte(above, '\n')+1:]
	return ok && len(bytes.Trim(above, "\r\" "+string(s.reader.delim))) == 0
}

// sumOf returns the amount of a record that may be the sum of all others: it has
// that amount, no day, and at most one text.
func (s *scanner) sumOf(fields int, whole bool) (sum usage.Decimal, ok bool) {
	if !whole || len(s.field(fields, s.days[0])) > 0 {
		return sum, false
	}
	texts := 0
	for _, at := range s.texts {
		if len(s.field(fields, at)) > 0 {
			texts++
		}
	}
	sum, _, empty, err := s.number(s.field(fields, s.numbers[s.total]))
	return sum, texts <= 1 && !empty && err == nil
}

// endOfFile is the character with which DOS programs end a file.
const endOfFile = "\x1a"

func largest(numbers []usage.Decimal) (most usage.Decimal) {
	for _, n := range numbers {
		if n = n.Abs(); n.Cmp(most) > 0 {
			most = n
		}
	}
	return most
}

// field returns the value at a position of a record of some fields, nil where the
// record or the file has none.
func (s *scanner) field(fields, at int) []byte {
	if at < 0 || at >= fields {
		return nil
	}
	b := s.reader.value(at)
	if isNull(b) && !s.reader.isQuoted(at) {
		return nil
	}
	return ofFormula(b)
}

// ofFormula returns the text of a formula ="text", which some programs write so that Excel takes
// it for no number.
func ofFormula(b []byte) []byte {
	if n := len(b); n >= 3 && b[0] == '=' && b[1] == '"' && b[n-1] == '"' {
		return b[2 : n-1]
	}
	return b
}

func (s *scanner) currencyOf(fields int) string {
	if s.currency < 0 {
		return s.currencyName
	}
	b := s.field(fields, s.texts[s.currency])
	if string(b) == s.lastCur && len(b) > 0 {
		return s.lastCur
	}
	if code, _ := currencyCode(b); code != "" {
		return code
	}
	return s.currencyName
}

// scan reads the records of r in parallel and passes what they become to yield,
// in the file's order.
func scan(ctx context.Context, p *plan, dict *dictionary, r io.Reader, line int64, yield func(*rows) error) error {
	workers := max(1, runtime.GOMAXPROCS(0))
	type job struct {
		block
		done chan *rows
	}
	jobs := make(chan job)
	queue := make(chan chan *rows, 2*workers) // in the file's order
	var spare buffers
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(jobs)
		defer close(queue)
		return blocks(ctx, r, line, &spare, func(b block) error {
			j := job{b, make(chan *rows, 1)}
			select {
			case queue <- j.done:
			case <-ctx.Done():
				return ctx.Err()
			}
			select {
			case jobs <- j:
			case <-ctx.Done():
				return ctx.Err()
			}
			return nil
		})
	})
	for range workers {
		g.Go(func() error {
			s := &scanner{
				plan: p, dict: dict, known: map[string]uint32{}, reader: newRecordReader(nil, p.delim), rowBytes: 256,
				lastDays: make([]readDay, len(p.days)),
			}
			for j := range jobs {
				var out *rows
				err := guarded(func() (err error) { out, err = s.scan(j.block); return err })
				if err != nil {
					return err
				}
				j.done <- out
				spare.put(j.data)
			}
			return nil
		})
	}
	g.Go(func() error {
		for done := range queue {
			select {
			case out := <-done:
				if err := yield(out); err != nil {
					return err
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	return g.Wait()
}

// shown returns a value for an error message: short, and without characters
// that a terminal would obey (%q in Reject.String escapes those).
func shown(b []byte) string {
	const most = 80
	if len(b) > most {
		return string(b[:most]) + "…"
	}
	return string(b)
}

func joined(names []string, most int) string {
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}
