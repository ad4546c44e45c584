package reports

import (
	"math"
	"slices"
	"strconv"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// headline says in a sentence or two what a period comes to, the worst first: a budget
// that breaks, else where the bill ends or what it was, and what is unusual. It is the
// title of the page, the mail and the message.
func headline(r *analysis.Report, p *analysis.Part) locale.Text {
	return locale.Sentences(append(overText(p), plainText(r, p, false)...))
}

// headlineBeside is the headline where the period stands before it, and so is not named again.
func headlineBeside(r *analysis.Report, p *analysis.Part) locale.Text {
	return locale.Sentences(append(overText(p), plainText(r, p, true)...))
}

// plainText is what a headline says after the budgets that break; beside the period's name, without it.
func plainText(r *analysis.Report, p *analysis.Part, beside bool) (said []locale.Text) {
	T := locale.T
	add := func(t locale.Text) {
		if !t.Empty() {
			said = append(said, t)
		}
	}
	cost := borne(p)
	switch {
	case p.NoRate() && beside:
		return []locale.Text{T("The cost is not known in %s: its charges have no rate.", p.Currency)}
	case p.NoRate():
		return []locale.Text{T("What %s costs is not known in %s: its charges have no rate.", periodText(p.Period, false), p.Currency)}
	case nothing(r, p) && beside:
		return []locale.Text{T("No charges for %s.", r.Owner)}
	case nothing(r, p):
		return []locale.Text{T("No charges in %s for %s.", periodText(p.Period, false), r.Owner)}
	case unknown(p) && beside:
		return []locale.Text{T("No data yet: %s.", missingText(p))}
	case unknown(p):
		return []locale.Text{T("No data for %s yet: %s.", periodText(p.Period, false), missingText(p))}
	case p.Budget.State() != "":
	case cost.Amount.Sign() < 0:
		add(T("Credits exceed the charges: %s.", coded(p, locale.Exact(cost))))
	case expected(p) != nil:
		add(forecastText(p, beside))
	case p.Period.State == analysis.Open && p.Period.Reach != 0:
		add(T("%s spent to %s.", coded(p, locale.Exact(cost)), p.Period.Reach))
	default:
		add(costText(p, cost, beside))
	}
	if b := p.Budget; b != nil && b.TooSmall {
		add(T("The budget is %s.", tooSmall(b)))
	}
	add(unusualText(p))
	add(growthText(p))
	if !ownersBreak(p) {
		add(budgetsText(p))
	}
	if calm(r, p) {
		add(T("No action needed."))
	}
	switch c := p.CurrencyChange; {
	case c != nil && len(p.Priors) > 0 && !incomparable(p, p.Priors[0]).Empty() && expected(p) != nil: // which says so
	case c != nil && c.All && c.Before == p.Currency:
		add(T("Charged in %s since %s.", c.After, locale.Short(c.Day)))
	case c != nil && len(p.Priors) == 0:
		add(T("Charged in %s since %s, in %s before.", c.After, locale.Short(c.Day), c.Before))
	case alone(p) && p.Total.Amount.Sign() >= 0:
		add(T("Load the month before to compare."))
	}
	return said
}

// alone reports whether p has charges, and no earlier period to compare them with.
func alone(p *analysis.Part) bool { return len(p.Priors) == 0 && len(p.ByCharge) > 0 }

// overText says which budgets are or likely will be exceeded, that of all of p first; nothing
// where none is.
func overText(p *analysis.Part) (said []locale.Text) {
	T := locale.T
	b := p.Budget
	switch state := b.State(); {
	case state == analysis.BudgetOver && b.Over != 0:
		said = append(said, T("%s: %s against %s.",
			locale.Strong(T("Over budget by %s since %s", coded(p, locale.Whole(negated(b.Left))), locale.Short(b.Over))),
			coded(p, locale.Whole(b.Spent)), limit(b)))
	case state == analysis.BudgetOver:
		said = append(said, T("%s: %s against %s.", locale.Strong(T("Over budget by %s", coded(p, locale.Whole(negated(b.Left))))),
			coded(p, locale.Whole(b.Spent)), limit(b)))
	case state == analysis.BudgetLikely && b.Awaited != nil:
		said = append(said, T("%s: about %s against %s.", locale.Strong(T("Over budget with what has not arrived yet")),
			coded(p, locale.Whole(*b.Expected)), limit(b)))
	case state == analysis.BudgetLikely:
		said = append(said, T("%s: forecast %s against %s.", locale.Strong(T("Over budget about %s", locale.Short(b.Over))),
			coded(p, locale.About(*b.Expected)), limit(b)))
	}
	if ownersBreak(p) {
		said = append(said, budgetsText(p))
	}
	return said
}

// ownersBreak reports whether any owner's budget is or likely will be exceeded.
func ownersBreak(p *analysis.Part) bool {
	return len(breaking(p.Owners)) > 0
}

// urgentFirst is r with the parts first of which a budget is or likely will be exceeded, then those with findings: a first
// screen that asks for nothing hides what stands below it.
func urgentFirst(r *analysis.Report) *analysis.Report {
	calm := func(p analysis.Part) int {
		switch {
		case len(overText(&p)) > 0:
			return 0
		case len(p.Findings) > 0:
			return 1
		}
		return 2
	}
	out := *r
	out.Parts = slices.Clone(r.Parts)
	slices.SortStableFunc(out.Parts, func(x, y analysis.Part) int { return calm(x) - calm(y) })
	return &out
}

// Said is what r says in a line for each currency: the period, what it has cost, the headline.
func Said(r *analysis.Report, lang string) (lines []string, err error) {
	l, err := locale.New(lang)
	if err != nil {
		return nil, err
	}
	r = urgentFirst(r)
	for i := range r.Parts {
		p := &r.Parts[i]
		line := locale.T("%s: %s", periodText(p.Period, true), headlineBeside(r, p))
		if expected(p) != nil && p.Period.Reach != 0 {
			so := locale.T("%s to %s.", coded(p, locale.Exact(borne(p))), locale.Short(p.Period.Reach))
			says := slices.Concat(overText(p), []locale.Text{so}, plainText(r, p, true))
			line = locale.T("%s: %s", periodText(p.Period, true), locale.Sentences(says))
		}
		lines = append(lines, l.Say(line))
	}
	return lines, nil
}

// calm reports whether a period asks for nothing: nothing is unusual, no data are missing or may be, and
// no budget is or likely will be exceeded, or is too small.
func calm(r *analysis.Report, p *analysis.Part) bool {
	broken, small, _ := brokenBudgets(p)
	small = append(small, unknownBudgets(p)...)
	missing := slices.ContainsFunc(p.Accounts, func(a analysis.Account) bool { return a.Missing })
	return p.History.CanDetect && len(p.Priors) > 0 && len(p.Findings)+len(p.Minor)+len(p.Down)+len(broken)+len(small) == 0 &&
		p.Budget.State() == "" && (p.Budget == nil || !p.Budget.TooSmall && len(p.Budget.Unloaded) == 0) && !missing &&
		p.Period.Lacks == 0 && !p.Period.Paused && !r.Partial
}

// unknown reports whether there is no cost because no account of the period has data.
func unknown(p *analysis.Part) bool {
	return len(p.ByCharge) == 0 && p.Shared == nil && len(p.Accounts) > 0 &&
		!slices.ContainsFunc(p.Accounts, func(a analysis.Account) bool { return !a.Missing })
}

// missingText names the accounts of a period without data.
func missingText(p *analysis.Part) locale.Text {
	if len(p.Accounts) == 1 {
		return locale.T("%s is missing", called(p.Accounts[0]))
	}
	return locale.T("all %s are missing", locale.T("%d subscriptions", len(p.Accounts)))
}

// forecastText says where an open period ends.
func forecastText(p *analysis.Part, beside bool) locale.Text {
	end := coded(p, locale.About(*expected(p)))
	said := locale.T("Forecast %s for %s", end, periodText(p.Period, false))
	if beside {
		said = locale.T("Forecast %s", end)
	}
	if len(p.Priors) > 0 {
		if than := versus(p, percentExpected(p), p.Priors[0]); !than.Empty() {
			said = locale.T("%s, %s", said, than)
		}
		if p.Budget != nil && p.Budget.Expected != nil {
			said = locale.T("%s, %s", said, locale.T("within budget"))
		}
	}
	return locale.T("%s.", said)
}

// costText says what a period cost that is over.
func costText(p *analysis.Part, cost usage.Money, beside bool) locale.Text {
	said := coded(p, locale.Exact(cost))
	if !beside {
		said = locale.T("%s cost %s", periodText(p.Period, len(p.Priors) == 0), said)
	}
	if len(p.Priors) == 0 {
		return locale.T("%s.", said)
	}
	if c := p.Change; c != nil && c.Awaited.Amount.Sign() > 0 {
		said = locale.T("%s so far; about %s has not arrived yet", said, estimated(p, c.Awaited))
		if than := versus(p, percentBefore(p, cost.Add(c.Awaited)), p.Priors[0]); !than.Empty() {
			said = locale.T("%s, with it %s", said, than)
		}
		return locale.T("%s.", said)
	}
	if than := versus(p, percentBefore(p, cost), p.Priors[0]); !than.Empty() {
		said = locale.T("%s, %s", said, than)
	}
	return locale.T("%s.", said)
}

// versus says how a percentage of p lies to an earlier period; days of which there are no
// data are no change.
func versus(p *analysis.Part, percent *float64, prior analysis.Prior) locale.Text {
	name := periodText(analysis.PeriodInfo{Name: prior.Name, Span: prior.Span}, false)
	switch {
	case percent == nil:
		return locale.Text{}
	case !incomparable(p, prior).Empty():
		return incomparable(p, prior)
	case *percent >= 300:
		return locale.T("%s times as much as %s", locale.Number(int(*percent/100+1.5)), name)
	case *percent >= 0.5:
		return locale.T("%s above %s", whole(*percent), name)
	case *percent <= -0.5:
		return locale.T("%s below %s", whole(-*percent), name)
	}
	return locale.T("as much as %s", name)
}

// unusualText says what is unusual.
func unusualText(p *analysis.Part) locale.Text {
	T := locale.T
	n := len(p.Findings)
	up := !slices.ContainsFunc(p.Findings, func(f analysis.Finding) bool { return f.Direction != usage.Up })
	makes := inPeriod(p, p.Findings)
	switch {
	case n == 0 && !p.History.CanDetect:
		return locale.Text{}
	case n == 0:
		return T("Nothing unusual.")
	case n == 1 && up && makes.Amount.Sign() > 0 && p.Period.State != analysis.Open:
		return T("%s added %s.", locale.Strong(T("One unusual increase")), locale.Whole(makes))
	case up && makes.Amount.Sign() > 0 && p.Period.State != analysis.Open:
		return T("%s added %s.", locale.Strong(T("%s unusual increases", locale.Leading(n))), locale.Whole(makes))
	case n == 1 && up && makes.Amount.Sign() > 0:
		return T("%s adds %s so far.", locale.Strong(T("One unusual increase")), locale.Whole(makes))
	case up && makes.Amount.Sign() > 0:
		return T("%s add %s so far.", locale.Strong(T("%s unusual increases", locale.Leading(n))), locale.Whole(makes))
	case n == 1:
		return T("%s.", locale.Strong(T("One unusual change")))
	}
	return T("%s.", locale.Strong(T("%s unusual changes", locale.Leading(n))))
}

// What is said of growth that is no news.
const (
	growthPercent = 10  // percent over the period before, at least
	growthPart    = 0.5 // part of it that those that are named carry, at least
)

// growthText says what most of a growth over the period before comes of, where nothing of it is unusual: what was new in that
// period and told then costs more in this one, which has all of its days. It names resources, or services where no few
// resources carry most of it. Where a forecast leads to no growth, the days so far are no growth either: a fee came earlier.
func growthText(p *analysis.Part) locale.Text {
	if len(p.Findings) > 0 || !p.History.CanDetect || len(p.Priors) == 0 {
		return locale.Text{}
	}
	prior := p.Priors[0]
	if prior.NoRate || prior.Percent == nil || *prior.Percent < growthPercent || !incomparable(p, prior).Empty() {
		return locale.Text{}
	}
	if expected(p) != nil {
		if than := percentExpected(p); than == nil || *than < growthPercent {
			return locale.Text{}
		}
	}
	for _, by := range []usage.Dimension{usage.Resource, usage.Service} {
		i := slices.IndexFunc(p.Movers, func(m analysis.Movers) bool { return m.Dimension == by })
		if i < 0 {
			continue
		}
		var names []locale.Text
		sum := 0.0
		for _, x := range p.Movers[i].Up[:min(shownNames, len(p.Movers[i].Up))] {
			names, sum = append(names, locale.T("%s (%s)", x.Label, locale.Rise(x.Delta))), sum+x.Delta.Amount.Float64()
			if sum >= growthPart*prior.Delta.Amount.Float64() {
				before := periodText(analysis.PeriodInfo{Name: prior.Name, Span: prior.Span}, false)
				return locale.T("The growth over %s is mostly %s.", before, locale.Join(names, ", "))
			}
		}
	}
	return locale.Text{}
}

// budgetsText says which owners' budgets break.
func budgetsText(p *analysis.Part) locale.Text {
	T := locale.T
	broken, small, n := brokenBudgets(p)
	again := breaking(small)
	switch said := T("%s: %s", locale.Strong(brokenText(broken, n)), breakingNames(broken)); {
	case len(broken)+len(again) == 0:
		return smallText(small)
	case len(broken) == 0:
		return T("%s, month after month: %s.", locale.Strong(brokenText(again, n)), breakingNames(again))
	case len(again) == 0:
		return T("%s.", said)
	case len(again) == 1:
		return T("%s; and %s’s, which is too small.", said, again[0].Owner)
	default:
		return T("%s; and those of %s, which are too small.", said, smallNames(again))
	}
}

// breaking are those of list with a budget that is or likely will be exceeded.
func breaking(list []analysis.OwnerStanding) (out []analysis.OwnerStanding) {
	for _, o := range list {
		if o.Budget.State() != "" {
			out = append(out, o)
		}
	}
	return out
}

// breakingNames names owners, and since when or about when their budget is exceeded.
func breakingNames(list []analysis.OwnerStanding) locale.Text {
	return fewOf(list, func(o analysis.OwnerStanding) locale.Text {
		switch {
		case o.Budget.State() == analysis.BudgetOver && o.Budget.Over != 0:
			return locale.T("%s since %s", o.Owner, locale.Short(o.Budget.Over))
		case o.Budget.Awaited != nil:
			return locale.T("%s with what has not arrived yet", o.Owner)
		case o.Budget.Over != 0:
			return locale.T("%s about %s", o.Owner, locale.Short(o.Budget.Over))
		}
		return locale.Said(o.Owner)
	})
}

// brokenText says how many of n budgets are or will be exceeded.
func brokenText(broken []analysis.OwnerStanding, n int) locale.Text {
	T := locale.T
	over := countOver(broken)
	is, will := over == len(broken), over == 0
	switch {
	case n == 1 && is:
		return T("The budget is exceeded")
	case n == 1:
		return T("The budget will be exceeded")
	case len(broken) == 1 && is:
		return T("One of %s budgets is exceeded", locale.Number(n))
	case len(broken) == 1:
		return T("One of %s budgets will be exceeded", locale.Number(n))
	case is:
		return T("%s of %s budgets are exceeded", locale.Leading(len(broken)), locale.Number(n))
	case will:
		return T("%s of %s budgets will be exceeded", locale.Leading(len(broken)), locale.Number(n))
	}
	return T("%s of %s budgets are or will be exceeded", locale.Leading(len(broken)), locale.Number(n))
}

// countOver says how many budgets are exceeded already.
func countOver(list []analysis.OwnerStanding) (n int) {
	for _, o := range list {
		if o.Budget.State() == analysis.BudgetOver {
			n++
		}
	}
	return n
}

// smallText names the owners whose budget is too small, where no other breaks.
func smallText(small []analysis.OwnerStanding) locale.Text {
	switch len(small) {
	case 0:
		return locale.Text{}
	case 1:
		return locale.T("A budget is too small, month after month: %s.", small[0].Owner)
	}
	return locale.T("Budgets that are too small, month after month: %s.", smallNames(small))
}

func smallNames(small []analysis.OwnerStanding) locale.Text {
	return fewOf(small, func(o analysis.OwnerStanding) locale.Text { return locale.Said(o.Owner) })
}

// fewOf says the first of list, each as say does, and how many more there are.
func fewOf(list []analysis.OwnerStanding, say func(analysis.OwnerStanding) locale.Text) locale.Text {
	var names []locale.Text
	for i, o := range list {
		if i == shownNames+1 {
			names = append(names, locale.T("%s more", locale.Number(len(list)-i)))
			break
		}
		names = append(names, say(o))
	}
	return locale.Join(names, ", ")
}

// brokenBudgets returns the owners whose budget is or likely will be exceeded, apart from
// them those whose budget is too small, of which that is no news, and how many owners have a budget.
func brokenBudgets(p *analysis.Part) (broken, small []analysis.OwnerStanding, n int) {
	for _, o := range p.Owners {
		if o.Budget == nil {
			continue
		}
		n++
		switch {
		case o.Budget.TooSmall:
			small = append(small, o)
		case o.Budget.State() != "":
			broken = append(broken, o)
		}
	}
	slices.SortStableFunc(broken, func(x, y analysis.OwnerStanding) int { return int(x.Budget.Over - y.Budget.Over) })
	return broken, small, n
}

// unknownBudgets returns the owners of whose budget's days not all are loaded, so that it holds
// is not known.
func unknownBudgets(p *analysis.Part) (out []analysis.OwnerStanding) {
	for _, o := range p.Owners {
		if b := o.Budget; b != nil && !b.TooSmall && b.State() == "" && len(b.Unloaded) > 0 {
			out = append(out, o)
		}
	}
	return out
}

// inPeriod is what findings make on the period's own days.
func inPeriod(p *analysis.Part, list []analysis.Finding) usage.Money {
	sum := usage.Money{Currency: p.Currency}
	for _, f := range list {
		sum = sum.Add(f.Within(p.Period.Span))
	}
	return sum
}

// expected is where the period ends, an owner's part of shared cost with it; nil where that
// is not known, or too little to be said in the currency's digits.
func expected(p *analysis.Part) *usage.Money {
	if p.Expected == nil {
		return nil
	}
	end := *p.Expected
	if p.Shared != nil && p.Shared.Expected != nil {
		end = end.Add(*p.Shared.Expected)
	}
	if end.Amount.Sign() == 0 && p.Total.Amount.Sign() != 0 {
		return nil
	}
	return &end
}

// percentBefore is how many percent more what p costs in all is than the period before; nil where
// an owner bears shared cost, and what it bore of that period is not known.
func percentBefore(p *analysis.Part, cost usage.Money) *float64 {
	if p.Shared == nil {
		return percentAgainst(cost, p.Priors[0].Total)
	}
	if p.Running == nil || len(p.Running.Prior) == 0 {
		return nil
	}
	return percentAgainst(cost, p.Running.Prior[len(p.Running.Prior)-1].Sum)
}

// percentExpected is percentBefore of what p is expected to cost. A forecast counts accounts without data
// as usual, and the period before is shown without them: here it has what they cost.
func percentExpected(p *analysis.Part) *float64 {
	cost := *expected(p)
	if p.Shared != nil {
		return percentBefore(p, cost)
	}
	before := p.Priors[0].Total
	for _, acc := range p.Accounts {
		if acc.Missing {
			before = before.Add(acc.Last)
		}
	}
	return percentAgainst(cost, before)
}

// percentAgainst is how many percent more a is than before; nil where that is not positive.
func percentAgainst(a, before usage.Money) *float64 {
	if before.Amount.Sign() <= 0 {
		return nil
	}
	v := 100 * (a.Amount.Float64()/before.Amount.Float64() - 1)
	return &v
}

// periodText names a period: by its month, or by its days where it is no calendar month.
func periodText(p analysis.PeriodInfo, year bool) locale.Text {
	if !year && p.Span == p.Span.From.Month() {
		return locale.T("%s", locale.Month(p.Span.From))
	}
	return locale.Dated(p.Span)
}

// coded puts the currency before an amount, where the files name one.
func coded(p *analysis.Part, amount any) locale.Text {
	if p.Currency == "" || p.Currency == usage.NoCurrency {
		return locale.T("%s", amount)
	}
	return locale.T("%s %s", locale.Name(p.Currency, 12), amount)
}

// estimated says an amount that is foretold: with three digits, as forecasts are, and less than a hundred in whole units.
func estimated(p *analysis.Part, m usage.Money) locale.Text {
	if m.Amount.Abs().Cmp(usage.DecimalOf(100)) < 0 {
		return coded(p, locale.Whole(m))
	}
	return coded(p, locale.About(m))
}

// whole says a percentage as a sentence does, without a fraction.
func whole(percent float64) locale.Text {
	return locale.T("%s%%", locale.Said(strconv.Itoa(int(math.Round(percent)))))
}

func negated(m usage.Money) usage.Money {
	m.Amount = m.Amount.Neg()
	return m
}
