package text

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/usage"
)

// A commitmentRow is one commitment, with what is known of its hours and of its end.
type commitmentRow struct {
	analysis.Commitment
	currency string
	costs    bool // a file has what it costs
	end      *analysis.CommitmentEnd
	hours    *analysis.ReservedHours
}

// describeCommitments says of all commitments how much of them was used.
func describeCommitments(c analysis.PeriodCommitments) string {
	s := fmt.Sprintf("%s (%s, %s)", c.Period.Name, c.Period.Span, c.Period.State)
	if len(c.Rows) == 0 {
		return s + ": no file has what commitments cost; hours are of Azure's reservation details"
	}
	s += fmt.Sprintf(": %s %s used", rounded(c.Used), c.Currency)
	if c.Utilisation != nil {
		s += fmt.Sprintf(", %.1f %% of what they cost", tenths(*c.Utilisation))
		if c.Before != nil {
			s += fmt.Sprintf(" (%.1f %% on the same days before)", tenths(*c.Before))
		}
		s += fmt.Sprintf("; %s paid for nothing", rounded(c.Unused))
	}
	if c.Covered != nil {
		s += fmt.Sprintf("; they cover %.1f %% of their services", tenths(*c.Covered))
	}
	return s
}

// commitmentRows has a row for each commitment that anything is known of. Files of hours and of ends
// name the last part of an id.
func commitmentRows(c analysis.PeriodCommitments) (rows []commitmentRow) {
	for _, x := range c.Rows {
		rows = append(rows, commitmentRow{Commitment: x, currency: c.Currency, costs: true})
	}
	row := func(id, name string) *commitmentRow {
		same := func(r commitmentRow) bool { return strings.EqualFold(path.Base(r.ID), path.Base(id)) }
		i := slices.IndexFunc(rows, same)
		if i < 0 {
			i, rows = len(rows), append(rows, commitmentRow{Commitment: analysis.Commitment{ID: id, Name: name}, currency: c.Currency})
		}
		return &rows[i]
	}
	for _, x := range c.Hours {
		row(x.ID, x.Name).hours = &x
	}
	for _, x := range c.Ends {
		row(x.ID, x.Name).end = &x
	}
	return rows
}

func commitmentColumns(p terminal.Printer) query.Columns[commitmentRow] {
	type row = commitmentRow
	cost := func(of func(row) usage.Money) func(row) any {
		return func(r row) any {
			if !r.costs {
				return nil
			}
			return p.Amount(of(r))
		}
	}
	percent := func(of func(row) *float64) func(row) any {
		return func(r row) any {
			if v := of(r); v != nil {
				return tenths(*v)
			}
			return nil
		}
	}
	hours := func(of func(*analysis.ReservedHours) any) func(row) any {
		return func(r row) any {
			if r.hours == nil {
				return nil
			}
			return of(r.hours)
		}
	}
	return query.Columns[row]{
		{Name: "commitment", Of: func(r row) any { return cmp.Or(r.Name, r.ID) }},
		{Name: "id", Of: func(r row) any { return r.ID }, For: query.ForPrograms},
		{Name: "kind", Rank: 3, Of: func(r row) any { return orNil(r.Kind) }},
		{Name: "billed", Kind: query.Decimal, Rank: 1, Of: cost(func(r row) usage.Money { return r.Billed })},
		{Name: "used", Kind: query.Decimal, Of: cost(func(r row) usage.Money { return r.Used })},
		{Name: "unused", Kind: query.Decimal, Of: func(r row) any {
			if !r.costs || r.Utilisation == nil {
				return nil
			}
			return p.Amount(r.Unused)
		}},
		{Name: "percent_used", Kind: query.Float, Of: percent(func(r row) *float64 { return r.Utilisation })},
		{Name: "percent_before", Kind: query.Float, Rank: 2, Of: percent(func(r row) *float64 { return r.Before })},
		{Name: "saved", Kind: query.Decimal, Rank: 1, Of: func(r row) any { return orNoAmount(p, r.Saved) }},
		{Name: "savings_rate", Kind: query.Float, Rank: 2, Of: percent(func(r row) *float64 { return r.Rate })},
		{Name: "last_day", Kind: query.Date, Of: func(r row) any {
			if r.end == nil {
				return nil
			}
			return r.end.Last
		}},
		{Name: "more_a_day", Kind: query.Decimal, Rank: 1, Of: func(r row) any {
			if r.end == nil {
				return nil
			}
			return orNoAmount(p, r.end.More)
		}},
		{Name: "reserved_hours", Kind: query.Decimal, Rank: 3, Of: hours(func(h *analysis.ReservedHours) any { return h.Reserved })},
		{Name: "used_hours", Kind: query.Decimal, Rank: 3, Of: hours(func(h *analysis.ReservedHours) any { return h.Used })},
		{Name: "percent_of_hours", Kind: query.Float, Rank: 2, Of: hours(func(h *analysis.ReservedHours) any {
			return percent(func(row) *float64 { return h.Utilisation })(row{})
		})},
		{Name: "finding", Rank: 1, Of: func(r row) any {
			switch {
			case r.Finding != nil:
				return r.Finding.ID
			case r.hours != nil && r.hours.Finding != nil:
				return r.hours.Finding.ID
			}
			return nil
		}},
		{Name: "currency", Rank: 1, Of: func(r row) any { return r.currency }},
	}
}

// Commitments prints what is known of commitments: how much of all of them was used, and a row for each.
func Commitments(p terminal.Printer, all []analysis.PeriodCommitments) error {
	var rows []commitmentRow
	for _, c := range all {
		if err := p.Head("%s", describeCommitments(c)); err != nil {
			return err
		}
		rows = append(rows, commitmentRows(c)...)
	}
	columns := slices.DeleteFunc(commitmentColumns(p), func(c query.Field[commitmentRow]) bool { // of which nothing is known
		return p.ForPeople() && len(rows) > 0 && !slices.ContainsFunc(rows, func(r commitmentRow) bool { return c.Of(r) != nil })
	})
	return terminal.Rows(p, columns, rows)
}
