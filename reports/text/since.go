package text

import (
	"slices"
	"strings"
	"time"

	"usagereport/analysis"
	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/usage"
)

// Since prints why what was recorded costs something else now: in a line for each currency, then in the
// top rows of its change.
func Since(p terminal.Printer, all []analysis.Since, top int) error {
	for _, s := range all {
		whose := s.Owner
		if whose == "" {
			whose = "all"
		}
		total := s.Total.Rounded()
		if err := p.Head("%s of %s, %s, %s (%s): %s %s then, %s now, difference %s", s.Record, s.At.Format(time.DateOnly), whose, s.Period,
			s.Span, rounded(total.Was), s.Currency, rounded(total.Now), usage.Signed([]usage.Money{total.Delta})); err != nil {
			return err
		}
		var parts []string
		for _, lane := range total.Lanes() {
			parts = append(parts, lane.Name+" "+rounded(lane.Amount))
		}
		made := "nothing has changed"
		if len(parts) > 0 {
			made = "the difference is made of: " + strings.Join(parts, ", ")
		}
		if err := p.Head("%s", made); err != nil {
			return err
		}
		if s.OwnersUnknown {
			if err := p.Head("the owners file of that day is not kept; what has moved between owners is part of the others"); err != nil {
				return err
			}
		}
	}
	return p.Print(sinceTable(all, top, p))
}

// A sinceLine is a row of why something costs something else now.
type sinceLine struct {
	analysis.SinceRow
	account, service, currency string
}

// sinceTable has a row for each subscription and service that has changed, and the
// total.
func sinceTable(all []analysis.Since, top int, p terminal.Printer) query.Table {
	type row = sinceLine
	columns := query.Columns[row]{
		{Name: "subscription", Of: func(r row) any { return r.account }},
		{Name: "service", Of: func(r row) any { return r.service }},
		{Name: "was", Kind: query.Decimal, Of: func(r row) any { return p.Amount(r.Was) }},
		{Name: "now", Kind: query.Decimal, Of: func(r row) any { return p.Amount(r.Now) }},
		{Name: "delta", Kind: query.Decimal, Of: func(r row) any { return p.Amount(r.Delta) }},
		{Name: "currency", Of: func(r row) any { return r.currency }},
	}
	lane := func(name string, of func(analysis.SinceRow) usage.Decimal) {
		some := slices.ContainsFunc(all, func(s analysis.Since) bool {
			return of(s.Total).Sign() != 0 || slices.ContainsFunc(s.Rows, func(r analysis.SinceRow) bool { return of(r).Sign() != 0 })
		})
		f := query.Field[row]{
			Name: name, Kind: query.Decimal,
			Of: func(r row) any { return p.Amount(usage.Money{Amount: of(r.SinceRow), Currency: r.currency}) },
		}
		if !some {
			f.For = query.ForPrograms
		}
		columns = append(columns, f)
	}
	lane("restated", func(r analysis.SinceRow) usage.Decimal { return r.Restated })
	lane("late", func(r analysis.SinceRow) usage.Decimal { return r.Late })
	lane("owner_moved", func(r analysis.SinceRow) usage.Decimal { return r.Moved })
	lane("newly_loaded", func(r analysis.SinceRow) usage.Decimal { return r.Loaded })
	lane("credits", func(r analysis.SinceRow) usage.Decimal { return r.Credits })
	lane("tax", func(r analysis.SinceRow) usage.Decimal { return r.Tax })
	lane("shared", func(r analysis.SinceRow) usage.Decimal { return r.Shared })
	var rows []row
	for _, s := range all {
		rows = append(rows, sinceLines(s, top, p)...)
	}
	return columns.Table(p.Reader(), rows)
}

// sinceLines are the rows of one currency: the top ones, the others in one, the total.
func sinceLines(s analysis.Since, top int, p terminal.Printer) (out []sinceLine) {
	none := usage.Money{Currency: s.Currency}
	rest, n := analysis.SinceRow{Was: none, Now: none, Delta: none}, 0
	for _, r := range s.Rows {
		if p.ForPeople() && r.IsZero() {
			continue
		}
		if n++; top > 0 && n > top {
			rest.Add(r)
			continue
		}
		name := r.Account
		if p.ForPeople() && r.Name != "" {
			name = r.Name
		}
		out = append(out, sinceLine{r, name, r.Service, s.Currency})
	}
	if top > 0 && n > top {
		out = append(out, sinceLine{rest, "(others)", "", s.Currency})
	}
	return append(out, sinceLine{s.Total, "(total)", "", s.Currency})
}
