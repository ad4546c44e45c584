package detect

import (
	"math"
	"slices"
)

var lengths = [...]int{1, 7, 28} // days of the windows

// A bound is the worst of a normal month of one series for windows of a length,
// and the factors above which more than that is unexpected and an alarm.
type bound struct{ b, c, alarm float64 }

// worsts returns the largest excess of windows of lengths[i] in each of up to nine
// blocks of 28 days before the review.
func (e *estate) worsts(s *series, sign float64, i int) []float64 {
	worst := make([]float64, 0, 9)
	for q := range 9 {
		lo, k := e.lo-28*q-28, lengths[i]
		if lo < s.first+k-1 {
			break
		}
		w := math.Inf(-1)
		for b := lo; b < lo+28; b++ {
			if x := sign * s.excess(k, b); x > w {
				w = x
			}
		}
		worst = append(worst, w)
	}
	return worst
}

// factor is the factor above which windows are unexpected, by the blocks known.
func (e *estate) factor(worst []float64) float64 { return e.in.Sensitivity * e.t.factor(len(worst)) }

// bound is that of windows of lengths[i], whose worsts are known; 0 where there are
// none. Blocks above four times the usual are old incidents and do not count.
func (e *estate) bound(s *series, floor float64, i int, worst []float64) (out bound) {
	if len(worst) == 0 {
		return out
	}
	r, k := e.lo-1, lengths[i]
	if s.typical[i] < 0 {
		sizes := make([]float64, 0, 140)
		for b := max(s.first+k-1, r-139); b <= r; b++ {
			sizes = append(sizes, math.Abs(s.excess(k, b)))
		}
		s.typical[i] = middle(sizes)
	}
	sigma := sigmas * s.typical[i]
	if k == 28 {
		sigma *= e.t.LongWindow
	}
	usual := max(Median(slices.Clone(worst)), e.t.SigmaTimes*sigma, floor*s.expected(k, r))
	out.c = e.factor(worst)
	out.b = max(usual, repeated(worst, e.t.OldIncident*usual))
	out.alarm = e.in.Sensitivity * max(e.t.AlarmTimes*e.t.factor(len(worst)), min(e.t.TailMost, math.Exp(e.t.TailPower*tail(worst, usual))))
	return out
}

// repeated returns the largest of worst that is at most limit, or was passed
// once more: what is beyond the limit once is an old incident, and more often a
// habit. Neighbours are one.
func repeated(worst []float64, limit float64) float64 {
	var runs []float64
	out := 0.0
	for i, w := range worst {
		switch {
		case w <= limit:
			out = max(out, w)
		case i > 0 && worst[i-1] > limit:
			runs[len(runs)-1] = max(runs[len(runs)-1], w)
		default:
			runs = append(runs, w)
		}
	}
	if len(runs) > 1 {
		slices.Sort(runs)
		out = runs[len(runs)-2]
	}
	return out
}

// tail returns how far apart the worst of months lie: the logarithm of the
// second largest by the usual. The largest and its neighbours may be one old
// incident. Were they of a Pareto distribution, exp(6 tail) times the largest of
// nine would be passed about once in 2,000 months.
func tail(worst []float64, usual float64) float64 {
	top := 0
	for i, w := range worst {
		if w > worst[top] {
			top = i
		}
	}
	second := usual
	for i, w := range worst {
		if i < top-1 || i > top+1 {
			second = max(second, w)
		}
	}
	if second <= 0 {
		return 0
	}
	return math.Log(second / usual)
}

// factor returns how many times the worst of a normal month is unexpected, by
// the number of months known.
func (t *Thresholds) factor(months int) float64 {
	i := slices.IndexFunc(t.Factors[:], func(f Factor) bool { return months >= f.Months })
	return t.Factors[i].Times
}
