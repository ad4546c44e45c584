package workspace

import (
	"slices"
	"testing"
	"time"

	"usagereport/analysis"
	"usagereport/usage"
)

func TestGateOfFindings(t *testing.T) {
	findings := map[string]analysis.Finding{
		"high":     {ID: "F-HIGH", Severity: usage.SeverityHigh},
		"sent":     {ID: "F-SENT", Severity: usage.SeverityHigh},
		"medium":   {ID: "F-MEDI", Severity: usage.SeverityMedium},
		"low":      {ID: "F-LOWW", Severity: usage.SeverityLow},
		"unit":     {ID: "F-UNIT", Severity: usage.SeverityLow, Kind: usage.KindUnitCost},
		"answered": {ID: "F-ANSW", Severity: usage.SeverityHigh, Answer: &analysis.Answer{}},
	}
	sent := map[string]bool{"F-SENT": true}
	for gate, want := range map[Gate][]string{
		"": nil, GateBudget: nil, GateForecast: nil,
		GateUnitCost: {"unit"}, GateNewHigh: {"high"}, GateHigh: {"high", "sent"}, GateAny: {"high", "medium", "sent"},
	} {
		var got []string
		for name, f := range findings {
			if gate.Fails(f, sent) {
				got = append(got, name)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%q fails on %q, want %q", gate, got, want)
		}
	}
}

// Both gates say the same of a budget that fails both.
func TestGate(t *testing.T) {
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
		for gate, want := range map[Gate]string{GateBudget: c.budget, GateForecast: c.forecast} {
			if got := gate.reached(c.b); got != want {
				t.Errorf("%s, --fail-on %s: %q, want %q", name, gate, got, want)
			}
		}
	}
}

func TestGateOfBudgets(t *testing.T) {
	money := func(n int64) usage.Money { return usage.Money{Amount: usage.DecimalOf(n), Currency: "EUR"} }
	likely := money(120)
	october := usage.Date(2026, 10, 1).Month()
	budget := func(left int64, b analysis.Budget) *analysis.Budget {
		b.Amount, b.Spent, b.Left, b.Span = money(100), money(100-left), money(left), october
		return &b
	}
	list := []HeldBudget{
		{"Over", budget(-20, analysis.Budget{})},
		{"Likely", budget(60, analysis.Budget{Expected: &likely})},
		{"Warned", budget(20, analysis.Budget{Warnings: []analysis.BudgetWarning{{Percent: 80, Asked: true, On: october.From + 9}}})},
		{"Well", budget(90, analysis.Budget{})},
		{"", nil},
	}
	const (
		over   = "Over: the budget of EUR 100.00 for 2026-10-01 to 2026-10-31 is over: 120.00 spent"
		about  = "Likely: the budget of EUR 100.00 for 2026-10-01 to 2026-10-31 is likely over: 40.00 spent, about 120.00 expected"
		warned = "Warned: the budget of EUR 100.00 for 2026-10-01 to 2026-10-31 is 80 % spent since 2026-10-10: 80.00 spent"
	)
	for gate, want := range map[Gate]struct{ says, failing []string }{
		"":           {[]string{over, about}, nil},
		GateHigh:     {[]string{over, about}, nil},
		GateBudget:   {[]string{over, about, warned}, []string{over, warned}},
		GateForecast: {[]string{over, about, warned}, []string{over, about, warned}},
		GateAny:      {[]string{over, about, warned}, []string{over, about, warned}},
	} {
		says, failing := gate.Budgets(list)
		if !slices.Equal(says, want.says) || !slices.Equal(failing, want.failing) {
			t.Errorf("%q: says\n%q, want\n%q;\nfails on\n%q, want\n%q", gate, says, want.says, failing, want.failing)
		}
	}
}

func TestParseGate(t *testing.T) {
	for _, name := range []string{"", "any", "new-high"} {
		if g, err := ParseGate(name); err != nil || string(g) != name {
			t.Errorf("%q: %q, %v", name, g, err)
		}
	}
	if _, err := ParseGate("medium"); err == nil {
		t.Error("medium is no gate")
	}
}
