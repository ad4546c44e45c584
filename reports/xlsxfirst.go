package reports

import (
	"fmt"
	"slices"

	"github.com/xuri/excelize/v2"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// chartServices is how many services the first sheet names.
const chartServices = 8

// first writes, for each currency, a sheet that says what the first screen does, one of how
// the cost adds up, which its chart draws, and one of days and resources.
func (b *workbook) first(r *analysis.Report, o Options) error {
	type part struct {
		*analysis.Part
		overview, running string
	}
	var parts []part
	for i := range r.Parts {
		p := &r.Parts[i]
		currency := ""
		if len(r.Parts) > 1 {
			currency = p.Currency
		}
		parts = append(parts, part{
			p, b.sheetName(b.l.Say(locale.T("Overview")), currency), b.sheetName(b.l.Say(locale.T("Cumulative cost")), currency),
		})
	}
	for _, p := range parts {
		if err := b.overview(p.overview, r, p.Part, o); err != nil {
			return err
		}
	}
	for _, p := range parts {
		if err := b.cumulative(p.running, p.overview, p.Part); err != nil {
			return err
		}
		if len(p.Resources) == 0 {
			continue
		}
		currency := ""
		if len(r.Parts) > 1 {
			currency = p.Currency
		}
		name := b.sheetName(b.l.Say(locale.T("Days and resources")), currency)
		if err := b.write(sheet{name, []Table{resourceTable(p.Part)}}); err != nil {
			return err
		}
	}
	return nil
}

// overview writes the sheet that reads like the first screen.
func (b *workbook) overview(name string, r *analysis.Report, p *analysis.Part, o Options) error {
	if err := b.add(name); err != nil {
		return err
	}
	T := locale.T
	v, _ := viewAnswer(b.l, r, p)
	a, _ := v.(answer)
	g := grid{workbook: b, sheet: name, widths: make([]int, 7)}
	g.put(1, 0, Column{}, T("%s · %s", titled(b.l, r, o), periodText(p.Period, true)), true)
	g.put(2, 0, Column{}, a.Says, true)
	g.put(3, 0, Column{}, T("%s · %s", a.State, reachText(p)), false)
	line := 5
	for _, c := range a.Cards {
		g.put(line, 0, Column{}, c.Name, true)
		g.put(line, 1, Column{}, joined(c.Suffix, c.Note), false)
		kind := Amount
		if c.Signed {
			kind = Change
		}
		if c.Amount != nil {
			g.put(line, 4, Column{Kind: kind}, *c.Amount, true)
		} else {
			g.put(line, 4, Column{}, locale.Said(c.Value), true)
		}
		line++
	}
	line++
	g.put(line, 0, Column{}, findingsTitle(p), true)
	for i, title := range []locale.Text{
		T("What and why"), T("Where"), T("Owner"), T("In the period"), T("A month"), T("Number"),
	} {
		if len(p.Findings) > 0 {
			g.put(line, i+1, Column{}, title, true)
		}
	}
	list := slices.Clone(p.Findings)
	slices.SortStableFunc(list, byMonth)
	for _, f := range list {
		line++
		g.put(line, 0, Column{}, f.Label, false)
		g.put(line, 1, Column{}, f.Reason, false)
		g.put(line, 2, Column{}, placed(f.Context), false)
		if !f.Whose.Empty() {
			g.put(line, 3, Column{}, f.Whose, false)
		}
		g.put(line, 4, Column{Kind: Change}, f.Within(p.Period.Span), false)
		if f.PerMonth != nil {
			g.put(line, 5, Column{Kind: Change}, *f.PerMonth, false)
		}
		g.put(line, 6, Column{}, f.ID, false)
	}
	services := b.services(&g, p, line+2)
	for i, width := range []float64{34, 62, 34, 16, 18, 16, 12} {
		column, err := excelize.ColumnNumberToName(i + 1)
		if err == nil {
			err = b.SetColWidth(name, column, column, width)
		}
		if err != nil {
			return err
		}
	}
	if g.err != nil || services == 0 {
		return g.err
	}
	return b.AddChart(name, "I22", &excelize.Chart{
		Type: excelize.Bar,
		Series: []excelize.ChartSeries{{
			Name: fmt.Sprintf("'%s'!$E$%d", name, line+2), Categories: ref(name, "A", line+3, line+2+services),
			Values: ref(name, "E", line+3, line+2+services),
			Fill:   excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"2F76B5"}},
		}},
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: b.l.Say(T("Cost by service"))}}},
		Legend:    excelize.ChartLegend{Position: "none"},
		YAxis:     excelize.ChartAxis{MajorGridLines: true},
		XAxis:     excelize.ChartAxis{ReverseOrder: true},
		Dimension: excelize.ChartDimension{Width: 760, Height: 380},
	})
}

// services writes what the services cost, the largest first, and returns how many lines
// that are.
func (b *workbook) services(g *grid, p *analysis.Part, line int) int {
	for _, d := range p.Breakdowns {
		if d.Dimension != usage.Service || len(d.Rows) < 2 {
			continue
		}
		g.put(line, 0, Column{}, locale.T("Cost by service"), true)
		g.put(line, 4, Column{}, locale.T("Cost"), true)
		rows := d.Rows[:min(chartServices, len(d.Rows))]
		for i, row := range rows {
			g.put(line+1+i, 0, Column{}, row.Label, false)
			g.put(line+1+i, 4, Column{Kind: Amount}, row.Amount, false)
		}
		return len(rows)
	}
	return 0
}

// cumulative writes how the cost adds up, and its chart on the first sheet.
func (b *workbook) cumulative(name, overview string, p *analysis.Part) error {
	x := p.Running
	if x == nil || len(x.Days) < 2 {
		return nil
	}
	T := locale.T
	t := Table{Columns: []Column{{Title: T("Day"), Kind: Date}, amount(periodText(p.Period, true), p.Currency)}}
	type line struct {
		column int
		color  string
		dash   excelize.LineDashType
	}
	lines := []line{{1, "0B5CAB", excelize.LineDashSolid}}
	add := func(title locale.Text, color string, dash excelize.LineDashType) int {
		t.Columns = append(t.Columns, amount(title, p.Currency))
		lines = append(lines, line{len(t.Columns) - 1, color, dash})
		return len(t.Columns) - 1
	}
	prior, path, low, high, budget := 0, 0, 0, 0, 0
	if len(x.Prior) > 0 && len(p.Priors) > 0 {
		prior = add(T("%s, same day", priorText(p.Priors[0])), "8A95A1", excelize.LineDashSolid)
	}
	if len(x.Path) > 0 {
		path = add(T("Forecast"), "0B5CAB", excelize.LineDashDash)
		low, high = add(T("Low"), "9DBBDA", excelize.LineDashDot), add(T("High"), "9DBBDA", excelize.LineDashDot)
	}
	line0, _ := budgetLine(p)
	if line0 != nil {
		budget = add(T("Budget"), "56616D", excelize.LineDashDot)
	}
	n := max(x.Span.Days(), len(x.Days))
	for i := range n {
		row := make([]any, len(t.Columns))
		row[0] = x.Span.From + usage.Day(i)
		if i < len(x.Days) {
			row[1] = x.Days[i].Sum
		}
		if prior > 0 && i < len(x.Prior) {
			row[prior] = x.Prior[i].Sum
		}
		if budget > 0 {
			row[budget] = *line0
		}
		for _, d := range x.Path {
			if d.Day == x.Span.From+usage.Day(i) {
				row[path], row[low], row[high] = d.Expected, d.Low, d.High
			}
		}
		t.Rows = append(t.Rows, row)
	}
	if err := b.write(sheet{name, []Table{t}}); err != nil {
		return err
	}
	c := excelize.Chart{
		Type: excelize.Line,
		Title: excelize.ChartTitle{
			Paragraph: []excelize.RichTextRun{{Text: b.l.Say(T("Cumulative cost, %s", locale.Said(code(b.l, p.Currency))))}},
		},
		Legend:       excelize.ChartLegend{Position: "bottom"},
		YAxis:        excelize.ChartAxis{MajorGridLines: true},
		XAxis:        excelize.ChartAxis{NumFmt: excelize.ChartNumFmt{CustomNumFmt: "d mmm"}},
		Dimension:    excelize.ChartDimension{Width: 760, Height: 380},
		ShowBlanksAs: "gap",
	}
	for _, l := range lines {
		column, err := excelize.ColumnNumberToName(l.column + 1)
		if err != nil {
			return err
		}
		c.Series = append(c.Series, excelize.ChartSeries{
			Name: fmt.Sprintf("'%s'!$%s$1", name, column), Categories: ref(name, "A", 2, n+1), Values: ref(name, column, 2, n+1),
			Line:   excelize.LineOptions{Width: 2, Dash: l.dash, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{l.color}}},
			Marker: excelize.ChartMarker{Symbol: "none"},
		})
	}
	return b.AddChart(overview, "I2", &c)
}

// resourceTable is what each resource cost on each day.
func resourceTable(p *analysis.Part) Table {
	T := locale.T
	t := Table{Columns: []Column{
		{Title: T("Day"), Kind: Date},
		texts(T("Subscription")), texts(T("Resource group")), texts(T("Service")), texts(T("Resource")),
		texts(T("Kind")), texts(locale.Said("ResourceId")), amount(T("Cost"), p.Currency),
	}}
	for _, x := range p.Resources {
		t.Rows = append(t.Rows, []any{
			x.Day, x.SubAccount, x.Scope[usage.ResourceGroup], x.Scope[usage.Service], x.Name, word(x.Kind), x.Scope[usage.Resource], x.Cost,
		})
	}
	return t
}

// ref is an address of cells of one column of a sheet, whose name has no quotes.
func ref(sheet, column string, from, to int) string {
	return fmt.Sprintf("'%s'!$%s$%d:$%s$%d", sheet, column, from, column, to)
}

// joined sets two remarks side by side.
func joined(a, b locale.Text) any {
	list := slices.DeleteFunc([]locale.Text{a, b}, locale.Text.Empty)
	if len(list) == 0 {
		return nil
	}
	return locale.Join(list, "; ")
}
