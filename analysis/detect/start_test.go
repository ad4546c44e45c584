package detect

import (
	"math/rand/v2"
	"testing"
	"time"

	"usagereport/usage"
)

// TestStartOnAWeekend has an office's series that costs twice as much from a Saturday on, on
// which it costs little.
func TestStartOnAWeekend(t *testing.T) {
	const days = 250
	in := Input{From: usage.Date(2026, time.January, 5), Days: days} // a Monday
	r := rand.New(rand.NewPCG(1, 1))
	y := make([]float64, days)
	begins := days - 9 - days%7 // a Saturday
	for d := range y {
		if y[d] = 100 * (1 + 0.02*r.NormFloat64()); d%7 >= 5 {
			y[d] *= 0.1
		}
		if d >= begins {
			y[d] *= 2
		}
	}
	in.Leaves = []Leaf{{Cost: y, Dims: usage.Series{usage.SubAccount: "sub", usage.Service: "s", usage.Resource: "r"}}}
	found := Detect(in).Findings
	if begins%7 != 5 || len(found) != 1 || found[0].Start != in.From+usage.Day(begins) {
		for _, f := range found {
			t.Logf("%s %s from %s", f.Severity, f.Kind, f.Start)
		}
		t.Errorf("%d findings; want one from %s, a weekday %d", len(found), in.From+usage.Day(begins), begins%7)
	}
}

// TestFileBeginsAtRest has machines of working days in a first file that begins on a Saturday:
// that they cost nothing on its first two days does not make them new. What begins on its
// third day and costs something on weekends, too, does not either: a weekend shows no absence.
func TestFileBeginsAtRest(t *testing.T) {
	for name, c := range map[string]struct {
		first usage.Day
		begin int // by days after it
		rests bool
		known int
		found int
	}{
		"of working days, all of it known":  {usage.Date(2026, time.August, 1), 0, true, 25, 0},
		"of working days, the first Monday": {usage.Date(2026, time.August, 1), 0, true, 3, 0},
		"of all days, since Monday":         {usage.Date(2026, time.August, 1), 2, false, 25, 0},
		"of all days, since Tuesday":        {usage.Date(2026, time.August, 1), 3, false, 25, 1},
		"of working days, since Wednesday":  {usage.Date(2026, time.August, 3), 2, true, 24, 0}, // it pauses as long
		"of working days, since Friday":     {usage.Date(2026, time.August, 3), 4, true, 24, 1},
	} {
		in := Input{From: c.first, Days: c.known}
		for i := range 4 {
			y := make([]float64, c.known)
			for d := range y {
				w := (c.first + usage.Day(d)).Weekday()
				rest := c.rests && (w == time.Saturday || w == time.Sunday)
				if i > 0 || d >= c.begin && !rest {
					y[d] = 100
				}
			}
			in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{usage.SubAccount: "sub", usage.Service: "s", usage.Resource: string(rune('a' + i))}})
		}
		if found := Detect(in).Findings; len(found) != c.found {
			t.Errorf("%s: %d findings, want %d: %+v", name, len(found), c.found, found)
		}
	}
}
