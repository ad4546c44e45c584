package reports

import (
	"fmt"
	"io"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"unicode"

	"github.com/xuri/excelize/v2"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports/chart"
	"usagereport/usage"
)

// WriteXLSX writes the report as a workbook: a sheet that says what the first screen does
// with two charts, one of what each resource cost on each day, for pivot tables, and the
// tables of all pages, of which those that share their columns are one sheet. There is one
// of each for each currency. Amounts, days and shares are numbers, names are texts, and
// nothing is a formula.
//
// A spreadsheet counts in doubles, of which 15 digits are certain: an amount with more of
// them is rounded to 15.
func WriteXLSX(w io.Writer, r *analysis.Report, o Options) error {
	l, err := locale.New(o.Lang)
	if err != nil {
		return err
	}
	r = urgentFirst(r)
	b := newWorkbook(l)
	defer b.Close() //nolint:errcheck // nothing of it is on disk
	if err := b.first(r, o); err != nil {
		return fmt.Errorf("the first sheet: %w", err)
	}
	for _, s := range b.sheets(chapters(r), len(r.Parts) > 1) {
		if err := b.write(s); err != nil {
			return fmt.Errorf("sheet %s: %w", s.name, err)
		}
	}
	if err := b.describe(r, o); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	if b.ContentTypes != nil { // excelize adds the kinds of pictures in any order
		sort.Slice(b.ContentTypes.Defaults, func(i, j int) bool {
			return b.ContentTypes.Defaults[i].Extension < b.ContentTypes.Defaults[j].Extension
		})
	}
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

type workbook struct {
	*excelize.File
	l      *locale.Locale
	styles map[style]int
	used   bool            // the sheet that every new file has has a name
	names  map[string]bool // of sheets, in lower case; Excel keeps "history" for itself
}

func newWorkbook(l *locale.Locale) *workbook {
	return &workbook{File: excelize.NewFile(), l: l, styles: map[style]int{}, names: map[string]bool{"history": true}}
}

// A sheet is tables that share their columns. Where it has several, a first
// column says which each row is of.
type sheet struct {
	name   string
	tables []Table
}

// sheets puts the tables on sheets.
func (b *workbook) sheets(list []chapter, several bool) (out []sheet) {
	for _, c := range list {
		var groups [][]Table
		for _, t := range c.Tables {
			if n := len(groups) - 1; n >= 0 && reflect.DeepEqual(groups[n][0].Columns, t.Columns) {
				groups[n] = append(groups[n], t)
				continue
			}
			groups = append(groups, []Table{t})
		}
		for _, g := range groups {
			title := c.Title
			if len(groups) > 1 && len(g) == 1 {
				title = g[0].Title
			}
			currency := ""
			if several {
				currency = c.Currency
			}
			out = append(out, sheet{b.sheetName(b.l.Say(title), currency), g})
		}
	}
	return out
}

// sheetName makes the name of a sheet that is none yet: at most 31 UTF-16 units,
// without the signs that references to it are made of.
func (b *workbook) sheetName(title, currency string) string {
	const limit = 31
	base := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) || steers(r) || !unicode.IsPrint(r) {
			return '-'
		}
		return r
	}, strings.NewReplacer(": ", ", ", "：", "，").Replace(title))
	for n := 1; ; n++ {
		suffix := ""
		if currency != "" {
			suffix = " " + strings.ToUpper(chart.Slug(currency))
		}
		if n > 1 {
			suffix += fmt.Sprintf(" (%d)", n)
		}
		name := base
		for len([]rune(name)) > 0 && units(name+suffix) > limit {
			name = string([]rune(name)[:len([]rune(name))-1])
		}
		name = strings.TrimSpace(name) + suffix
		if key := strings.ToLower(name); name != "" && !b.names[key] {
			b.names[key] = true
			return name
		}
	}
}

// units counts the UTF-16 units of s, as Excel counts characters.
func units(s string) (n int) {
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// add begins a sheet.
func (b *workbook) add(name string) error {
	if !b.used {
		b.used = true
		return b.SetSheetName(b.GetSheetName(0), name)
	}
	_, err := b.NewSheet(name)
	return err
}

// write writes one sheet.
func (b *workbook) write(s sheet) error {
	if err := b.add(s.name); err != nil {
		return err
	}
	columns := s.tables[0].Columns
	var rows, totals [][]any
	for _, t := range s.tables {
		for _, row := range t.Rows {
			rows = append(rows, b.labelled(s, t, row))
		}
		if t.Total != nil {
			totals = append(totals, b.labelled(s, t, t.Total))
		}
	}
	if len(s.tables) > 1 {
		columns = append([]Column{texts(locale.T("List"))}, columns...)
	}

	g := grid{workbook: b, sheet: s.name, widths: make([]int, len(columns))}
	for i, c := range columns {
		g.put(1, i, Column{}, c.Title, true)
	}
	line := 2
	for _, row := range rows {
		for i, c := range columns {
			g.put(line, i, c, row[i], false)
		}
		line++
	}
	last := line - 1
	line++ // apart from what a filter sorts, and a sum over a column counts
	for _, row := range totals {
		for i, c := range columns {
			g.put(line, i, c, row[i], true)
		}
		line++
	}
	return g.finish(last)
}

// labelled returns a row with its table's title before it where a sheet has
// several tables.
func (b *workbook) labelled(s sheet, t Table, row []any) []any {
	if len(s.tables) == 1 {
		return row
	}
	return append([]any{t.Title}, row...)
}

// double returns d in at most 15 digits.
func double(d usage.Decimal) (text string) {
	text = d.String()
	if len(strings.TrimLeft(strings.Replace(text, ".", "", 1), "-0")) <= 15 {
		return text
	}
	short, _, err := usage.ParseDecimal(strconv.FormatFloat(d.Float64(), 'e', 14, 64))
	if err != nil {
		return text
	}
	return short.String()
}

// A grid is a sheet that is being filled.
type grid struct {
	*workbook
	sheet  string
	widths []int
	err    error // the first one
}

// maxCell is how many characters of a name a cell holds, and maxWidth how many
// it shows.
const (
	maxCell  = 1000
	maxWidth = 60
)

// put writes a cell.
func (g *grid) put(line, column int, c Column, v any, bold bool) {
	if v == nil || g.err != nil {
		return
	}
	at, err := excelize.CoordinatesToCellName(column+1, line)
	if err != nil {
		g.err = err
		return
	}
	st := style{kind: c.Kind, bold: bold, digits: 2}
	switch v := v.(type) {
	case usage.Money:
		st.digits, st.currency = usage.MinorDigits(v.Currency), v.Currency
		text := double(v.Amount)
		g.err = g.SetCellDefault(g.sheet, at, text)
	case Estimate:
		st.digits, st.currency = usage.MinorDigits(v.Currency), v.Currency
		text := double(v.Amount)
		g.err = g.SetCellDefault(g.sheet, at, text)
	case usage.Decimal:
		text := double(v)
		g.err = g.SetCellDefault(g.sheet, at, text)
	case float64:
		g.err = g.SetCellDefault(g.sheet, at, strconv.FormatFloat(v/100, 'f', -1, 64))
	case usage.Day: // counted from the last but one of 1899
		g.err = g.SetCellDefault(g.sheet, at, strconv.Itoa(int(v)+25569))
	case int:
		g.err = g.SetCellDefault(g.sheet, at, strconv.Itoa(v))
	default:
		st.kind = Words
		g.err = g.SetCellStr(g.sheet, at, shown(g.l, v, maxCell))
	}
	id, err := g.style(st)
	if g.err == nil {
		g.err = err
	}
	if g.err == nil {
		g.err = g.SetCellStyle(g.sheet, at, at, id)
	}
	width := 0
	for _, r := range say(g.l, c.Kind, v, maxWidth) {
		width++
		if unicode.Is(unicode.Han, r) {
			width++
		}
	}
	if st.currency != "" {
		width += 4
	}
	g.widths[column] = max(g.widths[column], min(width, maxWidth))
}

// finish freezes the head, and lets the rows up to last be filtered by the
// columns.
func (g *grid) finish(last int) error {
	if g.err != nil {
		return g.err
	}
	for i, width := range g.widths {
		column, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := g.SetColWidth(g.sheet, column, column, float64(max(width, 6)+3)); err != nil { // room for the filter's button
			return err
		}
	}
	corner, err := excelize.CoordinatesToCellName(len(g.widths), last)
	if err != nil {
		return err
	}
	if err := g.AutoFilter(g.sheet, "A1:"+corner, nil); err != nil {
		return err
	}
	return g.SetPanes(g.sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

// A style is how a cell looks.
type style struct {
	kind     Kind
	digits   int
	currency string
	bold     bool
}

// style returns the workbook's number for s.
func (b *workbook) style(s style) (int, error) {
	if id, ok := b.styles[s]; ok {
		return id, nil
	}
	number := "0"
	if s.digits > 0 {
		number += "." + strings.Repeat("0", s.digits)
	}
	number = "#,##" + number
	// A code that is none is data, and no part of a format.
	if c := s.currency; len(c) == 3 && strings.Trim(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && c != usage.NoCurrency {
		number = "[$" + c + "] " + number
	}
	format := map[Kind]string{
		Words:  "@", // so that a name stays one when the cell is edited
		Amount: number,
		Change: "+" + number + ";-" + number + ";" + number,
		Count:  "#,##0",
		Share:  "0.0%",
		Growth: "+0.0%;-0.0%;0.0%",
		Date:   "yyyy-mm-dd",

		Quantity: "General",
	}[s.kind]
	st := excelize.Style{CustomNumFmt: &format}
	if s.bold {
		st.Font = &excelize.Font{Bold: true}
	}
	id, err := b.NewStyle(&st)
	b.styles[s] = id
	return id, err
}

// describe sets the document's properties. The time in them is that of the data:
// there is no other.
func (b *workbook) describe(r *analysis.Report, o Options) error {
	p := excelize.DocProperties{Creator: "usagereport", LastModifiedBy: "usagereport", Title: titled(b.l, r, o), Language: b.l.Lang}
	if len(r.Parts) > 0 && r.Parts[0].Period.Reach != 0 {
		p.Created = r.Parts[0].Period.Reach.String() + "T00:00:00Z"
		p.Modified = p.Created
	}
	if err := b.SetDocProps(&p); err != nil {
		return err
	}
	return b.SetAppProps(&excelize.AppProperties{Application: "usagereport"})
}
