package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/invoices"
	"usagereport/usage"
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
	type row = invoices.Missing
	return terminal.Rows(p, query.Columns[row]{
		{Name: "period", Of: func(m row) any { return m.Period }},
		{Name: "from", Kind: query.Date, Of: func(m row) any { return m.Span.From }},
		{Name: "to", Kind: query.Date, Of: func(m row) any { return m.Span.Last() }},
		{Name: "account", Of: func(m row) any { return accountText(p, m.Account, m.Name) }},
		{Name: "name", Of: func(m row) any { return orNil(m.Name) }, For: query.ForPrograms}, // people read it in the column account
		{Name: "state", Of: func(m row) any { return string(m.State) }},
		{Name: "total", Kind: query.Decimal, Of: func(m row) any { return p.Amount(usage.Money{Amount: m.Total, Currency: m.Currency}) }},
		{Name: "currency", Of: func(m row) any { return m.Currency }},
		{Name: "reason", Of: func(m row) any { return string(m.Reason) }},
		{Name: "why", Of: func(m row) any { return "likely: " + m.Likely }},
		{Name: "do", Of: func(m row) any { return m.Do }},
	}, all)
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
	type row struct {
		invoices.Line
		of invoices.Reconciliation
	}
	var rows []row
	for _, r := range invoices.Reconcile(bills, is) {
		if r.Period != period {
			continue
		}
		if err := headReconciled(p, r); err != nil {
			return err
		}
		for _, l := range r.Lines {
			rows = append(rows, row{l, r})
		}
	}
	if len(rows) == 0 {
		return fmt.Errorf("reconcile %s: no invoice of this period is kept; 'usagereport invoices add' keeps one, 'usagereport invoices list' "+
			"lists them", period)
	}
	return terminal.Rows(p, query.Columns[row]{
		{Name: "account", Of: func(r row) any { return accountText(p, r.of.Account, r.of.Name) }},
		{Name: "line", Of: func(r row) any { return string(r.Kind) }},
		{Name: "title", Of: func(r row) any { return r.Kind.Title().String() }},
		{Name: "amount", Kind: query.Decimal, Of: func(r row) any { return p.Amount(usage.Money{Amount: r.Amount, Currency: r.of.Currency}) }},
		{Name: "currency", Of: func(r row) any { return r.of.Currency }},
		{Name: "why", Of: func(r row) any { return orNil(r.Why.String()) }},
	}, rows)
}

// headReconciled says which invoices are led to, and how that ends.
func headReconciled(p terminal.Printer, r invoices.Reconciliation) error {
	var numbers []string
	for _, i := range r.Invoices {
		numbers = append(numbers, i.Number)
	}
	name := r.Account
	if r.Name != "" && r.Name != r.Account {
		name = r.Name + " (" + r.Account + ")"
	}
	when := ""
	if !r.Span.Empty() {
		when = fmt.Sprintf(" (%s, %s)", r.Span, r.State)
	}
	end := "all explained"
	if r.Unexplained.Sign() != 0 {
		end = fmt.Sprintf("%s %s unexplained", rounded(usage.Money{Amount: r.Unexplained, Currency: r.Currency}), r.Currency)
	}
	return p.Head("%s, %s%s, %s: %s", name, r.Period, when, strings.Join(numbers, " and "), end)
}
