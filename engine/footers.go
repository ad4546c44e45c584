package engine

import (
	"context"
	"math"
	"strconv"
	"strings"

	"usagereport/usage"
)

// A Footed is an engine whose files say at their ends how many rows they have and what lies in
// their columns, so that this is known without a look at the rows.
type Footed interface {
	// Parts returns what the ends of all files say of these columns.
	Parts(ctx context.Context, columns []string) ([]Part, error)
}

// A Part is some rows of a file.
type Part struct {
	File    string // as Dialect.File has it
	Rows    int64
	Columns map[string]Stats // by the name that was asked for; none where the file does not say
}

// Stats are what is known of a column's values without looking at them.
type Stats struct {
	Nulls    int64
	Min, Max string // as text; "" where all are NULL, or the file does not say
}

// fromFooters returns the months, as Months does but without what they add up to and their days,
// and false where the ends of files cannot tell.
func (t *Table) fromFooters(ctx context.Context) (months []Month, told bool, err error) {
	e, ok := t.engine.(Footed)
	if !ok {
		return nil, false, nil
	}
	var names []string
	for _, n := range []string{"BillingPeriodStart", "ChargePeriodStart", "BilledCost", "EffectiveCost", "x_BillingPeriod"} {
		if t.has(n) {
			names = append(names, t.have[n].Name)
		}
	}
	if t.run.Name != "" {
		names = append(names, t.run.Name)
	}
	parts, err := e.Parts(ctx, names)
	if err != nil {
		return nil, false, t.explain(ctx, err)
	}
	var all []Month
	var most float64
	for _, p := range parts {
		m, comes, ok := t.monthOf(p)
		if most += comes; !ok || most > 1e19 { // a sum that may not fit must be tried
			return nil, false, nil
		}
		all = append(all, m)
	}
	months, err = t.together(all)
	return months, true, err
}

// monthOf returns the month of a part's rows, and what they come to at most; false where its
// columns do not tell.
func (t *Table) monthOf(p Part) (m Month, most float64, ok bool) {
	m = Month{Rows: p.Rows, Totals: map[string]Total{}, files: []string{p.File}}
	start, known := p.Columns[t.have["BillingPeriodStart"].Name]
	first, err1 := dayOf(start.Min)
	last, err2 := dayOf(start.Max)
	charge, dayed := p.Columns[t.have["ChargePeriodStart"].Name]
	if !known || start.Nulls > 0 || err1 != nil || err2 != nil || !dayed {
		return m, 0, false
	}
	m.without = charge.Nulls
	from, err1 := usage.ParseMonth(first.String()[:7])
	to, err2 := usage.ParseMonth(last.String()[:7])
	if err1 != nil || err2 != nil {
		return m, 0, false
	}
	if m.Name, ok = t.oneText(p, t.have["x_BillingPeriod"]); !ok {
		return m, 0, false
	}
	m.named = m.Name != ""
	if !m.named {
		if from != to {
			return m, 0, false
		}
		m.Name, m.unnamed = first.String()[:7], true
	}
	if m.Run, ok = t.oneText(p, t.run); !ok {
		return m, 0, false
	}
	for name, have := range map[string]*int64{"BilledCost": &m.costs, "EffectiveCost": &m.spread} {
		c := t.have[name]
		s, known := p.Columns[c.Name]
		if !known || kindOf(c.Type) == kindFloat { // which may be NaN
			return m, 0, false
		}
		*have = p.Rows - s.Nulls
		if *have == 0 {
			continue
		}
		low, err1 := strconv.ParseFloat(s.Min, 64)
		high, err2 := strconv.ParseFloat(s.Max, 64)
		if err1 != nil || err2 != nil {
			return m, 0, false
		}
		most += float64(*have) * max(math.Abs(low), math.Abs(high))
	}
	return m, most, true
}

// oneText returns the text that all rows of a part have in a column, "" for none.
func (t *Table) oneText(p Part, c Column) (string, bool) {
	if c.Name == "" {
		return "", true
	}
	s, known := p.Columns[c.Name]
	switch {
	case !known || kindOf(c.Type) != kindText:
		return "", false
	case s.Nulls == p.Rows:
		return "", true
	}
	return s.Min, s.Nulls == 0 && s.Min != "" && s.Min == s.Max
}

// dayOf reads the day of a date, or of a time in UTC.
func dayOf(text string) (usage.Day, error) {
	day, _, _ := strings.Cut(text, " ")
	day, _, _ = strings.Cut(day, "T")
	return usage.ParseDay(day)
}
