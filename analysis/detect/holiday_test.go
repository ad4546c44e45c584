package detect

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// TestHistoryFromHolidaysOn has a bill that begins with eleven days on which all that rests on weekends does: what
// comes after is work, and no rise.
func TestHistoryFromHolidaysOn(t *testing.T) {
	const days = 31 // from the day before Christmas on, a Wednesday
	r := rand.New(rand.NewPCG(2, 7))
	in := Input{From: usage.Date(2025, 12, 24), Days: days}
	for i := range 60 {
		y := make([]float64, days)
		for d := range y {
			weekend := (d+2)%7 >= 5
			y[d] = 20 * (1 + 0.03*r.NormFloat64()) * pick(i%6 == 0 && (weekend || d < 11), 0.6, 1)
		}
		in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
			usage.SubAccount: "sub", usage.ResourceGroup: fmt.Sprint("rg", i%4), usage.Service: fmt.Sprint("service", i%3), usage.Resource: fmt.Sprint("vm", i),
		}})
	}
	for _, f := range Detect(in).Findings {
		if f.Direction == usage.Up && f.Severity != usage.SeverityLow {
			t.Errorf("told:%s", describe([]Finding{f}))
		}
	}
}
