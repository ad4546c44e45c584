package reports

import (
	"slices"

	"usagereport/analysis"
	"usagereport/locale"
	"usagereport/usage"
)

func moversTables(_ *analysis.Report, p *analysis.Part) (out []Table) {
	if len(p.Priors) == 0 {
		return nil
	}
	for _, m := range p.Movers {
		if len(m.Up)+len(m.Down) == 0 {
			continue
		}
		t := Table{Name: snake(string(m.Dimension)), Title: locale.T("By %s", word(m.Title)), Detail: m.Dimension != usage.Service && m.Dimension != usage.Resource, Columns: []Column{
			texts(locale.T("What")), texts(locale.T("Where")), amount(locale.T("Before"), p.Currency), amount(locale.T("Now"), p.Currency),
			changed(locale.T("Change"), p.Currency),
			{Title: locale.Said("%"), Kind: Growth},
			texts(locale.T("Note")),
		}}
		sum := m.RestDelta.Amount
		for _, x := range slices.Concat(m.Up, m.Down) {
			var percent, note any
			if x.Status == "" {
				percent = orNil(x.Percent)
			} else {
				note = word(x.Status)
			}
			t.Rows = append(t.Rows, []any{x.Label, placed(x.Context), x.Prior, x.Current, x.Delta, percent, note})
			sum = sum.Add(x.Delta.Amount)
		}
		if m.RestCount > 0 {
			t.Rows = append(t.Rows, []any{locale.T("%d others", m.RestCount), nil, nil, nil, m.RestDelta, nil, nil})
		}
		t.Total = []any{locale.T("Sum"), nil, nil, nil, usage.Money{Amount: sum, Currency: p.Currency}, nil, nil}
		out = append(out, t)
	}
	return out
}
