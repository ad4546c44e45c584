package terminal

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"usagereport/internal/misuse"
	"usagereport/internal/query"
	"usagereport/usage"
)

// A Printer prints tables, as the flags --format and --columns say.
type Printer struct {
	*Terminal
	Format  string
	Columns []string
}

// PipedWidth is how wide a table is that goes to no terminal, if it knows what to go without.
const PipedWidth = 100

// Width is how wide a table may be; 0 is any width.
func (p Printer) Width() int {
	if len(p.Columns) > 0 || query.Format(strings.ToLower(p.Format)) != query.AsTable {
		return 0
	}
	if width, tty := p.Size(p.Out); tty {
		return width
	}
	return PipedWidth
}

// Form reads the format, which may be one of more, too.
func (p Printer) Form(more ...query.Format) (query.Format, error) {
	f, err := query.ParseFormat(p.Format, more...)
	if err != nil {
		return f, misuse.Of(err)
	}
	return f, nil
}

// Document reads the format of an answer that is a document, and no table, as JSON and in the formats of
// more: there --columns has nothing to choose from.
func (p Printer) Document(more ...query.Format) (query.Format, error) {
	f, err := p.Form(more...)
	if err != nil {
		return f, err
	}
	if !p.allColumns() && (f == query.AsJSON || slices.Contains(more, f)) {
		return f, misuse.Of(fmt.Errorf("--columns: what is written as %s here has no columns; leave out --columns, or take --format csv", f))
	}
	return f, nil
}

// allColumns reports whether --columns leaves none out.
func (p Printer) allColumns() bool {
	return len(p.Columns) == 0 || len(p.Columns) == 1 && p.Columns[0] == "all"
}

// Trial returns a printer with p's flags that prints nothing. A table without rows tries by it, before the
// work and not after it, whether the flags fit.
func (p Printer) Trial() Printer {
	p.Terminal = &Terminal{Out: io.Discard, Err: io.Discard, Size: func(io.Writer) (int, bool) { return 0, false }}
	return p
}

// Print writes t as the result.
func (p Printer) Print(t query.Table) error {
	f, err := p.Form()
	if err != nil {
		return err
	}
	if t, err = p.chosen(t); err != nil {
		return err
	}
	_, tty := p.Size(p.Out)
	o := query.Options{Format: f, Terminal: tty, FormulaSafe: true, Wrap: true, Wider: "wider terminal, --columns, or --format csv"}
	if tty || slices.ContainsFunc(t.Columns, func(c query.Column) bool { return c.Rank > 0 }) {
		o.Width = p.Width()
	}
	return query.Encode(p.Out, t, o)
}

// chosen returns t with the columns that --columns names.
func (p Printer) chosen(t query.Table) (query.Table, error) {
	if p.allColumns() {
		return t, nil
	}
	var at []int
	out := query.Table{}
	for _, name := range p.Columns {
		i := slices.IndexFunc(t.Columns, func(c query.Column) bool { return strings.EqualFold(c.Name, strings.TrimSpace(name)) })
		if i < 0 {
			var names []string
			for _, c := range t.Columns {
				names = append(names, c.Name)
			}
			return t, misuse.Of(fmt.Errorf("--columns %s: there is no such column; there are %s", name, strings.Join(names, ", ")))
		}
		at, out.Columns = append(at, i), append(out.Columns, t.Columns[i])
	}
	out.Rows = func(yield func([]any, error) bool) {
		row := make([]any, len(at))
		for all, err := range t.Rows {
			for i, from := range at {
				if err == nil {
					row[i] = all[from]
				}
			}
			if !yield(row, err) {
				return
			}
		}
	}
	return out, nil
}

// ForPeople reports whether the output is for people and not for programs.
func (p Printer) ForPeople() bool {
	f := query.Format(strings.ToLower(p.Format))
	return f == query.AsTable || f == query.AsMarkdown
}

// Reader is what the output is for: people, or programs.
func (p Printer) Reader() query.Reader {
	if p.ForPeople() {
		return query.ForPeople
	}
	return query.ForPrograms
}

// Head writes what must stand beside the numbers: above a table for people, on
// Err where the output is for a program.
func (p Printer) Head(format string, args ...any) error {
	if !p.ForPeople() {
		p.Note(format, args...)
		return nil
	}
	text := fmt.Sprintf(format, args...)
	if width, tty := p.Size(p.Out); tty {
		text = query.Wrap(query.Visible(text), width)
	}
	return p.SayLines(strings.Split(text, "\n")...)
}

// Amount prepares an amount for Print: exact for programs, rounded to the
// currency's minor digits for people.
func (p Printer) Amount(m usage.Money) usage.Money {
	if p.ForPeople() {
		return m.Rounded()
	}
	return m
}

// Rows prints a table that has a row for each of rows.
func Rows[T any](p Printer, columns query.Columns[T], rows []T) error {
	return p.Print(columns.Table(p.Reader(), rows))
}
