package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"usagereport/analysis/bridge"
	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// An Against says what a period is compared with.
type Against string

// What a period can be compared with. Means are those of what is loaded of as
// many periods.
const (
	AgainstPrior Against = "prior" // the period before
	AgainstMean3 Against = "mean3" // the mean of the three periods before
	AgainstMean6 Against = "mean6"
	AgainstYear  Against = "year" // the same period a year ago
)

// Againsts lists them.
func Againsts() []Against { return []Against{AgainstPrior, AgainstMean3, AgainstMean6, AgainstYear} }

// CompareOptions say what Compare compares. The zero CompareOptions compare all
// cost with that of the period before, in one row.
type CompareOptions struct {
	By      []usage.Dimension
	Top     int     // with Top > 0 it keeps that many rows and puts the rest into one
	Against Against // "" is AgainstPrior
	// Filters choose the charges: those that have, of each dimension that is
	// named, one of its values.
	Filters []Filter
	// Cost is the cost that is compared; "" is billed cost, or effective cost where
	// only amortized files are loaded.
	Cost     Cost
	Holidays []usage.Day // days that count as Sundays
	Daily    bool        // with the cost of each day
	// Unit divides the change into that of a volume and that of the cost of one; nil for none.
	Unit *usage.Metric
}

// A Cost is one of the two costs that a charge has.
type Cost string

// The costs, as FOCUS defines them.
const (
	Billed    Cost = "billed"    // what is on the bill
	Effective Cost = "effective" // commitments spread over what they cover
)

// A Comparison sets a period against earlier ones, in one currency, over the
// same elapsed days.
type Comparison struct {
	Currency string
	Period   PeriodInfo
	// Base holds the periods that Period is compared with, newest first: none
	// where no such period is loaded, several where it is their mean.
	Base     []BasePeriod
	Missing  []string // names of periods that belong into Base and are not loaded
	Unrated  []string // names of those of which no rate converts anything
	Total    ComparisonRow
	Rows     []ComparisonRow // their amounts add up to Total's
	Warnings []locale.Text

	// Awaited is about what the last days of an open period, or one that has just ended, still lack, by what
	// the forecast has of them: part of no amount. Zero where filters leave out
	// charges, or nothing is compared.
	Awaited usage.Money

	Unit *UnitChange `json:"-"` // where it is asked for, and there are values

	// Daily is what each day cost, from the base's first day to the last day of the
	// data, where it is asked for.
	Daily []DayCost `json:"-"` // a report has its days elsewhere

	changes *changes
	hidden  *Pseudonyms // stand for the names of carriers; nil where they stand themselves
}

// By returns the same comparison by other dimensions, as Rows has it: several
// breakdowns of one total. With top > 0 it keeps that many rows and puts the rest
// into one. A report's own comparison is by services only: what else it takes is let go.
func (c Comparison) By(dims []usage.Dimension, top int) []ComparisonRow {
	return c.changes.rows(dims, top)
}

// Label returns a dimension's value as people know it: a subscription's name for its id.
func (c Comparison) Label(d usage.Dimension, value string) string {
	if c.changes == nil {
		return value
	}
	label, _ := c.changes.f.labels.label(d, value)
	return label
}

// A BasePeriod is an earlier period with which another is compared.
type BasePeriod struct {
	Name string
	Span usage.Period
	Days int // how many of its days are compared
}

// A ComparisonRow is one combination of dimension values.
type ComparisonRow struct {
	Values                []string
	Labels                []string // Values as people know them
	Current, Prior, Delta usage.Money
	Adjusted              usage.Money   // Delta without the parts of the calendar and of missing days in it
	Bridge                bridge.Bridge // adds up to Delta
	Percent               *float64      // Delta in percent of Prior; nil where Prior is not positive, or not known of all
	Units                 *UnitEffects  `json:"-"` // add up to Delta, too; nil where they are not asked for
	Status                string        // new, gone, resized, renamed, moved in or moved out where only one period has charges, else ""
}

// Compare compares by the dimensions of o, largest change first. What is converted for it,
// Converted says.
func (a *Analysis) Compare(ctx context.Context, o CompareOptions) ([]Comparison, error) {
	currencies, err := a.currencies(ctx)
	if err != nil {
		return nil, err
	}
	var out []Comparison
	var failed []error
	var unknown *unknownValueError // of the currency that comes nearest
	for _, cur := range currencies {
		if o.Cost != "" {
			cur.amortized = o.Cost == Effective
		}
		f, err := a.frame(ctx, cur)
		if err != nil {
			if len(currencies) == 1 {
				return nil, err
			}
			failed = append(failed, fmt.Errorf("%s: %w", cur.code, err)) // a currency need not occur in the period
			continue
		}
		c, err := a.compare(ctx, f, o)
		if e := (*unknownValueError)(nil); errors.As(err, &e) {
			if a.options.Convert {
				e.to = cur.code
			}
			if unknown == nil || len(e.near) > len(unknown.near) {
				unknown = e
			}
			continue // another currency may have it
		}
		if err != nil {
			return nil, err
		}
		c.Warnings = slices.Concat(f.lackWarnings(f.sel.name, f.sel.windows[0]), f.pauseWarnings(f.sel.name, f.sel.windows[0]), c.Warnings)
		out = append(out, *c)
	}
	switch {
	case len(out) == 0 && unknown != nil:
		return nil, unknown
	case len(out) == 0:
		return nil, errors.Join(failed...)
	}
	for _, err := range failed {
		out[0].Warnings = append(out[0].Warnings, locale.Said(err.Error()))
	}
	return out, nil
}

// compare compares the period of f.
func (a *Analysis) compare(ctx context.Context, f *frame, o CompareOptions) (*Comparison, error) {
	var owners, others []Filter
	for _, filter := range o.Filters {
		if filter.Dimension == usage.Owner || slices.Contains(a.options.Apart, filter.Dimension) {
			owners = append(owners, filter)
		} else {
			others = append(others, filter)
		}
	}
	if err := a.tagSeries(ctx, f, o); err != nil {
		return nil, err
	}
	keep, err := f.keeps(others)
	if err != nil {
		return nil, err
	}
	show, err := f.keeps(owners)
	if err != nil {
		return nil, err
	}
	known, err := a.aliases(ctx)
	if err != nil {
		return nil, err
	}
	holidays := map[usage.Day]bool{}
	for _, d := range o.Holidays {
		holidays[d] = true
	}
	concerned := map[string]bool{} // accounts that have any of the charges
	for _, s := range f.infos {
		if keep(s) && show(s) {
			concerned[s.account()] = true
		}
	}
	base := a.baseline(f, cmp.Or(o.Against, AgainstPrior), known.accounts, holidays)
	ch, err := a.changes(ctx, f, base, known, holidays, keep, show)
	if err != nil {
		return nil, err
	}
	accounts := f.accounts()
	c := &Comparison{Currency: f.cur.code, Period: f.period(accounts), Missing: base.missing, Unrated: base.unrated, changes: ch}
	if o.Unit != nil {
		if err := a.unitChange(ctx, f, c, base, *o.Unit); err != nil {
			return nil, err
		}
	}
	c.Total = ch.total()
	for _, w := range append(base.missingOrBehind(accounts, c.Period.State == Open), base.gaps...) {
		if concerned[w.account] {
			c.Warnings = append(c.Warnings, w.text)
		}
	}
	for _, p := range base.periods {
		c.Warnings = slices.Concat(c.Warnings, f.lackWarnings(p.Name, p.windows), f.beginWarnings(p.Name, p.windows),
			f.pauseWarnings(p.Name, p.windows))
	}
	c.Rows = c.By(o.By, o.Top)
	for _, p := range base.periods {
		c.Base = append(c.Base, p.BasePeriod)
	}
	if o.Daily {
		kept := func(s seriesInfo) bool { return keep(s) && show(s) }
		if c.Daily, err = a.drilled(ctx, f, c, kept); err != nil {
			return nil, err
		}
	}
	c.Awaited = f.money(usage.Decimal{})
	if len(c.Base) > 0 && len(o.Filters) == 0 {
		if c.Awaited, err = a.awaited(ctx, f, accounts); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// drilled returns the cost per day of the series that are kept.
func (a *Analysis) drilled(ctx context.Context, f *frame, c *Comparison, keep func(seriesInfo) bool) (out []DayCost, err error) {
	from, to := c.Period.Span.From, min(c.Period.Reach+1, c.Period.Span.To)
	for _, b := range c.Base {
		from = min(from, b.Span.From)
	}
	if to <= from {
		return nil, nil
	}
	open := f.openFrom(to)
	for d := from; d < to; d++ {
		out = append(out, DayCost{Day: d, InPeriod: d >= c.Period.Span.From, Incomplete: d >= open})
	}
	ids := []int64{}
	for id, s := range f.infos {
		if keep(s) {
			ids = append(ids, id)
		}
	}
	err = a.query(ctx, "drilled", func(r *sql.Rows) error {
		var at time.Time
		var cost usage.Decimal
		if err := r.Scan(&at, ledger.Amount(&cost)); err != nil {
			return err
		}
		out[usage.DayOf(at)-from].Actual = cost
		return nil
	}, sql.Named("currency", f.cur.code), sql.Named("amortized", f.cur.amortized), sql.Named("first", from.Time()),
		sql.Named("end", to.Time()), sql.Named("ids", ids))
	return out, err
}

// A baseline is what a period is compared with: some earlier periods, each with
// the same elapsed days of every account.
type baseline struct {
	periods  []basePeriod // newest first
	missing  []string
	unrated  []string // periods of which no rate converts anything
	gaps     []warning
	accounts unions // which are one account under several ids
	holidays map[usage.Day]bool
	unknown  map[string]bool // accounts that had bills of which none is loaded
}

// A warning is about one account.
type warning struct {
	account string
	text    locale.Text
}

type basePeriod struct {
	BasePeriod
	months         int // before the current one
	windows, whole []window
	days           map[string]baseDays // by account
	has            map[string]bool     // by what stands for the account under all its ids
}

// baseDays are the days of one account that are compared.
type baseDays struct {
	before, now, whole             usage.Period
	beforeDays, nowDays, wholeDays bridge.Days
	lacks                          []usage.Day // of the whole period
	beforeData, nowData, wholeData bridge.Days // those of them on which files have anything
}

// loaded returns how many of b's periods are loaded of an account.
func (b baseline) loaded(account string) (n int) {
	id := b.accounts.find(account)
	for _, p := range b.periods {
		if p.has[id] {
			n++
		}
	}
	return n
}

// knows reports whether it is known what an account cost in b: that it had no
// bill yet is known too, if others had.
func (b baseline) knows(account string) bool {
	return len(b.periods) > 0 && !b.unknown[b.accounts.find(account)]
}

// differs reports whether any account has other weekdays in a period of b than in
// the current one.
func (b baseline) differs() bool {
	for _, p := range b.periods {
		for _, d := range p.days {
			if d.beforeDays != d.nowDays || d.beforeData != d.nowData {
				return true
			}
		}
	}
	return false
}

// all returns the windows of f's period and of b's: the same elapsed
// days, and whole.
func (b baseline) all(f *frame) []window {
	out := slices.Clone(f.sel.windows[0])
	for i, p := range b.periods {
		for j := range p.windows {
			same, whole := p.windows[j], p.whole[j]
			same.k, whole.k = upToNow(i+1), wholePeriod(i+1)
			out = append(out, same, whole)
		}
	}
	return out
}

// missingOrBehind names the accounts whose data are not there or end early. The whole of an ended bill is compared,
// of an open one the days that an account has.
func (b baseline) missingOrBehind(accounts []Account, open bool) (out []warning) {
	for _, acc := range accounts {
		switch {
		case acc.Missing && b.loaded(acc.ID) > 0: // it goes on under another id
		case acc.Missing:
			out = append(out, warning{
				acc.ID,
				locale.T("%s has no data in this period; it cost %s in the period before and is left out of both sides", name(acc), acc.Last),
			})
		case acc.Behind:
			text := locale.T("the data of %s end on %s, before the others'; it is compared over those days", name(acc), acc.Reach)
			if !open {
				text = locale.T("the data of %s end on %s, before the others'; what is missing counts as less", name(acc), acc.Reach)
			}
			out = append(out, warning{acc.ID, text})
		}
	}
	return out
}

// halfMonth is how many days a bill may begin earlier or later in the month than
// another of its account.
const halfMonth = 15

// baseline finds the periods to compare f's with. An account that was billed
// under another id before is compared with that.
func (a *Analysis) baseline(f *frame, against Against, accounts unions, holidays map[usage.Day]bool) baseline {
	b := baseline{accounts: accounts, holidays: holidays, unknown: map[string]bool{}}
	now := map[string]usage.Period{} // the days of each account that are compared
	ids := map[string][]string{}
	told := map[string]bool{} // accounts that go on under another id
	for _, w := range f.sel.windows[0] {
		days := w.span
		if f.sel.state == Open {
			days = days.Elapsed(f.reach(w.account, w.span))
		}
		id := accounts.find(w.account)
		ids[id] = append(ids[id], w.account)
		if days.Days() > now[id].Days() {
			now[id] = days
		}
	}
	for _, months := range map[Against][]int{
		AgainstPrior: {1}, AgainstMean3: {1, 2, 3}, AgainstMean6: {1, 2, 3, 4, 5, 6},
		AgainstYear: {12},
	}[against] {
		p := basePeriod{
			months: months, BasePeriod: BasePeriod{Name: cmp.Or(f.sel.before, monthsEarlier(f.sel, months))}, days: map[string]baseDays{},
			has: map[string]bool{},
		}
		switch {
		case months > 1:
			p.whole = a.earlier(f, months)
		case len(f.sel.whole) > 0:
			p.whole = slices.Clone(f.sel.whole[0])
		}
		if len(p.whole) > 0 {
			p.Name = cmp.Or(p.whole[0].period, p.Name)
		}
		p.whole = append(p.whole, a.underOtherIDs(f, accounts, p.Name, p.whole)...)
		for _, w := range p.whole {
			if !f.here(w.account) && !told[w.account] {
				told[w.account] = true
				b.gaps = append(b.gaps, warning{w.account, locale.T("%s (%s) has another id now; the two are compared as one",
					cmp.Or(f.labels.accounts[w.account], w.account), w.account)})
			}
		}
		if len(p.whole) == 0 {
			b.missing = append(b.missing, p.Name)
			continue
		}
		p.whole = slices.DeleteFunc(p.whole, func(w window) bool {
			days := w.span
			if f.sel.state == Open {
				days = days.First(now[accounts.find(w.account)].Days())
			}
			return f.noRate(w.account, days)
		})
		if len(p.whole) == 0 {
			b.unrated = append(b.unrated, p.Name)
			continue
		}
		p.Span = p.whole[0].span
		for _, w := range p.whole {
			p.Span.From, p.Span.To = min(p.Span.From, w.span.From), max(p.Span.To, w.span.To)
			d := baseDays{before: w.span, now: now[accounts.find(w.account)], whole: w.span}
			if f.sel.state == Open {
				d.before = w.span.First(d.now.Days())
				w.to = d.before.To
			}
			p.windows = append(p.windows, w)
			d.beforeDays, d.nowDays, d.wholeDays = bridge.CountDays(d.before, holidays), bridge.CountDays(d.now, holidays),
				bridge.CountDays(w.span, holidays)
			d.beforeData, d.nowData, d.wholeData = d.beforeDays, d.nowDays, d.wholeDays
			d.beforeData.Less(f.lacks(w.account, d.before), holidays)
			d.lacks = f.lacks(w.account, w.span)
			d.wholeData.Less(d.lacks, holidays)
			for _, id := range ids[accounts.find(w.account)] {
				if lacks := f.lacks(id, d.now); len(lacks) > 0 {
					d.nowData.Less(lacks, holidays)
					break
				}
			}
			p.days[w.account], p.has[accounts.find(w.account)] = d, true
			p.Days = max(p.Days, d.before.Days())
		}
		b.periods = append(b.periods, p)
	}
	b.findGaps(f)
	return b
}

// findGaps finds the accounts that lack a bill of b although they had earlier ones.
func (b *baseline) findGaps(f *frame) {
	first := map[string]usage.Day{} // the first day of each account's first bill
	for _, s := range f.st {
		id := b.accounts.find(s.account)
		if d, ok := first[id]; !ok || s.span.From < d {
			first[id] = s.span.From
		}
	}
	for _, w := range f.sel.windows[0] {
		id := b.accounts.find(w.account)
		for _, p := range b.periods {
			begin := monthsBefore(w.span.From, p.months)
			if f.sel.before != "" && len(p.whole) > 0 {
				begin = p.whole[0].span.From
			}
			if p.has[id] || first[id] > begin+halfMonth {
				continue
			}
			then := locale.T("its mean is of the others")
			if b.loaded(w.account) == 0 {
				then, b.unknown[id] = locale.T("what it costs is left unattributed"), true
			}
			text := locale.T("%s: no comparison with %s: load its files; %s", cmp.Or(f.labels.accounts[w.account], w.account), p.Name, then)
			if f.unratedDays(w.account, usage.Period{From: begin, To: p.Span.To}) > 0 {
				text = locale.T("%s: no comparison with %s: no rate converts what it cost; %s",
					cmp.Or(f.labels.accounts[w.account], w.account), p.Name, then)
			}
			b.gaps = append(b.gaps, warning{w.account, text})
		}
	}
}

// underOtherIDs returns the whole windows of the period called name of the accounts
// that f's period has under another id only.
func (a *Analysis) underOtherIDs(f *frame, accounts unions, name string, known []window) (whole []window) {
	here, goesOn := map[string]bool{}, map[string]bool{}
	for _, w := range f.sel.windows[0] {
		here[w.account], goesOn[accounts.find(w.account)] = true, true
	}
	for _, w := range known {
		here[w.account] = true
	}
	days, err := usage.ParseSpan(name)
	byDay := f.sel.byMonth && err == nil
	for _, s := range f.st {
		switch {
		case here[s.account] || !goesOn[accounts.find(s.account)]:
		case byDay && s.span.Overlaps(days) && s.reach >= days.From:
			here[s.account] = true // once, whatever the number of its bills
			whole = append(whole, window{account: s.account, span: days, to: a.upTo(days.To)})
		case !f.sel.byMonth && s.period == name:
			whole = append(whole, a.whole(0, s))
		}
	}
	return whole
}

// earlier returns the whole windows of each account's period so many months before:
// the bill that began within half a month of the day.
func (a *Analysis) earlier(f *frame, months int) (whole []window) {
	for _, now := range f.sel.windows[0] {
		begin := monthsBefore(now.span.From, months)
		best, found := standing{}, false
		for _, s := range f.st {
			off := max(s.span.From-begin, begin-s.span.From)
			switch {
			case s.account != now.account:
			case f.sel.byMonth:
				found = found || s.span.Overlaps(begin.Month()) && s.reach >= begin
			case off <= halfMonth && (!found || off < max(best.span.From-begin, begin-best.span.From)):
				best, found = s, true
			}
		}
		switch {
		case found && f.sel.byMonth:
			whole = append(whole, window{account: now.account, span: begin.Month(), to: a.upTo(begin.Month().To)})
		case found:
			whole = append(whole, a.whole(0, best))
		}
	}
	return whole
}

// monthsEarlier names the period that many months before sel's.
func monthsEarlier(sel selection, months int) string {
	month, err := usage.ParseMonth(sel.name)
	if err != nil {
		month = sel.span.From.Month()
	}
	y, m, _ := month.From.Time().Date()
	return usage.Date(y, m-time.Month(months), 1).Time().Format("2006-01")
}
