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

// What is new and cost something on its first three days alone, like a fee that is charged in parts, has no sum a month once the days since
// show that; what rests at weekends keeps it.
func TestFeeInPartsHasNoMonth(t *testing.T) {
	for _, history := range []int{40, 70, 130, 250} {
		for _, office := range []bool{false, true} {
			in := risen(history+6, 0, func(d int) float64 { return pick(d >= history && (office || d < history+3), 300, 0) })
			in.From = usage.Date(2026, 10, int(pick(office, 7, 5))) - usage.Day(history) // a Wednesday, or a Monday
			x := in.Leaves[len(in.Leaves)-1].Cost
			for d := history + 3; d < history+5 && office; d++ {
				x[d] = 0
			}
			for _, more := range []int{3, 5} {
				for _, f := range Detect(evening(in, history+more)).Findings {
					want := more == 3 || office
					if f.Scope[usage.Resource] == "x" && (f.Kind != usage.KindNew || !f.Ongoing || (f.ProjectedPerMonth > 0) != want || f.OneDay == want) {
						t.Errorf("%d days, office: %t, evening %d: %s from %s to %s, about %.0f a month", history, office, more, f.Kind, f.Start, f.End,
							f.ProjectedPerMonth)
					}
				}
			}
		}
	}
}

// A fee of something new is over once days since have settled, also where it is used a little weeks later: what goes on ends on no day
// that is long past.
func TestFeeBeforeALittleUsageIsOver(t *testing.T) {
	in := risen(130+24, 0, func(d int) float64 { return pick(d == 130, 9000, 0) + pick(d >= 145, 30, 0) })
	for more := 2; more <= 24; more++ {
		found := ofX(evening(in, 130+more))
		if len(found) != 1 || found[0].End != in.From+130 || found[0].Ongoing != (more <= 3) || found[0].ProjectedPerMonth > 0 {
			t.Errorf("evening %d:%s", more, describe(found))
		}
	}
}

// A day of work that does not show it is enough, if a day of rest came after it.
func TestMayBeOverBeforeAWeekend(t *testing.T) {
	for _, history := range []int{40, 70, 130, 250} {
		for _, isNew := range []bool{false, true} {
			rest := func(d int) bool { return (d-history+7*history)%7 == 4 || (d-history+7*history)%7 == 5 }
			in := risen(history+5, 0.01, func(d int) float64 {
				if isNew {
					return pick(d >= history && d < history+3, 300, 0)
				}
				return 60 * pick(rest(d), 0.1, 1) * pick(d >= history && d < history+3, 3, 1)
			})
			in.From = usage.Date(2026, 10, 6) - usage.Day(history) // they begin on a Tuesday
			for _, f := range Detect(in).Findings {
				if f.Scope[usage.Resource] == "x" && f.Direction == usage.Up && (f.ProjectedPerMonth > 0 || int(f.End-in.From) != history+2) {
					t.Errorf("%d days, new: %t: %s from %s to %s, about %.0f a month", history, isNew, f.Kind, f.Start, f.End, f.ProjectedPerMonth)
				}
			}
		}
	}
}
