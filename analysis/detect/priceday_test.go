package detect

import (
	"math"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// A price that rises in a young bill is an alarm on each evening since its first day has settled, whether it is known by then as
// a high day, as a step that the price explains, or as a price.
func TestPriceEachEvening(t *testing.T) {
	for _, days := range []int{50, 60, 90} {
		for _, rise := range []float64{1.5, 2, 3} {
			for _, others := range []int{1, 3} { // resources that use the meter
				for since := 2; since <= 7; since++ {
					r := rand.New(rand.NewPCG(3, 9))
					in := familiar(days, func(int, int, int) float64 { return 20 })
					start := days - 1 - since
					for i := range others {
						cost, quantity := make([]float64, days), make([]float64, days)
						for d := range days {
							quantity[d] = 24 * (1 + 0.03*r.NormFloat64())
							cost[d] = 3 * quantity[d] * pick(d >= start, rise, 1)
						}
						in.Leaves = append(in.Leaves, Leaf{Cost: cost, Quantity: quantity, Unit: "Hours", Dims: usage.Series{
							usage.SubAccount: "sub", usage.Service: "other", usage.Meter: "m", usage.Resource: string(rune('x' + i)),
						}})
					}
					alarm := false
					found := Detect(in).Findings
					for _, f := range found {
						alarm = alarm || f.Scope[usage.Service] == "other" && f.Severity != usage.SeverityLow && f.Direction == usage.Up
					}
					if !alarm {
						t.Errorf("%d days, price times %g of %d, %d days after: no alarm:%s", days, rise, others, since, describe(found))
					}
				}
			}
		}
	}
}

// What rises, and whose price falls while it goes on, is told by the day and by the month at the price that holds now, and the fall of
// the price is told, however little it is of what was used before.
func TestRiseAtAFallenPrice(t *testing.T) {
	const rise, cheaper = 100, 109
	for last := cheaper + 4; last < cheaper+12; last++ {
		in := Input{From: usage.Date(2026, 7, 18), Days: last + 1, Settle: 2, MinImpact: 10}
		add := func(name string, hours, price func(d int) float64) {
			l := Leaf{
				Dims: usage.Series{usage.SubAccount: "s", usage.ResourceGroup: "rg", usage.Service: "C", usage.Meter: name, usage.Resource: name},
				Cost: make([]float64, in.Days), Quantity: make([]float64, in.Days), Unit: "Hours",
			}
			for d := range in.Days {
				l.Quantity[d] = hours(d)
				l.Cost[d] = l.Quantity[d] * price(d)
			}
			in.Leaves = append(in.Leaves, l)
		}
		add("dear", func(int) float64 { return 24 }, func(int) float64 { return 2 })
		add("m", func(d int) float64 {
			if d >= rise {
				return 192
			}
			return 24
		}, func(d int) float64 {
			if d >= cheaper {
				return 0.02
			}
			return 0.1
		})
		risen, fallen := false, false
		for _, f := range Detect(in).Findings {
			switch {
			case f.Kind == usage.KindPrice && f.Direction == usage.Down && f.Start == in.From+cheaper:
				fallen = true
			case f.Kind == usage.KindLevel && f.Start == in.From+rise:
				risen = true
				if math.Abs(f.PerDayNow-3.84) > 0.1 || math.Abs(f.PerDayBefore-0.48) > 0.05 || math.Abs(f.ProjectedPerMonth-100.8) > 3 {
					t.Errorf("%d days at the new price: %.2f a day, was %.2f, %.0f a month; want 3.84, 0.48 and 101", last-cheaper+1, f.PerDayNow,
						f.PerDayBefore, f.ProjectedPerMonth)
				}
				if !f.NewPrice {
					t.Errorf("%d days at the new price: it is not told at that", last-cheaper+1)
				}
			}
		}
		if !risen || !fallen {
			t.Errorf("%d days at the new price: the rise is found: %v, the price: %v", last-cheaper+1, risen, fallen)
		}
	}
}

// A price that rises for three resources is an alarm on each evening from the one on which it is first: that each of them is worth a look
// by itself by then is no reason to say less of all.
func TestPriceOfSomeStaysAnAlarm(t *testing.T) {
	for _, times := range []float64{1.5, 2} {
		for seed := range uint64(5) {
			const days = 120
			r := rand.New(rand.NewPCG(seed, 5))
			in := Input{From: usage.Date(2026, 7, 6), Days: days + 8, Settle: 2, MinImpact: 10}
			for k := range 6 {
				group, meter := "rg", "D2"
				if k >= 3 {
					group, meter = "other", "E8"
				}
				l := Leaf{
					Dims: usage.Series{
						usage.SubAccount: "s", usage.ResourceGroup: group, usage.Service: "C", usage.Meter: meter, usage.Resource: string(rune('a' + k)),
					},
					Cost: make([]float64, in.Days), Quantity: make([]float64, in.Days), Unit: "Hours",
				}
				for d := range in.Days {
					l.Quantity[d] = 24 * (1 + 0.03*r.NormFloat64())
					l.Cost[d] = 0.5 * l.Quantity[d] * pick(k < 3 && d >= days, times, 1)
				}
				in.Leaves = append(in.Leaves, l)
			}
			alarmed := false
			for more := 1; more <= 8; more++ {
				alarm := false
				for _, f := range Detect(evening(in, days+more)).Findings {
					alarm = alarm || f.Severity != usage.SeverityLow
				}
				if alarmed && !alarm {
					t.Errorf("%g times, seed %d: an alarm, and none on evening %d", times, seed, more)
				}
				alarmed = alarmed || alarm
			}
			if !alarmed {
				t.Errorf("%g times, seed %d: no alarm", times, seed)
			}
		}
	}
}

// Days that are told apart have their quantity with them: what is left has the price that it had.
func TestQuantityBesideASpike(t *testing.T) {
	const days = 28
	cost, quantity := make([]float64, days), make([]float64, days)
	for d := range days {
		quantity[d] = 24 * pick(d >= 9, 0.5, 1) * pick(d == 21 || d == 22, 8, 1)
		cost[d] = 2 * quantity[d]
	}
	in := Input{From: usage.Date(2026, 11, 1), Days: days, MinImpact: 1, Leaves: []Leaf{{Cost: cost, Quantity: quantity, Unit: "Hours", Dims: usage.Series{
		usage.SubAccount: "sub", usage.Service: "service", usage.Meter: "m", usage.Resource: "x",
	}}}}
	found := Detect(in).Findings
	sum := 0.0
	for _, f := range found {
		sum += f.Impact
		if f.PriceShare != 0 || len(f.Drivers) != 1 || f.Kind == usage.KindSpike && math.Abs(f.QuantityChange-7) > 0.01 ||
			f.Kind == usage.KindLevel && math.Abs(f.QuantityChange+0.5) > 0.01 {
			t.Errorf("%s: %.2f of it is the price, quantity %+.2f, drivers %+v", f.Kind, f.PriceShare, f.QuantityChange, f.Drivers)
		}
	}
	if more := 336.0 - 17*24; len(found) != 2 || math.Abs(sum-more) > 0.01 {
		t.Errorf("%.2f, want %.2f:%s", sum, more, describe(found))
	}
}

// Of a price that changed again, by less, since the day that is named the rule does not say that it is one on every day.
func TestPriceThatChangedAgain(t *testing.T) {
	for _, again := range []float64{1, 1.15} {
		const days = 120
		in := familiar(days, func(int, int, int) float64 { return 20 })
		cost, quantity := make([]float64, days), make([]float64, days)
		for d := range days {
			quantity[d] = 100 + float64(d%3)
			cost[d] = 0.5 * quantity[d] * pick(d >= days-17, 1.4, 1) * pick(d >= days-12, again, 1)
		}
		in.Leaves = append(in.Leaves, Leaf{Cost: cost, Quantity: quantity, Unit: "Hours", Dims: usage.Series{
			usage.SubAccount: "sub", usage.Service: "other", usage.Meter: "m", usage.Resource: "x",
		}})
		found := Detect(in).Findings
		if len(found) != 1 || found[0].Rule.Kind != RulePrice || found[0].Rule.Varies != (again != 1) {
			t.Errorf("again %g times: %s", again, describe(found))
		}
	}
}
