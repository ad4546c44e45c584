package text

import (
	"cmp"
	"fmt"
	"slices"

	"usagereport/analysis"
	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/usage"
)

// describeOutlook says a forecast in sentences.
func describeOutlook(l analysis.Outlook) (out []string) {
	if !l.Refusal.Empty() {
		return []string{l.Currency + ": " + l.Refusal.String()}
	}
	s := l.Period.Name + " (" + l.Period.Span.String() + ", " + string(l.Period.State) + ", data to " + l.Period.Reach.String() + "): " +
		rounded(l.End.Known) + " " + l.Currency + " so far, about " + rounded(l.End.Expected) + " at its end"
	switch r := l.End.Range; {
	case r != nil && rounded(r.Low95) == rounded(r.High95): // nothing is to come
	case r != nil && r.Short():
		s += fmt.Sprintf("; four times out of five %s to %s, nineteen times out of twenty %s to %s, by the days of a short history: load earlier periods",
			rounded(r.Low80), rounded(r.High80), rounded(r.Low95), rounded(r.High95))
	case r != nil:
		s += fmt.Sprintf("; four times out of five %s to %s, nineteen times out of twenty %s to %s, by the errors in %d earlier periods",
			rounded(r.Low80), rounded(r.High80), rounded(r.Low95), rounded(r.High95), r.Months)
	default:
		s += "; too little history for an interval: load earlier periods"
	}
	out = append(out, s)
	for _, x := range l.Plans {
		out = append(out, "planned: "+describePlan(x))
	}
	for _, e := range l.Later() {
		s := "after the period: " + cmp.Or(e.Name, e.ID) + " ends on " + e.Last.String()
		if e.More != nil {
			s += "; what it covers costs " + rounded(*e.More) + " " + e.More.Currency + " more a day from then on"
		}
		out = append(out, s)
	}
	for _, t := range slices.Concat(l.Arrived, l.Warnings) {
		out = append(out, t.String())
	}
	for _, t := range l.Past {
		s := fmt.Sprintf("on this day of %s: said %s, became %s", t.Period, rounded(t.Said), rounded(t.Became))
		if t.Percent != nil {
			s += fmt.Sprintf(" (%+.1f %%)", *t.Percent)
		}
		out = append(out, s)
	}
	return out
}

// describePlan says a plan and what the forecast holds of it.
func describePlan(x analysis.PlannedChange) string {
	s := rounded(x.Amount) + " " + x.Amount.Currency
	switch {
	case x.Per == analysis.Once:
		s += " once on " + x.From.String()
	case x.To != 0:
		s += fmt.Sprintf(" a %s from %s to %s", x.Per, x.From, x.To)
	default:
		s += fmt.Sprintf(" a %s from %s", x.Per, x.From)
	}
	if x.Scope != "" {
		s += ", " + x.Scope
	}
	if x.Note != "" {
		s += " (" + x.Note + ")"
	}
	return s + ": " + rounded(x.Counted) + " in the days to come"
}

// Outlooks prints where the periods end, in sentences and by dims; planned says that plans are part of it.
func Outlooks(p terminal.Printer, list []analysis.Outlook, dims []usage.Dimension, planned bool) error {
	var rows []endingLine
	for _, l := range list {
		for _, line := range describeOutlook(l) {
			if err := p.Head("%s", line); err != nil {
				return err
			}
		}
		if !l.Refusal.Empty() {
			continue
		}
		if len(dims) == 0 {
			rows = append(rows, endingLine{l.End, l, nil})
		}
		for _, r := range l.Rows {
			rows = append(rows, endingLine{r.Ending, l, r.Values})
		}
	}
	if len(rows) == 0 && p.ForPeople() {
		return nil // nothing is open, which has been said
	}
	return terminal.Rows(p, endings(p, dims, planned), rows)
}

// An endingLine is where a period ends, or a part of it.
type endingLine struct {
	analysis.Ending
	of     analysis.Outlook
	values []string // of the dimensions
}

// endings are the columns of a forecast by dims.
func endings(p terminal.Printer, dims []usage.Dimension, planned bool) (columns query.Columns[endingLine]) {
	type row = endingLine
	if len(dims) == 0 {
		columns = query.Columns[row]{
			{Name: "period", Of: func(r row) any { return r.of.Period.Name }},
			{Name: "data_to", Kind: query.Date, Of: func(r row) any { return r.of.Period.Reach }},
		}
	}
	for i, d := range dims {
		columns = append(columns, query.Field[row]{Name: d.Key(), Of: func(r row) any { return r.values[i] }})
	}
	money := func(name string, rank int, of func(row) *usage.Money) {
		columns = append(columns, query.Field[row]{
			Name: name, Kind: query.Decimal, Rank: rank, Of: func(r row) any { return orNoAmount(p, of(r)) },
		})
	}
	ranged := func(name string, rank int, of func(*analysis.Range) *usage.Money) {
		money(name, rank, func(r row) *usage.Money {
			if r.Range == nil {
				return nil
			}
			return of(r.Range)
		})
	}
	money("known", 0, func(r row) *usage.Money { return &r.Known })
	if planned {
		money("planned", 0, func(r row) *usage.Money { return &r.Planned })
	}
	money("expected", 0, func(r row) *usage.Money { return &r.Expected })
	ranged("low_80", 1, func(r *analysis.Range) *usage.Money { return &r.Low80 })
	ranged("high_80", 1, func(r *analysis.Range) *usage.Money { return &r.High80 })
	ranged("low_95", 2, func(r *analysis.Range) *usage.Money { return &r.Low95 })
	ranged("high_95", 2, func(r *analysis.Range) *usage.Money { return &r.High95 })
	return append(columns, query.Field[row]{Name: "currency", Of: func(r row) any { return r.of.Currency }})
}
