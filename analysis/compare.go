package analysis

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"usagereport/analysis/bridge"
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

// CompareOptions say what Compare compares. The zero CompareOptions compare all
// cost with that of the period before, in one row.
type CompareOptions struct {
	By       []usage.Dimension
	Top      int     // with Top > 0 it keeps that many rows and puts the rest into one
	Against  Against // "" is AgainstPrior
	Holidays []usage.Day
}

// A Comparison sets a period against earlier ones, in one currency, over the
// same elapsed days.
type Comparison struct {
	Currency string
	Period   PeriodInfo
	// Base holds the periods that Period is compared with, newest first: none
	// where no such period is loaded, several where it is their mean.
	Base     []BasePeriod
	Missing  []string // names of periods that belong into Base and are not loaded
	Total    ComparisonRow
	Rows     []ComparisonRow // their amounts add up to Total's
	Warnings []string
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
	Current, Prior, Delta usage.Money
	Adjusted              usage.Money   // Delta without the calendar's part in it
	Bridge                bridge.Bridge // adds up to Delta
	Percent               *float64      // Delta in percent of Prior; nil where Prior is not positive
	Status                string        // new, gone, resized or renamed where only one period has charges, else ""
}

// Compare compares by the dimensions of o, largest change first.
func (a *Analysis) Compare(ctx context.Context, o CompareOptions) ([]Comparison, error) {
	currencies, err := a.currencies(ctx)
	if err != nil {
		return nil, err
	}
	holidays := map[usage.Day]bool{}
	for _, d := range o.Holidays {
		holidays[d] = true
	}
	var out []Comparison
	for _, cur := range currencies {
		f, err := a.frame(ctx, cur)
		if err != nil {
			return nil, err
		}
		base := a.baseline(f, cmp.Or(o.Against, AgainstPrior), holidays)
		ch, err := a.changes(ctx, f, base, holidays, func(seriesInfo) bool { return true })
		if err != nil {
			return nil, err
		}
		c := Comparison{Currency: cur.code, Missing: base.missing, Total: ch.total(), Rows: ch.rows(o.By, o.Top)}
		accounts := f.accounts()
		c.Period = f.period(accounts)
		for _, p := range base.periods {
			c.Base = append(c.Base, p.BasePeriod)
		}
		c.Warnings = append(warningsOf(accounts, cur.code), base.warnings...)
		out = append(out, c)
	}
	return out, nil
}

// warningsOf names the accounts that are missing from a period or behind.
func warningsOf(accounts []Account, currency string) (out []string) {
	for _, acc := range accounts {
		switch {
		case acc.Missing:
			out = append(out, fmt.Sprintf("%s has no data in this period; it cost %s %s in the period before and is left out of both sides", name(acc), acc.Last.Amount.Round(2).Text(2), currency))
		case acc.Behind:
			out = append(out, fmt.Sprintf("the data of %s end on %s, before the others'; it is compared over those days", name(acc), acc.Reach))
		}
	}
	return out
}

// A baseline is what a period is compared with: some earlier periods, each with
// the same elapsed days of every account.
type baseline struct {
	periods  []basePeriod // newest first
	missing  []string
	warnings []string
	first    map[string]usage.Day // the first day of each account's first bill
}

type basePeriod struct {
	BasePeriod
	windows, whole []window
	days           map[string]baseDays // by account
}

// baseDays are the days of one account that are compared.
type baseDays struct {
	before, now                    usage.Period
	beforeDays, nowDays, wholeDays bridge.Days
}

// loaded returns how many of b's periods are loaded of an account.
func (b baseline) loaded(account string) (n int) {
	for _, p := range b.periods {
		if _, ok := p.days[account]; ok {
			n++
		}
	}
	return n
}

// knows reports whether it is known what an account cost in b: that it had no
// bill yet is known too, if the others had.
func (b baseline) knows(account string) bool {
	return b.loaded(account) > 0 || len(b.periods) > 0 && b.first[account] >= b.periods[0].Span.To
}

// differs reports whether any account has other weekdays in a period of b than in
// the current one.
func (b baseline) differs() bool {
	for _, p := range b.periods {
		for _, d := range p.days {
			if d.beforeDays != d.nowDays {
				return true
			}
		}
	}
	return false
}

// all returns the windows of f's period and of b's: the same elapsed days under
// k = 1 and on, whole ones under wholeOffset + k.
func (b baseline) all(f *frame) []window {
	var out []window
	if len(f.sel.windows) > 0 {
		out = append(out, f.sel.windows[0]...)
	}
	for i, p := range b.periods {
		for _, w := range p.windows {
			w.k = i + 1
			out = append(out, w)
		}
		for _, w := range p.whole {
			w.k = wholeOffset + i + 1
			out = append(out, w)
		}
	}
	return out
}

// baseline finds the periods to compare f's with.
func (a *Analysis) baseline(f *frame, against Against, holidays map[usage.Day]bool) baseline {
	b := baseline{first: map[string]usage.Day{}}
	for _, s := range f.st {
		if first, ok := b.first[s.account]; !ok || s.span.From < first {
			b.first[s.account] = s.span.From
		}
	}
	now := map[string]window{}
	for _, w := range f.sel.windows[0] {
		now[w.account] = w
	}
	for _, months := range map[Against][]int{AgainstPrior: {1}, AgainstMean3: {1, 2, 3}, AgainstMean6: {1, 2, 3, 4, 5, 6}, AgainstYear: {12}}[against] {
		var p basePeriod
		switch {
		case against == AgainstYear:
			p.windows, p.whole = a.yearAgo(f)
		case months < len(f.sel.windows):
			p.windows, p.whole = f.sel.windows[months], f.sel.whole[months-1]
		}
		want := monthsEarlier(f.sel, months)
		if len(p.windows) == 0 {
			b.missing = append(b.missing, want)
			continue
		}
		p.Name, p.Span, p.days = want, p.windows[0].span, map[string]baseDays{}
		for i, w := range p.windows {
			p.Span.From, p.Span.To = min(p.Span.From, w.span.From), max(p.Span.To, w.span.To)
			d := baseDays{before: usage.Period{From: w.span.From, To: min(w.to, w.span.To)}, now: now[w.account].span}
			if f.sel.state == Open {
				d.now = d.now.Elapsed(f.reach(w.account, d.now))
			}
			d.beforeDays, d.nowDays = bridge.CountDays(d.before, holidays), bridge.CountDays(d.now, holidays)
			d.wholeDays = bridge.CountDays(p.whole[i].span, holidays)
			p.days[w.account] = d
			p.Days = max(p.Days, d.before.Days())
		}
		if name := p.windows[0].period; name != "" {
			p.Name = name
		}
		b.periods = append(b.periods, p)
	}
	for _, w := range f.sel.windows[0] {
		for _, p := range b.periods {
			if _, ok := p.days[w.account]; ok || b.first[w.account] >= p.Span.To {
				continue
			}
			then := "its mean is of the others"
			if b.loaded(w.account) == 0 {
				then = "what it costs is left unattributed"
			}
			b.warnings = append(b.warnings, fmt.Sprintf("%s: no comparison with %s: load its files; %s", cmp.Or(f.labels.accounts[w.account], w.account), p.Name, then))
		}
	}
	return b
}

// yearAgo returns the windows of each account's period a year before: the bill
// that began within half a month of the day.
func (a *Analysis) yearAgo(f *frame) (windows, whole []window) {
	for _, now := range f.sel.windows[0] {
		begin := monthsBefore(now.span.From, 12)
		best, found := standing{}, false
		for _, s := range f.st {
			off := max(s.span.From-begin, begin-s.span.From)
			switch {
			case s.account != now.account:
			case f.sel.byMonth:
				found = found || s.span.Overlaps(begin.Month()) && s.reach >= begin
			case off <= 15 && (!found || off < max(best.span.From-begin, begin-best.span.From)):
				best, found = s, true
			}
		}
		if !found {
			continue
		}
		w := window{account: now.account, span: begin.Month(), to: a.upTo(begin.Month().To)}
		if !f.sel.byMonth {
			w = a.whole(0, best)
		}
		whole = append(whole, w)
		if f.sel.state == Open {
			w.to = w.span.First(now.span.Elapsed(f.reach(now.account, now.span)).Days()).To
		}
		windows = append(windows, w)
	}
	return windows, whole
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
