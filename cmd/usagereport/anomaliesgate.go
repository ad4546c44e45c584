package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/ledger"
	"usagereport/owners"
	"usagereport/usage"
	"usagereport/workspace"
)

// alarmed reports whether a finding is what --fail-on names; told has the ids that
// were reported before.
func (o anomaliesOptions) alarmed(fs []analysis.Finding, told map[string]bool) (stands bool) {
	for _, f := range fs {
		high := f.Severity == usage.SeverityHigh
		switch {
		case f.Answer != nil:
		case o.failOn == "high" && high, o.failOn == "new-high" && high && !told[f.ID], o.failOn == "any" && f.Severity != usage.SeverityLow:
			stands = true
		}
	}
	return stands
}

// records returns what was recorded, and reports whether a budget is what --fail-on
// names.
func (o anomaliesOptions) records(ctx context.Context, g *globals, p printer) (records []ledger.Record, stands bool, err error) {
	if o.failOn == "" {
		return nil, false, nil
	}
	s, err := g.work.Open(ctx)
	if err != nil {
		return nil, false, err
	}
	defer s.Close()
	if o.failOn != "high" && o.failOn != "new-high" {
		if stands, err = o.budgets(ctx, g, s, p); err != nil {
			return nil, false, err
		}
	}
	records, err = s.Ledger.Records(ctx)
	return records, stands, err
}

// budgets says which budgets are over or, unless only those are asked for, likely to
// be, and reports whether there are any.
func (o anomaliesOptions) budgets(ctx context.Context, g *globals, s *workspace.Session, p printer) (any bool, err error) {
	f, err := s.OwnersFile(ctx)
	if err != nil || f == nil {
		return false, err
	}
	f.Owners = slices.DeleteFunc(f.Owners, func(x owners.Owner) bool {
		return x.Budget == nil || o.owner != "" && !strings.EqualFold(x.Name, o.owner)
	})
	if len(f.Owners) == 0 {
		return false, nil
	}
	ao, err := g.work.Options(o.period, o.month)
	if err != nil {
		return false, err
	}
	a, err := analysis.Look(ctx, s.Ledger, ao, f.Rules)
	if err != nil {
		return false, err
	}
	defer a.Close()
	all, err := a.Ownerships(ctx)
	if err != nil {
		return false, err
	}
	parts, err := budgetsOf(ctx, s, ao, f, all)
	if err != nil {
		return false, err
	}
	for _, x := range f.Owners {
		for _, part := range parts[x.Name] {
			b := part.Budget
			if says := o.gate(b); says != "" {
				any = true
				err = errors.Join(err, p.head(g, "%s: the budget of %s %s for %s is %s: %s spent", x.Name, b.Amount.Currency,
					b.Amount.Rounded().Text(), b.Span, says, b.Spent.Rounded().Text()))
			}
		}
	}
	return any, err
}

// gate says what a budget has reached that fails a run; "" where it does not: it is over, its
// owner asked to be warned, it is very likely to be exceeded or, unless only budgets are asked
// for, likely to be. It says the same whichever of these was asked for.
func (o anomaliesOptions) gate(b *analysis.Budget) string {
	if b == nil {
		return ""
	}
	state := b.State()
	fails := state == analysis.BudgetOver || state != "" && o.failOn != "budget"
	var says []string
	if state != "" {
		says = append(says, string(state))
	}
	for _, w := range b.Warnings {
		fails = fails || w.Asked || w.Percent == 0
		if w.Asked {
			says = append(says, fmt.Sprintf("%d %% spent since %s", w.Percent, w.On))
		}
	}
	if !fails {
		return ""
	}
	return strings.Join(says, " and ")
}
