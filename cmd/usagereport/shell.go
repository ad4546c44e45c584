package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/peterh/liner"
	"github.com/spf13/cobra"

	"usagereport/internal/query"
	"usagereport/ledger"
)

// shownInShell is how many rows of a table the shell shows without .limit.
const shownInShell = 1000

func newShellCommand(g *globals) *cobra.Command {
	o := queryOptions{limit: shownInShell, formulaSafe: true}
	c := &cobra.Command{
		Use:   "shell",
		Short: "Query interactively",
		Long: `Ask in SQL, as 'usagereport query' does, one statement after the other, each ended
by a semicolon. The arrow keys bring back earlier ones, the tab key completes words,
names and, within quotes, values; Ctrl-C stops a statement, Ctrl-D ends the shell.
.help lists the shell's own commands. What other processes load is there at once.`,
		Example: `  usagereport shell
  usagereport shell --db prod.duckdb --owners owners.csv
  usagereport shell < questions.sql`,
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

// A prompter reads lines. io.EOF ends them; liner.ErrPromptAborted gives up what
// was begun.
type prompter interface {
	Prompt(prompt string) (string, error)
	AppendHistory(line string)
	Close() error
}

// lines is a prompter of what is no terminal.
type lines struct{ in *bufio.Reader }

func (l lines) Prompt(string) (string, error) {
	s, err := l.in.ReadString('\n')
	if s != "" && errors.Is(err, io.EOF) {
		err = nil
	}
	return strings.TrimRight(s, "\r\n"), err
}
func (lines) AppendHistory(string) {}
func (lines) Close() error         { return nil }

// A shell is one session.
type shell struct {
	g       *globals
	o       queryOptions
	in      prompter
	timer   bool
	once    string // the file for the next result
	views   []query.View
	begun   string // of a statement
	failed  bool
	byHand  bool // a person types
	stopped bool
}

func runShell(ctx context.Context, g *globals, o queryOptions) error {
	if _, err := query.ParseFormat(o.format, query.AsNDJSON); err != nil {
		return usageError{err}
	}
	// Ctrl-C is the statement's, not the shell's.
	ctx, stop := signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGTERM)
	defer stop()
	s := &shell{g: g, o: o}
	opened, err := g.work.Open(ctx) // says what is missing before anybody types
	if err == nil {
		err = opened.Close()
	}
	if err != nil {
		return err
	}
	if s.views, err = views(ctx); err != nil {
		return err
	}
	in, ok := g.env.stdin.(*os.File)
	_, shown := g.env.terminal(g.env.stdout)
	if _, typed := g.env.terminal(in); ok && typed && shown && liner.TerminalSupported() {
		s.byHand = true
		g.note("usagereport shell on %s; .help says what it knows, Ctrl-D ends it", g.work.Path())
		s.in = s.editor(ctx)
	} else {
		s.in = lines{bufio.NewReader(g.env.stdin)}
	}
	ended := make(chan error, 1)
	go func() { ended <- s.run(ctx) }()
	select {
	case err = <-ended:
	case <-ctx.Done(): // a prompt that waits for a key hears of it no other way
		err = errReported
	}
	return errors.Join(err, s.in.Close())
}

// views returns what statements can ask, with comments: those of an empty ledger,
// which are those of all.
func views(ctx context.Context) (out []query.View, err error) {
	l, err := ledger.Open(ctx, "", ledger.Options{Create: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	conn, err := l.DB().Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	var catalog string
	if err := conn.QueryRowContext(ctx, "SELECT current_database()").Scan(&catalog); err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, ledger.ViewsSQL(catalog, true)); err != nil {
		return nil, err
	}
	return query.Views(ctx, conn)
}

// run reads and runs statements until they end.
func (s *shell) run(ctx context.Context) error {
	for {
		if s.stopped {
			return s.outcome()
		}
		prompt := "usage> "
		if s.begun != "" {
			prompt = "   ... "
		}
		line, err := s.in.Prompt(prompt)
		switch {
		case errors.Is(err, liner.ErrPromptAborted):
			s.begun = ""
			continue
		case errors.Is(err, io.EOF):
			if strings.TrimSpace(s.begun) != "" && !s.byHand {
				s.statement(ctx, s.begun)
			}
			if s.byHand {
				s.g.env.tell("")
			}
			return s.outcome()
		case err != nil:
			return fmt.Errorf("shell: read a line: %w", err)
		}
		if strings.TrimSpace(s.begun) == "" {
			line = dotted(line)
		}
		if strings.TrimSpace(s.begun) == "" && strings.HasPrefix(strings.TrimSpace(line), ".") {
			s.in.AppendHistory(line)
			s.say(s.command(ctx, strings.Fields(line)))
			continue
		}
		s.take(ctx, line+"\n")
	}
}

// outcome is what a session ends with: whoever types has seen what failed.
func (s *shell) outcome() error {
	if s.failed && !s.byHand {
		return errReported
	}
	return nil
}

// take adds text to what was begun, and runs the statements that are whole.
func (s *shell) take(ctx context.Context, text string) {
	s.begun += text
	for {
		stmt, rest, ok := query.Ended(s.begun)
		if !ok {
			break
		}
		s.begun = rest
		if !strings.Contains(stmt, "--") { // a comment would swallow the rest of one line
			s.in.AppendHistory(strings.Join(strings.Fields(stmt), " "))
		}
		s.statement(ctx, stmt)
	}
	if strings.TrimSpace(s.begun) == "" {
		s.begun = ""
	}
}

// statement runs one, which Ctrl-C stops.
func (s *shell) statement(ctx context.Context, stmt string) {
	o := s.o
	if s.once != "" {
		o.out, o.limit, s.once = s.once, 0, ""
	}
	s.ask(ctx, o, stmt)
}

func (s *shell) ask(ctx context.Context, o queryOptions, stmt string) {
	if s.byHand {
		var stop func()
		ctx, stop = signal.NotifyContext(ctx, os.Interrupt)
		defer stop()
	}
	o.params = maps.Clone(o.params)
	maps.DeleteFunc(o.params, func(name, _ string) bool { return !strings.Contains(stmt, "$"+name) })
	if o.format != string(query.AsTable) { // only a table says that there is more
		o.limit = 0
	}
	began := s.g.env.now()
	err := s.g.askApart(ctx, o, stmt, s.g.env.stdout)
	if err != nil && ctx.Err() != nil {
		err = errors.New("query: stopped")
	}
	s.say(err)
	if err == nil && o.out != "" {
		s.say(s.g.say("%s", o.out))
	}
	if s.timer {
		s.g.note("%v", s.g.env.now().Sub(began).Round(time.Millisecond))
	}
}

// say says what failed; the shell goes on.
func (s *shell) say(err error) {
	if err != nil {
		s.failed = true
		s.g.env.tellError("", err)
	}
}
