package invoices

import (
	"errors"

	"usagereport/internal/smallcsv"
	"usagereport/ledger"
)

// A Row is an invoice on a line of a file.
type Row struct {
	Path string
	Line int
	ledger.Invoice
}

// Wrong says of an error that it is of this line.
func (r Row) Wrong(err error) error { return wrong(r.Path, r.Line, err) }

func wrong(path string, line int, err error) error {
	if f := (*FieldError)(nil); errors.As(err, &f) {
		return &smallcsv.Error{Path: path, Line: line, Column: f.Field, Value: f.Value, Reason: f.Reason}
	}
	return &smallcsv.Error{Path: path, Line: line, Reason: err.Error(), Err: err}
}

// Columns are those of invoices.csv. Account, period, number and one of net and total
// must be there.
func Columns() []string {
	return []string{"account", "period", "number", "date", "due", "currency", "net", "tax", "credits", "total", "kind", "purchases", "support"}
}

// ReadCSV reads the file invoices.csv at path, with columns of Columns and a line for
// each invoice.
func ReadCSV(path string, b []byte) ([]Row, error) {
	table, err := smallcsv.Parse(path, b, smallcsv.Columns{Known: Columns(), Must: []string{"account", "period", "number"}})
	if err != nil {
		return nil, err
	}
	out := make([]Row, 0, len(table.Rows))
	for _, r := range table.Rows {
		amounts := map[string]string{}
		for _, name := range []string{"net", "tax", "credits", "total", "purchases", "support"} {
			var clear bool
			if amounts[name], clear = smallcsv.Amount(r.Get(name)); !clear {
				return nil, r.Wrong(name, smallcsv.TwoAmounts)
			}
		}
		i, err := Parse(Given{
			Account: r.Get("account"), Period: r.Get("period"), Number: r.Get("number"), Kind: r.Get("kind"),
			Date: r.Get("date"), Due: r.Get("due"), Currency: r.Get("currency"),
			Net: amounts["net"], Tax: amounts["tax"], Credits: amounts["credits"], Total: amounts["total"],
			Purchases: amounts["purchases"], Support: amounts["support"],
		})
		if err != nil {
			return nil, wrong(path, r.Line, err)
		}
		out = append(out, Row{path, r.Line, i})
	}
	return out, nil
}
