package detect

import (
	"math"
	"slices"
	"testing"
)

// A run is the array of all days, of which it keeps a part.
func TestRun(t *testing.T) {
	for _, c := range []struct {
		first int
		v     []float64
		want  []float64 // of five days
	}{
		{0, []float64{1, 2, 3, 4, 5, 6}, []float64{1, 2, 3, 4, 5}},
		{2, []float64{1, math.NaN()}, []float64{0, 0, 1, 0, 0}},
		{4, []float64{1, 2}, []float64{0, 0, 0, 0, 1}},
		{5, []float64{1}, []float64{0, 0, 0, 0, 0}},
		{0, nil, []float64{0, 0, 0, 0, 0}},
	} {
		r := clean(c.v, c.first, 5)
		if got := r.days(5); !slices.Equal(got, c.want) {
			t.Errorf("%v from %d: %v", c.v, c.first, got)
		}
		for lo := range 5 {
			y := make([]float64, 5-lo)
			r.addTo(y, lo)
			if any := slices.ContainsFunc(y, func(x float64) bool { return x != 0 }); !slices.Equal(y, c.want[lo:]) || r.at(lo) != c.want[lo] || r.any(lo) != any {
				t.Errorf("%v from %d: on day %d %v, any %v, and %v from there on", c.v, c.first, lo, r.at(lo), r.any(lo), y)
			}
		}
	}
}
