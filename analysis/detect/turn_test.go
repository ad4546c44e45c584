package detect

import (
	"testing"

	"usagereport/usage"
)

// What goes on, or is not known to be over, is told in a period of which only days are known that have not settled, too: it began before,
// and little of its days has arrived. A high day that is over stays with the period before.
func TestWhatGoesOnIsToldOnTheFirstEvening(t *testing.T) {
	from := usage.Date(2026, 2, 10)
	turn := int(usage.Date(2026, 11, 1) - from)
	for _, start := range []int{turn - 25, turn - 12, turn - 6} {
		in := risen(turn+3, 0.03, func(d int) float64 { return 60 * pick(d >= start, 1.8, 1) })
		in.From, in.Focus = from, usage.Date(2026, 11, 1).Month()
		for known := 1; known <= 3; known++ {
			found := ofX(late(evening(in, turn+known), [2]float64{0.6, 0.3}))
			if len(found) != 1 || !found[0].Ongoing || int(found[0].Start-from) != start {
				t.Errorf("%d days before the period, evening %d of it:%s", turn-start, known, describe(found))
			}
		}
		in.Focus = usage.Date(2026, 11, 1).Month()
		if found := ofX(evening(in, turn)); len(found) > 0 {
			t.Errorf("nothing of the period is known:%s", describe(found))
		}
	}
	over := risen(turn+2, 0.03, func(d int) float64 { return 60 * pick(d == turn-2, 5, 1) })
	over.From, over.Focus = from, usage.Date(2026, 11, 1).Month()
	if found := ofX(over); len(found) > 0 {
		t.Errorf("a high day of the period before:%s", describe(found))
	}
}
