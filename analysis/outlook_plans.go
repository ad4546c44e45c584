package analysis

import (
	"errors"
	"io"
	"regexp"
	"strings"

	"usagereport/internal/smallcsv"
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

// ReadPlans reads the plans file name, with the columns from, to, scope, amount, per,
// note and, if need be, currency.
func ReadPlans(name string, r io.Reader) ([]Plan, error) {
	columns := smallcsv.Columns{
		Known: []string{"from", "to", "scope", "amount", "per", "note", "currency"},
		Must:  []string{"from", "amount", "per"},
	}
	table, err := smallcsv.Read(name, r, columns)
	if err != nil {
		return nil, err
	}
	var out []Plan
	for _, row := range table.Rows {
		p, err := planOf(row)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// planOf reads a line.
func planOf(r smallcsv.Row) (Plan, error) {
	bad := func(column, reason string) (Plan, error) { return Plan{}, r.Wrong(column, reason) }
	p := Plan{Line: r.Line, Note: r.Get("note"), Currency: strings.ToUpper(r.Get("currency")), Per: Per(strings.ToLower(r.Get("per")))}
	const date = "is not a date like 2026-03-31"
	var err error
	if p.From, err = usage.ParseDay(r.Get("from")); err != nil {
		return bad("from", date)
	}
	if to := r.Get("to"); to != "" {
		if p.To, err = usage.ParseDay(to); err != nil {
			return bad("to", date)
		}
		if p.To < p.From {
			return bad("to", "lies before "+p.From.String())
		}
	}
	switch p.Per {
	case PerDay, PerMonth:
	case Once:
		if p.To != 0 && p.To != p.From {
			return bad("to", "what comes once has one day: leave it empty")
		}
		p.To = p.From
	default:
		return bad("per", "use day, month or once")
	}
	amount, clear := smallcsv.Amount(r.Get("amount"))
	if !clear {
		return bad("amount", smallcsv.TwoAmounts)
	}
	var rounded bool
	if p.Amount, rounded, err = usage.ParseDecimal(amount); err != nil || rounded {
		return bad("amount", "is not an amount like 1200.50")
	}
	if p.Amount.Abs().Cmp(usage.DecimalOf(largestPlan)) > 0 {
		return bad("amount", "is too large")
	}
	if p.Currency != "" && (len(p.Currency) != 3 || strings.Trim(p.Currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		return bad("currency", "is not a currency's code, like EUR")
	}
	if p.Scope, err = parseScope(r.Get("scope")); err != nil {
		return bad("scope", err.Error())
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
