package analysis

import (
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"usagereport/analysis/detect"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// ruleText says which rule fired, with its numbers, and at what price they are where that is not the day's.
func ruleText(r detect.Rule) locale.Text {
	switch r.Kind {
	case detect.RuleNew, detect.RuleGone, detect.RulePrice, detect.RuleBooked, detect.RuleSlow:
		r.Evened = false // they say no sums of days
	}
	said := []locale.Text{firedText(r)}
	if r.Evened {
		said = append(said, locale.T("These figures are at one price for all days, for the price falls within each month and starts over with the next."))
	}
	return locale.Sentences(said)
}

func firedText(r detect.Rule) locale.Text {
	days, before := locale.T("%d days", r.Days), locale.T("%d days", r.DaysBefore)
	switch r.Kind {
	case detect.RuleWindow:
		return locale.T("%.2f beyond the usual cost of each weekday over %s up to %s. In a normal month it is at most %.2f; we report from %.4g times that.",
			r.Amount, days, r.Day, r.Usual, r.Times)
	case detect.RuleDay:
		return locale.T("%.2f on %s, where %.2f was expected; as days lay before, we report from %.2f above that.",
			r.Amount, r.Day, r.Usual, r.Noise)
	case detect.RuleSlow:
		return locale.T("The last %s grew by %.1f percent a week, before by at most %.1f.", days, r.Amount, r.Usual)
	case detect.RuleLevel:
		return locale.T("One of several rises: the median day is %.2f before %s and %.2f since, over %s and %s; days usually lie within %.2f of it.",
			r.Usual, r.Day, r.Amount, before, days, r.Noise)
	case detect.RuleStep:
		return locale.T("A step within the file: the median day is %.2f before %s and %.2f since, over %s and %s; days usually lie within %.2f of it.",
			r.Usual, r.Day, r.Amount, before, days, r.Noise)
	case detect.RuleRest:
		return locale.T("A step at weekends within the file: the median day of rest is %.2f before %s and %.2f since; days usually lie within %.2f of it.",
			r.Usual, r.Day, r.Amount, r.Noise)
	case detect.RuleStretch:
		return locale.T("A stretch within the file: the median day is %.2f before %s and %.2f for %s from then on; days usually lie within %.2f of it.",
			r.Usual, r.Day, r.Amount, days, r.Noise)
	case detect.RuleOutlier:
		return locale.T("%.2f on %s is %.1f times the usual day of %.2f; no day before was half as far above that.", r.Amount, r.Day, r.Times,
			r.Usual)
	case detect.RuleNew:
		return locale.T("No cost on any of the %s before %s.", before, r.Day)
	case detect.RuleGone:
		return locale.T("No cost on the last %s, since %s; it never paused that long before.", locale.T("%d settled days", r.Days), r.Day)
	case detect.RulePrice:
		if r.Varies {
			return locale.T("The unit price has been about %.4g times the earlier one since %s; it is not the same on all days.", r.Times, r.Day)
		}
		return locale.T("The unit price has been %.4g times the earlier one on every day since %s.", r.Times, r.Day)
	case detect.RuleBooked:
		bookings, on := locale.T("%d bookings", r.Days), locale.T("%s", r.Day)
		if r.Last > r.Day {
			on = locale.T("%s to %s", r.Day, r.Last)
		}
		switch {
		case r.Amount == 0:
			return locale.T("The last %s came at one distance; none has come since %s.", bookings, r.Day)
		case r.Usual == 0:
			return locale.T("%.2f booked on %s, in a month that was booked before; none of the last %s came twice.", r.Amount, on, bookings)
		case r.Amount < r.Usual:
			return locale.T("%.2f booked on %s; the last %s were at least %.2f each.", r.Amount, on, bookings, r.Usual)
		}
		return locale.T("%.2f booked on %s; the last %s were at most %.2f each.", r.Amount, on, bookings, r.Usual)
	}
	return locale.Text{}
}

// onDays says on which days something was booked or bought, within a sentence: on one, or in parts on some.
func onDays(first, last usage.Day) locale.Text {
	if last > first {
		return locale.T("in parts from %s to %s", locale.Short(first), locale.Short(last))
	}
	return locale.T("on %s", locale.Short(first))
}

// A teller says what happened, as a detector found it.
type teller struct {
	detect.Finding
	name  locale.Text // what people call it
	thing locale.Text // what it is: "virtual machine"; empty where that is not known
	size  string      // and of which size, if its meter says so
	money func(float64) locale.Approx
	over  bool // the period has ended, and what comes after it is not looked at
	// bought is of what is bought day by day: neither a price nor a quantity is known of it.
	bought bool
}

// bare is what a day costs, without the currency, which the sentence has named with what one costs otherwise.
func (t teller) bare(v float64) locale.Whole { return t.beside(v, max(t.PerDayBefore, t.PerDayNow)) }

// beside is an amount without the currency: in whole units beside another that is said in these.
func (t teller) beside(v, other float64) locale.Whole {
	if r := math.Round(v); r != 0 && other >= 10 {
		v = r
	}
	return locale.Whole(t.money(v))
}

// up chooses between words for a rise and a fall.
func (t teller) up(rise, fall string) string {
	if t.Direction == usage.Down {
		return fall
	}
	return rise
}

// free reports that nothing was expected on any day: on the last ones alone, it may be what rests on some.
func (t teller) free() bool {
	return math.Abs(t.PerDayBefore) < 0.005 && math.Abs(t.Expected) < 0.005
}

// credit reports that what took money off the bill day by day does no more, whether it ended on a day or faded.
func (t teller) credit() bool {
	if t.Kind == usage.KindLevel && t.Direction == usage.Up && t.Rule.Kind == detect.RuleGone {
		return true
	}
	return t.Ongoing && t.PerDayBefore <= -0.005 && math.Abs(t.PerDayNow) < 0.005 && math.Abs(t.Actual) < 0.05*math.Abs(t.Expected)
}

// quantity says how the quantity changed: "hours +147%"; first is the first word of a
// sentence.
func (t teller) quantity(first bool) locale.Text {
	return locale.T("%s %s", counted(t.Unit, first), locale.Change(math.Round(100*t.QuantityChange)))
}

// explanation says in sentences what happened.
func (t teller) explanation() locale.Text {
	said := []locale.Text{t.happened()}
	if why := t.why(); !why.Empty() {
		said = append(said, why)
	}
	impact, month := t.money(math.Abs(t.Impact)), t.beside(threeDigits(math.Abs(t.ProjectedPerMonth)), math.Abs(t.Impact))
	const few = 3 // days of what is new, which may be a fee that is charged in parts
	switch {
	case t.Ongoing && t.OneDay:
		said = append(said, locale.T(t.up("%s more so far.", "%s less so far."), impact))
	case t.Ongoing && (t.Kind == usage.KindSpike || t.Kind == usage.KindNew && t.End < t.Start+few):
		said = append(said, locale.T(t.up("%s more so far, about %s a month if nothing changes.",
			"%s less so far, about %s a month if nothing changes."), impact, month))
	case t.Ongoing:
		said = append(said, locale.T(t.up("%s more so far, about %s a month.", "%s less so far, about %s a month."), impact, month))
	default:
		said = append(said, locale.T(t.up("%s more in all.", "%s less in all."), impact))
	}
	return locale.Sentences(said)
}

// happened says what changed, and when.
func (t teller) happened() locale.Text {
	T := locale.T
	start, end := locale.Short(t.Start), locale.Short(t.End)
	now, before := t.money(t.PerDayNow), t.bare(t.PerDayBefore)
	free := t.free()
	if t.Part > 0 && t.Ongoing && !t.OneDay {
		return t.happenedToPart()
	}
	if t.Rule.Kind == detect.RuleBooked {
		switch {
		case t.Kind == usage.KindMissing && t.Rule.Usual < 0:
			return T("%s was credited regularly, the last time with %s; the next credit was due about %s.", t.name, t.money(-t.Rule.Usual), start)
		case t.Kind == usage.KindMissing:
			return T("%s has been booked regularly, the last time for %s; it was due about %s.", t.name, t.money(t.Rule.Usual), start)
		}
		on := onDays(t.Rule.Day, t.Rule.Last)
		if t.Rule.Usual == 0 {
			return T("%s was booked twice in one month: again %s, for %s.", t.name, on, t.money(t.Rule.Amount))
		}
		return T(t.up("%s was booked %s for %s; before, it was at most %s.", "%s was booked %s for %s; before, it was at least %s."),
			t.name, on, t.money(t.Rule.Amount), locale.Whole(t.money(t.Rule.Usual)))
	}
	if t.Grown != 0 {
		return T("%s rose day by day from about %s until %s, from about %s to %s a day, and has stayed there since.", t.name, start,
			locale.Short(t.Grown), t.money(t.PerDayBefore), t.bare(t.PerDayNow))
	}
	switch t.Kind {
	case usage.KindNew:
		switch {
		case t.Start == t.End:
			return T("%s cost %s on %s, and nothing before.", t.name, t.money(t.Actual), start)
		case t.Ongoing && t.OneDay:
			return T("%s cost %s on some days since %s, and nothing before.", t.name, t.money(t.Actual), start)
		case !t.Ongoing:
			return T("%s cost %s from %s to %s, and nothing before or since.", t.name, t.money(t.Actual), start, end)
		}
		return T("%s first appeared on %s and has cost about %s a day since.", t.name, start, now)
	case usage.KindGone:
		return T("%s has cost nothing since %s; before, it was about %s a day.", t.name, gone(t.Finding), t.money(t.PerDayBefore))
	case usage.KindSpike:
		if t.End > t.Start {
			return T("%s cost %s from %s to %s; such days normally cost %s.", t.name, t.money(t.Actual), start, end, t.beside(t.Expected, t.Actual))
		}
		return T("%s cost %s on %s; such a day normally costs %s.", t.name, t.money(t.Actual), start, t.beside(t.Expected, t.Actual))
	case usage.KindPrice:
		if t.Until != 0 {
			return T(t.up("The price of %s rose by %s on %s: until another quantity was used from %s, it cost %s a day, %s at the old price.",
				"The price of %s fell by %s on %s: until another quantity was used from %s, it cost %s a day, %s at the old price."),
				t.name, t.priceChange(), start, locale.Short(t.Until), now, before)
		}
		return T(t.up("The price of %s rose by %s on %s: it has cost %s a day since, and would cost %s at the old price.",
			"The price of %s fell by %s on %s: it has cost %s a day since, and would cost %s at the old price."),
			t.name, t.priceChange(), start, now, t.bare(t.atOldPrice()))
	case usage.KindDrift:
		return T(t.up("%s has risen day by day since about %s, from about %s to %s a day.",
			"%s has fallen day by day since about %s, from about %s to %s a day."), t.name, start, t.money(t.PerDayBefore), t.bare(t.PerDayNow))
	}
	if t.credit() {
		if t.Rule.Kind == detect.RuleGone && t.Rule.Day > t.Start {
			return T("%s was credited with about %s a day until %s, then with less and less, and with nothing since %s.", t.name,
				t.money(-t.PerDayBefore), locale.Short(t.Start-1), gone(t.Finding))
		}
		return T("%s was credited with about %s a day until %s, and with nothing since.", t.name, t.money(-t.PerDayBefore),
			locale.Short(t.Start-1))
	}
	weekend, usual, only := t.weekends()
	switch {
	case t.Ongoing && only:
		return T("%s has run at weekends too since %s: %s on a Saturday or Sunday, about %s before.", t.name, start, t.money(weekend),
			t.beside(usual, weekend))
	case t.Ongoing && t.Eased != 0:
		return T("%s has cost more since %s: %s a day at first and %s since %s; such days cost about %s before.", t.name, start,
			t.money(t.AtFirst), t.bare(t.PerDayNow), locale.Short(t.Eased), before)
	case t.Ongoing && free:
		return T("%s has cost %s a day since %s, and nothing before.", t.name, now, start)
	case t.Ongoing:
		return T("%s has cost %s a day since %s; such days cost about %s before.", t.name, now, start, before)
	case free:
		return T("%s cost %s a day from %s to %s, and nothing before or since.", t.name, now, start, end)
	}
	return T("%s cost %s a day from %s to %s; such days normally cost about %s.", t.name, now, start, end, before)
}

// happenedToPart says what changed of some resources, and lasts.
func (t teller) happenedToPart() locale.Text {
	T := locale.T
	start, before, now := locale.Short(t.Start), t.bare(t.PerDayBefore), t.money(t.PerDayNow)
	switch free := t.free(); {
	case t.Kind == usage.KindNew:
		return T("%s: about %s a day since %s.", t.name, now, start)
	case t.Kind == usage.KindGone:
		return T("%s: no cost since %s; before, it was about %s a day.", t.name, gone(t.Finding), t.money(t.PerDayBefore))
	case t.Kind == usage.KindPrice:
		return T(t.up("%s: the price rose by %s on %s: %s a day since, %s at the old price.",
			"%s: the price fell by %s on %s: %s a day since, %s at the old price."), t.name, t.priceChange(), start, now, t.bare(t.atOldPrice()))
	case t.Grown != 0:
		return T("%s: up day by day from about %s until %s, from about %s to %s a day.", t.name, start, locale.Short(t.Grown),
			t.money(t.PerDayBefore), t.bare(t.PerDayNow))
	case t.Kind == usage.KindDrift:
		return T(t.up("%s: up day by day since about %s, from about %s to %s a day.",
			"%s: down day by day since about %s, from about %s to %s a day."),
			t.name, start, t.money(t.PerDayBefore), t.bare(t.PerDayNow))
	case t.Eased != 0:
		return T("%s: up since %s, %s a day at first and %s since %s; such days cost about %s before.", t.name, start, t.money(t.AtFirst),
			t.bare(t.PerDayNow), locale.Short(t.Eased), before)
	case free:
		return T("%s: %s a day since %s, and nothing before.", t.name, now, start)
	}
	return T("%s: %s a day since %s; such days cost about %s before.", t.name, now, start, before)
}

// threeDigits rounds a projection from a hundred on: it promises no more.
func threeDigits(v float64) float64 {
	if v < 100 {
		return v
	}
	unit := math.Pow10(int(math.Log10(v)) - 2)
	return math.Round(v/unit) * unit
}

// gone is the day since which nothing of f costs anything.
func gone(f detect.Finding) locale.Short {
	if f.Rule.Kind == detect.RuleGone {
		return locale.Short(f.Rule.Day)
	}
	return locale.Short(f.Start)
}

// counted names the things that unit counts; first is the first word of a sentence.
func counted(unit string, first bool) locale.Text {
	switch u := strings.ToLower(unit); {
	case strings.Contains(u, "hour") && first:
		return locale.T("Hours")
	case strings.Contains(u, "hour"):
		return locale.T("hours")
	case strings.Contains(u, "gb") && !strings.Contains(u, "second"):
		return locale.Said("GB")
	case first:
		return locale.T("Quantity")
	}
	return locale.T("quantity")
}

// weekends reports whether only Saturdays and Sundays changed, and what such a day
// costs and usually did.
func (t teller) weekends() (cost, usual float64, only bool) {
	if t.Direction != usage.Up || len(t.Series.Expected) < len(t.Series.Actual) {
		return 0, 0, false
	}
	var days, others int
	var rest, level float64
	for i, actual := range t.Series.Actual {
		day, expected := t.Series.From+usage.Day(i), t.Series.Expected[i]
		if day < t.Start || day > t.End || math.IsNaN(expected) || math.IsNaN(actual) {
			continue
		}
		if w := day.Weekday(); w == time.Saturday || w == time.Sunday {
			cost, usual, days = cost+actual, usual+expected, days+1
		} else {
			rest, level, others = rest+actual-expected, level+expected, others+1
		}
	}
	most := 0.1 // part of it that lies on other days
	if t.Rule.Kind == detect.RuleRest {
		most = 0.3 // it was looked for: the rest is noise
	}
	rested := usual/float64(days) < 0.9*level/float64(others) // else it ran at weekends before
	if days < 2 || others < 4 || !rested || math.Abs(rest) > 0.1*level || math.Abs(rest) > most*(cost-usual) {
		return 0, 0, false
	}
	return cost / float64(days), usual / float64(days), true
}

// thingOf says what a new scope is: a kind of resource, or a group of them.
func thingOf(s usage.Series) locale.Text {
	id := strings.ToLower(s[usage.Resource])
	for _, known := range []struct {
		part string
		name locale.Text
	}{
		{"/virtualmachines/", locale.T("virtual machine")},
		{"/virtualmachinescalesets/", locale.T("scale set")},
		{"/disks/", locale.T("disk")},
		{"/storageaccounts/", locale.T("storage account")},
		{"/managedclusters/", locale.T("Kubernetes cluster")},
		{"/databases/", locale.T("database")},
		{"/workspaces/", locale.T("workspace")},
		{"/publicipaddresses/", locale.T("public address")},
	} {
		if strings.Contains(id, known.part) {
			return known.name
		}
	}
	_, named := s[usage.Resource]
	if !named && s[usage.ResourceGroup] != "" && s[usage.Service] == "" && s[usage.Meter] == "" {
		return locale.T("resource group")
	}
	return locale.Text{}
}

// maxSize is how long the name of a meter is that says a size.
const maxSize = 24

// sizeOf returns the meter that carries what is new, if it is one alone.
func sizeOf(drivers []detect.Driver) string {
	var all, most float64
	size := ""
	for _, d := range drivers {
		all += d.Impact
		if m := d.Scope[usage.Meter]; m != "" && d.Impact > most {
			size, most = m, d.Impact
		}
	}
	if most < 0.6*all || utf8.RuneCountInString(size) > maxSize {
		return ""
	}
	return size
}
