package workspace

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	for _, owner := range f.Owners {
		for _, period := range periods {
			o.Owner = owner.Name
			if o.Month != "" {
				o.Month = period
			} else {
				o.Period = period
			}
			list, err := s.standing(ctx, f, o)
			if err != nil {
				return fmt.Errorf("owner %s: %w", owner.Name, err)
			}
			for i := range out.Report.Parts {
				p := &out.Report.Parts[i]
				at := slices.IndexFunc(list, func(st analysis.OwnerStanding) bool { return st.Spent.Currency == p.Currency })
				if p.Period.Name == period && at >= 0 {
					p.Owners = append(p.Owners, list[at])
				}
			}
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
			p.Owners = append(p.Owners, unowned(p, all[at].Owned[""]))
		}
	}
	return nil
}

// standing returns what one owner has of a period; nothing where there is none.
func (s *Session) standing(ctx context.Context, f *owners.File, o analysis.Options) ([]analysis.OwnerStanding, error) {
	theirs, err := s.analysisBy(ctx, f, o)
	if err != nil {
		return nil, err
	}
	list, err := theirs.Standings(ctx)
	if analysis.IsNothing(err) {
		err = nil
	}
	return list, errors.Join(err, theirs.Close())
}

// unowned is what has no owner of p; with the owners' it adds up.
func unowned(p *analysis.Part, spent usage.Money) analysis.OwnerStanding {
	st := analysis.OwnerStanding{Spent: spent}
	if len(p.Priors) == 0 {
		return st
	}
	delta := p.Priors[0].Delta
	for _, x := range p.Owners {
		if x.Delta != nil {
			delta = delta.Sub(*x.Delta)
		}
	}
	st.Delta = &delta
	return st
}
