package detect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"usagereport/usage"
)

// TestCases holds single series, or a few, to what must and must not be told.
func TestCases(t *testing.T) {
	const n = testDays
	last := n - 1
	constant := func(int, *rand.Rand) float64 { return 10 }
	from := func(day int, then float64) func(int, *rand.Rand) float64 {
		return func(d int, _ *rand.Rand) float64 {
			if d >= day {
				return then
			}
			return 10
		}
	}
	day := func(d int) usage.Day { return firstDay + usage.Day(d) }
	type quantity = func(int, *rand.Rand) float64
	tests := []struct {
		name string
		add  []quantity
		edit func(*Input)
		want []string // kind, direction and start
	}{
		{name: "constant", add: []quantity{constant}},
		{
			name: "constant and a step of 12 %", add: []quantity{func(d int, r *rand.Rand) float64 { return 10 * from(n-20, 11.2)(d, r) }},
			want: []string{"level up " + day(n-20).String()},
		},
		{name: "a step of 5 %", add: []quantity{func(d int, r *rand.Rand) float64 { return 10 * from(n-20, 10.5)(d, r) }}},
		{name: "two values", add: []quantity{func(d int, r *rand.Rand) float64 { return 10 + 3*float64(r.IntN(2)) }}},
		{name: "month start", add: []quantity{func(d int, _ *rand.Rand) float64 {
			if day(d) == day(d).Month().From {
				return 150
			}
			return 10
		}}},
		{name: "month end", add: []quantity{func(d int, _ *rand.Rand) float64 {
			if x := day(d); x != x.Month().Last() {
				return 1
			}
			return 200
		}}},
		{name: "the last month end is four times as large", add: []quantity{func(d int, _ *rand.Rand) float64 {
			switch x := day(d); {
			case x != x.Month().Last():
				return 1
			case x == usage.Date(2026, time.September, 30):
				return 80
			default:
				return 20
			}
		}}, want: []string{"spike up 2026-09-30"}},
		{
			name: "prorated monthly price", add: []quantity{func(d int, _ *rand.Rand) float64 { return 400 / float64(day(d).Month().Days()) }},
			edit: func(in *Input) { in.Focus = usage.Period{From: usage.Date(2026, 2, 1), To: usage.Date(2026, 3, 1)} },
		},
		{name: "left on at weekends", add: []quantity{func(d int, _ *rand.Rand) float64 {
			if w := day(d).Weekday(); d < n-25 && (w == time.Saturday || w == time.Sunday) {
				return 0
			}
			return 10
		}}, want: []string{"level up 2026-10-10"}},
		{name: "outage and return", add: []quantity{func(d int, _ *rand.Rand) float64 {
			if n-70 < d && d < n-25 {
				return 1
			}
			return 10
		}}},
		{name: "short outage", add: []quantity{func(d int, _ *rand.Rand) float64 {
			if n-20 < d && d < n-10 {
				return 0
			}
			return 10
		}}},
		{name: "a shift nine weeks ago", add: []quantity{from(n-63, 20)}},
		{name: "a shift upon a shift nine weeks ago", add: []quantity{func(d int, _ *rand.Rand) float64 {
			switch {
			case d >= n-20:
				return 40
			case d >= n-60:
				return 20
			}
			return 10
		}}, want: []string{"level up " + day(n-20).String()}},
		{name: "an old incident does not hide a new one", add: []quantity{func(d int, _ *rand.Rand) float64 {
			if n-120 < d && d < n-116 || d >= n-12 {
				return 40
			}
			return 10
		}}, want: []string{"level up " + day(n-12).String()}},
		{name: "today so far 35 %, of three times as much", add: []quantity{from(last, 0.35*30)}},
		{
			name: "today so far 60 %, of three times as much", add: []quantity{from(last, 0.6*30)},
			want: []string{"spike up " + day(last).String()},
		},
		{name: "today so far 35 %, of the usual", add: []quantity{from(last, 0.35*10)}},
		{name: "nothing yet for two days", add: []quantity{from(last-1, 0)}},
		{name: "growth", add: []quantity{func(d int, _ *rand.Rand) float64 { return 10 * math.Pow(1.001, float64(d)) }}},
		{name: "a fall", add: []quantity{from(n-20, 6)}, want: []string{"level down " + day(n-20).String()}},
		{name: "gone", add: []quantity{from(n-20, 0)}, want: []string{"gone down " + day(n-20).String()}},
		{name: "gone yesterday", add: []quantity{from(n-3, 0)}},
		{
			name: "new", add: []quantity{constant, func(d int, _ *rand.Rand) float64 { return max(0, float64(min(d, n-9)-(n-10))) * 20 }},
			want: []string{"new up " + day(n-9).String()},
		},
		{name: "replaced by another of the same size", add: []quantity{constant, from(n-20, 0), func(d int, _ *rand.Rand) float64 {
			if d < n-19 {
				return 0
			}
			return 11
		}}},
		{name: "replaced by one of thrice the size", add: []quantity{constant, from(n-20, 0), func(d int, _ *rand.Rand) float64 {
			if d < n-19 {
				return 0
			}
			return 30
		}}, want: []string{"gone down " + day(n-20).String(), "new up " + day(n-19).String()}},
		{name: "zeros", add: []quantity{func(int, *rand.Rand) float64 { return 0 }}},
		{name: "credits grow", add: []quantity{from(n-20, -30)}, want: []string{"level down " + day(n-20).String()}},
		{
			name: "credits end", add: []quantity{func(d int, _ *rand.Rand) float64 { return -10 + 10*float64(min(1, max(0, d-(n-21)))) }},
			want: []string{"level up " + day(n-20).String()},
		},
		{name: "a gap in the data is no fall and no spike", add: []quantity{from(n-30, 10)}, edit: func(in *Input) {
			for d := n - 30; d < n-8; d++ {
				in.HasData[d], in.Leaves[0].Cost[d] = false, 0
			}
			for d := n - 200; d < n-170; d++ {
				in.HasData[d], in.Leaves[0].Cost[d] = false, 0
			}
		}},
		{name: "no data at the end is no fall", add: []quantity{constant}, edit: func(in *Input) {
			for d := n - 9; d < n; d++ {
				in.HasData[d], in.Leaves[0].Cost[d] = false, 0
			}
		}},
		{name: "an account that is late is no fall", add: []quantity{constant, constant, from(n-5, 0)}, edit: func(in *Input) {
			in.Leaves[2].Dims[usage.SubAccount] = "late"
		}},
		{name: "unusable numbers", add: []quantity{constant}, edit: func(in *Input) {
			in.Leaves[0].Cost[n-100], in.Leaves[0].Cost[n-5], in.Leaves[0].Quantity[n-7] = math.NaN(), math.Inf(1), math.NaN()
		}},
		{name: "60 days of history", add: []quantity{from(n-20, 12)}, edit: func(in *Input) {
			for i := range in.Leaves {
				in.Leaves[i].Cost = in.Leaves[i].Cost[n-60:]
				in.Leaves[i].Quantity = in.Leaves[i].Quantity[n-60:]
			}
			in.HasData, in.From, in.Days = in.HasData[n-60:], in.From+n-60, 60
		}},
		{name: "ended before the focus", add: []quantity{func(d int, _ *rand.Rand) float64 {
			if n-33 <= d && d < n-31 {
				return 60
			}
			return 10
		}}, edit: func(in *Input) { in.Focus = usage.Date(2026, time.October, 1).Month() }},
		{
			name: "began after the focus", add: []quantity{from(n-20, 30)},
			edit: func(in *Input) { in.Focus = usage.Date(2026, time.September, 1).Month() },
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := &estateBuilder{seed: 1, in: Input{From: firstDay, Days: n, HasData: slices.Repeat([]bool{true}, n)}}
			for i, q := range test.add {
				b.add("sub", "rg", "Virtual Machines", fmt.Sprintf("vm-%d", i), "D4", "Hours", 1, q)
			}
			if test.edit != nil {
				test.edit(&b.in)
			}
			var got []string
			r := Detect(b.in)
			for _, f := range r.Findings {
				got = append(got, fmt.Sprintf("%s %s %s", f.Kind, f.Direction, f.Start))
			}
			slices.Sort(got)
			slices.Sort(test.want)
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q%s", got, test.want, describe(r.Findings))
			}
			checkSums(t, b.in, r.Findings)
		})
	}
}

func TestNothingToLookAt(t *testing.T) {
	leaf := Leaf{Dims: usage.Series{usage.Resource: "x"}, Cost: make([]float64, 3)}
	for _, in := range []Input{
		{},
		{From: firstDay, Days: 3, Leaves: []Leaf{leaf}},
		{From: firstDay, Days: 3, HasData: make([]bool, 3), Leaves: []Leaf{leaf}},
		{From: firstDay, Days: 3, Leaves: []Leaf{leaf}, Focus: usage.Period{From: firstDay - 60, To: firstDay - 30}},
		{From: firstDay, Days: 1, Leaves: []Leaf{leaf}},
	} {
		if got := Detect(in).Findings; len(got) > 0 {
			t.Errorf("Detect: %s", describe(got))
		}
		if e := newEstate(in); e != nil {
			if got := e.steps(); len(got) > 0 {
				t.Errorf("Steps: %s", describe(got))
			}
		}
	}
}

func TestPriceIsNamedByItsMeter(t *testing.T) {
	b := &estateBuilder{seed: 1, in: Input{From: firstDay, Days: testDays}}
	var noisy []int
	for i := range 5 {
		noisy = append(noisy, b.add("sub", fmt.Sprintf("rg-%d", i%2), "Bandwidth", fmt.Sprintf("vm-%d", i), "Egress", "GB", 0.08,
			func(_ int, r *rand.Rand) float64 { return 200 * (1 + 0.1*r.NormFloat64()) }))
		b.add("sub", fmt.Sprintf("rg-%d", i%2), "Virtual Machines", fmt.Sprintf("vm-%d", i), "D4", "Hours", 0.2,
			func(int, *rand.Rand) float64 { return 24 })
	}
	for _, i := range noisy {
		for d := testDays - 18; d < testDays; d++ {
			b.in.Leaves[i].Cost[d] *= 1.12
		}
	}
	got := Detect(b.in).Findings
	if len(got) != 1 {
		t.Fatalf("%d findings, want 1%s", len(got), describe(got))
	}
	f := got[0]
	if f.Kind != usage.KindPrice || scopeText(f) != "Bandwidth Egress" || !slices.Equal(f.Leaves, noisy) || f.PriceShare != 1 ||
		f.Start != firstDay+testDays-18 {
		t.Errorf("price share %g, leaves %v%s", f.PriceShare, f.Leaves, describe(got))
	}
	if f.Rule.Kind != RulePrice || f.Rule.Day != f.Start || math.Abs(f.Rule.Times-1.12) > 1e-9 {
		t.Errorf("rule %+v", f.Rule)
	}
	checkSums(t, b.in, got)
}

// A price that changes twice is compared, each time, with the one that held just before.
func TestPriceThatChangesTwice(t *testing.T) {
	b := &estateBuilder{seed: 1, in: Input{From: firstDay, Days: 56}}
	b.add("sub", "rg", "Virtual Machines", "vm-0", "D4", "Hours", 40, func(int, *rand.Rand) float64 { return 24 })
	b.add("sub", "rg", "Virtual Machines", "vm-1", "D2", "Hours", 1, func(int, *rand.Rand) float64 { return 24 })
	for d := 25; d < 56; d++ {
		b.in.Leaves[0].Cost[d] *= 0.5
		if d >= 46 {
			b.in.Leaves[0].Cost[d] *= 8
		}
	}
	got := Detect(b.in).Findings
	i := slices.IndexFunc(got, func(f Finding) bool { return f.Kind == usage.KindPrice && f.Direction == usage.Up })
	if i < 0 {
		t.Fatalf("no rise of a price%s", describe(got))
	}
	if f := got[i]; math.Abs(f.Rule.Times-8) > 1e-9 || math.Abs(f.PerDayBefore-480) > 1e-9 || math.Abs(f.PerDayNow-3840) > 1e-9 {
		t.Errorf("%g times the price, %g a day before, %g now; want 8, 480, 3840", f.Rule.Times, f.PerDayBefore, f.PerDayNow)
	}
	for _, f := range got {
		if f.Direction == usage.Down && (f.Ongoing || f.End != firstDay+45) {
			t.Errorf("the first price held until the second%s", describe([]Finding{f}))
		}
	}
	checkSums(t, b.in, got)
}

func TestBand(t *testing.T) {
	cost := make([]float64, 100)
	has := slices.Repeat([]bool{true}, 100)
	for d := range cost {
		cost[d] = 100 + 10*float64(d%7)
	}
	cost[80], has[60], cost[60] = 900, false, 0
	expected, low, high, ok := Band(cost, has, firstDay)
	for d := range cost {
		switch {
		case d < 28 || d == 60:
			if ok[d] {
				t.Errorf("day %d has a band", d)
			}
		case !ok[d]:
			t.Errorf("day %d has no band", d)
		case expected[d] != 100+10*float64(d%7):
			t.Errorf("day %d: expected %g, want the weekday's %d", d, expected[d], 100+10*(d%7))
		case low[d] >= expected[d] || high[d] <= expected[d] || high[d] > 1.5*expected[d]:
			t.Errorf("day %d: %g to %g around %g", d, low[d], high[d], expected[d])
		}
	}
	if _, _, _, ok := Band(nil, nil, firstDay); len(ok) != 0 {
		t.Error("a band of nothing")
	}
}

// TestSteps gives one month only.
func TestSteps(t *testing.T) {
	const days = 31
	clean := func(seed uint64) *estateBuilder { return testEstate(seed, days) }
	for seed := range uint64(8) {
		if got := newEstate(clean(seed).in).steps(); len(got) > 0 {
			t.Errorf("seed %d: a clean month has steps:%s", seed, describe(got))
		}
		if r := Detect(clean(seed).in); len(r.Findings) > 0 || r.Judged > 0 || r.HistoryDays != 0 {
			t.Errorf("seed %d: a month is judged: %d, history %d%s", seed, r.Judged, r.HistoryDays, describe(r.Findings))
		}
		b := clean(seed)
		b.change(b.find("vm-build-5", "D4s v5"), 17, days, times(2.6))
		for i := range 6 {
			b.change(b.find(fmt.Sprintf("vm-ml-%d", i), "D4s v5"), 12, days, times(1.5))
		}
		b.change(b.find("log-ml", "Ingestion"), 20, 21, times(5))
		got := newEstate(b.in).steps()
		var all []string
		for _, f := range got {
			all = append(all, fmt.Sprintf("%s %s %d %s", f.Severity, f.Kind, f.Start-firstDay, scopeText(f)))
		}
		slices.Sort(all)
		want := []string{
			"low spike 20 sub-b rg-ml Log Analytics /sub-b/rg-ml/log-ml",
			"medium level 12 sub-b rg-ml Virtual Machines",
			"medium level 17 sub-b rg-build Virtual Machines /sub-b/rg-build/vm-build-5",
		}
		if !slices.Equal(all, want) {
			t.Errorf("seed %d: got %q, want %q%s", seed, all, want, describe(got))
		}
		checkSums(t, b.in, got)
	}
}

func BenchmarkDetect(b *testing.B) {
	for _, size := range []int{1, 20} {
		var in Input
		for i := range size {
			e := testEstate(uint64(i), testDays)
			if i == 0 {
				plant(e)
			}
			in.From, in.Days = e.in.From, e.in.Days
			for _, l := range e.in.Leaves {
				if i > 0 {
					l.Dims[usage.SubAccount] += fmt.Sprint("-", i)
					l.Dims[usage.Meter] += fmt.Sprint("-", i)
				}
				in.Leaves = append(in.Leaves, l)
			}
		}
		b.Run(fmt.Sprint(len(in.Leaves), "leaves"), func(b *testing.B) {
			for b.Loop() {
				Detect(in)
			}
		})
	}
}
