package detect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"usagereport/usage"
)

// TestRecentDays has bills of four months to a year, in which others, or its own last weeks, tell of one resource what
// the worst of a normal month does not.
func TestRecentDays(t *testing.T) {
	for name, c := range map[string]struct {
		days int
		cost func(r *rand.Rand, back int) float64 // times the usual, so many days before the last
		want bool
	}{
		"nothing":               {120, func(*rand.Rand, int) float64 { return 1 }, false},
		"more, as a season ago": {120, func(_ *rand.Rand, back int) float64 { return pick(back < 12 || back > 82 && back < 105, 1.6, 1) }, true},
		"five days, as less before": {396, func(_ *rand.Rand, back int) float64 {
			return pick(back > 15 && back < 21, 1.6, pick(back > 170 && back < 184 || back > 250 && back < 264, 1.22, 1))
		}, true},
		"a high day among restless ones": {200, func(r *rand.Rand, back int) float64 {
			return pick(back == 9, 5, pick(back < 60, math.Exp(0.5*r.NormFloat64()), 1))
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			in := Input{From: usage.Date(2026, time.January, 5), Days: c.days}
			for i := range 30 {
				y := make([]float64, c.days)
				for d := range y {
					if y[d] = 20 * (1 + 0.05*r.NormFloat64()); d%7 >= 5 {
						y[d] *= 0.7
					}
					if i == 0 {
						y[d] *= c.cost(r, c.days-1-d)
					}
				}
				in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
					usage.SubAccount: "sub", usage.ResourceGroup: fmt.Sprint("rg", i%5), usage.Service: "service", usage.Resource: fmt.Sprint("vm", i),
				}})
			}
			told := false
			for _, f := range Detect(in).Findings {
				if f.Direction == usage.Up && f.Severity != usage.SeverityLow {
					told = true
				}
			}
			if told != c.want {
				t.Errorf("told: %t, want %t:%s", told, c.want, describe(Detect(in).Findings))
			}
		})
	}
}
