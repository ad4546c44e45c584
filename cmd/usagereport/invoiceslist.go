package main

import (
	"context"

	"github.com/spf13/cobra"

	"usagereport/internal/terminal"
	"usagereport/reports/text"
)

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
