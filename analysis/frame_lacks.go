package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// lacking finds the days in the bills of st on which their files have nothing at
// all in currency cur: what was used then is not known. That others were used in files that hold the
// account, too, or stand for the same billing account is known, and that nothing is used where
// that is usual. An account that has files of its own is looked at by itself.
func (a *Analysis) lacking(ctx context.Context, cur string, st []standing) error {
	until := usage.Date(9999, time.December, 31)
	if d := a.options.AsOf; d != 0 {
		until = d
	}
	runs := map[string][]usage.Period{}  // by billing account
	apart := map[string][]usage.Period{} // by account that has files of its own
	with := map[string][]usage.Period{}  // by account that has files with others
	err := a.usedRuns(ctx, cur, until, func(billing, account string, together bool, run usage.Period) {
		switch {
		case account == "":
			runs[billing] = append(runs[billing], run)
		case together:
			with[account] = append(with[account], run)
		default:
			apart[account] = append(apart[account], run)
		}
	})
	if err != nil {
		return err
	}
	told := unions{} // billing accounts whose days one file covers
	for _, s := range st {
		for _, source := range s.sources() {
			told.join("of "+s.billing, source)
		}
	}
	together := map[string][]usage.Period{}
	for billing, p := range runs {
		id := told.find("of " + billing)
		together[id] = append(together[id], p...)
	}
	holes := map[string][]usage.Period{}
	for id, p := range together {
		holes[id] = holesBetween(p)
	}
	for _, by := range []map[string][]usage.Period{apart, with} {
		for account, p := range by {
			by[account] = holesBetween(p)
		}
	}
	for i := range st {
		s := &st[i]
		if s.unused {
			continue
		}
		between, own := apart[s.account]
		if !own {
			between = holes[told.find("of "+s.billing)]
		}
		s.lacks = append(s.lacks, daysIn(between, s.span)...)
		s.pauses = slices.DeleteFunc(daysIn(with[s.account], s.span), func(d usage.Day) bool { return slices.Contains(s.lacks, d) })
	}
	return nil
}

// daysIn returns the days of stretches that lie in span.
func daysIn(stretches []usage.Period, span usage.Period) (days []usage.Day) {
	for _, p := range stretches {
		for d := max(p.From, span.From); d < min(p.To, span.To); d++ {
			days = append(days, d)
		}
	}
	return days
}

// anyCurrency asks for what was used in whichever currency.
const anyCurrency = ""

// usedRuns calls do with each stretch of days up to until on which a billing account was used in currency cur,
// by whomever, or an account, which has files together with others or of its own.
func (a *Analysis) usedRuns(ctx context.Context, cur string, until usage.Day,
	do func(billing, account string, together bool, run usage.Period),
) error {
	return a.askWhole(ctx, "used_runs", func(r row) error {
		var billing, account string
		var together bool
		var first, last usage.Day
		if err := r.Scan(&billing, &account, &together, ledger.DayOf(&first), ledger.DayOf(&last)); err != nil {
			return err
		}
		do(billing, account, together, usage.Period{From: first, To: last + 1})
		return nil
	}, sql.Named("currency", cur), sql.Named("until", until.Time()))
}

// holesBetween returns the stretches between those of used that are longer than
// silence usually is.
func holesBetween(used []usage.Period) (holes []usage.Period) {
	slices.SortFunc(used, func(x, y usage.Period) int { return int(x.From - y.From) })
	r := rhythm{}
	end := used[0].From
	for _, p := range used {
		if p.From > end {
			r[int(p.From-end)+1]++
			holes = append(holes, usage.Period{From: end, To: p.From})
		}
		r[1] += max(0, int(p.To-max(p.From, end)))
		end = max(end, p.To)
	}
	r[1] -= len(holes) // the day after a hole is farther from the one before
	return slices.DeleteFunc(holes, func(p usage.Period) bool { return r.usual((p.Days()+1)/2) || r.usual(p.Days()) })
}

// within returns how many of days lie in p.
func within(days []usage.Day, p usage.Period) (n int) {
	for _, d := range days {
		if p.Contains(d) {
			n++
		}
	}
	return n
}

// daysOf returns the days in span that of has of an account's bills.
func (f *frame) daysOf(account string, span usage.Period, of func(standing) []usage.Day) (days []usage.Day) {
	for _, s := range f.bills[account] {
		for _, d := range of(s) {
			if span.Contains(d) {
				days = append(days, d)
			}
		}
	}
	return days
}

// lacks returns the days in span of an account on which its files have nothing, and those
// between its bills of which no file is loaded.
func (f *frame) lacks(account string, span usage.Period) (days []usage.Day) {
	days = f.daysOf(account, span, func(s standing) []usage.Day { return s.lacks })
	var bills []usage.Period
	for _, s := range f.bills[account] {
		bills = append(bills, s.span)
	}
	if len(bills) > 0 && !slices.Contains(bills, span) {
		last := min(span.Last(), f.reach(account, usage.AllDays()))
		for d := max(span.From, bills[0].From); d <= last; d++ {
			if !slices.ContainsFunc(bills, func(p usage.Period) bool { return p.Contains(d) }) {
				days = append(days, d)
			}
		}
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// holed returns the accounts that have nothing on some of the days that are compared with the
// k-th earlier period, now or then: what they cost is a part of what they did, and no change in percent.
func (f *frame) holed(k int) map[string]bool {
	out := map[string]bool{}
	for _, ws := range [][]window{f.sel.windows[0], f.sel.windows[k]} {
		for _, w := range ws {
			if len(f.lacks(w.account, w.days())) > 0 {
				out[f.now(w.account)] = true
			}
		}
	}
	return out
}

// inUse reports whether an account of which the files are looked at is ever used in span: that
// of one which only buys, or is taxed, there is nothing on a day says nothing.
func (f *frame) inUse(account string, span usage.Period) bool {
	return slices.ContainsFunc(f.bills[account], func(s standing) bool { return !s.unused && s.span.Overlaps(span) })
}

// lacksAll returns the days of a window's accounts on which any, and on which all, of
// their files have nothing.
func (f *frame) lacksAll(ws []window) (any, all []usage.Day) {
	n, used := map[usage.Day]int{}, 0
	for _, w := range ws {
		if f.inUse(w.account, w.span) {
			used++
		}
		for _, d := range f.lacks(w.account, w.span) {
			if n[d]++; n[d] == 1 {
				any = append(any, d)
			}
		}
	}
	slices.Sort(any)
	for _, d := range any {
		if n[d] == used {
			all = append(all, d)
		}
	}
	return any, all
}

// unrated reports whether an account has charges on a day that no rate converts, which is said apart.
func (f *frame) unrated(account string, d usage.Day) bool {
	return slices.ContainsFunc(f.bills[account], func(s standing) bool { return slices.Contains(s.unrated, d) })
}

// lackWarnings says of the accounts of ws, the bills called name, on which days their
// files have nothing.
func (f *frame) lackWarnings(name string, ws []window) (out []locale.Text) {
	used := 0
	for _, w := range ws {
		if f.inUse(w.account, w.span) {
			used++
		}
	}
	lacks := func(w window) []usage.Day {
		return slices.DeleteFunc(slices.Clone(f.lacks(w.account, w.span)), func(d usage.Day) bool { return f.unrated(w.account, d) })
	}
	for _, x := range f.byDays(ws, lacks) {
		if x.accounts == used {
			out = append(out, locale.T("%s has no data on %s: what was used then is not known, and is no saving", name, x.days))
			continue
		}
		out = append(out, locale.T("%s has no data of %s on %s: what was used then is not known, and is no saving", name, x.names, x.days))
	}
	return out
}

// firstUse returns the first day with usage of st; 0 where there is none.
func firstUse(st []standing) (first usage.Day) {
	for _, s := range st {
		if s.first != 0 && (first == 0 || s.first < first) {
			first = s.first
		}
	}
	return first
}

// beginWarnings says of ws, earlier bills called name, that the data begin within them: that nothing is loaded of the days before
// is no cost of nothing.
func (f *frame) beginWarnings(name string, ws []window) []locale.Text {
	within := func(w window) bool { return w.span.Contains(f.begins) }
	fromStart := func(w window) bool { return f.begins <= w.span.From }
	if !slices.ContainsFunc(ws, within) || slices.ContainsFunc(ws, fromStart) {
		return nil
	}
	return []locale.Text{locale.T("The data begin on %s: what was used in %s before is not known; load those days, too, if there was any use",
		f.begins, name)}
}

// pauseWarnings says of the accounts of ws on which days they have nothing though their files have others.
func (f *frame) pauseWarnings(name string, ws []window) (out []locale.Text) {
	for _, x := range f.byDays(ws, f.pauses) {
		out = append(out, locale.T("%s has nothing of %s on %s, though its files have others of these days: it was not used, or rows are missing",
			name, x.names, x.days))
	}
	return out
}

// A sameDays is the accounts that have nothing on the same days.
type sameDays struct {
	days     locale.Text
	names    string
	accounts int
}

// byDays puts the accounts of ws together of which days returns the same ones.
func (f *frame) byDays(ws []window, days func(window) []usage.Day) (out []sameDays) {
	of := map[string][]string{}
	spelled := map[string]locale.Text{}
	var sets []string
	for _, w := range ws {
		days := days(w)
		if len(days) == 0 {
			continue
		}
		set := fmt.Sprint(days)
		if of[set] == nil {
			sets, spelled[set] = append(sets, set), spell(days)
		}
		of[set] = append(of[set], cmp.Or(f.labels.accounts[w.account], w.account))
	}
	for _, set := range sets {
		names := of[set]
		n := len(names)
		if n > maxLacking {
			names = append(names[:maxLacking:maxLacking], "…")
		}
		out = append(out, sameDays{spelled[set], strings.Join(names, ", "), n})
	}
	return out
}

// pauses returns the days of w on which its account, that is else used more often, has nothing in files that have others.
func (f *frame) pauses(w window) (days []usage.Day) {
	days = f.daysOf(w.account, w.days(), func(s standing) []usage.Day { return s.pauses })
	slices.Sort(days)
	return slices.Compact(days)
}

// maxLacking is how many accounts are named that lack the same days.
const maxLacking = 3

// spell writes days as stretches.
func spell(days []usage.Day) locale.Text {
	var parts []locale.Text
	for i := 0; i < len(days); {
		j := i
		for j+1 < len(days) && days[j+1] == days[j]+1 {
			j++
		}
		part := locale.T("%s", usage.Period{From: days[i], To: days[j] + 1})
		if i == j {
			part = locale.T("%s", days[i])
		}
		parts = append(parts, part)
		i = j + 1
	}
	return locale.Join(parts, ", ")
}

// Unknown says of which accounts and days of the period the files have nothing, a sentence each: what was
// used there is not known, and is no change.
func (a *Analysis) Unknown(ctx context.Context) (out []string, err error) {
	currencies, err := a.currencies(ctx)
	if err != nil {
		return nil, err
	}
	for _, cur := range currencies {
		f, err := a.outline(ctx, cur)
		if absent := (*AbsentError)(nil); errors.As(err, &absent) { // a currency need not occur in the period
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, f.unknown()...)
	}
	return out, nil
}

// unknown is Unknown of one currency.
func (f *frame) unknown() (out []string) {
	if len(f.sel.windows) > 0 {
		for _, w := range f.lackWarnings(f.sel.name, f.sel.windows[0]) {
			out = append(out, w.String())
		}
	}
	for _, acc := range f.accounts() {
		switch {
		case acc.Missing:
			out = append(out, fmt.Sprintf("%s has no data in %s: what was used there is not known", name(acc), f.sel.name))
		case acc.Behind:
			out = append(out, fmt.Sprintf("%s has data to %s only: what was used there since is not known", name(acc), acc.Reach))
		}
	}
	return out
}
