package main

import (
	"testing"
	"time"

	"usagereport/analysis"
	"usagereport/usage"
)

// Both gates say the same of a budget that fails both.
func TestGate(t *testing.T) {
	t.Parallel()
	eur := func(n int64) usage.Money { return usage.Money{Amount: usage.DecimalOf(n), Currency: "EUR"} }
	end, risk := eur(120), 99
	asked := analysis.BudgetWarning{Percent: 75, On: usage.Date(2026, time.November, 25), Asked: true}
	likely := analysis.Budget{Amount: eur(100), Left: eur(20), Expected: &end, Chance: &risk}
	both, over, spent := likely, likely, likely
	both.Warnings = []analysis.BudgetWarning{asked, {}}
	over.Left = eur(-5)
	spent.Expected, spent.Warnings = nil, []analysis.BudgetWarning{asked}
	for name, c := range map[string]struct {
		b                *analysis.Budget
		budget, forecast string
	}{
		"none":         {nil, "", ""},
		"well":         {&analysis.Budget{Amount: eur(100), Left: eur(50)}, "", ""},
		"likely":       {&likely, "", "likely over"},
		"both":         {&both, "likely over and 75 % spent since 2026-11-25", "likely over and 75 % spent since 2026-11-25"},
		"over":         {&over, "over", "over"},
		"as asked for": {&spent, "75 % spent since 2026-11-25", "75 % spent since 2026-11-25"},
	} {
		for failOn, want := range map[string]string{"budget": c.budget, "forecast": c.forecast} {
			if got := (anomaliesOptions{failOn: failOn}).gate(c.b); got != want {
				t.Errorf("%s, --fail-on %s: %q, want %q", name, failOn, got, want)
			}
		}
	}
}
