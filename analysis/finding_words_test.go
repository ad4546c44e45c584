package analysis

import (
	"cmp"
	"path/filepath"
	"testing"
	"time"
	"unicode/utf8"

	"usagereport/analysis/detect"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// Each kind of finding is explained by its numbers, and each rule says its own.
func TestExplanation(t *testing.T) {
	yen := func(x float64) locale.Approx {
		return locale.Approx{Amount: usage.DecimalFromFloat(x), Currency: "JPY"}
	}
	start := usage.Date(2026, 10, 12)
	found := func(kind usage.Kind, change func(*detect.Finding)) detect.Finding {
		f := detect.Finding{
			Kind: kind, Direction: usage.Up, Start: start, End: start + 18, Ongoing: true, Scope: usage.Series{usage.Resource: "vm"},
			Actual: 1805, Expected: 711, Impact: 1094, PerDayBefore: 37, PerDayNow: 95, ProjectedPerMonth: 1734, PriceShare: 0.5,
		}
		change(&f)
		return f
	}
	for name, c := range map[string]struct {
		f         detect.Finding
		want, row string
	}{
		"level, by quantity": {
			found(usage.KindLevel, func(f *detect.Finding) { f.PriceShare, f.QuantityChange, f.Unit = 0, 1.6, "Hours" }),
			"vm has cost JPY 95 a day since 12 Oct; such days cost about 37 before. Hours up 160%, price unchanged. JPY 1,094 more so far, about 1,730 a month.",
			"Hours up 160% since 12 Oct, price unchanged: JPY 95 a day, was 37",
		},
		"level, at a price that falls within each month": {
			found(usage.KindLevel, func(f *detect.Finding) {
				f.PriceShare, f.QuantityChange, f.Unit, f.Rule.Evened = 0, 1.6, "Hours", true
			}),
			"vm has cost JPY 95 a day since 12 Oct; such days cost about 37 before. Hours up 160%; its price falls within each month, and what such days " +
				"cost before is at the price of these. JPY 1,094 more so far, about 1,730 a month.",
			"Hours up 160% since 12 Oct, at each day's price: JPY 95 a day, was 37",
		},
		"level, by both": {
			found(usage.KindLevel, func(f *detect.Finding) { f.QuantityChange, f.Unit = 0.3, "GB" }),
			"vm has cost JPY 95 a day since 12 Oct; such days cost about 37 before. GB up 30%; the price is 50% of the change. JPY 1,094 more so far, about 1,730 a month.",
			"GB +30% and a higher price since 12 Oct: JPY 95 a day, was 37",
		},
		"level, of what rests on some days": {
			found(usage.KindLevel, func(f *detect.Finding) { f.PerDayBefore, f.PriceShare, f.QuantityChange, f.Unit = 0, 0, 17, "Hours" }),
			"vm has cost JPY 95 a day since 12 Oct; such days cost about 0 before. Hours up 1,700%, price unchanged. JPY 1,094 more so far, about 1,730 a month.",
			"Hours up 1,700% since 12 Oct, price unchanged: JPY 95 a day, was 0",
		},
		"level, over": {
			found(usage.KindLevel, func(f *detect.Finding) { f.Ongoing, f.PerDayBefore, f.Expected, f.PriceShare = false, 0, 0, 0 }),
			"vm cost JPY 95 a day from 12 Oct to 30 Oct, and nothing before or since. Prices are unchanged. JPY 1,094 more in all.",
			"JPY 95 a day on 12–30 Oct, nothing before or since",
		},
		"level, down": {
			found(usage.KindLevel, func(f *detect.Finding) {
				f.Direction, f.PerDayBefore, f.PerDayNow, f.Impact = usage.Down, 95, 37, -1094
			}),
			"vm has cost JPY 37 a day since 12 Oct; such days cost about 95 before. JPY 1,094 less so far, about 1,730 a month.",
			"Down since 12 Oct: JPY 37 a day, was 95",
		},
		"a credit that faded": {
			found(usage.KindLevel, func(f *detect.Finding) {
				f.Actual, f.Expected, f.PerDayBefore, f.PerDayNow, f.Rule = -400, -1494, -83, 0, detect.Rule{Kind: detect.RuleGone, Day: start + 9}
			}),
			"vm was credited with about JPY 83 a day until 11 Oct, then with less and less, and with nothing since 21 Oct. JPY 1,094 more so far, about 1,730 a month.",
			"Credit ended on 21 Oct: it was about JPY 83 a day",
		},
		"spike": {
			found(usage.KindSpike, func(f *detect.Finding) { f.Ongoing, f.End, f.PriceShare = false, start, 0.9 }),
			"vm cost JPY 1,805 on 12 Oct; such a day normally costs 711. Most of it is the price. JPY 1,094 more in all.",
			"Spike on 12 Oct, over since: JPY 1,805, normally 711",
		},
		"drift": {
			found(usage.KindDrift, func(f *detect.Finding) {}),
			"vm has risen day by day since about 12 Oct, from about JPY 37 to 95 a day. JPY 1,094 more so far, about 1,730 a month.",
			"Growing daily since about 12 Oct: JPY 37 → 95 a day",
		},
		"a level that is half undone": {
			found(usage.KindLevel, func(f *detect.Finding) { f.Eased, f.AtFirst = start+8, 140 }),
			"vm has cost more since 12 Oct: JPY 140 a day at first and 95 since 20 Oct; such days cost about 37 before. JPY 1,094 more so far, about 1,730 a month.",
			"Up since 12 Oct: JPY 140 a day at first, 95 since 20 Oct, was 37",
		},
		"some of which grew": {
			found(usage.KindLevel, func(f *detect.Finding) { f.Grown, f.Scope, f.Part = start+8, nil, 3 }),
			"3 resources in rg: up day by day from about 12 Oct until 20 Oct, from about JPY 37 to 95 a day. JPY 1,094 more so far, about 1,730 a month.",
			"Grew daily from about 12 Oct until 20 Oct: JPY 37 → 95 a day",
		},
		"some of which is half undone": {
			found(usage.KindLevel, func(f *detect.Finding) { f.Eased, f.AtFirst, f.Scope, f.Part = start+8, 140, nil, 3 }),
			"3 resources in rg: up since 12 Oct, JPY 140 a day at first and 95 since 20 Oct; such days cost about 37 before. JPY 1,094 more so far, about 1,730 a month.",
			"Up since 12 Oct: JPY 140 a day at first, 95 since 20 Oct, was 37",
		},
		"a growth that is over": {
			found(usage.KindLevel, func(f *detect.Finding) { f.Grown = start + 8 }),
			"vm rose day by day from about 12 Oct until 20 Oct, from about JPY 37 to 95 a day, and has stayed there since. JPY 1,094 more so far, about 1,730 a month.",
			"Grew daily from about 12 Oct until 20 Oct: JPY 37 → 95 a day",
		},
		"price": {
			found(usage.KindPrice, func(f *detect.Finding) { f.PerDayBefore, f.PerDayNow = 100, 112 }),
			"The price of vm rose by 12% on 12 Oct: it has cost JPY 112 a day since, and would cost 100 at the old price. JPY 1,094 more so far, about 1,730 a month.",
			"Price up 12% on 12 Oct: JPY 112 a day, 100 at the old price",
		},
		"price, and more used": {
			found(usage.KindPrice, func(f *detect.Finding) {
				f.PerDayBefore, f.PerDayNow, f.UnitPriceChange, f.QuantityChange, f.Unit = 100, 139.05, 0.35, 0.03, "GB"
			}),
			"The price of vm rose by 35% on 12 Oct: it has cost JPY 139 a day since, and would cost 103 at the old price. GB up 3.0%. JPY 1,094 more so far, about 1,730 a month.",
			"Price up 35% on 12 Oct: JPY 139 a day, 103 at the old price",
		},
		"new": {
			found(usage.KindNew, func(f *detect.Finding) {}),
			"vm first appeared on 12 Oct and has cost about JPY 95 a day since. JPY 1,094 more so far, about 1,730 a month.",
			"New since 12 Oct: JPY 95 a day",
		},
		"gone": {
			found(usage.KindGone, func(f *detect.Finding) { f.Direction, f.Impact = usage.Down, -1094 }),
			"vm has cost nothing since 12 Oct; before, it was about JPY 37 a day. JPY 1,094 less so far, about 1,730 a month.",
			"No cost since 12 Oct; it was about JPY 37 a day",
		},
		"new, of what was there": {
			found(usage.KindNew, func(f *detect.Finding) { f.Scope, f.Part = nil, 3 }),
			"3 resources in rg: about JPY 95 a day since 12 Oct. JPY 1,094 more so far, about 1,730 a month.",
			"New since 12 Oct: JPY 95 a day",
		},
		"gone, of what goes on, the last on 14 Oct": {
			found(usage.KindGone, func(f *detect.Finding) {
				f.Scope, f.Part, f.Direction, f.Impact = nil, 3, usage.Down, -1094
				f.Rule = detect.Rule{Kind: detect.RuleGone, Day: start + 3}
			}),
			"3 resources in rg: no cost since 15 Oct; before, it was about JPY 37 a day. JPY 1,094 less so far, about 1,730 a month.",
			"No cost since 15 Oct; it was about JPY 37 a day",
		},
		"level, of some": {
			found(usage.KindLevel, func(f *detect.Finding) { f.Scope, f.Part, f.PriceShare = nil, 3, 0 }),
			"3 resources in rg: JPY 95 a day since 12 Oct; such days cost about 37 before. Prices are unchanged. JPY 1,094 more so far, about 1,730 a month.",
			"More used since 12 Oct, prices unchanged: JPY 95 a day, was 37",
		},
		"level, without quantities": {
			found(usage.KindLevel, func(f *detect.Finding) { f.Scope, f.Part, f.PriceShare, f.Unpriced = nil, 3, 0, true }),
			"3 resources in rg: JPY 95 a day since 12 Oct; such days cost about 37 before. JPY 1,094 more so far, about 1,730 a month.",
			"Up since 12 Oct: JPY 95 a day, was 37",
		},
		"price, of some": {
			found(usage.KindPrice, func(f *detect.Finding) { f.Scope, f.Part, f.PerDayBefore, f.PerDayNow = nil, 3, 100, 112 }),
			"3 resources in rg: the price rose by 12% on 12 Oct: JPY 112 a day since, 100 at the old price. JPY 1,094 more so far, about 1,730 a month.",
			"Price up 12% on 12 Oct: JPY 112 a day, 100 at the old price",
		},
		"new, and over": {
			found(usage.KindNew, func(f *detect.Finding) { f.Ongoing = false }),
			"vm cost JPY 1,805 from 12 Oct to 30 Oct, and nothing before or since. JPY 1,094 more in all.",
			"JPY 1,805 on 12–30 Oct, nothing before or since",
		},
		"new, on one day so far": {
			found(usage.KindNew, func(f *detect.Finding) { f.End, f.OneDay = start, true }),
			"vm cost JPY 1,805 on 12 Oct, and nothing before. JPY 1,094 more so far.",
			"First cost on 12 Oct: JPY 1,805",
		},
		"drift, of some": {
			found(usage.KindDrift, func(f *detect.Finding) { f.Scope, f.Part = nil, 3 }),
			"3 resources in rg: up day by day since about 12 Oct, from about JPY 37 to 95 a day. JPY 1,094 more so far, about 1,730 a month.",
			"Growing daily since about 12 Oct: JPY 37 → 95 a day",
		},
		"level, at weekends": {
			found(usage.KindLevel, func(f *detect.Finding) {
				f.Series.From = start - 7 // a Monday
				for i := range 26 {
					cost, usual := 24.0, 24.0
					if d := f.Series.From + usage.Day(i); d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
						cost, usual = 57, 1
					}
					f.Series.Actual, f.Series.Expected = append(f.Series.Actual, cost), append(f.Series.Expected, usual)
				}
			}),
			"vm has run at weekends too since 12 Oct: JPY 57 on a Saturday or Sunday, about 1 before. JPY 1,094 more so far, about 1,730 a month.",
			"Now runs at weekends, since 12 Oct: JPY 57 a weekend day, was 1",
		},
		"level, at weekends that were like other days": {
			found(usage.KindLevel, func(f *detect.Finding) {
				f.Series.From = start - 7
				for i := range 26 {
					cost := 24.0
					if d := f.Series.From + usage.Day(i); d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
						cost = 57
					}
					f.Series.Actual, f.Series.Expected = append(f.Series.Actual, cost), append(f.Series.Expected, 24)
				}
				f.PriceShare = 0
			}),
			"vm has cost JPY 95 a day since 12 Oct; such days cost about 37 before. Prices are unchanged. JPY 1,094 more so far, about 1,730 a month.",
			"More used since 12 Oct, prices unchanged: JPY 95 a day, was 37",
		},
		"spike, of which more may come": {
			found(usage.KindSpike, func(f *detect.Finding) { f.OneDay, f.End = true, start }),
			"vm cost JPY 1,805 on 12 Oct; such a day normally costs 711. JPY 1,094 more so far.",
			"Spike on 12 Oct: JPY 1,805, normally 711; not yet known whether it lasts",
		},
		"spike of two days, of which more may come": {
			found(usage.KindSpike, func(f *detect.Finding) { f.End = start + 1 }),
			"vm cost JPY 1,805 from 12 Oct to 13 Oct; such days normally cost 711. JPY 1,094 more so far, about 1,730 a month if nothing changes.",
			"Spike on 12–13 Oct: JPY 1,805, normally 711",
		},
		"new, on a day now and then": {
			found(usage.KindNew, func(f *detect.Finding) { f.OneDay = true }),
			"vm cost JPY 1,805 on some days since 12 Oct, and nothing before. JPY 1,094 more so far.",
			"JPY 1,805 on some days since 12 Oct, nothing before",
		},
		"spike of some days, by quantity": {
			found(usage.KindSpike, func(f *detect.Finding) {
				f.Ongoing, f.End, f.PriceShare, f.QuantityChange, f.Unit = false, start+2, 0, 8.24, "1 GB"
			}),
			"vm cost JPY 1,805 from 12 Oct to 14 Oct; such days normally cost 711. GB up 824%, price unchanged. JPY 1,094 more in all.",
			"Spike on 12–14 Oct, over since: JPY 1,805, normally 711; GB +824%",
		},
		"price down, as much used": {
			found(usage.KindPrice, func(f *detect.Finding) {
				f.Direction, f.PerDayBefore, f.PerDayNow, f.Impact, f.Unit = usage.Down, 112, 100, -1094, "10 Hours"
			}),
			"The price of vm fell by 11% on 12 Oct: it has cost JPY 100 a day since, and would cost 112 at the old price. JPY 1,094 less so far, about 1,730 a month.",
			"Price down 11% on 12 Oct, hours unchanged: JPY 100 a day, was 112",
		},
		"new machine": {
			found(usage.KindNew, func(f *detect.Finding) {
				f.Scope = usage.Series{usage.Resource: "/subscriptions/1/resourcegroups/rg/providers/microsoft.compute/virtualmachines/vm"}
				f.Drivers = []detect.Driver{{Scope: usage.Series{usage.Meter: "NC24ads A100 v4"}, Impact: 1000}, {Impact: 94}}
			}),
			"vm first appeared on 12 Oct and has cost about JPY 95 a day since. JPY 1,094 more so far, about 1,730 a month.",
			"New virtual machine since 12 Oct (NC24ads A100 v4): JPY 95 a day",
		},
		"new since few days": {
			found(usage.KindNew, func(f *detect.Finding) { f.End = start + 2 }),
			"vm first appeared on 12 Oct and has cost about JPY 95 a day since. JPY 1,094 more so far, about 1,730 a month if nothing changes.",
			"New since 12 Oct: JPY 95 a day",
		},
		"new group": {
			found(usage.KindNew, func(f *detect.Finding) { f.Scope = usage.Series{usage.ResourceGroup: "rg"} }),
			"rg first appeared on 12 Oct and has cost about JPY 95 a day since. JPY 1,094 more so far, about 1,730 a month.",
			"New resource group since 12 Oct: JPY 95 a day",
		},
	} {
		called := cmp.Or(c.f.Scope[usage.ResourceGroup], filepath.Base(c.f.Scope[usage.Resource]))
		if c.f.Part > 0 {
			called = "3 resources in rg"
		}
		says := teller{Finding: c.f, name: locale.Said(called), money: yen}
		if c.f.Part == 0 {
			says.thing, says.size = thingOf(c.f.Scope), sizeOf(c.f.Drivers)
		}
		if got := says.explanation().String(); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
		row := says.reason().String()
		if row != c.row || utf8.RuneCountInString(row) > maxReason {
			t.Errorf("%s, in a row of %d characters:\n%s\nwant\n%s", name, utf8.RuneCountInString(row), row, c.row)
		}
	}
	for want, r := range map[string]detect.Rule{
		"58.50 beyond the usual cost of each weekday over 7 days up to 12 Oct 2026. In a normal month it is at most 12.25; we report from 1.5 times that.": {
			Kind: detect.RuleWindow, Day: start, Days: 7, Amount: 58.5, Usual: 12.25, Times: 1.5,
		},
		"90.00 on 12 Oct 2026, where 10.00 was expected; as days lay before, we report from 14.25 above that.": {
			Kind: detect.RuleDay, Day: start, Amount: 90, Usual: 10, Noise: 14.25,
		},
		"A step within the file: the median day is 10.00 before 12 Oct 2026 and 20.00 since, over 11 days and 1 day; days usually lie within 0.50 of it.": {
			Kind: detect.RuleStep, Day: start, Days: 1, DaysBefore: 11, Usual: 10, Amount: 20, Noise: 0.5,
		},
		"One of several rises: the median day is 10.00 before 12 Oct 2026 and 20.00 since, over 11 days and 9 days; days usually lie within 0.50 of it.": {
			Kind: detect.RuleLevel, Day: start, Days: 9, DaysBefore: 11, Usual: 10, Amount: 20, Noise: 0.5,
		},
		"A step at weekends within the file: the median day of rest is 2.00 before 12 Oct 2026 and 20.00 since; days usually lie within 0.50 of it.": {
			Kind: detect.RuleRest, Day: start, Days: 9, DaysBefore: 11, Usual: 2, Amount: 20, Noise: 0.5,
		},
		"A stretch within the file: the median day is 10.00 before 12 Oct 2026 and 20.00 for 5 days from then on; days usually lie within 0.50 of it.": {
			Kind: detect.RuleStretch, Day: start, Days: 5, Usual: 10, Amount: 20, Noise: 0.5,
		},
		"A stretch within the file: the median day is 10.00 before 12 Oct 2026 and 20.00 for 5 days from then on; days usually lie within 0.50 of it. " +
			"These figures are at one price for all days, for the price falls within each month and starts over with the next.": {
			Kind: detect.RuleStretch, Day: start, Days: 5, Usual: 10, Amount: 20, Noise: 0.5, Evened: true,
		},
		"No cost on any of the 71 days before 12 Oct 2026.": {Kind: detect.RuleNew, Day: start, DaysBefore: 71, Evened: true},
		"90.00 on 12 Oct 2026 is 9.0 times the usual day of 10.00; no day before was half as far above that.": {
			Kind: detect.RuleOutlier, Day: start, Amount: 90, Usual: 10, Times: 9,
		},
		"No cost on any of the 70 days before 12 Oct 2026.": {
			Kind: detect.RuleNew, Day: start,
			DaysBefore: 70,
		},
		"No cost on the last 5 settled days, since 12 Oct 2026; it never paused that long before.": {Kind: detect.RuleGone, Day: start, Days: 5},
		"The unit price has been 1.12 times the earlier one on every day since 12 Oct 2026.":       {Kind: detect.RulePrice, Day: start, Times: 1.12},
		"The unit price has been about 1.12 times the earlier one since 12 Oct 2026; it is not the same on all days.": {
			Kind: detect.RulePrice, Day: start, Times: 1.12, Varies: true,
		},
		"": {},
	} {
		if got := ruleText(r).String(); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", r.Kind, got, want)
		}
	}
}

// What costs little a day and much in all names both days in cents: 1.37 a day was no "1" before.
func TestExplanationOfSmallDays(t *testing.T) {
	start := usage.Date(2026, 10, 12)
	says := teller{
		Finding: detect.Finding{
			Kind: usage.KindPrice, Direction: usage.Up, Start: start, End: start + 18, Ongoing: true,
			Actual: 26.03, Expected: 13.01, Impact: 13.02, PerDayBefore: 0.685, PerDayNow: 1.37, ProjectedPerMonth: 20.55, PriceShare: 1,
		},
		name: locale.Said("vm"),
		money: func(x float64) locale.Approx {
			return locale.Approx{Amount: usage.DecimalFromFloat(x), Currency: "EUR"}
		},
	}
	want := "The price of vm rose by 100% on 12 Oct: it has cost EUR 1.37 a day since, and would cost 0.69 at the old price. EUR 13 more so far, about 21 a month."
	if got := says.explanation().String(); got != want {
		t.Errorf("explanation is\n%s\nwant\n%s", got, want)
	}
}

// What shows on the last day of a month that has ended is not said to be unknown: the days after it are known, and are another month's.
func TestSpikeOfAMonthsLastDay(t *testing.T) {
	last := usage.Date(2026, 10, 31)
	says := teller{
		Finding: detect.Finding{
			Kind: usage.KindSpike, Direction: usage.Up, Start: last, End: last, Ongoing: true, OneDay: true, Actual: 40, Expected: 10, Impact: 30,
		},
		name: locale.Said("vm"),
		money: func(x float64) locale.Approx {
			return locale.Approx{Amount: usage.DecimalFromFloat(x), Currency: "EUR"}
		},
	}
	for over, want := range map[bool]string{
		false: "Spike on 31 Oct: EUR 40, normally 10; not yet known whether it lasts",
		true:  "Spike on 31 Oct: EUR 40, normally 10",
	} {
		if says.over = over; says.reason().String() != want {
			t.Errorf("over %t: %s; want %s", over, says.reason(), want)
		}
	}
}
