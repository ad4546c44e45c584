package analysis

import (
	"math"
	"strings"

	"usagereport/analysis/detect"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// ruleText says which rule fired, with its numbers.
func ruleText(r detect.Rule) locale.Text {
	days, before := locale.T("%d days", r.Days), locale.T("%d days", r.DaysBefore)
	switch r.Kind {
	case detect.RuleWindow:
		return locale.T("%.2f against the weekday medians in %s up to %s; the worst of a normal month is %.2f, and from %.4g times that it is unexpected",
			r.Amount, days, r.Day, r.Usual, r.Times)
	case detect.RuleStep:
		return locale.T("a step within the file: the median day is %.2f before %s and %.2f since, over %s and %s; days usually lie within %.2f of it",
			r.Usual, r.Day, r.Amount, before, days, r.Noise)
	case detect.RuleOutlier:
		return locale.T("%.2f on %s is %.1f times the file's median day of %.2f and more than twice any other", r.Amount, r.Day, r.Times, r.Usual)
	case detect.RuleNew:
		return locale.T("no cost in all %s before %s", before, r.Day)
	case detect.RuleGone:
		return locale.T("no cost on the last %s, since %s, longer than it ever paused", locale.T("%d settled days", r.Days), r.Day)
	case detect.RulePrice:
		return locale.T("the unit price is %.4g times that of the weeks before, on all days since %s", r.Times, r.Day)
	}
	return locale.Text{}
}

// explanation says in one sentence what happened to what is called name: money makes
// words of an amount (see locale.T).
func explanation(f detect.Finding, money func(float64) locale.Approx, name locale.Text) locale.Text {
	direction := func(up, down string) string {
		if f.Direction == usage.Down {
			return down
		}
		return up
	}
	impact := locale.T(direction("%s more in all", "%s less in all"), money(math.Abs(f.Impact)))
	switch {
	case f.Ongoing && f.OneDay:
		impact = locale.T(direction("%s more so far", "%s less so far"), money(math.Abs(f.Impact)))
	case f.Ongoing:
		impact = locale.T(direction("%s more so far, about %s a month", "%s less so far, about %s a month"), money(math.Abs(f.Impact)),
			money(threeDigits(math.Abs(f.ProjectedPerMonth))))
	}
	what := happened(f, money, name)
	if why := reason(f); !why.Empty() {
		return locale.T("%s; %s; %s.", what, why, impact)
	}
	return locale.T("%s; %s.", what, impact)
}

// threeDigits rounds a projection from a hundred on: it promises no more.
func threeDigits(v float64) float64 {
	if v < 100 {
		return v
	}
	unit := math.Pow10(int(math.Log10(v)) - 2)
	return math.Round(v/unit) * unit
}

// happened says what changed, and when.
func happened(f detect.Finding, money func(float64) locale.Approx, name locale.Text) locale.Text {
	start, end := locale.Short(f.Start), locale.Short(f.End)
	before, now := money(f.PerDayBefore), money(f.PerDayNow)
	free := math.Abs(f.PerDayBefore) < 0.005
	if f.Part > 0 && f.Ongoing && !f.OneDay {
		return happenedToPart(f, money, name)
	}
	switch f.Kind {
	case usage.KindNew:
		switch {
		case f.Start == f.End:
			return locale.T("%s cost %s on %s and nothing before", name, money(f.Actual), start)
		case !f.Ongoing:
			return locale.T("%s cost %s from %s to %s and nothing before or since", name, money(f.Actual), start, end)
		}
		return locale.T("%s is new since %s and costs %s a day", name, start, now)
	case usage.KindGone:
		return locale.T("%s has cost nothing since %s; before it was about %s a day", name, gone(f), before)
	case usage.KindSpike:
		if f.End > f.Start {
			return locale.T("%s cost %s from %s to %s instead of about %s", name, money(f.Actual), start, end, money(f.Expected))
		}
		return locale.T("%s cost %s on %s instead of about %s", name, money(f.Actual), start, money(f.Expected))
	case usage.KindPrice:
		return locale.T("the price of %s is %s since %s, so it costs %s a day instead of about %s",
			name, locale.Change(100*(f.PerDayNow/max(f.PerDayBefore, 0.01)-1)), start, now, before)
	case usage.KindDrift:
		if f.Direction == usage.Down {
			return locale.T("%s has fallen day by day since about %s, from about %s to %s a day", name, start, before, now)
		}
		return locale.T("%s has risen day by day since about %s, from about %s to %s a day", name, start, before, now)
	}
	switch {
	case f.Ongoing && free:
		return locale.T("%s costs %s a day since %s instead of nothing", name, now, start)
	case f.Ongoing:
		return locale.T("%s costs %s a day since %s instead of about %s", name, now, start, before)
	case free:
		return locale.T("%s cost %s a day from %s to %s instead of nothing", name, now, start, end)
	}
	return locale.T("%s cost %s a day from %s to %s instead of about %s", name, now, start, end, before)
}

// gone is the day since which nothing of f costs anything.
func gone(f detect.Finding) locale.Short {
	if f.Rule.Kind == detect.RuleGone {
		return locale.Short(f.Rule.Day)
	}
	return locale.Short(f.Start)
}

// happenedToPart says what changed of some resources, and goes on.
func happenedToPart(f detect.Finding, money func(float64) locale.Approx, name locale.Text) locale.Text {
	start, before, now := locale.Short(f.Start), money(f.PerDayBefore), money(f.PerDayNow)
	switch free := math.Abs(f.PerDayBefore) < 0.005; {
	case f.Kind == usage.KindNew:
		return locale.T("%s since %s, at %s a day", name, start, now)
	case f.Kind == usage.KindGone:
		return locale.T("%s: no cost since %s; before it was about %s a day", name, gone(f), before)
	case f.Kind == usage.KindPrice:
		return locale.T("%s: price %s since %s, so %s a day instead of about %s", name,
			locale.Change(100*(f.PerDayNow/max(f.PerDayBefore, 0.01)-1)), start, now, before)
	case f.Kind == usage.KindDrift && f.Direction == usage.Down:
		return locale.T("%s: down day by day since about %s, from about %s to %s a day", name, start, before, now)
	case f.Kind == usage.KindDrift:
		return locale.T("%s: up day by day since about %s, from about %s to %s a day", name, start, before, now)
	case free:
		return locale.T("%s: %s a day since %s instead of nothing", name, now, start)
	}
	return locale.T("%s: %s a day since %s instead of about %s", name, now, start, before)
}

// reason says whether the price or the quantity did it; nothing where the kind says
// so, or neither is clear.
func reason(f detect.Finding) locale.Text {
	if f.Kind == usage.KindNew || f.Kind == usage.KindGone || f.Kind == usage.KindPrice {
		return locale.Text{}
	}
	quantity := locale.Change(100 * f.QuantityChange)
	switch price := math.Abs(f.PriceShare) < 0.02; {
	case price && f.Unit != "":
		return locale.T("price unchanged, %s %s", counted(f.Unit), quantity)
	case price:
		return locale.T("prices unchanged")
	case f.PriceShare >= 0.8:
		return locale.T("most of it is the price")
	case f.Unit != "":
		return locale.T("%s %s, %s of the change is the price", counted(f.Unit), quantity, locale.Share(math.Round(100*f.PriceShare)))
	}
	return locale.Text{}
}

// counted names the things that unit counts.
func counted(unit string) locale.Text {
	switch u := strings.ToLower(unit); {
	case strings.Contains(u, "hour"):
		return locale.T("hours")
	case strings.Contains(u, "gb") && !strings.Contains(u, "second"):
		return locale.Said("GB")
	}
	return locale.T("quantity")
}
