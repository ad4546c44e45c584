package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/query"
	"usagereport/ledger"
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

// records returns what was recorded, where --fail-on asks for that.
func (o anomaliesOptions) records(ctx context.Context, s *workspace.Session) ([]ledger.Record, error) {
	if o.failOn == "" || o.failOn == "unit-cost" {
		return nil, nil
	}
	return s.Ledger.Records(ctx)
}

// budgets returns a sentence for each budget that is or likely will be exceeded, or that is what
// --fail-on names, and apart those of the latter.
func (o anomaliesOptions) budgets(list []workspace.HeldBudget) (says, failing []string) {
	named := o.failOn == "budget" || o.failOn == "forecast" || o.failOn == "any"
	for _, b := range list {
		reached := o.gate(b.Budget)
		switch {
		case named && reached != "":
			failing = append(failing, budgetSays(b, reached))
			says = append(says, budgetSays(b, reached))
		case b.State() != "":
			says = append(says, budgetSays(b, string(b.State())))
		}
	}
	return says, failing
}

// budgetSays says what a budget has reached.
func budgetSays(b workspace.HeldBudget, reached string) string {
	whose := "the"
	if b.Owner != "" {
		whose = b.Owner + ": the"
	}
	s := fmt.Sprintf("%s budget of %s %s for %s is %s: %s spent", whose, b.Amount.Currency, rounded(b.Amount), b.Span, reached, rounded(b.Spent))
	if b.State() == analysis.BudgetLikely {
		s += fmt.Sprintf(", about %s expected", rounded(*b.Expected))
	}
	return s
}

// headBudgets says which budgets are or likely will be exceeded.
func (p printer) headBudgets(g *globals, list []workspace.HeldBudget) error {
	for _, b := range list {
		if b.State() == "" {
			continue
		}
		if err := p.head(g, "%s", budgetSays(b, string(b.State()))); err != nil {
			return err
		}
	}
	return nil
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
