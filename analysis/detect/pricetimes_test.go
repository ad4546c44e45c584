package detect

import (
	"math"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// The rule of a price says the change that the finding does: of prices that differ from day to day and from resource to resource, too.
func TestPriceRuleSaysTheSame(t *testing.T) {
	for _, days := range []int{45, 67, 130, 400} {
		for _, price := range []float64{0.6, 1.3, 2} {
			seen := 0
			for seed := range uint64(4) {
				r := rand.New(rand.NewPCG(seed, 9))
				in := familiar(days, func(int, int, int) float64 { return 20 })
				for i := range 3 {
					cost, quantity := make([]float64, days), make([]float64, days)
					for d := range days {
						quantity[d] = 24 * float64(1+4*i) * (1 + 0.1*r.NormFloat64())
						cost[d] = 3 * quantity[d] * (1 + 0.02*r.NormFloat64()) * pick(d >= days-12, price*(1+0.03*float64(i)), 1)
					}
					in.Leaves = append(in.Leaves, Leaf{Cost: cost, Quantity: quantity, Unit: "Hours", Dims: usage.Series{
						usage.SubAccount: "sub", usage.Service: "other", usage.Meter: "m", usage.Resource: string(rune('x' + i)),
					}})
				}
				for _, f := range Detect(in).Findings {
					if f.Rule.Kind == RulePrice && f.Kind == usage.KindPrice {
						if seen++; math.Abs(f.Rule.Times-f.PerDayNow/f.PerDayBefore) > 1e-6 {
							t.Errorf("%d days: the rule says %.4f times, the finding %.4f", days, f.Rule.Times, f.PerDayNow/f.PerDayBefore)
						}
					}
				}
			}
			if seen < 4 {
				t.Errorf("%d days, times %g: seen %d times", days, price, seen)
			}
		}
	}
}
