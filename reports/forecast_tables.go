package reports

import (
	"usagereport/analysis"
	"usagereport/locale"
)

func forecastTables(_ *analysis.Report, p *analysis.Part) []Table {
	if p.Outlook == nil || !p.Outlook.Refusal.Empty() || len(p.Outlook.Past) == 0 {
		return nil
	}
	t := Table{Name: "past", Title: locale.T("Where it will end"), Detail: true, Columns: []Column{
		texts(locale.T("Period")), texts(locale.T("Days")), amount(locale.T("Said"), p.Currency), amount(locale.T("Became"), p.Currency), {Title: locale.T("Off by"), Kind: Growth},
	}}
	for _, x := range p.Outlook.Past {
		t.Rows = append(t.Rows, []any{x.Period, locale.T("%s", x.Span), Estimate(x.Said), x.Became, orNil(x.Percent)})
	}
	return []Table{t}
}
