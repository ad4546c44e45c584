// Package answers reads what the owners of costs say to findings: from a file
// answers.csv, and from a word and a day on a command line.
package answers

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"usagereport/internal/smallcsv"
	"usagereport/ledger"
	"usagereport/usage"
)

// Words lists what can be said, as people write it.
func Words() []string {
	return []string{ledger.Planned, ledger.Fixed, "not-mine", ledger.Wrong}
}

// Parse reads what is said to a finding: its id, the answer, and the answer's last
// day, which may be empty. What was fixed has none.
func Parse(finding, answer, until string, now time.Time) (a ledger.Answer, err error) {
	a.Finding = strings.ToUpper(strings.TrimSpace(finding))
	if id, ok := strings.CutPrefix(a.Finding, "F-"); !ok || id == "" || strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
		return a, &FieldError{"finding", finding, "is not a finding's number, like F-7K3QAB"}
	}
	a.Answer = strings.ToLower(strings.TrimSpace(answer))
	if !slices.Contains(Words(), a.Answer) {
		return a, &FieldError{"answer", answer, "is not one of " + strings.Join(Words(), ", ")}
	}
	a.Answer = strings.ReplaceAll(a.Answer, "-", " ")
	today := usage.DayOf(now)
	a.At = now
	switch until = strings.TrimSpace(until); {
	case a.Answer == ledger.Fixed:
		if until != "" {
			return a, &FieldError{"until", until, "has no meaning for what was fixed: the data show whether it is"}
		}
	case until != "":
		if a.Until, err = usage.ParseDay(until); err != nil {
			return a, &FieldError{"until", until, "is not a day like 2026-12-31"}
		}
		if a.Until < today {
			return a, &FieldError{"until", until, errOver.Error()}
		}
	}
	return a, nil
}

// A FieldError is a value that cannot be read.
type FieldError struct {
	Field, Value, Reason string
}

// errOver is the reason of a day that has passed.
var errOver = errors.New("is over already")

// Is reports whether target is the reason.
func (e *FieldError) Is(target error) bool { return target == errOver && e.Reason == errOver.Error() }

func (e *FieldError) Error() string { return fmt.Sprintf("%s %q: %s", e.Field, e.Value, e.Reason) }

// ReadCSV reads the file answers.csv at path: finding and answer and, where wanted,
// until, note and by, and a line for each answer. Lines without a name are said by
// who.
func ReadCSV(path string, in io.Reader, who string, now time.Time) ([]ledger.Answer, error) {
	return readCSV(path, in, who, now, false)
}

// ReadStanding is ReadCSV for a file that stays where it is, and in which lines
// grow old: those that are over are left out.
func ReadStanding(path string, in io.Reader, who string, now time.Time) ([]ledger.Answer, error) {
	return readCSV(path, in, who, now, true)
}

func readCSV(path string, in io.Reader, who string, now time.Time, standing bool) ([]ledger.Answer, error) {
	columns := smallcsv.Columns{Known: []string{"finding", "answer", "until", "note", "by"}, Must: []string{"finding", "answer"}}
	table, err := smallcsv.Read(path, in, columns)
	if err != nil {
		return nil, err
	}
	out := make([]ledger.Answer, 0, len(table.Rows))
	for _, r := range table.Rows {
		a, err := Parse(r.Get("finding"), r.Get("answer"), r.Get("until"), now)
		if standing && errors.Is(err, errOver) {
			continue
		}
		if f := (*FieldError)(nil); errors.As(err, &f) {
			return nil, r.Wrong(f.Field, f.Reason)
		}
		if err != nil {
			return nil, r.Wrong("", err.Error())
		}
		a.Note, a.By = r.Get("note"), cmp.Or(r.Get("by"), who)
		out = append(out, a)
	}
	return out, nil
}
