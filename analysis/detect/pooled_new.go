package detect

import (
	"slices"

	"usagereport/usage"
)

const (
	outsizedPart  = 0.1 // part of the bill's usual day that something new costs, from which two days tell enough
	outsizedKnown = 28  // days before it, at least,
	outsizedSeen  = 60  // and those in which other starts say what is usual
	outsizedAlike = 0.4 // part of it that another start is, to be such as it
)

// outsized reports whether f, which is new, costs so large a part of the bill, and nothing else in it began so large, that it
// need not be waited for whether it stays: it has cost something on two days, the last of which have not settled.
func (p *pool) outsized(f Finding, y []float64) bool {
	e, start := p.e, int(f.Start-p.e.in.From)
	if start < outsizedKnown || start >= e.last {
		return false
	}
	size := y[start]
	for d := start; d <= e.last; d++ {
		if !e.has[d] {
			continue
		}
		if y[d] <= 0 {
			return false
		}
		if d <= e.settled {
			size = min(size, y[d])
		}
	}
	total := e.levels[len(e.levels)-1][0]
	bill := Median(e.sum(e.full, total.leaves)[start-outsizedKnown : start])
	if size < outsizedPart*bill {
		return false
	}
	for _, n := range e.resources {
		if len(n.leaves) == 0 || slices.Contains(f.Leaves, n.leaves[0]) {
			continue
		}
		cost := e.sum(e.full, n.leaves)
		first := slices.IndexFunc(cost, func(v float64) bool { return v > 0 })
		if first < max(pooledBorn, start-outsizedSeen) || first > e.settled {
			continue
		}
		if slices.Max(cost[first:min(first+3, e.days)]) >= outsizedAlike*size {
			return false
		}
	}
	return f.Kind == usage.KindNew && !p.bornOften(f, y)
}
