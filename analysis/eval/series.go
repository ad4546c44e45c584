package eval

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"time"

	"usagereport/analysis/detect"
	"usagereport/usage"
)

const (
	judged = 92 // last days of a single series, on which it is judged day by day
	grace  = 4  // days after an incident in which it may still be found first
)

// A line is one resource's cost over 400 days, with at most one incident in the
// last 92.
type line struct {
	from  usage.Day
	shape shape
	y     []float64
	seen  [3]float64 // part of the last day, the one before and the one before that which has arrived on its evening

	what       string // of the incident; "" without one
	start, end int
	excess     float64
}

// newLine makes line i of a seed. Three in ten had a shift that has long been
// accepted, one in ten an old spike; some fall, stop or pause. Of those to whom
// nothing happens lately, one in eight has an incident.
func newLine(seed uint64, i int) line {
	r := rand.New(rand.NewPCG(seed, 1000+uint64(i)))
	c := newCalendar(r, usage.Date(2026, time.October, 31), longest)
	weights := []float64{
		constant: 20, machine: 14, office: 10, weekly: 14, heavy: 4, intermittent: 5, purchases: 4, prorated: 5, growth: 8,
		grant: 3, monthEnd: 4, regimes: 3, aggregate: 6,
	}
	l := line{from: c.from, shape: shape(choose(r, weights))}
	v := c.draw(r, l.shape)
	l.y = v.y
	level := min(2000, 4*math.Exp(1.8*r.NormFloat64()))
	if l.shape == aggregate {
		level = 800 * math.Exp(0.7*r.NormFloat64())
	}
	times := func(from, to int, f float64) {
		for d := max(0, from); d <= to && d < longest; d++ {
			l.y[d] *= f
		}
	}
	times(0, longest, level)
	first := longest - judged
	if r.Float64() < 0.3 {
		times(first-60-r.IntN(180), longest, math.Exp(between(r, -1, 1)))
	}
	if r.Float64() < 0.1 {
		day := first - 1 - r.IntN(280)
		times(day, day+r.IntN(4), between(r, 3, 12))
	}
	quiet := true
	day := first + r.IntN(judged)
	switch x := r.Float64(); {
	case x < 0.06:
		times(day, longest, between(r, 0.3, 0.85))
		quiet = false
	case x < 0.09:
		times(day, longest, 0)
		quiet = false
	case x < 0.17:
		times(day, day+r.IntN(6), between(r, 0, 0.5))
		quiet = false
	}
	l.seen = [3]float64{0.35, between(r, 0.8, 0.98), between(r, 0.97, 1)}
	if r.Float64() < 0.06 {
		late := between(r, 0, 0.6)
		l.seen[0] *= late
		l.seen[1] *= late
	}
	if quiet && r.Float64() < 0.12 {
		l.incident(r, c, v, level)
	}
	return l
}

// incident puts an incident into l, if it is worth telling: 10 and 5 %.
func (l *line) incident(r *rand.Rand, c *calendar, v curve, level float64) {
	was := slices.Clone(l.y)
	l.start, l.end = longest-judged+r.IntN(judged-3), longest-1
	kinds := []string{"shift", "spike", "ramp", "new", "temporary shift"}
	if l.shape == office && v.idle < 0.3 {
		kinds = append(kinds, "weekends on", "weekends on")
	}
	what := kinds[r.IntN(len(kinds))]
	f := func(int) float64 { return 1 }
	switch what {
	case "shift":
		by := math.Exp(between(r, 0.22, 1.4))
		f = func(int) float64 { return by }
	case "temporary shift":
		by := math.Exp(between(r, 0.35, 1.4))
		l.end = min(l.end, l.start+4+r.IntN(16))
		f = func(int) float64 { return by }
	case "spike":
		by := math.Exp(between(r, 0.9, 2.7))
		l.end = min(l.end, l.start+r.IntN(4))
		f = func(int) float64 { return by }
	case "ramp":
		by, days := between(r, 0.4, 2), float64(15+r.IntN(31))
		f = func(d int) float64 { return 1 + by*min(1, float64(d-l.start+1)/days) }
	case "new":
		for d := range l.start {
			l.y[d] = 0
		}
		clear(was)
	case "weekends on":
		usual := 0.0
		for d := l.start - 35; d < l.start; d++ {
			if !c.weekend(d) {
				usual += l.y[d] / 25
			}
		}
		for d := l.start; d <= l.end; d++ {
			if c.weekend(d) {
				l.y[d] = usual
			}
		}
	}
	base := 0.0
	for d := l.start; d <= l.end; d++ {
		l.y[d] *= f(d)
		l.excess += l.y[d] - was[d]
		base += was[d]
	}
	if l.excess >= 10 && l.excess >= 0.05*base {
		l.what = what
		return
	}
	l.y, l.excess = was, 0
	if what == "new" {
		clear(l.y)
	}
}

// An alarm is what a rule says of a line in one report: days that cost too
// much, found on the evening of another day.
type alarm struct {
	start, end, told int
	low              bool // worth a look only
}

// A judge says what it finds in a line, in reports on every day of the last 92,
// or every second one where nothing happens.
type judge func(l line) []alarm

// oursAlone is the detector on a resource alone. MinImpact 1 makes it report from 10,
// as the incidents do.
func oursAlone(l line) []alarm {
	var out []alarm
	dims := usage.Series{
		usage.SubAccount: "sub", usage.ResourceGroup: "rg", usage.Service: "service", usage.Meter: "meter", usage.Resource: "/sub/rg/resource",
	}
	step := 2
	if l.what != "" {
		step = 1
	}
	y := slices.Clone(l.y)
	for b := longest - judged; b < longest; b += step {
		for j, part := range l.seen {
			y[b-j] = l.y[b-j] * part
		}
		in := detect.Input{From: l.from, Days: b + 1, MinImpact: 1, Leaves: []detect.Leaf{{Dims: dims, Cost: y[:b+1]}}}
		for _, f := range detect.Detect(in).Findings {
			if f.Direction == usage.Up {
				out = append(out, alarm{int(f.Start - l.from), int(f.End - l.from), b, f.Severity == usage.SeverityLow})
			}
		}
		for j := range l.seen {
			y[b-j] = l.y[b-j]
		}
	}
	return out
}

// without returns the alarms that are more than worth a look.
func without(alarms []alarm) []alarm {
	return slices.DeleteFunc(slices.Clone(alarms), func(a alarm) bool { return a.low })
}

// A LineScore is how alarms compare with the incidents of single series.
//
// An incident is hit by an alarm on its days that began at most ten days before
// it and is found between its start and four days after its end or its 28th day.
// Other alarms of before an incident are false; those within seven days of each
// other are one, up to 28 days long. What comes after an incident is neither.
type LineScore struct {
	Incidents, Hits, False      int
	Money, HitMoney, Months     float64
	Delays                      []int // days from start to first telling
	Exact, Within1, Within2     int   // of Hits: the start as it was given last
	What                        map[string][2]int
	ShapeFalse                  map[shape]int
	ShapeMonths                 map[shape]float64
	SteadyIncidents, SteadyHits int
}

// rate adds the alarms of one line.
func (s *LineScore) rate(l line, alarms []alarm) {
	first := longest - judged
	until := longest
	if l.what != "" {
		until = l.start
	}
	var early []alarm
	hit, begin, told := false, 0, longest
	for _, a := range alarms {
		switch {
		case a.end < until && a.end >= first:
			early = append(early, a)
		case l.what != "" && a.end >= l.start && a.start <= l.end && a.start >= l.start-10 && a.told >= l.start &&
			a.told <= min(l.end, l.start+28)+grace:
			hit, begin, told = true, a.start, min(told, a.told)
		}
	}
	months := float64(until-first) / 30.4
	n := episodes(early)
	s.Months += months
	s.False += n
	if s.What == nil {
		s.What, s.ShapeFalse, s.ShapeMonths = make(map[string][2]int), make(map[shape]int), make(map[shape]float64)
	}
	s.ShapeFalse[l.shape] += n
	s.ShapeMonths[l.shape] += months
	if l.what == "" {
		return
	}
	s.Incidents++
	s.Money += l.excess
	w := s.What[l.what]
	w[1]++
	if l.shape.steady() {
		s.SteadyIncidents++
	}
	if hit {
		s.Hits++
		s.HitMoney += l.excess
		w[0]++
		if l.shape.steady() {
			s.SteadyHits++
		}
		s.Delays = append(s.Delays, told-l.start)
		off := max(begin-l.start, l.start-begin)
		for i, n := range []*int{&s.Exact, &s.Within1, &s.Within2} {
			if off <= i {
				*n++
			}
		}
	}
	s.What[l.what] = w
}

// episodes counts alarms, those near each other once for every 28 days.
func episodes(alarms []alarm) int {
	slices.SortFunc(alarms, func(a, b alarm) int { return a.start - b.start })
	n, from, to := 0, 0, math.MinInt/2
	for _, a := range alarms {
		if a.start > to+7 || a.start >= from+28 {
			n++
			from, to = a.start, a.end
		}
		to = max(to, a.end)
	}
	return n
}

// FalsePer1000 returns false alarms in a thousand months of one series, of all
// shapes or of the steady ones.
func (s LineScore) FalsePer1000(steady bool) float64 {
	n, months := 0, 0.0
	for k, m := range s.ShapeMonths {
		if !steady || k.steady() {
			n, months = n+s.ShapeFalse[k], months+m
		}
	}
	if months == 0 {
		return 0
	}
	return 1000 * float64(n) / months
}

// Delay returns the median of the days until the first telling; -1 for none.
func (s LineScore) Delay() int {
	if len(s.Delays) == 0 {
		return -1
	}
	v := slices.Clone(s.Delays)
	slices.Sort(v)
	return v[len(v)/2]
}

// judgeLines returns what j says of the first n lines of a seed.
func judgeLines(seed uint64, n int, j judge) [][]alarm {
	alarms := make([][]alarm, n)
	each(n, func(i int) { alarms[i] = j(newLine(seed, i)) })
	return alarms
}

// each runs f for 0 to n-1 on all processors.
func each(n int, f func(int)) {
	next := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// text describes a line, to look for it.
func (l line) text(seed uint64, i int) string {
	s := fmt.Sprintf("seed %d line %d, %s", seed, i, l.shape)
	if l.what != "" {
		s += fmt.Sprintf(", %s from day %d to %d, excess %.0f", l.what, l.start, l.end, l.excess)
	}
	return s
}
