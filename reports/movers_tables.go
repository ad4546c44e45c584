package reports

import (
	"cmp"
	"slices"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/usage"
)

func moversTables(_ *analysis.Report, p *analysis.Part) (out []Table) {
	if len(p.Priors) == 0 {
		return nil
	}
	var inside []Table
	for _, m := range p.Movers {
		if len(m.Up)+len(m.Down) == 0 {
			continue
		}
		_, made := m.Dimension.Virtual()
		t := Table{
			Name: snake(string(m.Dimension)), Title: locale.T("By %s", word(m.Title)),
			Detail: m.Dimension != usage.Service && m.Dimension != usage.Resource && !made, Columns: []Column{
				texts(locale.T("What")), texts(locale.T("Where")), amount(locale.T("Before"), p.Currency), amount(locale.T("Now"), p.Currency),
				changed(locale.T("Change"), p.Currency),
				{Title: locale.Said("%"), Kind: Growth},
				texts(locale.T("Note")),
			},
		}
		before, now, sum := m.RestPrior, m.RestCurrent, m.RestDelta
		for _, x := range slices.Concat(m.Up, m.Down) {
			var percent, note any
			if x.Status == "" {
				percent = orNil(x.Percent)
			} else {
				note = word(x.Status)
			}
			t.Rows = append(t.Rows, []any{x.Label, placed(x.Context), priorOf(x), x.Current, x.Delta, percent, note})
			before, now, sum = before.Add(x.Prior), now.Add(x.Current), sum.Add(x.Delta)
		}
		if m.RestCount > 0 {
			t.Rows = append(t.Rows, []any{locale.T("%d others", m.RestCount), nil, m.RestPrior, m.RestCurrent, m.RestDelta, nil, nil})
			t.Others = m.RestCount
		}
		t.Total = []any{locale.T("Sum"), nil, before, now, sum, nil, nil}
		out = append(out, t)
		if t := insideTable(m, p.Currency); len(t.Rows) > 0 {
			inside = append(inside, t)
		}
	}
	out = append(out, inside...)
	if p.Turnover != nil {
		out = append(out, turnoverTables(p)...)
	}
	return out
}

// priorOf is what x cost before; nil where that is not known.
func priorOf(x analysis.Mover) any {
	if x.Status == analysis.NotKnown {
		return nil
	}
	return x.Prior
}

// insideTable returns the resources that changed most, of each value of m.
func insideTable(m analysis.Movers, currency string) Table {
	t := Table{
		Name: snake(string(m.Dimension)) + "_resources", Title: locale.T("By %s: their resources", word(m.Title)),
		Detail: true, Columns: []Column{
			texts(locale.T("What")), texts(locale.T("Resource")), texts(locale.T("Where")), amount(locale.T("Before"), currency),
			amount(locale.T("Now"), currency), changed(locale.T("Change"), currency),
		},
	}
	for _, x := range slices.Concat(m.Up, m.Down) {
		for _, r := range x.Inside {
			t.Rows = append(t.Rows, []any{x.Label, r.Label, placed(r.Context), priorOf(r), r.Current, r.Delta})
		}
		if x.InsideCount > 0 {
			t.Rows = append(t.Rows, []any{x.Label, locale.T("%d others", x.InsideCount), nil, nil, nil, x.InsideDelta})
		}
	}
	return t
}

// turnoverTables returns the resources that came and went, and what has another
// size or name.
func turnoverTables(p *analysis.Part) (out []Table) {
	for _, list := range []struct {
		name        string
		title       locale.Text
		day, amount locale.Text
		turned      analysis.Turned
	}{
		{"new", locale.T("New resources"), locale.T("Since"), locale.T("Cost"), p.Turnover.New},
		{"gone", locale.T("Resources with no cost any more"), locale.T("Until"), locale.T("Cost before"), p.Turnover.Gone},
	} {
		if len(list.turned.Rows) == 0 {
			continue
		}
		t := Table{Name: list.name, Title: list.title, Detail: true, Columns: []Column{
			texts(locale.T("Resource")), texts(locale.T("Where")), {Title: list.day, Kind: Date}, amount(list.amount, p.Currency),
		}, Total: []any{locale.T("Sum"), nil, nil, list.turned.Total}}
		for _, x := range list.turned.Rows {
			t.Rows = append(t.Rows, []any{x.Label, placed(x.Context), dayOrNil(x.Day), x.Amount})
		}
		if n := list.turned.RestCount; n > 0 {
			t.Rows = append(t.Rows, []any{locale.T("%d others", n), nil, nil, list.turned.Rest})
		}
		out = append(out, t)
	}
	t := Table{Name: "renamed", Title: locale.T("Resized or renamed"), Detail: true, Columns: []Column{
		texts(locale.T("What")), texts(locale.T("Where")), texts(locale.T("Before")), texts(locale.T("Now")),
		{Title: locale.T("Since"), Kind: Date},
		amount(locale.T("Cost before"), p.Currency), amount(locale.T("Cost"), p.Currency),
	}}
	resized, renamed := byKind(p.Turnover.Renamed)
	for _, x := range slices.Concat(resized, renamed) {
		t.Rows = append(t.Rows, []any{cmp.Or(x.Label, x.New), placed(x.Context), x.Old, x.New, dayOrNil(x.Since), x.Prior, x.Current})
	}
	if n := p.Turnover.MoreNames; n > 0 {
		t.Rows = append(t.Rows, []any{locale.T("%d others", n), nil, nil, nil, nil, nil, nil})
	}
	if len(t.Rows) > 0 {
		out = append(out, t)
	}
	return out
}
