package bridge

import (
	"math"

	"usagereport/usage"
)

// scales are by how many times one unit may be another: tens, bytes, seconds, minutes,
// hours, days, and hours of a month.
func scales() []float64 {
	return []float64{10, 100, 1000, 1e4, 1e5, 1e6, 1e9, 1024, 1 << 20, 1 << 30, 24, 30, 60, 3600, 1440, 86400, 672, 696, 720, 730, 744}
}

// Rescaled returns how many of the newer unit one of the older is, where a price falls
// or rises by as much as a unit may: prices is the older price over the newer.
func Rescaled(prices float64) (by float64, ok bool) {
	for _, k := range scales() {
		for _, by := range []float64{k, 1 / k} {
			if math.Abs(prices/by-1) < 0.05 {
				return by, true
			}
		}
	}
	return 1, false
}

// How far cost may change for a change of price and quantity to be one of scale: where
// the price changes as a unit may, and where it merely changes a lot.
const (
	steady = 1.4
	still  = 1.1
	aLot   = 2
	spread = 8 // between the dearest and the cheapest day of a period
)

// Recounted returns how many of the newer unit one of the older is, where price and
// quantity change as with another unit: prices is the older price over the newer,
// before and now are what it cost. ok is false where they do not.
func Recounted(prices, before, now float64) (by float64, ok bool) {
	if before <= 0 || now <= 0 {
		return 1, false
	}
	costs := max(now/before, before/now)
	if by, ok := Rescaled(prices); ok && costs < steady {
		return by, true
	}
	return prices, costs < still && max(prices, 1/prices) > aLot
}

// scale says how t is counted now: by of its newer unit are of of the older.
// Where the quantities cannot be compared, comparable is false: a tenth of the price for
// ten times the quantity is no change of price.
func (t *thing) scale() (by, of usage.Decimal, comparable bool) {
	one := usage.DecimalOf(1)
	before := t.prior.Cost.Add(t.calendar).Add(t.missing).Float64()
	now, q0, q1 := t.current.Cost.Float64(), t.prior.Quantity.Float64(), t.current.Quantity.Float64()
	if before <= 0 || now <= 0 || t.prior.Cost.Sign() <= 0 {
		return one, one, !t.mixed
	}
	prices := (t.prior.Cost.Float64() / q0) / (now / q1)
	if by, ok := Rescaled(prices); ok && max(now/before, before/now) < steady {
		if by < 1 {
			return one, usage.DecimalOf(int64(math.Round(1 / by))), true
		}
		return usage.DecimalOf(int64(by)), one, true
	}
	_, other := Recounted(prices, before, now)
	within := max(t.prior.Spread, t.current.Spread) > spread && max(now/before, before/now) < steady
	return one, one, !t.mixed && !other && !within
}
