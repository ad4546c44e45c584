package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/azure"
	"usagereport/invoices"
	"usagereport/invoices/azurebill"
	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/loader/azurecost"
	"usagereport/usage"
)

func newInvoicesDownloadCommand(g *globals) *cobra.Command {
	var period, dir string
	var wait bool
	c := &cobra.Command{
		Use:   "download [azure://ACCOUNT...]",
		Short: "Fetch invoices and their PDFs from Azure",
		Long: `Fetch the invoices of a year from Azure: the PDFs, named by account, period and number,
into a folder, and what they say into the ledger, as 'usagereport invoices add' does. A
PDF that is there is never replaced by a different one. An ACCOUNT is a subscription,
azure://11111111-2222-4333-8444-555555555555, or azure://billingAccounts/ID; without
one, all accounts that the ledger has usage of. It needs the role "Billing Reader"
(docs/azure.md). What fails is told, and the rest is kept.`,
		Example: `  usagereport invoices download -o invoices-2026
  usagereport invoices download azure://11111111-2222-4333-8444-555555555555 --period 2026-10`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runInvoicesDownload(cmd.Context(), g, args, period, dir, wait)
		},
	}
	f := c.Flags()
	f.StringVar(&period, "period", "", "only invoices of the billing period with this `NAME`")
	f.StringVarP(&dir, "output", "o", ".", "`FOLDER` for the PDFs")
	addWaitFlag(f, &wait)
	return c
}

// billed returns whose invoices are asked for.
func billed(refs []string, bills []invoices.Bill) (out []azurebill.Account, err error) {
	add := func(a azurebill.Account) {
		if !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	guid := regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	for _, r := range refs {
		rest, ok := strings.CutPrefix(r, azurecost.Scheme+"://")
		name, billing := strings.CutPrefix(rest, "billingAccounts/")
		switch {
		case ok && billing && name != "" && !strings.Contains(name, "/"):
			add(azurebill.Account{Billing: name})
		case ok && guid.MatchString(rest):
			add(azurebill.Account{Subscription: strings.ToLower(rest)})
		default:
			return nil, usageError{fmt.Errorf("%s: not an account; name one as azure://SUBSCRIPTION or azure://billingAccounts/ID", loader.ParseRef(r))}
		}
	}
	if len(refs) > 0 {
		return out, nil
	}
	for _, b := range bills {
		switch {
		case b.Billing != "" && b.Billing != b.Account:
			add(azurebill.Account{Billing: b.Billing})
		case guid.MatchString(b.Account):
			add(azurebill.Account{Subscription: b.Account})
		}
	}
	if len(out) == 0 {
		return nil, usageError{errors.New("invoices download: the ledger has usage of no account of Azure; name one as azure://SUBSCRIPTION")}
	}
	return out, nil
}

// billOf names the billing period that span is of: the bill of the account that
// shares most days with it, else the month of its last day.
func billOf(account string, span usage.Period, bills []invoices.Bill) string {
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

func runInvoicesDownload(ctx context.Context, g *globals, refs []string, period, dir string, wait bool) error {
	b, err := newBooks(ctx, g, wait)
	if err != nil {
		return err
	}
	defer b.Close()
	accounts, err := billed(refs, b.bills)
	if err != nil {
		return err
	}
	o := g.env.azure
	o.Now, o.Say = g.env.now, g.note
	client := azure.New(o)
	failed := 0
	for _, a := range accounts {
		n, err := b.download(ctx, client, a, period, dir)
		failed += n
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			g.fail("usagereport: invoices of %s: %v", a.Subscription+a.Billing, err)
			failed++
		}
	}
	if len(b.put) > 0 {
		if err := b.publish(ctx); err != nil {
			return err
		}
	}
	if failed > 0 {
		return errReported
	}
	return nil
}

// download fetches the invoices of one account and returns how many failed, each of
// which it has told.
func (b *books) download(ctx context.Context, client *azure.Client, a azurebill.Account, period, dir string) (failed int, err error) {
	today := usage.DayOf(b.env.now().UTC())
	found, err := azurebill.List(ctx, client, a, usage.Period{From: today - 400, To: today + 1})
	if err != nil {
		return 0, err
	}
	shown := 0
	for _, f := range found {
		f.Given.Period = billOf(f.Given.Account, f.Span, b.bills)
		if period != "" && f.Given.Period != period {
			continue
		}
		shown++
		if strings.EqualFold(f.Status, "Void") {
			b.note("invoice %s of %s: void, left out", f.Given.Number, f.Given.Account)
			continue
		}
		if err := b.fetch(ctx, client, a, f, dir); err != nil {
			b.fail("usagereport: invoice %s of %s for %s: %v", f.Given.Number, f.Given.Account, f.Given.Period, err)
			failed++
		}
	}
	if shown == 0 {
		what := a.Subscription + a.Billing
		if period != "" {
			what += ", " + period
		}
		b.note("%s: Azure has no invoice; 'usagereport invoices explain' says why", what)
	}
	return failed, nil
}

// fetch keeps one invoice and its PDF.
func (b *books) fetch(ctx context.Context, client *azure.Client, a azurebill.Account, f azurebill.Found, dir string) error {
	i, err := invoices.Parse(f.Given)
	if err != nil {
		return err
	}
	var pdf bytes.Buffer
	if err := azurebill.PDF(ctx, client, a, f, &pdf); err != nil {
		return err
	}
	if err := invoices.CheckPDF(pdf.Bytes()); err != nil {
		return fmt.Errorf("what Azure sent: %w", err)
	}
	sum := sha256.Sum256(pdf.Bytes())
	i.SHA256 = hex.EncodeToString(sum[:])
	i.File = ledger.InvoicesDir + "/" + i.SHA256 + ".pdf"
	path := filepath.Join(dir, fileName(i.Account)+"_"+fileName(i.Period)+"_"+fileName(i.Number)+".pdf")
	was, err := os.ReadFile(path)
	if err == nil && !bytes.Equal(was, pdf.Bytes()) {
		return fmt.Errorf("%s is another PDF, which stays; move it away", path)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_, news, addErr := b.add(i)
	if addErr != nil {
		return addErr
	}
	if err := keepPDF(filepath.Join(filepath.Dir(b.path()), filepath.FromSlash(i.File)), i.SHA256, pdf.Bytes()); err != nil {
		return err
	}
	if err != nil { // it is not there
		if err := keepPDF(path, i.SHA256, pdf.Bytes()); err != nil {
			return err
		}
	}
	if !news {
		b.note("invoice %s: kept already", i.Number)
	}
	return b.say("%s", path)
}
