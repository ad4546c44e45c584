package reports

import (
	"usagereport/analysis"
	"usagereport/internal/locale"
)

// An invoiced leads from the usage to the invoices.
type invoiced struct {
	Part *analysis.Part
}

func viewInvoices(_ *locale.Locale, _ *analysis.Report, p *analysis.Part) (any, bool) {
	return invoiced{p}, len(p.Invoices) > 0
}

// invoiceKind names a kind of invoice.
func invoiceKind(kind string) locale.Text {
	if kind == "credit_note" {
		return locale.T("credit note")
	}
	return locale.T("invoice")
}

// stepShown reports whether a step is shown: those of nothing are left out, but for
// what is unexplained.
func stepShown(s analysis.InvoiceStep) bool {
	return s.Amount.Amount.Sign() != 0 || s.Kind == "unexplained"
}
