package detect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// What is said of a short history does not depend on the first day that a report is about: a new level is no spike of its first
// days for the report that begins before them, and weekends left on are none weekend by weekend for the one that begins later.
func TestWhateverTheFocus(t *testing.T) {
	for _, days := range []int{64, 76, 90} {
		for since := 10; since < 28; since += 3 {
			for _, weekends := range []bool{false, true} {
				for _, times := range []float64{1.7, 2.7} {
					from := usage.Date(2026, 9, 1)
					first := from + usage.Day(days-since)
					if weekends {
						first += (5 - (first-usage.Date(2026, 9, 7))%7 + 7) % 7 // a Saturday
					}
					in := Input{From: from, Days: days, Settle: 3}
					for i := range 14 { // machines and their disks
						r := rand.New(rand.NewPCG(uint64(days), uint64(i)))
						y := make([]float64, days)
						for d := range y {
							day := from + usage.Day(d)
							rests := (day-usage.Date(2026, 9, 7)+700)%7 >= 5
							y[d] = 40 * math.Exp(0.04*r.NormFloat64())
							switch {
							case i >= 7:
								y[d] = 6
							case weekends && rests && i < 6 && day >= first:
								y[d] = 95
							case weekends && rests:
								y[d] = []float64{14, 14, 0, 0, 0, 0, 7.5}[i]
							case !weekends && rests:
								y[d] *= 0.55
							}
							if !weekends && i == 0 && day >= first {
								y[d] *= pick(rests, 0.93, 1) * times
							}
						}
						service := []string{"vm", "disk"}[i/7]
						in.Leaves = append(in.Leaves, Leaf{Cost: y, Quantity: y, Unit: "Hours", Dims: usage.Series{
							usage.SubAccount: "s", usage.ResourceGroup: "g", usage.Service: service, usage.Meter: service, usage.Resource: fmt.Sprint("r", i),
						}})
					}
					said := map[string]bool{}
					for _, focus := range []int{0, days - 35, days - 15} {
						in.Focus = usage.Period{From: from + usage.Day(focus), To: from + usage.Day(days+10)}
						text := ""
						for _, f := range Detect(in).Findings {
							if f.Direction == usage.Up && f.End >= from+usage.Day(days-15) {
								text += fmt.Sprintf("%s %s by %s from %s to %s on %d; ", f.Severity, f.Kind, f.Rule.Kind, f.Start, f.End, len(f.Leaves))
							}
						}
						said[text] = true
					}
					if len(said) != 1 {
						t.Errorf("%d days, since %s, weekends %t, times %g: %v", days, first, weekends, times, said)
					}
				}
			}
		}
	}
}
