package detect

import (
	"cmp"
	"math"
	"slices"

	"usagereport/usage"
)

// Where history is short, a series knows too little of itself: how restless it is, and how
// much a weekend changes it, is taken in part from the other resources of its service
// (Efron and Morris 1975), and how large a change must be from the bill: as many resources
// fall by chance as rise by it, so that the falls tell how many of the rises are chance
// (Barber and Candès 2015).

const (
	shortHistory = 100  // days, from the first with data, below which history is short
	pooledLeast  = 10   // days with cost that are compared, at least
	pooledWeight = 6.0  // days that the service's noise counts for
	pooledRest   = 2.0  // weekend days that the service's weekend counts for
	pooledStart  = 4    // days before a change, at least
	pooledWrong  = 0.1  // part of what is told that may be chance
	pooledNever  = 6.0  // deviations from which a change counts where falls say nothing
	pooledEver   = 15.0 // deviations that are no chance, whatever falls say: some are as real as rises
	pooledJumps  = 0.3  // part of a change that the next one of the series is at most
	pooledRises  = 1.3  // times the level that a change makes it, at least
	pooledRun    = 21   // days of a run that is compared with the others, at most
	pooledNew    = 3    // days in a row that something new has cost, at least
)

// A logs is the logarithms of a series' settled days; NaN where nothing was charged.
type logs struct {
	x       []float64
	weekend float64 // what a weekend day differs by
	noise   float64
}

// A change is of some days, so many deviations of chance, and so many times the level.
type change struct {
	z, times float64
	from, to int
}

// changes are the clearest of a series.
type changes struct{ rise, fall, high, low, stretch change }

// A pool is what the resources of a bill have in common.
type pool struct {
	e       *estate
	weekend []bool
	service map[string]logs // the usual weekend and noise of a service's resources; "" of all
	rise    float64         // deviations from which a rise of level is more than chance, and
	high    float64         // from which days are
}

// newPool compares the resources with each other. fallen are leaves that are told as falls.
func newPool(e *estate, fallen []bool) *pool {
	p := &pool{e: e, service: map[string]logs{}}
	for d := range e.settled + 1 {
		wd := (e.in.From + usage.Day(d)).Weekday()
		p.weekend = append(p.weekend, wd == 0 || wd == 6)
	}
	all := make([]logs, len(e.resources))
	parallel(len(all), func(_ *series, i int) { all[i] = p.logs(e.sum(e.full, e.resources[i].leaves), e.resources[i].has) })
	weekends, noises := map[string][]float64{}, map[string][]float64{}
	for i, l := range all {
		if l.x == nil {
			continue
		}
		for _, s := range []string{"", e.resources[i].scope[usage.Service]} {
			weekends[s], noises[s] = append(weekends[s], l.weekend), append(noises[s], l.noise)
		}
	}
	for s := range weekends {
		p.service[s] = logs{weekend: median(weekends[s]), noise: max(0.01, median(noises[s]))}
	}
	found := make([]changes, len(all))
	parallel(len(all), func(_ *series, i int) {
		if all[i].x != nil {
			found[i] = p.changes(all[i], e.resources[i].scope[usage.Service])
		}
	})
	var rises, falls, highs, lows []float64
	for i, c := range found {
		if all[i].x == nil || fallen[e.resources[i].leaves[0]] {
			continue
		}
		rises, falls, highs, lows = append(rises, c.rise.z), append(falls, c.fall.z), append(highs, c.high.z), append(lows, c.low.z)
	}
	p.rise, p.high = min(pooledEver, mirror(rises, falls)), min(pooledEver, mirror(highs, lows))
	return p
}

// mirror returns from how many deviations on at most pooledWrong of the rises are chance, by
// as many falls.
func mirror(rises, falls []float64) float64 {
	slices.SortFunc(rises, func(a, b float64) int { return cmp.Compare(b, a) })
	slices.Sort(falls)
	out := max(pooledNever, append(falls, 0)[max(0, len(falls)-1)])
	for i, t := range rises {
		if t <= 3 {
			break
		}
		at, _ := slices.BinarySearch(falls, t)
		if float64(1+len(falls)-at) <= pooledWrong*float64(i+1) {
			out = t
		}
	}
	return out
}

// logs returns y's logarithms with its own weekend and noise; x is nil where it costs too
// seldom.
func (p *pool) logs(y []float64, has []bool) (l logs) {
	x := make([]float64, p.e.settled+1)
	var work, rest []float64
	known, days := 0, 0
	for d := range x {
		x[d] = math.NaN()
		if !has[d] {
			continue
		}
		if days++; y[d] <= 0 {
			continue
		}
		x[d] = math.Log(y[d])
		known++
		if p.weekend[d] {
			rest = append(rest, x[d])
		} else {
			work = append(work, x[d])
		}
	}
	if known < pooledLeast || 10*known < 8*days || len(work) == 0 {
		return logs{}
	}
	l.x = x
	level := median(work)
	if len(rest) > 0 {
		l.weekend = median(rest) - level
	}
	l.noise = p.noise(x, level, l.weekend)
	return l
}

// noise is how far two days in a row lie apart.
func (p *pool) noise(x []float64, level, weekend float64) float64 {
	var steps []float64
	last := math.NaN()
	for d, v := range x {
		if math.IsNaN(v) {
			continue
		}
		if v -= level; p.weekend[d] {
			v -= weekend
		}
		if !math.IsNaN(last) {
			steps = append(steps, v-last)
		}
		last = v
	}
	mid := median(slices.Clone(steps))
	for i := range steps {
		steps[i] = math.Abs(steps[i] - mid)
	}
	return sigmas * median(steps) / math.Sqrt2
}

// changes finds the clearest step and the clearest run of up to three days of a series of a
// service, up and down: level, weekend and step are fitted for each day that may be the first.
func (p *pool) changes(l logs, service string) (out changes) {
	usual, known := p.service[service]
	if !known {
		usual = p.service[""]
	}
	var work []float64
	var n, weekends, sum, restSum, squares float64
	for d, v := range l.x {
		if math.IsNaN(v) {
			continue
		}
		n, sum, squares = n+1, sum+v, squares+v*v
		if p.weekend[d] {
			weekends, restSum = weekends+1, restSum+v
		} else {
			work = append(work, v)
		}
	}
	level := median(work)
	weekend := (pooledRest*usual.weekend + weekends*l.weekend) / (pooledRest + weekends)
	noise := math.Sqrt((pooledWeight*usual.noise*usual.noise+(n-1)*l.noise*l.noise)/(pooledWeight+n-1)) + 0.01

	days := len(l.x)
	keep := func(best *change, z, by float64, from, to int) {
		if z > best.z {
			*best = change{z, math.Exp(by), from, to}
		}
	}
	var since, restSince, sumSince float64 // of the days from t on
	for t := len(l.x) - 1; t >= pooledStart; t-- {
		v := l.x[t]
		if math.IsNaN(v) {
			continue
		}
		since, sumSince = since+1, sumSince+v
		if p.weekend[t] {
			restSince++
		}
		if since < 2 || n-since < pooledStart || t > len(l.x)-2 {
			continue
		}
		// Normal equations of level, weekend and step, with the service's weekend as so many days.
		a, b, c, e, f, g := n, weekends, since, weekends+pooledRest, restSince, since
		det := a*(e*g-f*f) - b*(b*g-f*c) + c*(b*f-e*c)
		if det <= 1e-9 {
			continue
		}
		y0, y1, y2 := sum, restSum+pooledRest*usual.weekend, sumSince
		b0 := (y0*(e*g-f*f) - b*(y1*g-f*y2) + c*(y1*f-e*y2)) / det
		b1 := (a*(y1*g-f*y2) - y0*(b*g-f*c) + c*(b*y2-y1*c)) / det
		b2 := (a*(e*y2-y1*f) - b*(b*y2-y1*c) + y0*(b*f-e*c)) / det
		left := squares - 2*(b0*sum+b1*restSum+b2*sumSince) + b0*b0*n + b1*b1*weekends + b2*b2*since +
			2*(b0*b1*weekends+b0*b2*since+b1*b2*restSince)
		s := max(noise, math.Sqrt((pooledWeight*noise*noise+max(0, left))/(pooledWeight+n)))
		z := b2 / (s * math.Sqrt((a*e-b*b)/det))
		keep(&out.rise, z, b2, t, days-1)
		keep(&out.fall, -z, b2, t, days-1)
	}
	// Runs of days, by the days' distance from what is usual, added up.
	total, missing := make([]float64, days+1), make([]int, days+1)
	for d, v := range l.x {
		total[d+1], missing[d+1] = total[d], missing[d]
		switch {
		case math.IsNaN(v):
			missing[d+1]++
		case p.weekend[d]:
			total[d+1] += v - level - weekend
		default:
			total[d+1] += v - level
		}
	}
	for t := 3; t < days; t++ {
		for end := t + 1; end <= min(days, t+pooledRun); end++ {
			known := float64(end - t - missing[end] + missing[t])
			short := end-t <= 3
			if known < 1 || short && missing[end] > missing[t] || !short && (end > days-2 || t < pooledStart) {
				continue
			}
			off := (total[end] - total[t]) / known
			if others := n - known; !short && others > 0 { // a longer one draws the level to it
				off -= (total[days] - total[end] + total[t]) / others
			}
			z := off / (noise * math.Sqrt(1/known+1/max(1, n-known)))
			if short {
				keep(&out.high, z, off, t, end-1)
				keep(&out.low, -z, off, t, end-1)
			} else {
				keep(&out.stretch, z, off, t, end-1)
			}
		}
	}
	return out
}

// sure reports whether f, a rise, is more than chance; known is false where the resources
// have nothing to say of it, for it costs too seldom.
func (p *pool) sure(f Finding) (more, known bool) {
	e := p.e
	y := e.sum(e.full, f.Leaves)
	if f.Kind == usage.KindNew {
		days, start := 0, int(f.Start-e.in.From)
		for d := start; d <= e.settled; d++ {
			if e.has[d] && y[d] <= 0 {
				return false, true
			}
			days++
		}
		return days >= pooledNew && start >= pooledStart, true
	}
	l := p.logs(y, e.has)
	if l.x == nil {
		return false, false
	}
	service, _ := e.common(f.Leaves, usage.Service)
	c := p.changes(l, service)
	best, least := c.rise, p.rise
	switch {
	case f.Kind == usage.KindSpike:
		best, least = c.high, p.high
	case !f.Ongoing:
		best = c.stretch
	}
	if best.z < least || best.times < pooledRises {
		return false, true
	}
	// What jumps all the time has another jump of the size.
	for d := best.from; d <= best.to; d++ {
		l.x[d] -= math.Log(best.times)
	}
	rest := p.changes(l, service)
	return max(rest.rise.z, rest.fall.z) < pooledJumps*best.z, true
}

// tiers says which rises are alarms in a bill with a short history. A price has its own proof.
func (e *estate) tiers(found []Finding) {
	fallen := make([]bool, len(e.in.Leaves))
	for _, f := range found {
		for _, i := range f.Leaves {
			fallen[i] = fallen[i] || f.Direction == usage.Down
		}
	}
	p := newPool(e, fallen)
	for i, f := range found {
		if f.Direction == usage.Down || f.Kind == usage.KindPrice {
			continue
		}
		sure, known := p.sure(f)
		if !known {
			continue
		}
		switch alarm := f.Start > e.day(e.last-Review) && !e.turn(f) && sure; {
		case !alarm:
			found[i].Severity = usage.SeverityLow
		case f.Severity == usage.SeverityLow:
			found[i].Severity = usage.SeverityMedium
		}
	}
}

// turn reports whether f lasted for less than a week about the turn of a month: what comes then
// may come every month, unless the bill knows the turn before and nothing of the kind came.
func (e *estate) turn(f Finding) bool {
	month := f.Start.Month()
	last := min(f.End, e.day(e.settled))
	if f.Kind == usage.KindNew || last-f.Start >= 6 || f.Start-month.From >= 2 && month.To-f.Start > 5 && last.Month() == month {
		return false
	}
	start, end := int(f.Start-e.in.From), int(last-e.in.From)
	from, to := start-turnFar, start-turnNear // the same days of the month before, whatever its length
	if from < 0 || end < start || slices.Contains(e.has[from:start], false) {
		return true
	}
	y := e.sum(e.full, f.Leaves)
	before, since := median(slices.Clone(y[to:start])), median(slices.Clone(y[start:end+1]))
	return slices.Max(y[from:to]) >= (before+since)/2
}

// How many days before a turn of the month the turn before lies, at most, and the fewest.
const (
	turnFar  = 33
	turnNear = 25
)

// stretched is the rule by what resources have in common: a new level, or a stretch of days.
func (p *pool) stretched(n *node, s *series) *hit {
	e := p.e
	l := p.logs(s.y, n.has)
	if l.x == nil {
		return nil
	}
	c := p.changes(l, n.scope[usage.Service])
	best := c.stretch
	if c.rise.z >= best.z {
		best = c.rise
	}
	if best.z < min(pooledNever, p.rise) || best.times < pooledRises || e.settled-best.from < shortest-1 {
		return nil
	}
	h := &hit{
		node: n, kind: usage.KindLevel, sign: 1, start: best.from, end: best.to, ongoing: best.to == e.settled, leaves: n.leaves,
		actual: s.y, expected: s.frozen(best.from), spread: s.spread(best.from),
	}
	if h.ongoing {
		h.end = e.last
		for h.end > e.settled && h.actual[h.end] <= h.expected[h.end] {
			h.end--
		}
	}
	days := func(from, to int) float64 {
		var v []float64
		for d := from; d <= to; d++ {
			if n.has[d] {
				v = append(v, s.y[d])
			}
		}
		return median(v)
	}
	h.beyond = h.impact()
	h.rule = Rule{
		Kind: RuleStep, Day: e.day(h.start), Days: best.to - best.from + 1, DaysBefore: best.from - s.birth,
		Amount: days(best.from, best.to), Usual: days(s.birth, best.from-1), Noise: h.spread,
	}
	if !h.ongoing {
		h.rule.Kind = RuleStretch
	}
	return h
}
