package shell

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"usagereport/internal/query"
	"usagereport/internal/query/queries"
)

const help = `.help                 this
.tables               the views and what they hold
.schema [VIEW]        the columns of one, or of all
.mode FORMAT          table, json, ndjson, csv or markdown
.limit N              rows that a table may have; 0 is 10000
.once FILE            write the next result to a file, whole
.param NAME=VALUE     a value for $NAME; .param lists them, .param NAME takes it back
.queries              the saved queries
.run NAME             run one
.read FILE            run the statements of a file
.timer on|off         say how long each statement took
.quit                 end, as exit and Ctrl-D do
`

// dotted is a line with the words that other shells know written as this one's commands: help,
// exit, quit.
func dotted(line string) string {
	switch word := strings.ToLower(strings.TrimRight(strings.TrimSpace(line), "; ")); word {
	case "help", "exit", "quit":
		return "." + word
	}
	return line
}

// command runs one of the shell's own.
func (s *Shell) command(ctx context.Context, words []string) error {
	arg := strings.Join(words[1:], " ")
	switch words[0] {
	case ".help":
		return s.Home.Write(help)
	case ".quit", ".exit":
		s.stopped = true
		return nil
	case ".tables":
		return s.tables()
	case ".schema":
		return s.schema(arg)
	case ".mode":
		format, err := query.ParseFormat(arg, query.AsNDJSON)
		if err == nil {
			s.Format = string(format)
		}
		return err
	case ".limit":
		var n int
		if _, err := fmt.Sscan(arg, &n); err != nil || n < 0 {
			return fmt.Errorf(".limit %s: give a number of rows; 0 is 10000", arg)
		}
		s.Limit = n
		return nil
	case ".once":
		if arg == "" {
			return errors.New(".once: name the file")
		}
		s.once = arg
		return nil
	case ".timer":
		if arg != "on" && arg != "off" {
			return errors.New(".timer: on or off")
		}
		s.timer = arg == "on"
		return nil
	case ".param":
		return s.param(arg)
	case ".queries":
		return s.queries()
	case ".run":
		return s.runSaved(ctx, arg)
	case ".read":
		return s.read(ctx, arg)
	}
	return fmt.Errorf("%s: the shell knows no such command; .help lists them", words[0])
}

// queries lists the saved queries.
func (s *Shell) queries() error {
	all, err := s.Home.Saved()
	if err != nil {
		return err
	}
	return list(s, query.Columns[queries.Query]{
		{Name: "name", Of: func(q queries.Query) any { return q.Name }},
		{Name: "answers", Of: func(q queries.Query) any { return q.Title }},
	}, all)
}

// runSaved runs a saved query.
func (s *Shell) runSaved(ctx context.Context, arg string) error {
	saved, err := s.Home.Find(arg)
	if err != nil {
		return fmt.Errorf(".run: %w", err)
	}
	q := s.question()
	for _, p := range saved.Params {
		if _, given := q.Params[p.Name]; !given {
			q.Absent = append(q.Absent, p.Name)
		}
	}
	s.ask(ctx, q, saved.SQL)
	return nil
}

// read runs the statements of a file.
func (s *Shell) read(ctx context.Context, arg string) error {
	b, err := os.ReadFile(arg)
	if err != nil {
		return fmt.Errorf(".read: %w", err)
	}
	s.take(ctx, string(b)+"\n")
	if rest := s.begun; rest != "" { // its last statement has no semicolon
		s.begun = ""
		s.statement(ctx, rest)
	}
	return nil
}

// list prints what a command of the shell lists.
func list[T any](s *Shell, columns query.Columns[T], rows []T) error {
	return s.Home.Print(columns.Table(query.ForPeople, rows))
}

func (s *Shell) tables() error {
	return list(s, query.Columns[query.View]{
		{Name: "view", Of: func(v query.View) any { return v.Name }},
		{Name: "holds", Of: func(v query.View) any { return v.Text }},
	}, s.Views)
}

func (s *Shell) schema(name string) error {
	type row struct {
		query.ViewColumn
		view string
	}
	var rows []row
	for _, v := range s.Views {
		if name != "" && !strings.EqualFold(name, v.Name) {
			continue
		}
		for _, c := range v.Columns {
			rows = append(rows, row{c, v.Name})
		}
	}
	if len(rows) == 0 {
		return fmt.Errorf(".schema %s: there is no such view; .tables lists them", name)
	}
	return list(s, query.Columns[row]{
		{Name: "column", Of: func(r row) any { return r.view + "." + r.Name }},
		{Name: "type", Of: func(r row) any { return r.Type }},
		{Name: "is", Of: func(r row) any { return r.Text }},
	}, rows)
}

func (s *Shell) param(arg string) error {
	name, value, given := strings.Cut(arg, "=")
	if arg == "" {
		return list(s, query.Columns[string]{
			{Name: "parameter", Of: func(n string) any { return n }},
			{Name: "value", Of: func(n string) any { return s.params[n] }},
		}, slices.Sorted(maps.Keys(s.params)))
	}
	if s.params == nil {
		s.params = map[string]string{}
	}
	if given {
		s.params[name] = value
	} else {
		delete(s.params, name)
	}
	return nil
}
