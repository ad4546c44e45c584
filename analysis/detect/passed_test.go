package detect

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"usagereport/usage"
)

// Two or three high days that are an alarm while it is not known whether they last, and are too little for one when they are over, stay in
// the list as worth a look, with their days.
func TestFewHighDaysStayListed(t *testing.T) {
	for i, history := range []int{20, 46, 60, 95, 120, 240} {
		for j, days := range []int{2, 3} {
			for k, times := range []float64{1.7, 2.2} {
				if !swept(i + j + k) {
					continue
				}
				in := Input{From: usage.Date(2026, 6, 1), Days: history + days + 26}
				r := rand.New(rand.NewPCG(9, 1))
				for i := range 12 {
					y := make([]float64, in.Days)
					for d := range y {
						y[d] = (10 + 5*float64(i)) * (1 + 0.03*r.NormFloat64()) * pick(i == 2 && d >= history && d < history+days, times, 1)
					}
					in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
						usage.SubAccount: "sub", usage.Service: fmt.Sprint("s", i%4), usage.Meter: fmt.Sprint("m", i%4), usage.Resource: fmt.Sprint("vm", i),
					}})
				}
				told := false
				for more := days; more <= days+26; more++ {
					var of []Finding
					for _, f := range Detect(evening(in, history+more)).Findings {
						if f.Direction == usage.Up && slices.Contains(f.Leaves, 2) {
							of = append(of, f)
						} else {
							t.Errorf("%d days, %d high, times %g, evening +%d:%s", history, days, times, more-days, describe([]Finding{f}))
						}
					}
					told = told || len(of) == 1 && of[0].Severity != usage.SeverityLow
					over := more >= days+4
					if told && (len(of) != 1 || int(of[0].Start-in.From) != history || int(of[0].End-in.From)-history-days > 0 ||
						over && (of[0].Ongoing || of[0].Severity != usage.SeverityLow)) {
						t.Errorf("%d days, %d high, times %g, evening +%d:%s", history, days, times, more-days, describe(of))
					}
				}
				if !told {
					t.Errorf("%d days, %d high, times %g: never an alarm", history, days, times)
				}
			}
		}
	}
}
