package reports

import (
	"fmt"
	"io"

	"usagereport/locale"
	"usagereport/usage"
)

// A Showback divides a period's bill among its owners, in one currency.
type Showback struct {
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
				owner = locale.T("nobody’s")
			}
			row := []any{owner, r.CostCenter}
			for i := range s.Extra {
				value := ""
				if i < len(r.Extra) {
					value = r.Extra[i]
				}
				row = append(row, value)
			}
			for i := range s.Parts {
				if i < len(r.Parts) {
					row = append(row, r.Parts[i])
				} else {
					row = append(row, nil)
				}
			}
			t.Rows = append(t.Rows, append(row, r.Cost, orNil(r.Percent)))
		}
		t.Total = []any{locale.T("The bill"), nil}
		for range len(s.Extra) + len(s.Parts) {
			t.Total = append(t.Total, nil)
		}
		t.Total = append(t.Total, s.Bill, nil)
		chapters = append(chapters, chapter{Title: t.Title, Currency: s.Currency, Tables: []Table{t}})
	}
	for i, s := range b.sheets(chapters, len(list) > 1) {
		if err := b.write(i, s); err != nil {
			return fmt.Errorf("sheet %s: %w", s.name, err)
		}
	}
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("write showback: %w", err)
	}
	return nil
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
