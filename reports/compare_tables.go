package reports

import (
	"usagereport/analysis"
	"usagereport/internal/locale"
)

func compareTables(_ *analysis.Report, p *analysis.Part) []Table {
	if len(p.Priors) == 0 {
		return nil
	}
	t := Table{Name: "periods", Title: locale.T("Billing history"), Columns: []Column{
		texts(locale.T("Period")), texts(locale.T("Days")), texts(locale.T("State")), amount(locale.T("Total"), p.Currency),
		{Title: locale.T("Days"), Kind: Count},
		amount(locale.T("Same days"), p.Currency),
		changed(locale.T("Change since"), p.Currency),
		{Title: locale.Said("%"), Kind: Growth},
	}}
	total := any(p.Total)
	if p.Expected != nil {
		total = Estimate(*p.Expected)
	}
	t.Rows = append(t.Rows, []any{
		p.Period.Name, locale.T("%s", p.Period.Span), word(string(p.Period.State)), total,
		p.Period.Elapsed, p.Total, nil, nil,
	})
	for _, prior := range p.Priors {
		t.Rows = append(t.Rows, []any{
			prior.Name, locale.T("%s", prior.Span), word(string(prior.State)), known(prior, prior.Total), prior.Days,
			known(prior, prior.Same), known(prior, prior.Delta), orNil(prior.Percent),
		})
	}
	return []Table{t}
}
