package detect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
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
			told := len(alarms(in)) > 0
			if told != c.want {
				t.Errorf("told: %t, want %t:%s", told, c.want, describe(Detect(in).Findings))
			}
		})
	}
}

// TestFourMonths has bills of four months in which one resource, by its own past, has a clear alarm, and others tell what it is worth:
// what many of its service do now and then is none. A high day is one though there was such a day some weeks before.
func TestFourMonths(t *testing.T) {
	const days, vms = 120, 30
	for name, c := range map[string]struct {
		cost func(vm, back int) float64 // times the usual, so many days before the last
		want bool
	}{
		"a new level": {func(vm, back int) float64 { return pick(vm == 0 && back < 12, 1.6, 1) }, true},
		"a level as others of the service have had": {func(vm, back int) float64 {
			return pick(vm == 0 && back < 12 || vm%2 == 1 && back < 75-vm && back > 60-vm, 1.6, 1)
		}, false},
		"a high day, and one some weeks before": {func(vm, back int) float64 {
			return pick(vm == 0 && back > 85, 0, pick(vm == 0 && (back == 9 || back == 30), 9, 1))
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			in := Input{From: usage.Date(2026, time.January, 5), Days: days}
			for i := range vms {
				y := make([]float64, days)
				for d := range y {
					y[d] = 20 * (1 + 0.03*r.NormFloat64()) * c.cost(i, days-1-d)
				}
				in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
					usage.SubAccount: "sub", usage.ResourceGroup: fmt.Sprint("rg", i%5), usage.Service: "service", usage.Resource: fmt.Sprint("vm", i),
				}})
			}
			told := slices.ContainsFunc(Detect(in).Findings, func(f Finding) bool {
				return f.Direction == usage.Up && f.Severity != usage.SeverityLow && len(f.Leaves) == 1 && f.Leaves[0] == 0
			})
			if told != c.want {
				t.Errorf("told: %t, want %t:%s", told, c.want, describe(Detect(in).Findings))
			}
		})
	}
}
