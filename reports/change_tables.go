package reports

import (
	"usagereport/analysis"
	"usagereport/analysis/bridge"
	"usagereport/internal/locale"
	"usagereport/usage"
)

func changeTables(r *analysis.Report, p *analysis.Part) []Table {
	c := p.Change
	if c == nil || len(c.Base) == 0 {
		return nil
	}
	money := func(d usage.Decimal) usage.Money { return usage.Money{Amount: d, Currency: p.Currency} }
	reasons := Table{Name: "reasons", Title: locale.T("Why it changed"), Columns: []Column{
		texts(locale.T("Reason")), texts(locale.T("Meaning")), changed(locale.T("Change"), p.Currency),
	}, Total: []any{locale.T("Change"), nil, c.Total.Delta}}
	services := Table{Name: "services", Title: locale.T("The same by service"), Detail: true, Columns: []Column{texts(locale.T("Service"))}}
	services.Total = []any{locale.T("Sum")}
	var used []bridge.Lane
	for _, lane := range bridge.Lanes() {
		if c.Total.Bridge[lane].Sign() == 0 && !laneInRows(c.Rows, lane) {
			continue
		}
		used = append(used, lane)
		name, means := laneText(lane, len(r.Filters) > 0)
		reasons.Rows = append(reasons.Rows, []any{name, means, money(c.Total.Bridge[lane])})
		services.Columns = append(services.Columns, changed(name, p.Currency))
		services.Total = append(services.Total, money(c.Total.Bridge[lane]))
	}
	if len(reasons.Rows) == 0 {
		return nil
	}
	if len(c.Rows) < 2 {
		return []Table{reasons}
	}
	services.Columns = append(services.Columns, changed(locale.T("Change"), p.Currency))
	services.Total = append(services.Total, c.Total.Delta)
	for _, of := range c.Rows {
		row := []any{any(locale.T("all others"))}
		if len(of.Labels) > 0 {
			row[0] = of.Labels[0]
		}
		for _, lane := range used {
			row = append(row, money(of.Bridge[lane]))
		}
		services.Rows = append(services.Rows, append(row, of.Delta))
	}
	return []Table{reasons, services}
}
