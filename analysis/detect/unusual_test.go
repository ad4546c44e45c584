package detect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// TestUnusualBills has bills of odd lengths and currencies: ten machines, one of which costs twice as much
// in its last two weeks, where it has so many.
func TestUnusualBills(t *testing.T) {
	for name, c := range map[string]struct {
		days  int
		scale float64 // of the currency
		cost  func(i, d int, y float64) float64
		alarm bool
	}{
		"one day":                   {1, 1, nil, false},
		"two days":                  {2, 1, nil, false},
		"ten years":                 {3652, 1, nil, true},
		"whole yen":                 {396, 100, func(_, _ int, y float64) float64 { return math.Round(100 * y) }, true},
		"ten billion rupiah":        {396, 1e4, func(_, _ int, y float64) float64 { return 1.6e6 * y }, true},
		"ten billion rupiah, young": {56, 1e4, func(_, _ int, y float64) float64 { return 1.6e6 * y }, true},
		"an hour is missing": {396, 1, func(i, d int, y float64) float64 {
			if d == 390 {
				return y * 23 / 24
			}
			return pick(i == 0 && d >= 382, y/2, y)
		}, false},
		"nothing but zeros":   {396, 1, func(int, int, float64) float64 { return 0 }, false},
		"nothing but credits": {56, 1, func(_, _ int, y float64) float64 { return -y }, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(9, 10))
			in := Input{From: usage.Date(2026, 10, 20) - usage.Day(c.days), Days: c.days, Scale: c.scale}
			for i := range 10 {
				y := make([]float64, c.days)
				for d := range y {
					y[d] = 20 * (1 + 0.02*r.NormFloat64()) * pick(i == 0 && c.days > 20 && d >= c.days-14, 2, 1)
					if c.cost != nil {
						y[d] = c.cost(i, d, y[d])
					}
				}
				in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
					usage.SubAccount: "sub", usage.ResourceGroup: "rg", usage.Service: "service", usage.Meter: "meter", usage.Resource: fmt.Sprint("vm", i),
				}})
			}
			told := 0
			found := Detect(in).Findings
			for _, f := range found {
				if f.Severity == usage.SeverityLow || f.Direction != usage.Up {
					continue
				}
				if told++; f.Scope[usage.Resource] != "vm0" || f.Start != in.From+usage.Day(c.days-14) {
					told = math.MinInt
				}
			}
			if told != int(pick(c.alarm, 1, 0)) {
				t.Errorf("want an alarm: %t:%s", c.alarm, describe(found))
			}
		})
	}
	if r := Detect(Input{From: usage.Date(2026, 10, 1), Days: 30}); len(r.Findings) > 0 || r.Judged+r.Unjudged > 0 {
		t.Errorf("of a bill of purchases alone: %+v", r)
	}
}
