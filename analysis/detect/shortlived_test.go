package detect

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// What lives for some days and is followed by another of its kind, day after day, is no outlier; a high day of what is used
// on some days only is one.
func TestShortLivedIsNoOutlier(t *testing.T) {
	for _, days := range []int{60, 110, 140} {
		in := familiar(days, func(int, int, int) float64 { return 20 })
		r := rand.New(rand.NewPCG(1, 3))
		for k := range days {
			y := make([]float64, days)
			for d := k; d < min(days, k+1+r.IntN(5)); d++ {
				y[d] = 5 + 20*r.Float64()
			}
			in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
				usage.SubAccount: "sub", usage.ResourceGroup: "rgx", usage.Service: "batch", usage.Meter: "meter1", usage.Resource: fmt.Sprint("run", k),
			}})
		}
		y := make([]float64, days)
		for d := range y {
			y[d] = pick(d%3 == 0, 20, 0) * pick(d >= days-12 && d < days-9, 9, 1)
		}
		in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
			usage.SubAccount: "sub", usage.ResourceGroup: "rg1", usage.Service: "service", usage.Meter: "meter1", usage.Resource: "x",
		}})
		told := false
		for _, f := range Detect(in).Findings {
			told = told || f.Scope[usage.Resource] == "x"
			if f.Rule.Kind == RuleOutlier && f.Scope[usage.Resource] != "x" {
				t.Errorf("%d days: an outlier of %v on %s", days, f.Scope, f.Start)
			}
		}
		if !told {
			t.Errorf("%d days: the high day is not told", days)
		}
	}
}

// Where a service that makes resources which live for some days makes more of them, that is told, if anything, and not one of them.
func TestShortLivedIsNoNews(t *testing.T) {
	for _, days := range []int{110, 140, 200, 396} {
		for _, since := range []int{4, 12} {
			in := familiar(days, func(int, int, int) float64 { return 20 })
			r := rand.New(rand.NewPCG(1, 3))
			for k := range days {
				for i := range int(pick(k >= days-since, 7, 3)) {
					y := make([]float64, days)
					for d := k; d < min(days, k+2+r.IntN(3)); d++ {
						y[d] = 15 + 10*r.Float64()
					}
					in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
						usage.SubAccount: "sub", usage.ResourceGroup: "rgx", usage.Service: "batch", usage.Meter: "meter1", usage.Resource: fmt.Sprint("run", k, "-", i),
					}})
				}
			}
			for _, f := range alarms(in) {
				if f.Scope[usage.Resource] != "" {
					t.Errorf("%d days, more since %d: %s of %s, %s to %s", days, since, f.Kind, f.Scope[usage.Resource], f.Start, f.End)
				}
			}
		}
	}
}
