package detect

import (
	"testing"

	"usagereport/usage"
)

// What is new and a large part of a bill in which nothing began so is an alarm on its second evening; a small part of it is
// not, nor what comes where such things come often, nor what costs something on one day.
func TestLargeAndNew(t *testing.T) {
	for _, days := range []int{45, 67, 90} {
		for _, back := range []int{1, 2, 3} { // days since the first
			for name, c := range map[string]struct {
				part    float64 // of the bill's day
				others  bool    // that began like it
				lasts   bool
				service string
				want    bool
			}{
				"a fifth of it":                    {0.2, false, true, "other", true},
				"as much again":                    {1, false, true, "other", true},
				"of a service that is there":       {0.2, false, true, "service", true},
				"a fiftieth of it":                 {0.02, false, true, "other", false},
				"where others began, of that size": {0.2, true, true, "other", false},
				"for a day":                        {0.2, false, false, "other", false},
			} {
				in := familiar(days, func(int, int, int) float64 { return 20 })
				add := func(name string, first int, cost float64, service string, lasts bool) {
					y := make([]float64, days)
					for d := first; d < days && (lasts || d == first); d++ {
						y[d] = cost
						if d == days-1 {
							y[d] *= 0.35
						}
					}
					in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
						usage.SubAccount: "sub", usage.ResourceGroup: "rg-" + name, usage.Service: service, usage.Meter: "m-" + name, usage.Resource: name,
					}})
				}
				add("x", days-1-back, c.part*40*20, c.service, c.lasts)
				if c.others {
					add("earlier", days/3, c.part*40*20, "third", true)
				}
				told := false
				for _, f := range Detect(in).Findings {
					told = told || f.Scope[usage.Resource] == "x" && f.Severity != usage.SeverityLow
				}
				if told != c.want {
					t.Errorf("%d days, %s, %d days ago: told %t, want %t", days, name, back, told, c.want)
				}
			}
		}
	}
}
