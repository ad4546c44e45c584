package detect

import (
	"testing"

	"usagereport/usage"
)

// TestOneFile has bills of four weeks, the ten machines of whose first meter are off at weekends.
func TestOneFile(t *testing.T) {
	const days = 28 // from a Monday on
	rests := func(m, d int) float64 { return pick(m == 1 && d%7 >= 5, 4, 20) }
	for name, c := range map[string]struct {
		cost  func(m, i, d int) float64
		want  string // the resource that is told, if one is
		start int
	}{
		"nothing": {func(m, _, d int) float64 { return rests(m, d) }, "", 0},
		"left on at weekends": {func(m, i, d int) float64 {
			return pick(m == 1 && i == 3 && d >= 12, 20, rests(m, d))
		}, "vm1-3", 12},
		"an outage on a weekend, where nothing rests": {func(m, i, d int) float64 {
			return pick(m == 2 && i == 3 && (d == 5 || d == 6), 4, 20)
		}, "", 0},
		"an outage about a weekend": {func(m, i, d int) float64 {
			return pick(m == 1 && i == 3 && d == 4, 4, pick(m == 1 && i == 3 && d >= 7, 20, rests(m, d)))
		}, "", 0},
		"more on the last two days that are settled": {func(m, i, d int) float64 {
			return pick(m == 2 && i == 3 && d >= 24, 60, rests(m, d))
		}, "vm2-3", 24},
		"new on them": {func(m, i, d int) float64 { return pick(m == 2 && i == 3, pick(d >= 24, 60, 0), rests(m, d)) }, "vm2-3", 24},
		"more and more": {func(m, i, d int) float64 {
			return pick(m == 2 && i == 3, 20+5*float64(max(0, d-14)), rests(m, d))
		}, "vm2-3", 15}, // the first day is a guess
	} {
		t.Run(name, func(t *testing.T) {
			var told []string
			in := familiar(days, c.cost)
			for _, f := range alarms(in) {
				told = append(told, f.Scope[usage.Resource])
				if at := int(f.Start - in.From); at < c.start-2 || at > c.start+2 {
					t.Errorf("told from day %d on, want %d", at, c.start)
				}
			}
			if c.want == "" && len(told) > 0 || c.want != "" && (len(told) != 1 || told[0] != c.want) {
				t.Errorf("told of %q, want %q", told, c.want)
			}
		})
	}
}
