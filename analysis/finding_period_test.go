package analysis

import (
	"testing"

	"usagereport/usage"
)

// What began before a period makes in it what its days there make: of usage by its chart, of what is
// bought day by day by what was bought, of what is missing or credited on the day on which it was due.
func TestFindingWithin(t *testing.T) {
	money := func(n int64) usage.Money { return usage.Money{Amount: usage.DecimalOf(n), Currency: "EUR"} }
	november := usage.Date(2026, 11, 1).Month()
	begun := november.From - 10 // and ten days of the period
	var days []DayCost
	bought := &product{}
	for d := begun - 5; d < november.From+20; d++ {
		days = append(days, DayCost{Day: d, Actual: usage.DecimalOf(30), Expected: usage.DecimalOf(10)})
		bought.days, bought.cost = append(bought.days, d), append(bought.cost, usage.DecimalOf(30))
	}
	level := Finding{
		Kind: usage.KindLevel, Direction: usage.Up, Start: begun, End: november.From + 9, Ongoing: true, Currency: "EUR",
		Actual: money(600), Expected: money(200), Impact: money(400), Days: days,
	}
	inside := level
	inside.Start, inside.Impact = november.From, money(123)
	stream := level
	stream.Days, stream.bought = nil, bought
	credit := stream
	credit.Actual, credit.Expected, credit.Impact = money(-600), money(-800), money(200)
	missing := Finding{
		Kind: usage.KindMissing, Direction: usage.Down, Start: november.From - 2, End: november.From + 4, Currency: "EUR",
		Expected: money(50), Impact: money(-50), bought: bought,
	}
	before := missing
	before.Start, before.End = before.Start-2, before.End-2
	hours := level
	hours.Impact = money(0)
	for name, c := range map[string]struct {
		of   Finding
		want int64
	}{
		"usage": {level, 200}, "inside": {inside, 123}, "bought": {stream, 200}, "credited": {credit, 100}, "missing": {missing, -50},
		"missing before": {before, 0}, "hours": {hours, 0},
	} {
		if got := c.of.Within(november); got != money(c.want) {
			t.Errorf("%s: %s, want %d", name, got.Text(), c.want)
		}
	}
}
