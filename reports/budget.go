package reports

import (
	"fmt"

	"usagereport/analysis"
	"usagereport/locale"
	"usagereport/usage"
)

// A budgeted is an owner's budget as every form of the report says it.
type budgeted struct {
	Of    *analysis.Budget
	Label locale.Text // of Rest
	Rest  usage.Money // left of it, or over it; not negative
	Says  []locale.Text
}

// budgetOf returns what p says of the owner's budget; nil where there is none.
func budgetOf(p *analysis.Part) *budgeted {
	b := p.Budget
	if b == nil {
		return nil
	}
	v := &budgeted{Of: b, Label: locale.T("Left of the budget"), Rest: b.Left}
	over := b.Left.Amount.Sign() < 0
	if over {
		v.Label, v.Rest.Amount = locale.T("Over the budget"), b.Left.Amount.Neg()
	}
	switch {
	case over && b.Over != 0:
		v.Says = append(v.Says, locale.T("over it since %s", b.Over))
	case b.Expected != nil && b.Over != 0:
		v.Says = append(v.Says, locale.T("it will be exceeded about %s", b.Over))
	case b.Expected != nil:
		v.Says = append(v.Says, locale.T("it will hold"))
	}
	if b.Chance != nil && !over {
		v.Says = append(v.Says, locale.T("the chance of going over it is about %s in 100", fmt.Sprint(*b.Chance)))
	}
	return v
}

// titled is the report's title.
func titled(l *locale.Locale, r *analysis.Report, o Options) string {
	switch {
	case o.Title != "":
		return o.Title
	case r.Owner != "":
		return l.Say(locale.T("Cloud cost of %s", r.Owner))
	}
	return l.Say(locale.T("Cloud cost"))
}
