package detect

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// A discount that grows with use and begins anew with each month, booked as a credit or part of what is charged, is no
// credit that ended and no stretch of more cost; what rises with a month for the first time is told, and so is a credit
// that ends with one, some days later.
func TestDiscountBeginsAnew(t *testing.T) {
	for _, days := range []int{56, 62, 75} {
		for _, part := range []float64{0.15, 0.6} { // of what a day costs, in the last quarter of a month
			for back := 0; back < 24; back += 3 { // days from the second to the last
				last := usage.Date(2026, 10, 2) + usage.Day(back)
				first := last - usage.Day(days) + 1
				for name, c := range map[string]struct {
					cost func(day usage.Day, off float64) float64
					told bool // once it is clear
				}{
					"credit":         {func(_ usage.Day, off float64) float64 { return -100 * off }, false},
					"less cost":      {func(_ usage.Day, off float64) float64 { return 100 * (1 - off) }, false},
					"credit ends":    {func(day usage.Day, _ float64) float64 { return pick(day < usage.Date(2026, 10, 1), -100*part, 0) }, true},
					"a rise with it": {func(day usage.Day, _ float64) float64 { return pick(day < usage.Date(2026, 10, 1), 100, 100+200*part) }, true},
				} {
					in := familiar(days, func(int, int, int) float64 { return 20 })
					in.From = first
					r := rand.New(rand.NewPCG(9, uint64(back)))
					y := make([]float64, days)
					for d := range y {
						month := (first + usage.Day(d)).Month()
						quarter := min(3, 4*int(first+usage.Day(d)-month.From)/month.Days())
						y[d] = c.cost(first+usage.Day(d), part*float64(quarter)/3) * (1 + 0.01*r.NormFloat64())
					}
					in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
						usage.SubAccount: "sub", usage.Service: "other", usage.Meter: "m", usage.Resource: "x",
					}})
					alarm := false
					for _, f := range Detect(in).Findings {
						if f.Scope[usage.Resource] != "x" || f.Direction == usage.Down {
							continue
						}
						alarm = alarm || f.Severity != usage.SeverityLow
						if !c.told && (f.Start.Month().From-1).Month().From >= first { // the month before is known
							t.Errorf("%d days, %g, %s, %s: %s of %s, %s to %s", days, part, last, name, f.Severity, f.Kind, f.Start, f.End)
						}
					}
					said := fmt.Sprintf("%d days, %g, %s, %s: an alarm: %t", days, part, last, name, alarm)
					if alarm && !c.told || !alarm && c.told && back > 15 && part > 0.5 {
						t.Error(said)
					}
				}
			}
		}
	}
}
