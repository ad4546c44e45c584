package reports

import (
	"slices"

	"usagereport/analysis"
	"usagereport/internal/locale"
)

func findingsTables(_ *analysis.Report, p *analysis.Part) (out []Table) {
	for _, list := range []struct {
		name     string
		title    locale.Text
		findings []analysis.Finding
	}{
		{"alarms", locale.T("Unusual increases"), p.Findings},
		{"minor", locale.T("Smaller changes"), p.Minor},
		{"falls", locale.T("Decreases"), p.Down},
		{"answered", locale.T("Answered"), p.Answered},
	} {
		if len(list.findings) == 0 {
			continue
		}
		t := Table{Name: list.name, Title: list.title, Columns: []Column{
			texts(locale.T("Severity")), texts(locale.T("What")), texts(locale.T("Where")), texts(locale.T("Kind")),
			{Title: locale.T("From"), Kind: Date},
			{Title: locale.T("To"), Kind: Date, Detail: true},
			amount(locale.T("Actual"), p.Currency), amount(locale.T("Expected"), p.Currency), changed(locale.T("Impact"), p.Currency),
			amount(locale.T("A month"), p.Currency),
			{Title: locale.T("Why"), Detail: true},
			texts(locale.T("Number")),
		}}
		whose := slices.ContainsFunc(list.findings, func(f analysis.Finding) bool { return !f.Whose.Empty() })
		if whose {
			t.Columns = append(t.Columns, texts(locale.T("Whose")))
		}
		for _, f := range list.findings {
			var to any // a finding that goes on has no last day
			if !lasts(f) {
				to = f.End
			}
			var monthly any
			if f.PerMonth != nil {
				monthly = Estimate(*f.PerMonth)
			}
			why := f.Explanation
			if f.Answer != nil {
				why = locale.Join([]locale.Text{why, f.Answer.Text()}, " ")
			}
			row := []any{
				word(f.Severity), f.Label, placed(f.Context), word(f.Kind), f.Start, to, f.Actual, f.Expected, f.Impact, monthly, why, f.ID,
			}
			if whose {
				row = append(row, f.Whose)
			}
			t.Rows = append(t.Rows, row)
		}
		out = append(out, t)
	}
	carried := Table{Name: "drivers", Title: locale.T("Resource or meter"), Detail: true, Columns: []Column{
		texts(locale.T("Number")), texts(locale.T("What")), texts(locale.T("Resource or meter")),
		changed(locale.T("By price"), p.Currency), changed(locale.T("By quantity"), p.Currency), changed(locale.T("Impact"), p.Currency),
	}}
	for _, f := range p.Findings {
		for _, d := range f.Drivers {
			carried.Rows = append(carried.Rows, []any{f.ID, f.Label, d.Label, d.Price, d.Quantity, d.Impact})
		}
	}
	if len(carried.Rows) > 0 {
		out = append(out, carried)
	}
	return out
}

// placed returns what places a name, as a cell.
func placed(context string) any {
	if context == "" {
		return nil
	}
	return context
}
