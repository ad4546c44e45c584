package analysis

import (
	"slices"
	"testing"

	"usagereport/ledger"
	"usagereport/usage"
)

// What was told keeps its id when it moves by some days or goes on, and what began on top of it does not take it.
func TestWhatWasToldBefore(t *testing.T) {
	told := map[string][]ledger.ToldFinding{"x": {{ID: "first", Start: 100, End: 120}}}
	both := map[string][]ledger.ToldFinding{"x": {{ID: "first", Start: 100, End: 120}, {ID: "second", Start: 118, End: 120}}}
	for name, c := range map[string]struct {
		told   map[string][]ledger.ToldFinding
		starts []usage.Day
		want   []string
	}{
		"it goes on":                {told, []usage.Day{100}, []string{"first"}},
		"it began earlier":          {told, []usage.Day{95}, []string{"first"}},
		"its middle":                {told, []usage.Day{112}, []string{"first"}},
		"another after it":          {told, []usage.Day{130}, []string{""}},
		"one on top, which is more": {told, []usage.Day{119, 100}, []string{"", "first"}},
		"both, in another order":    {both, []usage.Day{117, 101}, []string{"second", "first"}},
		"both, and one more":        {both, []usage.Day{110, 118, 100}, []string{"", "second", "first"}},
	} {
		var fs []Finding
		series := slices.Repeat([]string{"x"}, len(c.starts))
		for _, start := range c.starts {
			fs = append(fs, Finding{Start: start, End: 131})
		}
		if got := again(fs, series, c.told); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
