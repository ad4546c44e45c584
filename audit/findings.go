package audit

import (
	"database/sql"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// A scoped is what the ledger says of a finding's scope.
type scoped struct {
	used, refunds bool
	actual        usage.Decimal // over the finding's days
	before        usage.Decimal // in all
	daysBefore    int           // with cost
	after         usage.Decimal // from the finding's first day to the end of the data
	low, high     usage.Decimal // of one of the days just before
	daysNear      int           // how many those are
	most          usage.Decimal // of one of the finding's days
	fresh         int           // resources that cost something first on its days
	bought        usage.Decimal // on its days, or within some days of its only one
	boughtBefore  int
	credited      usage.Decimal // on its days; below 0 where it lessens the bill
	owner         string        // of most of it
	handed        int           // series that had another owner before it
	daysUsed      int           // of its days, those on which its accounts were used
	cheap, dear   float64       // how many times the rate of a day the newest one is, at least and at most; 1 where nothing is converted
}

// ownedBefore is how many days before a fall its charges say whose it is.
const ownedBefore = 35

// counted reads a finding of resources that are new inside of something that is not.
var counted = regexp.MustCompile(`^([0-9]+) new resources? in `)

// findings checks every finding, also those that are answered.
func (a *auditor) findings() error {
	p := a.part
	for _, f := range slices.Concat(p.Findings, p.Minor, p.Down, p.Answered) {
		if slices.ContainsFunc(scopeDimensions(f.Scope), func(d usage.Dimension) bool { _, tag := d.ByNewest(); return tag }) {
			a.open(Impact, f.Actual.Text(), "a resource's tag is the newest that its charges name", "%s, cost from %s to %s", f.ID, f.Start, f.End)
			a.parts(f)
			continue
		}
		if err := a.finding(f); err != nil {
			return err
		}
		a.parts(f)
	}
	return nil
}

func scopeDimensions(s usage.Series) (out []usage.Dimension) {
	for d := range s {
		out = append(out, d)
	}
	return out
}

// value returns what a scope says of a dimension; nil where it says nothing.
func value(s usage.Series, d usage.Dimension) any {
	if v, ok := s[d]; ok {
		return v
	}
	return nil
}

// about returns what says which charges f is about: its scope, and those of its resources
// that it lists, nil for all. One that is listed under several ids may have had them in
// several places.
func about(f analysis.Finding) (of usage.Series, resources any) {
	switch {
	case len(f.Resources) == 0:
		return f.Scope, nil
	case f.Scope[usage.Resource] != "":
		return usage.Series{}, f.Resources
	}
	return f.Scope, f.Resources
}

// scoped asks what there is to say of a finding's scope.
func (a *auditor) scoped(ask asking, f analysis.Finding) (s scoped, text string, err error) {
	var owner sql.NullString
	owned := f.Start // what rises is its owner's on those days; of what is gone there are none
	if f.Direction == usage.Down {
		owned -= ownedBefore
	}
	near := 0 // what is missing may have been bought some days around
	if f.Kind == usage.KindMissing && f.Start == f.End {
		near = 3
	}
	of, resources := about(f)
	text, err = ask("check_finding", func(r *sql.Rows) error {
		return r.Scan(&s.used, &s.refunds, scanAmount(&s.actual), scanAmount(&s.before), &s.daysBefore, scanAmount(&s.after), scanAmount(&s.low),
			scanAmount(&s.high), &s.daysNear, scanAmount(&s.most), &s.fresh, scanAmount(&s.bought), &s.boughtBefore,
			scanAmount(&s.credited), &owner, &s.handed, &s.daysUsed)
	}, sql.Named("start", f.Start.Time()), sql.Named("end", f.End.Time()), sql.Named("reach", a.reach.last.Time()),
		sql.Named("near", near), sql.Named("owned_from", owned.Time()),
		sql.Named("resources", resources),
		sql.Named("billing", value(of, usage.BillingAccount)), sql.Named("account", value(of, usage.SubAccount)),
		sql.Named("group", value(of, usage.ResourceGroup)), sql.Named("service", value(of, usage.Service)),
		sql.Named("region", value(of, usage.Region)), sql.Named("resource", value(of, usage.Resource)),
		sql.Named("meter", value(of, usage.Meter)))
	s.owner, s.cheap, s.dear = owner.String, 1, 1
	if err == nil && len(a.part.Converted) > 0 { // what is usual is at the newest rate
		_, err = a.ask("check_rates", func(r *sql.Rows) error { return r.Scan(&s.cheap, &s.dear) },
			sql.Named("currency", a.part.Currency), sql.Named("since", (f.Start-56).Time()))
	}
	return s, text, err
}

func (a *auditor) finding(f analysis.Finding) error {
	s, text, err := a.scoped(a.ask, f)
	if err != nil {
		return err
	}
	switch {
	case f.Owner == "" || a.report.Owner != "":
	case s.handed > 0:
		a.open(Owner, f.Owner, "it was handed over before it fell, and days without charges name no owner", "%s, owner", f.ID)
	default:
		a.claim(Owner, f.Owner == s.owner, f.Owner, s.owner, text, "%s, owner", f.ID)
	}
	if !s.used || f.Kind == usage.KindMissing {
		a.purchase(f, s, text)
		return nil
	}
	a.amount(Impact, f.Actual.Amount, s.actual, text, "%s (%s), cost from %s to %s", f.ID, f.Label, f.Start, f.End)
	a.claim(Span, f.Start <= f.End && f.End <= a.reach.last, fmt.Sprintf("%s to %s", f.Start, f.End), "data to "+day(a.reach.last), text,
		"%s lies inside the data", f.ID)
	if f.Ongoing {
		last := a.reach.last
		for _, acc := range a.part.Accounts { // its data may end before those of the others
			if acc.Behind && (f.Scope[usage.SubAccount] == "" || f.Scope[usage.SubAccount] == acc.ID) {
				last = min(last, acc.Reach)
			}
		}
		settled := last - settling
		for settled.Weekday() == time.Saturday || settled.Weekday() == time.Sunday { // a weekend ends nothing
			settled--
		}
		a.claim(Span, f.End >= settled, day(f.End), day(last), text, "%s goes on to the end of the data", f.ID)
	}
	start, named := f.Start, "%s names its first day"
	if untilCredit.MatchString(f.Explanation.String()) { // of a credit that has ended, the last day that it came
		start, named = f.Start-1, "%s names the last day before it"
	}
	when := locale.T("%s", locale.Short(start)).String()
	a.claim(Span, strings.Contains(f.Explanation.String(), when), f.Explanation.String(), when, "", named, f.ID)
	switch f.Kind {
	case usage.KindNew:
		if m := counted.FindStringSubmatch(f.Explanation.String()); m != nil {
			n, _ := strconv.Atoi(m[1])
			a.claim(New, n == s.fresh, m[1], fmt.Sprint(s.fresh), text, "%s, resources that are new", f.ID)
		}
		a.amount(New, usage.Decimal{}, s.before, text, "%s (%s) is new since %s: before it cost", f.ID, f.Label, f.Start)
	case usage.KindGone:
		a.amount(Gone, usage.Decimal{}, s.after, text, "%s (%s) is gone since %s: since then it cost", f.ID, f.Label, f.Start)
		all := s
		if s.daysBefore <= 1 { // it may have been another's before
			if all, text, err = a.scoped(a.askWhole, f); err != nil {
				return err
			}
		}
		a.claim(Gone, all.daysBefore > 1, "gone", fmt.Sprintf("%d days of cost before", all.daysBefore), text,
			"%s, more than one day of cost", f.ID)
	case usage.KindPrice:
		if err := a.price(f); err != nil {
			return err
		}
	}
	a.bounds(f, s, text)
	return a.sentences(f)
}

// settling is how many of the last days a finding may leave out: not all of their usage has
// arrived.
const settling = 2

// bounds checks that a finding is no larger than what was or would have been spent.
func (a *auditor) bounds(f analysis.Finding, s scoped, text string) {
	if s.refunds {
		return // what costs less than nothing has no such bound
	}
	cent := usage.DecimalOf(1)
	if f.Direction == usage.Up {
		a.claim(Impact, f.Impact.Amount.Cmp(s.actual.Add(cent)) <= 0, f.Impact.Amount.String(), "at most "+s.actual.String(), text,
			"%s is not more than what was spent", f.ID)
	} else {
		a.claim(Impact, f.Impact.Amount.Abs().Cmp(f.Expected.Amount.Add(cent)) <= 0, f.Impact.Amount.String(),
			"at most "+f.Expected.Amount.String(), "", "%s is not more than what would have been spent", f.ID)
	}
	if s.daysNear >= 14 && f.Kind != usage.KindDrift && f.Kind != usage.KindPrice { // at the old price it costs what is used now
		// Of a day without a charge in its accounts it is not known whether it has data.
		low, high := s.cheap*s.low.Float64()*float64(s.daysUsed)*0.75, s.dear*s.high.Float64()*float64(f.End-f.Start+1)*1.25
		for _, times := range a.repriced(f) {
			low, high = low*min(1, times), high*max(1, times)
		}
		slack := 0.01 * max(1, high)
		expected := f.Expected.Amount.Sub(f.Elsewhere.Amount).Float64()
		a.claim(Expected, expected >= low-slack && expected <= high+slack, f.Expected.Amount.String(),
			fmt.Sprintf("%.2f to %.2f", low, high), text, "%s, what its scope usually costs in as many days", f.ID)
	}
	if f.PerMonth != nil {
		own := s.most.Float64()
		if actual := f.Actual.Amount.Float64(); f.Kind == usage.KindPrice && actual > 0 { // at the old price its days would cost as much
			own *= max(1, f.Expected.Amount.Float64()/actual)
		}
		most := 31 * s.dear * max(own, s.high.Float64())
		a.claim(Impact, f.PerMonth.Amount.Abs().Float64() <= most+1, f.PerMonth.Amount.String(), fmt.Sprintf("at most %.2f", most), text,
			"%s a month, of its dearest day", f.ID)
	}
}

// price checks that a unit price did change, and makes most of the impact.
func (a *auditor) price(f analysis.Finding) error {
	var effect float64
	of, resources := about(f)
	impact := f.Impact.Amount.Float64()
	text, holds := "", false
	one := f.Scope[usage.Resource] != "" || len(f.Drivers) == 1 // it may go on under another id since the day itself
	for _, days := range []int{28, 7} {                         // the earlier price may be a week old, or itself be new
		if holds {
			break
		}
		var err error
		text, err = a.ask("check_prices", func(r *sql.Rows) error { return r.Scan(&effect) }, sql.Named("one", one),
			sql.Named("days", days),
			sql.Named("start", f.Start.Time()), sql.Named("end", f.End.Time()), sql.Named("resources", resources),
			sql.Named("billing", value(of, usage.BillingAccount)), sql.Named("account", value(of, usage.SubAccount)),
			sql.Named("group", value(of, usage.ResourceGroup)), sql.Named("service", value(of, usage.Service)),
			sql.Named("region", value(of, usage.Region)), sql.Named("resource", value(of, usage.Resource)),
			sql.Named("meter", value(of, usage.Meter)))
		if err != nil {
			return err
		}
		holds = effect*impact > 0 && math.Abs(effect) >= 0.5*math.Abs(impact)
	}
	a.claim(Price, holds, f.Impact.Amount.String(), fmt.Sprintf("%.2f", effect), text, "%s, what its prices make", f.ID)
	return nil
}

// purchase checks a finding about what is bought.
func (a *auditor) purchase(f analysis.Finding, s scoped, text string) {
	switch f.Kind {
	case usage.KindMissing:
		a.amount(Gone, usage.Decimal{}, s.bought, text, "%s (%s) was not bought about %s", f.ID, f.Label, f.Start)
	case usage.KindNew:
		a.claim(New, s.boughtBefore == 0, "not bought before", fmt.Sprintf("%d charges", s.boughtBefore), text, "%s (%s)", f.ID, f.Label)
		a.amount(Impact, f.Actual.Amount, s.bought, text, "%s, bought on %s", f.ID, f.Start)
	default:
		charged, as := s.bought, "bought"
		if f.Expected.Amount.Sign() < 0 {
			charged, as = s.credited, "credited"
		}
		a.amount(Impact, f.Actual.Amount, charged, text, "%s, %s on %s", f.ID, as, f.Start)
	}
}

// parts checks what needs no ledger: differences, drivers.
func (a *auditor) parts(f analysis.Finding) {
	a.amount(Impact, f.Impact.Amount, f.Actual.Amount.Sub(f.Expected.Amount), "", "%s, actual minus expected", f.ID)
	up := f.Impact.Amount.Sign() >= 0
	a.claim(Impact, up == (f.Direction == usage.Up), string(f.Direction), f.Impact.Amount.String(), "", "%s, its direction", f.ID)
	if len(f.Drivers) == 0 {
		return
	}
	var sum usage.Decimal
	for _, d := range f.Drivers {
		sum = sum.Add(d.Impact.Amount)
		a.amount(Impact, d.Impact.Amount, d.Price.Amount.Add(d.Quantity.Amount), "", "%s, price and quantity of %s", f.ID, d.Label)
		inside := true
		for dimension, v := range f.Scope {
			if other, ok := d.Scope[dimension]; ok && other != v && (dimension != usage.Resource || !slices.Contains(f.Resources, other)) {
				inside = false
			}
		}
		a.claim(Scope, inside, fmt.Sprint(d.Scope), fmt.Sprint(f.Scope), "", "%s, driver %s is part of it", f.ID, d.Label)
	}
	a.amount(Impact, sum, f.Impact.Amount, "", "%s, its drivers add up", f.ID)
}

// repriced returns how many times what f is about costs by the changes of price that are told of it: it may be told at the new price.
func (a *auditor) repriced(f analysis.Finding) (times []float64) {
	for _, o := range slices.Concat(a.part.Findings, a.part.Minor, a.part.Down, a.part.Answered) {
		old := o.Expected.Amount.Float64()
		if o.ID != f.ID && o.Kind == usage.KindPrice && old > 0 && o.Start <= f.End && f.Start <= o.End && o.Scope.Meets(f.Scope) {
			times = append(times, o.Actual.Amount.Float64()/old)
		}
	}
	return times
}
