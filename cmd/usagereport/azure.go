package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"usagereport/internal/azure"
	"usagereport/internal/azure/azureroles"
	"usagereport/internal/misuse"
	"usagereport/internal/terminal"
	"usagereport/invoices/azurebill"
	"usagereport/loader"
	"usagereport/reports/text"
)

func newAzureCommand(g *globals) *cobra.Command {
	c := newGroup("azure")
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
		a, err := parseAccount(r)
		if err != nil {
			return err
		}
		if a.Subscription != "" {
			o.Scopes = append(o.Scopes, a.Subscription)
		} else {
			o.Scopes = append(o.Scopes, "billingAccounts/"+a.Billing)
		}
	}
	client := g.env.azure
	client.Now, client.Say = g.env.now, g.Note
	list, failed, err := azureroles.List(ctx, azure.New(client), o)
	if err != nil {
		return err
	}
	if err := text.Roles(p, list); err != nil {
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

// parseAccount reads which account of Azure a command is to ask about.
func parseAccount(ref string) (azurebill.Account, error) {
	a, ok := azurebill.ParseAccount(ref)
	if !ok {
		return a, misuse.Of(fmt.Errorf("%s: not an account; name one as azure://SUBSCRIPTION or azure://billingAccounts/ID",
			loader.ParseRef(ref))) // without a signature in it
	}
	return a, nil
}
