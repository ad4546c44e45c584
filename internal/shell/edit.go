package shell

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/peterh/liner"

	"usagereport/internal/query"
	"usagereport/usage"
)

// An editor is a prompter with history and completion.
type editor struct {
	*liner.State
	history string // its file; "" keeps none
}

// editor returns the one of this terminal.
func (s *Shell) editor(ctx context.Context) editor {
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
func (s *Shell) historyFile() string {
	dir := s.Home.Getenv("XDG_STATE_HOME")
	if home := s.Home.Getenv("HOME"); dir == "" && home != "" {
		dir = filepath.Join(home, ".local", "state")
	}
	if dir = cmp.Or(dir, s.Home.Getenv("LOCALAPPDATA")); dir == "" {
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
func (s *Shell) complete(ctx context.Context, head, tail string) (at int, words []string) {
	if s.begun == "" && strings.HasPrefix(head, ".") {
		return s.completeCommand(head)
	}
	before := s.begun + head
	if column, from, ok := query.ValueAt(before); ok && from >= len(s.begun) {
		texts, err := s.Home.Texts(ctx, column, before[from:])
		if err != nil {
			return len(head), nil
		}
		for _, t := range texts {
			words = append(words, usage.Literal(query.Visible(t))[1:]) // the first quote stands there
		}
		return from - len(s.begun), words
	}
	at, words = query.Complete(s.Views, before, tail)
	return at - len(s.begun), words
}

func (s *Shell) completeCommand(head string) (at int, words []string) {
	name, rest, ok := strings.Cut(head, " ")
	var offered []string
	switch {
	case !ok:
		rest = head
		for line := range strings.Lines(help) {
			offered = append(offered, strings.Fields(line)[0])
		}
	case name == ".schema":
		for _, v := range s.Views {
			offered = append(offered, v.Name)
		}
	case name == ".mode":
		offered = []string{"table", "json", "ndjson", "csv", "markdown"}
	case name == ".run":
		all, err := s.Home.Saved()
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
