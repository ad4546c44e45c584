package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/internal/azure"
	"usagereport/internal/azure/azureroles"
	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/invoices/azurebill"
)

func newAzureCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:  "azure",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(newAzureRolesCommand(g))
	return c
}

func newAzureRolesCommand(g *globals) *cobra.Command {
	p := g.printer()
	var all bool
	c := &cobra.Command{
		Use:  "roles [azure://ACCOUNT...]",
		RunE: func(cmd *cobra.Command, args []string) error { return runAzureRoles(cmd.Context(), g, args, all, p) },
	}
	c.Flags().BoolVar(&all, "all", false, "also roles that see no cost")
	addFormatFlag(c, &p)
	return c
}

func runAzureRoles(ctx context.Context, g *globals, refs []string, all bool, p terminal.Printer) error {
	o := azureroles.Options{All: all}
	for _, r := range refs {
		a, ok := azurebill.ParseAccount(r)
		switch {
		case !ok:
			return usageError{fmt.Errorf("%s: not an account; name one as azure://SUBSCRIPTION or azure://billingAccounts/ID", r)}
		case a.Subscription != "":
			o.Scopes = append(o.Scopes, a.Subscription)
		default:
			o.Scopes = append(o.Scopes, "billingAccounts/"+a.Billing)
		}
	}
	client := g.env.azure
	client.Now, client.Say = g.env.now, g.Note
	list, failed, err := azureroles.List(ctx, azure.New(client), o)
	if err != nil {
		return err
	}
	type row = azureroles.Holder
	if err := terminal.Rows(p, query.Columns[row]{
		{Name: "scope", Of: func(h row) any { return h.Scope }},
		{Name: "role", Of: func(h row) any { return h.Role }},
		{Name: "who", Of: func(h row) any { return h.Who }},
		{Name: "kind", Of: func(h row) any { return h.Kind }},
		{Name: "given_on", Of: func(h row) any { return h.From }},
		{Name: "may", Of: func(h row) any { return mayText(h.May) }},
		{Name: "scope_id", Of: func(h row) any { return h.ID }},
	}, list); err != nil {
		return err
	}
	for _, err := range failed {
		g.Fail("%v", err)
	}
	if len(failed) > 0 {
		return errReported
	}
	return nil
}

// mayText says in words what a role allows.
func mayText(m azureroles.May) string {
	var all []string
	for _, may := range []struct {
		is   bool
		word string
	}{{m.Cost, "cost"}, {m.Invoices, "invoices"}, {m.Exports, "exports"}, {m.Give, "roles"}, {m.Unknown, "not known"}} {
		if may.is {
			all = append(all, may.word)
		}
	}
	return cmp.Or(strings.Join(all, ", "), "no cost")
}
