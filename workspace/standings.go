package workspace

import (
	"context"
	"errors"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/owners"
	"usagereport/usage"
)

// standings puts into a report on all what each owner has, in the order of the owners file,
// and what has no owner.
func (s *Session) standings(ctx context.Context, o analysis.Options, out *Answer) error {
	if o.Owner != "" || !o.Whose || len(out.Report.Parts) == 0 {
		return nil
	}
	f, err := s.OwnersFile(ctx)
	if err != nil || f == nil {
		return err
	}
	// Where currencies have other bills, their newest have other names.
	var periods []string
	for _, p := range out.Report.Parts {
		if !slices.Contains(periods, p.Period.Name) {
			periods = append(periods, p.Period.Name)
		}
	}
	for _, period := range periods {
		err := s.EachOwner(ctx, f, Named(o, period), func(_ string, theirs *analysis.Analysis) error {
			list, err := theirs.Standings(ctx)
			for i := range out.Report.Parts {
				p := &out.Report.Parts[i]
				at := slices.IndexFunc(list, func(st analysis.OwnerStanding) bool { return st.Spent.Currency == p.Currency })
				if p.Period.Name == period && at >= 0 {
					p.Owners = append(p.Owners, list[at])
				}
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	all, err := out.Ownerships(ctx)
	if err != nil {
		return err
	}
	for i := range out.Report.Parts {
		p := &out.Report.Parts[i]
		at := slices.IndexFunc(all, func(x analysis.Ownership) bool { return x.Currency == p.Currency })
		if at >= 0 && len(p.Owners) > 0 {
			p.Owners = slices.DeleteFunc(p.Owners, func(x analysis.OwnerStanding) bool { return slices.Contains(all[at].Unrated, x.Owner) })
			for _, name := range all[at].Unrated {
				p.Owners = append(p.Owners, analysis.OwnerStanding{Owner: name, Spent: usage.Money{Currency: p.Currency}, NoRate: true})
			}
			p.Owners = append(p.Owners, unowned(p, all[at].Owned[""]))
		}
	}
	return nil
}

// Named returns o with the period that it chooses by its name.
func Named(o analysis.Options, period string) analysis.Options {
	switch {
	case !o.Days.Empty():
	case o.Month != "":
		o.Month = period
	default:
		o.Period = period
	}
	return o
}

// EachOwner calls do with an Analysis of each owner of f in turn (analysis.EachOwner). An owner
// without charges is passed over.
func (s *Session) EachOwner(ctx context.Context, f *owners.File, o analysis.Options,
	do func(owner string, theirs *analysis.Analysis) error,
) error {
	c, err := s.Configuration()
	if err != nil {
		return err
	}
	if o, err = s.Chosen(ctx, o); err != nil {
		return err
	}
	o.Owner, o.ByOwner, o.YearBegins = "", false, c.YearBegins
	a, err := s.analysisBy(ctx, f, o)
	if err != nil {
		return err
	}
	var list []analysis.BudgetedOwner
	for _, x := range f.Owners {
		list = append(list, analysis.BudgetedOwner{Name: x.Name, Budget: BudgetOf(x)})
	}
	err = a.EachOwner(ctx, list, func(owner string, theirs *analysis.Analysis) error {
		if err := do(owner, theirs); !analysis.IsNothing(err) {
			return err
		}
		return nil
	})
	return errors.Join(err, a.Close())
}

// unowned is what has no owner of p; with the owners' it adds up.
func unowned(p *analysis.Part, spent usage.Money) analysis.OwnerStanding {
	st := analysis.OwnerStanding{Spent: spent}
	if len(p.Priors) == 0 || p.Priors[0].NoRate {
		return st
	}
	delta := p.Priors[0].Delta
	for _, x := range p.Owners {
		switch {
		case x.Delta != nil:
			delta = delta.Sub(*x.Delta)
		case len(p.Unconverted) > 0: // what is the owner's may not be known
			return st
		}
	}
	st.Delta = &delta
	return st
}

// A HeldBudget is a budget beside what is spent of it: an owner's or, without one, that of all.
type HeldBudget struct {
	Owner string
	*analysis.Budget
}

// Budgets returns how the budgets stand in what o chooses, that of all before the owners'; only
// the owner's where o names one. A part of the charges is held to none.
func (s *Session) Budgets(ctx context.Context, o analysis.Options) (out []HeldBudget, err error) {
	if len(o.Filters) > 0 {
		return nil, nil
	}
	c, err := s.Configuration()
	if err != nil {
		return nil, err
	}
	add := func(owner string, parts []analysis.Part) {
		for _, p := range parts {
			if p.Budget != nil {
				out = append(out, HeldBudget{owner, p.Budget})
			}
		}
	}
	owner := o.Owner
	o.Owner, o.Whose, o.Tags, o.YearBegins = "", false, nil, c.YearBegins
	if owner == "" && c.Budget.Period != "" {
		o.Budget = analysis.OwnerBudget{Amount: c.Budget.Amount, Currency: c.Budget.Currency, Period: c.Budget.Period}
		a, err := s.Analysis(ctx, o)
		if err != nil {
			return nil, err
		}
		parts, err := a.Budgets(ctx)
		if err = errors.Join(err, a.Close()); err != nil && !analysis.IsNothing(err) {
			return nil, err
		}
		add("", parts)
	}
	f, err := s.OwnersFile(ctx)
	if err != nil || f == nil {
		return out, err
	}
	f.Owners = slices.DeleteFunc(f.Owners, func(x owners.Owner) bool {
		return x.Budget == nil || owner != "" && !strings.EqualFold(x.Name, owner)
	})
	if len(f.Owners) == 0 {
		return out, nil
	}
	if o, err = s.Chosen(ctx, o); err != nil {
		return nil, err
	}
	o.Budget = analysis.OwnerBudget{}
	all, err := s.analysisBy(ctx, f, o)
	if err != nil {
		return nil, err
	}
	chosen, err := all.Chosen(ctx)
	if err = errors.Join(err, all.Close()); err != nil {
		return nil, err
	}
	for i, x := range chosen {
		in := func(y analysis.Chosen) bool { return y.Name == x.Name }
		if slices.IndexFunc(chosen, in) < i {
			continue
		}
		err := s.EachOwner(ctx, f, Named(o, x.Name), func(owner string, theirs *analysis.Analysis) error {
			parts, err := theirs.Budgets(ctx)
			add(owner, slices.DeleteFunc(parts, func(p analysis.Part) bool {
				return !slices.ContainsFunc(chosen, func(y analysis.Chosen) bool { return in(y) && y.Currency == p.Currency })
			}))
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
