package reports

import (
	"usagereport/analysis"
	"usagereport/internal/locale"
)

func forecastTables(_ *analysis.Report, p *analysis.Part) []Table {
	if p.Outlook == nil || !p.Outlook.Refusal.Empty() {
		return nil
	}
	var out []Table
	if len(p.Outlook.Plans) > 0 {
		t := Table{Name: "plans", Title: locale.T("Planned changes"), Detail: true, Columns: []Column{
			texts(locale.T("Change")), texts(locale.T("Scope")), texts(locale.T("Days")), texts(locale.T("Planned")),
			amount(locale.T("In the days to come"), p.Currency),
		}}
		for _, x := range p.Outlook.Plans {
			v := plannedOf(x)
			t.Rows = append(t.Rows, []any{x.Note, x.Scope, v.Days, v.Each, x.Counted})
		}
		t.Total = []any{nil, nil, nil, nil, p.Outlook.End.Planned}
		out = append(out, t)
	}
	if len(p.Outlook.Past) == 0 {
		return out
	}
	t := Table{Name: "past", Title: locale.T("Forecast"), Detail: true, Columns: []Column{
		texts(locale.T("Period")), texts(locale.T("Days")), amount(locale.T("Forecast"), p.Currency),
		amount(locale.T("Bill"), p.Currency),
		{Title: locale.T("Off by"), Kind: Growth},
	}}
	for _, x := range p.Outlook.Past {
		t.Rows = append(t.Rows, []any{x.Period, locale.T("%s", x.Span), Estimate(x.Said), x.Became, orNil(x.Percent)})
	}
	return append(out, t)
}
