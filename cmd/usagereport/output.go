package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

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

// A printer is the --format flag of a command that prints data.
type printer struct{ format string }

func (p *printer) addFlag(c *cobra.Command) {
	c.Flags().StringVarP(&p.format, "format", "f", "table", "`FORMAT` of the output: table, json, csv or markdown")
}

// print writes t to stdout.
func (p printer) print(g *globals, t query.Table) error {
	f, err := query.ParseFormat(p.format)
	if err != nil {
		return usageError{err}
	}
	width, tty := g.env.terminal(g.env.stdout)
	return query.Encode(g.env.stdout, t, query.Options{Format: f, Terminal: tty, Width: width, FormulaSafe: true})
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
	return g.say(format, args...)
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
