package audit

import (
	"cmp"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// A reach is which days the ledger has usage of.
type reach struct {
	first, last usage.Day // up to the period's end
	inPeriod    usage.Day // the last one of the period
	all         usage.Day // the last day with any charge, whatever the period
	lasts       usage.Day // the last day into which a charge of a day lasts
	dense       float64   // the share of days between first and last that have any
	used        usage.Day // the last day with usage, whatever the period
	pause       int       // how many days lie between two days of use, at most
	days        int       // of use
	seldom      string    // the accounts that are used on fewer days than make a habit, a line each
}

// mostDays is the share of days with usage from which a day without any is a gap, rather
// than a day on which nothing runs.
const mostDays = 0.9

// fewDays is on how many days of use one day without any, which may be one of rest, says nothing.
const fewDays = 12

// coverage checks what is said to be there and to be missing.
func (a *auditor) coverage() error {
	p := a.part
	r := &a.reach
	text, err := a.ask("check_reach", func(rows *sql.Rows) error {
		return rows.Scan(scanDay(&r.first), scanDay(&r.last), scanDay(&r.inPeriod), scanDay(&r.all), scanDay(&r.lasts), &r.dense,
			scanDay(&r.used), &r.pause, &r.days, &r.seldom)
	}, sql.Named("rhythm_days", rhythmDays), sql.Named("first", p.Period.Span.From.Time()), sql.Named("end", p.Period.Span.To.Time()))
	if err != nil {
		return err
	}
	if found := max(r.inPeriod, p.Period.Span.From-1); a.habit(p.Period.Reach, found) {
		a.open(Coverage, day(p.Period.Reach), "used to "+day(r.inPeriod)+", and silent as long before, or not used enough to tell",
			"data of %s reach to", p.Period.Name)
		r.inPeriod, r.last = p.Period.Reach, p.Period.Reach
	} else {
		a.claim(Coverage, p.Period.Reach == r.inPeriod, day(p.Period.Reach), day(r.inPeriod), text, "data of %s reach to", p.Period.Name)
	}
	if err := a.elapsed(); err != nil {
		return err
	}
	for _, on := range a.turned {
		r.all = max(r.all, on)
	}
	switch last := p.Period.Span.Last(); p.Period.State {
	case analysis.Open:
		a.claim(State, r.all <= last || r.inPeriod < last, "open", "data to "+day(r.all), text, "%s, which ends on %s", p.Period.Name, last)
	default:
		a.claim(State, max(r.all, r.lasts) >= last || a.habit(last, r.all), string(p.Period.State), "data to "+day(r.all), text,
			"%s, which ends on %s", p.Period.Name, last)
	}
	a.age()
	if a.report.Limited() {
		r.dense = 0 // that an owner had no charge on a day is no gap
		if len(p.Accounts) == 0 {
			return nil // of an owner without charges there is nothing more to say
		}
	}
	if len(p.Priors) == 0 {
		before := 0
		text, err := a.ask("check_totals", func(rows *sql.Rows) error {
			var k int
			var ignored usage.Decimal
			err := rows.Scan(&k, scanAmount(&ignored), scanAmount(&ignored))
			before = max(before, k)
			return err
		})
		if err != nil {
			return err
		}
		a.claim(NoPrior, before == 0, "none", fmt.Sprintf("%d", before), text, "periods before %s to compare with", p.Period.Name)
	}
	return a.accounts()
}

// habit reports whether the data may reach to said though what was used last was used on found:
// it was silent for as long before, or it, or an account of which that is said, is used too seldom to tell, and something, if of
// another owner or in another currency, has come since. Of a period with fees alone, which is over
// and after which something was used, all days are known.
func (a *auditor) habit(said, found usage.Day) bool {
	silent, span := int(said-found), a.part.Period.Span
	if a.elsewhere(said, found) {
		return true
	}
	if found < span.From && said == span.Last() && a.reach.used > said {
		return true
	}
	seldom := slices.ContainsFunc(a.part.Accounts, func(acc analysis.Account) bool {
		return acc.Reach == said && slices.Contains(strings.Split(a.reach.seldom, "\n"), acc.ID)
	})
	return silent > 0 && (silent < a.reach.pause || a.reach.days < rhythmDays || seldom) && (said <= a.last || a.report.Limited())
}

// elsewhere reports whether data are said to reach less far than what is charged, for nothing is used in this currency: what was in
// others says how far.
func (a *auditor) elsewhere(said, found usage.Day) bool {
	return a.reach.days == 0 && len(a.report.Parts) > 1 && said < found
}

// elapsed checks how many days the period has so far: those from its first to the last with
// data, without those on which the files have nothing of any owner. What came before the
// first usage of all is no gap.
func (a *auditor) elapsed() error {
	p := a.part
	billing, err := a.distinct("BillingAccountId")
	if err != nil {
		return err
	}
	span := p.Period.Span.Elapsed(a.reach.inPeriod)
	lacking := 0
	text, err := a.askWhole("check_used", func(r *sql.Rows) error { return r.Scan(&lacking) },
		sql.Named("first", span.From.Time()), sql.Named("end", span.To.Time()), sql.Named("billing", billing),
		sql.Named("rhythm_days", rhythmDays))
	if err != nil {
		return err
	}
	elapsed := span.Days() - lacking
	a.claim(Coverage, p.Period.Elapsed == elapsed, fmt.Sprint(p.Period.Elapsed), fmt.Sprint(elapsed), text, "days of %s so far", p.Period.Name)
	return nil
}

// freshFor is how many days data may end before they are looked at.
const freshFor = 7

// age checks that no deadline that has passed is named, and that old data are called old.
func (a *auditor) age() {
	p, today := a.part, a.options.Today
	if today == 0 {
		return
	}
	if p.Period.ReplyBy != 0 {
		a.claim(Deadline, p.Period.ReplyBy >= today, day(p.Period.ReplyBy), "today is "+day(today), "",
			"the day by which to answer lies ahead")
	}
	if a.report.Limited() || a.reach.used == 0 {
		return // how far the data reach is known of all owners' charges
	}
	used := a.reach.used
	for _, last := range a.turned {
		used = max(used, last)
	}
	old := int(today - used)
	if old <= freshFor {
		old = 0
	}
	if said := today - usage.Day(max(p.Period.Old, freshFor)); p.Period.Old != old && a.habit(said, a.reach.used) {
		a.open(Age, fmt.Sprintf("%d days old", p.Period.Old), fmt.Sprintf("%d days old, and silent as long before", old),
			"old data are called old")
		return
	}
	warned := slices.ContainsFunc(p.Warnings, func(w locale.Text) bool { return strings.HasPrefix(w.String(), "The data are old: ") })
	a.claim(Age, p.Period.Old == old && warned == (old > 0), fmt.Sprintf("%d days old, warned %v", p.Period.Old, warned),
		fmt.Sprintf("%d days old", old), "", "old data are called old")
}

// rhythmDays is on how many days an account is used at least, for a day without use to
// say anything of it.
const rhythmDays = 3

// accounts checks each account's standing.
func (a *auditor) accounts() error {
	p := a.part
	said := map[string]analysis.Account{}
	var sum usage.Decimal
	for _, acc := range p.Accounts {
		said[acc.ID] = acc
		sum = sum.Add(acc.Total.Amount)
	}
	a.amount(Sum, sum, p.Total.Amount, "", "accounts add up to the total")
	type found struct {
		id                     string
		present, adjoins, used bool
		goesOn, spoken         bool
		total                  usage.Decimal
		reach                  usage.Day
		pause, days            int
	}
	var all []found
	text, err := a.ask("check_accounts", func(r *sql.Rows) error {
		var f found
		err := r.Scan(&f.id, &f.present, &f.adjoins, &f.used, scanAmount(&f.total), scanDay(&f.reach), &f.pause, &f.days, &f.goesOn, &f.spoken)
		all = append(all, f)
		return err
	}, sql.Named("first", p.Period.Span.From.Time()))
	if err != nil {
		return err
	}
	for _, f := range all {
		acc, listed := said[f.id]
		delete(said, f.id)
		switch {
		case a.turned[f.id] != 0 && !f.present:
			a.claim(Coverage, !listed || !acc.Missing, standing(listed, acc), "charged in another currency to "+day(a.turned[f.id]), text,
				"account %s", f.id)
		case f.present:
			a.claim(Coverage, listed && !acc.Missing, standing(listed, acc), "present", text, "account %s", f.id)
			a.amount(Total, acc.Total.Amount, f.total, text, "account %s", f.id)
			quiet := int(a.reach.inPeriod - f.reach)
			seldom := quiet > 0 && (quiet < f.pause || f.days < rhythmDays)
			if f.reach != 0 && (seldom || a.elsewhere(acc.Reach, f.reach)) {
				// It was silent for as long before, or is used now and then: that may be its habit, or data that lack.
				a.open(Coverage, day(acc.Reach), "used to "+day(f.reach)+", and silent as long before, or not used enough to tell",
					"data of account %s reach to", f.id)
			} else if f.reach != 0 {
				a.claim(Coverage, acc.Reach == f.reach, day(acc.Reach), day(f.reach), text, "data of account %s reach to", f.id)
				behind := f.reach < a.reach.inPeriod && !f.goesOn && a.turned[f.id] == 0 && acc.Span.Contains(a.reach.inPeriod)
				a.claim(Coverage, acc.Behind == behind, fmt.Sprint(acc.Behind), fmt.Sprint(behind), text, "account %s is behind the others", f.id)
			}
		case f.adjoins && !f.used && !f.spoken && p.Period.State == analysis.Open:
			a.open(Coverage, standing(listed, acc), "its purchases of the period may be to come, or lack", "account %s", f.id)
		case f.adjoins && !f.used && p.Period.State == analysis.Open:
			a.claim(Coverage, !listed || !acc.Missing, standing(listed, acc), "its purchases of the period may be to come", text, "account %s", f.id)
		case f.adjoins && f.spoken && a.report.Limited(): // all that the part has of it came later
			a.claim(Coverage, !acc.Missing && acc.Total.Amount.Sign() == 0, standing(listed, acc), "nothing of this part in its bill", text,
				"account %s", f.id)
		case f.adjoins:
			a.claim(Coverage, listed && acc.Missing, standing(listed, acc), "missing", text, "account %s", f.id)
		default:
			nothing := !f.used && !acc.Missing && acc.Total.Amount.Sign() == 0 // of one that buys now and then, that is so
			a.claim(Coverage, !listed || nothing, standing(listed, acc), "no charges since before", text, "account %s", f.id)
		}
	}
	for id, acc := range said {
		a.claim(Coverage, false, standing(true, acc), "no charges at all", text, "account %s", id)
	}
	return nil
}

func standing(listed bool, acc analysis.Account) string {
	switch {
	case !listed:
		return "not named"
	case acc.Missing:
		return "missing"
	}
	return "present"
}

// days checks the daily chart.
func (a *auditor) days() error {
	p := a.part
	if len(p.Daily) == 0 {
		return nil
	}
	found, beside := map[usage.Day]usage.Decimal{}, map[usage.Day]bool{}
	first, last := p.Daily[0].Day, p.Daily[len(p.Daily)-1].Day
	text, err := a.ask("check_days", func(r *sql.Rows) error {
		var d usage.Day
		var cost usage.Decimal
		var used bool
		err := r.Scan(scanDay(&d), scanAmount(&cost), &used)
		if beside[d] = !used; used {
			found[d] = cost
		}
		return err
	}, sql.Named("first", first.Time()), sql.Named("end", (last+1).Time()))
	if err != nil {
		return err
	}
	for i, d := range p.Daily {
		cost, has := found[d.Day]
		a.amount(Day, d.Actual, cost, text, "usage of %s", d.Day)
		if i > 0 {
			a.claim(Day, d.Day == p.Daily[i-1].Day+1, day(d.Day), day(p.Daily[i-1].Day+1), "", "the day after %s", p.Daily[i-1].Day)
		}
		switch {
		case has:
			a.claim(Coverage, !d.NoData, covered(d.NoData), "charges", text, "day %s", d.Day)
		case beside[d.Day]:
			a.open(Coverage, covered(d.NoData), "charges beside usage do not say whether nothing was used", "day %s", d.Day)
		case a.reach.dense >= mostDays && a.reach.days > fewDays && d.Day < a.reach.last:
			a.claim(Coverage, d.NoData, covered(d.NoData), "no charge", text, "day %s", d.Day)
		}
		if d.HasBand {
			a.claim(Range, d.Low.Cmp(d.Expected) <= 0 && d.Expected.Cmp(d.High) <= 0, d.Low.String()+" to "+d.High.String(),
				d.Expected.String(), "", "the usual range of %s holds its middle", d.Day)
		}
	}
	return nil
}

func covered(noData bool) string {
	if noData {
		return "no data"
	}
	return "data"
}

// meters checks the table of meters.
func (a *auditor) meters() error {
	for _, m := range a.part.Meters {
		if len(m.Days) == 0 {
			continue
		}
		var inPeriod usage.Period
		for _, d := range m.Days {
			if d.InPeriod {
				if inPeriod.Empty() {
					inPeriod.From = d.Day
				}
				inPeriod.To = d.Day + 1
			}
		}
		var cost, quantity usage.Decimal
		text, err := a.ask("check_meters", func(r *sql.Rows) error { return r.Scan(scanAmount(&cost), scanAmount(&quantity)) },
			sql.Named("service", m.Service), sql.Named("meter", m.Name), sql.Named("unit", m.Unit),
			sql.Named("first", inPeriod.From.Time()), sql.Named("end", inPeriod.To.Time()))
		if err != nil {
			return err
		}
		a.amount(Row, m.Cost.Amount, cost, text, "meter %s", m.Name)
		a.amount(Row, m.Quantity, quantity, text, "quantity of meter %s", m.Name)
	}
	return nil
}

// labels checks that a resource is placed where most of its cost is.
func (a *auditor) labels() error {
	type placed struct{ id, context string }
	said := map[placed]bool{}
	add := func(d usage.Dimension, value, context string) {
		if d == usage.Resource && value != "" && context != "" {
			said[placed{value, context}] = true
		}
	}
	for _, b := range a.part.Breakdowns {
		for _, row := range b.Rows {
			add(b.Dimension, row.Value, row.Context)
		}
	}
	for _, m := range a.part.Movers {
		for _, x := range slices.Concat(m.Up, m.Down) {
			add(m.Dimension, x.Value, x.Context)
			for _, in := range x.Inside {
				add(usage.Resource, in.Value, in.Context)
			}
		}
	}
	if t := a.part.Turnover; t != nil {
		for _, row := range slices.Concat(t.New.Rows, t.Gone.Rows) {
			add(usage.Resource, row.Value, row.Context)
		}
	}
	all := slices.SortedFunc(maps.Keys(said), func(x, y placed) int {
		return cmp.Or(cmp.Compare(x.id, y.id), cmp.Compare(x.context, y.context))
	})
	var ids []string
	for _, x := range all {
		ids = append(ids, x.id)
	}
	services := map[string][]string{}
	text, err := a.ask("check_resources", func(r *sql.Rows) error {
		var id, service string
		err := r.Scan(&id, &service)
		services[id] = append(services[id], service)
		return err
	}, sql.Named("resources", ids))
	if err != nil {
		return err
	}
	for _, x := range all {
		holds := slices.ContainsFunc(services[x.id], func(s string) bool {
			return s == "" || x.context == s || strings.HasPrefix(x.context, s+", ")
		})
		a.claim(Label, holds, x.context, strings.Join(services[x.id], " or "), text, "resource %s belongs to", x.id)
	}
	return nil
}
