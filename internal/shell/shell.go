// Package shell asks statements one after the other, as a person types them or a file has them.
package shell

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
	"time"

	"github.com/peterh/liner"

	"usagereport/internal/query"
	"usagereport/internal/query/queries"
)

// A Question is how a statement is to be answered.
type Question struct {
	Format string // of the result, as query.ParseFormat reads it
	Limit  int    // rows of a table; 0 is as many as one has by default
	Out    string // the file that it goes to; "" is stdout
	Params map[string]string
	Absent []string // parameters without a value
}

// A Home is the program around a shell.
type Home interface {
	// Ask runs a statement, and writes what it answers.
	Ask(ctx context.Context, stmt string, q Question) error
	// Texts returns values of a column that begin with some text, as a person may go on typing.
	Texts(ctx context.Context, column, begun string) ([]string, error)
	// Saved lists the saved queries, Find finds one.
	Saved() ([]queries.Query, error)
	Find(name string) (queries.Query, error)
	// Print writes a table for people.
	Print(t query.Table) error
	// Write writes lines of the result.
	Write(text string) error
	// Note says something beside the result, Fail what went wrong.
	Note(text string)
	Fail(err error)
	Getenv(name string) string
	Now() time.Time
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

// A Shell is one session.
type Shell struct {
	Home   Home
	Views  []query.View // what statements can ask
	Format string
	Limit  int
	ByHand bool // a person types at a terminal

	in      prompter
	params  map[string]string
	timer   bool
	once    string // the file for the next result
	begun   string // of a statement
	failed  bool
	stopped bool
}

// ErrFailed says that a statement of a session failed, which was reported.
var ErrFailed = errors.New("a statement failed")

// CanEdit reports whether the terminal of this process has a line editor.
func CanEdit() bool { return liner.TerminalSupported() }

// Run reads statements from in, or with a line editor where a person types, and runs them until
// they end. It returns ErrFailed where one failed and no person saw it.
func (s *Shell) Run(ctx context.Context, in io.Reader) error {
	s.in = lines{bufio.NewReader(in)}
	if s.ByHand {
		s.in = s.editor(ctx)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.run(ctx) }()
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done(): // a prompt that waits for a key hears of it no other way
		err = ErrFailed
	}
	return errors.Join(err, s.in.Close())
}

// run reads and runs statements until they end.
func (s *Shell) run(ctx context.Context) error {
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
			if strings.TrimSpace(s.begun) != "" && !s.ByHand {
				s.statement(ctx, s.begun)
			}
			if s.ByHand {
				s.say(s.Home.Write("\n"))
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
func (s *Shell) outcome() error {
	if s.failed && !s.ByHand {
		return ErrFailed
	}
	return nil
}

// take adds text to what was begun, and runs the statements that are whole.
func (s *Shell) take(ctx context.Context, text string) {
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
func (s *Shell) statement(ctx context.Context, stmt string) {
	q := s.question()
	if s.once != "" {
		q.Out, q.Limit, s.once = s.once, 0, ""
	}
	s.ask(ctx, q, stmt)
}

func (s *Shell) question() Question {
	return Question{Format: s.Format, Limit: s.Limit, Params: s.params}
}

func (s *Shell) ask(ctx context.Context, q Question, stmt string) {
	if s.ByHand {
		var stop func()
		ctx, stop = signal.NotifyContext(ctx, os.Interrupt)
		defer stop()
	}
	q.Params = maps.Clone(q.Params)
	maps.DeleteFunc(q.Params, func(name, _ string) bool { return !strings.Contains(stmt, "$"+name) })
	if q.Format != string(query.AsTable) { // only a table says that there is more
		q.Limit = 0
	}
	began := s.Home.Now()
	err := s.Home.Ask(ctx, stmt, q)
	if err != nil && ctx.Err() != nil {
		err = errors.New("query: stopped")
	}
	s.say(err)
	if err == nil && q.Out != "" {
		s.say(s.Home.Write(q.Out + "\n"))
	}
	if s.timer {
		s.Home.Note(s.Home.Now().Sub(began).Round(time.Millisecond).String())
	}
}

// say says what failed; the shell goes on.
func (s *Shell) say(err error) {
	if err != nil {
		s.failed = true
		s.Home.Fail(err)
	}
}
