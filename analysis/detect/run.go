package detect

import (
	"math"
	"slices"
)

// A run is a number for each day from first on; those of all other days are zero. Most
// resources of an estate that comes and goes live on few of its days.
type run struct {
	first int
	v     []float64
}

// clean returns the run of a leaf's values from day first on, up to day n. They must be
// numbers; others count as zero, as do missing ones.
func clean(v []float64, first, n int) run {
	v = v[:max(0, min(len(v), n-first))]
	sum := 0.0
	for _, x := range v {
		sum += x - x // zero for numbers, NaN for all else
	}
	if sum == 0 {
		return run{first, v[:len(v):len(v)]}
	}
	out := make([]float64, len(v))
	for i, x := range v {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			out[i] = x
		}
	}
	return run{first, out}
}

// lived returns the run of y, which is its own where it lives on most days.
func lived(y []float64) run {
	first, end := 0, len(y)
	for first < end && y[first] == 0 {
		first++
	}
	for end > first && y[end-1] == 0 {
		end--
	}
	if 2*(end-first) > len(y) {
		return run{v: y}
	}
	return run{first, slices.Clone(y[first:end])}
}

func (r run) at(day int) float64 {
	if i := day - r.first; i >= 0 && i < len(r.v) {
		return r.v[i]
	}
	return 0
}

// any reports whether a value from day lo on is not zero.
func (r run) any(lo int) bool {
	return slices.ContainsFunc(r.v[min(len(r.v), max(0, lo-r.first)):], func(x float64) bool { return x != 0 })
}

// addTo adds the days from lo on to y.
func (r run) addTo(y []float64, lo int) {
	for d, x := range r.v[min(len(r.v), max(0, lo-r.first)):] {
		if d += max(lo, r.first) - lo; d >= len(y) {
			break
		}
		y[d] += x
	}
}

// days returns the values of the first n days, which must not be written to.
func (r run) days(n int) []float64 {
	if r.first == 0 && len(r.v) >= n {
		return r.v[:n:n]
	}
	return r.copy(n)
}

// copy returns the values of the first n days, to write to.
func (r run) copy(n int) []float64 {
	out := make([]float64, n)
	if r.first < n {
		copy(out[r.first:], r.v)
	}
	return out
}
