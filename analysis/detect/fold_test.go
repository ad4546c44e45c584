package detect

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"usagereport/usage"
)

// TestFoldKeepsAlarms folds what five resources of a group have in common, of which one that
// began a week later is all that is an alarm by itself.
func TestFoldKeepsAlarms(t *testing.T) {
	const days = 396
	r := rand.New(rand.NewPCG(7, 8))
	in := Input{From: usage.Date(2025, 10, 1), Days: days}
	for i := range 5 {
		y := make([]float64, days)
		for d := range y {
			y[d] = 20 * (1 + 0.02*r.NormFloat64()) * pick(d >= 376, 1.8, 1)
		}
		in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
			usage.SubAccount: "sub", usage.ResourceGroup: "rg", usage.Service: "service", usage.Resource: fmt.Sprint("vm", i),
		}})
	}
	e := newEstate(in)
	var hits []*hit
	for _, n := range e.resources {
		var s series
		hits = append(hits, e.closely(n, &s, 1)...)
	}
	if len(hits) != 5 {
		t.Fatalf("%d hits, want 5", len(hits))
	}
	for i, h := range hits {
		if h.alarm = i == 4; h.alarm {
			h.start += 7
		}
	}
	if out := e.fold(hits, 1); len(out) != 1 || len(out[0].leaves) != 5 || !out[0].alarm {
		t.Errorf("%d hits, the first of %d leaves, an alarm: %t; want one alarm of 5", len(out), len(out[0].leaves), out[0].alarm)
	}
}

// TestIncidentsApartOfAll has all machines of a group dearer on some days, and again weeks later: that is two incidents, of which the
// first is not one that goes on until the second.
func TestIncidentsApartOfAll(t *testing.T) {
	for _, days := range []int{60, 110, 120, 200} {
		for _, after := range []int{14, 17, 21, 28} {
			for _, length := range []int{2, 3, 4, 5} {
				b := &estateBuilder{seed: 1, in: Input{From: usage.Date(2026, time.March, 1), Days: days}}
				second := days - 2 - length
				first := second - after
				for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
					b.add("sub", "rg", "machines", name, "D2", "h", 4, func(d int, r *rand.Rand) float64 {
						high := d >= first && d < first+length || d >= second && d < second+length
						return 24 * (0.95 + 0.1*r.Float64()) * pick(high, 1.8, 1)
					})
				}
				found := Detect(b.in).Findings
				slices.SortFunc(found, func(a, b Finding) int { return int(a.Start - b.Start) })
				if len(found) != 2 {
					t.Errorf("%d days, %d days after, for %d days: want two%s", days, after, length, describe(found))
					continue
				}
				for i, start := range []int{first, second} {
					f := found[i]
					off := [2]usage.Day{f.Start - b.in.From - usage.Day(start), f.End - b.in.From - usage.Day(start+length-1)}
					if off[0] != 0 || off[1] < 0 || off[1] > 1 {
						t.Errorf("%d days, %d days after, for %d days: want days %d to %d%s", days, after, length, start, start+length-1, describe(found))
						break
					}
				}
			}
		}
	}
}
