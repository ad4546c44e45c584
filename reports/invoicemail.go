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
	v.Subject = m.subject(l, numbers)
	out := delivery.Message{Digest: delivery.Digest{Title: v.Title, Lines: []string{v.Lead}}}
	err = v.into(&out)
	return out, err
}

// subject names the invoice with its amount and until when it is due, or the invoices.
func (m InvoiceMail) subject(l *locale.Locale, numbers []string) string {
	period := locale.Name(m.Period, 60)
	if !m.Span.Empty() && m.Span == m.Span.From.Month() {
		period = l.Say(locale.T("%s", locale.MonthYear(m.Span.From)))
	}
	if len(m.Invoices) != 1 {
		return fmt.Sprintf("%s, %s: %s", cmp.Or(strings.Join(numbers, ", "), "invoice"), period, locale.Name(m.Account, 60))
	}
	i := m.Invoices[0]
	text := fmt.Sprintf("%s, %s: %s", numbers[0], period, l.WithCode(l.Money(i.Total), i.Total.Currency))
	if i.Due != 0 {
		text += ", due " + l.Day(i.Due)
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
