// Package owners reads the file that says which owner has which charges, who gets
// their report, and what it may cost: owners.csv. Beside it, by the same rules, dimensions.csv
// and tags.csv.
package owners

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"usagereport/internal/locale"
	"usagereport/internal/smallcsv"
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
	WarnAt []int // percentages at which to warn, ascending; nil for the usual ones
}

// A Period is how long a budget lasts.
type Period string

// The periods.
const (
	Month   Period = "month"
	Quarter Period = "quarter"
	Year    Period = "year"
)

// A line is one of the file's.
type line struct {
	smallcsv.Row
	Name, Email, Language, Currency, Channel, Budget, Period, Rule, From, To, CostCenter, Note, Share, WarnAt string
}

// fail takes up what is wrong with the value of a column, "" where the line is, or
// where the reason says the value.
type fail func(column, value, format string, args ...any)

// columns are the names that a line knows.
func columns() []string {
	return strings.Fields("name email language currency channel budget period warn_at rule from to cost_center note share")
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
			return Owner{}, fmt.Errorf("owner %s: it is a shared cost, by line %d of %s; its owners are %s",
				r.Owner, r.Line, f.Path, strings.Join(names, ", "))
		}
	}
	return Owner{}, fmt.Errorf("owner %s: %s names none; it has %s", name, f.Path, strings.Join(names, ", "))
}

// Parse reads the bytes of the file at path, as smallcsv reads them. What is wrong
// with its values it returns as smallcsv.Errors, joined, all at once.
func Parse(path string, b []byte) (*File, error) {
	sum := sha256.Sum256(b)
	f := &File{Path: path, SHA256: hex.EncodeToString(sum[:])}
	table, err := smallcsv.Parse(path, b, smallcsv.Columns{Known: columns(), Must: []string{"name", "rule"}, Others: true})
	if table == nil {
		return nil, err
	}
	for _, c := range table.Header {
		if c != "" && !slices.Contains(columns(), c) {
			f.Extra = append(f.Extra, c)
		}
	}
	errs := []error{err} // of lines that are not in it
	failAt := func(at int) fail {
		return func(column, value, format string, args ...any) {
			errs = append(errs, &smallcsv.Error{Path: path, Line: at, Column: column, Value: value, Reason: fmt.Sprintf(format, args...)})
		}
	}
	for _, r := range table.Rows {
		f.add(lineOf(r), r.Line, failAt(r.Line))
	}
	for i := range f.Rules {
		f.receive(&f.Rules[i], failAt(f.Rules[i].Line))
	}
	return f, errors.Join(errs...)
}

func lineOf(r smallcsv.Row) line {
	return line{
		Row: r, Name: r.Get("name"), Email: r.Get("email"), Language: r.Get("language"), Currency: r.Get("currency"), Channel: r.Get("channel"),
		Budget: r.Get("budget"), Period: r.Get("period"), Rule: r.Get("rule"), From: r.Get("from"), To: r.Get("to"),
		CostCenter: r.Get("cost_center"), Note: r.Get("note"), Share: r.Get("share"), WarnAt: r.Get("warn_at"),
	}
}

// add takes up a line.
func (f *File) add(l line, at int, fail fail) {
	if l.Name == "" {
		fail("name", "", "is empty: whose is the rule?")
		return
	}
	if strings.ContainsFunc(l.Name+l.Rule+l.Note, func(r rune) bool { return unicode.IsControl(r) }) {
		fail("", "", "holds a control character or a line end")
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
			fail("email", address, "is no mail address; several stand with ; between them")
		} else if !slices.Contains(o.Emails, address) {
			o.Emails = append(o.Emails, address)
		}
	}
	once := func(column string, have *string, value string) {
		if value != "" && *have != "" && *have != value {
			fail(column, value, "stands as %q on another line of %s", *have, o.Name)
		}
		if *have == "" {
			*have = value
		}
	}
	if l.Language != "" {
		if _, err := locale.New(l.Language); err != nil {
			fail("language", "", "%v", err)
		}
	}
	once("language", &o.Language, l.Language)
	if c := strings.ToUpper(l.Currency); c != "" && (len(c) != 3 || strings.Trim(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		fail("currency", l.Currency, "is no currency's code, like EUR")
	}
	once("currency", &o.Currency, strings.ToUpper(l.Currency))
	once("channel", &o.Channel, l.Channel)
	once("cost_center", &o.CostCenter, l.CostCenter)
	if o.Note == "" {
		o.Note = l.Note
	}
	for j, name := range f.Extra {
		v := l.Get(name)
		if o.Extra[j] == "" {
			o.Extra[j] = v
		}
	}
	o.addBudget(l, at, fail)
}

// addShared takes up a line of a shared cost, which has a name but no owner.
func (f *File) addShared(l line, at int, fail fail) {
	for _, v := range []struct{ column, value string }{
		{"email", l.Email},
		{"language", l.Language},
		{"currency", l.Currency},
		{"channel", l.Channel},
		{"budget", l.Budget},
		{"period", l.Period},
		{"warn_at", l.WarnAt},
		{"cost_center", l.CostCenter},
	} {
		if v.value != "" {
			fail(v.column, v.value, "a shared cost has none: those have that it is divided among")
			return
		}
	}
	if l.Rule == "" {
		fail("rule", "", "is empty: which cost is shared?")
		return
	}
	s, err := usage.ParseShare(l.Share)
	if err != nil {
		fail("share", "", "%v", err)
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
func (f *File) receive(r *usage.OwnerRule, fail fail) {
	if r.Share == nil {
		return
	}
	if o, err := f.Owner(r.Owner); err == nil {
		fail("share", "", "%s is an owner, by line %d; call the shared cost something else", o.Name, o.Line)
		return
	}
	for i, to := range r.Share.Receivers {
		o, err := f.Owner(to.Owner)
		if err != nil {
			if strings.Contains(to.Owner, ",") {
				err = fmt.Errorf("%w; names are divided by a semicolon", err)
			}
			fail("share", "", "%v", err)
			continue
		}
		r.Share.Receivers[i].Owner = o.Name
		if gap, missing := f.lacks(o.Name, r.Within()); missing {
			fail("share", "", "%s has no rule %s; give the line the dates on which it has", o.Name, saidDays(gap))
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
func (f *File) addRule(l line, at int, owner string, share *usage.Share, fail fail) {
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
			fail(v.column, v.text, "is not a date like 2026-03-31")
			return
		}
		*v.day = d
	}
	if r.From != 0 && r.To != 0 && r.To < r.From {
		fail("to", l.To, "is before %s, on which the line begins", r.From)
		return
	}
	if l.Rule == "" {
		if l.From != "" || l.To != "" {
			fail("rule", "", "is empty, but the line has dates")
		}
		return
	}
	terms, err := usage.ParseOwnerTerms(l.Rule)
	if err != nil {
		fail("rule", "", "%v", err)
		return
	}
	r.Terms = terms
	f.Rules = append(f.Rules, r)
}

// maxWarnAt is the largest percentage of a budget to warn at.
const maxWarnAt = 1000

func (o *Owner) addBudget(l line, at int, fail fail) {
	if l.Budget == "" {
		if l.Period != "" {
			fail("period", l.Period, "is the budget's, and the line has no budget")
		}
		if l.WarnAt != "" {
			fail("warn_at", l.WarnAt, "is the budget's, and the line has no budget")
		}
		return
	}
	b := Budget{Line: at, Period: Period(strings.ToLower(l.Period))}
	var rounded bool
	var err error
	amount, clear := smallcsv.Amount(l.Budget)
	if !clear {
		fail("budget", l.Budget, smallcsv.TwoAmounts)
		return
	}
	if b.Amount, rounded, err = usage.ParseDecimal(amount); err != nil || rounded || b.Amount.Sign() < 0 {
		fail("budget", l.Budget, "is not an amount like 1200.00; its currency has a column of its own")
		return
	}
	switch b.Period {
	case "":
		b.Period = Month
	case Month, Quarter, Year:
	default:
		fail("period", l.Period, "use month, quarter or year")
		return
	}
	for _, at := range strings.FieldsFunc(l.WarnAt, func(r rune) bool { return strings.ContainsRune(" ;,/%", r) }) {
		percent, err := strconv.Atoi(at)
		if err != nil || percent < 1 || percent > maxWarnAt {
			fail("warn_at", l.WarnAt, "use percentages of the budget, like 50 80 100")
			return
		}
		b.WarnAt = append(b.WarnAt, percent)
	}
	slices.Sort(b.WarnAt)
	b.WarnAt = slices.Compact(b.WarnAt)
	if o.Budget != nil {
		fail("budget", l.Budget, "a second budget of %s; the first is on line %d", o.Name, o.Budget.Line)
		return
	}
	o.Budget = &b
}
