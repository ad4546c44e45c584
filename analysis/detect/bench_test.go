package detect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// manyLeaves is an estate of n leaves, two to a resource, 25 resources to a
// group, four services in each, of the kinds that
// estates are made of: steady, at work on weekdays, growing, noisy, used now and
// then. One in a thousand costs three times as much in its last week.
func manyLeaves(n, days int) Input {
	in := Input{From: firstDay, Days: days}
	for i := range n {
		r := rand.New(rand.NewPCG(7, uint64(i)))
		group := i / 2 % (1 + n/50)
		service := (3*group + i/2/(1+n/50)%4) % 30
		l := Leaf{Unit: "Hours", Cost: make([]float64, days), Quantity: make([]float64, days), Dims: usage.Series{
			usage.SubAccount: fmt.Sprintf("sub-%d", group%40), usage.ResourceGroup: fmt.Sprintf("rg-%d", group),
			usage.Service: fmt.Sprintf("service %d", service), usage.Resource: fmt.Sprintf("/sub/rg/resource-%d", i/2), usage.Meter: fmt.Sprintf("meter %d", i%97),
		}}
		size, noise, growth := math.Exp(2*r.NormFloat64()), 0.02+0.1*float64(i%3), 0.0
		if i%5 == 1 {
			growth = 0.001
		}
		for d := range days {
			q := size * math.Exp(noise*r.NormFloat64()+growth*float64(d))
			switch weekday := (in.From + usage.Day(d)).Weekday(); {
			case i%5 == 2 && (weekday == 0 || weekday == 6), i%5 == 3 && r.Float64() < 0.7:
				q = 0
			}
			if i%1000 == 0 && d >= days-7 {
				q *= 3
			}
			l.Quantity[d], l.Cost[d] = q, 0.2*q
		}
		in.Leaves = append(in.Leaves, l)
	}
	return in
}

func BenchmarkDetect100k(b *testing.B) {
	in := manyLeaves(100_000, 400)
	b.ReportAllocs()
	for b.Loop() {
		r := Detect(in)
		b.ReportMetric(float64(len(r.Findings)), "findings")
	}
}
