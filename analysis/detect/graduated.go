package detect

import (
	"math"
	"slices"

	"usagereport/usage"
)

// A price may fall with what a month has used so far and begin anew with the next: tiers of volume, discounts
// for sustained use. As charged, the falls of a month hide a rise of use, and its end looks like one. Leaves of such a price are
// compared at one price for all days, by which they cost as much in their last four weeks; what is said of them is as charged.
const (
	gradeFall   = 0.005 // part by which a price has fallen, at least,
	gradeLeast  = 2     // on so many days, at least,
	gradeDepth  = 0.15  // and by so much in a month, at least
	gradeAnew   = 0.15  // part by which the first prices of months differ, at most
	gradeSame   = 0.02  // part by which two prices differ that are one
	gradeRises  = 0.05  // part of the days on which it rises within a month, at most
	gradeVaries = 62    // last days with a price, in which it is lower at some time than at another
	gradeRecent = 28    // days by which the one price is chosen
	gradeGap    = 7     // days between a leaf and what its resource goes on by, at most
)

// evened returns in with the leaves of graduated prices at one price.
func evened(in Input) Input {
	grades := make([][]float64, len(in.Leaves))
	parallel(len(grades), func(_ *series, i int) { grades[i] = grade(in.Leaves[i], in.From) })
	asSuccessors(in.Leaves, grades)
	var leaves []Leaf
	for i, by := range grades {
		if by == nil {
			continue
		}
		if leaves == nil {
			leaves = append(leaves, in.Leaves...)
		}
		l := &leaves[i]
		l.grade, l.Cost = by, make([]float64, len(by))
		for k := range by {
			l.Cost[k] = in.Leaves[i].Cost[k] / by[k]
		}
	}
	if leaves != nil {
		in.Leaves = leaves
	}
	return in
}

// asSuccessors forgets the grade of a leaf that ended where its resource goes on by another, in another unit or of another meter,
// whose price is not known to be graduated yet. Such two can be compared as charged alone.
func asSuccessors(leaves []Leaf, grades [][]float64) {
	type thing struct{ account, service, resource string }
	of := func(l Leaf) thing {
		return thing{l.Dims[usage.SubAccount], l.Dims[usage.Service], l.Dims[usage.Resource]}
	}
	ended := map[thing][]int{}
	for i, by := range grades {
		if by != nil {
			ended[of(leaves[i])] = append(ended[of(leaves[i])], i)
		}
	}
	if len(ended) == 0 {
		return
	}
	for again := true; again; { // one that forgets its own is what another goes on by
		again = false
		for j, l := range leaves {
			before := ended[of(l)]
			if grades[j] != nil || len(before) == 0 {
				continue
			}
			first := slices.IndexFunc(l.Cost, func(y float64) bool { return y > 0 })
			if first < 0 {
				continue
			}
			for _, i := range before {
				after := l.First + first - leaves[i].lastDay()
				if grades[i] != nil && after >= 0 && after <= gradeGap && leaves[i].lastDay() < l.lastDay() {
					grades[i], again = nil, true
				}
			}
		}
	}
}

// lastDay returns the last day of Input on which the leaf cost anything; before its first where it never did.
func (l Leaf) lastDay() int {
	k := len(l.Cost) - 1
	for k >= 0 && l.Cost[k] <= 0 {
		k--
	}
	return l.First + k
}

// price returns what a unit cost on day k of the leaf; 0 where that is not known.
func (l Leaf) price(k int) float64 {
	if k >= len(l.Quantity) || l.Quantity[k] <= 0 || l.Cost[k] <= 0 {
		return 0
	}
	return l.Cost[k] / l.Quantity[k]
}

// varies reports whether the price was another one within the last two months that the leaf has: that of most leaves was not.
func (l Leaf) varies() bool {
	least, most := math.Inf(1), 0.0
	for k, days := min(len(l.Cost), len(l.Quantity))-1, 0; k >= 0 && days < gradeVaries; k-- {
		if p := l.price(k); p > 0 {
			least, most = min(least, p), max(most, p)
			days++
		}
	}
	return least < (1-gradeDepth)*most
}

// grade returns what part of its one price a leaf's is on each day of its costs; nil where it has no graduated price. The first
// day of the Input is from.
func grade(l Leaf, from usage.Day) []float64 {
	if !l.varies() {
		return nil
	}
	var out []float64 // of the month's first price
	var months []graded
	var tiers []tier
	first, rises, falls, most := from+usage.Day(l.First), 0, 0, 1+int(gradeRises*float64(len(l.Cost)))
	for k := 0; k < len(l.Cost); {
		month := (first + usage.Day(k)).Month()
		m := graded{from: k, to: min(len(l.Cost), int(month.To-first)), cut: first+usage.Day(k) > month.From}
		tiers = tiers[:0]
		for ; k < m.to; k++ {
			p := l.price(k)
			switch {
			case p == 0:
			case m.top == 0:
				m.top, tiers = p, append(tiers, tier{p, 1})
			case m.dearer > 0 && math.Abs(p*m.dearer/tiers[len(tiers)-1].price-1) <= gradeSame: // for some days it was
				rescale(tiers, 1/m.dearer)
				m.dearer = 0
			case p < tiers[len(tiers)-1].price*(1-gradeFall):
				if falls++; out == nil {
					out = slices.Repeat([]float64{1}, len(l.Cost))
				}
				tiers = append(tiers, tier{p, tiers[len(tiers)-1].part * p / m.end})
			case p > m.end*(1+gradeFall):
				if rises++; rises > most {
					return nil
				}
				if at := slices.IndexFunc(tiers, func(t tier) bool { return math.Abs(p/t.price-1) <= gradeSame }); at >= 0 {
					falls -= len(tiers) - 1 - at // it was no tier
					tiers = tiers[:at+1]
				} else { // what it falls to next is a part of this
					m.dearer = p / m.end
					rescale(tiers, m.dearer)
				}
			}
			if p > 0 {
				m.end = p
			}
			if out != nil && m.top > 0 {
				out[k] = tiers[len(tiers)-1].part
			}
		}
		if m.top > 0 {
			months = append(months, m)
		}
	}
	if falls < gradeLeast || !anew(months) {
		return nil
	}
	if m := months[0]; m.cut { // what the month's first price was, the next one tells
		for k := m.from; k < m.to; k++ {
			out[k] *= min(1, m.top/months[1].top)
		}
	}
	cost, even := 0.0, 0.0
	for k, n := len(l.Cost)-1, 0; k >= 0 && n < gradeRecent; k-- {
		if l.Cost[k] > 0 {
			cost, even = cost+l.Cost[k], even+l.Cost[k]/out[k]
			n++
		}
	}
	for k := range out {
		if out[k] *= even / cost; l.Cost[k] == 0 {
			out[k] = 1
		}
	}
	return out
}

// A graded is a month of a price.
type graded struct {
	from, to int
	top, end float64 // its first and last price
	dearer   float64 // by what it rose last within the month, to what had been no tier; 0 where it did not
	cut      bool    // it begins within the month
}

// A tier is a price of a month, and what part of the month's first it is.
type tier struct{ price, part float64 }

// rescale makes the prices of tiers by times what they were.
func rescale(tiers []tier, times float64) {
	for i := range tiers {
		tiers[i].price *= times
	}
}

// anew reports whether the price falls in a month, and begins anew with most of those that follow such a one.
func anew(months []graded) bool {
	fell, again := 0, 0
	for i, m := range months[:max(0, len(months)-1)] {
		top := m.top
		if m.cut {
			top = max(top, months[i+1].top)
		}
		if m.end > (1-gradeDepth)*top {
			continue
		}
		fell++
		if next := months[i+1].top; math.Abs(next/top-1) <= gradeAnew {
			again++
		}
	}
	return fell > 0 && 3*again >= 2*fell
}

// asCharged returns by what the costs of leaves on each day are as charged; nil where they are.
func (e *estate) asCharged(leaves []int) []float64 {
	if e.grades == nil || !slices.ContainsFunc(leaves, func(i int) bool { return e.grades[i].v != nil }) {
		return nil
	}
	out := make([]float64, e.days)
	for d := range out {
		charged, even := 0.0, 0.0
		for _, i := range leaves {
			if y := e.full[i].at(d); y > 0 {
				even += y
				if by := e.grades[i].at(d); by > 0 {
					y *= by
				}
				charged += y
			}
		}
		if out[d] = 1; even > 0 {
			out[d] = charged / even
		}
	}
	return out
}

// charged is f, of h, with its sums as charged, which are those at one price times by, day by day.
func (e *estate) charged(f Finding, h *hit, apart, by []float64) *Finding {
	times := func(v []float64) []float64 {
		if v == nil {
			return nil
		}
		out := make([]float64, len(v))
		for d := range out {
			out[d] = v[d] * by[d]
		}
		return out
	}
	as, out := *h, Finding{Kind: f.Kind, Rule: f.Rule}
	as.actual, as.expected = times(h.actual), times(h.expected)
	as.spread *= Median(by[h.start : h.end+1])
	e.account(&out, &as, times(apart))
	part := out.Impact / f.Impact
	for _, d := range f.Drivers {
		d.Impact, d.PriceEffect, d.QuantityEffect = d.Impact*part, d.PriceEffect*part, d.QuantityEffect*part
		out.Drivers = append(out.Drivers, d)
	}
	return &out
}

// charge sets the sums of f to those of as.
func (f *Finding) charge(as *Finding) {
	f.Actual, f.Expected, f.Low, f.High, f.Impact, f.Elsewhere = as.Actual, as.Expected, as.Low, as.High, as.Impact, as.Elsewhere
	f.AtFirst, f.PerDayBefore, f.PerDayNow, f.ProjectedPerMonth = as.AtFirst, as.PerDayBefore, as.PerDayNow, as.ProjectedPerMonth
	f.Drivers, f.Series = as.Drivers, as.Series
}
