package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"usagereport/analysis"
	"usagereport/internal/terminal"
	"usagereport/owners"
	"usagereport/reports/text"
	"usagereport/workspace"
)

type ownersOptions struct{ period, month, cost, owner string }

func newOwnersCommand(g *globals) *cobra.Command {
	c := newGroup("owners")
	var o ownersOptions
	p := g.printer()
	check := &cobra.Command{
		Use:  "check",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runOwnersCheck(cmd.Context(), g, o, p) },
	}
	list := &cobra.Command{
		Use:  "list",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runOwnersList(cmd.Context(), g, o, p) },
	}
	for _, sub := range []*cobra.Command{check, list} {
		addEngineFlag(sub.Flags(), g)
		sub.Flags().StringVar(&o.period, "period", "", "billing period by its `NAME`, current or last (default current)")
		sub.Flags().StringVar(&o.month, "month", "", "calendar `MONTH` (2018-07), current or last")
		addFormatFlag(sub, &p)
	}
	addCostFlag(list.Flags(), &o.cost)
	addConvertFlag(list.Flags(), g)
	addOwnerFlag(list.Flags(), &o.owner)
	var key string
	suggest := &cobra.Command{
		Use:  "suggest",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			drafts, err := g.work.SuggestOwners(cmd.Context(), key)
			if err != nil {
				return err
			}
			return owners.WriteDrafts(g.env.stdout, drafts)
		},
	}
	suggest.Flags().StringVar(&key, "tag", "", "go by the tag with this `KEY`")
	c.AddCommand(check, list, suggest)
	return c
}

// divide divides what c chooses among its owners. Close it.
func divide(ctx context.Context, g *globals, c choosing, cost string) (*workspace.Division, error) {
	o, err := c.options(g)
	if err != nil {
		return nil, err
	}
	if o.Cost, err = costOf(cost); err != nil {
		return nil, err
	}
	return g.work.Divide(ctx, o)
}

func runOwnersCheck(ctx context.Context, g *globals, o ownersOptions, p terminal.Printer) error {
	d, err := divide(ctx, g, choosing{period: o.period, month: o.month}, o.cost)
	if err != nil {
		return err
	}
	defer d.Close()
	uses, overlaps, err := d.RuleUses(ctx)
	if err != nil {
		return err
	}
	if err := text.Owned(p, d.All); err != nil {
		return err
	}
	return text.RuleWarnings(p, workspace.Check(d.File, d.All, uses, overlaps))
}

// printOwnedBy prints what is one owner's, and nothing of others.
func printOwnedBy(ctx context.Context, g *globals, p terminal.Printer, d *workspace.Division, name string) error {
	a, err := d.Of(ctx, name)
	if err == nil {
		err = errors.Join(g.noteConversion(ctx, a), a.Close())
	}
	if err != nil && !analysis.IsNothing(err) {
		return err
	}
	rows, err := d.CostsOf(ctx, name)
	if err != nil {
		return err
	}
	if err := text.Budgets(p, workspace.Held(rows)); err != nil {
		return err
	}
	return text.OwnedCosts(p, rows)
}

func runOwnersList(ctx context.Context, g *globals, o ownersOptions, p terminal.Printer) error {
	d, err := divide(ctx, g, choosing{period: o.period, month: o.month}, o.cost)
	if err != nil {
		return err
	}
	defer d.Close()
	if o.owner != "" {
		return printOwnedBy(ctx, g, p, d, o.owner)
	}
	if err := g.noteConversion(ctx, d.Analysis); err != nil {
		return err
	}
	unowned, err := d.Unowned(ctx)
	if err != nil {
		return err
	}
	rows, err := d.Costs(ctx)
	if err != nil {
		return err
	}
	if err := text.Budgets(p, workspace.Held(rows)); err != nil {
		return err
	}
	if err := text.Owned(p, d.All); err != nil {
		return err
	}
	if err := text.Unowned(p, unowned); err != nil {
		return err
	}
	return text.OwnedCosts(p, rows)
}
