package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"usagereport/internal/terminal"
	"usagereport/invoices"
	"usagereport/reports/text"
)

func newInvoicesExplainCommand(g *globals) *cobra.Command {
	p := g.printer()
	c := &cobra.Command{
		Use:  "explain",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runInvoicesExplain(cmd.Context(), g, p) },
	}
	addFormatFlag(c, &p)
	return c
}

func runInvoicesExplain(ctx context.Context, g *globals, p terminal.Printer) error {
	bills, is, err := g.work.Booked(ctx)
	if err != nil {
		return err
	}
	all := invoices.Explain(bills, is)
	if len(all) == 0 && p.ForPeople() {
		return g.Say("each account and period that was loaded has an invoice")
	}
	return text.MissingInvoices(p, all)
}

func newInvoicesReconcileCommand(g *globals) *cobra.Command {
	p := g.printer()
	c := &cobra.Command{
		Use:  "reconcile PERIOD",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runInvoicesReconcile(cmd.Context(), g, p, args[0])
		},
	}
	addFormatFlag(c, &p)
	return c
}

func runInvoicesReconcile(ctx context.Context, g *globals, p terminal.Printer, period string) error {
	bills, is, err := g.work.Booked(ctx)
	if err != nil {
		return err
	}
	found := slices.DeleteFunc(invoices.Reconcile(bills, is), func(r invoices.Reconciliation) bool { return r.Period != period })
	if len(found) == 0 {
		return fmt.Errorf("reconcile %s: no invoice of this period is kept; 'usagereport invoices add' keeps one, 'usagereport invoices list' "+
			"lists them", period)
	}
	return text.Reconciled(p, found)
}

func newInvoicesListCommand(g *globals) *cobra.Command {
	p := g.printer()
	c := &cobra.Command{
		Use:  "list",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runInvoicesList(cmd.Context(), g, p) },
	}
	addFormatFlag(c, &p)
	return c
}

func runInvoicesList(ctx context.Context, g *globals, p terminal.Printer) error {
	bills, is, err := g.work.Booked(ctx)
	if err != nil {
		return err
	}
	return text.Invoices(p, bills, is)
}
