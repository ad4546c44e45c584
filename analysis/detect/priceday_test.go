package detect

import (
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// A price that rises in a young bill is an alarm on each evening since its first day has settled, whether it is known by then as
// a high day, as a step that the price explains, or as a price.
func TestPriceEachEvening(t *testing.T) {
	for _, days := range []int{50, 60, 90} {
		for _, rise := range []float64{1.5, 2, 3} {
			for _, others := range []int{1, 3} { // resources that use the meter
				for since := 2; since <= 7; since++ {
					r := rand.New(rand.NewPCG(3, 9))
					in := familiar(days, func(int, int, int) float64 { return 20 })
					start := days - 1 - since
					for i := range others {
						cost, quantity := make([]float64, days), make([]float64, days)
						for d := range days {
							quantity[d] = 24 * (1 + 0.03*r.NormFloat64())
							cost[d] = 3 * quantity[d] * pick(d >= start, rise, 1)
						}
						in.Leaves = append(in.Leaves, Leaf{Cost: cost, Quantity: quantity, Unit: "Hours", Dims: usage.Series{
							usage.SubAccount: "sub", usage.Service: "other", usage.Meter: "m", usage.Resource: string(rune('x' + i)),
						}})
					}
					alarm := false
					found := Detect(in).Findings
					for _, f := range found {
						alarm = alarm || f.Scope[usage.Service] == "other" && f.Severity != usage.SeverityLow && f.Direction == usage.Up
					}
					if !alarm {
						t.Errorf("%d days, price times %g of %d, %d days after: no alarm:%s", days, rise, others, since, describe(found))
					}
				}
			}
		}
	}
}
