package detect

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"usagereport/usage"
)

// TestHighDayAgain has bills of four months in which something costs five times as much on one day, and did
// so on one day four weeks before: the second is told, also when the first lies before what is looked at.
func TestHighDayAgain(t *testing.T) {
	for _, days := range []int{104, 110, 117, 130} {
		r := rand.New(rand.NewPCG(1, 3))
		in := Input{From: usage.Date(2026, 8, 3), Days: days}
		high := days - 10
		for i := range 12 {
			y := make([]float64, days)
			for d := range y {
				y[d] = 80 * (1 + 0.02*r.NormFloat64()) * pick(i == 3 && (d == high || d == high-28), 5, 1)
			}
			in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
				usage.SubAccount: "sub", usage.ResourceGroup: "rg", usage.Service: "vm", usage.Resource: fmt.Sprint("vm", i),
			}})
		}
		found := Detect(in).Findings
		if len(found) != 1 || found[0].Scope[usage.Resource] != "vm3" || int(found[0].Start-in.From) != high || found[0].End != found[0].Start {
			t.Errorf("%d days: want day %d alone:%s", days, high, describe(found))
		}
	}
}

// TestHighDaysAfterOthers has something cost three times as much on two days, and five times on three days some weeks before: these
// are one incident, which hides none.
func TestHighDaysAfterOthers(t *testing.T) {
	for _, days := range []int{56, 104, 120, 148, 160, 250} {
		in := Input{From: usage.Date(2026, 8, 3), Days: days}
		again := days - 12
		for i := range 12 {
			y := make([]float64, days)
			for d := range y {
				y[d] = 54
				switch {
				case i == 3 && (d == again || d == again+1):
					y[d] *= 3
				case i == 3 && again-33 <= d && d <= again-31:
					y[d] *= 5
				}
			}
			in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
				usage.SubAccount: "sub", usage.ResourceGroup: "rg", usage.Service: "vm", usage.Resource: fmt.Sprint("vm", i),
			}})
		}
		found := slices.DeleteFunc(Detect(in).Findings, func(f Finding) bool { return int(f.Start-in.From) == again-33 })
		if len(found) != 1 || found[0].Scope[usage.Resource] != "vm3" || int(found[0].Start-in.From) != again || found[0].End != found[0].Start+1 {
			t.Errorf("%d days: want days %d and %d:%s", days, again, again+1, describe(found))
		}
	}
}
