package reports

import (
	"slices"
	"strconv"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports/chart"
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

	FinalOn usage.Day   // when a closing period's charges are final; 0 where that has passed
	Borne   usage.Money // the period's cost, with what is shared
	Prior   *analysis.Prior
	Own     *budgeted
	Alert   locale.Text // of the budget, before all else
	Top     []analysis.Finding
	More    int // findings beyond Top
	OnlyUp  bool
	Quiet   bool // nothing at all is unusual
	Owner   string
	Unknown bool // no account of the period has data
	Nothing bool // an owner has no charges, and no subscription lacks data
	Before  bool // no tax and no credit is in the numbers
	Blind   bool // the data end days before they were loaded, and no warning says so
	Places  []place

	// Makes is what the alarms make in the period, 0 where that is not known, and
	// Share how many percent of the change against the prior period, nil where
	// they point elsewhere or make more than all of it.
	Makes usage.Money
	Share *float64

	ReplyBy usage.Day // until when to answer; 0 where that has passed

	Warnings []locale.Text
	Others   []locale.Text // what the report's other currencies come to

	Period     locale.Text
	Says       locale.Text // the answer in a sentence or two
	State      locale.Text
	Cards      []kpi
	Chart      chart.Chart // how the cost adds up; none for a period of a day
	Fan        bool        // the chart has a range of the forecast
	BudgetSays locale.Text // what the chart's budget line is made of; empty where it is a budget
}

// A kpi is a figure of the first screen.
type kpi struct {
	Class  string // what it is of: end, spent, budget, unusual, largest
	Name   locale.Text
	Code   bool   // the currency stands before it
	Value  string // as text, where Amount is nil
	Amount *usage.Money
	About  bool // Amount is an estimate
	Signed bool
	Suffix locale.Text
	Note   locale.Text
	Warn   bool
}

// shownTop is how many findings, missing accounts, refused files fit the first
// screen.
const shownTop = 3

func viewAnswer(l *locale.Locale, r *analysis.Report, p *analysis.Part) (any, bool) {
	a := answer{
		Part:     p,
		Owner:    r.Owner,
		Prefix:   chart.Slug(p.Currency),
		Accounts: len(p.Accounts),
		OnlyUp:   true,
		Quiet:    len(p.Findings)+len(p.Minor)+len(p.Down) == 0,
		Warnings: p.Warnings,
		Own:      budgetOf(p),
		Alert:    alert(p),
		Borne:    borne(p),
		Places:   placesOf(r.Sources),
	}
	for i := range r.Parts {
		if o := &r.Parts[i]; o.Currency != p.Currency {
			a.Others = append(a.Others, otherText(o))
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
		a.OnlyUp = a.OnlyUp && f.Direction == usage.Up
	}
	a.ReplyBy, a.FinalOn = p.Period.ReplyBy, finalOn(p)
	a.Nothing, a.Unknown = nothing(r, p), unknown(p)
	a.Blind = p.Period.Old == 0 && p.Period.State == analysis.Open && p.Period.Loaded > p.Period.Reach+late
	a.Before = !slices.ContainsFunc(p.ByCharge, func(s analysis.Share) bool { return s.Name == "Tax" || s.Name == "Credit" })
	if a.Prior != nil {
		a.Share, a.Makes = explained(p, a.Prior.Delta)
	}
	a.Period, a.Says, a.State = periodText(p.Period, true), headline(r, p), stateText(p)
	a.cards(l, r, p)
	a.picture(l, p)
	return a, true
}

// otherText says in few words what the part of another currency comes to.
func otherText(p *analysis.Part) locale.Text {
	cost := coded(p, locale.Exact(borne(p)))
	if end := expected(p); end != nil {
		return locale.T("%s (forecast %s)", cost, locale.About(*end))
	}
	return cost
}

// borne is what the period costs, an owner's part of shared cost with it.
func borne(p *analysis.Part) usage.Money {
	if p.Shared != nil {
		return p.Shared.Total
	}
	return p.Total
}

// divided says how a shared cost is divided.
func divided(l analysis.SharedLine) locale.Text {
	switch {
	case l.Percent != nil:
		return locale.T("a fixed share of %s", locale.Said(strconv.FormatFloat(*l.Percent, 'f', -1, 64)+" %"))
	case l.By == usage.InProportion:
		return locale.T("in proportion to the own charges")
	}
	return locale.T("evenly")
}

// nothing reports whether an owner has no charges in the period, as far as the
// files say: no subscription of the owner lacks data.
func nothing(r *analysis.Report, p *analysis.Part) bool {
	return r.Owner != "" && !p.NoRate() && len(p.ByCharge) == 0 && p.Shared == nil && !slices.ContainsFunc(p.Accounts,
		func(a analysis.Account) bool { return a.Missing })
}

// finalOn is the day from which the cost of a closing period no longer changes; 0 where it
// has passed, and the data do not say so yet.
func finalOn(p *analysis.Part) usage.Day {
	if p.Period.ReplyBy == 0 {
		return 0
	}
	return p.Period.FinalOn()
}

// late is how many days the data may end before they are loaded: usage arrives
// within a day or two.
const late = 3

// explained returns what the alarms make in the period, and how many percent of delta that is.
func explained(p *analysis.Part, delta usage.Money) (share *float64, makes usage.Money) {
	makes = inPeriod(p, p.Findings)
	if delta.Amount.Sign() != 0 && makes.Amount.Sign() == delta.Amount.Sign() && makes.Amount.Abs().Cmp(delta.Amount.Abs()) <= 0 {
		percent := 100 * makes.Amount.Float64() / delta.Amount.Float64()
		share = &percent
	}
	return share, makes
}
