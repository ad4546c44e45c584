package workspace

import (
	"fmt"
	"os"
	"strings"

	"usagereport/analysis"
	"usagereport/usage"
)

// ReadPlans reads the file of --plans, if there is one.
func ReadPlans(path string) ([]analysis.Plan, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("--plans: %w", err)
	}
	defer f.Close()
	plans, err := analysis.ReadPlans(path, f)
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
