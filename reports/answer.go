package reports

import (
	"slices"

	"usagereport/analysis"
	"usagereport/locale"
	"usagereport/usage"
)

// An answer is the first screen: what it costs, how sure that is, whether it is
// unusual, and what to do.
type answer struct {
	Part    *analysis.Part
	Prefix  string // of the anchors of this part's findings
	Partial bool   // the report was made although a source was refused
	Refused []string

	Accounts int                // all that cost something in this period or the prior one
	In       int                // of these, how many have data
	Missing  []analysis.Account // the others
	Behind   []analysis.Account // in, but their data end early

	FinalOn usage.Day // when a closing period's charges are final
	Prior   *analysis.Prior
	Top     []analysis.Finding
	More    int // findings beyond Top
	OnlyUp  bool
	Quiet   bool // nothing at all is unusual
	Before  bool // no tax and no credit is in the numbers

	Explained *float64  // percent of the change against the prior period that the findings make; nil where that says little
	ReplyBy   usage.Day // until when to answer; 0 where the period is over

	Warnings []locale.Text
	Others   []string // the report's other currencies
}

// shownTop is how many findings, missing accounts, refused files fit the first
// screen.
const shownTop = 3

func viewAnswer(l *locale.Locale, r *analysis.Report, p *analysis.Part) (any, bool) {
	a := answer{
		Part:     p,
		Prefix:   slug(p.Currency),
		Accounts: len(p.Accounts),
		FinalOn:  p.Period.Span.To + 4,
		OnlyUp:   true,
		Quiet:    len(p.Findings)+len(p.Minor)+len(p.Down) == 0,
		Warnings: p.Warnings,
	}
	for i := range r.Parts {
		if r.Parts[i].Currency != p.Currency {
			a.Others = append(a.Others, r.Parts[i].Currency)
		}
	}
	if r.Parts[0].Currency == p.Currency {
		a.Partial, a.Refused = r.Partial, r.Refused
		a.Warnings = slices.Concat(r.Warnings, p.Warnings)
	}
	for _, acc := range p.Accounts {
		switch {
		case acc.Missing:
			a.Missing = append(a.Missing, acc)
			continue
		case acc.Behind:
			a.Behind = append(a.Behind, acc)
		}
		a.In++
	}
	if len(p.Priors) > 0 {
		a.Prior = &p.Priors[0]
	}
	a.Top = p.Findings[:min(shownTop, len(p.Findings))]
	a.More = len(p.Findings) - len(a.Top)
	for _, f := range p.Findings {
		a.OnlyUp = a.OnlyUp && f.Direction == "up"
	}
	switch p.Period.State {
	case analysis.Open:
		a.ReplyBy = p.Period.Span.Last()
	case analysis.Closing:
		a.ReplyBy = a.FinalOn
	}
	a.Before = !slices.ContainsFunc(p.ByCharge, func(s analysis.Share) bool { return s.Name == "Tax" || s.Name == "Credit" })
	if a.Prior != nil {
		a.Explained = explained(p, a.Prior.Delta.Amount)
	}
	return a, true
}

// explained returns how many percent of delta the alarms make, counted over the
// period's own days; nil where they point elsewhere or make more than all of it.
func explained(p *analysis.Part, delta usage.Decimal) *float64 {
	var sum usage.Decimal
	for _, f := range p.Findings {
		for _, d := range f.Days {
			if d.InPeriod && d.HasBand && d.Day >= f.Start && d.Day <= f.End {
				sum = sum.Add(d.Actual).Sub(d.Expected)
			}
		}
	}
	if delta.Sign() == 0 || sum.Sign() != delta.Sign() || sum.Abs().Cmp(delta.Abs()) > 0 {
		return nil
	}
	percent := 100 * sum.Float64() / delta.Float64()
	return &percent
}
