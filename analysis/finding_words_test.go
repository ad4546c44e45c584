package analysis

import (
	"cmp"
	"testing"

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
		f    detect.Finding
		want string
	}{
		"level, by quantity": {
			found(usage.KindLevel, func(f *detect.Finding) { f.PriceShare, f.QuantityChange, f.Unit = 0, 1.6, "Hours" }),
			"vm costs 95 JPY a day since 12 Oct instead of about 37 JPY; price unchanged, hours +160 %; 1,094 JPY more so far, about 1,730 JPY a month.",
		},
		"level, by both": {
			found(usage.KindLevel, func(f *detect.Finding) { f.QuantityChange, f.Unit = 0.3, "GB" }),
			"vm costs 95 JPY a day since 12 Oct instead of about 37 JPY; GB +30 %, 50 % of the change is the price; 1,094 JPY more so far, about 1,730 JPY a month.",
		},
		"level, over": {
			found(usage.KindLevel, func(f *detect.Finding) { f.Ongoing, f.PerDayBefore, f.PriceShare = false, 0, 0 }),
			"vm cost 95 JPY a day from 12 Oct to 30 Oct instead of nothing; prices unchanged; 1,094 JPY more in all.",
		},
		"level, down": {
			found(usage.KindLevel, func(f *detect.Finding) {
				f.Direction, f.PerDayBefore, f.PerDayNow, f.Impact = usage.Down, 95, 37, -1094
			}),
			"vm costs 37 JPY a day since 12 Oct instead of about 95 JPY; 1,094 JPY less so far, about 1,730 JPY a month.",
		},
		"spike": {
			found(usage.KindSpike, func(f *detect.Finding) { f.Ongoing, f.End, f.PriceShare = false, start, 0.9 }),
			"vm cost 1,805 JPY on 12 Oct instead of about 711 JPY; most of it is the price; 1,094 JPY more in all.",
		},
		"drift": {
			found(usage.KindDrift, func(f *detect.Finding) {}),
			"vm has risen day by day since about 12 Oct, from about 37 JPY to 95 JPY a day; 1,094 JPY more so far, about 1,730 JPY a month.",
		},
		"price": {
			found(usage.KindPrice, func(f *detect.Finding) { f.PerDayBefore, f.PerDayNow = 100, 112 }),
			"the price of vm is +12 % since 12 Oct, so it costs 112 JPY a day instead of about 100 JPY; 1,094 JPY more so far, about 1,730 JPY a month.",
		},
		"new": {
			found(usage.KindNew, func(f *detect.Finding) {}),
			"vm is new since 12 Oct and costs 95 JPY a day; 1,094 JPY more so far, about 1,730 JPY a month.",
		},
		"gone": {
			found(usage.KindGone, func(f *detect.Finding) { f.Direction, f.Impact = usage.Down, -1094 }),
			"vm has cost nothing since 12 Oct; before it was about 37 JPY a day; 1,094 JPY less so far, about 1,730 JPY a month.",
		},
		"new, of what was there": {
			found(usage.KindNew, func(f *detect.Finding) { f.Scope, f.Part = nil, 3 }),
			"3 resources in rg since 12 Oct, at 95 JPY a day; 1,094 JPY more so far, about 1,730 JPY a month.",
		},
		"gone, of what goes on, the last on 14 Oct": {
			found(usage.KindGone, func(f *detect.Finding) {
				f.Scope, f.Part, f.Direction, f.Impact = nil, 3, usage.Down, -1094
				f.Rule = detect.Rule{Kind: detect.RuleGone, Day: start + 3}
			}),
			"3 resources in rg: no cost since 15 Oct; before it was about 37 JPY a day; 1,094 JPY less so far, about 1,730 JPY a month.",
		},
		"level, of some": {
			found(usage.KindLevel, func(f *detect.Finding) { f.Scope, f.Part, f.PriceShare = nil, 3, 0 }),
			"3 resources in rg: 95 JPY a day since 12 Oct instead of about 37 JPY; prices unchanged; 1,094 JPY more so far, about 1,730 JPY a month.",
		},
		"price, of some": {
			found(usage.KindPrice, func(f *detect.Finding) { f.Scope, f.Part, f.PerDayBefore, f.PerDayNow = nil, 3, 100, 112 }),
			"3 resources in rg: price +12 % since 12 Oct, so 112 JPY a day instead of about 100 JPY; 1,094 JPY more so far, about 1,730 JPY a month.",
		},
		"new, and over": {
			found(usage.KindNew, func(f *detect.Finding) { f.Ongoing = false }),
			"vm cost 1,805 JPY from 12 Oct to 30 Oct and nothing before or since; 1,094 JPY more in all.",
		},
		"new, on one day so far": {
			found(usage.KindNew, func(f *detect.Finding) { f.End, f.OneDay = start, true }),
			"vm cost 1,805 JPY on 12 Oct and nothing before; 1,094 JPY more so far.",
		},
		"drift, of some": {
			found(usage.KindDrift, func(f *detect.Finding) { f.Scope, f.Part = nil, 3 }),
			"3 resources in rg: up day by day since about 12 Oct, from about 37 JPY to 95 JPY a day; 1,094 JPY more so far, about 1,730 JPY a month.",
		},
	} {
		if got := explanation(c.f, yen, locale.Said(cmp.Or(c.f.Scope[usage.Resource], "3 resources in rg"))).String(); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
	for want, r := range map[string]detect.Rule{
		"58.50 against the weekday medians in 7 days up to 12 Oct 2026; the worst of a normal month is 12.25, and from 1.5 times that it is unexpected": {
			Kind: detect.RuleWindow, Day: start, Days: 7, Amount: 58.5, Usual: 12.25, Times: 1.5,
		},
		"a step within the file: the median day is 10.00 before 12 Oct 2026 and 20.00 since, over 11 days and 1 day; days usually lie within 0.50 of it": {
			Kind: detect.RuleStep, Day: start, Days: 1, DaysBefore: 11, Usual: 10, Amount: 20, Noise: 0.5,
		},
		"90.00 on 12 Oct 2026 is 9.0 times the file's median day of 10.00 and more than twice any other": {
			Kind: detect.RuleOutlier, Day: start, Amount: 90, Usual: 10, Times: 9,
		},
		"no cost in all 70 days before 12 Oct 2026": {
			Kind: detect.RuleNew, Day: start,
			DaysBefore: 70,
		},
		"no cost on the last 5 settled days, since 12 Oct 2026, longer than it ever paused":    {Kind: detect.RuleGone, Day: start, Days: 5},
		"the unit price is 1.12 times that of the weeks before, on all days since 12 Oct 2026": {Kind: detect.RulePrice, Day: start, Times: 1.12},
		"": {},
	} {
		if got := ruleText(r).String(); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", r.Kind, got, want)
		}
	}
}
