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

// A fee or a refund of the last days, which have not settled, is not spread over the days to come: the path is nowhere
// below what was charged, nor above what is left of it.
func TestPathAfterAFeeOrARefund(t *testing.T) {
	span := usage.Date(2026, 11, 1).Month()
	settled := usage.Date(2026, 11, 18)
	money := func(n int64) usage.Money { return usage.Money{Amount: usage.DecimalOf(n), Currency: "EUR"} }
	p := &Part{Currency: "EUR"}
	for d := settled - 27; d <= settled; d++ {
		p.Daily = append(p.Daily, DayCost{Day: d, Actual: usage.DecimalOf(10)})
	}
	for _, c := range []struct {
		name        string
		known, want []int64 // from the last settled day on
	}{
		{"a fee", []int64{180, 188, 895}, []int64{180, 188, 895, 905, 915, 925, 935, 945, 955, 965, 975, 985, 995}},
		{"a refund", []int64{180, 88, 95}, []int64{180, 88, 95, 105, 115, 125, 135, 145, 155, 165, 175, 185, 195}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &Running{Span: span, Settled: settled}
			for i, sum := range c.known {
				r.Days = append(r.Days, RunningDay{settled + usage.Day(i), money(sum)})
			}
			charged := c.known[len(c.known)-1]
			low, high := money(charged+40), money(charged+160)
			days := path(p, r, Ending{Known: money(charged), Expected: money(charged + 100), Range: &Range{Low80: low, High80: high}})
			for i, want := range c.want {
				d := days[i]
				if d.Expected != money(want) || d.Low.Amount.Cmp(money(min(want, charged)).Amount) < 0 ||
					d.Low.Amount.Cmp(d.Expected.Amount) > 0 || d.High.Amount.Cmp(d.Expected.Amount) < 0 {
					t.Errorf("%s: %s, %s to %s, want %d", d.Day, d.Expected.Text(), d.Low.Text(), d.High.Text(), want)
				}
			}
			if last := days[len(days)-1]; last.Low != low || last.High != high {
				t.Errorf("the path ends between %s and %s", last.Low.Text(), last.High.Text())
			}
		})
	}
}

// What rose some days ago did so on all weekdays, of which only some have come since: the days to come are alike, and days of rest stay such.
func TestPathAfterARise(t *testing.T) {
	span := usage.Date(2026, 11, 1).Month()
	settled := usage.Date(2026, 11, 13)
	money := func(n int64) usage.Money { return usage.Money{Amount: usage.DecimalOf(n), Currency: "EUR"} }
	for _, rests := range []bool{false, true} {
		p := &Part{Currency: "EUR"}
		for d := settled - 40; d <= settled; d++ {
			cost := int64(4000)
			if d >= usage.Date(2026, 11, 5) {
				cost = 8800
			}
			if rests && (d.Weekday() == 0 || d.Weekday() == 6) {
				cost = 0
			}
			p.Daily = append(p.Daily, DayCost{Day: d, Actual: usage.DecimalOf(cost)})
		}
		r := &Running{Span: span, Settled: settled, Days: []RunningDay{{settled, money(100_000)}}}
		var least, most float64
		days := path(p, r, Ending{Known: money(100_000), Expected: money(250_000)})
		for i, d := range days[1:] {
			cost := d.Expected.Sub(days[i].Expected).Amount.Float64()
			switch rest := rests && (d.Day.Weekday() == 0 || d.Day.Weekday() == 6); {
			case rest && cost > 0:
				t.Errorf("rests %t: %s is to cost %v", rests, d.Day, cost)
			case !rest:
				if least == 0 {
					least = cost
				}
				least, most = min(least, cost), max(most, cost)
			}
		}
		if least <= 0 || most > 1.25*least {
			t.Errorf("rests %t: a day is to cost %v to %v", rests, least, most)
		}
	}
}
