package detect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"usagereport/usage"
)

// graduatedBill has six machines whose price falls through each month and begins anew with the next, and twelve things of a usual
// one. by is what part of the first price a day's is; uses changes what the first machine uses.
func graduatedBill(from usage.Day, days int, by, uses func(d int) float64) (b *estateBuilder, machine int) {
	b = &estateBuilder{seed: 1, in: Input{From: from, Days: days}}
	for i := range 6 {
		leaf := b.add("p", "", "Compute Engine", fmt.Sprint("vm", i), "N1 Core", "Hours", 0.5, func(d int, _ *rand.Rand) float64 {
			if i == 0 {
				return 24 * uses(d)
			}
			return 24
		})
		for d, x := range b.in.Leaves[leaf].Cost {
			b.in.Leaves[leaf].Cost[d] = x * by(d)
		}
	}
	for i := range 12 {
		b.add("p", "", "Cloud SQL", fmt.Sprint("sql", i), "Core", "Hours", 0.4, func(_ int, r *rand.Rand) float64 { return 24 * (1 + 0.01*r.NormFloat64()) })
	}
	return b, 0
}

func upward(found []Finding) []Finding {
	return slices.DeleteFunc(found, func(f Finding) bool { return f.Direction != usage.Up })
}

// TestGraduatedPrice has a machine use 40 % more while its price falls through the month, by steps or day by day.
func TestGraduatedPrice(t *testing.T) {
	steps := func(from usage.Day) func(d int) float64 {
		return func(d int) float64 {
			day := from + usage.Day(d)
			return []float64{1, 0.8, 0.6, 0.4}[4*int(day-day.Month().From)/day.Month().Days()]
		}
	}
	tiers := func(from usage.Day) func(d int) float64 {
		return func(d int) float64 {
			day := from + usage.Day(d)
			return 1 / (1 + 0.05*float64(max(0, day-day.Month().From-4)))
		}
	}
	for name, by := range map[string]func(usage.Day) func(int) float64{"steps": steps, "tiers": tiers} {
		for _, days := range []int{25, 56, 120} {
			from := usage.Date(2026, time.November, 20) - usage.Day(days)
			for _, since := range []int{1, 4, 9} {
				turn := days - 2 - since
				b, machine := graduatedBill(from, days, by(from), func(d int) float64 { return pick(d >= turn, 1.4, 1) })
				more := 0.0
				for d := turn; d < days; d++ {
					more += b.in.Leaves[machine].Cost[d] * 0.4 / 1.4
				}
				found := upward(Detect(b.in).Findings)
				if len(found) != 1 || !strings.HasSuffix(found[0].Scope[usage.Resource], "vm0") || found[0].Start != from+usage.Day(turn) {
					t.Errorf("%s, %d days: want vm0 alone since %s%s", name, days, from+usage.Day(turn), describe(found))
					continue
				}
				f := found[0]
				sum := 0.0
				for d := turn; d <= int(f.End-from); d++ {
					sum += b.in.Leaves[machine].Cost[d]
				}
				if at := slices.Index(f.Series.Expected, 0); at >= 0 {
					t.Errorf("%s, %d days: day %d of its series is expected to cost nothing", name, days, at)
				}
				if math.Abs(f.Actual-sum) > 1e-9*sum || math.Abs(f.Impact-more) > 0.1*more || !f.Rule.Evened {
					t.Errorf("%s, %d days, since %d: %v more of %v; want %v of %v, %v", name, days, since, f.Impact, f.Actual, more, sum, f.Rule)
				}
			}
			b, _ := graduatedBill(from, days, by(from), func(int) float64 { return 1 })
			if found := upward(Detect(b.in).Findings); len(found) > 0 {
				t.Errorf("%s, %d days: nothing has risen%s", name, days, describe(found))
			}
		}
	}
}

// TestGraduatedGoesOnInAnotherUnit has the machines be charged by seconds since some days: they use and cost what they did.
func TestGraduatedGoesOnInAnotherUnit(t *testing.T) {
	for _, days := range []int{56, 120, 200} {
		for _, since := range []int{6, 12, 17} {
			from := usage.Date(2026, time.November, 20) - usage.Day(days)
			by := func(d int) float64 {
				day := from + usage.Day(d)
				return []float64{1, 0.8, 0.6, 0.4}[4*int(day-day.Month().From)/day.Month().Days()]
			}
			b, _ := graduatedBill(from, days, by, func(int) float64 { return 1 })
			turn := days - since
			for i := range 6 {
				l := &b.in.Leaves[i]
				after := Leaf{Dims: l.Dims, First: turn, Cost: slices.Clone(l.Cost[turn:]), Unit: "Seconds"}
				for _, q := range l.Quantity[turn:] {
					after.Quantity = append(after.Quantity, 3600*q)
				}
				l.Cost, l.Quantity = l.Cost[:turn], l.Quantity[:turn]
				b.in.Leaves = append(b.in.Leaves, after)
			}
			for _, f := range upward(Detect(b.in).Findings) {
				if f.Severity != usage.SeverityLow {
					t.Errorf("%d days, %d of them in seconds: nothing has risen%s", days, since, describe([]Finding{f}))
				}
			}
		}
	}
}

// TestGraduatedBecomesDearer has one machine's price rise within a month by more than it falls next: what it falls by stays a fall.
func TestGraduatedBecomesDearer(t *testing.T) {
	for _, days := range []int{56, 120, 200} {
		for _, times := range []float64{1.2, 1.4, 1.6} {
			from := usage.Date(2026, time.November, 21) - usage.Day(days)
			turn := usage.Date(2026, time.November, 12)
			by := func(d int) float64 {
				day := from + usage.Day(d)
				return []float64{1, 0.8, 0.6, 0.4}[4*int(day-day.Month().From)/day.Month().Days()]
			}
			b, machine := graduatedBill(from, days, by, func(int) float64 { return 1 })
			cost := b.in.Leaves[machine].Cost
			for d := int(turn - from); d < days; d++ {
				cost[d] *= times
			}
			found := upward(Detect(b.in).Findings)
			if len(found) != 1 || found[0].Start != turn || !found[0].Ongoing {
				t.Errorf("%d days, %v times: want one since %s that goes on%s", days, times, turn, describe(found))
			}
			for d := int(turn-from) + 2; d < days; d++ {
				cost[d] /= times
			}
			for _, f := range Detect(b.in).Findings {
				if f.Start != turn || f.End != turn+1 {
					t.Errorf("%d days, %v times for two: want nothing but these%s", days, times, describe([]Finding{f}))
				}
			}
		}
	}
}

// TestGraduatedIsNotEvery has prices that are none such: one that fell twice for good, one that varies, one that rose on a 1st.
func TestGraduatedIsNotEvery(t *testing.T) {
	from := usage.Date(2026, time.September, 20)
	for name, by := range map[string]func(d int, r *rand.Rand) float64{
		"for good": func(d int, _ *rand.Rand) float64 { return pick(d > 40, 0.6, pick(d > 20, 0.8, 1)) },
		"varies":   func(_ int, r *rand.Rand) float64 { return 0.7 + 0.3*r.Float64() },
		"for days": func(d int, _ *rand.Rand) float64 { return pick(d%15 == 9, 0.6, 1) },
		"dearer":   func(d int, _ *rand.Rand) float64 { return pick(d >= 42, 1.5, 1) },
	} {
		b := &estateBuilder{seed: 1, in: Input{From: from, Days: 60}}
		leaf := b.add("p", "", "Compute Engine", "vm", "N1 Core", "Hours", 0.5, func(int, *rand.Rand) float64 { return 24 })
		r := rand.New(rand.NewPCG(1, 2))
		for d := range b.in.Leaves[leaf].Cost {
			b.in.Leaves[leaf].Cost[d] *= by(d, r)
		}
		if grade(b.in.Leaves[leaf], from) != nil {
			t.Errorf("%s: it does not fall in each month", name)
		}
	}
}

// TestGraduatedInAnyOrder has a machine of a graduated price that is counted in another unit, and then in a third, of which it is not known
// yet: all three are compared as charged, in whatever order they come.
func TestGraduatedInAnyOrder(t *testing.T) {
	from := usage.Date(2026, time.July, 1)
	turns := []int{0, 62, 132, 140}
	leaf := func(k int) Leaf {
		l := Leaf{Unit: fmt.Sprint(k), First: turns[k], Dims: usage.Series{usage.SubAccount: "p", usage.Service: "Compute Engine", usage.Resource: "vm"}}
		for d := turns[k]; d < turns[k+1]; d++ {
			day := from + usage.Day(d)
			l.Cost, l.Quantity = append(l.Cost, 24*[]float64{1, 0.8, 0.6, 0.4}[4*int(day-day.Month().From)/day.Month().Days()]), append(l.Quantity, 24)
		}
		return l
	}
	if grade(leaf(0), from) == nil || grade(leaf(1), from) == nil || grade(leaf(2), from) != nil {
		t.Fatal("want the first two graduated, and not the third")
	}
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		in := Input{From: from, Days: 140}
		for _, k := range order {
			in.Leaves = append(in.Leaves, leaf(k))
		}
		for i, l := range evened(in).Leaves {
			if l.grade != nil {
				t.Errorf("in the order %v: leaf %d is compared at one price, and what it goes on by is not", order, order[i])
			}
		}
	}
}
