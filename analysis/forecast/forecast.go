// Package forecast says where a period of daily costs ends. It works on arrays
// of doubles and knows nothing of where they come from.
//
// The days that have settled are known. Each day to come is forecast in several
// simple ways (the weekday's median of four and eight weeks, the level of the
// last days, a trend, the same day of the months before, the last week, exponential
// smoothing, Theta), and the ways are mixed
// by how well each did at the same day of the component's own earlier periods
// (Bates and Granger, "The combination of forecasts", 1969). The errors of the
// mixture there, found without looking ahead, become the interval (split
// conformal prediction, scaled by the component's own error: Lei et al.,
// "Distribution-free predictive inference for regression", 2018).
package forecast

import (
	"math"
	"slices"

	"usagereport/usage"
)

// A Component is one thing with a forecast of its own: a service of an
// account, say.
type Component struct {
	From usage.Day // the day of index 0
	// Usage is what each day cost so far; NaN where no file covers the day. Other
	// is what was bought, credited or taxed on each day, and is as long.
	Usage, Other []float64
	// Planned is what plans say of each day from From on, as long as Usage or nil.
	// Without them, what a day cost would be Usage minus Planned: that is forecast,
	// and the caller adds what is planned for days of which nothing has arrived.
	Planned []float64
	// Periods are the component's bills without a gap between them, oldest first.
	// The last is the one whose end is asked for.
	Periods []usage.Period
	Settled usage.Day // the first day whose usage is not known in full
	// Share is the part of each day's cost that has arrived, from Settled on. Past
	// its end nothing has arrived.
	Share []Share
}

// A Share is the part of a day's final cost that is known.
type Share struct {
	Point   float64
	Learned bool // from earlier files, and not a default
	// Spread is how far such parts lie from Point, one standard deviation; Together is the same
	// of all components' days in one, which is as large where they arrive late together.
	Spread, Together float64
}

// An Estimate is a component's end.
type Estimate struct {
	Rest float64 // what is still to come: the period's end minus all that was seen, with days of it that the data lack
	Open float64 // Rest, plus what was seen of the days that have not settled
	Past []Past  // the same question at the same day of earlier periods, newest first
	Size float64 // the component's usual cost of a period
	// Doubt is how far Rest may be off, beside the errors of the past, for it rests on
	// few days since a step: one standard deviation.
	Doubt float64
	// Late is how far Rest may be off since more or less than usual of the last days has arrived,
	// one standard deviation, and LateTogether what it adds to that of a sum whose parts are late together.
	Late, LateTogether float64
	// Noise is how far Rest is off where days lie as far from what is usual as those of the
	// last weeks: no range is narrower, however right earlier periods were.
	Noise float64
	// Near is the same question on other days of a history that has too few earlier periods,
	// newest first: over as many days, or over fewer where it is shorter.
	Near []Past
	// Known is how many days are known.
	Known int
	// Up and Down are by how much more and less there is to come if the last days, which lie far
	// from what was usual and are too few to be a new level, go on as they are.
	Up, Down float64
	// Refunds reports whether anything ever cost less than nothing; without it, nothing to
	// come does.
	Refunds bool
	// Pace is what a day of usage costs where the period ends: the mean of its last week, without
	// what is planned. Monthly is what was bought, credited or taxed and falls due in each period.
	Pace, Monthly float64
}

// A Past is an earlier period at the same day: what would have been said, with
// what was known then, and what it became. Where the history before it was too
// short, OK is false.
type Past struct {
	Period          usage.Period
	Known           float64 // the cost of the days that were known
	Said, Became    float64 // of the days after them
	OK              bool
	Naive           float64 // said by the same days of the period before
	RunRate, Linear float64 // by the mean so far, by a line through 30 days
	// Early is the part of Became that has come every month since, but was too young to be
	// expected then: that it was missed says nothing of what is said now.
	Early float64
}

// maxPast is how many earlier periods are looked at.
const maxPast = 12

// paceDays is how many days of the period's end say at what pace it goes on.
const paceDays = 7

// Forecast foretells c's end.
func Forecast(c Component) Estimate {
	if len(c.Periods) == 0 || len(c.Usage) == 0 {
		return Estimate{}
	}
	c = c.streamed()
	costs := func(v float64) bool { return v > 0 }
	if !slices.ContainsFunc(c.Usage, costs) && slices.ContainsFunc(c.Usage, func(v float64) bool { return v < 0 }) {
		return forecast(c.negated()).negated() // a credit goes on, and ends, as a cost does
	}
	return forecast(c.refunded())
}

// What is a refund, among days of cost.
const (
	refundDays = 2 // days in a row below nothing, at most
	refundRare = 8 // days of cost for each of them, at least
)

// refunded returns c without the few days that lie below nothing: they hold a refund, which
// is no usage that goes on. It stands among what was credited, and such a day has what is usual.
func (c Component) refunded() Component {
	costs, below := 0, 0
	for _, v := range c.Usage {
		switch {
		case v > 0:
			costs++
		case v < 0:
			below++
		}
	}
	if below == 0 || costs < refundRare*below {
		return c
	}
	out := c
	out.Usage, out.Other = slices.Clone(c.Usage), slices.Clone(c.Other)
	first := 0 // of a run
	for i, v := range c.Usage {
		if !(v < 0) {
			first = i + 1
			continue
		}
		if i+1 < len(c.Usage) && c.Usage[i+1] < 0 || i-first >= refundDays {
			continue
		}
		for j := first; j <= i; j++ {
			near := append(c.known(j, -7, 2), c.known(j, 7, 2)...)
			near = append(near, append(c.known(j, -1, nearDays), c.known(j, 1, nearDays)...)...)
			near = slices.DeleteFunc(near, func(v float64) bool { return v < 0 })
			if len(near) > 0 && j < len(c.Other) {
				usual := median(near[:min(4, len(near))])
				out.Usage[j], out.Other[j] = usual, c.Other[j]+c.Usage[j]-usual
			}
		}
	}
	return out
}

// negated is c with each cost as a credit, and each credit as a cost.
func (c Component) negated() Component {
	c.Usage, c.Other, c.Planned = negated(c.Usage), negated(c.Other), negated(c.Planned)
	return c
}

func (e Estimate) negated() Estimate {
	e.Rest, e.Open, e.Refunds, e.Past, e.Near = -e.Rest, -e.Open, true, slices.Clone(e.Past), slices.Clone(e.Near)
	e.Up, e.Down = e.Down, e.Up
	for _, past := range [][]Past{e.Past, e.Near} {
		for k, p := range past {
			p.Known, p.Said, p.Became, p.Early = -p.Known, -p.Said, -p.Became, -p.Early
			p.Naive, p.RunRate, p.Linear = -p.Naive, -p.RunRate, -p.Linear
			past[k] = p
		}
	}
	return e
}

func negated(v []float64) []float64 {
	v = slices.Clone(v)
	for i := range v {
		v[i] = -v[i]
	}
	return v
}

// Daily foretells what usage costs on each day of c's last period from the first on that has not settled, whatever has
// arrived of it.
func Daily(c Component) (first usage.Day, costs []float64) {
	if len(c.Periods) == 0 || len(c.Usage) == 0 {
		return 0, nil
	}
	c = c.refunded()
	l := newLane(c)
	settled := c.openFrom()
	f, w := l.toCome(settled, c.Periods, l.try(c, int(settled-c.Periods[len(c.Periods)-1].From)))
	for _, day := range f.days {
		costs = append(costs, dot(w, day))
	}
	return settled, costs
}

// openFrom is the first day that is to come: what came before the data is not.
func (c Component) openFrom() usage.Day {
	return max(c.Settled, c.Periods[len(c.Periods)-1].From, c.From)
}

// toCome foretells the days from settled to the end of the last of periods in each way, and says how much each way counts by
// what was tried.
func (l *lane) toCome(settled usage.Day, periods []usage.Period, tried []trial) (stretch, [ways]float64) {
	last := len(periods) - 1
	f, ok := l.ways(settled, periods[last].To, periods[last], periods[:last])
	if !ok {
		f = l.mean(settled, periods[last].To, periods[last])
	}
	return f, weigh(tried, f.total(), l.noise(settled)*math.Sqrt(float64(len(f.days))))
}

func forecast(c Component) Estimate {
	l := newLane(c)
	now := c.Periods[len(c.Periods)-1]
	settled := c.openFrom()
	var out Estimate
	tried := l.try(c, int(settled-now.From))
	for i, t := range tried {
		t.past.Said += dot(weigh(tried[i+1:], t.ways, t.noise), t.ways)
		out.Past, out.Size = append(out.Past, t.past), max(out.Size, math.Abs(t.size))
	}
	f, w := l.toCome(settled, c.Periods, tried)
	unknown, lacking := c.unknown(now.From, settled, l.begun(settled))
	out.Doubt = f.doubt
	if out.Doubt == 0 { // else what lies before the step is no noise
		out.Noise = l.noise(settled) * math.Sqrt(float64(len(f.days)+lacking))
	}
	out.Known = l.knownDays(settled)
	if len(misses(out, bandPast)) < Fewest {
		out.Near = l.near(settled, now.To, c.Periods)
	}
	out.Up, out.Down = l.mayGoOn(settled, c.Periods, f)
	negative := func(v float64) bool { return v < 0 }
	out.Refunds = slices.ContainsFunc(c.Usage, negative) || slices.ContainsFunc(c.Other, negative)
	for i := range f.days {
		usual := dot(w, f.days[i])
		expected, seen := c.arrived(settled+usage.Day(i), usual)
		out.Rest += expected - seen
		out.Open += expected
		own, together := c.late(settled+usage.Day(i), usual)
		out.Late, out.LateTogether = math.Hypot(out.Late, own), math.Hypot(out.LateTogether, together)
	}
	seen, last := 0.0, 0
	for d := now.To - paceDays; d < now.To; d++ {
		if i := int(d - settled); i >= 0 && i < len(f.days) {
			seen, last = seen+dot(w, f.days[i]), last+1
		} else if v, known := l.sum(d, d+1); known {
			seen, last = seen+v, last+1
		}
	}
	out.Pace = seen / max(1, float64(last))
	out.Monthly = recurring(l.other, c.From, now.From, now.From, now, c.Periods[:len(c.Periods)-1])
	due := recurring(l.other, c.From, settled, now.To, now, c.Periods[:len(c.Periods)-1])
	out.Rest += due + unknown
	out.Open += due + unknown
	return out
}

// arrived returns what a day comes to, of which so much is expected, and what of it is known.
func (c Component) arrived(d usage.Day, expected float64) (whole, seen float64) {
	at := int(d - c.From)
	if at < len(c.Usage) && !math.IsNaN(c.Usage[at]) {
		seen = c.Usage[at]
	}
	if j := int(d - c.Settled); j >= 0 && j < len(c.Share) { // Settled may lie before the period
		if at < len(c.Planned) {
			expected += c.Planned[at]
		}
		expected = nowcast(seen, expected, c.Share[j])
	}
	return expected, seen
}

// late returns how far a day may be off, of which so much is expected, since more or less than usual
// of it has arrived: by itself, and as part of all components' days.
func (c Component) late(d usage.Day, expected float64) (own, together float64) {
	j := int(d - c.Settled)
	if j < 0 || j >= len(c.Share) || c.Share[j].little() {
		return 0, 0
	}
	return math.Abs(expected) * c.Share[j].Spread, math.Abs(expected) * c.Share[j].Together
}

// A trial is an earlier period, foretold as of then.
type trial struct {
	past  Past // its Said is without usage
	ways  [ways]float64
	ok    bool
	real  float64
	noise float64 // of all its days
	size  float64 // of the whole period
}

// try foretells the periods before the current one, the newest first, each from its day n on.
func (l *lane) try(c Component, n int) (out []trial) {
	for k := 1; k < len(c.Periods) && k <= maxPast; k++ {
		at := len(c.Periods) - 1 - k
		p, before := c.Periods[at], c.Periods[:at]
		origin := p.From + usage.Day(min(n, p.Days()))
		known, _ := l.sum(p.From, origin)
		real, whole := l.sum(origin, p.To)
		t := trial{real: real, noise: l.noise(origin) * math.Sqrt(float64(p.To-origin))}
		f, ok := l.ways(origin, origin, p, before)
		if !ok {
			f = l.mean(origin, origin, p)
		}
		t.ways, t.ok = f.total(), ok && whole
		bought := sum(l.other, c.From, origin, p.To)
		t.past = Past{
			Period: p, Known: known + sum(l.other, c.From, p.From, origin),
			Said: recurring(l.other, c.From, origin, origin, p, before), Became: real + bought, OK: t.ok,
		}
		t.past.Early = early(l.other, c.From, origin, c.Periods, at, around) + early(l.spikes(), c.From, origin, c.Periods, at, 0)
		t.past.Naive, t.past.RunRate, t.past.Linear = l.peers(origin, p, before)
		t.size = known + real + bought
		out = append(out, t)
	}
	return out
}

// weigh says how much each way to foretell counts, by how wrong it was in the newest of the
// trials; all is what each foretells.
func weigh(trials []trial, all [ways]float64, noise float64) [ways]float64 {
	var miss [ways]float64
	seen, size := 0.0, 0.0
	for i, t := range trials[:min(len(trials), mixPast)] {
		if !t.ok {
			continue
		}
		w := math.Pow(fading, float64(i))
		for j, v := range t.ways {
			miss[j] += w * math.Abs(v-t.real)
		}
		seen += w
	}
	for _, v := range all {
		size += math.Abs(v) / ways
	}
	return weights(miss, all, noise, seen, size)
}

// What makes a stream of what is bought.
const (
	streamDays  = 7   // days in a row that show it
	streamLeast = 5   // of which so many must be known
	streamPart  = 0.7 // part of them on which something was bought
	streamTimes = 2.0 // times the usual of a fortnight from which a day holds another purchase
	streamBegun = 3   // days in a row with alike purchases that begin one
)

// streamed returns c with what is bought day by day, like a savings plan's fee, among its
// usage: it goes on, and ends, as usage does, and not as what falls due once a month.
func (c Component) streamed() Component {
	var days []int
	begun := c.begun()
	for i, v := range c.Other {
		if v != 0 && i < len(c.Usage) && !math.IsNaN(c.Usage[i]) && (i >= begun || c.daily(i-streamDays+1, i) || c.daily(i, i+streamDays-1)) {
			days = append(days, i)
		}
	}
	if len(days) == 0 {
		return c
	}
	out := c
	out.Usage, out.Other = slices.Clone(c.Usage), slices.Clone(c.Other)
	var near []float64
	for _, i := range days {
		near = near[:0]
		for j := max(0, i-streamDays); j <= min(i+streamDays, len(c.Other)-1); j++ {
			if c.Other[j] != 0 {
				near = append(near, c.Other[j])
			}
		}
		part := c.Other[i]
		if usual := median(near); math.Abs(part) > streamTimes*math.Abs(usual) {
			part = usual
		}
		if len(near) > 2 {
			out.Usage[i] += part
			out.Other[i] -= part
		}
	}
	return out
}

// daily reports whether something was bought on most days from index a to b, of those since
// the first purchase that are known.
func (c Component) daily(a, b int) bool {
	a = max(a, slices.IndexFunc(c.Other, func(v float64) bool { return v != 0 }))
	known, bought := 0, 0
	for i := a; i <= b && i < min(len(c.Other), len(c.Usage)); i++ {
		if c.Other[i] != 0 {
			bought++
		}
		if c.Other[i] != 0 || i < int(c.Settled-c.From) && !math.IsNaN(c.Usage[i]) {
			known++
		}
	}
	return known >= streamLeast && float64(bought) >= streamPart*float64(known)
}

// begun is from which index on a stream goes on that began in the last days: one alike purchase
// a day, none of which came a month before; past the end where there is none.
func (c Component) begun() int {
	end := min(len(c.Other), len(c.Usage))
	for end > 0 && (c.Other[end-1] == 0 || math.IsNaN(c.Usage[end-1])) {
		end--
	}
	first := end
	at := len(c.Periods) - 1
	for first > 0 && c.Other[first-1] != 0 {
		d := c.From + usage.Day(first-1)
		before, _ := monthly(c.Other, c.From, d, c.Periods, at, around)
		if !c.Periods[at].Contains(d) || before > 0 || !alike(c.Other[first-1], c.Other[end-1]) {
			break
		}
		first--
	}
	if end-first < streamBegun || end < int(c.Settled-c.From) {
		return len(c.Other)
	}
	return first
}

// little reports whether a day of which this part has arrived tells too little to go by.
func (s Share) little() bool { return s.Point < 0.05 || s.Point < 0.5 && !s.Learned }

// nowcast is what a day becomes of which seen has arrived, with share of the
// whole, where expected is usual for it.
func nowcast(seen, expected float64, share Share) float64 {
	p := min(max(share.Point, 0), 1)
	switch {
	case p >= 0.999:
		return seen
	case share.little():
		return max(seen, expected)
	}
	// The more has arrived, the less is taken from what is usual.
	v := seen + (1-p)*expected
	if !share.Learned { // the day may be there in full
		v = min(max(v, min(seen, expected)), max(seen, expected))
	}
	return v
}

func dot(w, v [ways]float64) (s float64) {
	for i := range w {
		s += w[i] * v[i]
	}
	return s
}

func sum(y []float64, from, a, b usage.Day) (s float64) {
	for d := max(a, from); d < b && int(d-from) < len(y); d++ {
		if v := y[d-from]; !math.IsNaN(v) {
			s += v
		}
	}
	return s
}

// median orders v.
func median(v []float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	slices.Sort(v)
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}
