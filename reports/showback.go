package reports

import (
	"fmt"
	"io"

	"usagereport/locale"
	"usagereport/usage"
)

// A Showback is whose a period's bill is, in one currency.
type Showback struct {
	Currency string
	Bill     usage.Money
	Extra    []string // names of the columns that the owners file has besides
	Sharing  bool     // some cost is shared
	Rows     []ShowbackRow
}

// A ShowbackRow is one owner's part; that of nobody has no owner. The costs of all
// rows add up to the bill.
type ShowbackRow struct {
	Owner, CostCenter string
	Extra             []string     // by Showback.Extra
	Shared            *usage.Money // part of Cost that several share; nil where there is none
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
		if s.Sharing {
			t.Columns = append(t.Columns, amount(locale.T("Own"), s.Currency), amount(locale.T("Shared"), s.Currency))
		}
		t.Columns = append(t.Columns, amount(locale.T("Cost"), s.Currency), Column{Title: locale.Said("%"), Kind: Share})
		for _, r := range s.Rows {
			owner := any(r.Owner)
			if r.Owner == "" {
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
			switch {
			case s.Sharing && r.Shared != nil:
				row = append(row, usage.Money{Amount: r.Cost.Amount.Sub(r.Shared.Amount), Currency: s.Currency}, *r.Shared)
			case s.Sharing:
				row = append(row, nil, nil)
			}
			t.Rows = append(t.Rows, append(row, r.Cost, orNil(r.Percent)))
		}
		t.Total = []any{locale.T("The bill"), nil}
		for range s.Extra {
			t.Total = append(t.Total, nil)
		}
		if s.Sharing {
			t.Total = append(t.Total, nil, nil)
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
