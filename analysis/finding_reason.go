package analysis

import (
	"math"
	"unicode/utf8"

	"usagereport/analysis/detect"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// maxReason is how many characters a reason has at most.
const maxReason = 72

// reason says in a fragment of one line what happened.
func (t teller) reason() locale.Text {
	T := locale.T
	start, days := locale.Short(t.Start), locale.Run{From: t.Start, To: t.End + 1}
	before, now := t.bare(t.PerDayBefore), t.money(t.PerDayNow)
	free := t.free()
	if t.Rule.Kind == detect.RuleBooked {
		switch {
		case t.Kind == usage.KindMissing && t.Rule.Usual < 0:
			return T("No credit this month; %s was due about %s", t.money(-t.Rule.Usual), start)
		case t.Kind == usage.KindMissing:
			return T("Not charged this month; %s was due about %s", t.money(t.Rule.Usual), start)
		}
		on := locale.Run{From: t.Rule.Day, To: max(t.Rule.Day, t.Rule.Last) + 1}
		if t.Rule.Usual == 0 {
			return T("Booked twice in a month: %s more on %s", t.money(t.Rule.Amount), on)
		}
		return T(t.up("Booked on %s: %s, at most %s before", "Booked on %s: %s, at least %s before"), on, t.money(t.Rule.Amount),
			locale.Whole(t.money(t.Rule.Usual)))
	}
	if t.Grown != 0 {
		return t.counting(T("Grew daily from about %s until %s: %s → %s a day", start, locale.Short(t.Grown), t.money(t.PerDayBefore),
			t.bare(t.PerDayNow)))
	}
	switch t.Kind {
	case usage.KindNew:
		switch {
		case t.OneDay && t.Ongoing && t.End > t.Start:
			return T("%s on some days since %s, nothing before", t.money(t.Actual), start)
		case t.OneDay && t.Ongoing:
			return T("First cost on %s: %s", start, t.money(t.Actual))
		case !t.Ongoing:
			return T("%s on %s, nothing before or since", t.money(t.Actual), days)
		}
		return t.newSince(start, now)
	case usage.KindGone:
		return T("No cost since %s; it was about %s a day", gone(t.Finding), t.money(t.PerDayBefore))
	case usage.KindSpike:
		if spike := T("Spike on %s: %s, normally %s", days, t.money(t.Actual), t.beside(t.Expected, t.Actual)); t.Ongoing {
			if t.over {
				return spike
			}
			return short(T("Spike on %s: %s, normally %s; not yet known whether it lasts", days, t.money(t.Actual), t.beside(t.Expected, t.Actual)),
				spike)
		}
		return t.counting(T("Spike on %s, over since: %s, normally %s", days, t.money(t.Actual), t.beside(t.Expected, t.Actual)))
	case usage.KindPrice:
		by, before := t.priceChange(), t.bare(t.atOldPrice())
		if unit := t.steady(); !unit.Empty() {
			return T(t.up("Price up %s on %s, %s: %s a day, was %s", "Price down %s on %s, %s: %s a day, was %s"), by, start, unit, now, before)
		}
		return T(t.up("Price up %s on %s: %s a day, %s at the old price", "Price down %s on %s: %s a day, %s at the old price"), by, start,
			now, before)
	case usage.KindDrift:
		return t.counting(T(t.up("Growing daily since about %s: %s → %s a day", "Falling daily since about %s: %s → %s a day"),
			start, t.money(t.PerDayBefore), t.bare(t.PerDayNow)))
	}
	if t.credit() {
		return T("Credit ended on %s: it was about %s a day", gone(t.Finding), t.money(-t.PerDayBefore))
	}
	weekend, usual, only := t.weekends()
	switch {
	case !t.Ongoing && free:
		return T("%s a day on %s, nothing before or since", now, days)
	case !t.Ongoing:
		return T("%s a day on %s, normally %s", now, days, before)
	case only:
		return T("Now runs at weekends, since %s: %s a weekend day, was %s", start, t.money(weekend), t.beside(usual, weekend))
	case t.Eased != 0:
		return T("Up since %s: %s a day at first, %s since %s, was %s", start, t.money(t.AtFirst), t.bare(t.PerDayNow),
			locale.Short(t.Eased), before)
	case free:
		return T("%s a day since %s, nothing before", now, start)
	}
	return t.levelSince(start, now, before)
}

// short returns long where it fits a row, else less.
func short(long, less locale.Text) locale.Text {
	if utf8.RuneCountInString(long.String()) <= maxReason {
		return long
	}
	return less
}

// newSince says since when what is new costs how much, and what it is as far as there
// is room for it.
func (t teller) newSince(start locale.Short, now locale.Approx) locale.Text {
	if t.thing.Empty() {
		return locale.T("New since %s: %s a day", start, now)
	}
	plain := locale.T("New %s since %s: %s a day", t.thing, start, now)
	if t.size != "" {
		return short(locale.T("New %s since %s (%s): %s a day", t.thing, start, t.size, now), plain)
	}
	return plain
}

// levelSince says since when another level lasts, and whether price or quantity did it.
func (t teller) levelSince(start locale.Short, now locale.Approx, before locale.Whole) locale.Text {
	T := locale.T
	by := locale.Share(math.Abs(math.Round(100 * t.QuantityChange)))
	if t.PriceSince != 0 {
		both := t.priceAndQuantity()
		return short(T("%s: %s a day, was %s", both, now, before), both)
	}
	switch t.cause() {
	case byQuantity:
		at := t.atPrice()
		if at.Empty() && t.Rule.Evened {
			at = T("at each day's price")
		}
		if !at.Empty() {
			return T(t.up("%s up %s since %s, %s: %s a day, was %s", "%s down %s since %s, %s: %s a day, was %s"), counted(t.Unit, true), by,
				start, at, now, before)
		}
		if t.QuantityChange < 0 {
			return T("%s down %s since %s, price unchanged: %s a day, was %s", counted(t.Unit, true), by, start, now, before)
		}
		return T("%s up %s since %s, price unchanged: %s a day, was %s", counted(t.Unit, true), by, start, now, before)
	case byUse:
		if at := t.atPrice(); !at.Empty() {
			return T(t.up("More used since %s, %s: %s a day, was %s", "Less used since %s, %s: %s a day, was %s"), start, at, now, before)
		}
		return T(t.up("More used since %s, prices unchanged: %s a day, was %s", "Less used since %s, prices unchanged: %s a day, was %s"),
			start, now, before)
	case byPrice:
		return T("Mostly by price since %s: %s a day, was %s", start, now, before)
	case byBoth:
		return T(t.up("%s and a higher price since %s: %s a day, was %s", "%s and a lower price since %s: %s a day, was %s"),
			t.quantity(true), start, now, before)
	}
	return T(t.up("Up since %s: %s a day, was %s", "Down since %s: %s a day, was %s"), start, now, before)
}

// counting adds how a quantity changed that carries what happened.
func (t teller) counting(what locale.Text) locale.Text {
	switch t.cause() {
	case byQuantity, byBoth:
		return short(locale.T("%s; %s", what, t.quantity(false)), what)
	}
	return what
}
