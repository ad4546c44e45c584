package workspace

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/smallcsv"
	"usagereport/usage"
)

// ReadSmall reads a file that people keep, but for what is beyond the size of any, and
// notes where its text is no Unicode, once a file.
func (w *Workspace) ReadSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, smallcsv.MaxBytes+1))
	if err != nil {
		return nil, err
	}
	if smallcsv.IsForeign(b) {
		if _, said := w.foreign.LoadOrStore(path, true); !said {
			w.Note("%s is not UTF-8; it was read as Windows-1252, as older programs write it", path)
		}
	}
	return b, nil
}

// ReadPlans reads the file of --plans, if there is one.
func (w *Workspace) ReadPlans(path string) ([]analysis.Plan, error) {
	if path == "" {
		return nil, nil
	}
	b, err := w.ReadSmall(path)
	if err != nil {
		return nil, fmt.Errorf("--plans: %w", err)
	}
	plans, err := analysis.ReadPlans(path, bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("--plans: %w", err)
	}
	return plans, nil
}

// ReadHolidays reads a file of days.
func ReadHolidays(path string) (out []usage.Day, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--holidays: %w", err)
	}
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(string(b), "\ufeff")) {
		n++
		text, _, _ := strings.Cut(line, "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		d, err := usage.ParseDay(text)
		if err != nil {
			return nil, fmt.Errorf("--holidays: %s:%d: %w", path, n, err)
		}
		out = append(out, d)
	}
	return out, nil
}
