// Package misuse marks a mistake in how the program was called, as against what fails when it was called well.
package misuse

// An Error is such a mistake: another flag is to be given, or none.
type Error struct {
	Flag string // "" where Err names it
	Err  error
}

func (e *Error) Error() string {
	if e.Flag == "" {
		return e.Err.Error()
	}
	return e.Flag + ": " + e.Err.Error()
}

// Unwrap returns the mistake.
func (e *Error) Unwrap() error { return e.Err }

// Of marks err as a mistake, which it describes in full.
func Of(err error) error { return &Error{Err: err} }

// Flag marks err as a mistake in a flag, which it does not name.
func Flag(flag string, err error) error { return &Error{flag, err} }
