package reports

import (
	"cmp"
	"fmt"
	"strings"

	"usagereport/internal/locale"
	"usagereport/sending/delivery"
	"usagereport/usage"
)

// An InvoiceMail is the mail that brings an account's invoices.
type InvoiceMail struct {
	Version  string
	Account  string       // as people know it
	Period   string       // the bill's name
	Span     usage.Period // its days; empty where they are not known
	Invoices []InvoiceMailed
}

// An InvoiceMailed is an invoice that is attached.
type InvoiceMailed struct {
	Number, Kind string
	Date, Due    usage.Day
	Total        usage.Money
	File         string // its name
}

// NewInvoiceMail makes the mail to which the PDFs are attached. It is in English.
func NewInvoiceMail(m InvoiceMail) (delivery.Message, error) {
	l, err := locale.New("en")
	if err != nil {
		return delivery.Message{}, err
	}
	period := locale.Name(m.Period, 60)
	if !m.Span.Empty() {
		period += " (" + l.Span(m.Span) + ")"
	}
	v := summaryView{Title: fmt.Sprintf("%s · %s", locale.Name(m.Account, 100), period), Made: "Made by usagereport " + m.Version + "."}
	var numbers []string
	for _, i := range m.Invoices {
		kind := l.Say(invoiceKind(i.Kind))
		numbers = append(numbers, kind+" "+locale.Name(i.Number, 60))
		detail := "attached: " + locale.Name(i.File, 120)
		if i.Due != 0 {
			detail = "due on " + l.Day(i.Due) + "; " + detail
		}
		if i.Date != 0 {
			detail = "of " + l.Day(i.Date) + "; " + detail
		}
		v.Rows = append(v.Rows, summaryRow{
			Owner: locale.Name(i.Number, 60), State: kind,
			Costs: l.WithCode(l.Money(i.Total), i.Total.Currency), Detail: detail,
		})
	}
	v.Lead = strings.Join(numbers, ", ")
	v.Subject = fmt.Sprintf("%s: %s · %s", cmp.Or(strings.Join(numbers, ", "), "invoice"), locale.Name(m.Account, 60),
		locale.Name(m.Period, 60))
	out := delivery.Message{Digest: delivery.Digest{Title: v.Title, Lines: []string{v.Lead}}}
	err = v.into(&out)
	return out, err
}
