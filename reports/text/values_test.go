package text

import "testing"

func TestTenths(t *testing.T) {
	for share, want := range map[float64]float64{
		0: 0, 115.0 / 200 * 100: 57.5, 89.9999999: 90, 33.333: 33.3, 66.666: 66.7, 99.94: 99.9, 99.96: 99.9, 99.9999999: 99.9, 100: 100, 100.04: 100, 120.26: 120.3,
	} {
		if got := tenths(share); got != want {
			t.Errorf("%v is told as %v, want %v", share, got, want)
		}
	}
}
