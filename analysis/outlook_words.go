package analysis

import (
	"context"

	"usagereport/internal/locale"
	"usagereport/usage"
)

// refusal says why a period has no forecast.
func refusal(f *frame, p PeriodInfo, known usage.Money) locale.Text {
	switch {
	case f.sel.before != "":
		return locale.T("%s is no bill, and a forecast is of one: name a bill", p.Name)
	case f.sel.byMonth:
		return locale.T("%s is a calendar month; a forecast is of a bill: leave --month out", p.Name)
	case p.State == Open && 0 < f.history() && f.history() < fewest:
		return tooShort(f, p)
	case p.State != Open:
		return locale.T("%s is %s: it cost %s, and there is nothing left to forecast", locale.Bill(p.Name, p.Span), stateText(p.State), known)
	case p.Reach == 0:
		return locale.T("%s has no usage yet", locale.Bill(p.Name, p.Span))
	}
	return locale.Text{}
}

// tooShort says that there are too few days of usage for a forecast.
func tooShort(f *frame, p PeriodInfo) locale.Text {
	return locale.T("No forecast yet: %s has only %s. Load earlier months", locale.TheBill(p.Name, p.Span),
		locale.T("%d days of usage", f.history()))
}

// refuseLate lets the refusal of a bill that has just ended say what of it has not arrived yet.
func (a *Analysis) refuseLate(ctx context.Context, f *frame, accounts []Account, o *Outlook) error {
	if o.Period.State != Closing || f.sel.before != "" || f.sel.byMonth {
		return nil
	}
	awaited, err := a.awaited(ctx, f, accounts)
	if err == nil && awaited.Amount.Sign() > 0 {
		o.Refusal = locale.T("%s is %s: it cost %s so far, and about %s of its last days has not arrived yet",
			locale.Bill(o.Period.Name, o.Period.Span), stateText(o.Period.State), o.End.Known, locale.Approx(awaited))
	}
	return err
}

func stateText(s State) locale.Text {
	switch s {
	case Closing:
		return locale.T("closing")
	case Closed:
		return locale.T("closed")
	}
	return locale.T("invoiced")
}

// absent names the accounts whose data are missing or end early, and says that
// they count as usual.
func (f *frame) absent(accounts []Account) (out []locale.Text) {
	for _, acc := range accounts {
		switch {
		case acc.Missing:
			out = append(out,
				locale.T("%s has no data in this period; it cost %s in the period before, and the forecast counts it at its usual level",
					name(acc), acc.Last))
		case acc.Behind:
			out = append(out,
				locale.T("%s has data to %s only; it cost %s in the period before, and the forecast counts the days after at its usual level",
					name(acc), acc.Reach, acc.Last))
		}
	}
	return out
}

// quiet is how many days without data an account has that may as well have ended.
const quiet = 7

// maybeEnded widens the range of end by what it expects of accounts that have had no data for so long while
// others had that they may have ended, and says so.
func (f *frame) maybeEnded(end Ending, accounts []Account, pieces []piece) (out []locale.Text) {
	r := end.Range
	if r == nil {
		return nil
	}
	var newest usage.Day
	for _, acc := range accounts {
		newest = max(newest, acc.Reach)
	}
	least := end.Expected
	for _, acc := range accounts {
		last := acc.Reach
		if acc.Missing {
			last = f.sel.span.From - 1
		}
		if !acc.Missing && !acc.Behind || newest-last < quiet {
			continue
		}
		var rest usage.Decimal
		for _, p := range pieces {
			if p.account == acc.ID {
				rest = rest.Add(p.rest)
			}
		}
		if rest.Sign() > 0 {
			least.Amount = least.Amount.Sub(rest)
			out = append(out, locale.T("%s has had no data for %s: the range holds, too, that it has ended", name(acc),
				locale.T("%d days", int(newest-last))))
		}
	}
	for _, low := range []*usage.Money{&r.Low80, &r.Low95} {
		if least.Amount.Cmp(low.Amount) < 0 {
			low.Amount = least.Amount
		}
	}
	return out
}
