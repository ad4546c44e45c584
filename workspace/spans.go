package workspace

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/misuse"
	"usagereport/usage"
)

// Comparing chooses what is compared with what. The period of o and against are each a
// bill's name, or days as usage.ParseSpan reads them (a month, a quarter, a year, a stretch);
// against may also be an analysis.Against, "" for the period before. Where either is no
// bill, days are compared with days.
func (s *Session) Comparing(ctx context.Context, o analysis.Options, against string) (analysis.Options, analysis.Against, error) {
	with := analysis.Against(strings.ToLower(against))
	known := slices.Contains(analysis.Againsts(), with)
	if with == "" {
		with, known = analysis.AgainstPrior, true
	}
	bills, err := s.bills(ctx, o.AsOf)
	if err != nil {
		return o, "", err
	}
	if len(bills) == 0 {
		return o, with, nil // which the analysis will say
	}
	bill := func(name string) int {
		return slices.IndexFunc(bills, func(b analysis.BillingPeriod) bool { return b.Name == name })
	}
	if o.Span != "" {
		if o, err = s.spanned(ctx, o); err != nil {
			return o, "", err
		}
	}
	if o.Period, err = s.period(ctx, o); err != nil {
		return o, "", err
	}
	_, days := usage.ParseSpan(o.Period)
	_, month := usage.ParseMonth(o.Period)
	if known && o.Days.Empty() && (o.Period == "" || days != nil || month == nil || bill(o.Period) >= 0) {
		return o, with, nil // a month that is no bill is missing, and no stretch of days
	}
	switch i := bill(o.Period); {
	case !o.Days.Empty():
	case o.Month != "":
		o.Days, err = s.month(o.Month, bills)
	case o.Period == "" || o.Period == "current":
		o.Days = bills[max(0, slices.IndexFunc(bills, func(b analysis.BillingPeriod) bool { return b.Reach >= b.Span.From }))].Span
	case i >= 0:
		o.Days = bills[i].Span
	default:
		o.Days, err = usage.ParseSpan(o.Period)
	}
	if err != nil {
		return o, "", misuse.Flag("--period", err)
	}
	o.Period, o.Month = "", ""
	switch i := bill(against); {
	case with == analysis.AgainstYear:
		o.Before = o.Days.YearBefore()
	case known && with != analysis.AgainstPrior:
		return o, "", misuse.Flag("--against "+against, fmt.Errorf("a mean is one of bills; %s is none", o.Days.Name()))
	case known:
	case i >= 0:
		o.Before = bills[i].Span
	default:
		if o.Before, err = usage.ParseSpan(against); err != nil {
			return o, "", misuse.Flag("--against "+against, errors.New("use prior, mean3, mean6 or year, a bill's name, or days: 2026-Q3, 2026, "+
				"2026-07-01..2026-08-15"))
		}
	}
	return o, analysis.AgainstPrior, nil
}

// Chosen returns o with the days that it names in another way, by a span or by a period that
// is no bill, in Days; a bill's name as the ledger has it.
func (s *Session) Chosen(ctx context.Context, o analysis.Options) (_ analysis.Options, err error) {
	switch {
	case !o.Days.Empty():
		return o, nil
	case o.Span != "":
		return s.spanned(ctx, o)
	}
	if o.Period, err = s.period(ctx, o); err != nil {
		return o, err
	}
	if _, err := usage.ParseMonth(o.Period); err == nil || o.Period == "" || o.Period == "current" || o.Period == "last" {
		return o, nil // a month that is no bill is missing, and no stretch of days
	}
	bills, err := s.bills(ctx, o.AsOf)
	if err != nil || slices.ContainsFunc(bills, func(b analysis.BillingPeriod) bool { return b.Name == o.Period }) {
		return o, err
	}
	if days, err := usage.ParseSpan(o.Period); err == nil {
		o.Days, o.Period = days, ""
	} else if strings.Contains(o.Period, "..") {
		return o, misuse.Flag("--period", err)
	}
	return o, nil
}

// spanned returns o with the days of its span: those that hold the last day with usage or,
// as its period says, the newest that have ended, or those that hold a day.
func (s *Session) spanned(ctx context.Context, o analysis.Options) (analysis.Options, error) {
	c, err := s.Configuration()
	if err != nil {
		return o, err
	}
	bills, err := s.bills(ctx, o.AsOf)
	if err != nil {
		return o, err
	}
	var day usage.Day
	for _, b := range bills {
		day = max(day, b.Reach)
	}
	if day == 0 {
		return o, nil // which the analysis will say
	}
	newest := o.Span.Of(day, c.YearBegins)
	switch o.Period {
	case "", "current":
	case "last":
		if day < newest.Last() {
			newest = o.Span.Of(newest.From-1, c.YearBegins)
		}
	default:
		if day, err = usage.ParseDay(o.Period); err != nil {
			return o, misuse.Flag("--period "+o.Period, fmt.Errorf("with --span %s give current, last, or a day in it like 2026-08-15", o.Span))
		}
		newest = o.Span.Of(day, c.YearBegins)
	}
	o.Days, o.Span, o.Period = newest, "", ""
	return o, nil
}

// month reads --month.
func (s *Session) month(month string, bills []analysis.BillingPeriod) (usage.Period, error) {
	var newest usage.Day
	for _, b := range bills {
		newest = max(newest, b.Reach)
	}
	switch m := newest.Month(); month {
	case "current":
		return m, nil
	case "last":
		return (m.From - 1).Month(), nil
	}
	return usage.ParseMonth(month)
}

// bills returns the billing periods up to a day, newest first.
func (s *Session) bills(ctx context.Context, asOf usage.Day) ([]analysis.BillingPeriod, error) {
	a, err := analysis.New(ctx, s.Ledger, analysis.Options{AsOf: asOf})
	if err != nil {
		return nil, err
	}
	defer a.Close()
	bills, err := a.Periods(ctx)
	if errors.Is(err, analysis.ErrEmpty) {
		err = nil
	}
	return bills, err
}

// period returns the name of the bill that people mean by one: 202610 is 2026-10, and a month's
// name that of the one bill of such a month. What has several meanings is an error that names
// them; what is no bill stays, and is told with what there is.
func (s *Session) period(ctx context.Context, o analysis.Options) (string, error) {
	name := o.Period
	if _, err := usage.ParseMonth(name); err == nil || name == "" || name == "current" || name == "last" {
		return name, nil
	}
	bills, err := s.bills(ctx, o.AsOf)
	if err != nil || slices.ContainsFunc(bills, func(b analysis.BillingPeriod) bool { return b.Name == name }) {
		return name, err
	}
	switch strings.ToLower(name) {
	case "previous", "prior", "prev", "before":
		return "", misuse.Flag("--period "+name, errors.New("give the bill's name, like 2026-10, or last, the newest that has ended"))
	case "this", "now", "newest", "latest":
		return "", misuse.Flag("--period "+name, errors.New("give the bill's name, like 2026-10, or current"))
	}
	if month, ok := monthOf(name); ok {
		return month, nil
	}
	var found []string
	for _, b := range bills {
		first := b.Span.From
		if named, err := usage.ParseMonth(b.Name); err == nil {
			first = named.From
		}
		month := strings.ToLower(first.Time().Month().String())
		if word := strings.ToLower(name); (word == month || len(word) == 3 && strings.HasPrefix(month, word)) && !slices.Contains(found, b.Name) {
			found = append(found, b.Name)
		}
	}
	switch len(found) {
	case 0:
		return name, nil
	case 1:
		return found[0], nil
	}
	return "", misuse.Flag("--period "+name, fmt.Errorf("the ledger has several: give %s", strings.Join(found, " or ")))
}

// monthOf reads a month without its hyphen: 202610.
func monthOf(text string) (month string, ok bool) {
	if len(text) != 6 {
		return "", false
	}
	month = text[:4] + "-" + text[4:]
	_, err := usage.ParseMonth(month)
	return month, err == nil
}
