package analysis

import (
	"testing"

	"usagereport/usage"
)

// Of what one cost a day, 100 units at first, each case says what the last days cost and whether,
// and since when, that is more than usual.
func TestUnitCostIsJudged(t *testing.T) {
	const first = usage.Day(20000)
	days := func(n int, cost int64) (out []int64) {
		for range n {
			out = append(out, cost)
		}
		return out
	}
	for name, c := range map[string]struct {
		cost  []int64
		since int // the day on which it began; 0 is nothing to say
		high  bool
	}{
		"as usual":                 {cost: days(60, 100)},
		"a spike":                  {cost: append(days(57, 100), 300, 100, 100)},
		"a step":                   {cost: append(days(53, 100), days(7, 150)...), since: 53},
		"more than twice":          {cost: append(days(53, 100), days(7, 250)...), since: 53, high: true},
		"a step of five days":      {cost: append(days(55, 100), days(5, 180)...), since: 55},
		"four days are too few":    {cost: append(days(56, 100), days(4, 150)...)},
		"a step three weeks ago":   {cost: append(days(60, 100), days(21, 150)...), since: 60},
		"usual after two months":   {cost: append(days(60, 100), days(70, 150)...)},
		"over for a week":          {cost: append(append(days(60, 100), days(10, 150)...), days(7, 100)...)},
		"less":                     {cost: append(days(53, 100), days(7, 50)...)},
		"days without a value":     {cost: append(append(days(53, 100), 0, 0), days(7, 150)...), since: 55},
		"too few days to tell":     {cost: append(days(27, 100), days(7, 150)...)},
		"as few as there may be":   {cost: append(days(28, 100), days(7, 150)...), since: 28},
		"nothing has a value":      {cost: days(60, 0)},
		"the last weeks have none": {cost: append(days(60, 100), days(20, 0)...)},
	} {
		t.Run(name, func(t *testing.T) {
			m := usage.Metric{Name: "orders", Values: map[usage.Day]usage.Decimal{}}
			used := map[usage.Day]usage.Decimal{}
			for i, cost := range c.cost {
				d := first + usage.Day(i)
				used[d] = usage.DecimalOf(100)
				if cost > 0 { // 0 stands for a day without a value
					used[d], m.Values[d] = usage.DecimalOf(cost), usage.DecimalOf(100)
				}
			}
			u := UnitCost{Metric: m.Name, Per: 1}
			j, ok := u.judge(m.Values, used, first+usage.Day(len(c.cost)), usage.Decimal{})
			if !ok {
				if c.since != 0 {
					t.Fatalf("nothing is said; usual is %v", u.Usual)
				}
				return
			}
			x := u.finding(m, used, j, &frame{cur: currency{code: "EUR"}})
			if x.Start != first+usage.Day(c.since) || (x.Severity == usage.SeverityHigh) != c.high {
				t.Errorf("since day %d, %s: %s", x.Start-first, x.Severity, x.Explanation)
			}
			var sum usage.Decimal
			for d := x.Start; d <= x.End; d++ {
				if _, ok := m.Values[d]; ok {
					sum = sum.Add(used[d])
				}
			}
			if x.Actual.Amount != sum || x.Impact.Amount != x.Actual.Amount.Sub(x.Expected.Amount) {
				t.Errorf("it cost %s, by its days %s; expected %s, impact %s", x.Actual, sum, x.Expected, x.Impact)
			}
		})
	}
}

// Of what costs next to nothing a thousand or a million is told.
func TestPerOf(t *testing.T) {
	for _, c := range []struct {
		cost, volume string
		want         int
	}{
		{"100", "100", 1},
		{"99", "100", 1000},
		{"0.10", "100", 1000},
		{"0.09", "100", 1_000_000},
		{"0", "100", 1_000_000},
		{"5", "0", 1},
	} {
		got := perOf(UnitPeriod{Cost: usage.Money{Amount: usage.MustDecimal(c.cost), Currency: "EUR"}, Volume: usage.MustDecimal(c.volume)})
		if got != c.want {
			t.Errorf("%s for %s is told of %d, want %d", c.cost, c.volume, got, c.want)
		}
	}
}
