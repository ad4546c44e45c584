package analysis

import (
	"slices"

	"usagereport/analysis/bridge"
)

// scaleDays is how many days before and after a day show whether another unit counts
// from it on.
const scaleDays = 5

// suspect is by how many times the price of a unit must change from one day to the next
// for another unit to be looked for.
const suspect = 1.9

// oneScale counts the days before a change of unit in the unit after it: where the
// price of a unit falls to a tenth and the quantity rises tenfold, and cost goes on,
// nothing happened.
func oneScale(cost, quantity []float64) {
	if !turns(cost, quantity) {
		return
	}
	var days []int // with a price
	for d, q := range quantity {
		if q > 0 && cost[d] > 0 {
			days = append(days, d)
		}
	}
	price := func(d int) float64 { return cost[d] / quantity[d] }
	of := func(days []int, value func(int) float64) float64 {
		v := make([]float64, len(days))
		for i, d := range days {
			v[i] = value(d)
		}
		slices.Sort(v)
		return v[len(v)/2]
	}
	for i := 1; i < len(days); i++ {
		if p := price(days[i-1]) / price(days[i]); max(p, 1/p) < suspect {
			continue
		}
		before, after := days[max(0, i-scaleDays):i], days[i:min(len(days), i+scaleDays)]
		paid := func(d int) float64 { return cost[d] }
		by, ok := bridge.Recounted(of(before, price)/of(after, price), of(before, paid), of(after, paid))
		if !ok {
			continue
		}
		for d := range days[i] {
			quantity[d] *= by
		}
	}
}

// turns reports whether a price is another than the one before in such a way, as hardly any is.
func turns(cost, quantity []float64) bool {
	last := 0.0
	for d, q := range quantity {
		if q <= 0 || cost[d] <= 0 {
			continue
		}
		price := cost[d] / q
		if p := last / price; last > 0 && max(p, 1/p) >= suspect {
			return true
		}
		last = price
	}
	return false
}
