package reports

import (
	"fmt"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// A budgeted is an owner's budget as every form of the report says it.
type budgeted struct {
	*analysis.Budget
	Label locale.Text // of Rest
	Rest  usage.Money // left of it, or over it; not negative
	Of    locale.Text // what the budget is
	Says  []locale.Text
	// Alert is what comes before all else: that it is over, or likely will be. It is
	// empty where it is neither.
	Alert locale.Text
}

// longer reports whether b is of a quarter or a year, not of the period that a report is about.
func longer(b *analysis.Budget) bool { return b.Period == "quarter" || b.Period == "year" }

// limit is b's amount, and of which days it is where the reader would take it for the month's.
func limit(b *analysis.Budget) locale.Text {
	if longer(b) {
		return locale.T("%s for %s", locale.Whole(b.Amount), b.Span)
	}
	return locale.T("%s", locale.Whole(b.Amount))
}

// budgetOf returns what p says of the owner's budget; nil where there is none.
func budgetOf(p *analysis.Part) *budgeted {
	b := p.Budget
	if b == nil {
		return nil
	}
	v := &budgeted{Budget: b, Label: locale.T("Budget left"), Rest: b.Left, Of: locale.T("of %s for %s", b.Amount, b.Span)}
	if b.Span == p.Period.Span {
		v.Of = locale.T("of %s", b.Amount)
	}
	over := b.Left.Amount.Sign() < 0
	if over {
		v.Label, v.Rest.Amount = locale.T("Over budget"), b.Left.Amount.Neg()
	}
	switch {
	case over && b.Over != 0:
		v.Says = append(v.Says, locale.T("exceeded since %s", b.Over))
	case b.State() == analysis.BudgetLikely && b.Awaited != nil:
		v.Says = append(v.Says, locale.T("will be exceeded with what has not arrived yet"))
	case b.Expected != nil && b.Over != 0:
		v.Says = append(v.Says, locale.T("will be exceeded about %s", b.Over))
	case b.Expected != nil:
		v.Says = append(v.Says, locale.T("within budget"))
	}
	if len(b.Unloaded) > 0 {
		v.Says = append(v.Says, uncounted(b))
	}
	switch b.State() {
	case analysis.BudgetOver:
		v.Alert = locale.T("Over budget: %s spent of %s", b.Spent, b.Amount)
	case analysis.BudgetLikely:
		if b.Awaited != nil {
			v.Alert = locale.T("Likely over budget with what has not arrived yet: about %s against %s", locale.Approx(*b.Expected), b.Amount)
			break
		}
		v.Alert = locale.T("Likely over budget: forecast %s against %s", estimated(p, *b.Expected), b.Amount)
	}
	if b.TooSmall {
		v.Says = append(v.Says, tooSmall(b))
	}
	for _, w := range b.Warnings {
		if w.Percent != 0 && !over {
			v.Says = append(v.Says, spentText(w))
		}
	}
	if b.Chance != nil && !over {
		v.Says = append(v.Says, locale.T("%s risk of exceeding it", locale.Share(*b.Chance)))
	}
	return v
}

// uncounted names the days that are in no amount of a budget.
func uncounted(b *analysis.Budget) locale.Text {
	parts := make([]locale.Text, len(b.Unloaded))
	for i, p := range b.Unloaded {
		parts[i] = locale.T("%s", p)
	}
	return locale.T("without %s, which are not loaded", locale.Join(parts, ", "))
}

// tooSmall says how often a budget was exceeded that is too small.
func tooSmall(b *analysis.Budget) locale.Text {
	return locale.T("too small: exceeded in %s of the last %s", fmt.Sprint(b.Exceeded), locale.T("%d months", b.Ended))
}

// spentText says how much of a budget was spent, and when.
func spentText(w analysis.BudgetWarning) locale.Text {
	return locale.T("%s spent by %s", locale.Share(w.Percent), locale.Short(w.On))
}

// alert is what p says of budgets before all else.
func alert(p *analysis.Part) locale.Text {
	own, owners := locale.Text{}, locale.Text{}
	if b := budgetOf(p); b != nil {
		own = b.Alert
	}
	if ownersBreak(p) {
		owners = budgetsText(p)
	}
	switch {
	case owners.Empty():
		return own
	case own.Empty():
		return owners
	}
	return locale.Sentences([]locale.Text{locale.T("%s.", own), owners})
}

// titled is the report's title.
func titled(l *locale.Locale, r *analysis.Report, o Options) string {
	if s := r.Filtered(); s != "" {
		r := *r
		r.Filters = nil
		return l.Say(locale.T("%s, only %s", titled(l, &r, o), s))
	}
	switch {
	case o.Title != "":
		return o.Title
	case r.Owner != "":
		return l.Say(locale.T("Cloud cost of %s", r.Owner))
	}
	return l.Say(locale.T("Cloud cost"))
}

// head is the title of the window: what the report is on, the period, and the answer.
func head(l *locale.Locale, r *analysis.Report, o Options) string {
	title := titled(l, r, o)
	if len(r.Parts) == 0 {
		return title
	}
	p := &r.Parts[0]
	return l.Say(locale.T("%s · %s · %s", title, periodText(p.Period, true), headlineBeside(r, p)))
}
