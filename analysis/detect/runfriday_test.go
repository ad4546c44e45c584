package detect

import (
	"testing"

	"usagereport/usage"
)

// What was high from a Friday to the next Tuesday, with days of rest between, is told as one run since that Friday, once what follows has settled.
func TestRunSinceAFridayIsOne(t *testing.T) {
	for _, history := range []int{25, 60, 116, 123, 242} { // on a Friday
		history -= (history - 4) % 7
		for _, rest := range []float64{0.02, 0.2} {
			in := risen(history+17, 0.03, func(d int) float64 {
				return 60 * pick(d%7 >= 5, rest, 1) * pick(d >= history && d < history+5, 3, 1)
			})
			in.From = usage.Date(2026, 1, 5) // a Monday
			for more := 9; more <= 17; more++ {
				found := ofX(evening(in, history+more))
				if len(found) != 1 || int(found[0].Start-in.From) != history || int(found[0].End-in.From) != history+4 {
					t.Errorf("%d days, rest %g, evening %d:%s", history, rest, more, describe(found))
				}
			}
		}
	}
}

// What is higher since a Friday, and rests at weekends, is told since that Friday on every evening, whatever is known of before.
func TestRiseOfAFridayIsOfThatDay(t *testing.T) {
	for _, history := range []int{25, 32, 46, 60, 74, 88, 116, 130, 200} { // on a Friday
		history -= (history - 4) % 7
		for _, rest := range []float64{0, 0.02} {
			in := risen(history+17, 0.03, func(d int) float64 {
				return 60 * pick(d%7 >= 5, rest, 1) * pick(d >= history, 2, 1)
			})
			in.From = usage.Date(2026, 1, 5) // a Monday
			for more := 6; more <= 17; more++ {
				found := ofX(evening(in, history+more))
				if len(found) != 1 || int(found[0].Start-in.From) != history {
					t.Errorf("%d days, rest %g, evening %d:%s", history, rest, more, describe(found))
				}
			}
		}
	}
}
