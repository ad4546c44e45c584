package main

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/invoices"
	"usagereport/ledger"
	"usagereport/usage"
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
	type row struct {
		ledger.Invoice
		name string
		why  invoices.Reason // there is none
	}
	var rows []row
	for _, m := range invoices.Explain(bills, is) {
		rows = append(rows, row{Invoice: ledger.Invoice{Period: m.Period, Account: m.Account, Currency: m.Currency}, name: m.Name, why: m.Reason})
	}
	for _, i := range is {
		rows = append(rows, row{Invoice: i, name: invoices.NameOf(bills, i.Account)})
	}
	slices.SortStableFunc(rows, func(x, y row) int { return strings.Compare(y.Period, x.Period) })
	money := func(of func(row) usage.Decimal) func(row) any {
		return func(r row) any {
			if r.why != "" {
				return nil
			}
			return p.Amount(usage.Money{Amount: of(r), Currency: r.Currency})
		}
	}
	return terminal.Rows(p, query.Columns[row]{
		{Name: "period", Of: func(r row) any { return r.Period }},
		{Name: "account", Of: func(r row) any { return accountText(p, r.Account, r.name) }},
		{Name: "number", Of: func(r row) any { return orNil(r.Number) }},
		{Name: "kind", Of: func(r row) any { return orNil(r.Kind) }},
		{Name: "date", Kind: query.Date, Of: func(r row) any { return orNoDay(r.Date) }},
		{Name: "due", Kind: query.Date, Of: func(r row) any { return orNoDay(r.Due) }},
		{Name: "net", Kind: query.Decimal, Of: money(func(r row) usage.Decimal { return r.Net })},
		{Name: "tax", Kind: query.Decimal, Of: money(func(r row) usage.Decimal { return r.Tax })},
		{Name: "credits", Kind: query.Decimal, Of: money(func(r row) usage.Decimal { return r.Credits })},
		{Name: "total", Kind: query.Decimal, Of: money(func(r row) usage.Decimal { return r.Total })},
		{Name: "currency", Of: func(r row) any { return r.Currency }},
		{Name: "file", Of: func(r row) any { return orNil(r.File) }},
		{Name: "sha256", Of: func(r row) any { return orNil(r.SHA256) }, For: query.ForPrograms}, // the file's name is its hash
		{Name: "why_none", Of: func(r row) any { return orNil(string(r.why)) }},
	}, rows)
}

// account is how an account is shown: for people by its name where it has one.
func accountText(p terminal.Printer, id, name string) string {
	if p.ForPeople() {
		return cmp.Or(name, id)
	}
	return id
}
