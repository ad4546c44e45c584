package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"

	"usagereport/analysis/bridge"
	"usagereport/ledger"
	"usagereport/usage"
)

// Shared is an owner's part of what several owners share: of charges without
// an owner of their own. It is beside the owner's own charges, in no sum per day, comparison
// or finding.
type Shared struct {
	Amount usage.Money // in the period
	Total  usage.Money // with the owner's own charges: what the owner bears
	// Expected is Amount at the period's end: what comes is the forecast of what is shared,
	// divided as what came or, without one, as much a day as before. Nil unless the period is open.
	Expected *usage.Money
	Lines    []SharedLine
}

// A SharedLine is an owner's part of one shared cost.
type SharedLine struct {
	Name    string        // what the owners file calls it
	By      usage.ShareBy // how it is divided
	Percent *float64      // the owner's, of a fixed share; else nil
	Amount  usage.Money
}

// A bill is one bill, or one calendar month, in one currency: in each of them
// shared costs are divided anew.
type bill struct {
	currency, name string
	byMonth        bool
}

// A portion is an owner's part of what one line of the owners file shares in one
// bill.
type portion struct {
	line    usage.OwnerRule
	percent *float64
	days    []costOfDay
	rest    *costOfDay // what of the bill is still to come, by the forecast; nil where that is not known
}

// A costOfDay is both costs of a day.
type costOfDay struct {
	day               usage.Day
	billed, effective usage.Decimal
}

func (c costOfDay) of(amortized bool) usage.Decimal {
	if amortized {
		return c.effective
	}
	return c.billed
}

// sum adds up a portion's days.
func (p portion) sum(amortized bool) (d usage.Decimal) {
	for _, c := range p.days {
		d = d.Add(c.of(amortized))
	}
	return d
}

// share divides what rules say is shared. The connection must show all charges,
// with the table that ledger.OwnersSQL makes of rules; where the options name an
// owner, only that owner's parts are kept.
func (a *Analysis) share(ctx context.Context, rules []usage.OwnerRule) error {
	byLine := map[int]usage.OwnerRule{}
	pooled := map[string]bool{}
	var lines []int64 // of what is shared
	own := false      // what each has counts
	for _, r := range rules {
		byLine[r.Line] = r
		if r.Share != nil {
			pooled[r.Owner] = true
			lines = append(lines, int64(r.Line))
			own = own || r.Share.By == usage.InProportion
		}
	}
	a.portions, a.pooled = map[string]map[bill][]portion{}, pooled
	if len(pooled) == 0 {
		return nil
	}
	type sums map[string]usage.Decimal
	billed, effective := map[bill]sums{}, map[bill]sums{} // own cost, by owner
	pools := map[bill]map[int][]costOfDay{}               // by line
	ahead := comings{}
	err := a.query(ctx, "shared_costs", func(r *sql.Rows) error {
		var name string
		var b bill
		var line int
		var c costOfDay
		var p sharedPiece
		if err := r.Scan(&b.currency, &name, ledger.DayOf(&c.day), &line, &p.account, &p.service, &p.usage,
			ledger.Amount(&c.billed), ledger.Amount(&c.effective)); err != nil {
			return err
		}
		if byLine[line].Share != nil {
			ahead.add(b.currency, line, p, c)
		}
		for _, b := range []bill{{b.currency, name, false}, {b.currency, monthOf(c.day), true}} {
			if pools[b] == nil {
				billed[b], effective[b], pools[b] = sums{}, sums{}, map[int][]costOfDay{}
			}
			rule := byLine[line]
			if rule.Share == nil {
				billed[b][rule.Owner] = billed[b][rule.Owner].Add(c.billed)
				effective[b][rule.Owner] = effective[b][rule.Owner].Add(c.effective)
				continue
			}
			pools[b][line] = append(pools[b][line], c)
		}
		return nil
	}, sql.Named("end", (a.lastDay()+1).Time()), sql.Named("pools", lines), sql.Named("own", own))
	if err != nil {
		return err
	}
	rests, err := a.sharedRests(ctx, ahead)
	if err != nil {
		return err
	}
	for b, lines := range pools {
		for _, line := range slices.Sorted(maps.Keys(lines)) {
			rule, days := byLine[line], eachDay(lines[line])
			whole := portion{days: days}
			receivers := receiversOf(rule, rules, usage.Period{From: days[0].day, To: days[len(days)-1].day + 1})
			one := rule.Share.By.Split(whole.sum(false), receivers, billed[b])
			other := rule.Share.By.Split(whole.sum(true), receivers, effective[b])
			rest, foretold := rests[b][line]
			var restOne, restOther []usage.Decimal
			if foretold {
				restOne = rule.Share.By.Split(rest.billed, receivers, billed[b])
				restOther = rule.Share.By.Split(rest.effective, receivers, effective[b])
			}
			for i, to := range receivers {
				if a.options.Owner != "" && a.options.Owner != to.Owner {
					continue
				}
				p := portion{line: rule, days: spreadDays(days, one[i], other[i])}
				if foretold {
					p.rest = &costOfDay{billed: restOne[i], effective: restOther[i]}
				}
				if rule.Share.By == usage.Fixed {
					percent := to.Percent.Float64()
					p.percent = &percent
				}
				if a.portions[to.Owner] == nil {
					a.portions[to.Owner] = map[bill][]portion{}
				}
				a.portions[to.Owner][b] = append(a.portions[to.Owner][b], p)
			}
		}
	}
	return nil
}

// monthOf names the calendar month of a day.
func monthOf(d usage.Day) string { return d.Time().Format("2006-01") }

// eachDay adds up what several bills have of a day, earliest day first.
func eachDay(days []costOfDay) (out []costOfDay) {
	slices.SortStableFunc(days, func(x, y costOfDay) int { return cmp.Compare(x.day, y.day) })
	for _, c := range days {
		if n := len(out); n > 0 && out[n-1].day == c.day {
			out[n-1].billed, out[n-1].effective = out[n-1].billed.Add(c.billed), out[n-1].effective.Add(c.effective)
			continue
		}
		out = append(out, c)
	}
	return out
}

// receiversOf returns among whom a line's cost of some days is divided, by name:
// those that it names, or else the owners that have a rule on any of the days.
func receiversOf(line usage.OwnerRule, rules []usage.OwnerRule, days usage.Period) []usage.Receiver {
	if len(line.Share.Receivers) > 0 {
		return line.Share.Receivers
	}
	var out []usage.Receiver
	for _, r := range rules {
		to := usage.Receiver{Owner: r.Owner}
		if r.Share == nil && r.Within().Overlaps(days) && !slices.Contains(out, to) {
			out = append(out, to)
		}
	}
	slices.SortFunc(out, func(x, y usage.Receiver) int { return cmp.Compare(x.Owner, y.Owner) })
	return out
}

// spreadDays gives each day its part of the two sums, as it has of the whole; the
// last has what rounding leaves.
func spreadDays(days []costOfDay, billed, effective usage.Decimal) []costOfDay {
	whole := portion{days: days}
	all, spread := whole.sum(false), whole.sum(true)
	out := make([]costOfDay, len(days))
	part := func(of, sum, whole usage.Decimal, left *usage.Decimal, last bool) (d usage.Decimal) {
		if whole.Sign() != 0 && !last {
			if scaled, ok := bridge.Scaled(of, sum, whole); ok {
				d = scaled
			}
		}
		if last {
			d = *left
		}
		*left = left.Sub(d)
		return d
	}
	leftBilled, leftEffective := billed, effective
	for i, c := range days {
		last := i == len(days)-1
		out[i] = costOfDay{c.day, part(c.billed, billed, all, &leftBilled, last), part(c.effective, effective, spread, &leftEffective, last)}
	}
	return out
}

// shared returns an owner's part of the shared cost of f's period, nil where there
// is none. own is what the owner's charges cost.
func (a *Analysis) shared(f *frame, owner string, own usage.Money) *Shared {
	lines := a.sharedOn(owner, f, f.sel.name, f.sel.span)
	if len(lines) == 0 {
		return nil
	}
	s := &Shared{Amount: f.money(usage.Decimal{})}
	for _, p := range lines {
		l := SharedLine{Name: p.line.Owner, By: p.line.Share.By, Percent: p.percent, Amount: f.money(p.sum(f.cur.amortized))}
		s.Amount = s.Amount.Add(l.Amount)
		s.Lines = append(s.Lines, l)
	}
	s.Total = own.Add(s.Amount)
	if f.sel.state == Open {
		end := f.money(s.Amount.Amount.Add(a.sharedToCome(f, owner, s.Amount.Amount)))
		s.Expected = &end
	}
	return s
}

// sharedOn returns an owner's portions of the bill called name or, where f is of calendar
// days, of those of span: one for each line of the owners file, with the percentage where
// that is the same on all of them.
func (a *Analysis) sharedOn(owner string, f *frame, name string, span usage.Period) []portion {
	if !f.sel.byMonth {
		return a.portions[owner][bill{f.cur.code, name, false}]
	}
	byLine := map[int]*portion{}
	for month := span.From.Month(); month.From < span.To; month = month.To.Month() {
		for _, p := range a.portions[owner][bill{f.cur.code, monthOf(month.From), true}] {
			all, known := byLine[p.line.Line]
			if !known {
				all = &portion{line: p.line, percent: p.percent, rest: p.rest}
				byLine[p.line.Line] = all
			}
			if all.percent != nil && (p.percent == nil || *all.percent != *p.percent) {
				all.percent = nil
			}
			for _, c := range p.days {
				if span.Contains(c.day) {
					all.days = append(all.days, c)
				}
			}
		}
	}
	var out []portion
	for _, line := range slices.Sorted(maps.Keys(byLine)) {
		if p := byLine[line]; len(p.days) > 0 {
			out = append(out, *p)
		}
	}
	return out
}

// sharedToCome is what an owner's part of the shared cost of f's open period is
// taken to grow by until its end, in the currency's minor digits.
func (a *Analysis) sharedToCome(f *frame, owner string, sofar usage.Decimal) (rest usage.Decimal) {
	foretold := true
	for _, p := range a.sharedOn(owner, f, f.sel.name, f.sel.span) {
		if foretold = foretold && p.rest != nil; foretold {
			rest = rest.Add(p.rest.of(f.cur.amortized))
		}
	}
	if foretold {
		return rest.Round(usage.MinorDigits(f.cur.code))
	}
	elapsed := f.sel.span.Elapsed(today(f.st)).Days()
	rest = usage.Decimal{}
	if elapsed > 0 {
		rest, _ = bridge.Scaled(sofar, usage.DecimalOf(int64(f.sel.span.Days()-elapsed)), usage.DecimalOf(int64(elapsed)))
	}
	return rest.Round(usage.MinorDigits(f.cur.code))
}

// sharedByDay returns an owner's part of shared cost per day: of the bill called
// name or, where that is empty, of the days of span by calendar months.
func (a *Analysis) sharedByDay(owner string, cur currency, name string, span usage.Period) map[usage.Day]usage.Decimal {
	out := map[usage.Day]usage.Decimal{}
	for b, lines := range a.portions[owner] {
		if b.currency != cur.code || b.byMonth != (name == "") || name != "" && b.name != name {
			continue
		}
		for _, p := range lines {
			for _, c := range p.days {
				if span.Contains(c.day) {
					out[c.day] = out[c.day].Add(c.of(cur.amortized))
				}
			}
		}
	}
	return out
}
