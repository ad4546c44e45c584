package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/peterh/liner"
	"github.com/spf13/cobra"

	"usagereport/ledger"
	"usagereport/queries"
	"usagereport/query"
	"usagereport/usage"
	"usagereport/workspace"
)

// shownInShell is how many rows of a table the shell shows unless told otherwise.
const shownInShell = 1000

func newShellCommand(g *globals) *cobra.Command {
	o := queryOptions{limit: shownInShell}
	c := &cobra.Command{
		Use:   "shell",
		Short: "Ask the usage in SQL, one statement after the other",
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
	f.StringVar(&o.format, "format", "table", "`FORMAT` of the results: table, json, ndjson, csv or markdown")
	f.IntVar(&o.limit, "limit", o.limit, "ask for at most `N` rows of a table; 0 is all of them")
	f.DurationVar(&o.timeout, "timeout", 0, "stop a statement after this `TIME`: 30s, 5m (default: never)")
	f.StringVar(&o.memory, "memory-limit", "2GB", "`SIZE` of the memory that a statement may take; beyond it DuckDB uses the disk")
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
	byHand  bool // somebody types
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
	err := runQuery(ctx, s.g, o, stmt)
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

const shellHelp = `.help                 this
.tables               the views and what they hold
.schema [VIEW]        the columns of one, or of all
.mode FORMAT          table, json, ndjson, csv or markdown
.limit N              rows that a table may have; 0 is all of them
.once FILE            write the next result to a file, whole
.param NAME=VALUE     a value for $NAME; .param lists them, .param NAME takes it back
.queries              the saved queries
.run NAME             run one
.read FILE            run the statements of a file
.timer on|off         say how long each statement took
.quit                 end, as Ctrl-D does
`

// command runs one of the shell's own.
func (s *shell) command(ctx context.Context, words []string) error {
	arg := strings.Join(words[1:], " ")
	switch words[0] {
	case ".help":
		_, err := io.WriteString(s.g.env.stdout, shellHelp)
		return err
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
			s.o.format = string(format)
		}
		return err
	case ".limit":
		var n int
		if _, err := fmt.Sscan(arg, &n); err != nil || n < 0 {
			return fmt.Errorf(".limit %s: give a number of rows; 0 is all of them", arg)
		}
		s.o.limit = n
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
		all, err := queries.List(s.g.work.Beside(workspace.QueriesName))
		if err != nil {
			return err
		}
		var rows [][]any
		for _, q := range all {
			rows = append(rows, []any{q.Name, q.Title})
		}
		return s.list(rows, "name", "answers")
	case ".run":
		q, err := queries.Find(s.g.work.Beside(workspace.QueriesName), arg)
		if err != nil {
			return fmt.Errorf(".run: %w", err)
		}
		o := s.o
		for _, p := range q.Params {
			if _, given := o.params[p.Name]; !given {
				o.absent = append(o.absent, p.Name)
			}
		}
		s.ask(ctx, o, q.SQL)
		return nil
	case ".read":
		b, err := os.ReadFile(arg)
		if err != nil {
			return fmt.Errorf(".read: %w", err)
		}
		s.take(ctx, string(b)+"\n")
		if rest := s.begun; rest != "" { // whose last statement has no semicolon
			s.begun = ""
			s.statement(ctx, rest)
		}
		return nil
	}
	return fmt.Errorf("%s: the shell knows no such command; .help lists them", words[0])
}

func (s *shell) list(rows [][]any, names ...string) error {
	var t query.Table
	for _, n := range names {
		t.Columns = append(t.Columns, query.Column{Name: n})
	}
	t.Rows = query.RowsOf(rows...)
	o := query.Options{}
	o.Width, o.Terminal = s.g.env.terminal(s.g.env.stdout)
	return query.Encode(s.g.env.stdout, t, o)
}

func (s *shell) tables() error {
	var rows [][]any
	for _, v := range s.views {
		rows = append(rows, []any{v.Name, v.Text})
	}
	return s.list(rows, "view", "holds")
}

func (s *shell) schema(name string) error {
	var rows [][]any
	for _, v := range s.views {
		if name != "" && !strings.EqualFold(name, v.Name) {
			continue
		}
		for _, c := range v.Columns {
			rows = append(rows, []any{v.Name + "." + c.Name, c.Type, c.Text})
		}
	}
	if len(rows) == 0 {
		return fmt.Errorf(".schema %s: there is no such view; .tables lists them", name)
	}
	return s.list(rows, "column", "type", "is")
}

func (s *shell) param(arg string) error {
	name, value, given := strings.Cut(arg, "=")
	if arg == "" {
		var rows [][]any
		for n, v := range s.o.params {
			rows = append(rows, []any{n, v})
		}
		slices.SortFunc(rows, func(a, b []any) int { return cmp.Compare(a[0].(string), b[0].(string)) })
		return s.list(rows, "parameter", "value")
	}
	if s.o.params == nil {
		s.o.params = map[string]string{}
	}
	if given {
		s.o.params[name] = value
	} else {
		delete(s.o.params, name)
	}
	return nil
}

// An editor is a prompter with history and completion.
type editor struct {
	*liner.State
	history string // its file; "" keeps none
}

// editor returns the one of this terminal.
func (s *shell) editor(ctx context.Context) editor {
	e := editor{State: liner.NewLiner(), history: s.historyFile()}
	e.SetCtrlCAborts(true)
	e.SetMultiLineMode(true)
	e.SetTabCompletionStyle(liner.TabPrints)
	if f, err := os.Open(e.history); err == nil {
		_, _ = e.ReadHistory(f)
		_ = f.Close()
	}
	e.SetWordCompleter(func(line string, pos int) (head string, words []string, tail string) {
		runes := []rune(line)
		head, tail = string(runes[:pos]), string(runes[pos:])
		at, words := s.complete(ctx, head, tail)
		return head[:at], words, tail
	})
	return e
}

// historyFile returns where the history is kept: with the state of other programs,
// by the XDG Base Directory Specification, or with what Windows keeps of them.
func (s *shell) historyFile() string {
	dir := s.g.env.getenv("XDG_STATE_HOME")
	if home := s.g.env.getenv("HOME"); dir == "" && home != "" {
		dir = filepath.Join(home, ".local", "state")
	}
	if dir = cmp.Or(dir, s.g.env.getenv("LOCALAPPDATA")); dir == "" {
		return ""
	}
	return filepath.Join(dir, "usagereport", "history")
}

// Close gives the terminal back and keeps the history, which may hold names.
func (e editor) Close() error {
	err := e.State.Close()
	if e.history == "" {
		return err
	}
	keep := os.MkdirAll(filepath.Dir(e.history), 0o700)
	if keep == nil {
		var f *os.File
		if f, keep = os.OpenFile(e.history, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600); keep == nil {
			_, keep = e.WriteHistory(f)
			keep = errors.Join(keep, f.Close())
		}
	}
	if keep != nil {
		keep = fmt.Errorf("shell: keep the history: %w", keep)
	}
	return errors.Join(err, keep)
}

// complete returns where in head the completed word begins, and what it can be.
func (s *shell) complete(ctx context.Context, head, tail string) (at int, words []string) {
	if s.begun == "" && strings.HasPrefix(head, ".") {
		return s.completeCommand(head)
	}
	before := s.begun + head
	if column, from, ok := query.ValueAt(before); ok && from >= len(s.begun) {
		l, err := ledger.Open(ctx, s.g.work.Path(), ledger.Options{ReadOnly: true})
		if err != nil {
			return len(head), nil
		}
		defer l.Close()
		texts, err := l.Texts(ctx, column, before[from:], 100)
		if err != nil {
			return len(head), nil
		}
		for _, t := range texts {
			words = append(words, usage.Literal(query.Visible(t))[1:]) // whose first quote stands there
		}
		return from - len(s.begun), words
	}
	at, words = query.Complete(s.views, before, tail)
	return at - len(s.begun), words
}

func (s *shell) completeCommand(head string) (at int, words []string) {
	name, rest, ok := strings.Cut(head, " ")
	var offered []string
	switch {
	case !ok:
		rest = head
		for line := range strings.Lines(shellHelp) {
			offered = append(offered, strings.Fields(line)[0])
		}
	case name == ".schema":
		for _, v := range s.views {
			offered = append(offered, v.Name)
		}
	case name == ".mode":
		offered = []string{"table", "json", "ndjson", "csv", "markdown"}
	case name == ".run":
		all, err := queries.List(s.g.work.Beside(workspace.QueriesName))
		if err != nil {
			return len(head), nil
		}
		for _, q := range all {
			offered = append(offered, q.Name)
		}
	}
	for _, o := range offered {
		if strings.HasPrefix(o, rest) {
			words = append(words, o)
		}
	}
	return len(head) - len(rest), words
}
