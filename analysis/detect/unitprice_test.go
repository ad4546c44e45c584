package detect

import (
	"math"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// A change of price that is seen by what days cost, for the prices of days differ, says by how much the price of a
// unit changed, and not the cost, of which more that is used is a part.
func TestPriceSeenByCost(t *testing.T) {
	seen := 0
	for _, days := range []int{45, 67, 130, 400} {
		for _, price := range []float64{1.35, 1.6, 2} {
			for _, more := range []float64{0.97, 1.04, 1.08} {
				for since := 6; since < 20; since += 5 {
					r := rand.New(rand.NewPCG(2, uint64(since)))
					in := familiar(days, func(int, int, int) float64 { return 20 })
					y, q := make([]float64, days), make([]float64, days)
					var now, used, was, usedBefore float64
					for d := range y {
						p := 1 + 0.15*r.NormFloat64()
						if q[d] = 100 * (1 + 0.02*r.NormFloat64()); d >= days-since {
							p, q[d] = p*price, q[d]*more
						}
						y[d] = p * q[d]
						if d >= days-since {
							now, used = now+y[d], used+q[d]
						} else {
							was, usedBefore = was+y[d], usedBefore+q[d]
						}
					}
					in.Leaves = append(in.Leaves, Leaf{Cost: y, Quantity: q, Unit: "GB", Dims: usage.Series{
						usage.SubAccount: "sub", usage.Service: "net", usage.Meter: "egress", usage.Resource: "line",
					}})
					for _, f := range Detect(in).Findings {
						if f.Kind != usage.KindPrice || f.Rule.Kind == RulePrice || f.Start < in.From+usage.Day(days-since-1) {
							continue
						}
						seen++
						want := (now/used)/(was/usedBefore) - 1
						if math.Abs(f.UnitPriceChange-want) > 0.12*(1+want) || math.Abs(1+f.QuantityChange-more) > 0.03 {
							t.Errorf("%d days, %d since: the price %+.2f, the quantity %+.2f, want %+.2f, %+.2f", days, since, f.UnitPriceChange,
								f.QuantityChange, want, more-1)
						}
					}
				}
			}
		}
	}
	if seen < 10 {
		t.Errorf("%d such findings", seen)
	}
}
