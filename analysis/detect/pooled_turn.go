package detect

import (
	"math"
	"slices"

	"usagereport/usage"
)

// holidayEnds reports whether f begins where more days of rest than a weekend end, or has hardly a working
// day before it: what the bill has from before tells too little.
func (p *pool) holidayEnds(f Finding) bool {
	d := min(int(f.Start-p.e.in.From), len(p.rest)-1)
	if f.Kind == usage.KindNew {
		return false
	}
	work := 0
	for _, rest := range p.rest[:d] {
		work += int(share(!rest))
	}
	return work < pooledWork || work < holidayWork && d >= holiday && !p.rest[d] && !slices.Contains(p.rest[d-holiday:d], false)
}

const (
	holiday     = 3 // days of rest in a row, at least,
	holidayWork = 5 // and working days before what follows them, from which they tell enough
)

// turn reports whether f lasted for less than a week about the turn of a month: what comes then
// may come every month, unless the bill knows the turn before and nothing of the kind came, or others
// like it know none.
func (p *pool) turn(f Finding) bool {
	e, month := p.e, f.Start.Month()
	last := min(f.End, e.day(e.settled))
	if f.Kind == usage.KindNew || last-f.Start >= 6 || f.Start-month.From >= 2 && month.To-f.Start > 5 && last.Month() == month {
		return false
	}
	start, end := int(f.Start-e.in.From), int(last-e.in.From)
	from, to := start-turnFar, start-turnNear // the same days of the month before, whatever its length
	if from < 0 || end < start || slices.Contains(e.has[from:start], false) {
		return end < start || p.turns(f, start, end)
	}
	y := e.sum(e.full, f.Leaves)
	before, since := Median(slices.Clone(y[to:start])), Median(slices.Clone(y[start:end+1]))
	if slices.Max(y[from:to]) < (before+since)/2 {
		return false
	}
	all := e
	if e.longer != nil {
		all = e.longer
	}
	y = all.sum(all.full, f.Leaves)
	birth := slices.IndexFunc(y, func(v float64) bool { return v > 0 })
	return f.Kind != usage.KindSpike ||
		!all.newAtTurns(start+all.days-e.days, birth, func(d int) bool { return y[d] >= (before+since)/2 })
}

// turns reports whether most of what f is about is such as rises at a turn of the month: others like
// it, which are not in f, rise on the days from start to end, too, or there are too few to say.
func (p *pool) turns(f Finding, start, end int) bool {
	on := func(d int) float64 { return share(start <= d && d <= end) }
	e, units := p.e, p.e.units(f.Leaves)
	own := map[int]bool{}
	for _, leaf := range f.Leaves {
		own[p.number[leaf]] = true
	}
	groups := e.nodeOf[byGroup]
	if _, one := e.common(f.Leaves, usage.Service); one && len(units) > 1 &&
		slices.ContainsFunc(f.Leaves, func(i int) bool { return groups[i] != groups[f.Leaves[0]] }) {
		return true // what a service does here and there at a turn
	}
	known, turning := 0, 0
	for _, at := range spaced(len(units), togetherUnits) {
		if known++; p.turnsLike(units[at], own, on) {
			turning++
		}
	}
	return 2*turning >= known
}

// turnsLike is turns of one resource.
func (p *pool) turnsLike(leaves []int, own map[int]bool, on func(d int) float64) bool {
	usual, l := p.of(leaves), p.all[p.number[leaves[0]]]
	if l.x == nil {
		return true
	}
	by, _ := p.fit(l, usual, on)
	families := p.families(leaves)
	known := false
	for _, k := range families[:len(families)-1] {
		members := p.kin[k].members
		n, all := 0, 0
		for at := 0; at < len(members); at += 1 + len(members)/turnLook {
			i := members[at]
			if own[i] {
				continue
			}
			all++
			if x, z := p.fit(p.all[i], usual, on); z >= turnNoise && x >= max(math.Log(pooledRises), turnAlike*by) {
				n++
			}
		}
		if float64(n) > turnMost*float64(all) {
			return true
		}
		known = known || all >= 3
	}
	return !known
}

// How many days before a turn of the month the turn before lies, at most, and the fewest.
const (
	turnFar  = 33
	turnNear = 25

	turnNoise = 2.0 // deviations by which another rises at a turn, too, at least,
	turnAlike = 0.4 // and part of the change that it does
	turnMost  = 0.1 // part of those like it that do, from which it may come every month
	turnLook  = 200 // resources that are looked at, about
)

const (
	beforeAlike  = 0.15 // part by which a day differs from that of the month before, or one beside it, at most,
	beforeDays   = 3    // on so many days at least,
	beforeBeside = 2    // so many of them like one beside it
)

// asBefore reports whether f, a rise that begins with a month, is what the month before had on the same days: what begins
// anew with each month, as a discount that grows with use does, is no news.
func (p *pool) asBefore(f Finding) bool {
	e, month := p.e, f.Start.Month()
	if f.Direction == usage.Down || f.Start-month.From > 1 || f.Rule.Kind == RuleBooked || f.Rule.Kind == RuleRest ||
		f.Kind != usage.KindLevel && f.Kind != usage.KindSpike {
		return false
	}
	y, prior := e.sum(e.full, f.Leaves), (month.From - 1).Month()
	days, known, beside := 0, 0, 0
	for d := f.Start; d <= min(f.End, e.day(e.settled), month.Last()); d++ {
		days++
		at, was := int(d-e.in.From), int(prior.From+(d-month.From)-e.in.From)
		if was < 0 || prior.From+(d-month.From) > prior.Last() || !e.has[was] || !e.has[at] {
			continue
		}
		alike := func(d int) bool {
			return d >= 0 && e.has[d] && math.Abs(y[at]-y[d]) <= beforeAlike*math.Abs(y[d])
		}
		if known++; alike(was) {
			continue
		}
		if beside++; beside > beforeBeside || !alike(was-1) && !alike(was+1) { // months are of unequal length
			return false
		}
	}
	return known >= beforeDays && 2*known >= days
}

const (
	renewedDays = 3 // days whose middle price stands for a time
	renewedPart = 2 // one of so many leaves whose price began anew, at least
)

// beginsAnew reports whether f, a rise that begins with a month, comes of prices that begin anew with each: they fell as
// the month before went on, or as this one does, as a discount or a tier that grows with use has them fall.
func (e *estate) beginsAnew(f Finding) bool {
	if f.Direction == usage.Down || f.Start-f.Start.Month().From > 1 || f.Rule.Kind == RuleBooked {
		return false
	}
	turn := int(f.Start.Month().From - e.in.From)
	before := int((f.Start.Month().From - 1).Month().From - e.in.From)
	anew, known := 0, 0
	for _, i := range f.Leaves {
		first, last := e.ownPrices(i, before, turn)
		began, now := e.ownPrices(i, turn, turn+f.Start.Month().Days())
		if first == 0 || began == 0 {
			continue
		}
		known++
		lower := 1 - e.t.PriceChange
		if fell := last <= lower*first && first <= began/lower; last < lower*began && (fell || now <= lower*began) {
			anew++
		}
	}
	return known > 0 && renewedPart*anew >= known
}

// ownPrices returns the unit price of leaf i on the first of the days from one to before another, and on the last;
// 0 where too few are known.
func (e *estate) ownPrices(i, from, to int) (first, last float64) {
	p, _ := e.unitPrices(i, e.has, max(0, from), min(to, e.settled+1))
	if len(p) < renewedDays {
		return 0, 0
	}
	return Median(slices.Clone(p[:renewedDays])), Median(slices.Clone(p[len(p)-renewedDays:]))
}
