package query

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"usagereport/usage"
)

// writers returns what writes the values of each column of t.
func (o Options) writers(t Table) []values {
	fs := make([]values, len(t.Columns))
	for i, c := range t.Columns {
		fs[i] = values{typ: c.Type, digits: usage.MinorDigits(o.Currency)}
	}
	return fs
}

// eachLine writes head, then line(row) for each row of t.
func eachLine(w io.Writer, t Table, head string, line func(b []byte, row []any) []byte) error {
	out := bufio.NewWriterSize(w, 1<<16)
	out.WriteString(head)
	var b []byte
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		b = line(b[:0], row)
		if _, err := out.Write(b); err != nil {
			return err
		}
	}
	return out.Flush()
}

// encodeJSON writes an array of objects, one on each line, with the keys in the
// order of the columns.
func encodeJSON(w io.Writer, t Table, o Options) error {
	object := objects(t, o)
	sep := "\n"
	err := eachLine(w, t, "[", func(b []byte, row []any) []byte {
		b = append(b, sep...)
		sep = ",\n"
		return object(b, row)
	})
	if err != nil {
		return err
	}
	tail := "\n]\n"
	if sep == "\n" {
		tail = "]\n"
	}
	_, err = io.WriteString(w, tail)
	return err
}

// encodeNDJSON writes an object a line, as encodeJSON does.
func encodeNDJSON(w io.Writer, t Table, o Options) error {
	object := objects(t, o)
	return eachLine(w, t, "", func(b []byte, row []any) []byte { return append(object(b, row), '\n') })
}

// objects returns what writes a row as an object. A name that comes twice gets a
// number, as DuckDB gives it in a table: a, a_1.
func objects(t Table, o Options) func(b []byte, row []any) []byte {
	fs, keys := o.writers(t), make([][]byte, len(t.Columns))
	taken := map[string]bool{}
	for i, c := range t.Columns {
		name := c.Name
		for n := 1; taken[name]; n++ {
			name = fmt.Sprintf("%s_%d", c.Name, n)
		}
		taken[name] = true
		keys[i] = append(appendString(nil, name), ':')
	}
	return func(b []byte, row []any) []byte {
		b = append(b, '{')
		for i, v := range row {
			if i > 0 {
				b = append(b, ',')
			}
			b = fs[i].appendJSON(append(b, keys[i]...), v)
		}
		return append(b, '}')
	}
}

// encodeCSV writes RFC 4180 with lines that end in LF. NULL is empty and an
// empty text is "", so that they stay apart; alone on its line NULL is "" too,
// because many readers skip an empty line.
func encodeCSV(w io.Writer, t Table, o Options) error {
	cells := cellsOf(t, o)
	return eachLine(w, t, csvHead(t, o), func(b []byte, row []any) []byte {
		for i, v := range row {
			if i > 0 {
				b = append(b, ',')
			}
			b = cells[i].append(b, v)
		}
		return append(b, '\n')
	})
}

// csvHead returns the line of the columns' names.
func csvHead(t Table, o Options) string {
	name := cell{safe: o.FormulaSafe, visible: o.Terminal}
	var head []byte
	for i, c := range t.Columns {
		if i > 0 {
			head = append(head, ',')
		}
		head = name.appendText(head, c.Name)
	}
	return string(head) + "\n"
}

// A cell writes the values of one column as CSV has them.
type cell struct {
	values  values
	safe    bool // an apostrophe stands before what a spreadsheet would take for a formula
	visible bool // for a terminal
	alone   bool // on its line
}

func cellsOf(t Table, o Options) []cell {
	cells := make([]cell, len(t.Columns))
	for i, v := range o.writers(t) {
		isText := t.Columns[i].Kind == Text || t.Columns[i].Kind == Nested
		cells[i] = cell{values: v, safe: o.FormulaSafe && isText, visible: o.Terminal, alone: len(t.Columns) == 1}
	}
	return cells
}

func (c cell) append(b []byte, v any) []byte {
	s, ok := c.values.scalar(v)
	switch {
	case !ok:
		s.text = string(c.values.appendJSON(nil, v))
	case s.bare && s.text == "null" && !c.alone:
		return b
	case s.bare && s.text == "null":
		s.text = ""
	}
	return c.appendText(b, s.text)
}

// appendText appends a text, in quotes where it needs them.
func (c cell) appendText(b []byte, s string) []byte {
	if c.safe && startsFormula(s) {
		s = "'" + s
	}
	if c.visible {
		s = Visible(s)
	}
	if s != "" && s[0] != ' ' && s[0] != '\t' && s[len(s)-1] != ' ' && !hasMark(s) {
		return append(b, s...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(s, `"`, `""`)...)
	return append(b, '"')
}

// hasMark reports whether a value of CSV holds what must stand in quotes.
func hasMark(s string) bool {
	for i := range len(s) {
		if c := s[i]; c == '"' || c == ',' || c == '\r' || c == '\n' {
			return true
		}
	}
	return false
}

// encodeMarkdown writes a pipe table in which the data can be neither markup
// nor HTML.
func encodeMarkdown(w io.Writer, t Table, o Options) error {
	fs := o.writers(t)
	escape := strings.NewReplacer(`\`, `\\`, `|`, `\|`, "`", "\\`", `*`, `\*`, `[`, `\[`, `&`, `&amp;`, `<`, `&lt;`)
	cell := func(s string) string {
		lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
		for i, l := range lines {
			lines[i] = escape.Replace(Visible(l))
		}
		return strings.Join(lines, "<br>")
	}
	var names, rule strings.Builder
	for _, c := range t.Columns {
		names.WriteString("| " + cell(c.Name) + " ")
		if c.Kind.number() {
			rule.WriteString("| ---: ")
		} else {
			rule.WriteString("| --- ")
		}
	}
	return eachLine(w, t, names.String()+"|\n"+rule.String()+"|\n", func(b []byte, row []any) []byte {
		for i, v := range row {
			b = append(b, "| "...)
			b = append(b, cell(fs[i].text(v))...)
			b = append(b, ' ')
		}
		return append(b, "|\n"...)
	})
}

// encodeTable writes a table for people.
func encodeTable(w io.Writer, t Table, o Options) error {
	fs := o.writers(t)
	var lines [][]string
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		line := make([]string, len(row))
		for i, v := range row {
			line[i] = Visible(fs[i].text(v))
		}
		lines = append(lines, line)
	}
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = Visible(c.Name)
	}
	shown, widths := fit(t.Columns, names, lines, o)

	tw := table.NewWriter()
	style := table.StyleLight
	style.Options.DrawBorder = false
	style.Format.Header = text.FormatDefault
	tw.SetStyle(style)
	tw.SuppressTrailingSpaces()
	configs := make([]table.ColumnConfig, len(widths))
	row := func(cells []string) table.Row {
		r := make(table.Row, len(widths))
		for i, n := range widths {
			if o.Wrap {
				r[i] = text.WrapSoft(cells[shown[i]], n)
			} else {
				r[i] = shorten(cells[shown[i]], n)
			}
		}
		return r
	}
	for i, at := range shown {
		c, align := t.Columns[at], text.AlignLeft
		if c.Kind.number() {
			align = text.AlignRight
		}
		configs[i] = table.ColumnConfig{Number: i + 1, Align: align, AlignHeader: align}
	}
	tw.SetColumnConfigs(configs)
	tw.AppendHeader(row(names))
	for _, l := range lines {
		tw.AppendRow(row(l))
	}
	out := tw.Render() + "\n"
	if len(lines) == 0 {
		out += "no rows\n"
	}
	without := slices.Clone(t.Without)
	for i, name := range names {
		if !slices.Contains(shown, i) {
			without = append(without, name)
		}
	}
	if len(without) > 0 {
		also := "also: " + strings.Join(without, ", ") + " (" + cmp.Or(o.Wider, "wider terminal, or --format csv") + ")"
		out += Wrap(also, o.Width) + "\n"
	}
	if t.more != nil && *t.more {
		out += fmt.Sprintf("... more than %d %s\n", len(lines), plural(len(lines), "row"))
	}
	_, err := io.WriteString(w, out)
	return err
}

// Wrap breaks s at its words into lines of at most width columns; 0 is any width.
func Wrap(s string, width int) string {
	if width <= 0 {
		return s
	}
	lines := strings.Split(text.WrapSoft(s, width), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}

// Cells is how many columns of a terminal a text takes.
func Cells(s string) int { return text.StringWidthWithoutEscSequences(s) }

// encodeGrid writes an object that says for each column its name and whether it
// holds numbers, then the rows as arrays of texts and nulls, and whether there are
// more: for a program that shows them.
func encodeGrid(w io.Writer, t Table, o Options) error {
	fs := o.writers(t)
	head := []byte(`{"columns":[`)
	for i, c := range t.Columns {
		if i > 0 {
			head = append(head, ',')
		}
		head = append(appendString(append(head, `{"name":`...), c.Name), `,"type":`...)
		head = append(appendString(head, c.Type), fmt.Sprintf(`,"number":%t}`, c.Kind.number())...)
	}
	sep := ""
	err := eachLine(w, t, string(head)+`],"rows":[`, func(b []byte, row []any) []byte {
		b = append(append(b, sep...), '[')
		sep = ",\n"
		for i, v := range row {
			if i > 0 {
				b = append(b, ',')
			}
			if s, ok := fs[i].scalar(v); ok && s.bare && s.text == "null" {
				b = append(b, "null"...)
				continue
			}
			b = appendString(b, fs[i].text(v))
		}
		return append(b, ']')
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "],\"more\":%t}\n", t.more != nil && *t.more)
	return err
}

// shorten cuts s down to width columns, out of its middle: what distinguishes one
// resource's id from the next stands at the end.
func shorten(s string, width int) string {
	if text.StringWidthWithoutEscSequences(s) <= width {
		return s
	}
	head := text.Trim(s, (width-1)/3)
	room, at := width-1-text.StringWidthWithoutEscSequences(head), len(s)
	for at > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:at])
		if room -= text.RuneWidth(r); room < 0 {
			break
		}
		at -= size
	}
	return head + "…" + s[at:]
}

// longestWord is how wide the longest word of a column is, which is not broken unless it is
// very long.
func longestWord(lines [][]string, column int) (width int) {
	const most = 40
	for _, l := range lines {
		for word := range strings.FieldsSeq(l[column]) {
			width = max(width, min(most, text.StringWidthWithoutEscSequences(word)))
		}
	}
	return width
}

// fit returns which columns a terminal of o's width has room for, and how wide each is.
// Texts and names are shortened or wrapped, numbers and dates are not.
func fit(cols []Column, names []string, lines [][]string, o Options) (shown, widths []int) {
	short := 12 // nothing is shortened below it
	if o.Wrap {
		short = 20
	}
	full, least := make([]int, len(cols)), make([]int, len(cols))
	for i, c := range cols {
		shown = append(shown, i)
		head := text.StringWidthWithoutEscSequences(names[i])
		for _, l := range lines {
			full[i] = max(full[i], text.StringWidthWithoutEscSequences(l[i]))
		}
		if c.Kind != Text && c.Kind != Nested {
			least[i] = full[i]
		}
		full[i] = max(full[i], head, 1)
		least[i] = max(least[i], min(full[i], short))
		if o.Wrap {
			least[i] = max(least[i], longestWord(lines, i))
		}
	}
	if o.Width <= 0 {
		return shown, full
	}
	// A column takes a blank on each side and a line between it and the next.
	total := -1
	for _, w := range least {
		total += w + 3
	}
	for len(shown) > 1 && total > o.Width {
		last := 0
		for i, at := range shown {
			if cols[at].Rank >= cols[shown[last]].Rank {
				last = i
			}
		}
		total -= least[shown[last]] + 3
		shown = slices.Delete(shown, last, last+1)
	}
	for _, at := range shown {
		widths = append(widths, least[at])
	}
	for spare := o.Width - total; spare > 0; spare-- {
		// The narrowest of those that want more gets it.
		at := -1
		for i, w := range widths {
			if w < full[shown[i]] && (at < 0 || w < widths[at]) {
				at = i
			}
		}
		if at < 0 {
			break
		}
		widths[at]++
	}
	return shown, widths
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

// startsFormula reports whether a spreadsheet would take a text for a formula. An amount
// with its currency, "-10.00 EUR", is none.
func startsFormula(s string) bool {
	if s == "" || !strings.ContainsRune("\t\r\n", rune(s[0])) {
		s = strings.TrimLeft(s, " \u00a0\u3000") // which some spreadsheets pass over
		first, _ := utf8.DecodeRuneInString(s)
		if s == "" || !strings.ContainsRune("=+-@＝＋－＠", first) {
			return false
		}
	}
	number, code, _ := strings.Cut(s, " ")
	_, _, err := usage.ParseDecimal(number)
	return err != nil || code != "" && (len(code) != 3 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "")
}
