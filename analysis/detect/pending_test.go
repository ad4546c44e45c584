package detect

import (
	"testing"

	"usagereport/usage"
)

// Of some high days that the days since do not show, though these have not settled, no month is said: it is known what they cost so far. What
// shows on the last days has one.
func TestWhatMayBeOverHasNoMonth(t *testing.T) {
	for _, history := range []int{56, 120, 240} {
		for _, high := range []int{2, 3, 5} {
			in := risen(history+14, 0.03, func(d int) float64 { return 60 * pick(d >= history && d < history+high, 3, 1) })
			for _, since := range []int{0, 2} {
				for _, f := range ofX(evening(in, history+high+since)) {
					if shows := since == 0; !f.Ongoing || f.OneDay == shows || (f.ProjectedPerMonth > 0) != shows ||
						f.End != in.From+usage.Day(history+high-1) {
						t.Errorf("%d days, %d high, %d since: %s from %s to %s, lasts: %t, on one day: %t, %.0f a month", history, high, since, f.Kind,
							f.Start, f.End, f.Ongoing, f.OneDay, f.ProjectedPerMonth)
					}
				}
			}
		}
	}
}
