package detect

import (
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// TestRestless has a resource whose level rises to two and a half times in the last weeks: it is an alarm, but
// for one whose level was another, by much of that, twice in the year.
func TestRestless(t *testing.T) {
	const days, rise = 396, 380
	for name, c := range map[string]struct {
		level func(d int) float64
		want  usage.Severity
	}{
		"calm":                        {func(int) float64 { return 1 }, usage.SeverityHigh},
		"lower since once":            {func(d int) float64 { return pick(d < 200, 1.9, 1) }, usage.SeverityHigh},
		"lower for five weeks, twice": {func(d int) float64 { return pick(d/35 == 3 || d/35 == 7, 0.4, 1) }, usage.SeverityLow},
	} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(5, 6))
			in := Input{From: usage.Date(2025, 10, 1), Days: days}
			for _, resource := range []string{"restless", "other"} {
				y := make([]float64, days)
				for d := range y {
					if y[d] = 20 * (1 + 0.02*r.NormFloat64()); resource == "restless" {
						y[d] *= pick(d >= rise, 2.5, c.level(d))
					}
				}
				in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
					usage.SubAccount: "sub", usage.ResourceGroup: "rg", usage.Service: "service", usage.Meter: "meter", usage.Resource: resource,
				}})
			}
			found := Detect(in).Findings
			if len(found) != 1 || found[0].Severity != c.want {
				t.Errorf("want one finding of severity %s:%s", c.want, describe(found))
			}
		})
	}
}

// TestRestAfterShutdowns has machines of an office that are left on at weekends, in a year in which
// they were off for three weeks twice: that says nothing of weekends.
func TestRestAfterShutdowns(t *testing.T) {
	const days = 396
	r := rand.New(rand.NewPCG(5, 6))
	in := Input{From: usage.Date(2025, 10, 6), Days: days} // a Monday
	y := make([]float64, days)
	for d := range y {
		off := d > 120 && d < 142 || d > 250 && d < 272
		y[d] = 20 * (1 + 0.02*r.NormFloat64()) * pick(off, 0.3, 1) * pick(d%7 >= 5 && d < 365, 0.1, 1)
	}
	in.Leaves = []Leaf{{Cost: y, Dims: usage.Series{usage.SubAccount: "sub", usage.ResourceGroup: "rg", usage.Resource: "office"}}}
	if found := Detect(in).Findings; len(found) != 1 || found[0].Severity == usage.SeverityLow {
		t.Errorf("want one alarm:%s", describe(found))
	}
}
