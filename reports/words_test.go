package reports

import (
	"regexp"
	"testing"

	"usagereport/reports/chart"
)

// What the script and the drawings say is among the words.
func TestWords(t *testing.T) {
	script, err := files.ReadFile("assets/report.js")
	if err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile(`say\('([^']+)'`).FindAllStringSubmatch(string(script), -1)
	if len(said) < 5 {
		t.Fatalf("the script says %d words", len(said))
	}
	for _, m := range said {
		if chart.Words(english(t))[m[1]] == "" {
			t.Errorf("the script says %q, which is not among the words", m[1])
		}
	}
	for _, state := range []string{"no data", "incomplete", "above", "dark", "light", "dark colours", "light colours", "torn", "weekdays"} {
		if chart.Words(english(t))[state] == "" {
			t.Errorf("%q is not among the words", state)
		}
	}
}
