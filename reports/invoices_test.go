package reports

import (
	"strings"
	"testing"

	"usagereport/analysis"
	"usagereport/usage"
)

// The invoices stand on the page with the way that leads to them; where there are
// none the page says nothing of them.
func TestInvoices(t *testing.T) {
	section := page(t, rich()).Find("#invoices")
	got := text(section)
	for _, want := range []string{
		"prod-search", "invoice E0400ABCD", "due", "credit note C17", "tax76.00as the invoice states",
		"unexplained0.50", "invoiced in all476.50",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the section says %q, and not %q", got, want)
		}
	}
	if strings.Contains(got, "none stated") {
		t.Error("a line of nothing is shown")
	}
	r := rich()
	r.Parts[0].Invoices = nil
	d := page(t, r)
	if d.Find("#invoices").Length() != 0 || strings.Contains(text(d.Selection), "nvoice") {
		t.Error("without an invoice the page speaks of one")
	}
	for _, c := range chapters(r) {
		if c.Title.String() == "Invoices" && len(c.Tables) > 0 {
			t.Error("without an invoice there is a table of them")
		}
	}
}

// The first screen tells the invoice apart from what the files say.
func TestInvoicedScreen(t *testing.T) {
	r := rich()
	p := &r.Parts[0]
	p.Period.State, p.Expected = analysis.Invoiced, nil
	total := eur("476.5")
	for want, invoice := range map[string]*usage.Money{"final; the invoice is known": nil, "final; the invoice is 476.50": &total} {
		p.Invoiced = invoice
		if got := text(page(t, r).Find(".figure.spent")); !strings.HasPrefix(got, "CostEUR 35,948.78") || strings.Contains(got, "invoice is 476.50") != (invoice != nil) {
			t.Errorf("the cost says %q, the invoice is %v", got, invoice)
		}
		s := newScreen(english(t), r, p)
		if got := english(t).Say(s.final(english(t), p)); got != want {
			t.Errorf("the screen says %q, want %q", got, want)
		}
		if got := text(page(t, r).Find(".pill")); got != "Invoiced" {
			t.Errorf("the state is %q", got)
		}
	}
	p.Invoiced = &total
	if m, err := NewMail(r, MailOptions{}); err != nil || !strings.Contains(m.Subject, "EUR 476.50 invoiced for November") {
		t.Errorf("subject %q, %v", m.Subject, err)
	}
}
