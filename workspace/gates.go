package workspace

import (
	"fmt"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/usage"
)

// A Gate is what ends a run of a pipeline: it fails where that stands.
type Gate string

// The gates; "" is none.
const (
	GateBudget   Gate = "budget"    // a budget is exceeded, or has reached what its owner asked to be warned of
	GateForecast Gate = "forecast"  // one is or is likely to be exceeded
	GateUnitCost Gate = "unit-cost" // one of what metrics.csv counts costs more than on most days
	GateNewHigh  Gate = "new-high"  // a finding of severity high that was not sent before
	GateHigh     Gate = "high"      // a finding of severity high
	GateAny      Gate = "any"       // a budget, or a finding that is an alarm
)

// ParseGate reads the name of a gate.
func ParseGate(name string) (Gate, error) {
	g := Gate(name)
	if !slices.Contains([]Gate{"", GateBudget, GateForecast, GateUnitCost, GateNewHigh, GateHigh, GateAny}, g) {
		return "", fmt.Errorf("%s: use budget, forecast, unit-cost, new-high, high or any", name)
	}
	return g, nil
}

// OfBudgets reports whether the gate asks for budgets alone.
func (g Gate) OfBudgets() bool { return g == GateBudget || g == GateForecast }

// Fails reports whether a finding is what the gate names; sent has the ids of those that
// were sent before. A finding that was answered fails nothing.
func (g Gate) Fails(f analysis.Finding, sent map[string]bool) bool {
	if f.Answer != nil {
		return false
	}
	switch g {
	case GateUnitCost:
		return f.Kind == usage.KindUnitCost
	case GateHigh:
		return f.Severity == usage.SeverityHigh
	case GateNewHigh:
		return f.Severity == usage.SeverityHigh && !sent[f.ID]
	case GateAny:
		return f.Severity != usage.SeverityLow
	}
	return false
}

// Budgets returns a sentence for each budget that is or likely will be exceeded, or that is what
// the gate names, and apart those of the latter.
func (g Gate) Budgets(list []HeldBudget) (says, failing []string) {
	for _, b := range list {
		if reached := g.reached(b.Budget); reached != "" {
			failing = append(failing, b.Says(reached))
			says = append(says, b.Says(reached))
		} else if b.State() != "" {
			says = append(says, b.Says(string(b.State())))
		}
	}
	return says, failing
}

// reached says what a budget has reached that the gate names; "" where it does not: it is over,
// its owner asked to be warned, it is very likely to be exceeded or, unless only budgets are asked
// for, likely to be. It says the same whichever of these was asked for.
func (g Gate) reached(b *analysis.Budget) string {
	if b == nil || !g.OfBudgets() && g != GateAny {
		return ""
	}
	state := b.State()
	fails := state == analysis.BudgetOver || state != "" && g != GateBudget
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

// Says says in a sentence what a budget has reached.
func (b HeldBudget) Says(reached string) string {
	of := "the"
	if b.Owner != "" {
		of = b.Owner + ": the"
	}
	plain := func(m usage.Money) string { return m.Rounded().Text() }
	s := fmt.Sprintf("%s budget of %s %s for %s is %s: %s spent", of, b.Amount.Currency, plain(b.Amount), b.Span, reached, plain(b.Spent))
	if b.State() == analysis.BudgetLikely {
		s += fmt.Sprintf(", about %s expected", plain(*b.Expected))
		if b.Awaited != nil {
			s += ", with what has not arrived yet"
		}
	}
	return s
}
