// Package terminal is where commands write: their result, in the form that flags choose, and what
// people are told beside it. What comes from files is shown so that it cannot steer a terminal.
package terminal

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"usagereport/internal/query"
)

// A Terminal is the two streams of a command: Out has its result, Err what people are told.
type Terminal struct {
	Out, Err io.Writer
	// Size is how wide the terminal is that a stream goes to; ok is false for one that goes to none.
	Size  func(io.Writer) (width int, ok bool)
	Quiet bool // Err has errors alone
}

// Tell writes lines to Err. It is the only way there; an error in writing has no other place to go.
func (t *Terminal) Tell(lines ...string) {
	for _, l := range lines {
		_, _ = fmt.Fprintln(t.Err, query.Visible(l))
	}
}

// TellError writes an error, which may have several lines.
func (t *Terminal) TellError(prefix string, err error) {
	t.Tell(strings.Split(prefix+err.Error(), "\n")...)
}

// Note says something on Err, unless Quiet.
func (t *Terminal) Note(format string, args ...any) {
	if !t.Quiet {
		t.Fail(format, args...)
	}
}

// Fail says on Err what went wrong, also if Quiet.
func (t *Terminal) Fail(format string, args ...any) { t.Tell(fmt.Sprintf(format, args...)) }

// Say writes a line of the result.
func (t *Terminal) Say(format string, args ...any) error {
	_, err := fmt.Fprintln(t.Out, query.Visible(fmt.Sprintf(format, args...)))
	return err
}

// SayLines writes lines of the result.
func (t *Terminal) SayLines(lines ...string) error {
	for _, l := range lines {
		if err := t.Say("%s", l); err != nil {
			return err
		}
	}
	return nil
}

// WriteJSON writes v as the result.
func (t *Terminal) WriteJSON(v any) error {
	enc := json.NewEncoder(t.Out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
