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

// What is used for some days only is told at the price of those days, whether that fell or rose, before or within them: what is usual of them
// is a cost, and the price has to do with what is used on other days.
func TestSpikeAtNewPrice(t *testing.T) {
	for _, days := range []int{86, 130, 400} {
		for _, times := range []float64{0.3, 0.7, 1.5, 2} { // the price's
			in := familiar(days, func(int, int, int) float64 { return 20 })
			r := rand.New(rand.NewPCG(5, 9))
			cost, quantity, usual := make([]float64, days), make([]float64, days), 0.0
			for d := range days {
				price, quiet := 0.4*pick(d >= days-30, times, 1), 100*(1+0.02*r.NormFloat64())
				quantity[d] = quiet * pick(d == days-21 || d == days-20, 8, 1)
				cost[d] = price * quantity[d]
				if d == days-21 || d == days-20 {
					usual += price * quiet
				}
			}
			in.Leaves = append(in.Leaves, Leaf{Cost: cost, Quantity: quantity, Unit: "GB", Dims: usage.Series{
				usage.SubAccount: "sub", usage.Service: "other", usage.Meter: "m", usage.Resource: "x",
			}})
			found, spikes, priced, sum := Detect(in).Findings, 0, 0, 0.0
			for _, f := range found {
				sum += f.Impact
				switch f.Kind {
				case usage.KindSpike:
					if spikes++; math.Abs(f.Expected/usual-1) > 0.1 || f.OldPrice {
						t.Errorf("%d days, price %g times: %.0f of the spike's days is usual, want %.0f", days, times, f.Expected, usual)
					}
				case usage.KindPrice:
					priced++
				}
			}
			more := 0.0
			for d := days - 30; d < days; d++ {
				more += cost[d] - 40 // what all together is
			}
			if spikes != 1 || priced != 1 || math.Abs(sum-more) > 0.05*math.Abs(more)+40 {
				t.Errorf("%d days, price %g times: %.0f, want %.0f:%s", days, times, sum, more, describe(found))
			}
		}
	}
}

// A spike too small by now to be told for itself is told at the price of its days, too.
func TestSmallSpikeAtNewPrice(t *testing.T) {
	for _, times := range []float64{0.3, 0.5} { // the price's
		const days = 86
		in := familiar(days, func(int, int, int) float64 { return 20 })
		r := rand.New(rand.NewPCG(5, 9))
		cost, quantity, usual, more := make([]float64, days), make([]float64, days), 0.0, 0.0
		for d := range days {
			spike, price, quiet := d == days-21 || d == days-20, 0.035*pick(d >= days-30, times, 1), 100*(1+0.02*r.NormFloat64())
			quantity[d] = quiet * pick(spike, 8, 1)
			if cost[d] = price * quantity[d]; spike {
				usual += price * quiet
			}
			if d >= days-30 {
				more += cost[d] - 3.5
			}
		}
		in.Leaves = append(in.Leaves, Leaf{Cost: cost, Quantity: quantity, Unit: "GB", Dims: usage.Series{
			usage.SubAccount: "sub", usage.Service: "other", usage.Meter: "m", usage.Resource: "x",
		}})
		found, sum := Detect(in).Findings, 0.0
		for _, f := range found {
			if sum += f.Impact; f.Kind == usage.KindSpike && math.Abs(f.Expected-usual) > 0.1*usual {
				t.Errorf("price %g times: %.2f of the spike's days is usual, want %.2f", times, f.Expected, usual)
			}
		}
		if len(found) != 2 || math.Abs(sum-more) > 0.05*math.Abs(more)+2 {
			t.Errorf("price %g times: %.2f, want %.2f:%s", times, sum, more, describe(found))
		}
	}
}
