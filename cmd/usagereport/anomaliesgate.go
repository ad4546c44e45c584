package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/query"
	"usagereport/ledger"
	"usagereport/owners"
	"usagereport/reports"
	"usagereport/usage"
	"usagereport/workspace"
)

// alarming returns whether a finding is what --fail-on names; told has the ids that
// were reported before.
func (o anomaliesOptions) alarming(told map[string]bool) func(analysis.Finding) bool {
	return func(f analysis.Finding) bool {
		high := f.Severity == usage.SeverityHigh
		return f.Answer == nil && (o.failOn == "unit-cost" && f.Kind == usage.KindUnitCost || o.failOn == "high" && high || o.failOn == "new-high" && high && !told[f.ID] ||
			o.failOn == "any" && f.Severity != usage.SeverityLow)
	}
}

// forPipeline writes findings as SARIF or JUnit. Without --fail-on the cases of JUnit fail that
// --fail-on any names.
func (o anomaliesOptions) forPipeline(g *globals, format query.Format, fs []analysis.Finding, budgets []string,
	told map[string]bool,
) error {
	o.failOn = cmp.Or(o.failOn, "any")
	alarms := reports.Alarms{
		Findings: fs, Fails: o.alarming(told), Budgets: budgets, Flags: o.again(g), Ledger: filepath.Base(g.work.Path()), Version: g.work.Version,
	}
	if format == asSARIF {
		return alarms.WriteSARIF(g.env.stdout)
	}
	return alarms.WriteJUnit(g.env.stdout)
}

// again are the flags with which the findings were found, as a shell reads them.
func (o anomaliesOptions) again(g *globals) (flags string) {
	one := func(name, value string) {
		if value != "" {
			flags += reports.Flag(name, value)
		}
	}
	for _, f := range []struct{ name, value string }{
		{"period", o.period},
		{"month", o.month},
		{"from", o.from},
		{"to", o.to},
		{"span", o.span},
		{"owner", o.owner},
		{"cost", o.cost},
		{"tags", strings.Join(o.tags, ",")},
		{"currency", g.work.Currency},
	} {
		one(f.name, f.value)
	}
	for _, f := range o.filters {
		one("filter", f)
	}
	if g.work.Convert {
		flags += " --convert"
	}
	return flags
}

// records returns what was recorded, and a sentence for each budget that is what
// --fail-on names.
func (o anomaliesOptions) records(ctx context.Context, g *globals, s *workspace.Session) (records []ledger.Record, budgets []string, err error) {
	if o.failOn == "" || o.failOn == "unit-cost" {
		return nil, nil, nil
	}
	if o.failOn != "high" && o.failOn != "new-high" && len(o.filters) == 0 { // budgets are of all charges
		if budgets, err = o.budgets(ctx, g, s); err != nil {
			return nil, nil, err
		}
	}
	records, err = s.Ledger.Records(ctx)
	return records, budgets, err
}

// budgets says which budgets are over or, unless only those are asked for, likely to
// be.
func (o anomaliesOptions) budgets(ctx context.Context, g *globals, s *workspace.Session) (says []string, err error) {
	f, err := s.OwnersFile(ctx)
	if err != nil || f == nil {
		return nil, err
	}
	f.Owners = slices.DeleteFunc(f.Owners, func(x owners.Owner) bool {
		return x.Budget == nil || o.owner != "" && !strings.EqualFold(x.Name, o.owner)
	})
	if len(f.Owners) == 0 {
		return nil, nil
	}
	ao, err := o.options(g)
	if err == nil {
		ao, err = s.Chosen(ctx, ao)
	}
	if err != nil {
		return nil, err
	}
	a, err := analysis.Look(ctx, s.Ledger, ao, f.Rules)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	all, err := a.Ownerships(ctx)
	if err != nil {
		return nil, err
	}
	parts, err := budgetsOf(ctx, s, ao, f, all)
	if err != nil {
		return nil, err
	}
	for _, x := range f.Owners {
		for _, part := range parts[x.Name] {
			b := part.Budget
			if state := o.gate(b); state != "" {
				says = append(says, fmt.Sprintf("%s: the budget of %s %s for %s is %s: %s spent", x.Name, b.Amount.Currency,
					b.Amount.Rounded().Text(), b.Span, state, b.Spent.Rounded().Text()))
			}
		}
	}
	return says, nil
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
