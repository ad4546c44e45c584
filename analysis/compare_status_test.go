package analysis

import (
	"testing"

	"usagereport/analysis/bridge"
	"usagereport/usage"
)

// What is in one of two periods only, and partly there before, is called after what most of that is: an owner who took over a
// subscription in which one machine was resized is moved in, and not resized.
func TestStatusOfARow(t *testing.T) {
	whole := usage.DecimalOf
	for _, c := range []struct {
		is    bool
		parts bridge.Bridge
		want  string
	}{
		{true, bridge.Bridge{bridge.MovedIn: whole(2989), bridge.Resized: whole(35), bridge.New: whole(351), bridge.Quantity: whole(9000)}, "moved in"},
		{false, bridge.Bridge{bridge.MovedOut: whole(-90), bridge.Gone: whole(-10), bridge.Renamed: whole(20)}, "moved out"},
		{true, bridge.Bridge{bridge.MovedIn: whole(10), bridge.New: whole(90)}, "moved in"},
		{false, bridge.Bridge{bridge.MovedOut: whole(-10), bridge.Gone: whole(-90)}, "moved out"},
		{true, bridge.Bridge{bridge.Resized: whole(90), bridge.New: whole(10)}, "resized"},
		{true, bridge.Bridge{bridge.Resized: whole(-90), bridge.New: whole(10)}, "resized"},
		{false, bridge.Bridge{bridge.Renamed: whole(-5), bridge.Price: whole(-10)}, "renamed"},
		{true, bridge.Bridge{}, "new"},
		{false, bridge.Bridge{}, "gone"},
	} {
		if got := (rowSum{was: !c.is, is: c.is, known: true, parts: c.parts}).status(); got != c.want {
			t.Errorf("%v %v: %s, want %s", c.is, c.parts, got, c.want)
		}
	}
}
