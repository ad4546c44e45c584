package azurebill

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"usagereport/internal/atomicfile"
	"usagereport/internal/azure"
	"usagereport/invoices"
	"usagereport/usage"
)

// A Download fetches invoices into a book, and their PDFs into a folder too.
type Download struct {
	Client *azure.Client
	Book   *invoices.Book
	Period string // only those of this billing period; "" is all
	Dir    string
	Today  usage.Day
	Note   func(format string, args ...any)       // what is worth knowing
	Fail   func(format string, args ...any)       // what went wrong
	Say    func(format string, args ...any) error // the files' paths
}

// ParseAccount reads azure://SUBSCRIPTION or azure://billingAccounts/ID.
func ParseAccount(ref string) (a Account, ok bool) {
	rest, ok := strings.CutPrefix(ref, "azure://")
	name, billing := strings.CutPrefix(rest, "billingAccounts/")
	switch {
	case ok && billing && name != "" && !strings.Contains(name, "/"):
		return Account{Billing: name}, true
	case ok && isSubscription(rest):
		return Account{Subscription: strings.ToLower(rest)}, true
	}
	return Account{}, false
}

// isSubscription reports whether an id is a GUID, as those of subscriptions are.
func isSubscription(id string) bool {
	return regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`).MatchString(id)
}

// Accounts returns those of Azure that have bills.
func Accounts(bills []invoices.Bill) (out []Account) {
	for _, b := range bills {
		var a Account
		switch {
		case b.Billing != "" && b.Billing != b.Account:
			a = Account{Billing: b.Billing}
		case isSubscription(b.Account):
			a = Account{Subscription: b.Account}
		default:
			continue
		}
		if !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// periodOf names the billing period that span is of: the bill of the account that
// shares most days with it, else the month of its last day.
func periodOf(account string, span usage.Period, bills []invoices.Bill) string {
	name, most := "", 0
	for _, b := range bills {
		if !strings.EqualFold(b.Account, account) && !strings.EqualFold(b.Billing, account) {
			continue
		}
		if days := int(min(b.Span.To, span.To) - max(b.Span.From, span.From)); days > most {
			name, most = b.Period, days
		}
	}
	if name == "" {
		name = span.Last().String()[:len("2006-01")]
	}
	return name
}

// Fetch fetches the invoices of one account and returns how many failed, each with
// its reason to Fail.
func (d *Download) Fetch(ctx context.Context, a Account) (failed int, err error) {
	found, err := List(ctx, d.Client, a, usage.Period{From: d.Today - 400, To: d.Today + 1})
	if err != nil {
		return 0, err
	}
	shown := 0
	for _, f := range found {
		f.Given.Period = periodOf(f.Given.Account, f.Span, d.Book.Bills)
		if d.Period != "" && f.Given.Period != d.Period {
			continue
		}
		shown++
		if strings.EqualFold(f.Status, "Void") {
			d.Note("invoice %s of %s: void, left out", f.Given.Number, f.Given.Account)
			continue
		}
		if err := d.fetch(ctx, a, f); err != nil {
			d.Fail("usagereport: invoice %s of %s for %s: %v", f.Given.Number, f.Given.Account, f.Given.Period, err)
			failed++
		}
	}
	if shown == 0 {
		what := a.Subscription + a.Billing
		if d.Period != "" {
			what += ", " + d.Period
		}
		d.Note("%s: Azure has no invoice; 'usagereport invoices explain' says why", what)
	}
	return failed, nil
}

// fetch keeps one invoice and its PDF.
func (d *Download) fetch(ctx context.Context, a Account, f Found) error {
	i, err := invoices.Parse(f.Given)
	if err != nil {
		return err
	}
	var pdf bytes.Buffer
	if err := PDF(ctx, d.Client, a, f, &pdf); err != nil {
		return err
	}
	if err := invoices.CheckPDF(pdf.Bytes()); err != nil {
		return fmt.Errorf("what Azure sent: %w", err)
	}
	i = invoices.WithPDF(i, pdf.Bytes())
	path := filepath.Join(d.Dir, atomicfile.SafeName(i.Account)+"_"+atomicfile.SafeName(i.Period)+"_"+atomicfile.SafeName(i.Number)+".pdf")
	was, err := os.ReadFile(path)
	if err == nil && !bytes.Equal(was, pdf.Bytes()) {
		return fmt.Errorf("%s is another PDF, which stays; move it away", path)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_, news, addErr := d.Book.Add(i)
	if addErr != nil {
		return addErr
	}
	if err := d.Book.KeepPDF(i, pdf.Bytes()); err != nil {
		return err
	}
	if err != nil { // it is not there
		if err := invoices.KeepPDF(path, i.SHA256, pdf.Bytes(), d.Book.Mode()); err != nil {
			return err
		}
	}
	if !news {
		d.Note("invoice %s: kept already", i.Number)
	}
	return d.Say("%s", path)
}
