package reports

import (
	"cmp"

	"usagereport/analysis"
	"usagereport/internal/locale"
)

func invoicesTables(_ *analysis.Report, p *analysis.Part) []Table {
	if len(p.Invoices) == 0 {
		return nil
	}
	notes := Table{Name: "invoices", Title: locale.T("Invoices"), Columns: []Column{
		texts(locale.T("Account")), texts(locale.T("Kind")), texts(locale.T("Number")),
		{Title: locale.T("Date"), Kind: Date},
		{Title: locale.T("Due"), Kind: Date},
		amount(locale.T("Amount"), p.Currency),
	}}
	steps := Table{Name: "reconciliation", Title: locale.T("From the usage to the invoice"), Columns: []Column{
		texts(locale.T("Account")), texts(locale.T("Line")), amount(locale.T("Amount"), p.Currency), texts(locale.T("Why")),
	}}
	for _, b := range p.Invoices {
		name := cmp.Or(b.Name, b.Account)
		for _, i := range b.Invoices {
			notes.Rows = append(notes.Rows, []any{name, invoiceKind(i.Kind), i.Number, dayOrNil(i.Date), dayOrNil(i.Due), i.Total})
		}
		for _, s := range b.Steps {
			if stepShown(s) {
				steps.Rows = append(steps.Rows, []any{name, s.Label, s.Amount, s.Why})
			}
		}
		steps.Rows = append(steps.Rows, []any{name, locale.T("invoiced in all"), b.Total, nil})
	}
	return []Table{notes, steps}
}
