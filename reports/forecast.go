package reports

import (
	"cmp"
	"math"

	"usagereport/analysis"
	"usagereport/internal/locale"
)

// A forecast says where an open period will end, and how such sayings turned
// out before.
type forecast struct {
	Part    *analysis.Part
	Outlook *analysis.Outlook
	Plans   []planned
	Says    locale.Text // how far such forecasts were off; empty where none was made
	Past    []trackRow
}

// A trackRow is an earlier forecast beside its bill.
type trackRow struct {
	analysis.TrackRecord
	Name locale.Text
	Bar  spanBar
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
	v.track()
	return v, true
}

// track sets earlier forecasts beside their bills.
func (v *forecast) track() {
	var off []float64
	sum, worst := 0.0, 0.0
	for _, x := range v.Outlook.Past {
		percent := 0.0
		if x.Percent != nil {
			percent = *x.Percent
		}
		off = append(off, percent)
		sum, worst = sum+math.Abs(percent), max(worst, math.Abs(percent))
		v.Past = append(v.Past, trackRow{TrackRecord: x, Name: periodText(analysis.PeriodInfo{Span: x.Span}, false)})
	}
	for i, bar := range spanBars(append(off, worst, -worst)) {
		if i < len(v.Past) {
			v.Past[i].Bar = bar
		}
	}
	switch n := len(v.Past); n {
	case 0:
	case 1:
		v.Says = locale.T("Made on the same day of %s, it was off by %s.", v.Past[0].Name, locale.Strong(locale.T("%s", locale.Share(worst))))
	default:
		v.Says = locale.T("Made on the same day of %s, it was off by %s on average, at worst %s.", locale.T("the last %d months", n),
			locale.Strong(locale.T("%s", locale.Share(sum/float64(n)))), locale.Share(worst))
	}
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
