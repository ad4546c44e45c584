package main

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"usagereport/internal/azure"
	"usagereport/internal/misuse"
	"usagereport/invoices"
	"usagereport/invoices/azurebill"
	"usagereport/usage"
)

func newInvoicesDownloadCommand(g *globals) *cobra.Command {
	var period, dir string
	var wait bool
	c := &cobra.Command{
		Use: "download [azure://ACCOUNT...]",
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

// billed returns the accounts whose invoices are asked for.
func billed(refs []string, bills []invoices.Bill) (out []azurebill.Account, err error) {
	for _, r := range refs {
		a, err := parseAccount(r)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	if len(refs) == 0 {
		out = azurebill.Accounts(bills)
	}
	if len(out) == 0 {
		return nil, misuse.Of(errors.New("invoices download: the ledger has usage of no account of Azure; name one as azure://SUBSCRIPTION"))
	}
	return out, nil
}

func runInvoicesDownload(ctx context.Context, g *globals, refs []string, period, dir string, wait bool) error {
	b, err := g.work.OpenBook(ctx, wait)
	if err != nil {
		return err
	}
	defer b.Close()
	accounts, err := billed(refs, b.Bills)
	if err != nil {
		return err
	}
	o := g.env.azure
	o.Now, o.Say = g.env.now, g.Note
	d := &azurebill.Download{
		Client: azure.New(o), Book: b, Period: period, Dir: dir, Today: usage.DayOf(g.env.now().UTC()),
		Note: g.Note, Fail: g.Fail, Say: g.Say,
	}
	failed := 0
	for _, a := range accounts {
		n, err := d.Fetch(ctx, a)
		failed += n
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			g.Fail("usagereport: invoices of %s: %v", a.Subscription+a.Billing, err)
			failed++
		}
	}
	if err := b.Publish(ctx); err != nil {
		return err
	}
	if failed > 0 {
		return errReported
	}
	return nil
}
