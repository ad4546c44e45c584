package reports

import (
	"usagereport/analysis"
	"usagereport/internal/locale"
)

func daysTables(_ *analysis.Report, p *analysis.Part) []Table {
	list := shownDays(p)
	if len(list) < 2 {
		return nil
	}
	t := Table{Name: "days", Title: locale.T("Day by day"), Detail: true, Columns: []Column{
		{Title: locale.T("Day"), Kind: Date},
		amount(locale.T("Cost"), p.Currency), amount(locale.T("Expected"), p.Currency),
		amount(locale.T("Low"), p.Currency), amount(locale.T("High"), p.Currency), amount(locale.T("Prior period"), p.Currency),
		texts(locale.T("Note")),
	}}
	for _, d := range dayRows(list, p.Currency) {
		row := []any{d.Day, d.Cost, nil, nil, nil, nil, nil}
		if d.HasBand {
			row[2], row[3], row[4] = d.Mid, d.Lo, d.Hi
		}
		if d.PriorCost != nil {
			row[5] = *d.PriorCost
		}
		switch {
		case d.NoData:
			row[1], row[6] = nil, locale.T("no data")
		case d.Incomplete:
			row[6] = locale.T("incomplete")
		case d.Above:
			row[6] = locale.T("above the usual range")
		case d.Below:
			row[6] = locale.T("below the usual range")
		}
		t.Rows = append(t.Rows, row)
	}
	if len(p.Meters) == 0 {
		return []Table{t}
	}
	meters := Table{Name: "meters", Title: locale.T("Cost and quantity, by meter"), Detail: true, Columns: []Column{
		texts(locale.T("Meter")), texts(locale.T("Service")),
		{Title: locale.T("Quantity"), Kind: Quantity},
		texts(locale.T("Unit")),
		amount(locale.T("Cost"), p.Currency),
	}}
	for _, m := range p.Meters {
		meters.Rows = append(meters.Rows, []any{m.Name, m.Service, m.Quantity, m.Unit, m.Cost})
	}
	return []Table{t, meters}
}
