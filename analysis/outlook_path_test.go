package analysis

import (
	"testing"

	"usagereport/usage"
)

// A fee of one day is not drawn again on its weekday: what is still to come is spread as usual days are.
func TestPathOfAFee(t *testing.T) {
	span := usage.Date(2026, 11, 1).Month()
	settled := usage.Date(2026, 11, 18)
	money := func(n int64) usage.Money { return usage.Money{Amount: usage.DecimalOf(n), Currency: "EUR"} }
	p := &Part{Currency: "EUR"}
	for d := settled - 27; d <= settled; d++ {
		cost := int64(10)
		if d == usage.Date(2026, 11, 3) {
			cost = 700
		}
		p.Daily = append(p.Daily, DayCost{Day: d, Actual: usage.DecimalOf(cost)})
	}
	r := &Running{Span: span, Settled: settled, Days: []RunningDay{{settled, money(870)}}}
	days := path(p, r, Ending{Known: money(870), Expected: money(990)})
	if len(days) != 13 {
		t.Fatalf("%d days", len(days))
	}
	for i, d := range days[1:] {
		if want := money(880 + 10*int64(i)); d.Expected != want {
			t.Errorf("%s: %s, want %s", d.Day, d.Expected.Text(), want.Text())
		}
	}
}
