package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/internal/locale"
	"usagereport/internal/query"
	"usagereport/usage"
)

// tell writes lines to stderr, safe for a terminal. It is the only way there; an error
// in writing has no other place to go.
func (e environment) tell(lines ...string) {
	for _, l := range lines {
		_, _ = fmt.Fprintln(e.stderr, query.Visible(l))
	}
}

// tellError writes an error, which may have several lines.
func (e environment) tellError(prefix string, err error) {
	e.tell(strings.Split(prefix+err.Error(), "\n")...)
}

// note says something on stderr, unless --quiet.
func (g *globals) note(format string, args ...any) {
	if !g.quiet {
		g.fail(format, args...)
	}
}

// fail says on stderr what went wrong, also with --quiet.
func (g *globals) fail(format string, args ...any) { g.env.tell(fmt.Sprintf(format, args...)) }

// say writes a line of the result to stdout, safe for a terminal.
func (g *globals) say(format string, args ...any) error {
	_, err := fmt.Fprintln(g.env.stdout, query.Visible(fmt.Sprintf(format, args...)))
	return err
}

// A printer is the flags of a command that prints data: --format and --columns.
type printer struct {
	format  string
	columns []string
}

// pipedWidth is how wide a table is that goes to no terminal, if it knows what to go without.
const pipedWidth = 100

func (p *printer) addFlag(c *cobra.Command) {
	f := c.Flags()
	f.StringVarP(&p.format, "format", "f", "table", "`FORMAT` of the output: table, json, csv or markdown")
	f.StringSliceVar(&p.columns, "columns", nil, "`NAMES` of the columns to print, separated by commas; all for all, whatever their width")
}

// width is how wide a table may be; 0 is any width.
func (p printer) width(g *globals) int {
	if len(p.columns) > 0 || query.Format(strings.ToLower(p.format)) != query.AsTable {
		return 0
	}
	if width, tty := g.env.terminal(g.env.stdout); tty {
		return width
	}
	return pipedWidth
}

// print writes t to stdout.
func (p printer) print(g *globals, t query.Table) error {
	f, err := query.ParseFormat(p.format)
	if err != nil {
		return usageError{err}
	}
	if t, err = p.chosen(t); err != nil {
		return err
	}
	_, tty := g.env.terminal(g.env.stdout)
	o := query.Options{Format: f, Terminal: tty, FormulaSafe: true, Wrap: true, Wider: "wider terminal, --columns, or --format csv"}
	if tty || slices.ContainsFunc(t.Columns, func(c query.Column) bool { return c.Rank > 0 }) {
		o.Width = p.width(g)
	}
	return query.Encode(g.env.stdout, t, o)
}

// chosen returns t with the columns that --columns names.
func (p printer) chosen(t query.Table) (query.Table, error) {
	if len(p.columns) == 0 || len(p.columns) == 1 && p.columns[0] == "all" {
		return t, nil
	}
	var at []int
	out := query.Table{}
	for _, name := range p.columns {
		i := slices.IndexFunc(t.Columns, func(c query.Column) bool { return strings.EqualFold(c.Name, strings.TrimSpace(name)) })
		if i < 0 {
			var names []string
			for _, c := range t.Columns {
				names = append(names, c.Name)
			}
			return t, usageError{fmt.Errorf("--columns %s: there is no such column; there are %s", name, strings.Join(names, ", "))}
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

// forPeople reports whether the output is for people and not for programs.
func (p printer) forPeople() bool {
	f := query.Format(strings.ToLower(p.format))
	return f == query.AsTable || f == query.AsMarkdown
}

// orNoAmount is amount of what m points to, or nothing.
func (p printer) orNoAmount(m *usage.Money) any {
	if m == nil {
		return nil
	}
	return p.amount(*m)
}

// reader is what the output is for: people, or programs.
func (p printer) reader() query.Reader {
	if p.forPeople() {
		return query.ForPeople
	}
	return query.ForPrograms
}

// head writes what must stand beside the numbers: above a table for people, on
// stderr where the output is for a program.
func (p printer) head(g *globals, format string, args ...any) error {
	if !p.forPeople() {
		g.note(format, args...)
		return nil
	}
	text := fmt.Sprintf(format, args...)
	if width, tty := g.env.terminal(g.env.stdout); tty {
		text = query.Wrap(query.Visible(text), width)
	}
	for line := range strings.SplitSeq(text, "\n") {
		if err := g.say("%s", line); err != nil {
			return err
		}
	}
	return nil
}

// amount prepares an amount for print: exact for programs, rounded to the
// currency's minor digits for people.
func (p printer) amount(m usage.Money) usage.Money {
	if p.forPeople() {
		return m.Rounded()
	}
	return m
}

// orNil is s, or nothing where it is empty.
func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// orNone is what v points to, or nothing.
func orNone[T any](v *T) any {
	if v == nil {
		return nil
	}
	return *v
}

// orNoDay is d, or nothing where there is no day.
func orNoDay(d usage.Day) any {
	if d == 0 {
		return nil
	}
	return d
}

// printRows prints a table.
func printRows[T any](g *globals, p printer, columns query.Columns[T], rows []T) error {
	return p.print(g, columns.Table(p.reader(), rows))
}

// rounded is an amount for people.
func rounded(m usage.Money) string { return m.Rounded().Text() }

// signed is an amount with its sign for people, in digits that they group.
func signed(m usage.Money) string { return locale.InEnglish().Signed(m) }

// aboutText is an amount for a sentence, with its currency.
func aboutText(m usage.Money) string {
	return locale.InEnglish().WithCode(locale.InEnglish().About(m), m.Currency)
}
