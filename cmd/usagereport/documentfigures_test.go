package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestFiguresOfREADME holds the figures that README.md gives to those that were measured, in docs/accuracy.md and
// docs/performance.md.
func TestFiguresOfREADME(t *testing.T) {
	accuracy, performance := readDocument(t, "../../docs/accuracy.md"), readDocument(t, "../../docs/performance.md")
	figures := func(page, row string) (out []any) {
		t.Helper()
		m := regexp.MustCompile(row).FindStringSubmatch(page)
		if m == nil {
			t.Fatalf("no row like %s", row)
		}
		for _, v := range m[1:] {
			x, err := strconv.ParseFloat(v, 64)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, x)
		}
		return out
	}
	percent := func(parts []any) []any {
		for i, x := range parts {
			parts[i] = 100 * x.(float64)
		}
		return parts
	}
	_, short, _ := strings.Cut(accuracy, "<!-- short -->")
	_, ends, _ := strings.Cut(accuracy, "**Where a month ends.**")
	readme := readDocument(t, "../../README.md")
	for _, want := range []string{
		fmt.Sprintf("(F1) | %.2f; %.1f false alarms in five weeks where nothing happened",
			append(figures(accuracy, `\n\| normal \| (\S+) `), figures(accuracy, `\n\| clean \|(?: [^|]+\|){5} (\S+) `)...)...),
		fmt.Sprintf("| the same with 56 and 25 days of history | %.2f and %.2f |",
			append(figures(short, `\n\| 56 \| (\S+)`), figures(short, `\n\| 25 \| (\S+)`)...)...),
		fmt.Sprintf("tenth day | %.2f, at %.0f alarms in 1,000 months of a series;",
			figures(accuracy, `\n\| \*\*usagereport\*\* \| (\S+) \| \S+ \| (\d+) \|`)...),
		fmt.Sprintf("of a series; %.1f %%, of the best simple rule %.1f %% |",
			percent(figures(ends, `\n\| 10 \| \*\*(\S+)\*\* \| \S+ \| (\S+) \|`))...),
		fmt.Sprintf("| load of 2 million rows | %.1f times as fast as DuckDB's own typed load",
			figures(performance, `load of 2,000,000 rows [^|]*\|[^|]*\| (\S+) times by the clock`)...),
	} {
		if !strings.Contains(readme, want) {
			t.Errorf("README.md does not say: %s", want)
		}
	}
}
