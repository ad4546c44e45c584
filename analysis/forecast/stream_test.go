package forecast

import (
	"fmt"
	"math"
	"testing"
	"time"

	"usagereport/usage"
)

// TestStreams foretells fees of 20 a day that are bought each day since some months, beside
// 100 on the first of each month.
func TestStreams(t *testing.T) {
	end := usage.Date(2026, 9, 1)
	from := usage.Date(2026, 1, 1)
	for _, began := range []usage.Day{usage.Date(2026, 2, 1), usage.Date(2026, 6, 1), usage.Date(2026, 7, 1), usage.Date(2026, 8, 1)} {
		for _, day := range []int{8, 10, 15, 20} {
			for _, monthly := range []float64{0, 100} {
				t.Run(fmt.Sprintf("since %s, day %d, with %v a month", began, day, monthly), func(t *testing.T) {
					settled := usage.Date(2026, 8, day)
					c := Component{From: from, Settled: settled, Usage: make([]float64, end-from), Other: make([]float64, end-from)}
					for i := range c.Usage {
						d := from + usage.Day(i)
						if d >= settled {
							c.Usage[i] = math.NaN()
							continue
						}
						if d >= began {
							c.Other[i] = 20
						}
						if d == d.Month().From {
							c.Other[i] += monthly
						}
					}
					c.Periods = months(from, int(end-from))
					want := 20 * float64(end-settled)
					e := Forecast(c)
					if off := e.Rest - want; math.Abs(off) > 0.05*(want+20*float64(day)) {
						t.Errorf("said %.0f, became %.0f", e.Rest, want)
					}
				})
			}
		}
	}
}

// TestYoung foretells what began some days before the last, in a long history and a short one.
func TestYoung(t *testing.T) {
	end := usage.Date(2026, 9, 1)
	for _, from := range []usage.Day{usage.Date(2026, 1, 1), usage.Date(2026, 8, 1)} {
		for began := usage.Day(2); began <= 7; began++ {
			last := usage.Date(2026, 8, 15)
			c := Component{From: from, Settled: last - 1, Usage: make([]float64, end-from), Other: make([]float64, end-from)}
			c.Share = []Share{{Point: 0.9}, {Point: 0.35}}
			for i := range c.Usage {
				switch d := from + usage.Day(i); {
				case d > last:
					c.Usage[i] = math.NaN()
				case d > last-began:
					c.Usage[i] = 10
				}
			}
			c.Periods = months(from, int(end-from))
			if e := Forecast(c); math.Abs(e.Rest-160) > 20 {
				t.Errorf("from %s, %d days of 10: %.0f to come, want 160", from, began, e.Rest)
			}
		}
	}
}

// TestCalendarDay foretells a charge that comes on one day of each month, counted from its
// start or its end, in a month of another length.
func TestCalendarDay(t *testing.T) {
	from, end := usage.Date(2025, 11, 1), usage.Date(2026, 7, 1)
	for dom := 15; dom <= 28; dom++ {
		for _, tail := range []bool{false, true} {
			for _, day := range []int{8, 12} {
				settled := usage.Date(2026, 6, day)
				y := make([]float64, end-from)
				for i := range y {
					d := from + usage.Day(i)
					m := d.Month()
					y[i] = 1
					if !tail && d == m.From+usage.Day(dom-1) || tail && d == m.To-usage.Day(29-dom) {
						y[i] = 300
					}
				}
				c := Component{From: from, Settled: settled, Usage: y[:settled-from], Other: make([]float64, len(y)), Periods: months(from, len(y))}
				e, want := Forecast(c), 299+float64(end-settled)
				b := Together([]Estimate{e})
				if math.Abs(e.Rest-want) > 0.06*want {
					t.Errorf("day %d, from the end: %t, by day %d: %.0f to come, want %.0f", dom, tail, day, e.Rest, want)
				}
				if b.OK && b.Low95 < 0 {
					t.Errorf("day %d, from the end: %t, by day %d: %.0f at least", dom, tail, day, b.Low95)
				}
			}
		}
	}
}

// TestFees holds the range of a fee that comes once a month, bought or used, to what can come:
// that it was missed while it was too young to be expected widens nothing.
func TestFees(t *testing.T) {
	end := usage.Date(2026, 12, 1)
	for _, history := range []int{4, 5, 6, 9} { // months, with the one that is asked for
		for _, dom := range []int{3, 15, 28} {
			for _, day := range []int{4, 10, 20, 26} {
				for _, used := range []bool{false, true} {
					from := usage.Date(2026, 12-time.Month(history), 1)
					settled := usage.Date(2026, 11, day)
					c := Component{From: from, Settled: settled, Usage: make([]float64, end-from), Other: make([]float64, end-from)}
					daily := Component{From: from, Settled: settled, Usage: make([]float64, end-from), Other: make([]float64, end-from)}
					fees := c.Other
					if used {
						fees = c.Usage
					}
					want := 100 * float64(end-settled)
					for i := range c.Usage {
						d := from + usage.Day(i)
						fee := d == d.Month().From+usage.Day(dom-1)
						switch {
						case d >= settled:
							c.Usage[i], daily.Usage[i] = math.NaN(), math.NaN()
							if fee {
								want += 300
							}
							continue
						case fee:
							fees[i] = 300
						}
						daily.Usage[i] = 100
					}
					c.Periods = months(from, int(end-from))
					daily.Periods = c.Periods
					b := Together([]Estimate{Forecast(daily), Forecast(c)})
					if b.OK && (b.Low80 < want-200 || b.High80 > want+200 || b.Low80 > want+1 || b.High80 < want-1) {
						t.Errorf("%d months, on day %d, by day %d, used: %t: %.0f to %.0f, became %.0f",
							history, dom, day, used, b.Low80, b.High80, want)
					}
				}
			}
		}
	}
}

// TestStreamEnds foretells a fee or a credit that comes each day and begins some days before the
// last, or has ended some days before: it goes on, or does not, and its range stays small.
func TestStreamEnds(t *testing.T) {
	from, end := usage.Date(2026, 7, 1), usage.Date(2026, 12, 1)
	last := usage.Date(2026, 11, 27)
	for _, each := range []float64{50, -30} {
		for _, s := range []struct{ first, last usage.Day }{
			{from, usage.Date(2026, 11, 15)},
			{from, usage.Date(2026, 11, 8)},
			{from, usage.Date(2026, 10, 20)},
			{usage.Date(2026, 11, 2), last},
			{last - 2, last},
			{last - 3, last},
			{last - 5, last},
		} {
			t.Run(fmt.Sprintf("%v from %s to %s", each, s.first, s.last), func(t *testing.T) {
				c := Component{From: from, Settled: last - 1, Usage: make([]float64, end-from), Other: make([]float64, end-from)}
				c.Share = []Share{{Point: 0.9}, {Point: 0.35}}
				c.Periods = months(from, int(end-from))
				for i := range c.Usage {
					d := from + usage.Day(i)
					if d > last {
						c.Usage[i] = math.NaN()
					}
					if d >= s.first && d <= s.last {
						c.Other[i] = each
					}
				}
				want := 0.0
				if s.last == last {
					want = each * float64(end-last-1)
				}
				e := Forecast(c)
				if math.Abs(e.Rest-want) > 0.4*math.Abs(each) {
					t.Errorf("%.0f to come, want %.0f", e.Rest, want)
				}
				if b := Together([]Estimate{e}); b.OK && (b.Low80 < want-5*math.Abs(each) || b.High80 > want+5*math.Abs(each)) {
					t.Errorf("%.0f to %.0f, want %.0f", b.Low80, b.High80, want)
				}
			})
		}
	}
}
