package azurecost

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"usagereport/internal/azure"
	"usagereport/usage"
)

// A billPeriod is a billing period by the name that the bill has.
type billPeriod struct {
	name  string
	span  usage.Period
	month bool // a calendar month, since the bill's own days are unknown
}

// reachBack is for how many months before the current one Azure's reports go back.
const reachBack = 13

// history returns the billing periods of an account that Azure can be asked for,
// newest first, the open one included.
func (s *Source) history(ctx context.Context, a *account) ([]billPeriod, error) {
	today := usage.DayOf(s.Client.Now())
	if a.agreement == payAsYouGo || a.agreement == unknown {
		bills, err := s.bills(ctx, *a)
		if err != nil {
			var refused *azure.Error
			if err := s.Client.Explain(ctx, err, a.scope); !errors.As(err, &refused) || refused.Status/100 != 4 ||
				refused.Problem == azure.NotSignedIn || refused.Problem == azure.Busy || refused.Problem == azure.WrongTenant {
				return nil, err
			}
		}
		if len(bills) > 0 {
			if a.agreement == unknown {
				a.agreement = payAsYouGo
			}
			return upTo(bills, today), nil
		}
	}
	return months(today), nil
}

// months returns the calendar months that reports can be asked for.
func months(today usage.Day) []billPeriod {
	var out []billPeriod
	for m := today.Month(); len(out) <= reachBack; m = (m.From - 1).Month() {
		out = append(out, billPeriod{m.From.Time().Format("2006-01"), m, true})
	}
	return out
}

// bills asks for the billing periods of a pay-as-you-go subscription, which begin
// on any day of a month.
func (s *Source) bills(ctx context.Context, a account) ([]billPeriod, error) {
	type bill struct {
		Name       string `json:"name"`
		Properties struct {
			Start string `json:"billingPeriodStartDate"`
			End   string `json:"billingPeriodEndDate"` // its last day
		} `json:"properties"`
	}
	list, err := azure.List[bill](ctx, s.Client, "billing periods", a.scope+"/providers/Microsoft.Billing/billingPeriods",
		url.Values{"api-version": {"2018-03-01-preview"}})
	if err != nil {
		return nil, err
	}
	var out []billPeriod
	for _, v := range list {
		first, err1 := dayIn(v.Properties.Start)
		last, err2 := dayIn(v.Properties.End)
		if err1 != nil || err2 != nil || last < first || len(v.Name) < 6 {
			return nil, fmt.Errorf("the billing period %q (%q to %q) cannot be read", v.Name, v.Properties.Start, v.Properties.End)
		}
		out = append(out, billPeriod{name: nameOf(v.Name), span: usage.Period{From: first, To: last + 1}})
	}
	slices.SortFunc(out, func(a, b billPeriod) int { return int(b.span.From - a.span.From) })
	return slices.CompactFunc(out, func(a, b billPeriod) bool { return a.span == b.span }), nil
}

// dayIn reads the day at the beginning of a time.
func dayIn(s string) (usage.Day, error) {
	if len(s) > 10 {
		s = s[:10]
	}
	return usage.ParseDay(s)
}

// nameOf writes Azure's name of a bill as the bill has it: "201807-1" is 2018-07,
// and "201807-2", where the cycle changed within a month, is 2018-07-2.
func nameOf(azures string) string {
	name, n, _ := strings.Cut(azures, "-")
	name = name[:4] + "-" + name[4:]
	if n != "" && n != "1" {
		name += "-" + n
	}
	return name
}

// upTo adds the periods up to today to bills, newest first: Azure lists a period
// late, and the open one not always.
func upTo(bills []billPeriod, today usage.Day) []billPeriod {
	for bills[0].span.To <= today {
		last := bills[0]
		from := last.span.To
		to := usage.DayOf(from.Time().AddDate(0, 1, 0))
		if from.Time().AddDate(0, 1, 0).Day() != from.Time().Day() { // from a 31st
			to = usage.DayOf(from.Time()).Month().To
		}
		name := from.Month().From.Time().Format("2006-01")
		if month, err := usage.ParseMonth(last.name[:7]); err == nil {
			name = month.To.Time().Format("2006-01")
		}
		bills = append([]billPeriod{{name: name, span: usage.Period{From: from, To: to}}}, bills...)
	}
	return bills
}

// choose returns the periods to fetch, oldest first, of those that Azure can be
// asked for, newest first.
func choose(periods []billPeriod, held []Held, wanted string, today usage.Day) ([]billPeriod, error) {
	open := slices.IndexFunc(periods, func(b billPeriod) bool { return b.span.From <= today })
	if open < 0 {
		return nil, errors.New("it has no billing period that has begun")
	}
	periods = periods[open:]
	// Azure's reports do not go further back; older bills are downloaded by hand.
	oldest := today.Month()
	for range reachBack {
		oldest = (oldest.From - 1).Month()
	}
	tooOld := slices.IndexFunc(periods, func(b billPeriod) bool { return b.span.From < oldest.From })
	within := periods
	if tooOld >= 0 {
		within = periods[:tooOld]
	}
	if len(within) == 0 {
		within = periods[:1]
	}
	switch wanted {
	case "":
	case "current":
		return within[:1], nil
	case "last":
		if len(within) < 2 {
			return nil, errors.New("no billing period of it has ended yet; --period current fetches the open one")
		}
		return within[1:2], nil
	default:
		if i := slices.IndexFunc(within, func(b billPeriod) bool { return b.name == wanted }); i >= 0 {
			return within[i : i+1], nil
		}
		month, err := usage.ParseMonth(wanted[:min(7, len(wanted))])
		switch {
		case err != nil:
			return nil, fmt.Errorf("period %s: write its name, as 2026-10, or current or last", wanted)
		case month.From > within[0].span.From:
			return nil, fmt.Errorf("period %s has not begun; the newest is %s (%s)", wanted, within[0].name, within[0].span)
		case month.From < within[len(within)-1].span.From:
			return nil, fmt.Errorf("period %s is too old: Azure's APIs go back to %s; download its usage in the portal, or make a one-time "+
				"export of it, and load the file (docs/azure.md says how)", wanted, within[len(within)-1].name)
		}
		return nil, fmt.Errorf("it has no billing period %s; it has %s", wanted, namesOf(within))
	}
	begun := false // something before is held, so what is not is a gap
	var out []billPeriod
	for i, b := range slices.Backward(within) {
		have := false
		final := false
		for _, h := range held {
			if h.Span == b.span || h.Period == b.name && h.Span.Overlaps(b.span) {
				have = true
				final = final || usage.DayOf(h.Told) >= b.span.Last()+closedAfter
			}
		}
		switch {
		case i <= 1 && !final, begun && !have, have && !final:
			out = append(out, b)
		}
		begun = begun || have
	}
	return out, nil
}

func namesOf(periods []billPeriod) string {
	var names []string
	for _, b := range periods {
		names = append(names, b.name)
	}
	return strings.Join(names, ", ")
}
