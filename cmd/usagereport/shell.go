package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"usagereport/internal/misuse"
	"usagereport/internal/query"
	"usagereport/internal/query/queries"
	"usagereport/internal/shell"
	"usagereport/ledger"
	"usagereport/workspace"
)

// shownInShell is how many rows of a table the shell shows without .limit.
const shownInShell = 1000

func newShellCommand(g *globals) *cobra.Command {
	o := queryOptions{limit: shownInShell, formulaSafe: true}
	c := &cobra.Command{
		Use:  "shell",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runShell(cmd.Context(), g, o) },
	}
	f := c.Flags()
	f.StringVarP(&o.format, "format", "f", "table", "`FORMAT` of the results: table, json, ndjson, csv or markdown")
	f.IntVar(&o.limit, "limit", o.limit, fmt.Sprintf("ask for at most `N` rows of a table; 0 is %d", shownInTable))
	f.DurationVar(&o.timeout, "timeout", 0, "stop a statement after this `TIME`: 30s, 5m (default: never)")
	addLimitFlags(f, &o.memory, &o.disk, defaultDisk)
	f.BoolVar(&o.unsafe, "unsafe", false, "let statements read other files and the network: for SQL of your own")
	return c
}

func runShell(ctx context.Context, g *globals, o queryOptions) error {
	if _, err := query.ParseFormat(o.format, query.AsNDJSON); err != nil {
		return misuse.Of(err)
	}
	// Ctrl-C is the statement's, not the shell's.
	ctx, stop := signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGTERM)
	defer stop()
	opened, err := g.work.Open(ctx) // says what is missing before a statement is typed
	if err == nil {
		err = opened.Close()
	}
	if err != nil {
		return err
	}
	s := shell.Shell{Home: shellHome{g, o}, Format: o.format, Limit: o.limit}
	if s.Views, err = workspace.Views(ctx); err != nil {
		return err
	}
	in, ok := g.env.stdin.(*os.File)
	_, shown := g.env.terminal(g.env.stdout)
	if _, typed := g.env.terminal(in); ok && typed && shown && shell.CanEdit() {
		s.ByHand = true
		g.Note("usagereport shell on %s; .help says what it knows, Ctrl-D ends it", g.work.Path())
	}
	if err := s.Run(ctx, g.env.stdin); !errors.Is(err, shell.ErrFailed) {
		return err
	}
	return errReported
}

// A shellHome is what the command shell runs on.
type shellHome struct {
	g *globals
	o queryOptions
}

func (h shellHome) Ask(ctx context.Context, stmt string, q shell.Question) error {
	o := h.o
	o.format, o.limit, o.out, o.params, o.absent = q.Format, q.Limit, q.Out, q.Params, q.Absent
	return h.g.askApart(ctx, o, stmt, h.g.env.stdout)
}

func (h shellHome) Texts(ctx context.Context, column, begun string) ([]string, error) {
	l, err := ledger.Open(ctx, h.g.work.Path(), ledger.Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer l.Close()
	return l.Texts(ctx, column, begun, 100)
}

func (h shellHome) Saved() ([]queries.Query, error) {
	return queries.List(h.g.work.Beside(workspace.QueriesName))
}

func (h shellHome) Find(name string) (queries.Query, error) {
	return queries.Find(h.g.work.Beside(workspace.QueriesName), name)
}

func (h shellHome) Print(t query.Table) error {
	o := query.Options{FormulaSafe: true}
	o.Width, o.Terminal = h.g.env.terminal(h.g.env.stdout)
	return query.Encode(h.g.env.stdout, t, o)
}

func (h shellHome) Write(text string) error {
	for line := range strings.Lines(text) {
		if err := h.g.Say("%s", strings.TrimSuffix(line, "\n")); err != nil {
			return err
		}
	}
	return nil
}

func (h shellHome) Note(text string)          { h.g.Note("%s", text) }
func (h shellHome) Fail(err error)            { h.g.TellError("", err) }
func (h shellHome) Getenv(name string) string { return h.g.env.getenv(name) }
func (h shellHome) Now() time.Time            { return h.g.env.now() }
