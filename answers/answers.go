// Package answers reads what the owners of costs say to findings: from a file
// answers.csv, and from a word and a day on a command line.
package answers

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/gocarina/gocsv"

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

// A line is one of answers.csv.
type line struct {
	Finding string `csv:"finding"`
	Answer  string `csv:"answer"`
	Until   string `csv:"until"`
	Note    string `csv:"note"`
	By      string `csv:"by"`
}

// ReadCSV reads a file answers.csv: a header with finding and answer and, where
// wanted, until, note and by, in any order, and a line for each answer. What
// spreadsheets make of it, a mark at the beginning and semicolons, is understood.
// Lines without a name are said by who. Each error names its line.
func ReadCSV(in io.Reader, who string, now time.Time) ([]ledger.Answer, error) {
	return readCSV(in, who, now, false)
}

// ReadStanding is ReadCSV for a file that stays where it is, and in which lines
// grow old: those that are over are left out.
func ReadStanding(in io.Reader, who string, now time.Time) ([]ledger.Answer, error) {
	return readCSV(in, who, now, true)
}

func readCSV(in io.Reader, who string, now time.Time, standing bool) ([]ledger.Answer, error) {
	buffered := bufio.NewReader(in)
	if mark, err := buffered.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = buffered.Discard(3)
	}
	head, err := buffered.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	comma := ','
	if strings.Count(head, ";") > strings.Count(head, ",") {
		comma = ';'
	}
	names := strings.Split(strings.ToLower(strings.TrimSpace(head)), string(comma))
	for i, name := range names {
		names[i] = strings.Trim(strings.TrimSpace(name), `"`)
		if known := []string{"finding", "answer", "until", "note", "by"}; !slices.Contains(known, names[i]) {
			return nil, fmt.Errorf("line 1: column %q is unknown; the columns are %s", names[i], strings.Join(known, ", "))
		}
		if slices.Contains(names[:i], names[i]) {
			return nil, fmt.Errorf("line 1: column %q is there twice", names[i])
		}
	}
	for _, name := range []string{"finding", "answer"} {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("line 1: there is no column %s", name)
		}
	}
	r := csv.NewReader(io.MultiReader(strings.NewReader(strings.Join(names, string(comma))+"\n"), buffered))
	r.Comma, r.FieldsPerRecord = comma, len(names)
	rows := &counted{r: r}
	var lines []line
	if err := gocsv.UnmarshalCSV(rows, &lines); err != nil && !errors.Is(err, gocsv.ErrEmptyCSVFile) {
		return nil, err
	}
	out := make([]ledger.Answer, 0, len(lines))
	for i, l := range lines {
		a, err := Parse(l.Finding, l.Answer, l.Until, now)
		if standing && errors.Is(err, errOver) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", rows.lines[i], err)
		}
		a.Note, a.By = strings.TrimSpace(l.Note), strings.TrimSpace(l.By)
		if a.By == "" {
			a.By = who
		}
		out = append(out, a)
	}
	return out, nil
}

// counted knows on which line of the file each row after the header begins.
type counted struct {
	r     *csv.Reader
	head  bool
	lines []int
}

func (c *counted) Read() ([]string, error) {
	row, err := c.r.Read()
	if err == nil && c.head {
		n, _ := c.r.FieldPos(0)
		c.lines = append(c.lines, n)
	}
	c.head = true
	return row, err
}

func (c *counted) ReadAll() (rows [][]string, err error) {
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
}
