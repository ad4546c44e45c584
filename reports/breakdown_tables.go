package reports

import (
	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/usage"
)

func breakdownTables(_ *analysis.Report, p *analysis.Part) (out []Table) {
	if kinds := chargeKinds(p); len(kinds) > 0 {
		t := Table{Name: "kinds", Title: locale.T("By kind of charge"), Columns: []Column{
			texts(locale.T("Kind")),
			amount(locale.T("Cost"), p.Currency),
		}}
		for _, s := range kinds {
			t.Rows = append(t.Rows, []any{word(s.Name), s.Amount})
		}
		t.Total = []any{locale.T("Total"), p.Total}
		out = append(out, t)
	}
	for _, b := range p.Breakdowns {
		if len(b.Rows) == 0 {
			continue
		}
		t := Table{
			Name: snake(string(b.Dimension)), Title: locale.T("By %s", word(b.Title)), Detail: b.Dimension != usage.Service,
			Columns: []Column{
				texts(locale.T("What")), texts(locale.T("Where")), amount(locale.T("Cost"), p.Currency), {Title: locale.T("Share"), Kind: Share},
			},
		}
		for _, row := range b.Rows {
			t.Rows = append(t.Rows, []any{row.Label, placed(row.Context), row.Amount, orNil(row.Percent)})
		}
		if b.RestCount > 0 {
			t.Rows = append(t.Rows, []any{locale.T("%d others", b.RestCount), nil, b.Rest, nil})
			t.Others = b.RestCount
		}
		t.Total = []any{locale.T("Total"), nil, b.Total, nil}
		out = append(out, t)
	}
	return out
}
