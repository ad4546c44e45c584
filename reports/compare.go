package reports

import (
	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports/chart"
	"usagereport/usage"
)

// A compare sets the period beside the ones before it, over the same days.
type compare struct {
	Part  *analysis.Part
	Chart chart.Chart
}

func viewCompare(l *locale.Locale, _ *analysis.Report, p *analysis.Part) (any, bool) {
	if len(p.Priors) == 0 {
		return nil, false
	}
	var list []chart.Column
	for i := len(p.Priors) - 1; i >= 0; i-- {
		q := p.Priors[i]
		list = append(list, chart.Column{Name: columnName(l, q.Name, q.Span), Same: q.Same.Amount, Whole: q.Total.Amount, NoRate: q.NoRate})
	}
	now := chart.Column{Name: columnName(l, p.Period.Name, p.Period.Span), Same: p.Total.Amount, Whole: p.Total.Amount, Now: true}
	if p.Expected != nil {
		now.Whole = p.Expected.Amount
	}
	return compare{
		Part: p,
		Chart: chart.History(l, l.Say(locale.T("Bill of each month, the first %s in strong colour; the table has the numbers.",
			locale.T("%d days", p.Period.Elapsed))), append(list, now)),
	}, true
}

// columnName names a bill below its column: its month, or its last day.
func columnName(l *locale.Locale, name string, span usage.Period) string {
	if span == span.From.Month() {
		if span.From.Time().Month() == 1 {
			return l.Month(span.From)
		}
		return l.MonthName(span.From)
	}
	if span.Empty() {
		return name
	}
	return l.ShortDay(span.Last())
}
