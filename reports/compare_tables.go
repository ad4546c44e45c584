package reports

import (
	"usagereport/analysis"
	"usagereport/locale"
)

func compareTables(_ *analysis.Report, p *analysis.Part) []Table {
	if len(p.Priors) == 0 {
		return nil
	}
	t := Table{Name: "periods", Title: locale.T("Against earlier periods"), Columns: []Column{
		words(locale.T("Period")), words(locale.T("Days")),
		{Title: locale.T("Same days"), Kind: Count},
		amount(locale.T("Cost"), p.Currency),
		changed(locale.T("Change since"), p.Currency),
		{Title: locale.Said("%"), Kind: Growth},
		amount(locale.T("Whole period"), p.Currency),
	}}
	var expected any
	if p.Expected != nil {
		expected = Estimate(*p.Expected)
	}
	t.Rows = append(t.Rows, []any{p.Period.Name, locale.T("%s", p.Period.Span), p.Period.Elapsed, p.Total, nil, nil, expected})
	for _, prior := range p.Priors {
		t.Rows = append(t.Rows, []any{prior.Name, locale.T("%s", prior.Span), prior.Days, prior.Same, prior.Delta, orNil(prior.Percent), prior.Total})
	}
	return []Table{t}
}
