package forecast

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"usagereport/usage"
)

// Days of the period of which the data have nothing are part of what is to come, at what the
// days around them cost; those of earlier periods are not.
func TestForecastUnknownDays(t *testing.T) {
	from := usage.Date(2025, 6, 1)
	whole := func(holes ...usage.Period) Component {
		c := Component{From: from, Settled: usage.Date(2026, 4, 21)}
		for m := from; m < usage.Date(2026, 5, 1); {
			p := m.Month()
			c.Periods, m = append(c.Periods, p), p.To
		}
		c.Usage, c.Other = make([]float64, usage.Date(2026, 5, 1)-from), make([]float64, usage.Date(2026, 5, 1)-from)
		for i := range c.Usage {
			d := from + usage.Day(i)
			c.Usage[i] = 10
			if d >= usage.Date(2026, 4, 11) {
				c.Usage[i] = 20 // a step
			}
			for _, p := range holes {
				if p.Contains(d) {
					c.Usage[i] = math.NaN()
				}
			}
			if d >= c.Settled {
				c.Usage[i] = math.NaN()
			}
		}
		return c
	}
	days := func(m, a, b int) usage.Period {
		return usage.Period{From: usage.Date(2026, time.Month(m), a), To: usage.Date(2026, time.Month(m), b) + 1}
	}
	plain := Forecast(whole()).Rest
	for name, x := range map[string]struct {
		holes []usage.Period
		more  float64
	}{
		"none":              {nil, 0},
		"of this period":    {[]usage.Period{days(4, 1, 3)}, 30},
		"before the step":   {[]usage.Period{days(4, 8, 9)}, 20},
		"behind the step":   {[]usage.Period{days(4, 12, 13)}, 40},
		"across the step":   {[]usage.Period{days(4, 9, 12)}, 60},
		"after the step":    {[]usage.Period{days(4, 19, 20)}, 40},
		"within a week":     {[]usage.Period{days(4, 15, 15)}, 20},
		"two holes":         {[]usage.Period{days(4, 1, 1), days(4, 3, 3)}, 20},
		"of earlier ones":   {[]usage.Period{days(3, 10, 14)}, 0},
		"across their turn": {[]usage.Period{days(3, 30, 31), days(4, 1, 3)}, 30},
	} {
		e := Forecast(whole(x.holes...))
		if off := e.Rest - plain - x.more; math.Abs(off) > 1 {
			t.Errorf("%s: %.2f more is to come, want %.2f", name, e.Rest-plain, x.more)
		}
		if b := Together([]Estimate{e}); b.OK && (b.Low80 > e.Rest || b.High80 < e.Rest) {
			t.Errorf("%s: %.2f is not in its range %.2f to %.2f", name, e.Rest, b.Low80, b.High80)
		}
	}
}

// A month in which nothing was used, as of an owner whose tags lack in one file, is no reason
// for days to come that cost many times any day ever did, though weekends cost more than before.
func TestForecastAfterAMonthOfNothing(t *testing.T) {
	// In thousands, from 1 June to 30 September, and from 1 November.
	const until = "8938 8375 4579 11787 14965 72 72 1479 8070 9024 8476 11528 72 72 9037 11441 9893 11166 10407 72 72 11088 3792 1556 8472 " +
		"7408 72 72 5206 7029 6744 3987 9260 72 72 12260 17900 3933 6663 8996 72 72 8942 11251 10108 4763 6948 72 72 6196 9495 " +
		"7047 16895 6828 72 72 2103 7525 11845 9050 72 72 72 8002 12119 11671 7229 9156 72 72 10911 15552 7984 5454 5781 72 72 " +
		"11861 12177 11586 17002 925 72 72 9510 455 18823 18316 6978 72 72 14772 12760 16364 10971 6262 72 72 7075 7668 1923 " +
		"11472 7115 72 72 12174 12089 4983 5381 6615 72 72 5721 11471 72 72 5850 72 72 72 9833 9423 "
	const since = "2172 2172 13141 10644 9647 5011 2172 2172 11125 4414 14316 10210 8597 2172 2172 11626 14768 9656 10041 18254 2172 2172 " +
		"15022 4052 19858 "
	c := Component{From: usage.Date(2026, 6, 1), Settled: usage.Date(2026, 11, 24)}
	for m := c.From; m < usage.Date(2026, 12, 1); {
		p := m.Month()
		c.Periods, m = append(c.Periods, p), p.To
	}
	for _, days := range []string{until, strings.Repeat("0 ", 31), since, strings.Repeat("NaN ", 7)} {
		for _, day := range strings.Fields(days) {
			v, err := strconv.ParseFloat(day, 64)
			if err != nil {
				t.Fatal(err)
			}
			c.Usage = append(c.Usage, v)
		}
	}
	c.Other = make([]float64, len(c.Usage))
	if e := Forecast(c); e.Rest > 7*15000 || e.Rest < 20000 {
		t.Errorf("%.0f thousand are to come in seven days; a working day costs 8,000 to 15,000", e.Rest)
	}
}
