package reports

import (
	"bytes"
	"strings"
	"testing"

	"usagereport/analysis"
	"usagereport/usage"
)

// Where a budget is over, or likely over, no form says that there is nothing to do; and
// each does where it is not.
func TestBudgetAgainstNoAction(t *testing.T) {
	money := func(n int64) usage.Money { return usage.Money{Amount: usage.DecimalOf(n), Currency: "EUR"} }
	ends := money(130)
	for name, c := range map[string]struct {
		budget analysis.Budget
		calm   bool
	}{
		"over": {analysis.Budget{Amount: money(100), Spent: money(120), Left: money(-20)}, false},
		"over by cents": {analysis.Budget{Amount: money(100), Spent: money(100), Left: usage.Money{
			Amount: usage.MustDecimal("-0.01"), Currency: "EUR",
		}}, false},
		"likely over":   {analysis.Budget{Amount: money(100), Spent: money(60), Left: money(40), Expected: &ends}, false},
		"within":        {analysis.Budget{Amount: money(200), Spent: money(60), Left: money(140), Expected: &ends}, true},
		"spent exactly": {analysis.Budget{Amount: money(130), Spent: money(130), Left: money(0), Expected: &ends}, true},
	} {
		r := quiet()
		c.budget.Period, c.budget.Span = "month", r.Parts[0].Period.Span
		r.Parts[0].Budget = &c.budget
		forms := map[string]string{}
		var page, text bytes.Buffer
		if err := Write(&page, r, Options{}); err != nil {
			t.Fatal(err)
		}
		if err := WriteMarkdown(&text, r, Options{}); err != nil {
			t.Fatal(err)
		}
		m, err := NewMail(r, MailOptions{})
		if err != nil {
			t.Fatal(err)
		}
		forms["page"], forms["markdown"], forms["mail"], forms["subject"] = page.String(), text.String(), m.Text, m.Subject
		for form, said := range forms {
			if form != "subject" && strings.Contains(strings.ToLower(said), "no action needed") != c.calm {
				t.Errorf("%s, %s: says that there is nothing to do: %v, want %v", name, form, !c.calm, c.calm)
			}
			if !c.calm && !strings.Contains(strings.ToLower(said), "budget") {
				t.Errorf("%s, %s: says nothing of the budget", name, form)
			}
		}
	}
}
