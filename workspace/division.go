package workspace

import (
	"context"
	"errors"
	"slices"

	"usagereport/analysis"
	"usagereport/internal/misuse"
	"usagereport/owners"
	"usagereport/usage"
)

// A Division is the cost of a period by its owners. Close it.
type Division struct {
	*analysis.Analysis                      // which keeps owners apart
	File               *owners.File         // what it was divided by
	All                []analysis.Ownership // by currency

	session *Session
	options analysis.Options
}

// Divide divides what o chooses among its owners.
func (w *Workspace) Divide(ctx context.Context, o analysis.Options) (*Division, error) {
	s, err := w.Open(ctx)
	if err != nil {
		return nil, err
	}
	d := &Division{session: s, options: o}
	if d.File, d.Analysis, err = s.Through(ctx, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if d.All, err = d.Ownerships(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Close releases the analysis and the ledger.
func (d *Division) Close() error { return errors.Join(d.Analysis.Close(), d.session.Close()) }

// An OwnedCost is what is one owner's, in one currency.
type OwnedCost struct {
	Owner          string // owners.Nobody for what has none
	Cost           usage.Money
	NoRate         bool         // no rate converts any of it, so that Cost is not known
	Shared, Budget *usage.Money // a part of what several share; for a period of the budget
	Period         owners.Period
	State          *analysis.Budget
	Expected       *usage.Money // at the end of the period, with what is shared
}

// Costs returns what each owner has that has charges or a budget, and what has no owner.
func (d *Division) Costs(ctx context.Context) ([]OwnedCost, error) {
	parts := map[string][]analysis.Part{}
	err := d.session.EachOwner(ctx, d.File, Named(d.options, d.All[0].Period.Name), func(owner string, theirs *analysis.Analysis) (err error) {
		parts[owner], err = theirs.Budgets(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return ownedCosts(d.File, d.All, parts), nil
}

// Of returns the analysis of one owner's.
func (d *Division) Of(ctx context.Context, name string) (*analysis.Analysis, error) {
	owner, err := d.File.Owner(name)
	if err != nil {
		return nil, misuse.Flag("--owner", err)
	}
	mine := d.options
	mine.Owner = owner.Name
	return d.session.Analysis(ctx, mine)
}

// CostsOf is Costs of one owner.
func (d *Division) CostsOf(ctx context.Context, name string) ([]OwnedCost, error) {
	owner, err := d.File.Owner(name)
	if err != nil {
		return nil, misuse.Flag("--owner", err)
	}
	list, err := d.Costs(ctx)
	return slices.DeleteFunc(list, func(x OwnedCost) bool { return x.Owner != owner.Name }), err
}

// ownedCosts puts each owner's cost beside the budget and the outlook in parts, which are by owner.
func ownedCosts(f *owners.File, all []analysis.Ownership, parts map[string][]analysis.Part) (list []OwnedCost) {
	for _, o := range all {
		for _, x := range f.Owners {
			cost, has := o.Cost(x.Name)
			mine := x.Budget != nil && (x.Currency == o.Currency || x.Currency == "" && len(all) == 1)
			if !has && !mine && (len(all) > 1 || len(o.Owned) == 0) {
				continue
			}
			cost.Currency = o.Currency
			c := OwnedCost{Owner: x.Name, Cost: cost, NoRate: slices.Contains(o.Unrated, x.Name)}
			if part, has := o.Shared[x.Name]; has {
				c.Shared = &part
			}
			if mine {
				c.Budget, c.Period = &usage.Money{Amount: x.Budget.Amount, Currency: o.Currency}, x.Budget.Period
			}
			i := slices.IndexFunc(parts[x.Name], func(p analysis.Part) bool { return p.Currency == o.Currency })
			if i >= 0 && !c.NoRate {
				c.State, c.Expected = parts[x.Name][i].Budget, parts[x.Name][i].Bears()
			}
			list = append(list, c)
		}
		rest := o.Owned[""]
		rest.Currency = o.Currency
		list = append(list, OwnedCost{Owner: owners.Nobody, Cost: rest})
	}
	return list
}

// Held returns the budgets of costs.
func Held(costs []OwnedCost) (list []HeldBudget) {
	for _, c := range costs {
		list = append(list, HeldBudget{Owner: c.Owner, Budget: c.State})
	}
	return list
}
