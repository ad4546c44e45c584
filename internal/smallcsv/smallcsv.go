// Package smallcsv reads the small CSV files that people keep beside the ledger
// and write with a spreadsheet: owners, answers, invoices, plans, rates. Every
// such file is read here, and everything that is wrong with one is said in one
// form: file:line: column: "value": reason.
package smallcsv

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/transform"

	"usagereport/internal/windows1252"
)

// What a file may hold at most; one that people keep stays far below.
const (
	MaxBytes   = 16 << 20
	maxColumns = 256
	maxField   = 64 << 10
)

// Columns says which columns a file has. Their names count in any case of
// letters, with blanks, hyphens, underscores or nothing between the words.
type Columns struct {
	Known  []string // in the order in which messages list them
	Must   []string // those without which it cannot be read
	Others bool     // whether it may have more
}

// A Table is a file that was read.
type Table struct {
	Path   string
	Header []string // in small letters, blanks as underscores; "" is a column without a name
	Rows   []Row    // but those whose values are all empty
}

// A Row is a line after the first.
type Row struct {
	Line   int // of the file, on which it begins
	table  *Table
	fields []string
}

// Get returns the value of a column, without the blanks around it; "" where the
// file has no such column.
func (r Row) Get(column string) string {
	if i := slices.Index(r.table.Header, column); i >= 0 {
		return r.fields[i]
	}
	return ""
}

// Wrong says what is wrong with the value of a column; with "" for the column,
// with the line.
func (r Row) Wrong(column, reason string) *Error {
	return &Error{Path: r.table.Path, Line: r.Line, Column: column, Value: r.Get(column), Reason: reason}
}

// An Error is what is wrong in a file.
type Error struct {
	Path   string
	Line   int    // 0 where it is the file
	Column string // "" where it is the line
	Value  string // "" where it is missing, or the reason says it
	Reason string
	Err    error // that Reason says; nil for most
}

// Unwrap returns the error that the reason says.
func (e *Error) Unwrap() error { return e.Err }

// In says of an error that it is of the file at path, where it does not say so.
func In(path string, err error) error {
	if e := (*Error)(nil); err == nil || errors.As(err, &e) {
		return err
	}
	return fmt.Errorf("%s: %w", path, err)
}

func (e *Error) Error() string {
	out := e.Path
	if e.Line > 0 {
		out += ":" + strconv.Itoa(e.Line)
	}
	for _, part := range []string{name(e.Column), value(e.Value), e.Reason} {
		if part != "" {
			out += ": " + part
		}
	}
	return out
}

// name writes the name of a column, which may be any text.
func name(s string) string {
	strange := func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	if len(s) > shown || strings.ContainsFunc(s, strange) {
		return value(s)
	}
	return s
}

// shown is how many bytes of a value an error shows, about.
const shown = 80

// value writes a text of the file so that it does no harm where it is printed.
func value(s string) string {
	if s == "" {
		return ""
	}
	if len(s) > shown {
		return strconv.QuoteToGraphic(strings.ToValidUTF8(s[:shown], "")) + "…"
	}
	return strconv.QuoteToGraphic(s)
}

// Read reads the file at path from in: text in UTF-8, in UTF-16 with its mark, as
// Excel's "Unicode text", or where that is certain in Windows-1252, as its "CSV", with commas, semicolons or tabs between the values.
// Its first line names the columns.
func Read(path string, in io.Reader, columns Columns) (*Table, error) {
	b, err := io.ReadAll(io.LimitReader(in, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return Parse(path, b, columns)
}

// Parse is Read for a file's bytes. Where nothing else is wrong than that lines have more or
// fewer values than the first, it returns the table without them, and the error that names them all.
func Parse(path string, b []byte, columns Columns) (*Table, error) {
	if len(b) > MaxBytes {
		return nil, &Error{Path: path, Reason: fmt.Sprintf("is larger than %d MB, which no such file is", MaxBytes>>20)}
	}
	b, err := utf8Of(path, b)
	if err != nil {
		return nil, err
	}
	t := &Table{Path: path}
	r := csv.NewReader(bytes.NewReader(b))
	first, _, _ := bytes.Cut(bytes.TrimLeft(b, "\r\n"), []byte("\n"))
	r.Comma = Separator(first)
	var uneven []error
	for {
		fields, err := r.Read()
		switch {
		case errors.Is(err, csv.ErrFieldCount):
			uneven = append(uneven, t.broken(err, len(fields)))
			continue
		case errors.Is(err, io.EOF) && t.Header == nil:
			reason := "the file is empty; its first line names the columns, which are " + strings.Join(columns.Known, ", ")
			return nil, &Error{Path: path, Line: 1, Reason: reason}
		case errors.Is(err, io.EOF):
			return t, errors.Join(uneven...)
		case err != nil:
			return nil, t.broken(err, len(fields))
		}
		line, _ := r.FieldPos(0)
		if err := t.take(line, fields, columns); err != nil {
			return nil, err
		}
	}
}

// take takes up a record.
func (t *Table) take(line int, fields []string, columns Columns) error {
	blank := true
	for i, f := range fields {
		if len(f) > maxField {
			return &Error{Path: t.Path, Line: line, Reason: fmt.Sprintf("value %d is longer than %d KB", i+1, maxField>>10)}
		}
		fields[i] = strings.TrimSpace(f)
		blank = blank && fields[i] == ""
	}
	switch {
	case t.Header == nil:
		return t.takeHeader(line, fields, columns)
	case !blank:
		t.Rows = append(t.Rows, Row{line, t, fields})
	}
	return nil
}

func (t *Table) takeHeader(line int, fields []string, columns Columns) error {
	fail := func(column, reason string) error {
		return &Error{Path: t.Path, Line: line, Column: column, Reason: reason}
	}
	if len(fields) > maxColumns {
		return fail("", fmt.Sprintf("has %d columns; more than %d are not read", len(fields), maxColumns))
	}
	those := strings.Join(columns.Known, ", ")
	for i, f := range fields {
		fields[i] = columns.name(f)
		switch f = fields[i]; {
		case f == "" && !columns.Others:
			return fail("", fmt.Sprintf("column %d has no name; the columns are %s", i+1, those))
		case f != "" && slices.Contains(fields[:i], f):
			return fail(f, "is there twice")
		case !columns.Others && !slices.Contains(columns.Known, f):
			return fail(f, "is not a column of this file; the columns are "+those)
		}
	}
	for _, must := range columns.Must {
		if !slices.Contains(fields, must) {
			return fail(must, "there is no such column; the columns are "+those+", and it needs "+and(columns.Must))
		}
	}
	t.Header = fields
	return nil
}

// name returns the known name that a column's means, else its own, made plain.
func (c Columns) name(s string) string {
	joined := strings.NewReplacer(" ", "", "-", "", "_", "")
	for _, known := range c.Known {
		if strings.EqualFold(joined.Replace(strings.TrimSpace(s)), joined.Replace(known)) {
			return known
		}
	}
	return Name(s)
}

// Name makes the name of a column plain: small letters, underscores for blanks.
func Name(s string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), " ", "_")
}

func and(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// broken says why a record cannot be read. values is how many it has.
func (t *Table) broken(err error, values int) error {
	e := (*csv.ParseError)(nil)
	if !errors.As(err, &e) {
		return fmt.Errorf("read %s: %w", t.Path, err)
	}
	reason := e.Err.Error()
	if errors.Is(e.Err, csv.ErrFieldCount) {
		reason = fmt.Sprintf("has %d values, the first line has %d; put a value that holds a separator into quotation marks",
			values, len(t.Header))
	}
	return &Error{Path: t.Path, Line: e.Line, Reason: reason}
}

// Separator returns what stands between the values of a line: the comma, the
// semicolon or the tab that it has most of outside quotation marks.
func Separator(line []byte) rune {
	count := map[byte]int{}
	quoted := false
	for _, c := range line {
		if c == '"' {
			quoted = !quoted
		}
		if !quoted {
			count[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte(";\t") {
		if count[c] > count[best] {
			best = c
		}
	}
	return rune(best)
}

// IsForeign reports whether a file has no Unicode text and certainly that of Windows-1252,
// as which it is then read; the reader of the file wants to be told.
func IsForeign(b []byte) bool {
	marked := bytes.HasPrefix(b, []byte{0xff, 0xfe}) || bytes.HasPrefix(b, []byte{0xfe, 0xff})
	return !marked && !utf8.Valid(b) && windows1252.Is(b)
}

// utf8Of returns the text of a file as UTF-8 without a mark.
func utf8Of(path string, b []byte) ([]byte, error) {
	little, big := bytes.HasPrefix(b, []byte{0xff, 0xfe}), bytes.HasPrefix(b, []byte{0xfe, 0xff})
	if little || big {
		b = b[2:]
		units := make([]uint16, 0, len(b)/2)
		for ; len(b) >= 2; b = b[2:] {
			if little {
				units = append(units, uint16(b[0])|uint16(b[1])<<8)
			} else {
				units = append(units, uint16(b[1])|uint16(b[0])<<8)
			}
		}
		text := utf16.Decode(units)
		if i := slices.Index(text, unicode.ReplacementChar); i >= 0 || len(b) > 0 {
			return nil, &Error{Path: path, Line: 1 + lines(text[:max(i, 0)]), Reason: "is not UTF-16 as its first bytes say; save it as CSV UTF-8"}
		}
		return []byte(string(text)), nil
	}
	if IsForeign(b) {
		b, _, err := transform.Bytes(windows1252.Decoder(), b)
		return b, err
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return nil, &Error{Path: path, Line: 1 + bytes.Count(b[:i], []byte("\n")), Reason: "is not UTF-8; save it as CSV UTF-8"}
		}
		i += n
	}
	return b, nil
}

func lines(text []rune) (n int) {
	for _, r := range text {
		if r == '\n' {
			n++
		}
	}
	return n
}

// TwoAmounts says of an amount that it may mean two.
const TwoAmounts = "may mean a thousand times as much or as little: write 6000 or 6.00"

// Amount returns an amount as people write it, "6000,00", "6.000,00" or "6,000.00", with a
// point and without groups. ok is false where it may mean two amounts, as "6.000" may; what
// is no amount is returned as it is.
func Amount(s string) (plain string, ok bool) {
	if m := grouped.FindStringSubmatch(s); m != nil {
		return groups.ReplaceAllString(m[1], "") + "." + m[3], true
	}
	switch {
	case either.MatchString(s):
		return s, false
	case comma.MatchString(s):
		return strings.Replace(s, ",", ".", 1), true
	}
	return s, true
}

var (
	// grouped is an amount with groups of three digits and a fraction behind another mark.
	grouped = regexp.MustCompile(`^([-+]?\d{1,3}(?:[,.'’ \x{a0}\x{202f}]\d{3})+)([,.])(\d{1,2})$`)
	groups  = regexp.MustCompile(`[,.'’ \x{a0}\x{202f}]`)
	either  = regexp.MustCompile(`^[-+]?[1-9]\d{0,2}[,.]\d{3}$`)
	comma   = regexp.MustCompile(`^[-+]?(?:\d+,\d{1,2}|0,\d+)$`)
)
