package detect

import (
	"math"
	"slices"
)

// A path is the logarithms of some days, without those that are quiet and without what weekdays differ by.
type path struct {
	days []int
	v    []float64
}

// path returns that of h, from before the review to its last day that has settled, without days of which some was given back; none
// where it cost nothing on some others.
func (e *estate) path(h *hit) (p path) {
	first := 0
	for first < h.start && (h.actual[first] <= 0 || !h.node.has[first]) {
		first++
	}
	last := e.settled
	if !h.ongoing {
		last = min(last, h.end)
	}
	quiet := e.quiet(h.expected, e.last)
	usual := func(d int) float64 { return h.expected[e.last-(e.last-d)%7] } // at first none is known
	var days []int
	for d := max(first, e.lo-risingBefore, e.settled-recentDays); d <= last; d++ {
		if h.node.has[d] && usual(d) >= quiet {
			days = append(days, d)
		}
	}
	days = withoutRefunds(days, func(d int) float64 { return h.actual[d] / max(usual(d), tiny) })
	log := make([]float64, e.days)
	for _, d := range days {
		if h.actual[d] <= 0 {
			return path{}
		}
		log[d] = math.Log(h.actual[d])
	}
	var off [7][]float64
	for i, d := range days {
		sum, n := 0.0, 0.0
		for _, other := range days[max(0, i-6):min(len(days), i+7)] {
			if other >= d-3 && other <= d+3 {
				sum, n = sum+log[other], n+1
			}
		}
		off[d%7] = append(off[d%7], log[d]-sum/n)
	}
	var weekday [7]float64
	for w, v := range off {
		if len(v) >= 3 {
			weekday[w] = Median(v)
		}
	}
	for _, d := range days {
		p.days, p.v = append(p.days, d), append(p.v, log[d]-weekday[d%7])
	}
	return p
}

// withoutRefunds returns days without the few that cost, of what is usual, less than half of those before and after them: some of
// it was given back. What does so often goes up and down, and keeps all of them.
func withoutRefunds(days []int, part func(d int) float64) []int {
	const near, seldom = 3, 0.1
	median := func(days []int) float64 {
		var v []float64
		for _, d := range days {
			v = append(v, part(d))
		}
		return Median(v)
	}
	var out []int
	for i, d := range days {
		before, after := days[max(0, i-near):i], days[i+1:min(len(days), i+1+near)]
		last := len(after) == 0 && part(d) > 0 // it may be over
		if last || len(before) < near || part(d) >= refundPart*median(before) || len(after) > 0 && part(d) >= refundPart*median(after) {
			out = append(out, d)
		}
	}
	if float64(len(days)-len(out)) > seldom*float64(len(days)) {
		return days
	}
	return out
}

// A fit is one of a shape to a path.
type fit struct {
	left   float64   // squares that it leaves
	at     []int     // the places in the path at which the levels after the first begin
	levels []float64 // what these are
}

// inLevels returns the best fits of one level to v, of two and so on, of which each may have the places that fits says of its number.
func inLevels(v []float64, most int, fits func(level, from, to int) bool) []fit {
	n := len(v)
	sum, squares := make([]float64, n+1), make([]float64, n+1)
	for i, x := range v {
		sum[i+1], squares[i+1] = sum[i]+x, squares[i]+x*x
	}
	mean := func(a, b int) float64 { return (sum[b] - sum[a]) / float64(b-a) }
	left := func(a, b int) float64 { return max(0, squares[b]-squares[a]-(sum[b]-sum[a])*mean(a, b)) }
	until, began := make([][]float64, most), make([][]int, most) // of so many levels up to a place, what they leave, and where the last begins
	for k := range most {
		until[k], began[k] = make([]float64, n+1), make([]int, n+1)
		for to := range n + 1 {
			until[k][to] = math.Inf(1)
			for from := range to {
				before := 0.0
				if k > 0 {
					before = until[k-1][from]
				} else if from > 0 {
					break
				}
				if before < until[k][to] && fits(k, from, to) {
					if l := before + left(from, to); l < until[k][to] {
						until[k][to], began[k][to] = l, from
					}
				}
			}
		}
	}
	out := make([]fit, most)
	for k := range out {
		out[k].left = until[k][n]
		to := n
		for j := k; j >= 0 && !math.IsInf(out[k].left, 1); j-- {
			from := began[j][to]
			out[k].levels = append(out[k].levels, mean(from, to))
			if to = from; j > 0 {
				out[k].at = append(out[k].at, from)
			}
		}
		slices.Reverse(out[k].at)
		slices.Reverse(out[k].levels)
	}
	return out
}

// inLevels returns the best fits of one level, of two, and of more with some days between them.
func (p path) inLevels(most int) []fit {
	n := len(p.v)
	return inLevels(p.v, most, func(level, from, to int) bool {
		switch {
		case level == 0:
			return to >= risingStart
		case to == n:
			return level == 1 || n-from >= risingLast
		}
		return p.days[to]-p.days[from] >= risingApart
	})
}

// growing returns the best fit of a level and a growth from a day on, and the growth a day.
func (p path) growing() (best fit, slope float64) {
	return p.growingAs(func(days float64) float64 { return days })
}

// slowing returns what the best fit of a growth leaves that goes on, but by less and less: by the same amount each day, which is a lesser
// part of what it has come to.
func (p path) slowing() (left float64) {
	left = math.Inf(1)
	for _, amount := range []float64{0.02, 0.05, 0.1, 0.2} { // of what it was before
		f, _ := p.growingAs(func(days float64) float64 { return math.Log1p(amount * days) })
		left = min(left, f.left)
	}
	return left
}

// growingAs is growing by what some days of it make.
func (p path) growingAs(by func(days float64) float64) (best fit, slope float64) {
	best.left = math.Inf(1)
	for at := risingStart; at < len(p.v)-risingDays; at++ {
		left, times := p.fitted(func(day int) float64 { return by(max(0, float64(day-p.days[at]+1))) })
		if left < best.left {
			best, slope = fit{left: left, at: []int{at}}, times
		}
	}
	return best, slope
}

// fitted returns what the best fit of a level, and of so many times what by makes of a day on top of it, leaves.
func (p path) fitted(by func(day int) float64) (left, times float64) {
	var n, x, xx, y, xy, yy float64
	for i, v := range p.v {
		w := by(p.days[i])
		n, x, xx, y, xy, yy = n+1, x+w, xx+w*w, y+v, xy+w*v, yy+v*v
	}
	xx, xy, yy = xx-x*x/n, xy-x*y/n, yy-y*y/n
	return max(0, yy-xy*xy/xx), xy / xx
}

// sums are those of some values, and of their days from the first of a path on.
type sums struct{ n, t, tt, v, tv float64 }

// sums returns those of the values from each place on, the mean of all values, and the sum of the squares of how far they lie from it.
func (p path) sums() (since []sums, mean, squares float64) {
	n := len(p.v)
	since = make([]sums, n+1)
	for i := n - 1; i >= 0; i-- {
		t, v, s := float64(p.days[i]-p.days[0]), p.v[i], since[i+1]
		since[i], squares = sums{s.n + 1, s.t + t, s.tt + t*t, s.v + v, s.tv + t*v}, squares+v*v
	}
	mean = since[0].v / float64(n)
	return since, mean, squares - float64(n)*mean*mean
}

// growingAndStep returns the best fit of a growth from one place on and of a step at another, the growth a day, and the step.
func (p path) growingAndStep() (best fit, slope, step float64) {
	best.left = math.Inf(1)
	n, all := len(p.v), float64(len(p.v))
	since, mean, squares := p.sums()
	for at := risingStart; at < n-risingDays; at++ {
		first, w := float64(p.days[at]-p.days[0]-1), since[at]
		sumW := w.t - first*w.n
		ww, wv := w.tt-2*first*w.t+first*first*w.n-sumW*sumW/all, w.tv-first*w.v-sumW*mean
		for to := risingStart; to <= n-risingLast; to++ {
			if apart := p.days[at] - p.days[to]; apart < risingApart && -apart < risingApart {
				continue
			}
			s, both := since[to], since[max(at, to)]
			ss, sv, ws := s.n-s.n*s.n/all, s.v-s.n*mean, both.t-first*both.n-sumW*s.n/all
			det := ww*ss - ws*ws
			if det <= tiny*ww*ss {
				continue
			}
			grows, rises := (wv*ss-sv*ws)/det, (sv*ww-wv*ws)/det
			if left := max(0, squares-grows*wv-rises*sv); left < best.left {
				best, slope, step = fit{left: left, at: []int{at, to}}, grows, rises
			}
		}
	}
	return best, slope, step
}

// grown returns the best fit of a level, a growth from one place on, and the level it has come to before another; and the growth a day.
func (p path) grown() (best fit, slope float64) {
	best.left = math.Inf(1)
	n, all := len(p.v), float64(len(p.v))
	since, mean, squares := p.sums()
	for at := risingStart; at < n-grownDays; at++ {
		first, a := float64(p.days[at]-p.days[0]-1), since[at]
		for to := at + grownDays; to <= n-grownLeast; to++ {
			b, reached := since[to], float64(p.days[to-1]-p.days[0])-first
			days, t := a.n-b.n, a.t-b.t // while it grows
			sumW := t - first*days + reached*b.n
			ww := a.tt - b.tt - 2*first*t + first*first*days + reached*reached*b.n - sumW*sumW/all
			wv := a.tv - b.tv - first*(a.v-b.v) + reached*b.v - sumW*mean
			if left := max(0, squares-wv*wv/ww); left < best.left {
				best, slope = fit{left: left, at: []int{at, to}}, wv/ww
			}
		}
	}
	return best, slope
}

// noise is the square of what a fit with so many numbers leaves of a day.
func (p path) noise(f fit, numbers int) float64 {
	return max(1e-6, f.left/float64(max(1, len(p.v)-numbers)))
}

// grows reports whether f is of a growth that is clearer than other shapes, by so much a day.
func (p path) grows(f fit, slope, others float64) bool {
	if math.IsInf(f.left, 1) {
		return false
	}
	last, least := len(p.days)-1, risingSlow
	if len(f.at) > 1 {
		last, least = f.at[1]-1, grownSlow
	}
	return slope >= least && others-f.left >= risingSure*p.noise(f, 2+len(f.at)) &&
		slope*float64(p.days[last]-p.days[f.at[0]]+1) >= math.Log(risingRise)
}

// steps reports whether f is of levels of which each is clearly higher than the one before.
func (p path) steps(f fit) bool {
	if math.IsInf(f.left, 1) || p.late(f) {
		return false
	}
	noise := p.noise(f, 2*len(f.levels)-1)
	for k := 1; k < len(f.levels); k++ {
		if by := f.levels[k] - f.levels[k-1]; by < math.Log(risingRise) || by < risingSteep*math.Sqrt(noise) {
			return false
		}
	}
	return true
}

// late reports whether the last of some levels begins too early, so that it has days enough.
func (p path) late(f fit) bool {
	k := len(f.at) - 1
	to := f.at[k]
	return to == len(p.v)-risingLast && p.v[to] < (f.levels[k]+p.v[to+1])/2
}
