package detect

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// kinds makes a bill of 56 days with 16 resources that cost the same every day and 16 that vary and go between
// levels, all of one meter; cost says what becomes of some.
func kinds(cost func(restless bool, i, d int) float64) Input {
	const days = 56
	r := rand.New(rand.NewPCG(3, 4))
	in := Input{From: usage.Date(2026, 6, 1), Days: days}
	for i := range 32 {
		restless := i >= 16
		y := make([]float64, days)
		for d := range y {
			if y[d] = 20; restless {
				y[d] *= (1 + 0.05*r.NormFloat64()) * pick(d >= 8+3*(i-16), 2, 1) // one after another
			}
			y[d] *= cost(restless, i%16, d)
		}
		in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
			usage.SubAccount: "sub", usage.ResourceGroup: fmt.Sprint("rg", i%5), usage.Service: "service", usage.Meter: "meter",
			usage.Resource: fmt.Sprintf("%t-%d", restless, i%16),
		}})
	}
	return in
}

// TestAlike has resources of one meter, half of which go between levels: that says nothing of the other half, which
// cost the same every day.
func TestAlike(t *testing.T) {
	var told []string
	in := kinds(func(restless bool, i, d int) float64 { return pick(!restless && i == 7 && d >= 40, 2, 1) })
	for _, f := range alarms(in) {
		told = append(told, f.Scope[usage.Resource])
	}
	if len(told) != 1 || told[0] != "false-7" {
		t.Errorf("told of %q, want what has cost the same until then", told)
	}
}

// TestWeekendsInThreeFiles has machines that are off at weekends, one of which is left on since four: that is one
// alarm, since the first of them.
func TestWeekendsInThreeFiles(t *testing.T) {
	for _, days := range []int{87, 120} {
		since := days - days%7 - 23 // a Saturday, four weekends ago
		r := rand.New(rand.NewPCG(8, 4))
		in := Input{From: usage.Date(2026, 6, 1), Days: days} // a Monday
		for i := range 20 {
			y := make([]float64, days)
			for d := range y {
				y[d] = 20 * (1 + 0.03*r.NormFloat64()) * pick(d%7 >= 5 && (i != 3 || d < since), 0.2, 1)
			}
			in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
				usage.SubAccount: "sub", usage.ResourceGroup: fmt.Sprint("rg", i%4), usage.Service: "vm", usage.Resource: fmt.Sprint("vm", i),
			}})
		}
		told := alarms(in)
		if len(told) != 1 || told[0].Scope[usage.Resource] != "vm3" || int(told[0].Start-in.From) != since {
			t.Errorf("%d days: want one alarm since day %d:%s", days, since, describe(told))
		}
	}
}

// TestTwoDays has bills of 56 days in which something that varies from day to day costs three times as much on two days:
// that is told of those days.
func TestTwoDays(t *testing.T) {
	told := 0
	const bills = 10
	for seed := range uint64(bills) {
		r := rand.New(rand.NewPCG(seed, 5))
		in := Input{From: usage.Date(2026, 6, 1), Days: 56}
		for i := range 20 {
			y, noise := make([]float64, in.Days), 0.0
			for d := range y {
				noise = 0.7*noise + 0.06*r.NormFloat64()
				y[d] = 20 * (1 + noise) * pick(d%7 >= 5, 0.8, 1) * pick(i == 7 && (d == 43 || d == 44), 3, 1)
			}
			in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
				usage.SubAccount: "sub", usage.ResourceGroup: fmt.Sprint("rg", i%4), usage.Service: "vm", usage.Resource: fmt.Sprint("vm", i),
			}})
		}
		for _, f := range Detect(in).Findings {
			if f.Direction != usage.Up || f.Severity == usage.SeverityLow {
				continue
			}
			if f.Scope[usage.Resource] != "vm7" || f.Kind != usage.KindSpike || int(f.Start-in.From) != 43 || int(f.End-in.From) != 44 {
				t.Errorf("bill %d: want a spike on days 43 and 44:%s", seed, describe([]Finding{f}))
				continue
			}
			told++
		}
	}
	if told < bills-1 {
		t.Errorf("told in %d of %d bills", told, bills)
	}
}
