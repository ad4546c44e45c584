package reports

import (
	"cmp"

	"usagereport/analysis"
	"usagereport/internal/locale"
)

// A forecast says where an open period will end, and how such sayings turned
// out before.
type forecast struct {
	Part    *analysis.Part
	Outlook *analysis.Outlook
	Plans   []planned
}

// A planned is a known change to come.
type planned struct {
	analysis.PlannedChange
	Name       string // "" for a change of the whole bill without a note
	Days, Each locale.Text
}

func viewForecast(_ *locale.Locale, _ *analysis.Report, p *analysis.Part) (any, bool) {
	if p.Outlook == nil || !p.Outlook.Refusal.Empty() {
		return nil, false
	}
	v := forecast{Part: p, Outlook: p.Outlook}
	for _, x := range p.Outlook.Plans {
		v.Plans = append(v.Plans, plannedOf(x))
	}
	return v, true
}

func plannedOf(x analysis.PlannedChange) planned {
	v := planned{PlannedChange: x, Name: cmp.Or(x.Note, x.Scope)}
	switch {
	case x.Per == analysis.Once:
		v.Days = locale.T("%s", x.From)
	case x.To == 0:
		v.Days = locale.T("from %s on", x.From)
	default:
		v.Days = locale.T("%s to %s", x.From, x.To)
	}
	switch x.Per {
	case analysis.Once:
		v.Each = locale.T("%s once", x.Amount)
	case analysis.PerDay:
		v.Each = locale.T("%s a day", x.Amount)
	case analysis.PerMonth:
		v.Each = locale.T("%s a month", x.Amount)
	}
	return v
}
