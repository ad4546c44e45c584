package eval

import (
	"math"
	"slices"

	"usagereport/analysis/detect"
)

// A scorer is a rule that says how far each of the last days of a series is above what it
// expects, as textbooks have it; from which score on a day is an alarm is chosen beside others.
type scorer struct {
	name  string
	score func(y []float64, last int) []float64 // one for each of the last days
}

// scorers are written anew from the papers, with the settings that these or the usual
// libraries name.
func scorers() []scorer {
	return []scorer{
		{"sigma above the mean of 28 days", sigmaScore},
		{"STL with MAD", stlScore},
		{"MSTL", mstlScore},
		{"PELT", peltScore},
	}
}

// sigmaScore is the distance from the mean of 28 days, in standard deviations.
func sigmaScore(y []float64, last int) []float64 {
	out := make([]float64, last)
	for i := range out {
		d := len(y) - last + i
		v := y[max(0, d-28):d]
		m, sum := mean(v), 0.0
		for _, x := range v {
			sum += (x - m) * (x - m)
		}
		out[i] = (y[d] - m) / max(math.Sqrt(sum/float64(max(1, len(v)-1))), leastNoise(y))
	}
	return out
}

// stlScore is the distance from season and median, in median deviations of what STL
// leaves: with the median in place of the trend (Hochenbaum, Vallis and Kejariwal 2017), for a
// trend follows what it should show.
func stlScore(y []float64, last int) []float64 {
	season, trend := stl(y, 7, 7, 15)
	level := detect.Median(slices.Clone(y[max(0, len(y)-90-last):]))
	left := make([]float64, len(y)-last)
	for d := range left {
		left[d] = y[d] - season[d] - trend[d]
	}
	noise := max(1.4826*spread(left, detect.Median(slices.Clone(left))), leastNoise(y))
	out := make([]float64, last)
	for i := range out {
		d := len(y) - last + i
		out[i] = (y[d] - season[d] - level) / noise
	}
	return out
}

// mstlScore is the distance from what MSTL (Bandara, Hyndman and Bergmeir 2021), fitted to the
// days before, foretells with seasons of a week and of thirty days and its last trend, in
// median deviations of what it leaves.
func mstlScore(y []float64, last int) []float64 {
	known := y[:len(y)-last]
	periods := []int{7, 30}
	seasons := make([][]float64, len(periods))
	for k := range seasons {
		seasons[k] = make([]float64, len(known))
	}
	var trend []float64
	rest := slices.Clone(known)
	for range 2 {
		for k, period := range periods {
			for d := range rest {
				rest[d] += seasons[k][d]
			}
			seasons[k], trend = stl(rest, period, 11+4*k, period*3/2|1)
			for d := range rest {
				rest[d] -= seasons[k][d]
			}
		}
	}
	left := make([]float64, len(known))
	for d := range left {
		left[d] = rest[d] - trend[d]
	}
	noise := max(1.4826*spread(left, detect.Median(slices.Clone(left))), leastNoise(y))
	out := make([]float64, last)
	for i := range out {
		want := trend[len(trend)-1]
		for k, period := range periods {
			want += seasons[k][len(known)-period+i%period]
		}
		out[i] = (y[len(known)+i] - want) / noise
	}
	return out
}

// leastNoise is a fiftieth of a mean day: what costs next to the same every day would else be beyond
// any threshold for nothing.
func leastNoise(y []float64) float64 { return max(0.02*mean(y), 1e-9) }

// peltScore is by what part of a mean day a level is above the one before it. Levels are those of PELT (Killick,
// Fearnhead and Eckley 2012) in the last 180 days, without the week's season: squares, three days at
// least, a penalty of 3 log n.
func peltScore(y []float64, last int) []float64 {
	y = y[max(0, len(y)-180):]
	n := len(y)
	x := withoutWeek(y)
	steps := make([]float64, n-1)
	for d := range steps {
		steps[d] = x[d+1] - x[d]
	}
	noise := max(1.4826*spread(steps, detect.Median(slices.Clone(steps)))/math.Sqrt2, leastNoise(y))
	ends := pelt(x, 3*math.Log(float64(n))*noise*noise, 3)
	out := make([]float64, last)
	for k := 1; k < len(ends); k++ {
		before := 0
		if k > 1 {
			before = ends[k-2]
		}
		was, now := mean(y[before:ends[k-1]]), mean(y[ends[k-1]:ends[k]])
		for d := max(ends[k-1], n-last); d < ends[k]; d++ {
			out[d-n+last] = (now - was) / max(mean(y), 1e-9)
		}
	}
	return out
}

// pelt returns where the segments end that leave the least squares and a penalty for each.
func pelt(x []float64, penalty float64, least int) []int {
	n := len(x)
	sum, squares := make([]float64, n+1), make([]float64, n+1)
	for d, v := range x {
		sum[d+1], squares[d+1] = sum[d]+v, squares[d]+v*v
	}
	cost := func(a, b int) float64 {
		s := sum[b] - sum[a]
		return squares[b] - squares[a] - s*s/float64(b-a)
	}
	best, from := make([]float64, n+1), make([]int, n+1)
	best[0] = -penalty
	starts := []int{0}
	for end := least; end <= n; end++ {
		best[end] = math.Inf(1)
		for _, s := range starts {
			if end-s < least {
				continue
			}
			if c := best[s] + cost(s, end) + penalty; c < best[end] {
				best[end], from[end] = c, s
			}
		}
		starts = slices.DeleteFunc(starts, func(s int) bool { return end-s >= least && best[s]+cost(s, end) > best[end] })
		if end-least+1 >= least {
			starts = append(starts, end-least+1)
		}
	}
	var ends []int
	for end := n; end > 0; end = from[end] {
		ends = append(ends, end)
	}
	slices.Reverse(ends)
	return ends
}

// stl takes y apart into season and trend by loess, robustly (Cleveland, Cleveland, McRae and Terpenning
// 1990): two inner and five outer rounds.
func stl(y []float64, period, seasonWindow, trendWindow int) (season, trend []float64) {
	n := len(y)
	season, trend = make([]float64, n), make([]float64, n)
	weight := slices.Repeat([]float64{1}, n)
	for range 6 {
		for range 2 {
			cycle := make([]float64, n+2*period)
			for first := range period {
				var v, w []float64
				for d := first; d < n; d += period {
					v, w = append(v, y[d]-trend[d]), append(w, weight[d])
				}
				for k := -1; k <= len(v); k++ { // a season beyond either end
					if at := first + (k+1)*period; at < len(cycle) {
						cycle[at] = loess(v, w, float64(k), seasonWindow)
					}
				}
			}
			low := moving(moving(moving(cycle, period), period), 3)
			even := slices.Repeat([]float64{1}, n)
			for d := range season {
				season[d] = cycle[d+period] - loess(low, even, float64(d), period|1)
			}
			for d := range trend {
				trend[d] = y[d] - season[d]
			}
			flat := slices.Clone(trend)
			for d := range trend {
				trend[d] = loess(flat, weight, float64(d), trendWindow)
			}
		}
		off := make([]float64, n)
		for d := range off {
			off[d] = math.Abs(y[d] - season[d] - trend[d])
		}
		far := max(6*detect.Median(slices.Clone(off)), 1e-12)
		for d := range weight {
			u := min(1, off[d]/far)
			weight[d] = (1 - u*u) * (1 - u*u)
		}
	}
	return season, trend
}

// moving returns the means of n values in a row.
func moving(v []float64, n int) []float64 {
	out := make([]float64, len(v)-n+1)
	for i := range out {
		out[i] = mean(v[i : i+n])
	}
	return out
}

// loess fits a line to the q values nearest to x, those nearer with more weight, and returns it at x.
func loess(v, weight []float64, x float64, q int) float64 {
	n := len(v)
	from := max(0, min(int(math.Round(x))-q/2, n-q))
	to := min(n, from+q)
	far := max(x-float64(from), float64(to-1)-x)
	if q > n {
		far += float64(q-n) / 2
	}
	var w, sx, sy, sxx, sxy float64
	for d := from; d < to; d++ {
		u := math.Abs(float64(d)-x) / (far * 1.001)
		if u >= 1 {
			continue
		}
		k := 1 - u*u*u
		k = k * k * k * weight[d]
		t := float64(d) - x
		w, sx, sy, sxx, sxy = w+k, sx+k*t, sy+k*v[d], sxx+k*t*t, sxy+k*t*v[d]
	}
	if w <= 0 {
		return mean(v[from:to])
	}
	if det := w*sxx - sx*sx; det > 1e-9*w*w {
		return (sxx*sy - sx*sxy) / det
	}
	return sy / w
}
