package reports

import (
	"fmt"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// A unitsView is what one of what people count costs.
type unitsView struct {
	Part  *analysis.Part
	Units []analysis.UnitCost
}

func viewUnits(_ *locale.Locale, _ *analysis.Report, p *analysis.Part) (any, bool) {
	return unitsView{p, p.Units}, len(p.Units) > 0
}

func unitsTables(_ *analysis.Report, p *analysis.Part) []Table {
	if len(p.Units) == 0 {
		return nil
	}
	figure := func(title locale.Text) Column { return Column{Title: title, Kind: Quantity} }
	all := Table{Name: "units", Title: locale.T("Unit cost"), Columns: []Column{
		texts(locale.T("What")), figure(locale.T("Counted")), amount(locale.T("Cost"), p.Currency), figure(locale.T("Unit cost")),
		figure(locale.T("Before")), figure(locale.T("Last days, of usage alone")), figure(locale.T("Usual, from")), figure(locale.T("Usual, to")),
		{Title: locale.T("Days without a value"), Kind: Count},
	}}
	out := []Table{all}
	for i, u := range p.Units {
		row := []any{u.Label(), u.Period.Volume, u.Period.Cost, decimalOrNil(u.Period.Unit), nil, nil, nil, nil, u.Period.Without}
		if u.Prior != nil {
			row[4] = decimalOrNil(u.Prior.Unit)
		}
		if u.Usual != nil {
			row[5], row[6], row[7] = decimalOrNil(u.Lately), u.Usual.Low, u.Usual.High
		}
		out[0].Rows = append(out[0].Rows, row)
		months := Table{Name: fmt.Sprintf("months-%d", i+1), Title: u.Label(), Own: true, Detail: true, Columns: []Column{
			texts(locale.T("Month")), figure(locale.T("Counted")), amount(locale.T("Cost"), p.Currency), figure(locale.T("Unit cost")),
			{Title: locale.T("Days without a value"), Kind: Count},
		}}
		for _, m := range u.Months {
			months.Rows = append(months.Rows, []any{m.Name, m.Volume, m.Cost, decimalOrNil(m.Unit), m.Without})
		}
		title := locale.T("%s, by day, of usage alone", u.Label())
		days := Table{Name: fmt.Sprintf("days-%d", i+1), Title: title, Own: true, Detail: true, Columns: []Column{
			{Title: locale.T("Day"), Kind: Date},
			figure(locale.T("Counted")), amount(locale.T("Cost"), p.Currency),
			figure(locale.T("Unit cost")),
		}}
		for _, d := range u.Days {
			days.Rows = append(days.Rows, []any{d.Day, decimalOrNil(d.Volume), d.Cost, decimalOrNil(d.Unit)})
		}
		out = append(out, months, days)
	}
	return out
}

func decimalOrNil(d *usage.Decimal) any {
	if d == nil {
		return nil
	}
	return *d
}
