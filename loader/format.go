package loader

import (
	"embed"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"usagereport/ledger"
)

//go:embed formats/*.sql
var formatFiles embed.FS

//go:embed macros.sql
var macrosSQL string

// A Format is one kind of usage file: a SELECT from the file's raw columns to
// the ledger's, with the header that it requires. It is read from
// formats/NAME.sql; docs/adding.md describes the directives.
type Format struct {
	Name  string // "azure_ea"
	Title string // "Azure EA cost export"
	SQL   string // one SELECT ... FROM raw

	// CostType is actual, focus or statement; where EitherCost is set the rows
	// decide between actual and amortized.
	CostType   string
	EitherCost bool

	// Sections says that the file is an Account Center file of three sections;
	// Statement is the header that its Statement section requires.
	Sections  bool
	Statement []column

	// Agreement is what the file's bills belong to, "" where it is unknown;
	// Outranks is the format whose files this one's replace, "" for none.
	// Contract is the one that bills what the file holds, "" where it may be any: an account belongs to one at a time.
	Agreement ledger.Agreement
	Outranks  string
	Contract  string

	Requires []column
	Days     []string // columns read as a date or a time
	Numbers  []string // columns read as exact decimals
	Total    string   // the number that makes up the file's total
	Currency string   // the column that names the currency; "" if none does
	Tags     string   // the column that holds tags as JSON; "" if none does
	Tagged   []tagged // the columns of which Tags is made, where it is no column of the file
	Untag    []string // what is taken off in front of tags' keys
	Credits  string   // the column with a list of credits, each of which becomes a charge; "" if none has
	// OneCurrency says that a file has one currency, which its rows without one have, too.
	OneCurrency bool
	// InCurrency is the currency of every file of the format, none of which names it; "" for
	// a format whose files do, or may be in any.
	InCurrency string
	// Idle is a column without whose value a row says that nothing was used; "" for none.
	Idle string
	// Kinds are the quantities of which each row has several. Each becomes a charge.
	Kinds []kind
	// Cents are the numbers that the file has in hundredths.
	Cents []string

	// Periods are the columns, of texts, in which the billing period begins and
	// ends, two or none. EndsAfter says that the second is the first day after it,
	// and that both must be there (FOCUS).
	Periods   []string
	EndsAfter bool
	Else      [2]string // a number, and the one that stands for it where it is empty
	Order     DayOrder  // in which the format writes dates with slashes, if it does

	accepts []column
	texts   []string // every other column that SQL names
}

// A column is a name with the other spellings under which files carry it.
type column []string

// Formats returns the formats that the loader knows, by name.
func Formats() ([]*Format, error) {
	entries, err := formatFiles.ReadDir("formats")
	if err != nil {
		return nil, err
	}
	var fs []*Format
	for _, e := range entries {
		b, err := formatFiles.ReadFile(path.Join("formats", e.Name()))
		if err != nil {
			return nil, err
		}
		f, err := parseFormat(string(b))
		if err != nil {
			return nil, fmt.Errorf("format %s: %w", e.Name(), err)
		}
		fs = append(fs, f)
	}
	for _, f := range fs {
		if f.Outranks != "" && !slices.ContainsFunc(fs, func(o *Format) bool { return o.Name == f.Outranks && o != f }) {
			return nil, fmt.Errorf("format %s: outranks: there is no other format %q", f.Name, f.Outranks)
		}
	}
	return fs, nil
}

// costTypes returns what the directive cost may say.
func costTypes() []string {
	return []string{"actual", "amortized", "actual or amortized", "focus", "statement"}
}

// quoted finds the raw columns that a format's SELECT names.
var quoted = regexp.MustCompile(`"([^"]+)"`)

// parseFormat reads a file of a format: directives in its comments, and the SELECT.
func parseFormat(text string) (*Format, error) {
	f := &Format{}
	var body strings.Builder
	for line := range strings.Lines(text) {
		comment, ok := strings.CutPrefix(line, "--")
		if !ok {
			if code, _, found := strings.Cut(line, " -- "); found {
				line = code + "\n"
			}
			if !strings.HasPrefix(strings.TrimSpace(line), "--") {
				body.WriteString(line)
			}
			continue
		}
		key, value, ok := strings.Cut(strings.TrimSpace(comment), ":")
		value = strings.TrimSpace(value)
		if !ok || strings.Contains(key, " ") {
			continue // prose
		}
		if err := f.set(key, value); err != nil {
			return nil, err
		}
	}
	f.SQL = strings.TrimSpace(body.String())
	return f, f.check()
}

// set takes what a directive says.
func (f *Format) set(key, value string) error {
	switch key {
	case "format":
		f.Name = value
	case "title":
		f.Title = value
	case "cost":
		if !slices.Contains(costTypes(), value) {
			return fmt.Errorf("cost: %q is unknown; use one of %s", value, strings.Join(costTypes(), ", "))
		}
		f.CostType, _, f.EitherCost = strings.Cut(value, " or ")
	case "layout":
		if value != "sections" {
			return fmt.Errorf("layout: %q is unknown; use sections, or leave it out", value)
		}
		f.Sections = true
	case "agreement":
		if f.Agreement = ledger.Agreement(value); !slices.Contains(ledger.Agreements(), f.Agreement) {
			return fmt.Errorf("agreement: %q is unknown; use one of %q", value, ledger.Agreements())
		}
	case "outranks":
		f.Outranks = value
	case "contract":
		f.Contract = value
	case "statement":
		f.Statement = columns(value)
	case "requires":
		f.Requires = columns(value)
	case "accepts":
		f.accepts = append(f.accepts, columns(value)...)
	case "days":
		f.Days = list(value)
	case "numbers":
		f.Numbers = list(value)
	case "total":
		f.Total = value
	case "currency":
		if code, ok := strings.CutPrefix(value, "= "); ok {
			if f.InCurrency, ok = currencyCode([]byte(code)); !ok {
				return fmt.Errorf("currency: %q is not a currency's code, like USD", code)
			}
			break
		}
		name, rest, _ := strings.Cut(value, ";")
		f.Currency, f.OneCurrency = strings.TrimSpace(name), strings.TrimSpace(rest) == "one"
		if rest != "" && !f.OneCurrency {
			return fmt.Errorf("currency: %q is not a column, with \"; one\" or nothing behind it", value)
		}
	case "tags":
		f.Tags = value
	case "tagged":
		f.Tagged = taggedOf(value)
	case "untag":
		f.Untag = list(value)
	case "credits":
		f.Credits = value
	case "idle":
		f.Idle = value
	case "kinds":
		kinds, err := kindsOf(value)
		if err != nil {
			return err
		}
		f.Kinds = append(f.Kinds, kinds...)
	case "cents":
		f.Cents = list(value)
	case "periods":
		names, rest, _ := strings.Cut(value, ";")
		f.Periods, f.EndsAfter = list(names), strings.TrimSpace(rest) == "exclusive"
		if len(f.Periods) != 2 || rest != "" && !f.EndsAfter {
			return fmt.Errorf("periods: %q is not two columns, with \"; exclusive\" or nothing behind them", value)
		}
	case "else":
		name, other, ok := strings.Cut(value, " = ")
		if f.Else = [2]string{name, other}; !ok {
			return fmt.Errorf("else: %q is not NUMBER = NUMBER", value)
		}
	case "order":
		if value != "month-first" {
			return fmt.Errorf("order: %q is not month-first", value)
		}
		f.Order = MonthFirst
	default:
		return fmt.Errorf("unknown directive %q", key)
	}
	return nil
}

// check holds what the directives say to each other and to the SELECT, whose other columns are texts.
func (f *Format) check() error {
	if f.Name == "" || f.Title == "" || f.CostType == "" || len(f.Requires) == 0 || len(f.Days) == 0 || f.Total == "" {
		return fmt.Errorf("one of the directives format, title, cost, requires, days, total is missing")
	}
	for _, name := range f.Else {
		if name != "" && !slices.Contains(f.Numbers, name) {
			return fmt.Errorf("else: %q is none of the numbers", name)
		}
	}
	for _, name := range f.Cents {
		if !slices.Contains(f.Numbers, name) {
			return fmt.Errorf("cents: %q is none of the numbers", name)
		}
	}
	used := map[string]bool{}
	for _, m := range quoted.FindAllStringSubmatch(f.SQL, -1) {
		name := m[1]
		used[name] = true
		if !slices.Contains(f.Days, name) && !slices.Contains(f.Numbers, name) && !slices.Contains(f.texts, name) {
			f.texts = append(f.texts, name)
		}
	}
	for _, name := range append(slices.Clone(f.Days), f.Numbers...) {
		if !used[name] {
			return fmt.Errorf("the column %q is declared and not used", name)
		}
	}
	for _, name := range append(f.kindColumns(), f.Idle) {
		used[name] = true
	}
	for _, c := range f.accepts {
		if !used[c[0]] {
			return fmt.Errorf("accepts: the column %q is not used", c[0])
		}
	}
	for _, d := range []struct{ key, column string }{{"currency", f.Currency}, {"tags", f.Tags}} {
		if d.column != "" && !used[d.column] {
			return fmt.Errorf("%s: the column %q is not used", d.key, d.column)
		}
	}
	if len(f.Kinds) > 0 && (!slices.Contains(f.Numbers, kindValue) || !slices.Contains(f.texts, kindName)) {
		return fmt.Errorf("kinds: %q is none of the numbers, or %q is not used", kindValue, kindName)
	}
	if !slices.Contains(f.Numbers, f.Total) {
		return fmt.Errorf("total: %q is none of the numbers", f.Total)
	}
	return nil
}

func list(s string) []string {
	var out []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func columns(s string) []column {
	var out []column
	for _, part := range list(s) {
		out = append(out, strings.Split(part, "|"))
	}
	return out
}

// fold makes column names comparable: case, blanks, hyphens and underscores do not count, of which databases
// put one before each word.
func fold(name string) string {
	return strings.ReplaceAll(plain(name), "_", "")
}

// plain is fold where underscores count.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return unicode.ToLower(r)
	}, strings.TrimSpace(name))
}

// A Header is the header row of a usage file.
type Header []string

// find returns the position of a column in h, or -1. A localised header
// "Ressourcengruppe (ResourceGroup)" counts under both of its names.
func (h Header) find(c column) int {
	return h.index().find(c)
}

// An index has the positions of a header's columns by their plain and their folded names.
type index struct{ plain, own, translated map[string]int }

func (h Header) index() index {
	x := index{make(map[string]int, len(h)), make(map[string]int, len(h)), map[string]int{}}
	for i := len(h) - 1; i >= 0; i-- { // the first of a name counts
		names := namesOf(h[i], fold)
		x.plain[plain(h[i])] = i
		x.own[names[0]] = i
		if len(names) > 1 {
			x.translated[names[1]] = i
		}
	}
	return x
}

func (x index) find(c column) int {
	for _, want := range c {
		if i, ok := x.plain[plain(want)]; ok { // a column of one's own may differ from it by underscores
			return i
		}
		want = fold(want)
		if i, ok := x.own[want]; ok {
			return i
		}
		if i, ok := x.translated[want]; ok {
			return i
		}
	}
	return -1
}

// missing returns of each of cs that the header lacks the spelling with a slash where others of its
// columns have one, else the first.
func (x index) missing(cs []column) []string {
	slash := func(name string) bool { return strings.Contains(name, "/") }
	slashes := false
	for name := range x.own {
		slashes = slashes || slash(name)
	}
	var out []string
	for _, c := range cs {
		if x.find(c) >= 0 {
			continue
		}
		name := c[0]
		if i := slices.IndexFunc(c, slash); slashes && i >= 0 {
			name = c[i]
		}
		out = append(out, name)
	}
	return out
}

// An UnknownHeaderError says that no format has a file's header.
type UnknownHeaderError struct {
	Columns []string // the file's
	Kind    string   // what it is instead, if that is known
	Instead string   // what to load, then
	Nearest string   // the title of the format that it shares most with; "" if it shares little
	Missing []string // what it lacks of that
}

func (e *UnknownHeaderError) Error() string {
	switch {
	case e.Kind != "":
		return fmt.Sprintf("it is %s; %s", e.Kind, e.Instead)
	case e.Nearest != "":
		return fmt.Sprintf("not a usage file that usagereport knows: its %d columns come nearest to %q, but lack %s",
			len(e.Columns), e.Nearest, strings.Join(e.Missing, ", "))
	}
	n := len(e.Columns)
	return fmt.Sprintf("not a usage file that usagereport knows: its %d %s (%s) %s of no usage file; docs/files.md lists what can be read",
		n, plural(n, "column", "columns"), joined(e.Columns, 5), plural(n, "is one", "are those"))
}

// FormatOf returns the format whose required columns h has: of several the one
// that requires most. The file's name plays no part.
func FormatOf(formats []*Format, h Header, statement Header) (*Format, error) {
	var best, tie, nearest *Format
	var lacks []string
	shared := 0 // columns that are nearest's, too
	columns, inStatement := h.index(), statement.index()
	for _, f := range formats {
		if f.Sections != (statement != nil) {
			continue
		}
		missing := append(columns.missing(f.Requires), inStatement.missing(f.Statement)...)
		switch {
		case len(missing) > 0:
			shares := f.shares(columns)
			if nearest == nil || shares > shared || shares == shared && len(missing)*len(nearest.Requires) < len(lacks)*len(f.Requires) {
				nearest, lacks, shared = f, missing, shares
			}
		case best == nil || len(f.Requires) > len(best.Requires):
			best, tie = f, nil
		case len(f.Requires) == len(best.Requires):
			tie = f
		}
	}
	switch {
	case tie != nil:
		return nil, fmt.Errorf("header fits two formats, %s and %s", best.Name, tie.Name)
	case best != nil:
		return best, nil
	case nearest == nil:
		return nil, fmt.Errorf("not a usage file that usagereport knows")
	}
	e := &UnknownHeaderError{}
	for _, c := range h {
		e.Columns = append(e.Columns, shown([]byte(c)))
	}
	if what, instead, ok := h.otherKind(); ok {
		e.Kind, e.Instead = what, instead
	} else if has := len(nearest.Requires) - len(lacks); shared >= 8 || has >= 3 && 3*has >= len(nearest.Requires) {
		e.Nearest, e.Missing = nearest.Title, lacks
	}
	return nil, e
}

// shares returns how many of a file's columns are f's, by any of their names.
func (f *Format) shares(x index) int {
	is := f.reads(x)
	for _, c := range f.Requires {
		is[x.find(c)] = true
	}
	delete(is, -1)
	return len(is)
}

// reads returns the places of the columns that f's SELECT reads; -1 is for those that a file lacks.
func (f *Format) reads(x index) map[int]bool {
	at := map[int]bool{}
	for _, name := range slices.Concat(f.Days, f.Numbers, f.texts) {
		at[x.find(f.spellings(name))] = true
	}
	return at
}

// spellings returns all names under which files carry a raw column of f.
func (f *Format) spellings(name string) column {
	for _, c := range append(slices.Clone(f.Requires), f.accepts...) {
		if c[0] == name {
			return c
		}
	}
	return column{name}
}

// unknown returns the columns of h that f does not read.
func (f *Format) unknown(h Header) []string {
	columns := h.index()
	known := f.reads(columns)
	for _, t := range f.tagColumns(h) {
		known[t.at] = true
	}
	known[columns.find(column{f.Credits})] = true
	for _, name := range f.kindColumns() {
		known[columns.find(f.spellings(name))] = true
	}
	var out []string
	for i, name := range h {
		if !known[i] {
			out = append(out, name)
		}
	}
	return out
}
