package main

import (
	"context"
	"errors"
	"slices"

	"usagereport/analysis"
	"usagereport/internal/query"
	"usagereport/owners"
	"usagereport/usage"
	"usagereport/workspace"
)

func runOwnersList(ctx context.Context, g *globals, o ownersOptions, p printer) error {
	d, err := divide(ctx, g, choosing{period: o.period, month: o.month}, o.cost)
	if err != nil {
		return err
	}
	defer d.Close()
	if o.owner != "" {
		return p.ownedBy(ctx, g, d, o.owner)
	}
	if err := g.noteConversion(ctx, d.analysis); err != nil {
		return err
	}
	unowned, err := d.analysis.Unowned(ctx)
	if err != nil {
		return err
	}
	budgets, err := budgetsOf(ctx, d.session, d.options, d.file, d.all)
	if err != nil {
		return err
	}
	rows := ownedRows(d.file, d.all, budgets)
	if err := p.headBudgets(g, held(rows)); err != nil {
		return err
	}
	if err := p.headOwned(g, d.all); err != nil {
		return err
	}
	if err := p.headUnowned(g, unowned); err != nil {
		return err
	}
	sharing := slices.ContainsFunc(rows, func(r ownedRow) bool { return r.shared != nil })
	return printRows(g, p, p.ownedColumns(sharing), rows)
}

// ownedBy prints what is one owner's, and nothing of others.
func (p printer) ownedBy(ctx context.Context, g *globals, d *division, name string) error {
	owner, err := d.file.Owner(name)
	if err != nil {
		return &workspace.FlagError{Flag: "--owner", Err: err}
	}
	mine := d.options
	mine.Owner = owner.Name
	a, err := d.session.Analysis(ctx, mine)
	if err == nil {
		err = errors.Join(g.noteConversion(ctx, a), a.Close())
	}
	if err != nil && !analysis.IsNothing(err) {
		return err
	}
	budgets, err := budgetsOf(ctx, d.session, d.options, d.file, d.all)
	if err != nil {
		return err
	}
	rows := slices.DeleteFunc(ownedRows(d.file, d.all, budgets), func(r ownedRow) bool { return r.owner != owner.Name })
	if err := p.headBudgets(g, held(rows)); err != nil {
		return err
	}
	return printRows(g, p, p.ownedColumns(slices.ContainsFunc(rows, func(r ownedRow) bool { return r.shared != nil })), rows)
}

// held returns the budgets of rows.
func held(rows []ownedRow) (list []workspace.HeldBudget) {
	for _, r := range rows {
		list = append(list, workspace.HeldBudget{Owner: r.owner, Budget: r.state})
	}
	return list
}

// headUnowned says where the cost without an owner is, and guesses its owner.
func (p printer) headUnowned(g *globals, unowned []analysis.Unowned) error {
	const most = 5
	for i, u := range unowned {
		if i == most {
			return p.head(g, "nobody's: %d more; 'usagereport owners suggest' drafts rules", len(unowned)-i)
		}
		if err := p.head(g, "nobody's: %s", u.Text()); err != nil {
			return err
		}
	}
	return nil
}

// budgetsOf returns each owner's budgets and outlook, by currency, in the period that
// all are listed for.
func budgetsOf(ctx context.Context, s *workspace.Session, o analysis.Options, f *owners.File,
	all []analysis.Ownership,
) (map[string][]analysis.Part, error) {
	parts := map[string][]analysis.Part{}
	return parts, s.EachOwner(ctx, f, workspace.Named(o, all[0].Period.Name), func(owner string, theirs *analysis.Analysis) (err error) {
		parts[owner], err = theirs.Budgets(ctx)
		return err
	})
}

// An ownedRow is what is one owner's, in one currency.
type ownedRow struct {
	owner          string
	cost           usage.Money
	noRate         bool // no rate converts any of it, so that cost is not known
	shared, budget *usage.Money
	period         owners.Period // of the budget
	state          *analysis.Budget
	expected       *usage.Money
}

// ownedRows has a row for each owner that has charges or a budget, and one for cost without an
// owner.
func ownedRows(f *owners.File, all []analysis.Ownership, budgets map[string][]analysis.Part) (rows []ownedRow) {
	for _, o := range all {
		for _, x := range f.Owners {
			cost, has := o.Cost(x.Name)
			mine := x.Budget != nil && (x.Currency == o.Currency || x.Currency == "" && len(all) == 1)
			if !has && !mine && (len(all) > 1 || len(o.Owned) == 0) {
				continue
			}
			cost.Currency = o.Currency
			row := ownedRow{owner: x.Name, cost: cost, noRate: slices.Contains(o.Unrated, x.Name)}
			if part, has := o.Shared[x.Name]; has {
				row.shared = &part
			}
			if mine {
				row.budget, row.period = &usage.Money{Amount: x.Budget.Amount, Currency: o.Currency}, x.Budget.Period
			}
			i := slices.IndexFunc(budgets[x.Name], func(p analysis.Part) bool { return p.Currency == o.Currency })
			if i >= 0 {
				part := budgets[x.Name][i]
				row.state = part.Budget
				if part.Outlook != nil {
					end := part.Outlook.End.Expected
					if s := part.Shared; s != nil && s.Expected != nil {
						end.Amount = end.Amount.Add(s.Expected.Amount)
					}
					row.expected = &end
				}
			}
			rows = append(rows, row)
		}
		rest := o.Owned[""]
		rest.Currency = o.Currency
		rows = append(rows, ownedRow{owner: owners.Nobody, cost: rest})
	}
	return rows
}

func (p printer) ownedColumns(sharing bool) query.Columns[ownedRow] {
	shared := query.ForPrograms
	if sharing {
		shared = query.ForAll
	}
	// state is a value of the budget, where there is one.
	state := func(of func(*analysis.Budget) any) func(ownedRow) any {
		return func(r ownedRow) any {
			if r.state == nil {
				return nil
			}
			return of(r.state)
		}
	}
	return query.Columns[ownedRow]{
		{Name: "owner", Of: func(r ownedRow) any { return r.owner }},
		{Name: "cost", Kind: query.Decimal, Of: func(r ownedRow) any {
			switch {
			case !r.noRate:
				return p.amount(r.cost)
			case p.forPeople():
				return "no rate"
			}
			return nil
		}},
		{Name: "shared", Kind: query.Decimal, Rank: 2, Of: func(r ownedRow) any { return p.orNoAmount(r.shared) }, For: shared},
		{Name: "budget", Kind: query.Decimal, Of: func(r ownedRow) any { return p.orNoAmount(r.budget) }},
		{Name: "period", Rank: 2, Of: func(r ownedRow) any { return orNil(string(r.period)) }},
		{Name: "spent", Kind: query.Decimal, Rank: 2, Of: state(func(b *analysis.Budget) any { return p.amount(b.Spent) })},
		{Name: "left", Kind: query.Decimal, Rank: 2, Of: state(func(b *analysis.Budget) any { return p.amount(b.Left) })},
		{Name: "expected", Kind: query.Decimal, Of: func(r ownedRow) any { return p.orNoAmount(r.expected) }},
		{Name: "budget_expected", Kind: query.Decimal, Rank: 2, Of: state(func(b *analysis.Budget) any {
			return p.orNoAmount(b.Expected) // at the end of the budget's period; expected is at the bill's
		})},
		{Name: "chance_over", Kind: query.Integer, Rank: 3, Of: state(func(b *analysis.Budget) any { return orNone(b.Chance) })},
		{Name: "over_on", Kind: query.Date, Rank: 3, Of: state(func(b *analysis.Budget) any { return b.Over })},
		{Name: "currency", Rank: 1, Of: func(r ownedRow) any { return r.cost.Currency }},
	}
}
