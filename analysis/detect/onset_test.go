package detect

import (
	"fmt"
	"math/rand"
	"testing"
	"time"

	"usagereport/usage"
)

// TestOnset doubles what a machine costs, shortly before the end of the data, with a hole
// before, across or behind the first day: the finding begins on that day or, where the first
// days are not known, on one of them or the first that is.
func TestOnset(t *testing.T) {
	for _, days := range []int{60, 81, 150, 300} {
		for _, week := range []float64{1, 0.4} {
			for _, noise := range []float64{0, 0.05} {
				off := map[string]int{}
				bad := ""
				for _, since := range []int{3, 4, 5, 7, 9, 12, 20} { // days since the step, with the unsettled
					// From the step on: the first day without data, and the first with data again.
					for _, hole := range [][2]int{{0, 0}, {-4, 0}, {-7, 0}, {-2, 0}, {-9, -5}, {1, 3}, {-3, 2}} {
						r := rand.New(rand.NewSource(int64(since*100 + hole[0])))
						in := Input{From: usage.Date(2026, time.January, 1), Days: days, HasData: make([]bool, days)}
						step := days - since
						l := Leaf{Unit: "Hours", Dims: usage.Series{
							usage.SubAccount: "s", usage.ResourceGroup: "g", usage.Service: "vm", usage.Meter: "D2", usage.Resource: "vm1",
						}}
						for d := range days {
							in.HasData[d] = d < step+hole[0] || d >= step+hole[1]
							x := 40 * (1 + noise*r.NormFloat64())
							if w := (in.From + usage.Day(d)).Weekday(); w == 0 || w == 6 {
								x *= week
							}
							if d >= step {
								x *= 2
							}
							if !in.HasData[d] {
								x = 0
							}
							l.Cost, l.Quantity = append(l.Cost, x), append(l.Quantity, x)
						}
						in.Leaves = []Leaf{l}
						lo, hi := step+hole[0], max(step, step+hole[1])
						if hole[0] > 0 || hole[1] < 0 {
							lo, hi = step, step
						}
						k := "missed"
						for _, f := range Detect(in).Findings {
							if f.Direction == usage.Up {
								s := int(f.Start - in.From)
								if s < lo {
									k = fmt.Sprintf("%d early", lo-s)
								} else if s > hi {
									k = fmt.Sprintf("%d late", s-hi)
								} else {
									k = "right"
								}
								if k != "right" {
									bad += fmt.Sprintf("%d days since, hole %v: %s, by rule %s\n", since, hole, k, f.Rule.Kind)
								}
								break
							}
						}
						off[k]++
					}
				}
				wrong := 0
				for k, n := range off {
					if k != "right" && k != "missed" {
						wrong += n
					}
				}
				// A weekend that costs little has little to show on its first evening.
				if most := map[float64]int{1: 0, 0.4: 4}[week]; wrong > most || off["right"] < 32 {
					t.Errorf("%d days, weekend %.1f, noise %.2f: %v\n%s", days, week, noise, off, bad)
				}
			}
		}
	}
}
