package analysis

import (
	"math"

	"usagereport/analysis/detect"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// priceChange is by how many percent the price of a unit changed, without its sign.
func (t teller) priceChange() locale.Share {
	return locale.Share(math.Abs(math.Round(100 * (t.PerDayNow/max(t.atOldPrice(), tiny) - 1))))
}

// atOldPrice is what a day costs now of what is used now, at the old price.
func (t teller) atOldPrice() float64 {
	if t.UnitPriceChange > -1 && t.UnitPriceChange != 0 {
		return t.PerDayNow / (1 + t.UnitPriceChange)
	}
	return t.PerDayBefore
}

// tiny takes the place of a cost of nothing, to divide by.
const tiny = 1e-9

// A cause is what a change in cost comes from.
type cause int

const (
	unclear    cause = iota
	byQuantity       // of which the unit is known
	byUse            // of several units
	byPrice
	byBoth
)

// cause says whether the price or the quantity did it; nothing where the kind says so.
func (t teller) cause() cause {
	if t.bought || t.Unpriced || t.credit() || t.Rule.Kind == detect.RuleBooked ||
		t.Kind == usage.KindNew || t.Kind == usage.KindGone || t.Kind == usage.KindPrice {
		return unclear
	}
	switch price := math.Abs(t.PriceShare) < 0.02; {
	case price && t.Unit != "":
		return byQuantity
	case price:
		return byUse
	case t.PriceShare >= 0.8:
		return byPrice
	case t.Unit != "":
		return byBoth
	}
	return unclear
}

// atPrice says at which price t is told, where another finding tells that it changed.
func (t teller) atPrice() (none locale.Text) {
	switch {
	case t.OldPrice:
		return locale.T("at the old price")
	case t.NewPrice:
		return locale.T("at the new price")
	}
	return none
}

// priceAndQuantity says since when each of the two is another, where both made the change.
func (t teller) priceAndQuantity() locale.Text {
	T := locale.T
	direction := func(change float64, rise, fall string) string {
		if change < 0 {
			return fall
		}
		return rise
	}
	price := T(direction(t.PriceChange, "Price up %s on %s", "Price down %s on %s"), locale.Share(math.Abs(math.Round(100*t.PriceChange))),
		locale.Short(t.PriceSince))
	since, more := locale.Short(t.QuantitySince), t.QuantityChange
	if t.Unit == "" {
		return T(direction(more, "%s, more used since %s", "%s, less used since %s"), price, since)
	}
	return T(direction(more, "%s, %s up %s since %s", "%s, %s down %s since %s"), price, counted(t.Unit, false),
		locale.Share(math.Abs(math.Round(100*more))), since)
}

// why says in a sentence whether the price or the quantity did it.
func (t teller) why() locale.Text {
	quantity := locale.T("%s up %s", counted(t.Unit, true), locale.Share(math.Abs(math.Round(100*t.QuantityChange))))
	if t.QuantityChange < 0 {
		quantity = locale.T("%s down %s", counted(t.Unit, true), locale.Share(math.Abs(math.Round(100*t.QuantityChange))))
	}
	if t.PriceSince != 0 {
		return locale.T("%s.", t.priceAndQuantity())
	}
	if t.Kind == usage.KindPrice && t.UnitPriceChange != 0 && t.Unit != "" && math.Abs(t.QuantityChange) >= 0.005 {
		return locale.T("%s.", quantity) // which is a part of what it costs more
	}
	switch t.cause() {
	case byQuantity, byUse:
		switch {
		case !t.atPrice().Empty():
			return locale.T("This is %s; the change of price is told apart.", t.atPrice())
		case t.Rule.Evened && t.cause() == byQuantity:
			return locale.T("%s; its price falls within each month, and what such days cost before is at the price of these.", quantity)
		case t.cause() == byUse:
			return locale.T("Prices are unchanged.")
		}
		return locale.T("%s, price unchanged.", quantity)
	case byPrice:
		return locale.T("Most of it is the price.")
	case byBoth:
		return locale.T("%s; the price is %s of the change.", quantity, locale.Share(math.Round(100*t.PriceShare)))
	}
	return locale.Text{}
}

// steady says that as much is used as before, where that is known.
func (t teller) steady() locale.Text {
	if t.Unit == "" || math.Abs(t.QuantityChange) >= 0.02 {
		return locale.Text{}
	}
	return locale.T("%s unchanged", counted(t.Unit, false))
}
