package analysis

import (
	"usagereport/analysis/bridge"
	"usagereport/usage"
)

// place says of x what it makes in the period shown, and what to look at.
func (x *Finding) place(shown usage.Period) {
	x.InPeriod, x.NextStep = x.Within(shown), x.Next()
}

// Within is what x makes on the days of span: all of it, or its part where it began before span or goes
// on after it.
func (x Finding) Within(span usage.Period) usage.Money {
	none := usage.Money{Currency: x.Currency}
	switch {
	case span.Contains(x.Start) && span.Contains(x.End):
		return x.Impact
	case x.Impact.Amount.Sign() == 0 || span.Days() <= 0: // hours, which nothing says the cost of
		return none
	case x.bought != nil:
		return x.boughtWithin(span)
	}
	for _, d := range x.Days {
		if span.Contains(d.Day) && d.Day >= x.Start && d.Day <= x.End {
			none.Amount = none.Amount.Add(d.Actual).Sub(d.Expected)
		}
	}
	return none
}

// boughtWithin is Within of what was bought or credited, of which no days are kept: what is missing falls
// on the day on which it was due, what comes day by day on each of its days.
func (x Finding) boughtWithin(span usage.Period) usage.Money {
	out := usage.Money{Currency: x.Currency}
	if x.Kind == usage.KindMissing && !x.Ongoing {
		due := x.Start // of a credit
		if x.Direction == usage.Down {
			due += dueWithin
		}
		if span.Contains(due) {
			return x.Impact
		}
		return out
	}
	for i, d := range x.bought.days {
		if span.Contains(d) && d >= x.Start && d <= x.End {
			out.Amount = out.Amount.Add(x.bought.cost[i])
		}
	}
	if x.Actual.Amount.Sign() < 0 { // of credits the days have what was credited
		out.Amount = out.Amount.Neg()
	}
	days := usage.Period{From: max(x.Start, span.From), To: min(x.End+1, span.To)}.Days()
	usual, _ := bridge.Scaled(x.Expected.Amount, usage.DecimalOf(int64(days)), usage.DecimalOf(int64(x.End+1-x.Start)))
	out.Amount = out.Amount.Sub(usual.Round(usage.MinorDigits(x.Currency)))
	return out
}
