package main

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usagereport/internal/query"
)

// What commands print for people fits the terminal, and says what it goes without.
func TestTablesFit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := filepath.Join(dir, "usage.duckdb")
	at := func(width int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(t.Context(), environment{
			args: append(args, "--db", db), stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: func(string) string { return "" },
			now:      func() time.Time { return time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC) },
			terminal: func(io.Writer) (int, bool) { return width, width > 0 },
		}); code != exitDone {
			t.Fatalf("%q exits with %d: %s", args, code, errs.String())
		}
		return out.String()
	}
	if err := demoOf(t).copyLedger(db); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args  []string
		whole map[int]string // what a width has
	}{
		{[]string{"anomalies"}, map[int]string{
			80: "+1,069.88  F-", 100: "+1,069.88  F-", 120: "+2,950 a month  F-", 0: "+1,069.88  F-",
		}},
		{[]string{"compare"}, map[int]string{
			80: "│    before\n", 100: "│  quantity │     other\n", 120: "│       new │    gone │   other\n", 0: "│  quantity │     other\n",
		}},
		{[]string{"compare", "--by", "resource"}, map[int]string{80: "also: price, quantity,", 120: "resized"}},
		{[]string{"forecast"}, map[int]string{80: "also: low_95, high_95", 120: "high_95 │ currency\n"}},
		{[]string{"periods"}, map[int]string{80: "also: accounts, currency, number, difference", 100: "also: accounts, number, difference"}},
		{[]string{"loads"}, map[int]string{80: "also: loaded_at, format", 120: "also: loaded_at"}},
	} {
		for _, width := range []int{80, 100, 120, 0} {
			got := at(width, c.args...)
			if !strings.Contains(got, c.whole[width]) {
				t.Errorf("%q at %d has no %q:\n%s", c.args, width, c.whole[width], got)
			}
			if strings.Contains(got, "…") {
				t.Errorf("%q at %d cuts something off:\n%s", c.args, width, got)
			}
			for line := range strings.Lines(got) {
				if n := query.Cells(strings.TrimRight(line, "\n")); width > 0 && n > width {
					t.Errorf("%q at %d has a line of %d: %s", c.args, width, n, line)
				}
			}
		}
	}
}
