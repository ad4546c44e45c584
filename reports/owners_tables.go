package reports

import (
	"usagereport/analysis"
	"usagereport/internal/locale"
)

func ownersTables(r *analysis.Report, p *analysis.Part) []Table {
	view, ok := viewOwners(nil, r, p)
	if !ok {
		return nil
	}
	v := view.(ownersView)
	t := Table{Name: "owners", Title: locale.T("Owners and budgets"), Columns: []Column{
		texts(locale.T("Owner")), amount(locale.T("Cost"), p.Currency), amount(locale.T("of it shared"), p.Currency),
		changed(locale.T("Change"), p.Currency),
		{Title: locale.Said("%"), Kind: Growth},
		amount(locale.T("Forecast"), p.Currency), amount(locale.T("Budget"), p.Currency), texts(locale.T("Outlook")),
	}}
	line := func(name any, o analysis.OwnerStanding, outlook any) {
		row := []any{name, o.Spent, nil, nil, orNil(o.Percent), nil, nil, outlook}
		if o.NoRate {
			row[1], row[7] = locale.T("no rate"), nil
		}
		if o.Shared != nil {
			row[2] = *o.Shared
		}
		if o.Delta != nil {
			row[3] = *o.Delta
		}
		if o.Expected != nil {
			row[5] = Estimate(*o.Expected)
		}
		if o.Budget != nil {
			row[6] = o.Budget.Amount
		}
		t.Rows = append(t.Rows, row)
	}
	for _, o := range v.Rows {
		line(o.Owner, o.OwnerStanding, locale.Join(o.Outlook, "; "))
	}
	if u := v.Unowned; u != nil && u.Spent.Amount.Sign() != 0 {
		line(locale.T("Unassigned"), *u, nil)
	}
	t.Total = []any{locale.T("Total"), p.Total, nil, nil, nil, nil, nil, nil}
	if v.Delta != nil {
		t.Total[3] = *v.Delta
	}
	return []Table{t}
}
