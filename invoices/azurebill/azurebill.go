// Package azurebill asks Azure for invoices: which there are, and their PDFs.
package azurebill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/billing/armbilling"

	"usagereport/internal/azure"
	"usagereport/invoices"
	"usagereport/usage"
)

// A Found is an invoice that Azure has. Of what it says, Given.Period is empty:
// the days of its period say which bill it is of.
type Found struct {
	Given  invoices.Given
	Span   usage.Period
	Status string // Due, Paid, OverDue, Void, ...

	name string // in the API
}

// ErrPending says that an invoice's PDF is not there yet.
var ErrPending = errors.New("its PDF is not there yet; try again later")

// takes is for how long a PDF may be in the making.
const takes = 10 * time.Minute

// An Account is whose invoices are asked for: one subscription, as pay-as-you-go
// ones are billed, or a billing account.
type Account struct {
	Subscription string // its GUID; "" for a billing account
	Billing      string // the billing account's name
}

// Scope is its path.
func (a Account) Scope() string {
	if a.Subscription != "" {
		return "/providers/Microsoft.Billing/billingAccounts/default/billingSubscriptions/" + a.Subscription
	}
	return "/providers/Microsoft.Billing/billingAccounts/" + url.PathEscape(a.Billing)
}

// explained is what a role is given on.
func (a Account) explained() string {
	if a.Subscription != "" {
		return "/subscriptions/" + a.Subscription
	}
	return a.Scope()
}

// amount is Azure's, read as it stands: the SDK's is a float.
type amount struct {
	Currency string
	Value    json.Number
}

func (a *amount) decimal() (d usage.Decimal, err error) {
	if a == nil || a.Value == "" {
		return d, nil
	}
	d, _, err = usage.ParseDecimal(a.Value.String())
	return d, err
}

type invoiceJSON struct {
	Name       string
	Properties struct {
		InvoiceDate, DueDate                 string
		InvoicePeriodStartDate               string
		InvoicePeriodEndDate                 string
		Status, DocumentType                 string
		TotalAmount, AmountDue, TaxAmount    *amount
		CreditAmount, FreeAzureCreditApplied *amount
		AzurePrepaymentApplied               *amount
	}
}

// List returns the invoices of an account whose period has days of span.
func List(ctx context.Context, c *azure.Client, a Account, span usage.Period) ([]Found, error) {
	q := url.Values{"api-version": {"2024-04-01"}, "periodStartDate": {span.From.String()}, "periodEndDate": {span.Last().String()}}
	list, err := azure.List[invoiceJSON](ctx, c, "invoices", a.Scope()+"/invoices", q)
	if err != nil {
		return nil, c.Explain(ctx, err, a.explained())
	}
	var out []Found
	seen := map[string]bool{}
	for _, j := range list {
		f, err := found(a, j)
		if err != nil {
			return nil, fmt.Errorf("invoice %s: %w", j.Name, err)
		}
		if !seen[f.name] { // a page may come twice while the list changes
			seen[f.name] = true
			out = append(out, f)
		}
	}
	return out, nil
}

func found(a Account, j invoiceJSON) (f Found, err error) {
	p := j.Properties
	f = Found{name: j.Name, Status: p.Status, Given: invoices.Given{
		Account: a.Subscription + a.Billing, Number: j.Name,
		Date: day(p.InvoiceDate), Due: day(p.DueDate),
	}}
	if strings.EqualFold(p.DocumentType, "CreditNote") {
		f.Given.Kind = "credit_note"
	}
	from, err := usage.ParseDay(day(p.InvoicePeriodStartDate))
	if err != nil {
		return f, fmt.Errorf("the first day of its period: %w", err)
	}
	last, err := usage.ParseDay(day(p.InvoicePeriodEndDate))
	if err != nil {
		return f, fmt.Errorf("the last day of its period: %w", err)
	}
	f.Span = usage.Period{From: from, To: last + 1}
	total := p.TotalAmount
	if total == nil || total.Value == "" {
		total = p.AmountDue
	}
	if total == nil || total.Value == "" {
		return f, errors.New("it has no amount")
	}
	sum, err := total.decimal()
	if err != nil {
		return f, err
	}
	tax, err := p.TaxAmount.decimal()
	if err != nil {
		return f, err
	}
	var credits usage.Decimal
	for _, x := range []*amount{p.CreditAmount, p.FreeAzureCreditApplied, p.AzurePrepaymentApplied} {
		d, err := x.decimal()
		if err != nil {
			return f, err
		}
		credits = credits.Add(d.Abs())
	}
	f.Given.Currency, f.Given.Total, f.Given.Tax, f.Given.Credits = total.Currency, sum.Text(2), tax.Text(2), credits.Text(2)
	return f, nil
}

// day cuts a time down to its day.
func day(s string) string {
	if len(s) > len(time.DateOnly) {
		return s[:len(time.DateOnly)]
	}
	return s
}

// PDF writes the invoice's PDF to w. Azure makes a link to it first, which may take
// a while.
func PDF(ctx context.Context, c *azure.Client, a Account, f Found, w io.Writer) error {
	link, err := link(ctx, c, a, f)
	if err != nil {
		return c.Explain(ctx, err, a.explained())
	}
	_, err = c.Download(ctx, w, link, 0)
	return err
}

func link(ctx context.Context, c *azure.Client, a Account, f Found) (string, error) {
	cred, err := c.Credential()
	if err != nil {
		return "", err
	}
	client, err := armbilling.NewInvoicesClient(a.Subscription, cred, c.ClientOptions())
	if err != nil {
		return "", err
	}
	if a.Subscription != "" {
		p, err := client.BeginDownloadByBillingSubscription(ctx, f.name, nil)
		if err != nil {
			return "", err
		}
		r, err := wait(ctx, c, p)
		return text(r.URL), err
	}
	p, err := client.BeginDownloadByBillingAccount(ctx, a.Billing, f.name, nil)
	if err != nil {
		return "", err
	}
	r, err := wait(ctx, c, p)
	return text(r.URL), err
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// wait asks until an operation is over, as often as Azure says.
func wait[T any](ctx context.Context, c *azure.Client, p *runtime.Poller[T]) (out T, err error) {
	for began := c.Now(); !p.Done(); {
		if c.Now().Sub(began) > takes {
			return out, ErrPending
		}
		resp, err := p.Poll(ctx)
		if err != nil {
			return out, err
		}
		if p.Done() {
			break
		}
		every := 5 * time.Second
		if after := azure.After(resp.Header, c.Now); after > 0 {
			every = after
		}
		if err := c.Wait(ctx, every); err != nil {
			return out, err
		}
	}
	return p.Result(ctx)
}
