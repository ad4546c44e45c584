package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"slices"

	"usagereport/analysis/detect"
	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// A credit that ends makes the bill rise although nothing more is used.
const (
	creditDays  = 28 // days that a daily credit was given, at least
	creditGoes  = 5  // days without it until it has ended
	creditTurns = 12 // the same at the turn of a month, where some begin anew some days later
	creditLess  = 7  // days with less of it until it has become less
	creditAlike = 10 // by how many percent the days of a steady credit may differ from their middle
	creditPart  = 80 // percent of a steady credit that are less than it
)

// credits finds what was taken off the bill day by day, or once in so many months, and is no
// more, where what it was given for goes on.
func (a *Analysis) credits(ctx context.Context, f *frame, h history) ([]Finding, error) {
	last := min(h.span.Last(), f.sel.span.Last())
	all, err := a.products(ctx, f, last, "Credit", "Adjustment")
	if err != nil {
		return nil, err
	}
	var out []Finding
	for _, p := range all {
		taken := p.taken()
		x, ok := taken.creditEnded(f, h, last)
		if !ok {
			x, ok = taken.creditShrunk(f, last)
		}
		if !ok {
			continue
		}
		x.bought = p
		goes, err := a.goesOn(ctx, f, x, last)
		if err != nil {
			return nil, err
		}
		if goes {
			out = append(out, x)
		}
	}
	return out, nil
}

// taken returns what p took off the bill; nothing where it often adds to it, too.
func (p *product) taken() *product {
	out := &product{scope: p.scope}
	for i, c := range p.cost {
		if c.Sign() < 0 {
			out.days, out.cost = append(out.days, p.days[i]), append(out.cost, c.Neg())
		}
	}
	for i, c := range p.othersCost {
		if c.Sign() < 0 {
			out.others, out.othersCost = append(out.others, p.others[i]), append(out.othersCost, c.Neg())
		}
	}
	if 10*(len(p.cost)-len(out.cost)) > len(p.cost) {
		return &product{scope: p.scope}
	}
	return out
}

// creditEnded says that a credit has ended: one of every day, or one that was due.
func (p *product) creditEnded(f *frame, h history, last usage.Day) (Finding, bool) {
	bookings := p.bookings(last)
	if len(p.days) == 0 {
		return Finding{}, false
	}
	until := p.days[len(p.days)-1]
	if n := len(p.others); n > 0 {
		until = max(until, p.others[n-1])
	}
	x := p.dearer(f, usage.KindMissing)
	digits := usage.MinorDigits(f.cur.code)
	money := func(v float64) locale.Approx { return f.approx(usage.DecimalFromFloat(v)) }
	floor := usage.DecimalOf(50 * usage.Magnitude(f.cur.code))
	says := teller{name: x.Label, bought: true, money: money}
	says.Finding = detect.Finding{Kind: usage.KindLevel, Direction: usage.Up}
	if due, regular := bookings.Due(); regular {
		usual := bookings[len(bookings)-1].Cost
		if due+detect.BookingMoves > last || usage.DecimalFromFloat(usual).Cmp(floor) < 0 {
			return Finding{}, false
		}
		x.Start, x.End, x.Expected = due, last, f.money(usage.DecimalFromFloat(-usual).Round(digits))
		says.Kind, says.Rule = usage.KindMissing, detect.Rule{Kind: detect.RuleBooked, Day: due, Usual: -usual, Days: len(bookings)}
		x.Rule = ruleText(says.Rule)
	} else {
		if !p.stream(until) || until-p.days[0] < creditDays-1 || !p.quiet(h, until, last) {
			return Finding{}, false
		}
		whole := p.whole(until)
		sum := 0.0
		for d := whole - 29; d <= whole; d++ {
			sum += p.day(d).Float64()
		}
		perDay := sum / float64(min(30, whole-p.days[0]+1))
		monthly := 30 * perDay
		if usage.DecimalFromFloat(monthly).Cmp(floor) < 0 {
			return Finding{}, false
		}
		x.Start, x.End, x.Ongoing = whole+1, last, true
		x.Expected = f.money(usage.DecimalFromFloat(-perDay * float64(last-whole)).Round(digits))
		for d := whole + 1; d <= until; d++ {
			x.Actual.Amount = x.Actual.Amount.Sub(p.day(d))
		}
		if whole < until {
			says.Rule = detect.Rule{Kind: detect.RuleGone, Day: until + 1}
		}
		says.Ongoing, says.PerDayBefore, says.ProjectedPerMonth = true, -perDay, monthly
		more := f.money(usage.DecimalFromFloat(monthly).Round(digits))
		x.PerMonth = &more
		x.Rule = locale.T("Credited day by day until %s, and not since.", locale.Short(until))
	}
	if max(x.Start, until+1) <= last-detect.Review || x.End < f.sel.span.From {
		return Finding{}, false
	}
	x.Low, x.High = x.Expected, x.Expected
	says.Start, says.End, says.Expected = x.Start, x.End, x.Expected.Amount.Float64()
	says.Actual = x.Actual.Amount.Float64()
	says.Impact = says.Actual - says.Expected
	x.Reason, x.Explanation = says.reason(), says.explanation()
	return p.driven(f, x), true
}

// dearer is a finding that the bill rises by what p no longer takes off it.
func (p *product) dearer(f *frame, kind usage.Kind) Finding {
	x := Finding{
		Kind: kind, Direction: usage.Up, Severity: usage.SeverityMedium, Scope: p.scope, Currency: f.cur.code,
		Drivers: []Driver{}, Actual: f.money(usage.Decimal{}),
	}
	x.Label, x.Context = f.nameOf(p.scope)
	return x
}

// daily returns what p comes to on each day from its first one to until.
func (p *product) daily(until usage.Day) []float64 {
	y := make([]float64, until-p.days[0]+1)
	for i, d := range p.days {
		if d <= until {
			y[d-p.days[0]] += p.cost[i].Float64()
		}
	}
	return y
}

// creditShrunk says that a credit that was the same on each day is less since, and the same again.
func (p *product) creditShrunk(f *frame, last usage.Day) (Finding, bool) {
	if len(p.days) == 0 {
		return Finding{}, false
	}
	until := p.days[len(p.days)-1]
	if until < max(last-dueWithin, f.sel.span.From) {
		return Finding{}, false
	}
	y := p.daily(until)
	digits, floor := usage.MinorDigits(f.cur.code), usage.DecimalOf(50*usage.Magnitude(f.cur.code))
	steady := func(y []float64) (middle float64, ok bool) {
		middle = detect.Median(slices.Clone(y))
		return middle, middle > 0 && !slices.ContainsFunc(y, func(v float64) bool { return 100*math.Abs(v-middle) > creditAlike*middle })
	}
	for n := creditLess; n < detect.Review && len(y)-n >= creditDays; n++ {
		at := len(y) - n
		before, ok := steady(y[at-creditDays : at])
		now, too := steady(y[at:])
		monthly := f.money(usage.DecimalFromFloat(30 * (before - now)).Round(digits))
		if !ok || !too || 100*now > creditPart*before || monthly.Amount.Cmp(floor) < 0 {
			continue
		}
		x := p.dearer(f, usage.KindLevel)
		x.Start, x.End, x.Ongoing, x.PerMonth = p.days[0]+usage.Day(at), until, true, &monthly
		for i, d := range p.days {
			if d >= x.Start {
				x.Actual.Amount = x.Actual.Amount.Sub(p.cost[i])
			}
		}
		x.Expected = f.money(usage.DecimalFromFloat(-before * float64(n)).Round(digits))
		x.Low, x.High = x.Expected, x.Expected
		money := func(v float64) locale.Approx { return f.approx(usage.DecimalFromFloat(v)) }
		x.Reason = locale.T("Less credit since %s: %s a day, was %s", locale.Short(x.Start), money(now), locale.Whole(money(before)))
		x.Explanation = locale.T("%s is credited with about %s a day since %s; before it was %s.", x.Label, money(now), locale.Short(x.Start),
			locale.Whole(money(before)))
		x.Rule = locale.T("The same credit on each day of four weeks, and less on each day since.")
		return p.driven(f, x), true
	}
	return Finding{}, false
}

// whole returns the last day on which a credit was given in full: that before it became less
// and less, where it did until its last day, and else that day itself.
func (p *product) whole(until usage.Day) usage.Day {
	y := p.daily(until)
	for i := range y {
		y[i] = -y[i] // as it stands on the bill
	}
	return p.days[0] + usage.Day(detect.FadedFrom(y, len(y))) - 1
}

// quiet reports whether nothing was credited after until for longer than ever before.
func (p *product) quiet(h history, until, last usage.Day) bool {
	days := slices.Concat(p.days, p.others)
	slices.Sort(days)
	longest, turns := 0, 0
	for i, d := range days[1:] {
		longest = max(longest, int(d-days[i])-1)
		if d.Month() != days[i].Month() {
			turns++
		}
	}
	least := max(creditGoes, longest+3)
	if turns < 3 && until >= until.Month().Last()-1 {
		least = max(least, creditTurns)
	}
	known := 0
	for d := until + 1; d <= last; d++ {
		if i := int(d - h.span.From); i >= 0 && i < len(h.hasData) && h.hasData[i] {
			known++
		}
	}
	return known >= least
}

// goesOn reports whether what the credit of x was given for is used as before: else the bill does
// not rise.
func (a *Analysis) goesOn(ctx context.Context, f *frame, x Finding, last usage.Day) (bool, error) {
	account := cmp.Or(x.Scope[usage.SubAccount], x.Scope[usage.BillingAccount])
	var before, since float64
	err := a.query(ctx, "credited", func(r *sql.Rows) error {
		var d usage.Day
		var cost float64
		if err := r.Scan(ledger.DayOf(&d), &cost); err != nil {
			return err
		}
		if d < x.Start {
			before += cost / 28
		} else {
			since += cost / float64(last-x.Start+1)
		}
		return nil
	}, sql.Named("currency", f.cur.code), sql.Named("first", (x.Start-28).Time()), sql.Named("last", last.Time()),
		sql.Named("account", account), sql.Named("service", x.Scope[usage.Service]), sql.Named("resource", x.Scope[usage.Resource]))
	return before == 0 || since >= 0.6*before, err
}
