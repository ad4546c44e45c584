package reports

import (
	"usagereport/analysis"
	"usagereport/locale"
)

// A forecast says where an open period will end, and how such sayings turned
// out before.
type forecast struct {
	Part    *analysis.Part
	Outlook *analysis.Outlook
}

func viewForecast(_ *locale.Locale, _ *analysis.Report, p *analysis.Part) (any, bool) {
	if p.Outlook == nil || !p.Outlook.Refusal.Empty() {
		return nil, false
	}
	return forecast{Part: p, Outlook: p.Outlook}, true
}
