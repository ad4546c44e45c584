package analysis

import (
	"context"
	"database/sql"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// An OwnerBudget is what an owner's charges may cost, or where there is no owner, all. The zero OwnerBudget is none.
type OwnerBudget struct {
	Amount   usage.Decimal
	Currency string // "" is the one that the owner has charges in
	Period   string // month, quarter or year
	WarnAt   []int  // percent of Amount at which to warn, as the owner asked for; nil where nothing was asked for
}

// A Budget is an owner's budget beside what is spent of it. A budget of a month
// holds for a bill; one of a quarter or year for that of the calendar, or of fiscal years as
// the configuration has them. The owner's part
// of shared cost is in it.
type Budget struct {
	Amount   usage.Money
	Period   string       // month, quarter, year
	Span     usage.Period // for which it holds
	Spent    usage.Money  // so far
	Left     usage.Money  // negative where it is exceeded
	Percent  *float64     // spent of it; nil for a budget of nothing
	Expected *usage.Money // spent at its end; nil where that is not known
	// Awaited is what of Expected has not arrived yet of a bill that has just ended; nil elsewhere.
	Awaited *usage.Money
	// Chance is how likely it is exceeded at its end, in percent; nil where that is
	// not known.
	Chance *int
	Over   usage.Day // when it was or will be exceeded; 0 where it will not

	// Exceeded is how many of the last Ended months, at most six, cost more than a budget of a
	// month. Where most did, the budget is TooSmall, and that it is exceeded once more is no news.
	Exceeded, Ended int
	TooSmall        bool
	Warnings        []BudgetWarning // what has been reached of it, to be told once each
	// Unloaded are the days of Span before the period of which nothing is loaded. What they
	// cost is in no amount here, so that the budget holds is not known.
	Unloaded []usage.Period
}

// A BudgetState says how a budget stands, where that is to be said first.
type BudgetState string

// The states; "" is that nothing is known against it.
const (
	BudgetLikely BudgetState = "likely over" // more is expected than it is
	BudgetOver   BudgetState = "over"
)

// State says how the budget stands; a nil one stands well.
func (b *Budget) State() BudgetState {
	switch {
	case b == nil:
		return ""
	case b.Left.Amount.Sign() < 0:
		return BudgetOver
	case b.Expected != nil && b.Expected.Amount.Cmp(b.Amount.Amount) > 0:
		return BudgetLikely
	}
	return ""
}

// strangeBudget warns where no part of r is in the budget's currency.
func (a *Analysis) strangeBudget(r *Report) []locale.Text {
	b := a.options.Budget
	if b.Period == "" {
		return nil
	}
	for _, p := range r.Parts {
		if p.Budget != nil {
			return nil
		}
	}
	if b.Currency == "" {
		return []locale.Text{locale.T("the budget names no currency, and there are several")}
	}
	if a.options.Convert {
		return []locale.Text{locale.T("the budget is in %s, and costs are converted to %s: the report in the currency of the bill holds them to it",
			b.Currency, a.options.Currency)}
	}
	return []locale.Text{locale.T("the budget is in %s, and nothing was charged in it", b.Currency)}
}

// budget sets the owner's budget beside what p says.
func (a *Analysis) budget(ctx context.Context, f *frame, p *Part) error {
	o := a.options.Budget
	if o.Period == "" {
		return nil
	}
	if o.Currency != f.cur.code && (o.Currency != "" || !f.cur.alone) {
		return nil
	}
	b := &Budget{Amount: f.money(o.Amount), Period: o.Period, Span: p.Period.Span}
	bill, days := p.Period.Name, usage.AllDays()
	if o.Period != "month" || !a.options.Days.Empty() {
		b.Span = calendar(p.Period.Span.From, o.Period, a.options.YearBegins)
	}
	if !a.options.Days.Empty() && b.Span.To < p.Period.Span.To {
		p.Warnings = append(p.Warnings, locale.T("The budget is of %s; these days are of more than that, and are not held to it", b.Span))
		return nil
	}
	if o.Period != "month" || f.sel.byMonth {
		bill, days = "", usage.Period{From: b.Span.From, To: min(b.Span.To, p.Period.Span.To)}
	}
	days.To = a.upTo(days.To)
	costs, err := a.costByDay(ctx, f, bill, days)
	if err != nil {
		return err
	}
	b.Spent = f.money(usage.Decimal{})
	spent := make([]DayCost, 0, len(costs)) // up to each day
	for _, day := range slices.Sorted(maps.Keys(costs)) {
		b.Spent.Amount = b.Spent.Amount.Add(costs[day])
		spent = append(spent, DayCost{Day: day, Actual: b.Spent.Amount})
	}
	b.Over = reachedOn(spent, func(d usage.Decimal) bool { return d.Cmp(o.Amount) > 0 })
	b.Left = f.money(o.Amount.Sub(b.Spent.Amount))
	b.Percent = percentOf(b.Spent.Amount, o.Amount)
	if (p.Outlook != nil || p.onlyShared) && b.Span.To >= p.Period.Span.To && b.Span.From <= p.Period.Span.From {
		end := Ending{Expected: p.Total}
		var more usage.Decimal // that is still to come beside it
		if p.Outlook != nil {
			end = goOn(p.Outlook.End, p.Outlook.after, p.Period.Span.Days(), int(b.Span.To-p.Period.Span.To))
			more = a.plannedAfter(p, b.Span)
		}
		if p.Shared != nil && p.Shared.Expected != nil {
			more = more.Add(p.Shared.Expected.Sub(p.Shared.Amount).Amount).Add(f.afterAt(*p.Shared.Expected, p.Period.Span, b.Span))
		}
		b.project(p.Period.Reach, p.Total, more, end)
	}
	if err := a.await(ctx, f, p, b); err != nil {
		return err
	}
	if b.Unloaded, err = a.unloadedBefore(ctx, f, usage.Period{From: b.Span.From, To: p.Period.Span.From}); err != nil {
		return err
	}
	if len(b.Unloaded) > 0 && b.State() == "" {
		b.Expected, b.Awaited, b.Chance = nil, nil, nil
	}
	if o.Period == "month" && (a.options.Days.Empty() || b.Span == p.Period.Span) {
		for _, prior := range f.priors(p.Total.Amount) {
			if b.Ended == judgedMonths || prior.Lacks > 0 {
				break
			}
			b.Ended++
			cost, err := a.boreIn(ctx, f, prior)
			if err != nil {
				return err
			}
			if cost.Cmp(o.Amount) > 0 {
				b.Exceeded++
			}
		}
		b.TooSmall = b.Ended >= fewMonths && 2*b.Exceeded > b.Ended
	}
	b.Warnings = b.warnings(spent, o.WarnAt)
	p.Budget = b
	return nil
}

// afterAt is what the days of span after bill cost, each as much as one of bill's.
func (f *frame) afterAt(end usage.Money, bill, span usage.Period) usage.Decimal {
	days := float64(span.To-bill.To) / float64(bill.Days())
	return usage.DecimalFromFloat(end.Amount.Float64() * days).Round(usage.MinorDigits(f.cur.code))
}

// boreIn is what the owner bore of an earlier period.
func (a *Analysis) boreIn(ctx context.Context, f *frame, prior Prior) (sum usage.Decimal, err error) {
	if f.sums != nil {
		return prior.Total.Amount.Add(a.sharedIn(f, prior, usage.AllDays())), nil
	}
	bill, days := prior.Name, usage.AllDays() // f is of all
	if f.sel.byMonth {
		bill, days = "", prior.Span
	}
	costs, err := a.costByDay(ctx, f, bill, days)
	for _, cost := range costs {
		sum = sum.Add(cost)
	}
	return sum, err
}

// await lets b count what has not arrived yet of a bill that has just ended.
func (a *Analysis) await(ctx context.Context, f *frame, p *Part, b *Budget) error {
	if p.Period.State == Open || b.Span.To != p.Period.Span.To {
		return nil
	}
	awaited, err := a.awaited(ctx, f, p.Accounts)
	if err != nil || awaited.Amount.Sign() <= 0 {
		return err
	}
	b.Awaited = &awaited
	b.project(p.Period.Reach, p.Total, usage.Decimal{}, Ending{Expected: p.Total.Add(awaited)})
	return nil
}

// How many ended months a budget is judged by, at most, and at least.
const (
	judgedMonths = 6
	fewMonths    = 3
)

// goOn is where an ending of days leads when more days follow at the pace that it has come to:
// the period and what of a quarter or year comes after it. How far it may be off grows with
// them, for a forecast that is wrong stays so.
func goOn(end Ending, after pace, days, more int) Ending {
	if more == 0 || days == 0 {
		return end
	}
	part := float64(more) / float64(days)
	was := end.Expected
	end.Expected.Amount = end.Expected.Amount.Add(usage.DecimalFromFloat(after.day*float64(more) + after.bill*part))
	off := func(m usage.Money) usage.Money {
		m.Amount = end.Expected.Amount.Add(usage.DecimalFromFloat(m.Sub(was).Amount.Float64() * (1 + part)))
		return m
	}
	if r := end.Range; r != nil {
		end.Range = &Range{Low80: off(r.Low80), High80: off(r.High80), Low95: off(r.Low95), High95: off(r.High95), Months: r.Months}
	}
	return end
}

// plannedAfter is what the plans that p counts add to the days of span after it.
func (a *Analysis) plannedAfter(p *Part, span usage.Period) (sum usage.Decimal) {
	for _, plan := range a.options.Plans {
		if slices.ContainsFunc(p.Outlook.Plans, func(c PlannedChange) bool { return c.Line == plan.Line }) {
			sum = sum.Add(plan.on(usage.Period{From: p.Period.Span.To, To: span.To}))
		}
	}
	return sum
}

// costByDay returns what was charged on each day of span, shared cost with it: of the bill
// called name or, where that is empty, of all bills.
func (a *Analysis) costByDay(ctx context.Context, f *frame, name string, span usage.Period) (map[usage.Day]usage.Decimal, error) {
	costs := a.sharedByDay(a.options.Owner, f.cur, name, span)
	err := a.ask(ctx, "budget", func(r row) error {
		var day usage.Day
		var cost usage.Decimal
		if err := r.Scan(ledger.DayOf(&day), ledger.Amount(&cost)); err != nil {
			return err
		}
		costs[day] = costs[day].Add(cost)
		return nil
	}, sql.Named("currency", f.cur.code), sql.Named("amortized", f.cur.amortized), sql.Named("bill", name),
		sql.Named("first", span.From.Time()), sql.Named("end", span.To.Time()))
	return costs, err
}

// unloadedBefore returns the stretches of span of which nothing is loaded of the accounts that
// are billed with those of f.
func (a *Analysis) unloadedBefore(ctx context.Context, f *frame, span usage.Period) (out []usage.Period, err error) {
	if span.Days() <= 0 {
		return nil, nil
	}
	loaded := map[usage.Day]bool{}
	billing := map[string]bool{}
	for _, s := range f.st {
		for account := range strings.SplitSeq(s.billings, "\n") {
			billing[account] = true
		}
		for d := max(s.span.From, span.From); d < min(s.span.To, span.To); d++ {
			loaded[d] = loaded[d] || !slices.Contains(s.lacks, d)
		}
	}
	err = a.usedRuns(ctx, anyCurrency, span.Last(), func(account, _ string, _ bool, run usage.Period) {
		for d := max(run.From, span.From); billing[account] && d < min(run.To, span.To); d++ {
			loaded[d] = true
		}
	})
	for d := span.From; d < span.To; d++ {
		switch n := len(out); {
		case loaded[d]:
		case n > 0 && out[n-1].To == d:
			out[n-1].To++
		default:
			out = append(out, usage.Period{From: d, To: d + 1})
		}
	}
	return out, err
}

// calendar returns the quarter or year that holds d, of years that begin with a month; 0 is
// January.
func calendar(d usage.Day, period string, begins time.Month) usage.Period {
	y, m, _ := d.Time().Date()
	months := 12
	switch period {
	case "month":
		return d.Month()
	case "quarter":
		months = 3
	}
	first := m - (m-max(begins, time.January)+12)%time.Month(months)
	return usage.Period{From: usage.Date(y, first, 1), To: usage.Date(y, first+time.Month(months), 1)}
}

// project says where b ends, given where the owner's bill does of which known was
// charged up to reach, and what shared cost is to come.
func (b *Budget) project(reach usage.Day, known usage.Money, shared usage.Decimal, end Ending) {
	before := b.Spent.Sub(known).Amount.Add(shared)
	at := func(m usage.Money) usage.Money {
		m.Amount = m.Amount.Add(before)
		return m
	}
	expected := at(end.Expected)
	b.Expected = &expected
	if r := end.Range; r != nil {
		chance := chanceOver(b.Amount.Amount.Float64(), [5]float64{
			at(r.Low95).Amount.Float64(), at(r.Low80).Amount.Float64(), expected.Amount.Float64(), at(r.High80).Amount.Float64(),
			at(r.High95).Amount.Float64(),
		})
		b.Chance = &chance
	}
	rest, left := expected.Sub(b.Spent).Amount.Float64(), b.Left.Amount.Float64()
	if b.Over == 0 && rest > left && reach != 0 {
		// What is to come is taken to be spread evenly.
		days := float64(b.Span.To - reach - 1)
		b.Over = min(reach+max(1, usage.Day(math.Ceil(left/rest*days))), b.Span.Last())
	}
}

// chanceOver returns how likely more than amount is spent, in percent, given what
// is not reached 2.5, 10, 50, 90 and 97.5 times out of a hundred. Between these it
// is read off a line; beyond them it is known only that it is less or more.
func chanceOver(amount float64, ends [5]float64) int {
	below := [5]float64{2.5, 10, 50, 90, 97.5}
	if amount < ends[0] {
		return 99
	}
	for i := 1; i < len(ends); i++ {
		if amount < ends[i] {
			part := (amount - ends[i-1]) / (ends[i] - ends[i-1])
			return int(math.Round(100 - below[i-1] - part*(below[i]-below[i-1])))
		}
	}
	return 1
}
