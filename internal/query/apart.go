package query

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// An Apart is a program that runs a statement from its stdin in a process of its own.
type Apart struct {
	Program string // its path
	Args    []string
	Memory  string        // that the statement may take, as people write it
	Grace   time.Duration // that it has to end when it is to stop
	Now     time.Time
	// Failure takes from what the program has told why it failed.
	Failure func(told string) string
}

// A StatementError is what a program says of a statement that failed.
type StatementError struct{ text string }

func (e *StatementError) Error() string { return e.text }

// RunApart writes what a answers to a statement. One that takes all memory or all time ends alone, and
// the ledger is read as it is now: within a process DuckDB shares the settings of a file.
func RunApart(ctx context.Context, a Apart, stmt string, w io.Writer) error {
	// What a process leaves that must be killed goes with this folder.
	dir, remove, err := Folder("", a.Now)
	if err != nil {
		return err
	}
	defer remove()
	var said bytes.Buffer
	c := exec.CommandContext(ctx, a.Program, a.Args...)
	c.Args[0] = "usagereport"
	c.Env = append(c.Environ(), "TMPDIR="+dir, "TMP="+dir)
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(stmt), w, &said
	c.Cancel = func() error { return Stop(c.Process) }
	c.WaitDelay = a.Grace
	EndWithParent(c)
	if err := c.Run(); err != nil {
		text := a.Failure(said.String())
		short := strings.HasPrefix(text, "fatal error: ") || strings.HasPrefix(text, "runtime: ") || strings.Contains(text, "std::bad_alloc")
		switch {
		case short: // of memory: Go and C++ end at once
			return &StatementError{fmt.Sprintf("query: the statement needs more memory than it may have (%s); ask for fewer rows or "+
				"columns at a time", a.Memory)}
		case text == "":
			return fmt.Errorf("query: %w", err)
		}
		return &StatementError{text}
	}
	return nil
}
