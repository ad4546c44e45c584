package reports

import (
	"fmt"
	"slices"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports/chart"
	"usagereport/usage"
)

// stateText says how final a period is.
func stateText(p *analysis.Part) locale.Text {
	switch p.Period.State {
	case analysis.Open:
		return locale.T("Open month, estimate")
	case analysis.Closing:
		if day := finalOn(p); day != 0 {
			return locale.T("Ended, may still change until %s", locale.Short(day))
		}
		return locale.T("Ended; later files may correct it")
	case analysis.Invoiced:
		return locale.T("Invoiced")
	}
	return locale.T("Closed")
}

// cards chooses the four figures of the first screen: where it ends, what was spent,
// the budgets, and what is unusual. Budgets that break are the first.
func (a *answer) cards(l *locale.Locale, r *analysis.Report, p *analysis.Part) {
	a.Cards = append(a.Cards, a.endCard(l, p)...)
	budget := a.budgetCard(l, r, p)
	if p.Budget.State() != "" || ownersBreak(p) {
		a.Cards = slices.Insert(a.Cards, 0, budget...)
	} else {
		a.Cards = append(a.Cards, budget...)
	}
	a.Cards = append(a.Cards, unusualCard(p))
	if len(a.Cards) < 4 {
		if c, ok := largestCard(p); ok {
			a.Cards = slices.Insert(a.Cards, len(a.Cards)-1, c)
		}
	}
}

// within says between what a forecast lies four times out of five; nothing where it says the same twice, as of what has stopped.
func within(l *locale.Locale, low, high usage.Money) locale.Text {
	from, to := l.AboutOf(low, high), l.AboutOf(high, low)
	if from == to {
		return locale.Text{}
	}
	return locale.T("%s to %s, four times out of five", from, to)
}

// rangeText says between what the forecast of all that p comes to lies.
func rangeText(l *locale.Locale, p *analysis.Part) locale.Text {
	switch o := p.Outlook; {
	case o == nil && len(p.ByCharge) == 0: // all of it is shared, and of that there is no range
		return locale.Text{}
	case o == nil || o.End.Range == nil:
		return locale.T("too little history for a range")
	default:
		low, high := o.End.Range.Low80, o.End.Range.High80
		if s := p.Shared; s != nil && s.Expected != nil {
			low, high = low.Add(*s.Expected), high.Add(*s.Expected)
		}
		return within(l, low, high)
	}
}

// endCard says where the period ends and what it is so far; of one that is over, what it cost.
func (a *answer) endCard(l *locale.Locale, p *analysis.Part) (out []kpi) {
	T := locale.T
	if end := expected(p); end != nil {
		c := kpi{Class: "end", Name: T("Forecast for %s", periodText(p.Period, false)), Code: true, Amount: end, About: true}
		c.Note = rangeText(l, p)
		out = append(out, c)
	}
	spent := kpi{Class: "spent", Name: T("Cost"), Code: true, Amount: &a.Borne}
	if p.Period.State == analysis.Open && p.Period.Reach != 0 {
		spent.Name = T("Spent to %s", locale.Short(p.Period.Reach))
	}
	switch {
	case p.NoRate():
		spent.Code, spent.Amount, spent.Value, spent.Note = false, nil, "–", T("not converted: no rate")
	case unknown(p):
		spent.Code, spent.Amount, spent.Value, spent.Note = false, nil, "–", T("not known: the data are missing")
	case a.Nothing:
	case a.Prior != nil && a.Prior.NoRate:
		spent.Note = T("%s is not converted: no rate", priorText(*a.Prior))
	case a.Prior != nil && p.Period.State == analysis.Open:
		spent.Note = T("%s on the same days of %s", changeText(*a.Prior), priorText(*a.Prior))
	case a.Prior != nil:
		spent.Note = T("%s against %s", changeText(*a.Prior), priorText(*a.Prior))
	case alone(p):
		spent.Note = T("no comparison: the period before is not loaded")
	}
	if p.Shared != nil && a.Prior != nil && !spent.Note.Empty() { // the amount has it
		spent.Note = locale.Join([]locale.Text{spent.Note, T("without shared cost")}, "; ")
	}
	if p.Invoiced != nil {
		says := T("the invoice is %s", locale.Exact(*p.Invoiced))
		if !spent.Note.Empty() {
			says = locale.Join([]locale.Text{spent.Note, says}, "; ")
		}
		spent.Note = says
	}
	return append(out, spent)
}

// changeText is a change with its percentage.
func changeText(prior analysis.Prior) locale.Text {
	if prior.Percent == nil {
		return locale.T("%s", locale.Difference(prior.Delta))
	}
	return locale.T("%s (%s)", locale.Difference(prior.Delta), locale.Change(*prior.Percent))
}

func priorText(p analysis.Prior) locale.Text {
	return periodText(analysis.PeriodInfo{Name: p.Name, Span: p.Span}, false)
}

// budgetCard says how the owner's budget stands or, for all, the owners' budgets.
func (a *answer) budgetCard(l *locale.Locale, r *analysis.Report, p *analysis.Part) []kpi {
	T := locale.T
	if b := p.Budget; b != nil {
		c := kpi{Class: "budget", Name: T("Budget for %s", periodText(analysis.PeriodInfo{Span: b.Span}, false)), Code: true, Amount: &b.Amount}
		spare := func(end usage.Money) locale.Text { return T("%s to spare", locale.Whole(b.Amount.Sub(end))) }
		switch b.State() {
		case analysis.BudgetOver:
			over := negated(b.Left)
			c.Name, c.Amount, c.Warn = T("Over budget"), &over, true
			c.Note = T("%s spent of %s", locale.Whole(b.Spent), limit(b))
			if b.Over != 0 {
				c.Note = T("%s, since %s", c.Note, locale.Short(b.Over))
			}
		case analysis.BudgetLikely:
			c.Warn = true
			if b.Awaited != nil {
				c.Note = T("will be exceeded with what has not arrived yet, by about %s", locale.About(b.Expected.Sub(b.Amount)))
				break
			}
			c.Note = T("will be exceeded about %s, by about %s", locale.Short(b.Over), locale.About(b.Expected.Sub(b.Amount)))
		default:
			if !unknown(p) {
				c.Note = T("%s left", locale.Whole(b.Left))
			}
			if b.Expected != nil {
				c.Note = spare(*b.Expected)
			}
			if b.Chance != nil {
				c.Note = T("%s, %s risk of exceeding it", c.Note, locale.Share(*b.Chance))
			}
			for _, w := range b.Warnings {
				c.Note = T("%s; %s", c.Note, spentText(w))
			}
		}
		if b.TooSmall {
			c.Note = T("%s; %s", c.Note, tooSmall(b))
		}
		if len(b.Unloaded) > 0 {
			c.Note = T("%s; %s", c.Note, uncounted(b))
		}
		return []kpi{c}
	}
	broken, small, n := brokenBudgets(p)
	if n == 0 {
		return nil
	}
	if len(broken) == 0 {
		unknown := len(unknownBudgets(p))
		c := kpi{
			Class: "budget", Name: T("Budgets"), Suffix: T("within"),
			Value: l.Say(T("%[1]s of %[2]s", locale.Said(fmt.Sprint(n-len(small)-unknown)), locale.Said(fmt.Sprint(n)))),
		}
		var notes []locale.Text
		if len(small) > 0 {
			notes = append(notes, T("%s too small", locale.Said(fmt.Sprint(len(small)))))
		}
		if unknown > 0 {
			notes = append(notes, T("%s not known: earlier months are not loaded", locale.Said(fmt.Sprint(unknown))))
		}
		c.Note = locale.Join(notes, "; ")
		return []kpi{c}
	}
	name := T("Budgets that are or will be exceeded")
	switch countOver(broken) {
	case 0:
		name = T("Budgets that will be exceeded")
	case len(broken):
		name = T("Budgets that are exceeded")
	}
	return []kpi{{
		Class: "budget", Name: name, Warn: true,
		Value: "▲ " + l.Say(T("%[1]s of %[2]s", locale.Said(fmt.Sprint(len(broken))), locale.Said(fmt.Sprint(n)))),
		Note:  overBy(broken),
	}}
}

// overBy says by how much budgets are expected to be exceeded in all.
func overBy(broken []analysis.OwnerStanding) locale.Text {
	var sum usage.Money
	for i, o := range broken {
		end := o.Budget.Spent
		if o.Budget.Expected != nil {
			end = *o.Budget.Expected
		}
		if i == 0 {
			sum.Currency = end.Currency
		}
		sum = sum.Add(end.Sub(o.Budget.Amount))
	}
	return locale.T("by about %s in all", locale.About(sum))
}

// unusualCard says what the findings make.
func unusualCard(p *analysis.Part) kpi {
	T := locale.T
	if len(p.Findings) == 0 {
		c := kpi{Class: "unusual", Name: T("Unusual increases"), Value: "✓", Suffix: T("none")}
		if !p.History.CanDetect {
			c.Value, c.Suffix, c.Note = "–", locale.Text{}, T("not enough history yet")
		}
		return c
	}
	makes := inPeriod(p, p.Findings)
	c := kpi{Class: "unusual", Name: T("Unusual increases"), Amount: &makes, Signed: true, Suffix: T("so far")}
	if p.Period.State != analysis.Open {
		c.Suffix = locale.Text{}
	}
	if month := monthly(p.Findings, p.Currency); month.Amount.Sign() != 0 {
		c.Note = T("about %s a month if nothing changes", locale.About(month))
	}
	return c
}

// monthly adds up what the findings that go on cost a month.
func monthly(list []analysis.Finding, currency string) usage.Money {
	sum := usage.Money{Currency: currency}
	for _, f := range list {
		if f.PerMonth != nil {
			sum = sum.Add(*f.PerMonth)
		}
	}
	return sum
}

// largestCard names what costs most.
func largestCard(p *analysis.Part) (kpi, bool) {
	for _, b := range p.Breakdowns {
		if b.Dimension == usage.Service && len(b.Rows) > 1 {
			row := b.Rows[0]
			c := kpi{Class: "largest", Name: locale.T("Largest service"), Amount: &row.Amount, Code: true, Note: locale.Said(row.Label)}
			if row.Percent != nil {
				c.Note = locale.T("%s, %s of it", row.Label, locale.Share(*row.Percent))
			}
			return c, true
		}
	}
	return kpi{}, false
}

// picture draws how the cost adds up.
func (a *answer) picture(l *locale.Locale, p *analysis.Part) {
	r, label, ok := running(l, p)
	if !ok {
		return
	}
	_, a.BudgetSays = budgetLine(p)
	a.Fan = len(r.Path) > 0 && p.Outlook != nil && p.Outlook.End.Range != nil
	a.Chart = chart.RunningChart(l, l.Say(label), r)
}

// running returns the lines of how the cost adds up, and says what they show.
func running(l *locale.Locale, p *analysis.Part) (r chart.Running, label locale.Text, ok bool) {
	x := p.Running
	if x == nil || len(x.Days) < 2 || x.Days[len(x.Days)-2].Sum.Amount.Sign() == 0 {
		return r, label, false // of a day there is no line
	}
	T := locale.T
	r = chart.Running{Span: x.Span, Settled: len(x.Days)}
	for i, d := range x.Days {
		r.Now = append(r.Now, d.Sum.Amount)
		if x.Settled != 0 && d.Day == x.Settled {
			r.Settled = i + 1
		}
	}
	for _, d := range x.Prior {
		r.Prior = append(r.Prior, d.Sum.Amount)
	}
	for _, d := range x.Path {
		r.Path = append(r.Path, chart.Point{At: int(d.Day - x.Span.From), Mid: d.Expected.Amount, Low: d.Low.Amount, High: d.High.Amount})
	}
	last := x.Days[len(x.Days)-1]
	label = T("Cumulative cost: %s to %s", locale.Exact(last.Sum), last.Day)
	if p.Period.State == analysis.Open {
		r.NowText = l.Say(T("%s to %s", locale.Whole(last.Sum), locale.Short(last.Day)))
	} else {
		r.NowText = l.Say(T("%s\n%s", locale.Whole(last.Sum), endName(p.Period.Span)))
	}
	if end := expected(p); end != nil && len(r.Path) > 0 {
		r.PathText = l.Say(T("%s\nforecast", locale.About(*end)))
		label = T("%s; forecast %s on %s", label, locale.About(*end), p.Period.Span.Last())
	}
	if len(r.Prior) > 0 {
		prior := x.Prior[len(x.Prior)-1].Sum
		r.PriorText = l.Say(T("%s\n%s", locale.Whole(prior), endName(p.Priors[0].Span)))
		label = T("%s; %s ended at %s", label, priorText(p.Priors[0]), locale.Exact(prior))
	}
	if line, _ := budgetLine(p); line != nil {
		r.Budget = &line.Amount
		r.BudgetText = l.Say(T("budget %s", locale.Whole(*line)))
		if p.Budget != nil && p.Budget.Over != 0 && p.Budget.State() == analysis.BudgetLikely {
			r.CrossText = l.Say(T("about %s", locale.Short(p.Budget.Over)))
		}
	}
	return r, label, true
}

// endName names a period in the room at the end of its line: by its month, or its last day.
func endName(span usage.Period) locale.Text {
	if span == span.From.Month() {
		return locale.T("%s", locale.Month(span.From))
	}
	return locale.T("to %s", locale.Short(span.Last()))
}

// budgetLine is what a period may cost, and what that is made of: the owner's budget of
// the period or, for all, the owners' budgets of it and the forecast of the owners without
// one. It is nil where there is none, or they are of less than half of the forecast.
func budgetLine(p *analysis.Part) (*usage.Money, locale.Text) {
	if b := p.Budget; b != nil {
		if b.Span != p.Period.Span {
			return nil, locale.Text{}
		}
		return &b.Amount, locale.Text{}
	}
	sum, rest := usage.Money{Currency: p.Currency}, usage.Money{Currency: p.Currency}
	n := 0
	for _, o := range p.Owners {
		switch {
		case o.Budget != nil && o.Budget.Span == p.Period.Span:
			sum, n = sum.Add(o.Budget.Amount), n+1
		case o.Expected != nil:
			rest = rest.Add(*o.Expected)
		default:
			rest = rest.Add(o.Spent)
		}
	}
	if end := expected(p); n == 0 || end == nil || sum.Amount.Float64() < end.Amount.Float64()/2 {
		return nil, locale.Text{}
	}
	line := sum.Add(rest)
	return &line, locale.T("Budget line: %s (%s) and the forecast of owners without one.", locale.T("%d budgets", n), locale.Whole(sum))
}
