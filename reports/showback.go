package reports

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/internal/query"
	"usagereport/owners"
	"usagereport/usage"
)

// A Showback divides a period's bill among its owners, in one currency.
type Showback struct {
	Period   analysis.PeriodInfo
	Currency string
	Bill     usage.Money
	Extra    []string // names of the columns that the owners file has besides
	Parts    []string // of what an owner's cost is made: own, shared, invoice; none where it is one
	Rows     []ShowbackRow
}

// A ShowbackRow is one owner's share. Owner is "" for unowned cost; Line is set for
// tax, support, credits and rounding. The costs of all rows add up to the bill.
type ShowbackRow struct {
	Owner, CostCenter string
	Line              string
	Extra             []string      // by Showback.Extra
	Parts             []usage.Money // by Showback.Parts, of an owner; they make Cost
	Cost              usage.Money
	Percent           *float64 // of the bill; nil where that is not positive
}

// NewShowbacks has a row for each owner of the file that has charges, in its order,
// then what has no owner and what a bill has besides, unless that is spread over
// the owners.
func NewShowbacks(f *owners.File, all []analysis.Ownership, spread bool) (out []Showback) {
	parts := []string{"own"}
	if slices.ContainsFunc(all, func(o analysis.Ownership) bool { return len(o.Shared) > 0 }) {
		parts = append(parts, "shared")
	}
	if spread && slices.ContainsFunc(all, func(o analysis.Ownership) bool { return len(o.Invoice) > 0 && o.Spread() != nil }) {
		parts = append(parts, "invoice")
	}
	if len(parts) == 1 {
		parts = nil
	}
	for _, o := range all {
		s := Showback{Period: o.Period, Currency: o.Currency, Bill: o.Total, Extra: f.Extra, Parts: parts}
		add := func(row ShowbackRow) {
			if whole := o.Total.Amount.Float64(); whole > 0 {
				v := 100 * row.Cost.Amount.Float64() / whole
				row.Percent = &v
			}
			s.Rows = append(s.Rows, row)
		}
		var given map[string]usage.Money
		if spread {
			given = o.Spread()
		}
		for _, x := range f.Owners {
			cost, has := o.Cost(x.Name)
			if !has {
				continue
			}
			own, more := o.Owned[x.Name], given[x.Name]
			own.Currency, more.Currency = o.Currency, o.Currency
			cost = cost.Add(more)
			row := ShowbackRow{Owner: x.Name, CostCenter: x.CostCenter, Extra: x.Extra, Cost: cost}
			for _, part := range parts {
				shared := o.Shared[x.Name]
				shared.Currency = o.Currency
				row.Parts = append(row.Parts, map[string]usage.Money{"own": own, "shared": shared, "invoice": more}[part])
			}
			add(row)
		}
		rest := o.Owned[""]
		for _, m := range o.Invoice {
			rest = rest.Sub(m)
		}
		add(ShowbackRow{Cost: rest})
		for _, line := range analysis.InvoiceLines() {
			if m, has := o.Invoice[line]; has && given == nil {
				add(ShowbackRow{Line: line, Cost: m})
			}
		}
		out = append(out, s)
	}
	return out
}

// WriteShowback writes a workbook with a sheet for each currency; its last row is
// the bill.
func WriteShowback(w io.Writer, list []Showback, o Options) error {
	l, err := locale.New(o.Lang)
	if err != nil {
		return err
	}
	b := newWorkbook(l)
	defer b.Close() //nolint:errcheck // nothing of it is on disk
	var chapters []chapter
	for _, s := range list {
		t := Table{Name: "showback", Title: locale.T("Showback"), Columns: []Column{texts(locale.T("Owner")), texts(locale.T("Cost center"))}}
		for _, name := range s.Extra {
			t.Columns = append(t.Columns, texts(locale.Said(name)))
		}
		for _, part := range s.Parts {
			t.Columns = append(t.Columns, amount(showbackWord(part), s.Currency))
		}
		t.Columns = append(t.Columns, amount(locale.T("Cost"), s.Currency), Column{Title: locale.Said("%"), Kind: Share})
		for _, r := range s.Rows {
			owner := any(r.Owner)
			switch {
			case r.Line != "":
				owner = showbackWord(r.Line)
			case r.Owner == "":
				owner = locale.T("unassigned")
			}
			row := append([]any{owner, r.CostCenter}, s.cells(r)...)
			t.Rows = append(t.Rows, append(row, orNil(r.Percent)))
		}
		t.Total = []any{locale.T("The bill"), nil}
		for range len(s.Extra) + len(s.Parts) {
			t.Total = append(t.Total, nil)
		}
		t.Total = append(t.Total, s.Bill, nil)
		chapters = append(chapters, chapter{Title: t.Title, Currency: s.Currency, Tables: []Table{t}})
	}
	for _, s := range b.sheets(chapters, len(list) > 1) {
		if err := b.write(s); err != nil {
			return fmt.Errorf("sheet %s: %w", s.name, err)
		}
	}
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("write showback: %w", err)
	}
	return nil
}

// cells are a row's values in the columns that the owners file has besides, in those
// of the parts, and its cost.
func (s Showback) cells(r ShowbackRow) (out []any) {
	for i := range s.Extra {
		if i < len(r.Extra) && r.Extra[i] != "" {
			out = append(out, r.Extra[i])
		} else {
			out = append(out, nil)
		}
	}
	for i := range s.Parts {
		if i < len(r.Parts) {
			out = append(out, r.Parts[i])
		} else {
			out = append(out, nil)
		}
	}
	return append(out, r.Cost)
}

// A showbackLine is a row of the CSV.
type showbackLine struct {
	Showback
	ShowbackRow
	name  string
	cells []any
}

// WriteShowbackCSV writes exact amounts. Names that a spreadsheet would take for
// formulas are made texts. The last row of each currency is the bill.
func WriteShowbackCSV(w io.Writer, list []Showback) error {
	columns := query.Columns[showbackLine]{
		{Name: "period", Of: func(x showbackLine) any { return x.Period.Name }},
		{Name: "from", Kind: query.Date, Of: func(x showbackLine) any { return x.Period.Span.From }},
		{Name: "to", Kind: query.Date, Of: func(x showbackLine) any { return x.Period.Span.Last() }},
		{Name: "owner", Of: func(x showbackLine) any { return x.name }},
		{Name: "cost_center", Of: func(x showbackLine) any {
			if x.CostCenter == "" {
				return nil
			}
			return x.CostCenter
		}},
	}
	named := func(i int, name string, kind query.Kind) {
		columns = append(columns, query.Field[showbackLine]{Name: name, Kind: kind, Of: func(x showbackLine) any { return x.cells[i] }})
	}
	n := 0
	for _, name := range list[0].Extra { // all have the same, as they have parts
		named(n, name, query.Text)
		n++
	}
	for _, name := range append(slices.Clone(list[0].Parts), "cost") {
		named(n, name, query.Decimal)
		n++
	}
	columns = append(columns,
		query.Field[showbackLine]{Name: "percent", Kind: query.Float, Of: func(x showbackLine) any {
			if x.Percent == nil {
				return nil
			}
			return math.Round(*x.Percent*100) / 100
		}},
		query.Field[showbackLine]{Name: "currency", Of: func(x showbackLine) any { return x.Currency }})
	var lines []showbackLine
	for _, s := range list {
		for _, r := range s.Rows {
			name := cmp.Or(r.Owner, owners.Nobody)
			if r.Line != "" {
				name = "(" + r.Line + ")"
			}
			lines = append(lines, showbackLine{s, r, name, s.cells(r)})
		}
		bill := ShowbackRow{Cost: s.Bill}
		lines = append(lines, showbackLine{s, bill, "(bill)", s.cells(bill)})
	}
	return query.Encode(w, columns.Table(query.ForPrograms, lines), query.Options{Format: query.AsCSV, FormulaSafe: true})
}

// showbackWord says what a part or line of a showback is.
func showbackWord(name string) locale.Text {
	switch name {
	case "own":
		return locale.T("Own")
	case "shared":
		return locale.T("Shared")
	case "invoice":
		return locale.T("Tax, support, credits")
	case "tax":
		return locale.T("Tax")
	case "support":
		return locale.T("Support")
	case "credits":
		return locale.T("Credits")
	}
	return locale.T("Rounding")
}
