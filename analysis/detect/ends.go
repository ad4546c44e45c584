package detect

import (
	"math"
	"slices"

	"usagereport/usage"
)

// drift makes h a drift if it rises still. A drift begins before the days that
// give it away: with the first week that is 3 % or more above what growth and
// noise had the weeks be.
func (e *estate) drift(h *hit, s *series) {
	above := func(d int) float64 { return h.sign * s.excess(7, d) / max(s.expected(7, d), tiny) }
	var growth []float64
	for d := max(s.first+6, e.lo-56); d < e.lo; d++ {
		growth = append(growth, above(d))
	}
	usual := max(0, Median(growth))
	for i := range growth {
		growth[i] = math.Abs(growth[i] - usual)
	}
	usual += max(e.t.DriftWeek, sigmas*Median(growth))
	start := h.start
	for start > s.first+7 && above(start-1) > usual {
		if start--; start < e.lo-14 {
			return // no drift, but a level beside another
		}
	}
	to := min(h.end, e.settled)
	if !h.ongoing || to-start < 13 {
		return
	}
	early := *h
	early.start, early.expected = start, s.frozen(start)
	last := e.lift(&early, to-6, to)
	rises := last > e.t.DriftRise*max(0, e.lift(&early, start, start+6))
	steps := last <= e.t.DriftRise*e.lift(h, h.start, h.start+6) && (start == h.start || e.lift(&early, start,
		h.start-1) < e.t.DriftBefore*last)
	if rises && !steps && !e.atRest(h) && !early.inTwoSteps(to) {
		h.start, h.expected, h.kind = start, early.expected, usage.KindDrift
	}
}

// inTwoSteps reports whether h, up to a day, is clearly nearer to two levels, one after the other, than to a rise by and by.
func (h *hit) inTwoSteps(to int) bool {
	var v []float64 // the last day first
	for d := to; d >= h.start; d-- {
		if h.node.has[d] && h.expected[d] > 0 {
			v = append(v, h.actual[d]/h.expected[d])
		}
	}
	// The second may have begun on the last day.
	return len(v) >= 2*stepShortest && leftOfSteps(v, 1, stepShortest) < stepsNearer*fitLine(v).left
}

const (
	stepShortest = 3   // days of a level, at least
	stepsNearer  = 0.5 // part of what a line leaves that two levels do, at most
)

// peak returns the run of at most four days that carries two thirds of h, if
// there is one.
func (e *estate) peak(h *hit) (from, to int, ok bool) {
	over := func(d int) float64 { return e.lift(h, d, d) }
	if h.end-h.start < 4 {
		return 0, 0, false
	}
	top := h.start
	for d := h.start; d <= h.end; d++ {
		if over(d) > over(top) {
			top = d
		}
	}
	for _, d := range []int{top - 7, top + 7} {
		if h.start <= d && d <= h.end && over(d) > e.t.PeakSidePart*over(top) {
			return 0, 0, false // again the week before or after: a pattern
		}
	}
	from, to = top, top
	high := func(d int) bool { return over(d) > e.t.PeakSidePart*over(top) || h.givenBack(d) }
	for from > h.start && high(from-1) {
		from--
	}
	for to < h.end && high(to+1) {
		to++
	}
	sum := 0.0
	for d := from; d <= to; d++ {
		sum += over(d)
	}
	most := sum >= e.t.PeakPart*h.sign*h.impact()
	if !most && !h.ongoing {
		// Several such runs with usual days between are no level.
		var all []float64
		for d := h.start; d <= h.end; d++ {
			all = append(all, over(d))
		}
		most = Median(all) <= e.t.PeakRestPart*over(top)
	}
	since, quiet := to+1, e.quiet(h.expected, e.settled)
	for since <= h.end && h.expected[since] < quiet {
		since++ // a day of rest does not say that it is over
	}
	if since > e.settled || over(since) > e.t.PeakSidePart*over(top) {
		return 0, 0, false // the first day of work since says nothing yet, or is as high
	}
	return from, to, to-from < 4 && most
}

// again returns where the last high days of h begin, if there were others before them and more than a week of usual
// days between, so that no weekday makes them one: that is no level, whether the last go on or not.
func (e *estate) again(h *hit) (from int, ok bool) {
	const usual = 8 // days between
	over := func(d int) float64 { return e.lift(h, d, d) }
	top := 0.0
	for d := h.start; d <= h.end; d++ {
		top = max(top, over(d))
	}
	high := func(d int) bool { return over(d) > e.t.PeakSidePart*top }
	last := h.end
	for last > h.start && !high(last) {
		last--
	}
	from = last
	for from > h.start && (high(from-1) || !h.node.has[from-1]) {
		from--
	}
	var between []float64
	for d := from - 1; d > h.start && !high(d); d-- {
		if h.node.has[d] {
			between = append(between, over(d))
		}
	}
	if len(between) == 0 || Median(between) > e.t.PeakRestPart*top {
		return from, false
	}
	return from, len(between) >= usual || e.twoDays(h, high)
}

// twoDays reports whether h is nothing but two short runs of high days, however few days lie between, and none of them a day of rest: what
// is left on at weekends is one thing. A third makes it a rhythm.
func (e *estate) twoDays(h *hit, high func(d int) bool) bool {
	quiet := e.quiet(h.expected, h.start)
	runs, length := 0, 0
	for d := h.start; d <= h.end; d++ {
		switch {
		case !high(d):
			length = 0
		case h.expected[d] < quiet:
			return false
		default:
			if length++; length == 1 {
				runs++
			}
			if length > 2 {
				return false
			}
		}
	}
	return runs == 2 && h.end-h.start >= twoApart
}

const twoApart = 6 // days from the first of two high days to the last, at least

// quiet returns the cost below which a day says nothing of whether something goes on, by what the week up to a day is expected to cost.
func (e *estate) quiet(expected []float64, to int) float64 {
	return e.t.QuietPart * Median(slices.Clone(expected[max(0, to-6):to+1]))
}

// lift returns the mean excess of the days from a to b.
func (e *estate) lift(h *hit, a, b int) float64 {
	sum, n := 0.0, 0
	for d := max(0, a); d <= min(b, e.days-1); d++ {
		if h.node.has[d] {
			sum += h.sign * (h.actual[d] - h.expected[d])
			n++
		}
	}
	return sum / float64(max(1, n))
}

// pure is lift without the days on which more was given back than was charged.
func (e *estate) pure(h *hit, a, b int) float64 {
	return h.sign * (h.mean(h.actual, max(0, a), min(b, e.days-1)) - h.mean(h.expected, max(0, a), min(b, e.days-1)))
}

// ends sets the end of h, whether it goes on, and its kind.
func (e *estate) ends(h *hit, floor float64) {
	over := func(d int) float64 {
		if !h.node.has[d] {
			return 0
		}
		return h.sign * (h.actual[d] - h.expected[d])
	}
	delta := max(floor, e.t.EndPart*e.lift(h, h.start, min(h.start+6, e.last)))
	h.ongoing = e.lasts(h, over, delta)
	h.kind = usage.KindLevel
	if h.ongoing {
		h.end = e.last
		for h.end > max(h.start, e.settled) && over(h.end) <= 0 {
			h.end-- // an incomplete day says nothing yet
		}
		last := h.end
		for last > max(h.start, e.settled) && over(last) <= delta {
			last-- // nor does one that is like a usual day
		}
		if last-h.start < 2 {
			h.kind = usage.KindSpike
		}
		return
	}
	sum, best := 0.0, math.Inf(-1)
	for d := h.start; d <= e.last; d++ {
		if h.givenBack(d) {
			continue
		}
		if sum += over(d) - delta; sum > best {
			best, h.end = sum, d
		}
	}
	h.kind = kindOf(h.start, h.end)
	h.ongoing = h.sign > 0 && h.end > e.settled // then it is not known to be over
}

// kindOf says what lasted from one day to another: a spike lasts for four days at most.
func kindOf(start, end int) usage.Kind {
	if end-start < 4 {
		return usage.KindSpike
	}
	return usage.KindLevel
}

// lasts reports whether h goes on: whether its last two settled days are over.
// Days on which it does not show count neither way: those that were free of it
// a week earlier as well (a machine left on at weekends), quiet days (a
// weekend in an office), and one of which some was given back.
func (e *estate) lasts(h *hit, over func(int) float64, delta float64) bool {
	pattern := false
	for d := max(1, h.start); d < h.start+7 && d+7 <= e.settled; d++ {
		pattern = pattern || over(d) > delta && over(d+7) > delta
	}
	shown := func(from, to int) (days int) {
		for d := from; d <= to; d++ {
			days += int(share(over(d) > delta))
		}
		return days
	}
	if last := e.settled; pattern && last-h.start >= 13 && e.pure(h, last-6, last) < e.t.FadedPart*e.pure(h, last-13, last-7) &&
		shown(last-6, last) < shown(last-13, last-7) { // else it is lower, and no less often
		return false
	}
	quiet := e.quiet(h.expected, e.settled)
	part := func(d int) float64 { return h.actual[d] / max(h.expected[d], tiny) }
	seen, free := 0, false
	for d := e.settled; d >= max(h.start, e.settled-7) && seen < 2; d-- {
		switch {
		case !h.node.has[d], h.givenBack(d):
		case over(d) > delta:
			seen++
		case d > h.start && d < e.settled && over(d-1) > delta && over(d+1) > delta && part(d) < refundPart*min(part(d-1), part(d+1)):
		case h.expected[d] < quiet:
		case pattern && over(d-7) <= delta:
			free = true
		default:
			return false
		}
	}
	return seen > 0 || !free // what shows on no day of a week is over
}

const refundPart = 0.5 // of those before and after it: a day that costs less had some given back

// holds reports whether an episode is worth a finding.
func (e *estate) holds(s *series, h *hit) bool {
	if !e.current(h) || !e.material(h) || h.start < 7 {
		return false
	}
	if h.sign < 0 && (!h.ongoing || !h.alarm || e.settled-h.start < 4) {
		return false // a dip, not yet a fall, or not a clear one
	}
	if h.sign < 0 && e.lift(h, h.start, e.settled) > 0 && !slices.ContainsFunc(h.actual[h.start:e.settled+1],
		func(y float64) bool { return y != 0 }) {
		return false // not a fall but an end
	}
	h.habit = e.monthly(s, h) || e.restless(s, h) || e.rhythm(s, h)
	h.alarm = h.alarm && !h.habit
	return !e.prorated(h) && (e.atRest(h) || !e.returns(s, h)) // idle days do not show in medians
}

// restless reports whether the level of h has changed as much before, and more than once: four
// weeks lay as far from what was expected of them, above or below, in two months that are apart.
func (e *estate) restless(s *series, h *hit) bool {
	if h.kind != usage.KindLevel || h.sign < 0 || e.atRest(h) { // idle days are little of four weeks
		return false
	}
	const k = 28
	like := e.t.RestlessPart * k * e.lift(h, h.start, h.end)
	times, last := 0, -2
	for q := range 12 {
		lo := e.lo - 28*q - 28
		if lo < s.first+k-1 {
			break
		}
		for b := lo; b < lo+28; b++ {
			if math.Abs(s.excess(k, b)) >= like {
				if q > last+1 {
					times++
				}
				last = q
				break
			}
		}
	}
	return times >= 2
}

// rhythm reports whether h is a spike such as have come all the time of late: so many runs of days at least half as high, with
// usual days between them.
func (e *estate) rhythm(s *series, h *hit) bool {
	if h.kind != usage.KindSpike || h.sign < 0 {
		return false
	}
	top := 0.0
	for d := h.start; d <= h.end; d++ {
		top = max(top, e.lift(h, d, d))
	}
	runs, last := 0, h.start
	for d := h.start - 1; d >= max(s.first, h.start-rhythmBack); d-- {
		if !s.has[d] || !s.ok[d] || s.y[d]-s.m[d] < rhythmPart*top {
			continue
		}
		if last-d > 2 {
			runs++
		}
		last = d
	}
	return runs >= rhythmRuns
}

const (
	rhythmBack = 91  // days before it that are looked at
	rhythmPart = 0.5 // part of it that others are, at least
	rhythmRuns = 8   // so many of them, at least
)

// monthly reports whether h is a spike on a day of the month, counted from its
// start or its end, on which the months before had one of its size, too.
func (e *estate) monthly(s *series, h *hit) bool {
	if h.kind != usage.KindSpike {
		return false
	}
	top := h.start
	for d := h.start; d <= h.end; d++ {
		if e.lift(h, d, d) > e.lift(h, top, top) {
			top = d
		}
	}
	least := e.t.LastMonthPart * e.lift(h, top, top)
	high := func(d int) bool {
		usual := s.m[top]
		if d >= 0 && s.ok[d] {
			usual = s.m[d]
		}
		return d >= 0 && h.sign*(s.y[d]-usual) >= least
	}
	for _, before := range []*[3]int32{&e.cal.fromHead[top], &e.cal.toTail[top]} {
		if !high(int(before[0])) {
			continue
		}
		// Where the month before that is known, it had it, too, or one month's is chance. What comes at a turn comes in some months.
		month := int(before[1])
		moved := func(by int) bool { return high(month + by) }
		switch {
		case month < s.birth+2 || !s.has[month]:
			return true
		case turns(e.day(top)):
			if !e.newAtTurns(top, s.birth, high) {
				return true
			}
		case slices.ContainsFunc([]int{0, -1, 1, -2, 2}, moved):
			return true
		}
	}
	return false
}

// newAtTurns reports whether what came at the last turn of a month and comes on day d, at the next, is new: no day about the
// turns before them is high, and two of those are known, from day birth on.
func (e *estate) newAtTurns(d, birth int, high func(d int) bool) bool {
	turn := e.day(d).Month().From
	if e.day(d)-turn > turnDays {
		turn = e.day(d).Month().To
	}
	turn = (turn - 1).Month().From // the last one
	known := 0
	for range turnsBack {
		turn = (turn - 1).Month().From
		at := int(turn - e.in.From)
		if at-turnDays < birth+2 {
			break
		}
		for d := at - turnDays; d <= at+turnDays; d++ {
			if !e.has[d] || high(d) {
				return false
			}
		}
		known++
	}
	return known >= turnsKnown
}

const (
	turnDays   = 4  // days on either side of a turn that are about it
	turnsBack  = 12 // turns that are looked at, at most,
	turnsKnown = 2  // and at least
)

// prorated reports whether h is a monthly price spread over the days of its
// month: a step on the first, by the ratio of the months' lengths.
func (e *estate) prorated(h *hit) bool {
	d := e.day(h.start)
	month := d.Month()
	first := int(month.From - e.in.From)
	if h.kind == usage.KindSpike || first < 7 || h.start > first+7 {
		return false
	}
	a := Median(append([]float64(nil), h.actual[first-7:first]...))
	b := Median(append([]float64(nil), h.actual[first:min(first+7, e.settled+1)]...))
	if step := e.perDay(h, h.actual, 7) - e.perDay(h, h.expected, 7); math.Abs(step) > e.t.MonthStepPart*a {
		return false // no lengths of months explain so much
	}
	return a > 0 && e.monthLength(first, b/a)
}

// monthLength reports whether ratio is that of the lengths of the months
// before and after day first.
func (e *estate) monthLength(first int, ratio float64) bool {
	month := e.day(first).Month()
	r := float64((month.From - 1).Month().Days()) / float64(month.Days())
	return r != 1 && math.Abs(ratio-r) < e.t.MonthRatioNear
}

// returns reports whether h only goes back to what was normal earlier, after
// an outage or a long exception: by the median of the five to sixteen weeks
// before, little of it is left.
func (e *estate) returns(s *series, h *hit) bool {
	if h.kind == usage.KindSpike || h.kind == usage.KindDrift || h.start-42-28 < s.birth {
		return false
	}
	old, was := s.before(h.start, 29, 84), s.before(h.start, 1, 28)
	now := Median(append([]float64(nil), s.y[h.start:h.end+1]...))
	step := h.sign * (now - was)
	return step > 0 && h.sign*(now-old) < e.t.ReturnsPart*step
}

// resumes reports whether h, a rise, only goes on at the level that its days had before a pause
// of up to pauseMost days, of which y tells: the weeks that say what is usual lie partly in it. What it had for some days
// only was a rise, too, and what lies between the two is no pause.
func (e *estate) resumes(y []float64, h *hit) bool {
	p, ok := pauseBeforeHit(y, h)
	if !ok || p.level > pauseAlike*p.was {
		return false
	}
	first := max(0, p.from-2*pauseBefore, slices.IndexFunc(y, func(v float64) bool { return v > 0 }))
	return p.level <= pauseAlike*Median(slices.Clone(y[first:p.from]))
}

// exceeds makes h, which follows on a pause, a rise by what it is above the level before that; it
// reports whether it is clearly above it.
func (e *estate) exceeds(y []float64, h *hit, floor float64) bool {
	p, ok := pauseBeforeHit(y, h)
	if !ok || h.end-p.back < pauseLeast || p.level <= pauseAlike*p.was || p.level-p.was <= sigmas*p.noise {
		return false
	}
	if Median(slices.Clone(y[p.from:p.back])) >= pauseLow*p.was { // what is low beside h alone is no pause
		return false
	}
	if p.back-p.from <= weekend && weekdaysAsEver(y, p.from, p.back) {
		return true // since its own day
	}
	h.start, h.expected = p.back, slices.Clone(h.expected)
	for d := p.back; d < len(y); d++ {
		h.expected[d] = p.was
		if like := p.from - 7 + (d-p.from)%7; h.node.has[like] {
			h.expected[d] = y[like]
		}
	}
	e.ends(h, floor)
	return true
}

// A pause is a stretch of days that cost little between others.
type pause struct {
	from, back        int     // its first day, and the first after it
	level, was, noise float64 // after it and before, a day, and how far days before it lie off
}

// afterPause reports whether f, a rise of level, follows on a pause, so that not the days of the pause but those
// before it tell what is usual.
func (e *estate) afterPause(f Finding) bool {
	y := e.sum(e.full, f.Leaves)
	h := &hit{node: &node{has: e.has}, sign: 1, kind: f.Kind, start: int(f.Start - e.in.From), end: int(f.End - e.in.From)}
	p, ok := pauseBeforeHit(y, h)
	return ok && f.Kind == usage.KindLevel && f.Direction == usage.Up && Median(slices.Clone(y[p.from:p.back])) < pauseLow*p.was
}

// pauseBeforeHit returns the pause after which h, a rise, is.
func pauseBeforeHit(y []float64, h *hit) (p pause, ok bool) {
	if h.sign < 0 || h.kind == usage.KindDrift {
		return p, false
	}
	p.level = Median(slices.Clone(y[h.start : h.end+1]))
	low := func(d int) bool { return y[d] < pauseLow*p.level }
	p.back = h.start
	for p.back > max(0, h.start-pauseSince) && !low(p.back-1) {
		p.back--
	}
	p.from = p.back
	for p.from > max(0, p.back-pauseMost) && (low(p.from-1) || !h.node.has[p.from-1]) {
		p.from--
	}
	if p.back-p.from < pauseLeast || p.from < 7 {
		return p, false
	}
	var was []float64
	for d := max(0, p.from-pauseBefore); d < p.from; d++ {
		if h.node.has[d] {
			was = append(was, y[d])
		}
	}
	if len(was) < pauseBefore/2 {
		return p, false
	}
	p.was = Median(slices.Clone(was))
	for i := range was {
		was[i] = math.Abs(was[i] - p.was)
	}
	p.noise = Median(was)
	return p, true
}

// weekdaysAsEver reports whether the days from one to before another cost about what their weekdays did in the week before: a weekend
// is no pause.
func weekdaysAsEver(y []float64, from, to int) bool {
	is, was := 0.0, 0.0
	for d := from; d < to; d++ {
		is, was = is+y[d], was+y[from-7+(d-from)%7]
	}
	return is >= pauseLow*was
}

// What a pause is.
const (
	pauseLeast  = 3    // days, at least
	pauseMost   = 56   // and at most: what is usual is known from as many
	pauseSince  = 35   // days since, at most
	pauseLow    = 0.75 // part of the level before and after, below which its days are
	pauseBefore = 14   // days before it that tell the level
	pauseAlike  = 1.15 // times that level that the one after it is, at most
)
