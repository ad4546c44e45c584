package audit

import (
	"database/sql"
	"fmt"
	"slices"

	"usagereport/analysis"
	"usagereport/analysis/bridge"
	"usagereport/usage"
)

// A pair is what something cost on the same days of two periods.
type pair struct {
	now, before       usage.Decimal
	hasNow, hasBefore bool
}

// groups returns what each value of a dimension cost in both periods. All dimensions are
// asked about at once.
func (a *auditor) groups(dimension string) (map[string]pair, string, error) {
	if a.grouped == nil {
		a.grouped = map[string]map[string]pair{}
		_, err := a.ask("check_groups", func(r *sql.Rows) error {
			var of, value string
			var now, before sql.Null[usage.Decimal]
			if err := r.Scan(&of, &value, nullable{&now}, nullable{&before}); err != nil {
				return err
			}
			if a.grouped[of] == nil {
				a.grouped[of] = map[string]pair{}
			}
			a.grouped[of][value] = pair{now.V, before.V, now.Valid, before.Valid}
			return nil
		}, sql.Named("dimension", nil))
		if err != nil {
			return nil, "", err
		}
	}
	return a.grouped[dimension], a.standing("check_groups", sql.Named("dimension", dimension)), nil
}

// nullable reads an amount that may be NULL.
type nullable struct{ to *sql.Null[usage.Decimal] }

// Scan implements sql.Scanner.
func (n nullable) Scan(v any) error {
	n.to.Valid = v != nil
	return scanAmount(&n.to.V).Scan(v)
}

// totals checks what the period and those before it cost.
func (a *auditor) totals() error {
	p := a.part
	type sums struct{ same, whole usage.Decimal }
	found := map[int]sums{}
	text, err := a.ask("check_totals", func(r *sql.Rows) error {
		var k int
		var s sums
		err := r.Scan(&k, scanAmount(&s.same), scanAmount(&s.whole))
		found[k] = s
		return err
	})
	if err != nil {
		return err
	}
	a.amount(Total, p.Total.Amount, found[0].whole, text, "%s cost", p.Period.Name)
	a.unbased = map[int]int{}
	without, err := a.ask("check_unbased", func(r *sql.Rows) error {
		var k, n int
		err := r.Scan(&k, &n)
		a.unbased[k] = n
		return err
	})
	if err != nil {
		return err
	}
	a.gaps = map[int]int{}
	if _, err := a.ask("check_gaps", func(r *sql.Rows) error {
		var k, n int
		err := r.Scan(&k, &n)
		a.gaps[k] = n
		return err
	}); err != nil {
		return err
	}
	for i, prior := range p.Priors {
		of := found[i+1]
		if lacks := prior.Lacks + p.Period.Lacks; lacks > 0 {
			a.claim(Percent, prior.Percent == nil, "a change in percent", fmt.Sprintf("%d days without data", lacks), "",
				"change from %s", prior.Name)
		}
		a.amount(Prior, prior.Same.Amount, of.same, text, "%s, the same %d days", prior.Name, prior.Days)
		a.amount(Prior, prior.Total.Amount, of.whole, text, "%s, all of it", prior.Name)
		a.amount(Delta, prior.Delta.Amount, p.Total.Amount.Sub(prior.Same.Amount), "", "difference from %s", prior.Name)
		a.change(i+1, prior.Percent, prior.Delta.Amount, prior.Same.Amount, "change from %s", prior.Name)
		a.claim(NoPrior, prior.Without == a.unbased[i+1], fmt.Sprint(prior.Without), fmt.Sprint(a.unbased[i+1]), without,
			"accounts of which no file has %s", prior.Name)
	}
	byCharge, text, err := a.groups("ChargeCategory")
	if err != nil {
		return err
	}
	var sum usage.Decimal
	for _, s := range p.ByCharge {
		a.amount(Row, s.Amount.Amount, byCharge[s.Name].now, text, "kind of charge %s", s.Name)
		sum = sum.Add(s.Amount.Amount)
	}
	a.amount(Sum, sum, p.Total.Amount, "", "kinds of charges add up to the total")
	if !p.Period.ByMonth {
		var outside usage.Decimal
		text, err := a.ask("check_outside", func(r *sql.Rows) error { return r.Scan(scanAmount(&outside)) }, sql.Named("bill", p.Period.Name))
		if err != nil {
			return err
		}
		a.amount(Total, p.Outside.Amount, outside, text, "on days outside the bill")
	}
	return nil
}

// tables checks the breakdowns and the movers.
func (a *auditor) tables() error {
	for _, b := range a.part.Breakdowns {
		if _, made := b.Dimension.Virtual(); made { // by a file, not by a column
			sum := b.Rest.Amount
			for _, row := range b.Rows {
				sum = sum.Add(row.Amount.Amount)
			}
			a.amount(Sum, sum, a.part.Total.Amount, "", "%s: rows add up to the total", b.Title)
			continue
		}
		found, text, err := a.groups(string(b.Dimension))
		if err != nil {
			return err
		}
		a.breakdown(b, found, text)
	}
	for _, m := range a.part.Movers {
		if _, tag := m.Dimension.ByNewest(); tag { // a resource's value is the newest of its charges: not a column
			a.moverSums(m)
			continue
		}
		found, text, err := a.groups(string(m.Dimension))
		if err != nil {
			return err
		}
		a.movers(m, found, text)
	}
	return nil
}

func (a *auditor) breakdown(b analysis.Breakdown, found map[string]pair, text string) {
	sum, rest := b.Rest.Amount, usage.Decimal{}
	listed := map[string]bool{}
	for _, row := range b.Rows {
		listed[row.Value] = true
		sum = sum.Add(row.Amount.Amount)
		a.amount(Row, row.Amount.Amount, found[row.Value].now, text, "%s %s", b.Title, row.Label)
		a.percent(row.Percent, row.Amount.Amount, a.part.Total.Amount, "%s %s, share of the total", b.Title, row.Label)
	}
	more := 0
	for value, p := range found {
		if p.hasNow && !listed[value] {
			more, rest = more+1, rest.Add(p.now)
		}
	}
	a.claim(More, b.RestCount == more, fmt.Sprint(b.RestCount), fmt.Sprint(more), text, "%s: values left out", b.Title)
	a.amount(Row, b.Rest.Amount, rest, text, "%s: what those cost that are left out", b.Title)
	a.amount(Sum, sum, b.Total.Amount, "", "%s: rows add up to %s", b.Title, b.Total.Text())
	a.amount(Sum, b.Total.Amount, a.part.Total.Amount, "", "%s: its total is the report's", b.Title)
}

func (a *auditor) movers(m analysis.Movers, found map[string]pair, text string) {
	listed := map[string]bool{}
	for _, list := range [][]analysis.Mover{m.Up, m.Down} {
		for _, x := range list {
			p := found[x.Value]
			listed[x.Value] = true
			for _, id := range x.Older {
				listed[id] = true
				p.now, p.before = p.now.Add(found[id].now), p.before.Add(found[id].before)
			}
			a.amount(Row, x.Current.Amount, p.now, text, "%s %s, now", m.Title, x.Label)
			a.amount(Row, x.Prior.Amount, p.before, text, "%s %s, the same days before", m.Title, x.Label)
			a.change(1, x.Percent, x.Delta.Amount, x.Prior.Amount, "%s %s, change", m.Title, x.Label)
			switch x.Status {
			case analysis.NotKnown:
				a.claim(NoPrior, !p.hasBefore && (a.unbased[1] > 0 || a.unrated(1)), "unknown", "it has charges, or none is missing", text,
					"%s %s: the period before is not loaded", m.Title, x.Label)
			case analysis.IsNew:
				a.amount(New, usage.Decimal{}, p.before, text, "%s %s is new: before it cost", m.Title, x.Label)
			case analysis.IsGone:
				a.amount(Gone, usage.Decimal{}, p.now, text, "%s %s is gone: now it costs", m.Title, x.Label)
			}
			inside := x.InsideDelta.Amount
			for _, in := range x.Inside {
				inside = inside.Add(in.Delta.Amount)
			}
			if m.Dimension != usage.Resource {
				a.amount(Sum, inside, x.Delta.Amount, "", "%s %s: its resources add up to its change", m.Title, x.Label)
			}
		}
	}
	more, rest := 0, pair{}
	for value, p := range found {
		if !listed[value] {
			more, rest.now, rest.before = more+1, rest.now.Add(p.now), rest.before.Add(p.before)
		}
	}
	holds := m.RestCount == more
	if m.Dimension == usage.Resource { // several may be one that goes on
		holds = m.RestCount <= more && (m.RestCount > 0) == (more > 0)
	}
	a.claim(More, holds, fmt.Sprint(m.RestCount), fmt.Sprint(more), text, "changes by %s: values left out", m.Title)
	a.amount(Row, m.RestCurrent.Amount, rest.now, text, "changes by %s: all others, now", m.Title)
	a.amount(Row, m.RestPrior.Amount, rest.before, text, "changes by %s: all others, before", m.Title)
	a.moverSums(m)
}

// moverSums checks what needs no ledger: differences, and that they add up.
func (a *auditor) moverSums(m analysis.Movers) {
	sum := m.RestDelta.Amount
	a.amount(Delta, m.RestDelta.Amount, m.RestCurrent.Amount.Sub(m.RestPrior.Amount), "", "changes by %s: all others", m.Title)
	for _, list := range [][]analysis.Mover{m.Up, m.Down} {
		for _, x := range list {
			sum = sum.Add(x.Delta.Amount)
			a.amount(Delta, x.Delta.Amount, x.Current.Amount.Sub(x.Prior.Amount), "", "%s %s, difference", m.Title, x.Label)
		}
	}
	if len(a.part.Priors) > 0 {
		a.amount(Sum, sum, a.part.Priors[0].Delta.Amount, "", "changes by %s add up to the report's", m.Title)
	}
}

// turnover checks the resources that came and went.
func (a *auditor) turnover() error {
	t := a.part.Turnover
	if t == nil {
		return nil
	}
	now, before := map[string]usage.Decimal{}, map[string]usage.Decimal{}
	text, err := a.ask("check_turned", func(r *sql.Rows) error {
		var id string
		var in, was sql.Null[usage.Decimal]
		if err := r.Scan(&id, nullable{&in}, nullable{&was}); err != nil {
			return err
		}
		if in.Valid {
			now[id] = in.V
		} else {
			before[id] = was.V
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, list := range []struct {
		kind  Kind
		what  string
		t     analysis.Turned
		found map[string]usage.Decimal
	}{{New, "new", t.New, now}, {Gone, "gone", t.Gone, before}} {
		sum := list.t.Rest.Amount
		for _, row := range list.t.Rows {
			found, ok := list.found[row.Value]
			a.claim(list.kind, ok, "yes", map[bool]string{true: "yes", false: "it has cost in both periods, or in neither"}[ok], text,
				"resource %s is %s", row.Label, list.what)
			if ok {
				a.amount(Row, row.Amount.Amount, found, text, "resource %s, %s", row.Label, list.what)
			}
			sum = sum.Add(row.Amount.Amount)
		}
		a.amount(Sum, sum, list.t.Total.Amount, "", "resources that are %s add up", list.what)
		a.claim(More, list.t.Count == len(list.t.Rows)+list.t.RestCount, fmt.Sprint(list.t.Count),
			fmt.Sprint(len(list.t.Rows)+list.t.RestCount), "", "resources that are %s: how many", list.what)
		a.claim(More, list.t.Count <= len(list.found), fmt.Sprint(list.t.Count), fmt.Sprintf("at most %d", len(list.found)), text,
			"resources that are %s in the ledger", list.what)
	}
	return nil
}

// sources checks that the files' parts add up to the totals.
func (a *auditor) sources() error {
	if len(a.report.Sources) == 0 { // an owner's report names no files
		return nil
	}
	if len(a.part.Converted) > 0 {
		return a.converted()
	}
	found := map[int64]usage.Decimal{}
	text, err := a.ask("check_loads", func(r *sql.Rows) error {
		var id int64
		var d usage.Decimal
		err := r.Scan(&id, scanAmount(&d))
		found[id] = d
		return err
	})
	if err != nil {
		return err
	}
	var sum usage.Decimal
	for _, s := range a.report.Sources {
		if s.Currency != a.part.Currency {
			continue
		}
		a.amount(Source, s.Shown.Amount, found[s.LoadID], text, "%s: its part of the report", s.Ref)
		sum = sum.Add(s.Shown.Amount)
	}
	a.amount(Sum, sum, a.part.Total.Amount, "", "files add up to the total")
	return nil
}

// commitments checks what is billed of each commitment, what was used and what was not, and that
// its days add up.
func (a *auditor) commitments() error {
	c := a.part.Commitments
	if c == nil {
		return nil
	}
	if err := a.hours(c.Hours); err != nil {
		return err
	}
	found := map[string][3]usage.Decimal{}
	text, err := a.ask("check_commitments", func(r *sql.Rows) error {
		var id string
		var d [3]usage.Decimal
		err := r.Scan(&id, scanAmount(&d[0]), scanAmount(&d[1]), scanAmount(&d[2]))
		found[id] = d
		return err
	}, sql.Named("currency", a.part.Currency), sql.Named("last", a.options.AsOf.Time()))
	if err != nil {
		return err
	}
	var sums [3]usage.Decimal
	for _, x := range c.Rows {
		var days [2]usage.Decimal
		for _, d := range c.Days {
			if d.ID == x.ID {
				days[0], days[1] = days[0].Add(d.Used.Amount), days[1].Add(d.Unused.Amount)
			}
		}
		for i, said := range []usage.Money{x.Billed, x.Used, x.Unused} {
			a.amount(Row, said.Amount, found[x.ID][i], text, "commitment %s, %s", x.ID, []string{"billed", "used", "not used"}[i])
			sums[i] = sums[i].Add(said.Amount)
		}
		a.amount(Sum, days[0].Add(days[1]), x.Used.Add(x.Unused).Amount, "", "the days of commitment %s", x.ID)
		if x.Utilisation != nil {
			a.percent(x.Utilisation, x.Used.Amount, x.Used.Add(x.Unused).Amount, "commitment %s, used", x.ID)
		}
		if x.Finding != nil {
			if err := a.usedPart(x.ID, *x.Finding); err != nil {
				return err
			}
		}
	}
	for i, said := range []usage.Money{c.Billed, c.Used, c.Unused} {
		a.amount(Sum, said.Amount, sums[i], "", "commitments, %s", []string{"billed", "used", "not used"}[i])
	}
	return nil
}

// hours checks the hours of reservations.
func (a *auditor) hours(said []analysis.ReservedHours) error {
	if len(said) == 0 {
		return nil
	}
	found := map[string][2]usage.Decimal{}
	span := a.part.Period.Span
	text, err := a.ask("check_hours", func(r *sql.Rows) error {
		var id string
		var d [2]usage.Decimal
		err := r.Scan(&id, scanAmount(&d[0]), scanAmount(&d[1]))
		found[id] = d
		return err
	}, sql.Named("first", span.From.Time()), sql.Named("last", span.Elapsed(a.part.Period.Reach).Last().Time()))
	for _, x := range said {
		a.amount(Row, x.Reserved, found[x.ID][0], text, "reservation %s, hours reserved", x.ID)
		a.amount(Row, x.Used, found[x.ID][1], text, "reservation %s, hours used", x.ID)
		if x.Utilisation != nil {
			a.percent(x.Utilisation, x.Used, x.Reserved, "reservation %s, used", x.ID)
		}
	}
	return err
}

// converted checks what is converted: what the files have of each currency is what was converted
// of it, and all of it, as the view usage_converted has it, is the total.
func (a *auditor) converted() error {
	var sum usage.Decimal
	for _, c := range a.part.Converted {
		var billed usage.Decimal
		for _, s := range a.report.Sources {
			if s.Currency == c.Currency {
				billed = billed.Add(s.Shown.Amount)
			}
		}
		a.amount(Source, billed, c.Billed.Amount, "", "the files' part of the report in %s", c.Currency)
		sum = sum.Add(c.Cost.Amount)
	}
	a.amount(Sum, sum, a.part.Total.Amount, "", "what is converted adds up to the total")
	if a.options.Whole == nil {
		return nil
	}
	var found usage.Decimal
	text, err := a.ask("check_converted", func(r *sql.Rows) error { return nil })
	if err != nil {
		return err
	}
	if err := a.options.Whole.QueryRowContext(a.ctx, text).Scan(scanAmount(&found)); err != nil {
		return fmt.Errorf("check_converted: %w", err)
	}
	a.amount(Total, a.part.Total.Amount, found, text, "the total, by the rates that are loaded")
	return nil
}

// comparison checks the bridge from the prior period.
func (a *auditor) comparison() error {
	c := a.part.Change
	if c == nil {
		return nil
	}
	a.amount(Comparing, c.Total.Current.Amount, a.part.Total.Amount, "", "the bridge ends at the total")
	if len(a.part.Priors) > 0 {
		a.amount(Comparing, c.Total.Prior.Amount, a.part.Priors[0].Same.Amount, "", "the bridge begins at the same days before")
	}
	var sum analysis.ComparisonRow
	for _, row := range append(c.Rows, c.Total) {
		name := "the total"
		if len(row.Labels) > 0 {
			name = row.Labels[0]
		}
		a.amount(Delta, row.Delta.Amount, row.Current.Amount.Sub(row.Prior.Amount), "", "change of %s", name)
		a.amount(Comparing, row.Bridge.Sum(), row.Delta.Amount, "", "the reasons of %s add up to its change", name)
		a.change(1, row.Percent, row.Delta.Amount, row.Prior.Amount, "change of %s in percent", name)
		a.claim(Percent, row.Percent == nil || row.Bridge[bridge.Missing].Sign() == 0, "a change in percent", "days without data", "",
			"change of %s in percent", name)
	}
	for _, row := range c.Rows {
		sum.Current.Amount, sum.Prior.Amount = sum.Current.Amount.Add(row.Current.Amount), sum.Prior.Amount.Add(row.Prior.Amount)
	}
	a.amount(Sum, sum.Current.Amount, c.Total.Current.Amount, "", "services add up, now")
	a.amount(Sum, sum.Prior.Amount, c.Total.Prior.Amount, "", "services add up, before")
	if err := a.lanes(c.Total); err != nil {
		return err
	}
	for _, name := range c.Missing {
		rows := 0
		text, err := a.ask("check_bill", func(r *sql.Rows) error { return r.Scan(&rows) }, sql.Named("name", name))
		if err != nil {
			return err
		}
		a.claim(NoPrior, rows == 0, "not loaded", fmt.Sprintf("%d charges", rows), text, "period %s", name)
	}
	return nil
}

// lanes checks that the reasons of a change have their ground in the usage.
func (a *auditor) lanes(total analysis.ComparisonRow) error {
	var fresh, gone, calendar usage.Decimal
	text, err := a.ask("check_bridge", func(r *sql.Rows) error { return r.Scan(scanAmount(&fresh), scanAmount(&gone), scanAmount(&calendar)) },
		sql.Named("lacks", total.Bridge[bridge.Missing].Sign() != 0))
	if err != nil {
		return err
	}
	for _, x := range []struct {
		lane bridge.Lane
		most usage.Decimal
	}{{bridge.New, fresh}, {bridge.Gone, gone}, {bridge.Calendar, calendar}} {
		said := total.Bridge[x.lane].Abs()
		a.claim(Comparing, said.Cmp(x.most) <= 0 || near(said.Float64(), x.most.Float64()), said.String(), "at most "+x.most.String(), text,
			"of the change, %s", x.lane)
	}
	return a.mix(total)
}

// mix checks that what the mix of tokens changed has its ground in them.
func (a *auditor) mix(total analysis.ComparisonRow) error {
	mixes := []bridge.Lane{bridge.ModelMix, bridge.TokenKind, bridge.CacheShare}
	if !slices.ContainsFunc(mixes, func(l bridge.Lane) bool { return total.Bridge[l].Sign() != 0 }) {
		return nil
	}
	var most usage.Decimal
	text, err := a.ask("check_mix", func(r *sql.Rows) error { return r.Scan(scanAmount(&most)) })
	if err != nil {
		return err
	}
	for _, lane := range mixes {
		said := total.Bridge[lane].Abs()
		a.claim(Comparing, said.Cmp(most) <= 0, said.String(), "at most "+most.String(), text, "of the change, %s", lane)
	}
	return nil
}
