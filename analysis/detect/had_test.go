package detect

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"usagereport/usage"
)

// alike makes a bill of one meter, whose resources cost so many times what they usually do.
func alike(days int, times func(i, d int) float64) Input {
	r := rand.New(rand.NewPCG(5, 6))
	in := Input{From: usage.Date(2026, 3, 2), Days: days}
	for i := range 24 {
		y := make([]float64, days)
		for d := range y {
			y[d] = 20 * (1 + 0.02*r.NormFloat64()) * times(i, d)
		}
		in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
			usage.SubAccount: "sub", usage.ResourceGroup: fmt.Sprint("rg", i%5), usage.Service: "service", usage.Meter: "meter",
			usage.Resource: fmt.Sprint("resource ", i),
		}})
	}
	return in
}

// severities returns those of the rises of a resource.
func severities(in Input, resource string) (all []usage.Severity) {
	for _, f := range Detect(in).Findings {
		if f.Direction == usage.Up && f.Scope[usage.Resource] == resource {
			all = append(all, f.Severity)
		}
	}
	return all
}

// TestLevelItHad has a resource that rises to a level which it had for some days, or not, among others of which some go between
// levels, or none: what they do as well, and it did before, is no alarm.
func TestLevelItHad(t *testing.T) {
	const days, rise, since = 200, 185, 130
	for name, c := range map[string]struct {
		before, others bool
		low            bool
	}{
		"never before": {},
		"before, and the others keep their level":     {before: true},
		"never before, and others go between levels":  {others: true},
		"it did before, and others go between levels": {before: true, others: true, low: true},
	} {
		t.Run(name, func(t *testing.T) {
			got := severities(alike(days, func(i, d int) float64 {
				switch {
				case i == 7:
					return pick(d >= rise || c.before && d >= 80 && d < 92, 1.8, 1)
				case i%3 == 0 && c.others:
					return pick(d >= since+i && d < since+i+25, 1.8, 1) // one after another
				}
				return 1
			}), "resource 7")
			if len(got) != 1 || (got[0] == usage.SeverityLow) != c.low {
				t.Errorf("told as %v, want one rise, worth a look only: %t", got, c.low)
			}
		})
	}
}

// TestFirstDays has a bill of 25 days, in which some resources go to another level and back, or none. In the first days, too, that shows
// what they do.
func TestFirstDays(t *testing.T) {
	for _, some := range []bool{false, true} {
		in := alike(25, func(i, d int) float64 {
			return pick(i == 7 && d >= 14, 1.8, 1) * pick(some && i%4 == 0 && d >= 3 && d < 7+i/4, 1.8, 1)
		})
		if got := severities(in, "resource 7"); len(got) != 1 || (got[0] == usage.SeverityLow) != some {
			t.Errorf("others change: %t: told as %v:%s", some, got, describe(Detect(in).Findings))
		}
	}
}

// TestRiseOverAWeekend has machines that are off at weekends in a bill of 25 days. One costs twice as much for two days before the last
// weekend and since: that is one rise, and not some high days and others.
func TestRiseOverAWeekend(t *testing.T) {
	const rise = 17 // a Thursday
	in := alike(25, func(i, d int) float64 { return pick(d%7 >= 5, 0, 1) * pick(i == 7 && d >= rise, 2, 1) })
	found := slices.DeleteFunc(Detect(in).Findings, func(f Finding) bool { return f.Severity == usage.SeverityLow })
	if len(found) != 1 || found[0].Start != in.From+rise || !found[0].Ongoing || found[0].Scope[usage.Resource] != "resource 7" {
		t.Errorf("want one alarm, since day %d:%s", rise, describe(Detect(in).Findings))
	}
}
