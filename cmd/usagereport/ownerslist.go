package main

import (
	"context"
	"errors"
	"slices"

	"usagereport/analysis"
	"usagereport/internal/query"
	"usagereport/internal/terminal"
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
	if err := headBudgets(p, workspace.Held(rows)); err != nil {
		return err
	}
	if err := headOwned(p, d.All); err != nil {
		return err
	}
	if err := headUnowned(p, unowned); err != nil {
		return err
	}
	return terminal.Rows(p, ownedColumns(p, rows), rows)
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
	if err := headBudgets(p, workspace.Held(rows)); err != nil {
		return err
	}
	return terminal.Rows(p, ownedColumns(p, rows), rows)
}

// headUnowned says where the cost without an owner is, and guesses its owner.
func headUnowned(p terminal.Printer, unowned []analysis.Unowned) error {
	const most = 5
	for i, u := range unowned {
		if i == most {
			return p.Head("nobody's: %d more; 'usagereport owners suggest' drafts rules", len(unowned)-i)
		}
		if err := p.Head("nobody's: %s", u.Text()); err != nil {
			return err
		}
	}
	return nil
}

func ownedColumns(p terminal.Printer, rows []workspace.OwnedCost) query.Columns[workspace.OwnedCost] {
	shared := query.ForPrograms
	if slices.ContainsFunc(rows, func(r workspace.OwnedCost) bool { return r.Shared != nil }) {
		shared = query.ForAll
	}
	// state is a value of the budget, where there is one.
	state := func(of func(*analysis.Budget) any) func(workspace.OwnedCost) any {
		return func(r workspace.OwnedCost) any {
			if r.State == nil {
				return nil
			}
			return of(r.State)
		}
	}
	return query.Columns[workspace.OwnedCost]{
		{Name: "owner", Of: func(r workspace.OwnedCost) any { return r.Owner }},
		{Name: "cost", Kind: query.Decimal, Of: func(r workspace.OwnedCost) any {
			switch {
			case !r.NoRate:
				return p.Amount(r.Cost)
			case p.ForPeople():
				return "no rate"
			}
			return nil
		}},
		{Name: "shared", Kind: query.Decimal, Rank: 2, Of: func(r workspace.OwnedCost) any { return orNoAmount(p, r.Shared) }, For: shared},
		{Name: "budget", Kind: query.Decimal, Of: func(r workspace.OwnedCost) any { return orNoAmount(p, r.Budget) }},
		{Name: "period", Rank: 2, Of: func(r workspace.OwnedCost) any { return orNil(string(r.Period)) }},
		{Name: "spent", Kind: query.Decimal, Rank: 2, Of: state(func(b *analysis.Budget) any { return p.Amount(b.Spent) })},
		{Name: "left", Kind: query.Decimal, Rank: 2, Of: state(func(b *analysis.Budget) any { return p.Amount(b.Left) })},
		{Name: "expected", Kind: query.Decimal, Of: func(r workspace.OwnedCost) any { return orNoAmount(p, r.Expected) }},
		{Name: "budget_expected", Kind: query.Decimal, Rank: 2, Of: state(func(b *analysis.Budget) any {
			return orNoAmount(p, b.Expected) // at the end of the budget's period; expected is at the bill's
		})},
		{Name: "chance_over", Kind: query.Integer, Rank: 3, Of: state(func(b *analysis.Budget) any { return orNone(b.Chance) })},
		{Name: "over_on", Kind: query.Date, Rank: 3, Of: state(func(b *analysis.Budget) any { return b.Over })},
		{Name: "currency", Rank: 1, Of: func(r workspace.OwnedCost) any { return r.Cost.Currency }},
	}
}
