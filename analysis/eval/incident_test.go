package eval

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"usagereport/analysis/detect"
	"usagereport/usage"
)

// TestIncidentInAYoungBill has a bill of 67 days of eight accounts and fourteen services, as AWS
// writes it. From one day on data transfer costs 190 more a day, in five accounts at once: it is
// told once its first day has settled, in one or two findings, and nothing else is.
func TestIncidentInAYoungBill(t *testing.T) {
	for seed := range uint64(2) {
		r := rand.New(rand.NewPCG(seed, 80))
		const days, begins = 67, 48
		in := detect.Input{From: usage.Date(2026, time.May, 24), Days: days}
		for s := range 14 {
			for a := range 8 {
				if r.Float64() < 0.4 && s > 0 {
					continue
				}
				level, noise, weekend := 40*r.ExpFloat64()/float64(1+s/3), between(r, 0.02, 0.12), between(r, 0.7, 1)
				y := make([]float64, days)
				for d := range y {
					if y[d] = level * (1 + noise*r.NormFloat64()); (in.From+usage.Day(d)).Weekday()%6 == 0 {
						y[d] *= weekend
					}
					if s == 0 && a < 5 && d >= begins {
						y[d] += 38
					}
				}
				in.Leaves = append(in.Leaves, detect.Leaf{Cost: y, Dims: usage.Series{
					usage.SubAccount: fmt.Sprint("account ", a), usage.Service: fmt.Sprint("service ", s), usage.Meter: fmt.Sprint("meter ", s),
				}})
			}
		}
		first, wrong, most := 0, 0, 0
		for evening := begins - 3; evening < begins+12; evening++ {
			now := in
			now.Days = evening + 1
			now.Leaves = nil
			for _, l := range in.Leaves {
				l.Cost = l.Cost[:evening+1]
				now.Leaves = append(now.Leaves, l)
			}
			right := 0
			for _, f := range detect.Detect(now).Findings {
				switch {
				case f.Direction != usage.Up || f.Severity == usage.SeverityLow:
				case f.Scope[usage.Service] == "service 0" && f.Start >= in.From+begins-1, f.Start >= in.From+begins-1 && len(f.Leaves) >= 5:
					right++
				default:
					wrong++
					t.Logf("seed %d, evening %d: %s", seed, evening-begins, text(f))
				}
			}
			if right > 0 && first == 0 {
				first = evening - begins + 1
			}
			most = max(most, right)
		}
		t.Logf("seed %d: told on evening %d, in %d findings at most; %d wrong", seed, first, most, wrong)
		if first == 0 || first > 3 || most > 2 || wrong > 0 {
			t.Errorf("seed %d: told on evening %d, in %d findings at most, and %d wrong ones", seed, first, most, wrong)
		}
	}
}
