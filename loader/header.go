package loader

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

const (
	// maxColumns is how many columns a header may have: the widest usage file known
	// has some 200.
	maxColumns = 4096
	// preamble is in how many lines the header is looked for.
	preamble = 20
)

// A top is the beginning of a file with one header: where its header stands, and
// what stands above it.
type top struct {
	header Header
	delim  byte
	begin  int // where the header begins
	size   int // bytes down to the first row
	above  int // lines above the header that are no part of the table
}

// separator is the line that says, for Excel, what separates the values.
var separator = regexp.MustCompile(`^(?i:"?sep=(.)"?)[,;\t]*\r?\n`)

// topOf finds the header in a file's first bytes: the first record, unless a line
// close below it is the header of a format that is known.
func topOf(head []byte, formats []*Format) (top, error) {
	start := 0
	if bytes.HasPrefix(head, bom) {
		start = len(bom)
	}
	var delim byte
	if m := separator.FindSubmatch(head[start:]); m != nil {
		delim = m[1][0]
		start += len(m[0])
	}
	first, err := headerAt(head, start, delim)
	if err != nil {
		return first, err
	}
	if isKnown(formats, first.header) {
		return first, nil
	}
	for at, line := start, 0; line < preamble; line++ {
		i := bytes.IndexByte(head[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
		if t, err := headerAt(head, at, delim); err == nil && isKnown(formats, t.header) {
			t.above = bytes.Count(head[start:t.begin], []byte{'\n'})
			return t, nil
		}
	}
	return first, nil
}

// headerAt reads the record that begins at start of head. delim is 0 where nothing
// says what separates the values.
func headerAt(head []byte, start int, delim byte) (top, error) {
	line, _, whole := bytes.Cut(head[start:], []byte{'\n'})
	if !whole && len(head) == peekSize {
		return top{}, fmt.Errorf("its header is longer than %s, so it is not a usage file", size(peekSize))
	}
	if delim == 0 {
		delim = delimiterOf(line)
	}
	if n := bytes.Count(line, []byte{delim}) + 1; n > maxColumns {
		return top{}, fmt.Errorf("its header has %d columns, and the most that is read is %d; export fewer columns", n, maxColumns)
	}
	r := newRecordReader(head[start:], delim)
	fields, err := r.next()
	if err != nil {
		return top{}, fmt.Errorf("1: the header cannot be read: %w", err)
	}
	h := make(Header, len(fields))
	for i, f := range fields {
		h[i] = string(bytes.TrimSpace(f))
	}
	h = withoutTable(h)
	return top{header: h, delim: delim, begin: start + r.start, size: start + r.pos}, nil
}

// ofTable is a column with its table's name in front, as Hive names it (costs.BilledCost), or Power BI (Costs[BilledCost]).
var ofTable = regexp.MustCompile(`^(?:(\w+)\.(.+)|([^\[\]]*)\[([^\[\]]+)\])$`)

// withoutTable returns a header whose columns all have one table's name in front without it, any other as it is.
func withoutTable(h Header) Header {
	out, table := make(Header, len(h)), ""
	for i, name := range h {
		m := ofTable.FindStringSubmatch(name)
		if m == nil || i > 0 && m[1]+m[3] != table {
			return h
		}
		table, out[i] = m[1]+m[3], m[2]+m[4]
	}
	return out
}

// isKnown reports whether a header is that of a format, of what stands beside usage, or of what
// people take for usage.
func isKnown(formats []*Format, h Header) bool {
	if isBeside(h) {
		return true
	}
	_, err := FormatOf(formats, h, nil)
	var unknown *UnknownHeaderError
	return err == nil || !errors.As(err, &unknown) || unknown.Kind != ""
}

// A twin is a second column that says the same as one that is read: the same name
// twice, or the cost under two of its names.
type twin struct{ at, other int }

// findTwins returns the pairs of columns of h that must agree.
func (p *plan) findTwins() (out []twin) {
	f := p.format
	pair := func(at int, spellings column, same func(string) string) {
		for _, other := range p.header.all(spellings, same) {
			if other != at && at >= 0 {
				out = append(out, twin{at, other})
			}
		}
	}
	for i, n := range f.Numbers {
		if at := p.numbers[i]; n == f.Total {
			pair(at, f.spellings(n), fold)
		} else if at >= 0 {
			pair(at, column{p.header[at]}, plain)
		}
	}
	for _, at := range append(slices.Clone(p.days), p.texts...) {
		if at >= 0 {
			pair(at, column{p.header[at]}, plain)
		}
	}
	return out
}

// all returns the positions of every column of h that has one of the names of c, as same compares them.
func (h Header) all(c column, same func(string) string) (out []int) {
	for i, have := range h {
		names := namesOf(have, same)
		for _, want := range c {
			if want = same(want); want == names[0] || len(names) > 1 && want == names[1] {
				out = append(out, i)
				break
			}
		}
	}
	return out
}

// namesOf returns the names of a column, as same compares them: a localised header
// "Ressourcengruppe (ResourceGroup)" has two, as has one with the wide parentheses of Chinese and Japanese.
func namesOf(have string, same func(string) string) []string {
	names := []string{same(have)}
	have = strings.NewReplacer("（", "(", "）", ")").Replace(strings.TrimSpace(have))
	if open := strings.LastIndex(have, "("); open > 0 && strings.HasSuffix(have, ")") {
		names = append(names, same(strings.TrimSuffix(have[open+1:], ")")))
	}
	return names
}

// agree holds a record to what its twin columns say.
func (s *scanner) agree(fields int) *Reject {
	for _, t := range s.twinned {
		a, b := s.field(fields, t.at), s.field(fields, t.other)
		if bytes.Equal(a, b) {
			continue
		}
		x, _, _, err1 := s.number(a)
		y, _, _, err2 := s.number(b)
		if err1 == nil && err2 == nil && x == y {
			continue
		}
		return &Reject{
			Column: s.header[t.at], Value: shown(a),
			Reason: fmt.Sprintf("column %d (%s) says %q and column %d (%s) says %q, and nothing says which is right; remove one of them",
				t.at+1, s.header[t.at], shown(a), t.other+1, s.header[t.other], shown(b)),
		}
	}
	return nil
}
