package reports

import (
	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports/chart"
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
	var shares []chart.Share
	for i := len(p.Priors) - 1; i >= 0; i-- {
		shares = append(shares, chart.Share{Name: p.Priors[i].Name, Amount: p.Priors[i].Same})
	}
	shares = append(shares, chart.Share{Name: p.Period.Name, Amount: p.Total})
	return compare{
		Part: p,
		Chart: chart.Bars(l, "compare", "small", l.Say(locale.T("Bar chart: cost over the same days of each period; the table has the numbers.")),
			p.Currency, shares, len(shares)-1, false),
	}, true
}
