package detect

import (
	"fmt"
	"math/rand/v2"
	"testing"

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
