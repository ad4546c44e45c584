package detect

import (
	"math"
	"slices"

	"usagereport/usage"
)

// What a pool says of a finding.
type verdict int

const (
	open    verdict = iota // nothing
	sure                   // it is no chance
	refuted                // its days vary as much
	unseen                 // neither its own days nor those of others show it
)

// says judges f, a rise. It is more than chance where it is far beyond what its days differ by, all that
// happened to it, and nothing that happens to others like it all the time. High days that are no higher than
// its days vary are refuted.
func (p *pool) says(f Finding) verdict {
	e := p.e
	y := e.sum(e.full, f.Leaves)
	if f.beside != nil {
		y = slices.Clone(y)
		for d := range y {
			if at := d + len(f.beside) - len(y); at >= 0 { // either may begin before the other
				y[d] -= f.beside[at]
			}
		}
	}
	if f.Kind == usage.KindNew {
		start := int(f.Start - e.in.From)
		if p.outsized(f, y) {
			return sure
		}
		for d := start; d <= e.settled; d++ {
			if e.has[d] && y[d] <= 0 {
				return open
			}
		}
		days := e.settled - start + 1
		return sureIf((days >= pooledNew || days >= pooledDaily && p.daily(f)) && start >= pooledNewStart && !p.bornOften(f, y))
	}
	if units := e.units(f.Leaves); len(units) >= 3 {
		return sureIf(p.together(f, units))
	}
	l := p.logs(y, e.has)
	if l.x == nil {
		return unseen
	}
	few, days := f.End-f.Start < 3, open
	if few || f.Kind == usage.KindSpike {
		if days = p.days(l, f); few && days != sure {
			if _, record := p.recordOn(y, int(f.Start-e.in.From), min(int(f.End-e.in.From), e.settled)); record {
				days = sure
			}
		}
		if days == sure || few {
			return days
		}
	}
	usual := p.of(f.Leaves)
	start := int(f.Start - e.in.From)
	if w := p.wakes(l, f.Leaves); w.z >= pooledNever && start-2 <= w.from && w.from <= start+2 {
		return sure
	}
	var best shape
	by, z := 0.0, 0.0
	for _, s := range p.shapes(f) {
		if b, deviations := p.fit(l, usual, s.on); deviations > z {
			best, by, z = s, b, deviations
		}
	}
	if z < p.rise || by < math.Log(pooledRises) {
		if days == open {
			return unseen
		}
		return days
	}
	// A machine that is left on by night and at weekends, too, goes up by another part on days of rest: it
	// is enough that its working days do not jump.
	start = int(p.began(f) - e.in.From)
	if p.jumps(l, usual, best, start) && p.jumps(p.working(l), usual, best, start) {
		return days
	}
	if !best.level {
		return sure
	}
	most := oftenMost
	if e.settled < oftenDays {
		most = oftenOnce
	}
	switch often := p.often(p.lasting, f.Leaves, f.Leaves, by, min(oftenSure, oftenClear*z)); {
	case often >= oftenAlways: // it is what they do
		return unseen
	case often >= most:
		return open
	}
	return sure
}

// began returns the day on which f rose; what grows is half of what it is now by then.
func (p *pool) began(f Finding) usage.Day {
	if f.Grown != 0 {
		return f.Start + (f.Grown-f.Start)/2
	}
	if f.Kind != usage.KindDrift {
		return f.Start
	}
	return f.Start + (min(f.End, p.e.day(p.e.settled))-f.Start)/2
}

func sureIf(is bool) verdict {
	if is {
		return sure
	}
	return open
}

// jumps reports whether what l does besides rising as s does from day start on is as clear, or nearly as
// large. What begins on the same day is the same.
func (p *pool) jumps(l logs, usual kin, s shape, start int) bool {
	by, z := p.fit(l, usual, s.on)
	if z < p.rise {
		return true
	}
	x := slices.Clone(l.x)
	for d := range x {
		if x[d] -= by * s.on(d); d < start-jumpDays {
			x[d] = math.NaN()
		}
	}
	l.x = x
	other := p.changes(l, usual).clearest()
	return other.from != start && (other.z >= z || other.z >= jumpNoise && other.size() >= jumpLevel*by)
}

// working returns l without days of rest.
func (p *pool) working(l logs) logs {
	l.x = slices.Clone(l.x)
	for d, rest := range p.rest {
		if rest && d < len(l.x) {
			l.x[d] = math.NaN()
		}
	}
	return l
}

// daily reports whether nearly all that is like what f is about costs something every day, so that two
// days tell enough.
func (p *pool) daily(f Finding) bool {
	for _, unit := range p.e.units(f.Leaves) {
		known := false
		families := p.families(unit)
		for _, k := range families[:len(families)-1] {
			x := p.kin[k]
			if all := len(x.members) + x.seldom; all >= 3 {
				if known = true; float64(x.seldom) > seldomMost*float64(all) {
					return false
				}
				break
			}
		}
		if !known {
			return false
		}
	}
	return true
}

// bornOften reports whether others like what f is about, whose costs are y, have begun in this bill, too: what is
// free at first each month, or comes and goes. What costs much less is not like it.
func (p *pool) bornOften(f Finding, y []float64) bool {
	k := p.kin[p.families(f.Leaves)[0]]
	size, others := p.usualCost(y), 0.0
	for _, i := range k.born {
		n := p.e.resources[i]
		if !slices.Contains(f.Leaves, n.leaves[0]) && p.usualCost(p.e.sum(p.e.full, n.leaves)) >= bornAlike*size {
			others++
		}
	}
	return others >= 2 && others >= oftenMost*float64(len(k.compared)+len(k.born))
}

// usualCost is the median of the days of y that cost something and have settled.
func (p *pool) usualCost(y []float64) float64 {
	return Median(slices.DeleteFunc(slices.Clone(y[:p.e.settled+1]), func(v float64) bool { return v <= 0 }))
}

// days judges up to three days.
func (p *pool) days(l logs, f Finding) verdict {
	usual, start := p.of(f.Leaves), int(f.Start-p.e.in.From)
	all := l
	l = l.since(start - jumpDays)
	best := p.changes(l, usual).high
	if best.z < p.high || best.times < pooledRises {
		return refuted
	}
	own := func(c change) bool { return c.to >= start-1 && c.from <= start+int(f.End-f.Start)+1 }
	other := p.changes(l.without(best), usual).high
	if !own(best) {
		if best, other = other, best; !own(best) || best.z < p.high || best.size() < onceAlike*other.size() {
			return open
		}
	}
	if other.z >= jumpNoise && other.size() >= jumpOther*best.size() && !p.once(all, usual, best, other, f.Leaves) {
		return open
	}
	return sureIf(p.often(p.highs, f.Leaves, f.Leaves, best.size(), oftenHigh) < oftenMost)
}

// once reports whether other, of l, is the only high day in so long before best that it is no habit, nor
// what comes each month: about the same date, the month before it knows none. That is asked of all days that are known: what was
// news stays so as days go by.
func (p *pool) once(l logs, usual kin, best, other change, leaves []int) bool {
	e := p.e
	all := e
	if e.longer != nil {
		all = e.longer
	}
	cut := all.days - e.days
	y := all.sum(all.full, leaves)
	first := slices.IndexFunc(y, func(v float64) bool { return v > 0 })
	known := 0
	for d := max(0, first); d < best.from+cut; d++ {
		known += int(share(all.has[d] && y[d] > 0))
	}
	if known < onceKnown || best.from-other.from < onceApart {
		return false
	}
	half := math.Exp(l.x[other.from] - math.Log(other.times)/2)
	high := func(d int) bool { return y[d] >= half }
	day := e.day(other.from)
	switch {
	case turns(day) && turns(e.day(best.from)):
		if !all.newAtTurns(best.from+cut, first, high) {
			return false
		}
	case sameDate(e.day(best.from), day):
		earlier := other.from + cut - (day.Month().From - 1).Month().Days()
		for d := earlier - dateMoves; d <= earlier+dateMoves; d++ {
			if d < first || !all.has[d] || y[d] <= 0 || high(d) {
				return false
			}
		}
	}
	third := p.changes(l.without(best).without(other), usual).high
	return third.z < jumpNoise || third.size() < onceThird*best.size()
}

// sameDate reports whether two days are of about the same date, or both are about a turn of the month.
func sameDate(x, y usage.Day) bool {
	near := func(a, b usage.Day) bool { return max(a, b)-min(a, b) <= dateMoves }
	return near(x-x.Month().From, y-y.Month().From) || near(x.Month().Last()-x, y.Month().Last()-y) || turns(x) && turns(y)
}

// turns reports whether day d is about a turn of the month.
func turns(d usage.Day) bool {
	return d-d.Month().From <= dateMoves || d.Month().Last()-d <= dateMoves
}

const (
	onceKnown = 55  // days before a high one in which there is one other, for it to be news
	onceApart = 7   // days that the two are apart, at least
	onceAlike = 0.7 // part of the other that it is
	onceThird = 0.2 // and part of it that a third one is, at most
	dateMoves = 2   // days by which a date moves
)

// together is sure of what several resources do: that they rise on the same days is no chance,
// unless most of them go up and down all the time.
func (p *pool) together(f Finding, units [][]int) bool {
	var all []logs
	var usual []kin
	var places []int
	restless, known := 0, map[[2]string]bool{}
	for _, i := range spaced(len(units), togetherUnits) {
		l := p.logs(p.e.sum(p.e.full, units[i]), p.e.has)
		if l.x == nil {
			continue
		}
		all, usual, places = append(all, l), append(usual, p.of(units[i])), append(places, i)
		family := p.families(units[i])[0]
		if _, seen := known[family]; !seen {
			known[family] = p.often(p.lasting, units[i], f.Leaves, restlessSize, oftenSure) >= restlessMost
		}
		if known[family] {
			restless++
		}
	}
	if len(all) < 3 || 2*restless > len(all) {
		return false
	}
	woken, start := 0.0, int(f.Start-p.e.in.From)
	for i, l := range all {
		if w := p.wakes(l, units[places[i]]); start-2 <= w.from && w.from <= start+2 {
			woken += min(togetherMost, w.z)
		}
	}
	if woken >= pooledNever*math.Sqrt(float64(len(all))) {
		return true
	}
	for _, s := range p.shapes(f) {
		sum := 0.0
		for i, l := range all {
			_, z := p.fit(l, usual[i], s.on)
			sum += max(-togetherMost, min(togetherMost, z))
		}
		if sum >= pooledNever*math.Sqrt(float64(len(all))) {
			return true
		}
	}
	return false
}

// tiers says which rises are alarms, by what resources have in common. In a bill with a short history that
// alone says it. With more of it, both have a say: what is sure by that is an alarm, and what is an alarm
// stays one unless its last weeks refute it, or, in one that is young, do not show it, or it is back at a level that it had, and
// others like it go between levels, too. What is as the month before
// had it is left out of a short history.
func (e *estate) tiers(found []Finding, short, young bool) []Finding {
	if short {
		found = slices.DeleteFunc(found, e.beginsAnew)
	}
	leaves := e.some(found)
	if len(leaves) == 0 {
		return found
	}
	p := e.pool
	if p == nil {
		p = newPool(e, leaves)
	}
	p.compare(found, leaves)
	if short {
		found = slices.DeleteFunc(found, p.asBefore)
	}
	var none []int // that were no alarms
	for i, f := range found {
		if p.proven(f) || f.Start < e.in.From+pooledStart {
			continue
		}
		says := open
		if f.Start > e.day(e.last-Review) && !p.turn(f) && !p.holidayEnds(f) {
			says = p.says(e.besideEarlier(f, found))
		}
		weak := f.Kind == usage.KindSpike && f.Start == f.End && f.Rule.Kind == RuleWindow &&
			f.Rule.Amount < e.t.WeakTimes*f.Rule.Times*f.Rule.Usual
		again := f.had > 0 && p.often(p.lasting, f.Leaves, f.Leaves, f.had, oftenSure) >= oftenMost
		lived := f.Kind == usage.KindNew && !f.Ongoing && e.comesAndGoes(f)
		if f.small {
			if f.Rule.byDays() && says != sure {
				none = append(none, i)
			}
			continue
		}
		switch alarm := says == sure && !again; {
		case !alarm && (short || weak || again || lived || f.Rule.byDays() || says == refuted || young && says == unseen):
			found[i].Severity = usage.SeverityLow
		case alarm && f.Severity == usage.SeverityLow && !f.habit && (young || f.Rule.Kind != RuleDay): // else a day like one before stays so
			found[i].Severity = usage.SeverityMedium
		}
	}
	for _, i := range slices.Backward(none) {
		found = slices.Delete(found, i, i+1)
	}
	return found
}

// besideEarlier returns f, a level, beside what those of found explain that the same had before it: they are told, too, and are no noise.
func (e *estate) besideEarlier(f Finding, found []Finding) Finding {
	level := func(f Finding) bool { return f.Kind == usage.KindLevel && f.Direction == usage.Up }
	for _, t := range found {
		if !level(f) || !level(t) || t.End >= f.Start || !slices.Equal(t.Leaves, f.Leaves) {
			continue
		}
		if f.beside = slices.Clone(f.beside); f.beside == nil {
			f.beside = make([]float64, e.days)
		}
		for day := max(t.Start, t.Series.From, e.in.From); day <= t.End; day++ {
			i, d := int(day-t.Series.From), int(day-e.in.From)+len(f.beside)-e.days
			f.beside[d] += t.Series.Actual[i] - t.Series.Expected[i]
		}
	}
	return f
}

// comesAndGoes reports whether most of what is like f, which was new and is over, has lived for no longer than about as long, and many
// have: one more is no news, and that there are more of them shows in their sum.
func (e *estate) comesAndGoes(f Finding) bool {
	const many, longer = 8, 2
	service, meter := e.values[usage.Service], e.values[usage.Meter]
	all, like := 0, 0
	for _, n := range e.resources {
		if i, j := n.leaves[0], f.Leaves[0]; service[i] != service[j] || meter[i] != meter[j] {
			continue
		}
		first, last := e.days, -1
		for _, i := range n.leaves {
			for k, v := range e.full[i].v {
				if d := e.full[i].first + k; v != 0 {
					first, last = min(first, d), max(last, d)
				}
			}
		}
		if last < 0 {
			continue
		}
		if all++; last < e.settled && last-first+1 <= longer*int(f.End-f.Start+1) {
			like++
		}
	}
	return like >= many && 2*like >= all
}

// some returns leaves of which to know more, to judge found.
func (e *estate) some(found []Finding) (leaves []int) {
	for _, f := range found {
		if !provenAlone(f) {
			units := e.units(f.Leaves)
			for _, at := range spaced(len(units), togetherUnits) {
				leaves = append(leaves, units[at][0])
			}
		}
	}
	return leaves
}

// proven reports whether what others do says nothing of f: a fall, or what has its own proof, like a
// price, what is booked, a credit that ended, slow growth, and a high day among so many where there are
// too few resources to compare it with.
func (p *pool) proven(f Finding) bool {
	return provenAlone(f) || f.Rule.Kind == RuleDay && len(p.kin[[2]string{}].members) < restLeast
}

// provenAlone is proven of what is so in any bill.
func provenAlone(f Finding) bool {
	if f.Direction == usage.Down || f.Kind == usage.KindPrice && !f.Rule.byDays() { // by days it is a step that the price explains
		return true
	}
	return f.Rule.Kind == RuleBooked || f.Rule.Kind == RuleGone || f.Rule.Kind == RuleSlow
}
