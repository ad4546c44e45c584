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

// A fee of the last days, which have not settled, is not spread over the days to come: the path is nowhere
// below what was charged.
func TestPathAfterAFee(t *testing.T) {
	span := usage.Date(2026, 11, 1).Month()
	settled := usage.Date(2026, 11, 18)
	money := func(n int64) usage.Money { return usage.Money{Amount: usage.DecimalOf(n), Currency: "EUR"} }
	p := &Part{Currency: "EUR"}
	for d := settled - 27; d <= settled; d++ {
		p.Daily = append(p.Daily, DayCost{Day: d, Actual: usage.DecimalOf(10)})
	}
	r := &Running{Span: span, Settled: settled, Days: []RunningDay{{settled, money(180)}, {settled + 1, money(188)}, {settled + 2, money(895)}}}
	end := Ending{Known: money(895), Expected: money(995), Range: &Range{Low80: money(935), High80: money(1055)}}
	days := path(p, r, end)
	for i, want := range []int64{180, 188, 895, 905, 915, 925, 935, 945, 955, 965, 975, 985, 995} {
		if d := days[i]; d.Expected != money(want) || d.Low.Amount.Cmp(money(min(want, 895)).Amount) < 0 || d.High.Amount.Cmp(d.Expected.Amount) < 0 {
			t.Errorf("%s: %s, %s to %s, want %d", d.Day, d.Expected.Text(), d.Low.Text(), d.High.Text(), want)
		}
	}
	if last := days[len(days)-1]; last.Low != money(935) || last.High != money(1055) {
		t.Errorf("the path ends between %s and %s", last.Low.Text(), last.High.Text())
	}
}

// A refund of the last days, which have not settled, is not spread over the days to come either.
func TestPathAfterARefund(t *testing.T) {
	span := usage.Date(2026, 11, 1).Month()
	settled := usage.Date(2026, 11, 18)
	money := func(n int64) usage.Money { return usage.Money{Amount: usage.DecimalOf(n), Currency: "EUR"} }
	p := &Part{Currency: "EUR"}
	for d := settled - 27; d <= settled; d++ {
		p.Daily = append(p.Daily, DayCost{Day: d, Actual: usage.DecimalOf(10)})
	}
	r := &Running{Span: span, Settled: settled, Days: []RunningDay{{settled, money(180)}, {settled + 1, money(88)}, {settled + 2, money(95)}}}
	days := path(p, r, Ending{Known: money(95), Expected: money(195), Range: &Range{Low80: money(135), High80: money(255)}})
	for i, want := range []int64{180, 88, 95, 105, 115, 125, 135, 145, 155, 165, 175, 185, 195} {
		if d := days[i]; d.Expected != money(want) || d.Low.Amount.Cmp(d.Expected.Amount) > 0 || d.High.Amount.Cmp(d.Expected.Amount) < 0 {
			t.Errorf("%s: %s, %s to %s, want %d", d.Day, d.Expected.Text(), d.Low.Text(), d.High.Text(), want)
		}
	}
}
