package detect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"usagereport/usage"
)

// TestSlowGrowth has a machine among others that grows by 1 % a day for the last sixty days, which
// no day and no week shows: it is told once, as growth since about then. What has always grown, and what
// made one step, is not.
func TestSlowGrowth(t *testing.T) {
	for name, c := range map[string]struct {
		at   func(d, days int) float64
		told bool
	}{
		"1 % a day for sixty days":    {func(d, days int) float64 { return math.Pow(1.01, max(0, float64(d-days+60))) }, true},
		"5 % a month, always":         {func(d, _ int) float64 { return math.Pow(1.05, float64(d)/30) }, false},
		"10 % a month, always":        {func(d, _ int) float64 { return math.Pow(1.10, float64(d)/30) }, false},
		"a step by half, long ago":    {func(d, days int) float64 { return map[bool]float64{true: 1.5, false: 1}[d >= days-50] }, false},
		"1 % a day, over since a day": {func(d, days int) float64 { return math.Pow(1.01, float64(min(max(0, d-days+120), 60))) }, false},
		"as ever":                     {func(int, int) float64 { return 1 }, false},
	} {
		for _, days := range []int{122, 396} {
			r := rand.New(rand.NewPCG(3, 9))
			in := Input{From: usage.Date(2026, time.January, 1), Days: days}
			for i := range 20 {
				l := Leaf{Dims: usage.Series{
					usage.SubAccount: "sub", usage.ResourceGroup: fmt.Sprint("rg", i/4), usage.Service: "vm", usage.Resource: fmt.Sprint("vm", i),
				}}
				for d := range days {
					x := 30 * (1 + 0.03*r.NormFloat64())
					if i == 7 {
						x *= c.at(d, days)
					}
					l.Cost = append(l.Cost, x)
				}
				in.Leaves = append(in.Leaves, l)
			}
			told := alarms(in)
			since := in.From + usage.Day(days-60)
			ok := len(told) == 0
			if c.told {
				ok = len(told) == 1 && told[0].Kind == usage.KindDrift && told[0].Scope[usage.Resource] == "vm7" && told[0].Ongoing &&
					told[0].Start >= since-10 && told[0].Start <= since+14
			}
			if !ok {
				t.Errorf("%s, %d days: %d alarms, want one where %v", name, days, len(told), c.told)
				for _, f := range told {
					t.Logf("%s %s %s from %s (%s), %.0f more", f.Severity, f.Kind, f.Scope[usage.Resource], f.Start, f.Rule.Kind, f.Impact)
				}
			}
		}
	}
}

// TestSlowGrowthOfAService is the same of a service whose machines live for three days each: none of them grows, their sum does.
func TestSlowGrowthOfAService(t *testing.T) {
	for _, days := range []int{200, 240, 396} {
		for _, grows := range []bool{true, false} {
			r := rand.New(rand.NewPCG(3, 9))
			in := familiar(days, func(int, int, int) float64 { return 20 })
			at := func(d int) float64 { return pick(grows, math.Pow(1.01, max(0, float64(d-days+60))), 1) }
			for first := 0; first < days; first += 3 {
				for k := range 5 {
					l := Leaf{First: first, Dims: usage.Series{
						usage.SubAccount: "sub", usage.ResourceGroup: "batch", usage.Service: "batch", usage.Meter: "D4",
						usage.Resource: fmt.Sprint("b", first, "-", k),
					}}
					for d := first; d < min(days, first+3); d++ {
						l.Cost = append(l.Cost, 20*at(d)*(1+0.05*r.NormFloat64()))
					}
					in.Leaves = append(in.Leaves, l)
				}
			}
			var told []Finding
			for _, f := range Detect(in).Findings {
				if f.Kind == usage.KindDrift && f.Severity != usage.SeverityLow {
					told = append(told, f)
				}
			}
			since := in.From + usage.Day(days-60)
			ok := len(told) == 1 && told[0].Kind == usage.KindDrift && told[0].Scope[usage.Resource] == "" &&
				told[0].Start >= since-10 && told[0].Start <= since+14
			if grows && !ok || !grows && len(told) > 0 {
				t.Errorf("%d days, grows %t, since %s:%s", days, grows, since, describe(Detect(in).Findings))
			}
		}
	}
}

// Growth by 1 % a day that has stopped is told as that from two weeks on, with about the day on which it did, and as growth while
// it grows; growth by the same amount each day goes on.
func TestSlowGrowthThatStopped(t *testing.T) {
	for _, history := range []int{110, 200} {
		var growing, stopped, right, wrong int
		for seed := range uint64(6) {
			made := func(cost func(d int) float64) Input {
				r := rand.New(rand.NewPCG(seed, 7))
				in := familiar(history+90, func(int, int, int) float64 { return 20 })
				y := make([]float64, history+90)
				for d := range y {
					y[d] = cost(d) * (1 + 0.03*r.NormFloat64())
				}
				in.Leaves = append(in.Leaves, leafOfX(y))
				return in
			}
			stops := made(func(d int) float64 { return 60 * math.Pow(1.01, float64(min(max(0, d-history), 60))) })
			goesOn := made(func(d int) float64 { return 60 * (1 + 0.015*float64(max(0, d-history))) })
			last := stops.From + usage.Day(history+60)
			for more := -10; more <= 23; more += 3 {
				for _, f := range ofX(evening(stops, history+60+more)) {
					switch {
					case more < 3:
						growing++
						wrong += int(share(f.Kind != usage.KindDrift))
					case more > 16:
						stopped++
						right += int(share(f.Kind == usage.KindLevel && max(f.Grown-last, last-f.Grown) <= 7))
					}
				}
				for _, f := range ofX(evening(goesOn, history+60+more)) {
					growing++
					wrong += int(share(f.Kind != usage.KindDrift))
				}
			}
		}
		if growing < 80 || stopped < 6 || wrong*20 > growing || right*10 < 8*stopped {
			t.Errorf("%d days: %d of %d that grow are told otherwise, %d of %d that stopped as such", history, wrong, growing, right, stopped)
		}
	}
}
