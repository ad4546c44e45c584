package text

import (
	"fmt"
	"slices"

	"usagereport/analysis"
	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/workspace"
)

// Budgets says which budgets are or likely will be exceeded.
func Budgets(p terminal.Printer, list []workspace.HeldBudget) error {
	for _, b := range list {
		if b.State() == "" {
			continue
		}
		if err := p.Head("%s", b.Says(string(b.State()))); err != nil {
			return err
		}
	}
	return nil
}

// Owned says how much of the period has an owner.
func Owned(p terminal.Printer, all []analysis.Ownership) error {
	for _, o := range all {
		has := ", " + rounded(o.Owned[""]) + " unassigned"
		switch v := o.Percent(); {
		case o.Total.Amount.Sign() != 0 && o.Owned[""].Amount.Sign() == 0:
			has = ", all of it has an owner"
		case v != nil:
			has = fmt.Sprintf(", %.1f%% has an owner%s", tenths(*v), has)
		}
		if err := p.Head("%s (%s, %s): %s %s%s", o.Period.Name, o.Period.Span, o.Period.State, rounded(o.Total), o.Currency, has); err != nil {
			return err
		}
	}
	return nil
}

// Unowned says where the cost without an owner is, and guesses its owner.
func Unowned(p terminal.Printer, unowned []analysis.Unowned) error {
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

// Dimensions prints how much of the cost has a value of each dimension, and what is wrong with their rules.
func Dimensions(p terminal.Printer, checks []workspace.DimensionCheck) error {
	type row struct {
		workspace.Warning
		dimension string
	}
	var rows []row
	for _, c := range checks {
		for _, o := range c.Costs {
			has := ""
			if v := o.Percent(); v != nil {
				has = fmt.Sprintf(", %.1f %% of it with a value", tenths(*v))
			}
			if err := p.Head("%s: %s (%s, %s): %s %s%s, %s %s", c.Name, o.Period.Name, o.Period.Span, o.Period.State, rounded(o.Total),
				o.Currency, has, rounded(o.Owned[""]), c.Rest); err != nil {
				return err
			}
		}
		for _, w := range c.Warnings {
			rows = append(rows, row{w, c.Name})
		}
	}
	return terminal.Rows(p, query.Columns[row]{
		{Name: "line", Kind: query.Integer, Of: func(r row) any { return r.Line }},
		{Name: "dimension", Of: func(r row) any { return r.dimension }},
		{Name: "value", Of: func(r row) any { return r.Owner }},
		{Name: "kind", Of: func(r row) any { return r.Kind }},
		{Name: "warning", Of: func(r row) any { return r.Text }},
	}, rows)
}

// RuleWarnings prints what is wrong with the rules of the owners file.
func RuleWarnings(p terminal.Printer, list []workspace.Warning) error {
	if len(list) == 0 && p.ForPeople() {
		return p.Say("nothing is wrong with it")
	}
	return terminal.Rows(p, query.Columns[workspace.Warning]{
		{Name: "line", Kind: query.Integer, Of: func(w workspace.Warning) any { return w.Line }},
		{Name: "owner", Of: func(w workspace.Warning) any { return w.Owner }},
		{Name: "kind", Of: func(w workspace.Warning) any { return w.Kind }},
		{Name: "warning", Of: func(w workspace.Warning) any { return w.Text }},
	}, list)
}

// OwnedCosts prints what is each owner's, with the budgets.
func OwnedCosts(p terminal.Printer, rows []workspace.OwnedCost) error {
	return terminal.Rows(p, ownedColumns(p, rows), rows)
}
