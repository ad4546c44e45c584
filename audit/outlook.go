package audit

import (
	"database/sql"
	"fmt"
	"slices"

	"usagereport/analysis"
	"usagereport/usage"
)

// outlook checks the forecast.
func (a *auditor) outlook() error {
	p := a.part
	o := p.Outlook
	if o == nil || !o.Refusal.Empty() {
		return nil
	}
	a.amount(Known, o.End.Known.Amount, p.Total.Amount, "", "what the forecast knows is the total")
	if p.Expected != nil {
		a.amount(Known, p.Expected.Rounded().Amount, o.End.Expected.Rounded().Amount, "", "the end that is named is the forecast's")
	}
	credits := slices.ContainsFunc(p.ByCharge, func(s analysis.Share) bool { return s.Amount.Amount.Sign() < 0 })
	planned := o.End.Planned.Amount.Sign() < 0
	if !credits && !planned {
		a.claim(Known, o.End.Expected.Amount.Cmp(p.Total.Amount) >= 0, o.End.Expected.Amount.String(), "at least "+p.Total.Amount.String(), "",
			"the forecast holds what is known")
	}
	if r := o.End.Range; r != nil {
		e := o.End.Expected.Amount
		ordered := []usage.Decimal{r.Low95.Amount, r.Low80.Amount, e, r.High80.Amount, r.High95.Amount}
		a.claim(Range, slices.IsSortedFunc(ordered, usage.Decimal.Cmp), e.String(), fmt.Sprint(ordered), "",
			"the forecast lies inside its ranges")
		if !credits && !planned {
			a.claim(Range, r.High80.Amount.Cmp(p.Total.Amount) >= 0, r.High80.Amount.String(), "at least "+p.Total.Amount.String(), "",
				"the upper end is not below what is known")
		}
	}
	if len(o.Rows) > 0 {
		var known, expected usage.Decimal
		for _, row := range o.Rows {
			known, expected = known.Add(row.Known.Amount), expected.Add(row.Expected.Amount)
		}
		a.amount(Sum, known, o.End.Known.Amount, "", "rows of the forecast add up, known")
		a.amount(Sum, expected, o.End.Expected.Amount, "", "rows of the forecast add up, expected")
	}
	for _, t := range o.Past {
		i := slices.IndexFunc(p.Priors, func(x analysis.Prior) bool { return x.Name == t.Period })
		switch {
		case i >= 0 && slices.ContainsFunc(p.Accounts, func(x analysis.Account) bool { return x.Missing }):
			a.open(Known, t.Became.Text(), "it has bills of accounts that the period lacks", "what %s became", t.Period)
		case i >= 0:
			became := p.Priors[i].Total.Rounded()
			a.amount(Known, t.Became.Amount, became.Amount, "", "what %s became", t.Period)
		}
		a.percent(t.Percent, t.Said.Sub(t.Became).Amount, t.Became.Amount, "what was said of %s, against what it became", t.Period)
	}
	for _, plan := range o.Plans {
		if plan.Counted.Amount.Sign() != 0 {
			a.claim(Deadline, plan.To == 0 || plan.To > p.Period.Reach, day(plan.To), "data to "+day(p.Period.Reach), "",
				"plan in line %d lies ahead", plan.Line)
		}
	}
	if err := a.stretch(o); err != nil {
		return err
	}
	return a.toCome(o)
}

// enough is from how many days of usage on the most that was ever spent is a measure.
const enough = 28

// stretch checks that the days to come do not cost many times what as many days ever did.
func (a *auditor) stretch(o *analysis.Outlook) error {
	p := a.part
	if a.reach.last-a.reach.first < enough {
		return nil
	}
	holes := p.Period.Span.Elapsed(p.Period.Reach).Days() - p.Period.Elapsed // what days without data likely cost is to come, too
	days := a.owing() + settling + holes
	var most, recent usage.Decimal
	things, err := a.distinct("concat_ws('|', account, x_ResourceGroupName, ServiceName, ResourceId)") // some may have been another's before
	if err != nil {
		return err
	}
	text, err := a.askWhole("check_stretch", func(r *sql.Rows) error { return r.Scan(scanAmount(&most), scanAmount(&recent)) },
		sql.Named("days", days),
		sql.Named("things", things))
	if err != nil {
		return err
	}
	rest := o.End.Expected.Amount.Sub(p.Total.Amount).Sub(o.End.Planned.Amount).Float64()
	bound := max(2*most.Float64(), most.Float64()/2, float64(days)*recent.Float64())
	a.claim(ToCome, rest <= bound+1, fmt.Sprintf("%.2f", rest), fmt.Sprintf("at most %.2f", bound), text,
		"what is to come in %d days, against what as many days ever cost", days)
	return nil
}

// owing returns how many days are to come: as many as the account lacks that lacks most.
func (a *auditor) owing() int {
	p := a.part
	days := p.Period.Span.Last() - p.Period.Reach
	for _, acc := range p.Accounts {
		switch {
		case acc.Missing:
			days = max(days, usage.Day(p.Period.Span.Days()))
		case acc.Behind:
			days = max(days, acc.Span.Last()-acc.Reach)
		}
	}
	return int(days)
}

// seen is from how many days after a fall on the days to come must show it.
const seen = 7

// toCome checks that the days to come know of what fell: they cost no more than days did since.
func (a *auditor) toCome(o *analysis.Outlook) error {
	p := a.part
	last := p.Period.Reach - settling
	var fell usage.Day
	for _, f := range slices.Concat(p.Down, p.Answered) {
		whole := f.Impact.Amount.Abs().Float64() > 0.2*f.Expected.Amount.Float64()
		if f.Direction == usage.Down && f.Ongoing && whole && f.Start+seen <= last {
			fell = max(fell, f.Start)
		}
	}
	if fell == 0 {
		return nil
	}
	if a.owing() > int(p.Period.Span.Last()-p.Period.Reach) {
		a.open(ToCome, o.End.Expected.Text(), "the data of an account lack, and days since do not show what it costs",
			"what is to come after the fall of %s", fell)
		return nil
	}
	var most, median, other, ever usage.Decimal
	var known, holes int // days since; and days of which the data have nothing: what they likely cost is to come, too
	days := int(p.Period.Span.Last()-p.Period.Reach) + settling
	text, err := a.ask("check_pace", func(r *sql.Rows) error {
		return r.Scan(scanAmount(&most), scanAmount(&median), &known, scanAmount(&other), &holes, scanAmount(&ever))
	}, sql.Named("first", fell.Time()), sql.Named("last", last.Time()), sql.Named("begin", p.Period.Span.From.Time()),
		sql.Named("reach", p.Period.Reach.Time()), sql.Named("days", days))
	if err != nil {
		return err
	}
	if known < seen {
		a.open(ToCome, o.End.Expected.Text(), "too few days since have data", "what is to come after the fall of %s", fell)
		return nil
	}
	rest := o.End.Expected.Amount.Sub(p.Total.Amount).Sub(o.End.Planned.Amount).Float64()
	bound := most.Float64()*float64(days)*1.1 + other.Float64() + ever.Float64()*float64(holes)
	a.claim(ToCome, rest <= bound+1, fmt.Sprintf("%.2f", rest),
		fmt.Sprintf("at most %.2f: %s is the dearest day since %s", bound, most.Text(2), fell), text,
		"what is to come after the fall of %s", fell)
	return nil
}

// budget checks what is said of an owner's budget.
func (a *auditor) budget() error {
	p := a.part
	b := p.Budget
	if b == nil {
		return nil
	}
	if p.Shared != nil {
		a.open(Budget, b.Spent.Text(), "the files do not say which part of a shared cost is whose", "spent of the budget")
		return nil
	}
	var bill any
	span := b.Span
	if b.Period == "month" && !p.Period.ByMonth {
		bill = p.Period.Name
	}
	span.To = min(span.To, p.Period.Span.To)
	var spent usage.Decimal
	var over usage.Day
	text, err := a.ask("check_budget", func(r *sql.Rows) error { return r.Scan(scanAmount(&spent), scanDay(&over)) },
		sql.Named("bill", bill), sql.Named("first", span.From.Time()), sql.Named("end", span.To.Time()),
		sql.Named("amount", b.Amount.Amount.String()))
	if err != nil {
		return err
	}
	a.amount(Budget, b.Spent.Amount, spent, text, "spent of the budget")
	a.amount(Budget, b.Left.Amount, b.Amount.Amount.Sub(b.Spent.Amount), "", "left of the budget")
	a.percent(b.Percent, b.Spent.Amount, b.Amount.Amount, "spent of the budget in percent")
	exceeded := spent.Cmp(b.Amount.Amount) > 0
	likely := b.Expected != nil && b.Expected.Amount.Cmp(b.Amount.Amount) > 0
	switch {
	case exceeded:
		a.claim(Budget, b.Over == over, day(b.Over), day(over), text, "the budget is exceeded since")
	default:
		a.claim(Budget, (b.Over != 0) == likely, day(b.Over), fmt.Sprintf("exceeded at its end: %v", likely), "",
			"when the budget will be exceeded")
	}
	if b.Expected != nil && b.Awaited == nil && b.Over != 0 && !exceeded {
		a.claim(Deadline, b.Over > p.Period.Reach, day(b.Over), "data to "+day(p.Period.Reach), "",
			"the day on which the budget will be exceeded lies ahead")
	}
	return nil
}
