package detect

import (
	"math"
	"slices"
)

// A logs is the logarithms of a series' settled days; NaN where nothing was charged.
type logs struct {
	x     []float64
	rest  float64 // what a day of rest differs by
	low   float64 // and the lower quarter of them
	noise float64
}

// A change is of some days, so many deviations of chance, and so many times the level.
type change struct {
	z, times float64
	from, to int
}

// A past change is one that a resource has had.
type past struct {
	size, z float64 // of the logarithm, and deviations of chance
	fall    bool
}

// changes are the clearest of a series.
type changes struct{ rise, fall, high, low, stretch, hollow change }

// logs returns y's logarithms with its own noise and days of rest; x is nil where it costs too
// seldom. What costs nothing on a day of rest has its least then.
func (p *pool) logs(y []float64, has []bool) (l logs) {
	x := make([]float64, p.e.settled+1)
	var work, rest []float64
	known, days, first := 0, 0, 0
	for first < len(x) && y[first] <= 0 {
		first++
	}
	for d := range x {
		x[d] = math.NaN()
		if d < first || !has[d] {
			continue
		}
		if !p.rest[d] {
			days++
		}
		if y[d] <= 0 {
			continue
		}
		x[d] = math.Log(y[d])
		if !p.rest[d] {
			known++
			work = append(work, x[d])
		}
	}
	if known < pooledLeast || 10*known < 8*days {
		return logs{}
	}
	l.x = x
	level := middle(work)
	least := level + math.Log(pooledFloor)
	for d := first; d < len(x); d++ {
		if p.rest[d] && has[d] && y[d] >= 0 {
			if y[d] == 0 || x[d] < least {
				x[d] = least
			}
			rest = append(rest, x[d])
		}
	}
	if len(rest) > 0 {
		l.rest = Median(rest) - level
		slices.Sort(rest)
		l.low = rest[len(rest)/4] - level
	}
	l.noise = p.noise(x, level, l.rest)
	return l
}

// noise is how far two days in a row lie apart.
func (p *pool) noise(x []float64, level, rest float64) float64 {
	var steps []float64
	last := math.NaN()
	for d, v := range x {
		if math.IsNaN(v) {
			continue
		}
		if v -= level; p.rest[d] {
			v -= rest
		}
		if !math.IsNaN(last) {
			steps = append(steps, v-last)
		}
		last = v
	}
	mid := middle(slices.Clone(steps))
	for i := range steps {
		steps[i] = math.Abs(steps[i] - mid)
	}
	return sigmas * middle(steps) / math.Sqrt2
}

// changes finds the clearest step, the clearest run of up to three days and the clearest longer one, up
// and down: level, days of rest and step are fitted for each day that may be the first.
func (p *pool) changes(l logs, usual kin) changes { return p.changesAfter(l, usual, pooledStart) }

// changesAfter is changes of what has so many days before it, at least.
func (p *pool) changesAfter(l logs, usual kin, before int) (out changes) {
	l = p.idle(l)
	var work []float64
	var n, restDays, sum, restSum, squares float64
	for d, v := range l.x {
		if math.IsNaN(v) {
			continue
		}
		n, sum, squares = n+1, sum+v, squares+v*v
		if p.rest[d] {
			restDays, restSum = restDays+1, restSum+v
		} else {
			work = append(work, v)
		}
	}
	level := middle(work)
	rest := (pooledRest*usual.rest + restDays*l.rest) / (pooledRest + restDays)
	noise := l.shrunk(usual, n)

	days := len(l.x)
	keep := func(best *change, z, by float64, from, to int) {
		if z > best.z {
			*best = change{z, math.Exp(by), from, to}
		}
	}
	var since, restSince, sumSince float64 // of the days from t on
	for t := len(l.x) - 1; t >= before; t-- {
		v := l.x[t]
		if math.IsNaN(v) {
			continue
		}
		since, sumSince = since+1, sumSince+v
		if p.rest[t] {
			restSince++
		}
		if since < 2 || n-since < float64(before) || t > len(l.x)-2 {
			continue
		}
		by, z := fitted{n, restDays, since, restSince, since, sum, restSum, sumSince, squares}.step(usual, noise)
		keep(&out.rise, z, by, t, days-1)
		keep(&out.fall, -z, by, t, days-1)
	}
	// Runs of days, by the days' distance from what is usual, added up.
	total, missing := make([]float64, days+1), make([]int, days+1)
	for d, v := range l.x {
		total[d+1], missing[d+1] = total[d], missing[d]
		switch {
		case math.IsNaN(v):
			missing[d+1]++
		case p.rest[d]:
			total[d+1] += v - level - rest
		default:
			total[d+1] += v - level
		}
	}
	for t := 3; t < days; t++ {
		for end := t + 1; end <= min(days, t+pooledRun); end++ {
			known := float64(end - t - missing[end] + missing[t])
			short := end-t <= 3
			if known < 1 || short && missing[end] > missing[t] || !short && (end > days-2 || t < before) {
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
				keep(&out.hollow, -z, off, t, end-1)
			}
		}
	}
	return out
}

// idle returns l without days of rest on which it cost nothing, if that is its usual: no rise shows on them.
func (p *pool) idle(l logs) logs {
	if l.low > math.Log(pooledFloor)+1e-6 {
		return l
	}
	l.x = slices.Clone(l.x)
	var work []float64
	for d, v := range l.x {
		if !p.rest[d] && !math.IsNaN(v) {
			work = append(work, v)
		}
	}
	least := middle(work) + math.Log(pooledFloor)/2
	for d, v := range l.x {
		if p.rest[d] && v < least {
			l.x[d] = math.NaN()
		}
	}
	return l
}

// shrunk is l's noise of n days, in part that of its service.
func (l logs) shrunk(usual kin, n float64) float64 {
	return math.Sqrt((pooledWeight*usual.noise*usual.noise+(n-1)*l.noise*l.noise)/(pooledWeight+n-1)) + 0.01
}

// A fitted is the sums over days that level, days of rest and a shape are fitted by: the days, the
// days of rest, what the shape has on all, on those of rest, and squared; then the logarithms, those of
// days of rest, those times the shape, and their squares.
type fitted struct{ n, rests, on, onRest, onSquared, sum, restSum, onSum, squares float64 }

// step returns how much the shape changes, and that in deviations of chance. What is usual of days
// of rest counts as so many of them.
func (f fitted) step(usual kin, noise float64) (by, z float64) {
	a, b, c, e, g, h := f.n, f.rests, f.on, f.rests+pooledRest, f.onRest, f.onSquared
	det := a*(e*h-g*g) - b*(b*h-g*c) + c*(b*g-e*c)
	if det <= 1e-9 {
		return 0, 0
	}
	y0, y1, y2 := f.sum, f.restSum+pooledRest*usual.rest, f.onSum
	level := (y0*(e*h-g*g) - b*(y1*h-g*y2) + c*(y1*g-e*y2)) / det
	rest := (a*(y1*h-g*y2) - y0*(b*h-g*c) + c*(b*y2-y1*c)) / det
	by = (a*(e*y2-y1*g) - b*(b*y2-y1*c) + y0*(b*g-e*c)) / det
	left := f.squares - 2*(level*f.sum+rest*f.restSum+by*f.onSum) + level*level*f.n + rest*rest*f.rests + by*by*f.onSquared +
		2*(level*rest*f.rests+level*by*f.on+rest*by*f.onRest)
	s := max(noise, math.Sqrt((pooledWeight*noise*noise+max(0, left))/(pooledWeight+f.n)))
	return by, by / (s * math.Sqrt((a*e-b*b)/det))
}

// fit returns how much l differs by where a shape is 1, so many deviations of chance, beside a
// level and days of rest; where it has other values, by so much for each.
func (p *pool) fit(l logs, usual kin, on func(d int) float64) (by, z float64) {
	var f fitted
	for d, v := range l.x {
		if math.IsNaN(v) {
			continue
		}
		w := on(d)
		f.n, f.on, f.onSquared = f.n+1, f.on+w, f.onSquared+w*w
		f.sum, f.onSum, f.squares = f.sum+v, f.onSum+w*v, f.squares+v*v
		if p.rest[d] {
			f.rests, f.onRest, f.restSum = f.rests+1, f.onRest+w, f.restSum+v
		}
	}
	return f.step(usual, l.shrunk(usual, f.n))
}

// A shape is a way in which something rises.
type shape struct {
	on    func(d int) float64 // what each day has of it
	level bool                // it is one of all days
}

// shapes returns those that f may have, which begin about its start: from then on or for some
// days, of all days or days of rest or of work alone, at once or by and by.
func (p *pool) shapes(f Finding) (out []shape) {
	e := p.e
	start, end := int(f.Start-e.in.From), min(int(f.End-e.in.From), e.settled)
	if f.Ongoing {
		end = e.settled
	}
	add := func(from, to int) {
		in := func(d int) bool { return from <= d && d <= to }
		out = append(out,
			shape{func(d int) float64 { return share(in(d)) }, true},
			shape{func(d int) float64 { return share(in(d) && !p.rest[d]) }, true})
	}
	work, rest := 0, 0 // days before
	for from := 0; from <= min(start+5, end); from++ {
		if from > 0 && p.rest[from-1] {
			rest++
		} else if from > 0 {
			work++
		}
		if from < max(pooledStart, start-5) || work < pooledWork {
			continue
		}
		if rest >= 2 {
			out = append(out, shape{func(d int) float64 { return share(from <= d && p.rest[d]) }, false},
				shape{func(d int) float64 { return share(from <= d && d <= end && p.rest[d]) }, false})
		}
		for to := max(from, end-3); to <= min(end+3, e.settled); to++ {
			add(from, to)
		}
		if f.Ongoing {
			for to := from + 2; to < end-3; to++ {
				add(from, to)
			}
		}
	}
	if f.Grown != 0 {
		days := float64(f.Grown - f.Start + 1)
		out = append(out, shape{func(d int) float64 { return min(1, max(0, float64(d-start+1)/days)) }, false})
	}
	if f.Ongoing {
		for from := max(pooledStart, start-21); from <= min(start+5, end-6); from++ {
			out = append(out, shape{func(d int) float64 { return max(0, float64(d-from+1)/float64(end-from+1)) }, false})
		}
	}
	return out
}

// share is what a day has of a shape that is there or not.
func share(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// clearest returns the clearest of c that lasts, up or down.
func (c changes) clearest() change {
	best := c.rise
	for _, o := range []change{c.fall, c.stretch, c.hollow} {
		if o.z > best.z {
			best = o
		}
	}
	return best
}

// size is by how much c changes the logarithm, up or down.
func (c change) size() float64 { return math.Abs(math.Log(c.times)) }

// without returns l as if by, on the days of c, had not been.
func (l logs) without(c change) logs {
	x := slices.Clone(l.x)
	for d := c.from; d <= c.to; d++ {
		x[d] -= math.Log(c.times)
	}
	l.x = x
	return l
}

// since returns l without the days before one.
func (l logs) since(day int) logs {
	if day <= 0 {
		return l
	}
	x := slices.Clone(l.x)
	for d := range min(day, len(x)) {
		x[d] = math.NaN()
	}
	l.x = x
	return l
}
