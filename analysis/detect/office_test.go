package detect

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// What works on weekdays only and costs more from a day on is never said to be over: a weekend says nothing of it. From
// its sixth working day on it is an alarm.
func TestOfficeGoesOn(t *testing.T) {
	for _, days := range []int{60, 61, 62, 63, 64, 65, 66, 80, 110} { // from a Saturday on
		for _, rest := range []float64{0, 0.05} {
			for began := 5; began <= 12; began++ { // days ago
				in := Input{From: usage.Date(2026, 8, 8), Days: days}
				start := days - began
				if day := (in.From + usage.Day(start)).Weekday(); day == 0 || day == 6 {
					continue
				}
				worked := 0 // settled
				for i := range 6 {
					r := rand.New(rand.NewPCG(4, uint64(i)))
					y := make([]float64, days)
					for d := range y {
						off := (in.From+usage.Day(d)).Weekday() == 0 || (in.From+usage.Day(d)).Weekday() == 6
						y[d] = 40 * (1 + 0.02*r.NormFloat64())
						if i == 0 {
							y[d] *= 2 * pick(off, rest, 1) * pick(d >= start, 1.6, 1)
							worked += int(share(d >= start && d < days-2 && !off))
						}
					}
					in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
						usage.SubAccount: "sub", usage.Service: fmt.Sprint("service", i), usage.Meter: "m", usage.Resource: fmt.Sprint("r", i),
					}})
				}
				name := fmt.Sprintf("%d days, %g at rest, since %d days", days, rest, began)
				told := false
				for _, f := range Detect(in).Findings {
					if f.Scope[usage.Resource] != "r0" {
						continue
					}
					told = told || f.Severity != usage.SeverityLow && f.Direction == usage.Up
					if !f.Ongoing {
						t.Errorf("%s: said to be over on day %d, %s by %s", name, int(f.End-in.From), f.Kind, f.Rule.Kind)
					}
				}
				if !told && worked >= 6 {
					t.Errorf("%s: no alarm", name)
				}
			}
		}
	}
}
