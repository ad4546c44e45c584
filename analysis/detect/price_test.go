package detect

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"usagereport/usage"
)

// TestPriceOverAWeek has a machine that is charged by the day and costs a quarter on
// weekends, and twice as much since one day: that is one change, by 100 %.
func TestPriceOverAWeek(t *testing.T) {
	const days = 170
	in := Input{From: usage.Date(2026, time.January, 1), Days: days}
	l := Leaf{Unit: "Hours", Dims: usage.Series{
		usage.SubAccount: "sub", usage.ResourceGroup: "rg", usage.Service: "vm", usage.Meter: "D2", usage.Resource: "vm1",
	}}
	for d := range days {
		x := 40.0
		if w := (in.From + usage.Day(d)).Weekday(); w == 0 || w == 6 {
			x = 10
		}
		if d >= days-12 {
			x *= 2
		}
		l.Cost, l.Quantity = append(l.Cost, x), append(l.Quantity, 24)
	}
	in.Leaves = []Leaf{l}
	found := Detect(in).Findings
	if len(found) != 1 || found[0].Kind != usage.KindPrice || found[0].Rule.Times != 2 || found[0].Start != in.From+days-12 {
		for _, f := range found {
			t.Logf("%s %s from %s, %.3g times, %.0f more", f.Severity, f.Kind, f.Start, f.Rule.Times, f.Impact)
		}
		t.Errorf("%d findings, want one of a doubled price", len(found))
	}
}

// TestPriceOfFewDays has a price that rises after nine days of history: of machines that run always, and of such as rest on
// weekends or began two days before, whose own days are too few to show it. It is one change, of all of them. What began
// since, or is paid at a price of its own, is no part of it.
func TestPriceOfFewDays(t *testing.T) {
	const days, turn = 25, 9
	b := &estateBuilder{seed: 1, in: Input{From: usage.Date(2026, time.July, 3), Days: days}} // a Friday
	add := func(name string, runs func(d int) bool) int {
		return b.add("sub", "rg", "Virtual Machines", name, "D4", "Hours", 0.5, func(d int, _ *rand.Rand) float64 {
			if runs(d) {
				return 24
			}
			return 0
		})
	}
	var dearer []int
	for i := range 3 {
		dearer = append(dearer, add(fmt.Sprint("always-", i), func(int) bool { return true }))
		dearer = append(dearer, add(fmt.Sprint("office-", i), func(d int) bool { return !b.weekend(d) }))
	}
	dearer = append(dearer, add("young", func(d int) bool { return d >= turn-2 }))
	for _, i := range dearer {
		for d := turn; d < days; d++ {
			b.in.Leaves[i].Cost[d] *= 1.3
		}
	}
	add("reserved", func(d int) bool { return !b.weekend(d) })
	since := add("since", func(d int) bool { return d >= turn+3 })
	for d := range days {
		b.in.Leaves[since].Cost[d] *= 1.3
	}
	var prices []Finding
	for _, f := range Detect(b.in).Findings {
		if f.Kind == usage.KindPrice {
			prices = append(prices, f)
		}
	}
	if len(prices) != 1 || !slices.Equal(prices[0].Leaves, dearer) || prices[0].Start != b.in.From+turn {
		t.Errorf("want one change of price of the leaves %v%s", dearer, describe(prices))
	}
}

// TestPriceOfMixedRates has a meter whose price rises by 47 %; of some machines a part is paid by a commitment, so that theirs
// varies by itself and rises by more. It is one change of price.
func TestPriceOfMixedRates(t *testing.T) {
	const days, turn = 120, 100
	b := &estateBuilder{seed: 1, in: Input{From: usage.Date(2026, time.April, 1), Days: days}}
	var dearer []int
	for i := range 9 {
		leaf := b.add("sub", "rg", "Virtual Machines", fmt.Sprint("vm", i), "D4", "Hours", 0.5, func(int, *rand.Rand) float64 { return 24 })
		r := rand.New(rand.NewPCG(2, uint64(i)))
		for d := range days {
			times := 1.0
			if d >= turn {
				times = 1.47
			}
			if i >= 6 {
				times *= pick(d >= turn, 0.85, 0.78) * (1 + 0.01*r.NormFloat64())
			}
			b.in.Leaves[leaf].Cost[d] *= times
		}
		dearer = append(dearer, leaf)
	}
	found := Detect(b.in).Findings
	if len(found) != 1 || found[0].Kind != usage.KindPrice || !slices.Equal(found[0].Leaves, dearer) ||
		found[0].Rule.Times < 1.47 || found[0].Rule.Times > 1.6 {
		t.Errorf("want one change of price of all, by 47 to 60 %%%s", describe(found))
	}
}

// TestUnpriced has machines that cost more since one day. Whether by price is known where each
// has a quantity of what it costs, before and after.
func TestUnpriced(t *testing.T) {
	const days, since = 170, 158
	for name, c := range map[string]struct {
		before, after float64 // of each machine's quantity
		second        bool    // the second machine has a quantity
		unpriced      bool
	}{
		"more used":          {24, 36, true, false},
		"a higher price":     {24, 24, true, false},
		"no quantity since":  {24, 0, true, true},
		"no quantity before": {0, 24, true, true},
		"no quantity":        {0, 0, true, true},
		"of one no quantity": {24, 36, false, true},
	} {
		in := Input{From: usage.Date(2026, time.January, 1), Days: days}
		for i, id := range []string{"vm1", "vm2"} {
			l := Leaf{Unit: "Hours", Dims: usage.Series{
				usage.SubAccount: "sub", usage.ResourceGroup: "rg", usage.Service: "vm", usage.Meter: "D2", usage.Resource: id,
			}}
			for d := range days {
				x, q := 40+float64(d*7%5)/5, c.before
				if d >= since {
					x, q = 1.5*x, c.after
				}
				if i == 1 && !c.second {
					q = 0
				}
				l.Cost, l.Quantity = append(l.Cost, x), append(l.Quantity, q)
			}
			in.Leaves = append(in.Leaves, l)
		}
		found := Detect(in).Findings
		if len(found) == 0 {
			t.Fatalf("%s: nothing is found", name)
		}
		for _, f := range found {
			priced := !c.unpriced || !c.second && f.Scope[usage.Resource] == "vm1"
			if f.Unpriced == priced {
				t.Errorf("%s: the reason of %v is not known: %v, want %v (price %.2f, quantity %+.2f)", name, f.Scope, f.Unpriced, !priced, f.PriceShare, f.QuantityChange)
			}
		}
	}
}

// TestPricesThatBeginAnew has machines whose price falls as a month goes on, and begins anew with the next: that is told on no
// evening of a short history. What costs more from the first of a month on, after a price that was the same all along, is.
func TestPricesThatBeginAnew(t *testing.T) {
	quarters := func(day usage.Day) float64 {
		return []float64{1, 0.8, 0.6, 0.4}[min(3, 4*int(day-day.Month().From)/day.Month().Days())]
	}
	tier := func(day usage.Day) float64 { // it falls on the twelfth of December, and before the history where that is 20 days
		if day.Month().To-day <= 20 {
			return 0.7
		}
		return 1
	}
	dearer := func(day usage.Day) float64 {
		if day.Month() != usage.Date(2026, time.December, 1).Month() {
			return 1
		}
		return 1.5
	}
	for name, c := range map[string]struct {
		price func(usage.Day) float64
		told  bool
	}{"a discount": {quarters, false}, "a tier": {tier, false}, "dearer": {dearer, true}} {
		for _, before := range []usage.Day{12, 15, 17, 20, 30, 45} {
			for since := usage.Day(6); since <= 25; since += 3 {
				turn := usage.Date(2026, time.December, 1)
				in := Input{From: turn - before, Days: int(before + since)}
				for i := range 12 {
					l := Leaf{Unit: "Hours", Dims: usage.Series{
						usage.SubAccount: "sub", usage.ResourceGroup: "rg" + string(rune('a'+i)), usage.Service: "Compute", usage.Meter: "Core",
						usage.Resource: "vm" + string(rune('a'+i)),
					}}
					for d := range in.Days {
						q := 24 * (1 + 0.005*float64((d*7+i*3)%5-2))
						l.Cost, l.Quantity = append(l.Cost, 2*q*c.price(in.From+usage.Day(d))), append(l.Quantity, q)
					}
					in.Leaves = append(in.Leaves, l)
				}
				told := slices.ContainsFunc(Detect(in).Findings, func(f Finding) bool {
					return f.Direction == usage.Up && f.Severity != usage.SeverityLow
				})
				if fellUnseen := name == "a tier" && before <= 20 && since < 14; told != c.told && !fellUnseen {
					t.Errorf("%s, %d days before the turn of the month and %d since: told: %v, want %v", name, before, since, told, c.told)
				}
			}
		}
	}
}
