package reports

import (
	"fmt"
	"slices"

	"usagereport/analysis"
	"usagereport/internal/locale"
)

// A screen is what the first screen says, in sentences: for the forms that have
// no layout of their own, messages and mails.
type screen struct {
	answer
	Head    locale.Text // the period, with its dates
	State   locale.Text
	Reach   []phrase // how far the data reach
	Figures []figure

	Verdict locale.Text // whether anything is unusual
	Context locale.Text // goes on from Verdict; empty where there is no more
	Notes   []locale.Text
}

// A phrase is part of a line; a strong one must not be overlooked.
type phrase struct {
	Text   locale.Text
	Strong bool
}

// A figure is an amount with its name and what there is to say of it.
type figure struct {
	Name   locale.Text
	Value  string // with the currency
	Remark locale.Text
}

// shownNames is how many accounts the reach names of those that lack data.
const shownNames = 2

func newScreen(l *locale.Locale, r *analysis.Report, p *analysis.Part) screen {
	T := locale.T
	v, _ := viewAnswer(l, r, p)
	s := screen{answer: v.(answer), Head: locale.Bill(p.Period.Name, p.Period.Span), State: word(string(p.Period.State))}
	if p.Period.State == analysis.Open {
		s.State = T("open, estimate")
	}
	s.reach(l, p)
	s.figures(l, p)
	s.verdict(l, r, p)
	if s.Blind {
		s.Notes = append(s.Notes, T("What happened after %s cannot be seen: the data end there, and were loaded on %s.", p.Period.Reach,
			p.Period.Loaded))
	}
	if p.Since != nil && !p.Since.Text().Empty() {
		s.Notes = append(s.Notes, p.Since.Text())
	}
	s.Notes = slices.Concat(s.Notes, outside(p), s.Warnings)
	return s
}

// reachText says how far the data of a period reach.
func reachText(p *analysis.Part) locale.Text {
	if p.Period.Reach == 0 {
		return locale.T("No usage in this period yet")
	}
	return locale.T("Data to %s, %s of %s", p.Period.Reach, fmt.Sprint(p.Period.Elapsed), locale.T("%d days", p.Period.Span.Days()))
}

func (s *screen) reach(l *locale.Locale, p *analysis.Part) {
	T := locale.T
	reach := reachText(p)
	if s.Accounts > 0 {
		reach = T("%s · %s", reach, T("%s of %s", fmt.Sprint(s.In), T("%d subscriptions", s.Accounts)))
	}
	s.Reach = []phrase{{Text: reach}}
	for i, acc := range s.Missing {
		if i == shownNames {
			s.Reach = append(s.Reach, phrase{Text: T("; %s", T("%d more missing", len(s.Missing)-i))})
			break
		}
		s.Reach = append(s.Reach, phrase{Text: T("; ")}, phrase{T("%s %s", called(acc), T("missing")), true},
			phrase{Text: T(", about %s in the prior period", l.About(acc.Last))})
	}
	for i, acc := range s.Behind {
		if i == shownNames {
			s.Reach = append(s.Reach, phrase{Text: T("; %s", T("%d more behind", len(s.Behind)-i))})
			break
		}
		s.Reach = append(s.Reach, phrase{Text: T("; ")}, phrase{T("%s %s", called(acc), T("only to %s", acc.Reach)), true})
	}
}

func (s *screen) figures(l *locale.Locale, p *analysis.Part) {
	T := locale.T
	add := func(name locale.Text, value string, remarks ...locale.Text) {
		remarks = slices.DeleteFunc(remarks, locale.Text.Empty)
		f := figure{Name: name, Value: value}
		if len(remarks) > 0 {
			f.Remark = locale.Join(remarks, "; ")
		}
		s.Figures = append(s.Figures, f)
	}
	coded := func(amount string) string { return l.WithCode(amount, p.Currency) }
	if end := expected(p); end != nil {
		shared, before := locale.Text{}, locale.Text{}
		if p.Shared != nil && p.Shared.Expected != nil {
			shared = T("of it shared: about %s", l.About(*p.Shared.Expected))
		}
		if s.Before {
			before = T("before tax and credits")
		}
		add(T("Forecast"), coded(l.About(*end)), rangeText(l, p), shared, before)
	}
	shared, without := locale.Text{}, locale.Text{}
	if p.Shared != nil {
		shared, without = T("of it shared: %s", l.Money(p.Shared.Amount)), T("without shared cost")
	}
	borne := coded(l.Money(s.Borne))
	if p.NoRate() {
		borne = l.Say(T("no rate"))
	}
	add(totalled(p.Period), borne, shared, s.final(l, p))
	if s.Prior != nil {
		delta := coded(l.Signed(s.Prior.Delta))
		if s.Prior.Percent != nil {
			delta += " (" + l.Change(*s.Prior.Percent) + ")"
		}
		if s.Prior.NoRate {
			delta = l.Say(T("no rate"))
		}
		awaited := locale.Text{}
		if c := p.Change; c != nil && c.Awaited.Amount.Sign() > 0 {
			awaited = T("about %s has not arrived yet", estimated(p, c.Awaited))
		}
		add(T("Change"), delta, against(*s.Prior), awaited, without, incomparable(p, *s.Prior))
	}
	if b := s.Own; b != nil {
		add(b.Label, coded(l.Money(b.Rest)), append([]locale.Text{b.Of}, b.Says...)...)
	}
}

// final says how final the total is.
func (s *screen) final(l *locale.Locale, p *analysis.Part) locale.Text {
	switch n, unrated := p.Period.Lacks-p.Period.Unrated, p.Period.Unrated; {
	case n > 0 && unrated > 0:
		return locale.T("without %s of which there are no data and %s of which there is no rate", locale.T("%d days", n),
			locale.T("%d days", unrated))
	case n > 0:
		return locale.T("without %s of which there are no data", locale.T("%d days", n))
	case unrated > 0:
		return locale.T("without %s of which there is no rate", locale.T("%d days", unrated))
	}
	switch p.Period.State {
	case analysis.Open:
		if p.Period.Reach == 0 {
			return locale.Text{}
		}
		return locale.T("an estimate")
	case analysis.Closing:
		if s.FinalOn == 0 {
			return locale.T("may change until newer files are loaded")
		}
		if p.Period.ByMonth { // days of a bill
			return locale.T("may change until %s, the fifth day after the end of its bill", s.FinalOn)
		}
		return locale.T("may change until %s, the fifth day after the end", s.FinalOn)
	case analysis.Invoiced:
		if p.Invoiced != nil {
			return locale.T("final; the invoice is %s", l.Money(*p.Invoiced))
		}
		return locale.T("final; the invoice is known")
	}
	return locale.T("final")
}

func (s *screen) verdict(l *locale.Locale, r *analysis.Report, p *analysis.Part) {
	T := locale.T
	switch {
	case len(s.Top) > 0:
		s.Verdict = unusual(p, s.OnlyUp)
		switch {
		case s.Share != nil:
			s.Context = T(", %s of the change", locale.Share(*s.Share))
		case s.Makes.Amount.Sign() != 0:
			s.Context = T(", adding %s", l.Signed(s.Makes))
			if p.Period.State == analysis.Open {
				s.Context = T(", adding %s so far", l.Signed(s.Makes))
			}
		}
	case p.NoRate():
		s.Verdict = T("Not converted: no rate.")
	case s.Nothing:
		s.Verdict, s.Context = T("Nothing was spent."), T(" %s", T("No charge of this period is of %s.", s.Owner))
	case !p.History.CanDetect && p.CurrencyChange != nil && p.CurrencyChange.After == p.Currency && len(p.Priors) == 0:
		s.Verdict = T("No comparison: charged in %s since %s, in %s before", p.Currency, p.CurrencyChange.Day, p.CurrencyChange.Before)
	case !p.History.CanDetect && len(p.Priors) > 0:
		s.Verdict = T("Not enough history yet to find unusual changes")
	case p.Shared != nil && len(p.ByCharge) == 0: // there is nothing of the owner's own to compare
	case !p.History.CanDetect:
		s.Verdict = T("No comparison yet. Load last month’s file")
	case s.Quiet && !s.Alert.Empty():
		s.Verdict = T("Nothing else is unusual.")
	case s.Quiet && calm(r, p):
		s.Verdict = T("Nothing unusual. No action needed.")
	case s.Quiet:
		s.Verdict = T("Nothing unusual.")
		if says := budgetsText(p); !says.Empty() {
			s.Context = T(" %s", says)
		}
	default:
		s.Verdict = T("No alert.")
		if !s.Alert.Empty() {
			s.Verdict = T("No other alert.")
		}
		var more []locale.Text
		if n := len(p.Minor); n > 0 {
			more = append(more, T(" %s", T("%d smaller changes, no alert.", n)))
		}
		if n := len(p.Down); n > 0 {
			more = append(more, T(" %s", T("%d decreases, no alert.", n)))
		}
		if n := len(p.Answered); n > 0 {
			more = append(more, T(" %s", T("%d findings are answered.", n)))
		}
		if len(more) > 0 {
			s.Context = locale.Join(more, "")
		}
	}
}

// unusual counts the alarms of p.
func unusual(p *analysis.Part, onlyUp bool) locale.Text {
	if onlyUp {
		return locale.T("%d unusual increases", len(p.Findings))
	}
	return locale.T("%d unusual changes", len(p.Findings))
}

// called returns what people call an account.
func called(acc analysis.Account) string {
	if acc.Name == "" {
		return acc.ID
	}
	return acc.Name
}

// totalled says what the total of a period is.
func totalled(p analysis.PeriodInfo) locale.Text {
	switch {
	case p.State == analysis.Open && p.Reach != 0:
		return locale.T("Spent to %s", locale.Short(p.Reach))
	case p.State == analysis.Closing:
		return locale.T("Cost, not yet final")
	}
	return locale.T("Cost")
}
