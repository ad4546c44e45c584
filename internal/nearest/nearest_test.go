package nearest_test

import (
	"testing"

	"usagereport/internal/nearest"
)

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"sender", "sender", 0},
		{"sener", "sender", 1},
		{"sendeer", "sender", 1},
		{"sondor", "sender", 2},
		{"kitten", "sitting", 3},
	} {
		if got := nearest.Distance(c.a, c.b); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
