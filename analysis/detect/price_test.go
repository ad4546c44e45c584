package detect

import (
	"testing"
	"time"

	"usagereport/usage"
)

// TestPriceOverAWeek has a machine that is charged by the day and costs a quarter on
// weekends, and twice as much since one day: that is one change, by 100 %.
func TestPriceOverAWeek(t *testing.T) {
	const days = 170
	in := Input{From: usage.Date(2026, time.January, 1), Days: days}
	l := Leaf{Unit: "Hours", Dims: usage.Series{
		usage.SubAccount: "sub", usage.ResourceGroup: "rg", usage.Service: "vm", usage.Meter: "D2", usage.Resource: "vm1",
	}}
	for d := range days {
		x := 40.0
		if w := (in.From + usage.Day(d)).Weekday(); w == 0 || w == 6 {
			x = 10
		}
		if d >= days-12 {
			x *= 2
		}
		l.Cost, l.Quantity = append(l.Cost, x), append(l.Quantity, 24)
	}
	in.Leaves = []Leaf{l}
	found := Detect(in).Findings
	if len(found) != 1 || found[0].Kind != usage.KindPrice || found[0].Rule.Times != 2 || found[0].Start != in.From+days-12 {
		for _, f := range found {
			t.Logf("%s %s from %s, %.3g times, %.0f more", f.Severity, f.Kind, f.Start, f.Rule.Times, f.Impact)
		}
		t.Errorf("%d findings, want one of a doubled price", len(found))
	}
}
