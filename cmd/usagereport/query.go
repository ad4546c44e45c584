package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"usagereport/internal/misuse"
	"usagereport/internal/query"
	"usagereport/internal/query/queries"
	"usagereport/reports/text"
	"usagereport/workspace"
)

// What a statement may take, where no flag says otherwise.
const (
	defaultMemory = "2GB"
	defaultDisk   = "20GB"
	servedDisk    = "2GB" // of a page's
)

const (
	// shownInTable is how many rows a table shows where no flag says it: a table is
	// for people, and all of it stands in the memory.
	shownInTable = 10_000
	// grace is how long a statement that is to stop may take to do so.
	grace = 3 * time.Second
)

type queryOptions struct {
	file, out, format string
	formulaSafe       bool
	maxRows, limit    int
	params            map[string]string
	absent            []string // parameters without a value
	timeout           time.Duration
	memory, disk      string
	owner             string
	unsafe            bool
}

func newQueryCommand(g *globals) *cobra.Command {
	var o queryOptions
	c := &cobra.Command{
		Use:  "query [SQL]",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := o.formatted(); err != nil { // before anything is read
				return err
			}
			stmt, err := o.statement(g, args)
			if err != nil {
				return err
			}
			if g.engine.isEngine() {
				return o.saying(g, runEngineQuery(cmd.Context(), g, o, stmt))
			}
			return o.saying(g, runQuery(cmd.Context(), g, o, stmt))
		},
	}
	addPlaceFlag(c.Flags(), g)
	addMaxScanFlag(c.Flags(), g)
	c.Flags().StringVar(&o.file, "file", "", "read the statement from `FILE`")
	o.addFlags(c.Flags())
	c.AddCommand(newQueryListCommand(g), newQueryRunCommand(g))
	return c
}

func newQueryRunCommand(g *globals) *cobra.Command {
	var o queryOptions
	c := &cobra.Command{
		Use:  "run NAME",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			q, err := queries.Find(g.work.Beside(workspace.QueriesName), args[0])
			if errors.Is(err, queries.ErrNone) {
				return misuse.Of(fmt.Errorf("query: %w", err))
			}
			if err != nil {
				return err
			}
			names := q.ParamNames()
			for _, x := range q.Params {
				if _, given := o.params[x.Name]; !given {
					o.absent = append(o.absent, x.Name)
				}
			}
			for name := range o.params {
				if !slices.Contains(names, name) {
					return misuse.Of(fmt.Errorf("query: %s has no parameter %s; it has: %s", q.Name, name, cmp.Or(strings.Join(names, ", "), "none")))
				}
			}
			return o.saying(g, runQuery(cmd.Context(), g, o, q.SQL))
		},
	}
	o.addFlags(c.Flags())
	return c
}

// addFlags adds what all that run a statement have.
func (o *queryOptions) addFlags(f *pflag.FlagSet) {
	f.StringVarP(&o.out, "output", "o", "", "write the result to `FILE`")
	o.format = string(query.AsTable)
	f.VarP(formatOrFile{o}, "format", "f",
		"`FORMAT` of the output: table, json, ndjson, csv, markdown, parquet or grid (for a program that shows a table)")
	f.BoolVar(&o.formulaSafe, "formula-safe", true, "in CSV, an apostrophe before texts that a spreadsheet would take for a "+
		"formula; =false writes them as they are")
	f.IntVar(&o.maxRows, "max-rows", 0, fmt.Sprintf("show at most `N` rows of a table, and read no more (default %d)", shownInTable))
	f.IntVar(&o.limit, "limit", 0, "ask for at most `N` rows, and say whether there are more")
	f.StringToStringVar(&o.params, "param", nil, "value of a parameter: `NAME=VALUE` for $NAME in the statement")
	f.StringArrayVar(&o.absent, "null", nil, "a parameter without a value: `NAME`")
	f.DurationVar(&o.timeout, "timeout", 0, "stop after this `TIME`: 30s, 5m (default: never)")
	addLimitFlags(f, &o.memory, &o.disk, defaultDisk)
	addOwnerFlag(f, &o.owner)
	f.BoolVar(&o.unsafe, "unsafe", false, "let the statement read other files and the network: for SQL of your own")
}

// addLimitFlags adds what limits a statement.
func addLimitFlags(f *pflag.FlagSet, memory, disk *string, most string) {
	f.StringVar(memory, "memory-limit", defaultMemory, "`SIZE` of the memory that a statement may take; beyond it DuckDB uses the disk")
	f.StringVar(disk, "disk-limit", most, "`SIZE` of what a statement may write to the disk: its result, and what does not fit "+
		"into the memory")
}

// formatOrFile is the value of --format. -f was once the file of the statement, and scripts
// have it so: what is no format and is a file is that file still.
type formatOrFile struct{ o *queryOptions }

func (v formatOrFile) Set(value string) error {
	if _, err := parseFormat(value); err != nil {
		if _, noFile := os.Stat(value); noFile == nil || strings.HasSuffix(value, ".sql") {
			v.o.file = value
			return nil
		}
	}
	v.o.format = value
	return nil
}

func (v formatOrFile) String() string {
	if v.o == nil {
		return ""
	}
	return v.o.format
}

func (formatOrFile) Type() string { return "string" }

func parseFormat(name string) (query.Format, error) {
	return query.ParseFormat(name, query.AsNDJSON, query.AsParquet, query.AsGrid)
}

// formatted reads --format.
func (o queryOptions) formatted() (query.Format, error) {
	format, err := parseFormat(o.format)
	if err != nil {
		return "", misuse.Of(err)
	}
	return format, nil
}

// statement returns the SQL to run.
func (o queryOptions) statement(g *globals, args []string) (string, error) {
	switch {
	case len(args) == 1 && o.file != "":
		return "", misuse.Of(errors.New("query: give the SQL as an argument or in a file, not both"))
	case len(args) == 1 && args[0] != "-":
		return args[0], noStatement(g, args[0])
	case o.file != "":
		b, err := os.ReadFile(o.file)
		if err != nil {
			return "", fmt.Errorf("query: %w", err)
		}
		return string(b), nil
	}
	if f, ok := g.env.stdin.(*os.File); ok {
		if _, typed := g.env.terminal(f); typed {
			g.Note("type the SQL, and end it with Ctrl-D on a line of its own")
		}
	}
	b, err := io.ReadAll(g.env.stdin)
	if err != nil {
		return "", fmt.Errorf("query: read the SQL from stdin: %w", err)
	}
	if strings.TrimSpace(string(b)) == "" {
		return "", misuse.Of(errors.New("query: no SQL given; pass it as an argument, with --file FILE, or on stdin"))
	}
	return string(b), nil
}

// noStatement refuses a word by itself, which is mostly the name of a saved query, or a subcommand misspelt. Two are statements.
func noStatement(g *globals, word string) error {
	if strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_' }) ||
		strings.EqualFold(word, "show") || strings.EqualFold(word, "describe") {
		return nil
	}
	if _, err := queries.Find(g.work.Beside(workspace.QueriesName), word); err == nil {
		return misuse.Of(fmt.Errorf("query: %s is a saved query; 'usagereport query run %[1]s' runs it", word))
	}
	return misuse.Of(fmt.Errorf("query: %q is no SQL; 'usagereport query list' lists the saved queries, and 'usagereport query run NAME' runs one",
		word))
}

func newQueryListCommand(g *globals) *cobra.Command {
	p := g.printer()
	c := &cobra.Command{
		Use:  "list",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			all, err := queries.List(g.work.Beside(workspace.QueriesName))
			if err != nil {
				return err
			}
			return text.Queries(p, all)
		},
	}
	addFormatFlag(c, &p)
	return c
}
