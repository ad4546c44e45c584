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

// A bill of one resource whose days vary by a third, in its second month: one day costs several times as much as any before it.
// In the same bill with many such resources that is chance.
func TestRecordDay(t *testing.T) {
	const days, day = 45, 30
	from := usage.Date(2026, time.September, 3)
	for name, c := range map[string]struct {
		times  float64
		before float64 // of an earlier day, 0 for none
		others int
		since  int // the day from which the others cost something
		alarm  bool
	}{
		"as ever":                             {1, 0, 0, 0, false},
		"four times":                          {4, 0, 0, 0, true},
		"four times, as once before":          {4, 3.5, 0, 0, false},
		"four times, far above one day":       {4, 1.5, 0, 0, true},
		"four times, beside many others":      {4, 0, 60, 0, false},
		"four times, before many others came": {4, 0, 60, day + 5, true},
	} {
		t.Run(name, func(t *testing.T) {
			hits := 0
			for seed := range uint64(10) {
				r := rand.New(rand.NewPCG(seed, 41))
				in := Input{From: from, Days: days, Settle: -1}
				for i := range 1 + c.others {
					y := make([]float64, days)
					for d := range y {
						y[d] = 100 * math.Exp(0.33*math.Max(-1.5, math.Min(1.5, r.NormFloat64()))) * share(i == 0 || d >= c.since)
					}
					if i == 0 {
						y[day] = 100 * c.times
						if c.before > 0 {
							y[18] = 100 * c.before
						}
					}
					in.Leaves = append(in.Leaves, Leaf{
						Cost: y, Dims: usage.Series{usage.Service: "all", usage.Resource: fmt.Sprintf("r%03d", i)},
					})
				}
				if slices.ContainsFunc(Detect(in).Findings, func(f Finding) bool {
					return f.Start == from+day && f.Direction == usage.Up && f.Severity != usage.SeverityLow
				}) {
					hits++
				}
			}
			if c.alarm && hits < 9 || !c.alarm && hits > 1 {
				t.Errorf("an alarm on %d of 10 bills", hits)
			}
		})
	}
}
