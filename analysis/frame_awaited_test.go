package analysis

import (
	"math"
	"testing"

	"usagereport/analysis/forecast"
	"usagereport/usage"
)

// TestAwaited says what the last two days of five months lack.
func TestAwaited(t *testing.T) {
	for _, c := range []struct {
		name        string
		since, last []int // the settled days since 1 June; the two that are not
		refunds     map[usage.Day]float64
		ended       bool
		want        float64
	}{
		{"two days of a hundred, half of them there", []int{100, 100, 100, 100, 100, 100, 100}, []int{60, 40}, nil, false, 100},
		{"most was deleted a week before", []int{15, 15, 15, 15, 15, 15, 15}, []int{15, 5}, nil, false, 10},
		{"all was deleted", []int{0, 0, 0, 0, 0, 0, 0}, []int{0, 0}, nil, false, 0},
		{"a refund of six days", []int{100, 100, 100, 100, 100, 100, 100}, []int{-500, 40}, map[usage.Day]float64{usage.Date(2026, 6, 8): -600}, false, 60},
		{"a discount every day", []int{100, 100, 100, 100, 100, 100, 100}, []int{100, 40}, everyDay(-20), false, 60},
		{"all costs half as much again since a week", []int{150, 150, 150, 150, 150, 150, 150}, []int{75, 75}, nil, false, 150},
		{"of a bill that has ended, a day with nearly all and one with half", []int{100, 100, 100, 100, 100, 100, 100}, []int{95, 50}, nil, true, 50},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := piece{Component: forecast.Component{
				From: usage.Date(2026, 1, 1), Periods: []usage.Period{usage.Date(2026, 5, 1).Month(), usage.Date(2026, 6, 1).Month()},
			}}
			for d := p.From; d < usage.Date(2026, 6, 10); d++ {
				cost := 100
				if i := int(d - usage.Date(2026, 6, 1)); i >= 0 {
					cost = append(c.since[:7:7], c.last...)[i]
				}
				p.Usage, p.Other = append(p.Usage, float64(cost)), append(p.Other, 0)
			}
			days := usage.Period{From: usage.Date(2026, 6, 8), To: usage.Date(2026, 6, 10)}
			if got := awaited([]piece{p}, days, c.refunds, c.ended); math.Abs(got-c.want) > 1e-9 {
				t.Errorf("%v are awaited, want %v", got, c.want)
			}
		})
	}
}

func everyDay(refund float64) map[usage.Day]float64 {
	out := map[usage.Day]float64{}
	for d := usage.Date(2026, 1, 1); d < usage.Date(2026, 6, 10); d++ {
		out[d] = refund
	}
	return out
}
