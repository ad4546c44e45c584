package workspace

import (
	"cmp"
	"context"
	"fmt"

	"usagereport/analysis"
	"usagereport/ledger"
	"usagereport/usage"
)

// A PeriodFact is what is known of a billing period, from one source.
type PeriodFact struct {
	What, Account string
	Day           usage.Day
	Amount        usage.Money
	Detail        string
}

// periodFacts are those of the period called name.
type periodFacts struct {
	History
	name  string
	facts []PeriodFact
}

// Facts returns what is known of the period called name: of its accounts and files,
// what was said of it and foretold, its invoices. Amounts in sentences are written by
// text.
func (s *Session) Facts(ctx context.Context, a *analysis.Analysis, h History, name string, text func(usage.Money) string) ([]PeriodFact,
	error,
) {
	f := &periodFacts{History: h, name: name}
	f.bills(text)
	if err := f.told(ctx, s.Ledger); err != nil {
		return nil, err
	}
	if err := f.foretold(ctx, a); err != nil {
		return nil, err
	}
	f.invoices()
	return f.facts, nil
}

func (f *periodFacts) add(what, account string, day usage.Day, amount usage.Money, format string, args ...any) {
	f.facts = append(f.facts, PeriodFact{what, account, day, amount, fmt.Sprintf(format, args...)})
}

// bills adds what each account's files say, and said before.
func (f *periodFacts) bills(text func(usage.Money) string) {
	for _, b := range f.Bills {
		if b.Period != f.name {
			continue
		}
		account, total := cmp.Or(b.Name, b.Account), usage.Money{Amount: b.Total(), Currency: b.Currency}
		f.add("account", account, b.Reach, total, "%s, %s, data to %s", b.Span, b.State, b.Reach)
		for i, s := range b.Snapshots {
			if i < len(b.Snapshots)-1 {
				f.add("file", account, s.Told, usage.Money{Amount: s.Total, Currency: b.Currency}, "said then, with data to %s; it became %s",
					s.Reach, text(total))
			}
		}
	}
}

// told adds the totals that reports have shown, once for each that
// differs from the one before.
func (f *periodFacts) told(ctx context.Context, l *ledger.Ledger) error {
	told, err := l.ToldTotals(ctx)
	if err != nil {
		return err
	}
	last := map[string]usage.Decimal{}
	for _, t := range told {
		before, known := last[t.Currency]
		if t.Period != f.name || t.To != "" || known && before.Cmp(t.Total) == 0 {
			continue
		}
		last[t.Currency] = t.Total
		for _, b := range f.Periods {
			if b.Name == f.name && b.Total.Currency == t.Currency {
				f.add("told", "", usage.DayOf(t.At), usage.Money{Amount: t.Total, Currency: t.Currency}, "by %s, with data to %s; it is %s now",
					t.What, t.Reach, b.Total.Rounded().Text())
			}
		}
	}
	return nil
}

// foretold adds what the forecast said on the period's days.
func (f *periodFacts) foretold(ctx context.Context, a *analysis.Analysis) error {
	tellings, err := a.Tellings(ctx)
	if err != nil {
		return err
	}
	for _, t := range tellings {
		if t.Period != f.name {
			continue
		}
		margin, by := "", "what is known of that day now"
		if t.Margin != nil {
			margin = " ± " + t.Margin.Rounded().Text()
		}
		if t.AsKnown {
			by = "the files of that day"
		}
		f.add("forecast", "", t.Span.From+usage.Day(t.Day)-1, t.Said, "on day %d: %s%s; it became %s (by %s)", t.Day, t.Said.Rounded().Text(),
			margin, t.Became.Rounded().Text(), by)
	}
	return nil
}

// invoices adds the invoices with the way to them, and why there is none.
func (f *periodFacts) invoices() {
	for _, r := range f.Led {
		if r.Period != f.name {
			continue
		}
		account := cmp.Or(r.Name, r.Account)
		for _, i := range r.Invoices {
			f.add(i.Kind, account, i.Date, usage.Money{Amount: i.Total, Currency: i.Currency}, "number %s", i.Number)
		}
		for _, x := range r.Lines {
			f.add("line: "+string(x.Kind), account, 0, usage.Money{Amount: x.Amount, Currency: r.Currency}, "%s", x.Why)
		}
	}
	for _, m := range f.None {
		if m.Period == f.name {
			f.add("no invoice", cmp.Or(m.Name, m.Account), 0, usage.Money{Amount: m.Total, Currency: m.Currency}, "likely: %s; %s", m.Likely, m.Do)
		}
	}
}
