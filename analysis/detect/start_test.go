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
