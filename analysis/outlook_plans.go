package analysis

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gocarina/gocsv"

	"usagereport/usage"
)

// A Plan is a change of cost that is known before it shows in the
// data: Amount more than without it, or less where it is negative.
type Plan struct {
	From     usage.Day
	To       usage.Day   // its last day; 0 where it has no end
	Scope    []Condition // all must hold; none is the whole bill
	Amount   usage.Decimal
	Per      Per
	Currency string // "" is the ledger's only one
	Note     string
	Line     int // of the file
}

// Per is what a Plan's amount is for.
type Per string

// What an amount can be for.
const (
	PerDay   Per = "day"
	PerMonth Per = "month" // in equal parts on the days of the calendar month
	Once     Per = "once"  // on the first day
)

// A Condition takes the charges whose value of a dimension, or its name, is like
// Pattern, whatever its case: * stands for any letters, ? for one.
type Condition struct {
	Dimension usage.Dimension
	Pattern   string
}

func (c Condition) String() string { return string(c.Dimension) + "=" + c.Pattern }

// literal returns the one value that c takes, if it takes one only.
func (c Condition) literal() (string, bool) { return c.Pattern, !strings.ContainsAny(c.Pattern, "*?") }

// like returns what says whether a value is like c's pattern.
func (c Condition) like() func(string) bool {
	pattern := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(c.Pattern))
	return regexp.MustCompile("(?is)^" + pattern + "$").MatchString
}

// largestPlan bounds amounts, so that they can be added up for years.
const largestPlan = 1_000_000_000_000

// A planLine is a line of a plans file.
type planLine struct {
	From     string `csv:"from"`
	To       string `csv:"to"`
	Scope    string `csv:"scope"`
	Amount   string `csv:"amount"`
	Per      string `csv:"per"`
	Note     string `csv:"note"`
	Currency string `csv:"currency"`
}

// ReadPlans reads a plans file: UTF-8, separated by commas or semicolons, with the
// columns from, to, scope, amount, per, note and, if need be, currency. Errors say
// name, line and column.
func ReadPlans(name string, r io.Reader) ([]Plan, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if !utf8.Valid(b) {
		return nil, fmt.Errorf("%s: it is not UTF-8; save it as 'CSV UTF-8'", name)
	}
	in := csv.NewReader(bytes.NewReader(b))
	if header, _, _ := bytes.Cut(b, []byte("\n")); bytes.Count(header, []byte(";")) > bytes.Count(header, []byte(",")) {
		in.Comma = ';'
	}
	u, err := gocsv.NewUnmarshaller(in, planLine{})
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: it is empty; the first line names the columns from, to, scope, amount, per, note", name)
	}
	if err == nil {
		err = u.RenormalizeHeaders(func(names []string) []string {
			for i, n := range names {
				names[i] = strings.ToLower(strings.TrimSpace(n))
			}
			return names
		})
	}
	if err == nil {
		err = checkColumns(u)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var out []Plan
	for {
		v, err := u.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err) // it says the line
		}
		line, _ := in.FieldPos(0)
		p, err := v.(planLine).plan()
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, line, err)
		}
		p.Line = line
		out = append(out, p)
	}
}

// checkColumns refuses what would be read as something else: an unknown column
// may be a known one misspelt.
func checkColumns(u *gocsv.Unmarshaller) error {
	if len(u.MismatchedHeaders) > 0 {
		return fmt.Errorf("column %q: unknown; use from, to, scope, amount, per, note and currency", u.MismatchedHeaders[0])
	}
	for _, must := range []string{"from", "amount", "per"} {
		if slices.Contains(u.MismatchedStructFields, must) {
			return fmt.Errorf("column %s: missing; the first line names the columns from, to, scope, amount, per, note", must)
		}
	}
	seen := map[string]bool{}
	for _, h := range u.Headers {
		if seen[h] {
			return fmt.Errorf("column %s: it stands there twice", h)
		}
		seen[h] = true
	}
	return nil
}

// plan reads a line. Errors are of the form "column: value: reason".
func (l planLine) plan() (Plan, error) {
	bad := func(column, value, reason string) (Plan, error) {
		return Plan{}, fmt.Errorf("%s: %q: %s", column, value, reason)
	}
	p := Plan{Note: strings.TrimSpace(l.Note), Currency: strings.ToUpper(strings.TrimSpace(l.Currency)), Per: Per(strings.ToLower(strings.TrimSpace(l.Per)))}
	const date = "is not a date like 2026-03-31"
	var err error
	if p.From, err = usage.ParseDay(strings.TrimSpace(l.From)); err != nil {
		return bad("from", l.From, date)
	}
	if to := strings.TrimSpace(l.To); to != "" {
		if p.To, err = usage.ParseDay(to); err != nil {
			return bad("to", l.To, date)
		}
		if p.To < p.From {
			return bad("to", l.To, "lies before "+p.From.String())
		}
	}
	switch p.Per {
	case PerDay, PerMonth:
	case Once:
		if p.To != 0 && p.To != p.From {
			return bad("to", l.To, "what comes once has one day: leave it empty")
		}
		p.To = p.From
	default:
		return bad("per", l.Per, "use day, month or once")
	}
	var rounded bool
	if p.Amount, rounded, err = usage.ParseDecimal(strings.TrimSpace(l.Amount)); err != nil || rounded {
		return bad("amount", l.Amount, "is not a number with a decimal point and no other marks, like 1200.50")
	}
	if p.Amount.Abs().Cmp(usage.DecimalOf(largestPlan)) > 0 {
		return bad("amount", l.Amount, "is too large")
	}
	if p.Currency != "" && (len(p.Currency) != 3 || strings.Trim(p.Currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		return bad("currency", l.Currency, "is not a currency's code, like EUR")
	}
	if p.Scope, err = parseScope(l.Scope); err != nil {
		return bad("scope", l.Scope, err.Error())
	}
	return p, nil
}

// parseScope reads "COLUMN=GLOB & COLUMN=GLOB". An & without a column behind it
// belongs to the value before it.
func parseScope(s string) (out []Condition, err error) {
	if strings.TrimSpace(s) == "" {
		return nil, nil
	}
	for part := range strings.SplitSeq(s, "&") {
		name, pattern, ok := strings.Cut(part, "=")
		switch {
		case ok:
			d, err := usage.ParseDimension(strings.TrimSpace(name))
			if err != nil {
				return nil, err
			}
			out = append(out, Condition{d, pattern})
		case len(out) == 0:
			return nil, errors.New("is not of the form COLUMN=VALUE & COLUMN=VALUE, like ServiceName=Storage")
		default:
			out[len(out)-1].Pattern += "&" + part
		}
	}
	for i := range out {
		out[i].Pattern = strings.TrimSpace(out[i].Pattern)
	}
	return out, nil
}

// on returns what p costs on the days of span, exactly.
func (p Plan) on(span usage.Period) (sum usage.Decimal) {
	span.From = max(span.From, p.From)
	if p.To != 0 {
		span.To = min(span.To, p.To+1)
	}
	if span.Empty() {
		return sum
	}
	switch p.Per {
	case Once:
		return p.Amount
	case PerDay:
		for range span.Days() {
			sum = sum.Add(p.Amount)
		}
	case PerMonth:
		for d := span.From; d < span.To; {
			month := d.Month()
			end := min(month.To, span.To)
			days := usage.Period{From: d, To: end}.Days()
			sum = sum.Add(usage.Spread(p.Amount, []usage.Decimal{usage.DecimalOf(int64(days)), usage.DecimalOf(int64(month.Days() - days))})[0])
			d = end
		}
	}
	return sum
}
