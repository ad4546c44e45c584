package forecast

import (
	"cmp"
	"math"
	"slices"
)

// A Band is the range in which a rest will lie, four times out of five and nineteen
// of twenty. Months is how many earlier periods of its own it rests on; OK is
// false where there is too little history to name one.
type Band struct {
	Low80, High80 float64
	Low95, High95 float64
	Months        int
	OK            bool
}

// Fewest is how many earlier periods of its own a band rests on where it stands alone; with fewer it rests on
// the days there are.
const Fewest = 3

const (
	classes  = 5   // of components of similar size
	enough   = 40  // errors from which a quantile is taken
	borrowed = 1.0 // errors that the class's mean error counts for
	small    = 0.02
	bandPast = 6     // earlier periods whose errors count; what was said before these had less to go by
	outer80  = 0.095 // part of the errors beyond each end: a tenth held 0.76 of measured series, for months differ
	alone80  = 1.9   // multiples of the mean error where it stands alone: the quantiles of
	alone95  = 3.6   // Student's t with four degrees of freedom, by its mean absolute value
	sum80    = 1.75  // as alone80, of a sum: chosen on measured series
	smallest = 1e-9
	farthest = 2.0 // relative error from which one is as large as another: of what was said to be next to nothing, all are large
	quietest = 0.5 // part of what the days of the last weeks would make it that a range has at least
	// independent is how much the errors of a sum's parts count beside its own, chosen
	// on the tuning seeds of the package's test.
	independent = 0.25
)

// scale is what an error is measured by.
func scale(rest, size float64) float64 { return math.Abs(rest) + small*size + smallest }

// misses are e's relative errors in the last so many periods, newest first, without what
// was too young to be expected.
func misses(e Estimate, last int) (out []float64) {
	for k, p := range e.Past {
		if p.OK && k < last {
			v := (p.Became - p.Early - p.Said) / scale(p.Said, e.Size)
			out = append(out, min(max(v, -farthest), farthest))
		}
	}
	return out
}

// Bands calibrates a band for each of es on the errors of all of them, each
// measured by its own usual error, in classes of similar size.
func Bands(es []Estimate) []Band {
	order := make([]int, len(es))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(es[a].Size, es[b].Size) })
	out := make([]Band, len(es))
	n := min(classes, max(1, len(es)/20))
	for k := range n {
		class := order[k*len(es)/n : (k+1)*len(es)/n]
		all := make([][]float64, len(class))
		var mean float64
		var count int
		for i, at := range class {
			all[i] = misses(es[at], bandPast)
			for _, v := range all[i] {
				mean += min(math.Abs(v), 2)
				count++
			}
		}
		mean /= float64(max(count, 1))
		own := func(v []float64, but int) float64 {
			s, c := borrowed*mean, borrowed
			for i, x := range v {
				if i != but {
					s += math.Abs(x)
					c++
				}
			}
			return s/c + 1e-6
		}
		var scores []float64
		for _, v := range all {
			for i, x := range v {
				scores = append(scores, x/own(v, i))
			}
		}
		slices.Sort(scores)
		for i, at := range class {
			b := &out[at]
			b.Months = len(all[i])
			lo80, hi80, lo95, hi95 := -alone80, alone80, -alone95, alone95
			switch {
			case len(scores) >= enough:
				lo80, hi80 = quantile(scores, outer80), quantile(scores, 1-outer80)
				lo95, hi95 = quantile(scores, 0.025), quantile(scores, 0.975)
			case len(all[i]) < Fewest && es[at].Known < knownLeast:
				continue
			}
			s := own(all[i], -1) * scale(es[at].Open, es[at].Size)
			if len(all[i]) < Fewest && len(scores) < enough {
				s = young(es[at], all[i]) * scale(es[at].Open, es[at].Size)
				lo80, hi80, lo95, hi95 = -young80, young80, -young95, young95
			}
			b.set(es[at].Rest, s, lo80, hi80, lo95, hi95)
			b.widen(es[at])
		}
	}
	return out
}

// Together is the band of the sum of es, from the sum's own earlier errors and, for
// a part, those of its parts as if they were independent: where the sum was right
// because its parts were wrong in opposite directions, that may not last.
func Together(es []Estimate) (b Band) {
	t := Sum(es)
	v := misses(t, maxPast)
	b.Months = len(v)
	if len(v) < Fewest {
		if t.Known < knownLeast {
			return b
		}
		b.set(t.Rest, young(t, v)*scale(t.Open, t.Size), -young80, young80, -young95, young95)
		b.widen(t)
		return b
	}
	own := meanAbs(v) * scale(t.Open, t.Size)
	apart := 0.0
	for _, e := range es {
		apart += math.Pow(meanAbs(misses(e, maxPast))*scale(e.Open, e.Size), 2)
	}
	s := math.Sqrt((1-independent)*own*own + independent*max(apart, own*own))
	b.set(t.Rest, s+1e-6*scale(t.Open, t.Size), -sum80, sum80, -alone95, alone95)
	b.widen(t)
	return b
}

// widen makes room for e's doubt and for late usage, which are independent of the errors before,
// and for its noise, and leaves out what cannot be.
func (b *Band) widen(e Estimate) {
	off := func(end, times float64) float64 {
		return max(math.Hypot(end-e.Rest, times*math.Hypot(e.Doubt, e.Late)), quietest*times*e.Noise)
	}
	b.Low80, b.High80 = e.Rest-off(b.Low80, 1.28), e.Rest+off(b.High80, 1.28)
	b.Low95, b.High95 = e.Rest-off(b.Low95, 1.96), e.Rest+off(b.High95, 1.96)
	b.Low80, b.High80, b.Low95, b.High95 = b.Low80-e.Down, b.High80+e.Up, b.Low95-e.Down, b.High95+e.Up
	if !e.Refunds {
		b.Low80, b.Low95 = max(b.Low80, min(0, e.Rest)), max(b.Low95, min(0, e.Rest))
	}
}

// meanAbs is the mean size of v; 0 of nothing.
func meanAbs(v []float64) (s float64) {
	for _, x := range v {
		s += math.Abs(x) / float64(len(v))
	}
	return s
}

func (b *Band) set(rest, s, lo80, hi80, lo95, hi95 float64) {
	b.OK = true
	b.Low80, b.High80 = rest+min(lo80, 0)*s, rest+max(hi80, 0)*s
	b.Low95, b.High95 = min(rest+lo95*s, b.Low80), max(rest+hi95*s, b.High80)
}

// quantile of sorted v, the outer one of two (a split conformal one).
func quantile(v []float64, q float64) float64 {
	n := float64(len(v) + 1)
	if q < 0.5 {
		return v[max(int(math.Floor(q*n))-1, 0)]
	}
	return v[min(int(math.Ceil(q*n))-1, len(v)-1)]
}

// Before returns what was said at the kth of the earlier periods of es, which knew
// only the periods before it.
func Before(es []Estimate, k int) []Estimate {
	var out []Estimate
	for _, e := range es {
		if k < len(e.Past) {
			out = append(out, Estimate{Rest: e.Past[k].Said, Open: e.Past[k].Said, Size: e.Size, Past: e.Past[k+1:], Refunds: e.Refunds})
		}
	}
	return out
}

// Sum adds estimates up, earlier periods by their age.
func Sum(es []Estimate) (t Estimate) {
	var good []float64
	for _, e := range es {
		t.Rest += e.Rest
		t.Open += e.Open
		t.Doubt, t.Noise, t.Refunds = math.Hypot(t.Doubt, e.Doubt), math.Hypot(t.Noise, e.Noise), t.Refunds || e.Refunds
		t.Late, t.LateTogether = math.Hypot(t.Late, e.Late), t.LateTogether+e.LateTogether
		t.Up, t.Down, t.Known = t.Up+e.Up, t.Down+e.Down, max(t.Known, e.Known)
		for k, p := range e.Near {
			if k == len(t.Near) {
				t.Near = append(t.Near, Past{OK: true})
			}
			t.Near[k].Said += p.Said
			t.Near[k].Became += p.Became
		}
		for k, p := range e.Past {
			if k == len(t.Past) {
				t.Past = append(t.Past, Past{Period: p.Period})
				good = append(good, 0)
			}
			q := &t.Past[k]
			q.Period.From, q.Period.To = min(q.Period.From, p.Period.From), max(q.Period.To, p.Period.To)
			q.Known += p.Known
			q.Said += p.Said
			q.Became += p.Became
			q.Early += p.Early
			q.Naive += p.Naive
			q.RunRate += p.RunRate
			q.Linear += p.Linear
			weight := math.Abs(p.Known) + math.Abs(p.Became) + smallest
			if !p.OK {
				weight = -weight
			}
			good[k] += weight
		}
	}
	if len(es) > 1 {
		t.Late = max(t.Late, t.LateTogether)
	}
	for k := range t.Past {
		t.Past[k].OK = good[k] > 0 // what could be forecast was the larger part
		t.Size = max(t.Size, math.Abs(t.Past[k].Known+t.Past[k].Became))
	}
	return t
}
