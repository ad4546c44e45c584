package forecast

import (
	"math"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// TestNeverNaN foretells awkward series: holes, zeros, negative costs, days
// before and beyond the arrays, bills that are no calendar months.
func TestNeverNaN(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	from := usage.Date(2026, 1, 12)
	for n := range 3000 {
		days := 1 + r.IntN(200)
		c := Component{From: from, Usage: make([]float64, days), Other: make([]float64, days), Settled: from + usage.Day(r.IntN(days+9)-6)}
		for i := range days {
			switch r.IntN(8) {
			case 0:
				c.Usage[i] = math.NaN()
			case 1:
				c.Usage[i] = -1e6 * r.Float64()
			case 2, 3:
				c.Usage[i] = math.Exp(20 * r.NormFloat64())
			}
			if r.IntN(20) == 0 {
				c.Other[i] = 100 * r.NormFloat64()
			}
		}
		if n%5 == 0 {
			clear(c.Usage)
		}
		length := usage.Day(1 + r.IntN(45))
		for d := from - 10; d < from+usage.Day(days)+5; d += length {
			c.Periods = append(c.Periods, usage.Period{From: d, To: d + length})
		}
		c.Share = []Share{{Point: r.Float64(), Learned: r.IntN(2) == 0}, {}}
		e := Forecast(c)
		b := append(Bands([]Estimate{e, e, {}}), Together([]Estimate{e}))[r.IntN(4)]
		for _, v := range []float64{e.Rest, e.Open, e.Size, b.Low80, b.High80, b.Low95, b.High95} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%d: %+v %+v", n, e, b)
			}
		}
		if b.Low95 > b.Low80 || b.Low80 > b.High80 || b.High80 > b.High95 {
			t.Fatalf("%d: a turned band %+v", n, b)
		}
	}
}
