// Package owners reads the file that says whose which charges are, who gets
// their report, and what it may cost: owners.csv.
package owners

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gocarina/gocsv"

	"usagereport/locale"
	"usagereport/usage"
)

// A File is an owners file.
type File struct {
	Path   string
	SHA256 string // of its bytes
	Owners []Owner
	Rules  []usage.OwnerRule // in the order of the file: the first that takes a charge counts; those of shared costs, too
	Extra  []string          // the names of its other columns
}

// An Owner is one to whom charges belong.
type Owner struct {
	Name       string
	Line       int // the first on which it stands
	Emails     []string
	Language   string // "" where the file names none, as are the next two
	Currency   string // of the budget
	Channel    string
	Budget     *Budget // nil where the file names none
	CostCenter string
	Note       string
	Extra      []string // by File.Extra
}

// A Budget is what an owner's charges may cost.
type Budget struct {
	Line   int
	Amount usage.Decimal
	Period Period
}

// A Period is how long a budget lasts.
type Period string

// The periods.
const (
	Month   Period = "month"
	Quarter Period = "quarter"
	Year    Period = "year"
)

// An Error says what is wrong with one value.
type Error struct {
	Path   string
	Line   int
	Column string // "" where it is the line
	Reason string
}

func (e *Error) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Reason)
	}
	return fmt.Sprintf("%s:%d: %s: %s", e.Path, e.Line, e.Column, e.Reason)
}

// A line is one of the file's, as gocsv reads it.
type line struct {
	Name       string `csv:"name"`
	Email      string `csv:"email"`
	Language   string `csv:"language"`
	Currency   string `csv:"currency"`
	Channel    string `csv:"channel"`
	Budget     string `csv:"budget"`
	Period     string `csv:"period"`
	Rule       string `csv:"rule"`
	From       string `csv:"from"`
	To         string `csv:"to"`
	CostCenter string `csv:"cost_center"`
	Note       string `csv:"note"`
	Share      string `csv:"share"`
}

// columns are the names that a line knows.
func columns() []string {
	return []string{"name", "email", "language", "currency", "channel", "budget", "period", "rule", "from", "to", "cost_center", "note", "share"}
}

// Owner returns the owner called name, in any case of letters.
func (f *File) Owner(name string) (Owner, error) {
	var names []string
	for _, o := range f.Owners {
		if strings.EqualFold(o.Name, name) {
			return o, nil
		}
		names = append(names, o.Name)
	}
	for _, r := range f.Rules {
		if r.Share != nil && strings.EqualFold(r.Owner, name) {
			return Owner{}, fmt.Errorf("owner %s: it is a shared cost, by line %d of %s; its owners are %s", r.Owner, r.Line, f.Path, strings.Join(names, ", "))
		}
	}
	return Owner{}, fmt.Errorf("owner %s: %s names none; it has %s", name, f.Path, strings.Join(names, ", "))
}

// Parse reads the bytes of the file at path, as text or as a spreadsheet writes
// it: with a byte order mark, with semicolons or tabs between the values. What is
// wrong it returns as Errors, joined, all at once.
func Parse(path string, b []byte) (*File, error) {
	sum := sha256.Sum256(b)
	f := &File{Path: path, SHA256: hex.EncodeToString(sum[:])}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if !utf8.Valid(b) {
		n := 1 + bytes.Count(b[:invalid(b)], []byte("\n"))
		return nil, &Error{path, n, "", "is not UTF-8; save it as CSV UTF-8"}
	}
	in := &reader{path: path, csv: csv.NewReader(bytes.NewReader(b))}
	in.csv.Comma = separator(b)
	var lines []line
	if err := gocsv.UnmarshalCSV(in, &lines); err != nil && !errors.Is(err, gocsv.ErrEmptyCSVFile) {
		if e := (*Error)(nil); errors.As(err, &e) {
			return nil, e
		}
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if in.header == nil {
		return nil, &Error{path, 1, "", "is empty; it needs the columns name and rule"}
	}
	for _, c := range in.header {
		if c != "" && !slices.Contains(columns(), c) {
			f.Extra = append(f.Extra, c)
		}
	}
	var errs []error
	for i, l := range lines {
		l.trim()
		if in.blank(i) {
			continue
		}
		fail := func(column, format string, args ...any) {
			errs = append(errs, &Error{path, in.lines[i], column, fmt.Sprintf(format, args...)})
		}
		f.add(l, in.lines[i], in.extra(i), fail)
	}
	for i := range f.Rules {
		f.receive(&f.Rules[i], func(format string, args ...any) {
			errs = append(errs, &Error{path, f.Rules[i].Line, "share", fmt.Sprintf(format, args...)})
		})
	}
	return f, errors.Join(errs...)
}

// invalid returns where b stops being UTF-8.
func invalid(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(b)
}

// separator returns what stands between the values of the first line.
func separator(b []byte) rune {
	first, _, _ := strings.Cut(string(b), "\n")
	best := ','
	for _, r := range ";\t" {
		if strings.Count(first, string(r)) > strings.Count(first, string(best)) {
			best = r
		}
	}
	return best
}

// A reader is a gocsv.CSVReader that knows the line of each record.
type reader struct {
	path    string
	csv     *csv.Reader
	header  []string
	records [][]string
	lines   []int
}

func (r *reader) Read() ([]string, error) {
	rec, err := r.csv.Read()
	if errors.Is(err, io.EOF) {
		return nil, err
	}
	if e := (*csv.ParseError)(nil); errors.As(err, &e) {
		reason := e.Err.Error()
		if errors.Is(e.Err, csv.ErrFieldCount) {
			reason = fmt.Sprintf("has %d values, the first line has %d; put values that hold a comma into quotation marks", len(rec), len(r.header))
		}
		return nil, &Error{r.path, e.Line, "", reason}
	}
	if err != nil {
		return nil, err
	}
	at, _ := r.csv.FieldPos(0)
	if r.header == nil {
		return rec, r.takeHeader(rec, at)
	}
	r.records, r.lines = append(r.records, rec), append(r.lines, at)
	return rec, nil
}

// takeHeader makes the names of a first line plain.
func (r *reader) takeHeader(rec []string, at int) error {
	for i, name := range rec {
		name = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), " ", "_")
		if name != "" && slices.Contains(rec[:i], name) {
			return &Error{r.path, at, name, "stands twice in the first line"}
		}
		rec[i] = name
	}
	for _, name := range []string{"name", "rule"} {
		if !slices.Contains(rec, name) {
			return &Error{r.path, at, name, "no such column in the first line; the file's columns are " + strings.Join(columns(), ", ") + ", and it needs name and rule"}
		}
	}
	r.header = rec
	return nil
}

func (r *reader) ReadAll() (out [][]string, err error) {
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, rec)
	}
}

// blank reports whether a record says nothing.
func (r *reader) blank(i int) bool {
	return !slices.ContainsFunc(r.records[i], func(s string) bool { return strings.TrimSpace(s) != "" })
}

// extra returns the values of the columns that a line does not know.
func (r *reader) extra(i int) (out []string) {
	for j, name := range r.header {
		if name != "" && !slices.Contains(columns(), name) {
			out = append(out, strings.TrimSpace(r.records[i][j]))
		}
	}
	return out
}

func (l *line) trim() {
	for _, s := range []*string{&l.Name, &l.Email, &l.Language, &l.Currency, &l.Channel, &l.Budget, &l.Period, &l.Rule, &l.From, &l.To, &l.CostCenter, &l.Note, &l.Share} {
		*s = strings.TrimSpace(*s)
	}
}

// add takes up a line.
func (f *File) add(l line, at int, extra []string, fail func(column, format string, args ...any)) {
	if l.Name == "" {
		fail("name", "is empty: whose is the rule?")
		return
	}
	if strings.ContainsFunc(l.Name+l.Rule+l.Note, func(r rune) bool { return unicode.IsControl(r) }) {
		fail("", "holds a control character or a line end")
		return
	}
	if l.Share != "" {
		f.addShared(l, at, fail)
		return
	}
	i := slices.IndexFunc(f.Owners, func(o Owner) bool { return strings.EqualFold(o.Name, l.Name) })
	if i < 0 {
		i = len(f.Owners)
		f.Owners = append(f.Owners, Owner{Name: l.Name, Line: at, Extra: make([]string, len(f.Extra))})
	}
	o := &f.Owners[i]
	f.addRule(l, at, o.Name, nil, fail)
	for address := range strings.SplitSeq(l.Email, ";") {
		if address = strings.TrimSpace(address); address == "" {
			continue
		}
		if a, err := mail.ParseAddress(address); err != nil || a.Address != address {
			fail("email", "%q is no mail address; several stand with ; between them", address)
		} else if !slices.Contains(o.Emails, address) {
			o.Emails = append(o.Emails, address)
		}
	}
	once := func(column string, have *string, value string) {
		if value != "" && *have != "" && *have != value {
			fail(column, "%q, but %q on another line of %s", value, *have, o.Name)
		}
		if *have == "" {
			*have = value
		}
	}
	if l.Language != "" {
		if _, err := locale.New(l.Language); err != nil {
			fail("language", "%v", err)
		}
	}
	once("language", &o.Language, l.Language)
	if c := strings.ToUpper(l.Currency); c != "" && (len(c) != 3 || strings.Trim(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		fail("currency", "%q is no currency's code, like EUR", l.Currency)
	}
	once("currency", &o.Currency, strings.ToUpper(l.Currency))
	once("channel", &o.Channel, l.Channel)
	once("cost_center", &o.CostCenter, l.CostCenter)
	if o.Note == "" {
		o.Note = l.Note
	}
	for j, v := range extra {
		if o.Extra[j] == "" {
			o.Extra[j] = v
		}
	}
	o.addBudget(l, at, fail)
}

// addShared takes up a line of a shared cost, which has a name but no owner.
func (f *File) addShared(l line, at int, fail func(column, format string, args ...any)) {
	for _, v := range []struct{ column, value string }{
		{"email", l.Email}, {"language", l.Language}, {"currency", l.Currency}, {"channel", l.Channel}, {"budget", l.Budget}, {"period", l.Period}, {"cost_center", l.CostCenter},
	} {
		if v.value != "" {
			fail(v.column, "a shared cost has none: those have that it is divided among")
			return
		}
	}
	if l.Rule == "" {
		fail("rule", "is empty: which cost is shared?")
		return
	}
	s, err := usage.ParseShare(l.Share)
	if err != nil {
		fail("share", "%v", err)
		return
	}
	name := l.Name
	for _, r := range f.Rules {
		if r.Share != nil && strings.EqualFold(r.Owner, name) {
			name = r.Owner
		}
	}
	f.addRule(l, at, name, &s, fail)
}

// receive finds the receivers of r, if it is of a shared cost, among the owners.
func (f *File) receive(r *usage.OwnerRule, fail func(format string, args ...any)) {
	if r.Share == nil {
		return
	}
	if o, err := f.Owner(r.Owner); err == nil {
		fail("%s is an owner, by line %d; call the shared cost something else", o.Name, o.Line)
		return
	}
	for i, to := range r.Share.Receivers {
		o, err := f.Owner(to.Owner)
		if err != nil {
			fail("%s: %v", to.Owner, err)
			continue
		}
		r.Share.Receivers[i].Owner = o.Name
		if gap, missing := f.lacks(o.Name, r.Within()); missing {
			fail("%s has no rule %s; give the line the dates on which it has", o.Name, saidDays(gap))
		}
	}
	slices.SortFunc(r.Share.Receivers, func(x, y usage.Receiver) int { return strings.Compare(x.Owner, y.Owner) })
}

// lacks returns the first days of span on which no rule of an owner holds. Who has
// no rule at all lives on shared cost alone, and lacks none.
func (f *File) lacks(owner string, span usage.Period) (gap usage.Period, missing bool) {
	var held []usage.Period
	for _, r := range f.Rules {
		if r.Share == nil && r.Owner == owner {
			held = append(held, r.Within())
		}
	}
	if len(held) == 0 {
		return gap, false
	}
	slices.SortFunc(held, func(x, y usage.Period) int { return int(x.From - y.From) })
	for _, p := range held {
		if p.From > span.From {
			return usage.Period{From: span.From, To: min(p.From, span.To)}, true
		}
		if span.From = max(span.From, p.To); span.From >= span.To {
			return gap, false
		}
	}
	return span, true
}

// saidDays says on which days, where they may go on for ever.
func saidDays(p usage.Period) string {
	ever := usage.OwnerRule{}.Within()
	switch {
	case p.To == ever.To:
		return "after " + (p.From - 1).String()
	case p.From == ever.From:
		return "before " + p.To.String()
	}
	return "on the days " + p.String()
}

// addRule takes up a line's rule; share is nil where it is an owner's.
func (f *File) addRule(l line, at int, owner string, share *usage.Share, fail func(column, format string, args ...any)) {
	r := usage.OwnerRule{Line: at, Owner: owner, Share: share}
	for _, v := range []struct {
		column, text string
		day          *usage.Day
	}{{"from", l.From, &r.From}, {"to", l.To, &r.To}} {
		if v.text == "" {
			continue
		}
		d, err := usage.ParseDay(v.text)
		if err != nil || d < usage.Date(1900, 1, 1) || d > usage.Date(9998, 12, 31) {
			fail(v.column, "%q is not a date like 2026-03-31", v.text)
			return
		}
		*v.day = d
	}
	if r.From != 0 && r.To != 0 && r.To < r.From {
		fail("to", "%s is before %s, on which the line begins", r.To, r.From)
		return
	}
	if l.Rule == "" {
		if l.From != "" || l.To != "" {
			fail("rule", "is empty, but the line has dates")
		}
		return
	}
	terms, err := usage.ParseOwnerTerms(l.Rule)
	if err != nil {
		fail("rule", "%v", err)
		return
	}
	r.Terms = terms
	f.Rules = append(f.Rules, r)
}

func (o *Owner) addBudget(l line, at int, fail func(column, format string, args ...any)) {
	if l.Budget == "" {
		if l.Period != "" {
			fail("period", "is the budget's, and the line has no budget")
		}
		return
	}
	b := Budget{Line: at, Period: Period(strings.ToLower(l.Period))}
	var rounded bool
	var err error
	if b.Amount, rounded, err = usage.ParseDecimal(l.Budget); err != nil || rounded || b.Amount.Sign() < 0 {
		fail("budget", "%s is not an amount like 1200.00", strconv.Quote(l.Budget))
		return
	}
	switch b.Period {
	case "":
		b.Period = Month
	case Month, Quarter, Year:
	default:
		fail("period", "%q: use month, quarter or year", l.Period)
		return
	}
	if o.Budget != nil {
		fail("budget", "a second budget of %s; the first is on line %d", o.Name, o.Budget.Line)
		return
	}
	o.Budget = &b
}
