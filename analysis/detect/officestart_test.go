package detect

import (
	"testing"

	"usagereport/usage"
)

// What costs half at weekends and rises on whatever day is told since no earlier day than that, on every evening: the weekend before is no pause.
func TestOfficeRisesOnNoEarlierDay(t *testing.T) {
	for _, rest := range []float64{0.4, 0.5} {
		for first := range usage.Day(7) {
			told := 0
			for _, seed := range []int{80, 120} { // other noise
				history := 130 + seed
				in := risen(history+8, 0.04, func(d int) float64 {
					w := (usage.Date(2026, 1, 5) + usage.Day(d-history) + first).Weekday()
					return 60 * pick(w == 0 || w == 6, rest, 1) * pick(d >= history, 1.8, 1)
				})
				in.From = usage.Date(2026, 1, 5) - usage.Day(history) + first
				for more := 3; more <= 8; more++ {
					for _, f := range ofX(evening(in, history+more)) {
						if f.Direction != usage.Up {
							continue
						}
						if told++; int(f.Start-in.From) < history-1 || int(f.Start-in.From) > history+2 {
							since := (in.From + usage.Day(history)).Weekday()
							t.Errorf("weekends %g, since %s, %d days, evening %d:%s", rest, since, history, more, describe([]Finding{f}))
						}
					}
				}
			}
			if told < 6 {
				t.Errorf("weekends %g, day %d: told on %d evenings", rest, first, told)
			}
		}
	}
}
