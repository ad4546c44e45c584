package detect

import (
	"fmt"
	"math"
	"testing"
	"time"

	"usagereport/usage"
)

// TestPriceAndQuantity has machines of one meter whose price changes on one day and the hours of
// some of which change on another: whatever is found adds up to what the machines cost beyond
// their usual days, and each finding says what was charged.
func TestPriceAndQuantity(t *testing.T) {
	const days, reach = 150, 149
	for _, c := range []struct {
		machines, changed      int // of the machines, those whose hours change
		priceDay, hoursDay     int
		price, hours           float64 // times what they were
		findings               int
		now, before, at, since float64 // of the finding of the hours
	}{
		{1, 1, 125, 135, 1.5, 1.4, 1, 100.8, 48, 1.5, 1.4},
		{1, 1, 135, 125, 1.5, 1.4, 1, 100.8, 48, 1.5, 1.4},
		{1, 1, 130, 130, 1.5, 1.4, 1, 100.8, 48, 1.5, 1.4},
		{1, 1, 130, 130, 2, 0.5, 0, 0, 0, 0, 0},
		{1, 1, 130, 130, 3, 0.5, 1, 72, 48, 3, 0.5},
		{1, 1, 125, 135, 2, 0.4, 2, 19.2, 48, 0, 0},
		{1, 1, 125, 135, 0.5, 2.5, 2, 60, 24, 0, 0},
		{1, 1, 135, 125, 2, 0.4, 2, 19.2, 48, 0, 0},
		{1, 1, 135, 125, 0.2, 2.5, 2, 24, 9.6, 0, 0},
		{5, 1, 125, 135, 1.5, 1.8, 2, 129.6, 72, 0, 0},
		{5, 1, 135, 125, 1.5, 1.8, 2, 86.4, 48, 0, 0},
		{5, 1, 125, 135, 0.6, 1.8, 2, 51.84, 28.8, 0, 0},
		{5, 5, 125, 135, 1.5, 1.8, 1, 648, 240, 1.5, 1.8},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			in := Input{From: usage.Date(2026, time.January, 1), Days: days}
			beyond := 0.0
			for m := range c.machines {
				l := Leaf{Unit: "Hours", Dims: usage.Series{
					usage.SubAccount: "sub", usage.ResourceGroup: "rg", usage.Service: "vm", usage.Meter: "D2",
					usage.Resource: fmt.Sprintf("vm%d", m),
				}}
				for d := range days {
					hours, price := 24.0, 2.0
					if d >= c.priceDay {
						price *= c.price
					}
					if d >= c.hoursDay && m < c.changed {
						hours *= c.hours
					}
					if d <= reach {
						beyond += hours*price - 48
					}
					l.Cost, l.Quantity = append(l.Cost, hours*price), append(l.Quantity, hours)
				}
				in.Leaves = append(in.Leaves, l)
			}
			for i, service := range []string{"store", "net"} { // of which nothing changes
				l := Leaf{Unit: "GB", Dims: usage.Series{usage.SubAccount: "sub", usage.ResourceGroup: "rg", usage.Service: service, usage.Meter: "m", usage.Resource: service}}
				for range days {
					l.Cost, l.Quantity = append(l.Cost, float64(30+i)), append(l.Quantity, 10)
				}
				in.Leaves = append(in.Leaves, l)
			}
			found := Detect(in).Findings
			sum := 0.0
			for _, f := range found {
				t.Logf("%s %s of %v from %s: %.2f a day, was %.2f, %+.2f; %.2f of it elsewhere", f.Direction, f.Kind, f.Scope, f.Start, f.PerDayNow,
					f.PerDayBefore, f.Impact, f.Elsewhere)
				sum += f.Impact
				charged := 0.0
				for _, i := range f.Leaves {
					for d := f.Start; d <= f.End; d++ {
						charged += in.Leaves[i].Cost[d-in.From]
					}
				}
				if most := max(charged, charged-f.Impact); math.Abs(f.Impact) > most {
					t.Errorf("%+.2f of %v is more than %.2f", f.Impact, f.Scope, most)
				}
				if math.Abs(f.Actual-charged) > 1e-6 {
					t.Errorf("%v costs %.2f, and %.2f was charged", f.Scope, f.Actual, charged)
				}
				drivers := 0.0
				for _, d := range f.Drivers {
					drivers += d.Impact
				}
				if math.Abs(drivers-f.Impact) > 1e-6 {
					t.Errorf("the drivers of %v add up to %.2f, not to %.2f", f.Scope, drivers, f.Impact)
				}
				if f.Kind != usage.KindLevel {
					continue
				}
				if math.Abs(f.PerDayNow-c.now) > 0.01 || math.Abs(f.PerDayBefore-c.before) > 0.01 {
					t.Errorf("%.2f a day, was %.2f; want %.2f, was %.2f", f.PerDayNow, f.PerDayBefore, c.now, c.before)
				}
				if price, hours := f.PriceChange+1, f.QuantityChange+1; c.at > 0 && (math.Abs(price-c.at) > 0.01 || math.Abs(hours-c.since) > 0.01) {
					t.Errorf("%.2f times the price, %.2f times the hours; want %.2f and %.2f", price, hours, c.at, c.since)
				}
			}
			if len(found) != c.findings || len(found) > 0 && math.Abs(sum-beyond) > 0.02*math.Abs(beyond)+0.01 {
				t.Errorf("%d findings that add up to %.2f; want %d and %.2f", len(found), sum, c.findings, beyond)
			}
		})
	}
}
