package reports

import (
	"slices"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/usage"
)

func answerTables(r *analysis.Report, p *analysis.Part) []Table {
	sum := Table{Name: "summary", Title: locale.T("Summary"), Detail: true, Columns: []Column{
		texts(locale.T("What")), amount(locale.T("Cost"), p.Currency), changed(locale.T("Change"), p.Currency),
		{Title: locale.Said("%"), Kind: Growth},
		texts(locale.T("Note")),
	}}
	say := func(what locale.Text, note locale.Text) {
		sum.Rows = append(sum.Rows, []any{what, nil, nil, nil, note})
	}
	cost := func(what locale.Text, cost any) {
		sum.Rows = append(sum.Rows, []any{what, cost, nil, nil, nil})
	}
	if a := alert(p); !a.Empty() {
		say(locale.T("Budget"), a)
	}
	say(locale.T("Period"), locale.Bill(p.Period.Name, p.Period.Span))
	say(locale.T("State"), word(string(p.Period.State)))
	if p.Period.Reach != 0 {
		say(locale.T("Data to"), locale.T("%s", p.Period.Reach))
	}
	cost(totalled(p.Period), borne(p))
	if s := p.Shared; s != nil {
		cost(locale.T("Of it shared"), s.Amount)
		for _, line := range s.Lines {
			sum.Rows = append(sum.Rows, []any{locale.T("%s", line.Name), line.Amount, nil, nil, locale.T("shared, divided %s", divided(line))})
		}
		cost(locale.T("Own charges"), p.Total)
	}
	if p.Expected != nil {
		cost(locale.T("Forecast"), Estimate(*p.Expected))
		if p.Outlook != nil && p.Outlook.End.Range != nil {
			within := p.Outlook.End.Range
			cost(locale.T("Low"), Estimate(within.Low80))
			cost(locale.T("High"), Estimate(within.High80))
		}
	}
	if len(p.Priors) > 0 {
		prior := p.Priors[0]
		sum.Rows = append(sum.Rows, []any{locale.T("Change"), nil, known(prior, prior.Delta), orNil(prior.Percent), against(prior)})
	}
	if b := budgetOf(p); b != nil {
		sum.Rows = append(sum.Rows, []any{locale.T("Budget"), b.Amount, nil, nil, locale.T("%s", b.Span)})
		cost(b.Label, b.Rest)
		for _, s := range b.Says {
			say(locale.T("Budget"), s)
		}
	}
	tables := []Table{sum}
	if len(p.Accounts) > 1 {
		t := Table{Name: "accounts", Title: locale.T("All %d subscriptions", len(p.Accounts)), Detail: true, Columns: []Column{
			texts(locale.T("Subscription")), texts(locale.Said("SubAccountId")),
			{Title: locale.T("Data to"), Kind: Date},
			amount(locale.T("Now"), p.Currency), amount(locale.T("Whole prior period"), p.Currency), texts(locale.T("Note")),
		}}
		for _, acc := range p.Accounts {
			name, total := acc.Name, any(acc.Total)
			if name == "" {
				name = acc.ID
			}
			var note any
			switch {
			case acc.Missing:
				total, note = nil, locale.T("missing")
			case acc.Behind:
				note = locale.T("behind")
			}
			t.Rows = append(t.Rows, []any{name, acc.ID, dayOrNil(acc.Reach), total, acc.Last, note})
		}
		tables = append(tables, t)
	}
	warnings, refused := p.Warnings, []string(nil)
	if r.Parts[0].Currency == p.Currency {
		warnings, refused = slices.Concat(r.Warnings, p.Warnings), r.Refused
	}
	return append(tables, toldTables(slices.Concat(outside(p), warnings), refused)...)
}

// outside says what of the total lies on other days than the bill names.
func outside(p *analysis.Part) []locale.Text {
	if p.Outside.Amount.Sign() == 0 {
		return nil
	}
	return []locale.Text{locale.T("%s of the total lies on days outside the bill’s dates.", p.Outside)}
}

// toldTables returns the warnings and the sources that were refused.
func toldTables(warnings []locale.Text, refused []string) []Table {
	t := Table{Name: "notes", Title: locale.T("Note"), Detail: true, Columns: []Column{texts(locale.T("Note"))}}
	for _, s := range refused {
		t.Rows = append(t.Rows, []any{locale.T("%s %s", locale.T("Refused:"), s)})
	}
	for _, w := range warnings {
		t.Rows = append(t.Rows, []any{w})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return []Table{t}
}

// incomparable says of how many days of the two periods there are no data: what they
// cost is no more and no less; or that some of their days are in another currency. It is empty where neither is so.
func incomparable(part *analysis.Part, p analysis.Prior) locale.Text {
	if n := part.Period.Unrated + p.Unrated; n > 0 && !p.NoRate { // which says so
		return locale.T("not comparable: of %s there is no rate", locale.T("%d days", n))
	}
	if n := part.Period.Lacks + p.Lacks; n > 0 && !p.NoRate {
		return locale.T("not comparable: of %s there are no data", locale.T("%d days", n))
	}
	if c := part.CurrencyChange; c != nil && c.Day > p.Span.From && c.Day < part.Period.Span.To {
		return locale.T("not comparable: charged in %s since %s, in %s before", c.After, locale.Short(c.Day), c.Before)
	}
	return locale.Text{}
}

// known is an amount of p, or that it is not known.
func known(p analysis.Prior, m usage.Money) any {
	if p.NoRate {
		return locale.T("no rate")
	}
	return m
}

// against says with what the period is compared.
func against(p analysis.Prior) locale.Text {
	if p.NoRate {
		return locale.T("%s is not converted: no rate", p.Span)
	}
	return locale.T("against %s of %s", locale.T("%d days", p.Days), locale.TheBill(p.Name, p.Span))
}
