package main

import (
	"context"
	"errors"

	"usagereport/analysis"
	"usagereport/internal/terminal"
	"usagereport/reports/text"
	"usagereport/workspace"
)

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

// ownedBy prints what is one owner's, and nothing of others.
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
