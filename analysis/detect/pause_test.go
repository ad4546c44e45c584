package detect

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// TestPause holds what comes back after a pause at its former level to this: it is not told, or
// as a rise since the day on which it came back. It never is over, and begins on no later day.
func TestPause(t *testing.T) {
	for _, before := range []int{60, 90, 300} {
		for _, during := range []float64{0, 0.2} {
			for _, noise := range []float64{0, 0.04} {
				told, bad := 0, ""
				wrong := 0
				for _, pause := range []int{7, 24, 31, 50} {
					for _, since := range []int{5, 11, 20, 33} { // days since it came back
						for weekday := range 2 {
							r := rand.New(rand.NewPCG(uint64(pause), uint64(since)))
							back := before + pause
							in := Input{From: firstDay + usage.Day(2*weekday), Days: back + since}
							for i, level := range []float64{50, 10} {
								l := Leaf{Unit: "Hours", Dims: usage.Series{
									usage.SubAccount: "s", usage.ResourceGroup: "g", usage.Service: "vm", usage.Meter: "D2", usage.Resource: fmt.Sprint(i),
								}}
								for d := range in.Days {
									x := level * (1 + noise*r.NormFloat64())
									if i == 0 && before <= d && d < back {
										x *= during
									}
									l.Cost, l.Quantity = append(l.Cost, x), append(l.Quantity, 2*x)
								}
								in.Leaves = append(in.Leaves, l)
							}
							for _, f := range Detect(in).Findings {
								if f.Direction != usage.Up || int(f.End-in.From) < before {
									continue
								}
								told++
								start := int(f.Start - in.From)
								if !f.Ongoing || start != back {
									wrong++
									bad += fmt.Sprintf("\n%d days' pause, %d days since: %s of %s, from day %d since it came back to %d, %.1f a day, was %.1f",
										pause, since, f.Kind, f.Scope[usage.Resource], start-back, int(f.End-in.From)-back, f.PerDayNow, f.PerDayBefore)
								}
							}
						}
					}
				}
				if wrong > 0 {
					t.Errorf("%d days before, %.1f during, noise %.2f: %d of %d wrong:%s", before, during, noise, wrong, told, bad)
				}
			}
		}
	}
}
