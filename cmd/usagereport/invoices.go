package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/internal/misuse"
	"usagereport/internal/smallcsv"
	"usagereport/invoices"
	"usagereport/usage"
)

func newInvoicesCommand(g *globals) *cobra.Command {
	c := newGroup("invoices")
	c.AddCommand(newInvoicesAddCommand(g), newInvoicesReadCommand(g), newInvoicesListCommand(g), newInvoicesDownloadCommand(g),
		newInvoicesExplainCommand(g), newInvoicesReconcileCommand(g), newInvoicesRemoveCommand(g))
	return c
}

func newInvoicesAddCommand(g *globals) *cobra.Command {
	var o invoices.Given
	var wait bool
	c := &cobra.Command{
		Use:  "add [FILE.pdf]",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runInvoicesAdd(cmd.Context(), g, o, args, wait)
		},
	}
	f := c.Flags()
	f.StringVar(&o.Account, "account", "", "the `ACCOUNT` that is billed: a subscription or billing account, by id or name")
	f.StringVar(&o.Period, "period", "", "the billing period, by its `NAME` (2018-07)")
	f.StringVar(&o.Number, "number", "", "the invoice's `NUMBER`")
	f.StringVar(&o.Net, "net", "", "`AMOUNT` before tax and credits")
	f.StringVar(&o.Tax, "tax", "", "`AMOUNT` of tax")
	f.StringVar(&o.Credits, "credits", "", "`AMOUNT` of credits that lessen it")
	f.StringVar(&o.Total, "total", "", "`AMOUNT` to be paid (default: net + tax - credits)")
	f.StringVar(&o.Purchases, "purchases", "", "`AMOUNT` in net for purchases and marketplace that the usage files do not have")
	f.StringVar(&o.Support, "support", "", "`AMOUNT` in net for a support plan")
	f.StringVar(&o.Date, "date", "", "`DAY` of the invoice")
	f.StringVar(&o.Due, "due", "", "`DAY` on which it is due")
	f.StringVar(&o.Kind, "kind", "", "`KIND`: invoice or credit_note (default invoice)")
	addWaitFlag(f, &wait)
	return c
}

func newInvoicesReadCommand(g *globals) *cobra.Command {
	var wait bool
	c := &cobra.Command{
		Use:  "read FILE...",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runInvoicesRead(cmd.Context(), g, args, wait)
		},
	}
	addWaitFlag(c.Flags(), &wait)
	return c
}

func newInvoicesRemoveCommand(g *globals) *cobra.Command {
	var account, period string
	var wait bool
	c := &cobra.Command{
		Use:  "remove NUMBER",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runInvoicesRemove(cmd.Context(), g, args[0], account, period, wait)
		},
	}
	f := c.Flags()
	f.StringVar(&account, "account", "", "only the one of this `ACCOUNT`, by its id or name")
	f.StringVar(&period, "period", "", "only the one of the period with this `NAME`")
	addWaitFlag(f, &wait)
	return c
}

func runInvoicesAdd(ctx context.Context, g *globals, o invoices.Given, args []string, wait bool) error {
	var pdf []byte
	if len(args) > 0 {
		var err error
		if pdf, err = invoices.ReadPDF(args[0]); err != nil {
			return fmt.Errorf("add invoice: %s: %w", args[0], err)
		}
	}
	i, err := invoices.Parse(withCurrency(g, o))
	if err != nil {
		return misuse.Of(fmt.Errorf("add invoice: %w", err))
	}
	b, err := g.work.OpenBook(ctx, wait)
	if err != nil {
		return err
	}
	defer b.Close()
	if pdf != nil {
		i = invoices.WithPDF(i, pdf)
	}
	i, news, err := b.Add(i)
	if err == nil && pdf != nil {
		err = b.KeepPDF(i, pdf)
	}
	if err == nil {
		err = b.Publish(ctx)
	}
	if err != nil {
		return fmt.Errorf("add invoice %s: %w; nothing was changed", i.Number, err)
	}
	what := strings.ReplaceAll(i.Kind, "_", " ")
	if !news {
		return g.Say("%s %s of %s for %s: kept already", what, i.Number, i.Account, i.Period)
	}
	return g.Say("%s %s of %s for %s: %s %s", what, i.Number, i.Account, i.Period,
		usage.Money{Amount: i.Total, Currency: i.Currency}.Rounded().Text(), i.Currency)
}

// withCurrency takes the currency of the global flag where it is given.
func withCurrency(g *globals, o invoices.Given) invoices.Given {
	if o.Currency == "" {
		o.Currency = g.work.Currency
	}
	return o
}

func runInvoicesRead(ctx context.Context, g *globals, paths []string, wait bool) error {
	b, err := g.work.OpenBook(ctx, wait)
	if err != nil {
		return err
	}
	defer b.Close()
	news, all, refused := 0, 0, 0
	for _, path := range paths {
		rows, err := g.work.ReadInvoices(path)
		if err == nil {
			var n int
			n, err = b.AddRows(rows)
			news += n
		}
		if err == nil {
			all += len(rows)
		} else {
			g.Fail("usagereport: read invoices: %v; nothing of it was kept", smallcsv.In(path, err))
			refused++
		}
	}
	if err := b.Publish(ctx); err != nil {
		return err
	}
	said := fmt.Sprintf("new: %d of %d", news, all)
	if refused > 0 {
		said += fmt.Sprintf("; %d of %d files refused", refused, len(paths))
	}
	if err := g.Say("%s", said); err != nil {
		return err
	}
	if refused > 0 {
		return errReported
	}
	return nil
}

func runInvoicesRemove(ctx context.Context, g *globals, number, account, period string, wait bool) error {
	b, err := g.work.OpenBook(ctx, wait)
	if err != nil {
		return err
	}
	defer b.Close()
	i, err := b.Remove(ctx, number, account, period)
	if count := (*invoices.CountError)(nil); errors.As(err, &count) {
		err = fmt.Errorf("remove invoice %s: %w", number, err)
		if count.Count > 1 {
			err = misuse.Of(err)
		}
	}
	if err != nil {
		return err
	}
	return g.Say("invoice %s of %s for %s is taken back", i.Number, i.Account, i.Period)
}
