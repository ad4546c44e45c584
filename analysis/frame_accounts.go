package analysis

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"usagereport/internal/locale"
	"usagereport/usage"
)

func name(acc Account) string { return cmp.Or(acc.Name, acc.ID) }

// accounts lists every account's standing in the period, and the accounts that
// the period before had and this one lacks.
func (f *frame) accounts() []Account {
	totals, last := map[string]usage.Decimal{}, map[string]usage.Decimal{}
	for id, d := range f.sums[thisPeriod] {
		acc := f.infos[id].account()
		totals[acc] = totals[acc].Add(d)
	}
	for _, k := range []windowKey{wholePeriod(1), lastBills} {
		for id, d := range f.sums[k] {
			acc := f.infos[id].account()
			if !f.here(acc) {
				acc = f.now(acc)
			}
			last[acc] = last[acc].Add(d)
		}
	}
	var out []Account
	if len(f.sel.windows) > 0 {
		for _, w := range f.sel.windows[0] {
			if f.without(w) && totals[w.account].Sign() == 0 && last[w.account].Sign() == 0 {
				continue // it was charged in earlier bills only
			}
			out = append(out, Account{
				ID: w.account, Name: f.labels.accounts[w.account], Span: w.span, Reach: f.reach(w.account, w.span),
				Total: f.money(totals[w.account]), Last: f.money(last[w.account]),
			})
		}
	}
	for _, s := range f.lost {
		out = append(out, Account{
			ID: s.account, Name: s.name, Span: f.sel.span, Missing: true, Total: f.money(usage.Decimal{}),
			Last: f.money(last[s.account]),
		})
	}
	var newest usage.Day
	for _, acc := range out {
		newest = max(newest, acc.Reach)
	}
	for i := range out {
		_, goesOn := f.left(out[i].ID)                   // in another currency
		goesOn = goesOn || f.now(out[i].ID) != out[i].ID // under another id
		out[i].Behind = !out[i].Missing && !goesOn && out[i].Span.Contains(newest) && out[i].Reach < newest
	}
	slices.SortStableFunc(out, func(x, y Account) int {
		return cmp.Or(y.Total.Amount.Cmp(x.Total.Amount), cmp.Compare(x.ID, y.ID))
	})
	return out
}

// missing returns the last bill of each account that had one just before the
// period and has none in it.
func (f *frame) missing() []standing {
	here := map[string]bool{}
	if len(f.sel.windows) > 0 {
		for _, w := range f.sel.windows[0] {
			here[w.account] = true
		}
	}
	newest := map[string]standing{}
	for _, s := range f.st {
		if !here[s.account] && !here[f.names.account(s.account)] && s.span.From < f.sel.span.From {
			newest[s.account] = s
		}
	}
	var out []standing
	for _, id := range slices.Sorted(maps.Keys(newest)) {
		if _, left := f.left(id); left {
			continue // it is there, in another currency
		}
		if s := newest[id]; s.span.To >= f.sel.span.From {
			out = append(out, s)
		}
	}
	return out
}

// here reports whether the period has a bill of an account.
func (f *frame) here(account string) bool {
	return len(f.sel.windows) > 0 && slices.ContainsFunc(f.sel.windows[0], func(w window) bool { return w.account == account })
}

// now returns the id under which an account goes on in the period: its newest where that
// has a bill, though its own may have one, too, of the days before.
func (f *frame) now(account string) string {
	if to := f.names.account(account); to != account && f.here(to) {
		return to
	}
	return account
}

// without reports whether no file has a charge of w's account in its bill.
func (f *frame) without(w window) bool {
	return w.period != "" && slices.ContainsFunc(f.bills[w.account], func(s standing) bool { return s.period == w.period && s.empty })
}

// billedLate is how many of a month's last days may be billed with the next one.
const billedLate = 2

// days returns the days of which s's files tell: those of its bill up to its reach, and those
// just before it of which some usage is billed with it, as Google does with a month's last day,
// where the bill before reaches up to them.
func (f *frame) days(s standing) usage.Period {
	p := usage.Period{From: s.span.From, To: min(s.span.Last(), s.reach) + 1}
	late := s.first > 0 && s.first < p.From && p.From-s.first <= billedLate
	if late && slices.ContainsFunc(f.bills[s.account], func(o standing) bool { return o.span.To == p.From && o.reach >= s.first-1 }) {
		p.From = s.first
	}
	return p
}

// cover marks in has, a mark for each day from first on, the days of which s's files tell.
func (f *frame) cover(has []bool, first usage.Day, s standing) {
	told := f.days(s)
	for d := max(told.From, first); d < min(told.To, first+usage.Day(len(has))); d++ {
		has[d-first] = has[d-first] || !slices.Contains(s.lacks, d)
	}
}

// reach returns the last day with usage of an account inside span.
func (f *frame) reach(account string, span usage.Period) usage.Day {
	var d usage.Day
	for _, s := range f.bills[account] {
		if s.reach < span.From {
			continue
		}
		from := s.span.From
		if f.sel.byMonth {
			from = f.days(s).From
		}
		if from < span.To {
			d = max(d, min(s.reach, span.Last()))
		}
	}
	return d
}

func (f *frame) period(accounts []Account) PeriodInfo {
	p := PeriodInfo{Name: f.sel.name, Span: f.sel.span, ByMonth: f.sel.byMonth, State: f.sel.state, final: f.sel.final}
	for _, acc := range accounts {
		p.Reach = max(p.Reach, acc.Reach)
	}
	p.Elapsed = p.Span.Elapsed(p.Reach).Days()
	if len(f.sel.windows) > 0 {
		any, all := f.lacksAll(f.sel.windows[0])
		p.Lacks, p.Elapsed = len(any), p.Elapsed-within(all, p.Span.Elapsed(p.Reach))
		for _, d := range any {
			if slices.ContainsFunc(f.sel.windows[0], func(w window) bool { return f.unrated(w.account, d) }) {
				p.Unrated++
			}
		}
	}
	var newest time.Time
	for _, s := range f.st {
		if s.loaded.After(newest) {
			newest = s.loaded
		}
	}
	if !newest.IsZero() {
		p.Updated, p.Loaded = newest.Format("2006-01-02 15:04 UTC"), usage.DayOf(newest)
	}
	switch p.State {
	case Open:
		p.ReplyBy = p.Span.Last()
	case Closing:
		p.ReplyBy = p.FinalOn()
	}
	if p.ReplyBy < f.today {
		p.ReplyBy = 0
	}
	if newest := f.newest(); f.today > 0 && newest > 0 && int(f.today-newest) > oldAfter {
		p.Old = int(f.today - newest)
	}
	return p
}

// newest is the last day that the data reach, of accounts that went on in another currency too.
func (f *frame) newest() usage.Day {
	d := today(f.st)
	for _, s := range f.st {
		d = max(d, s.goesOn)
	}
	return d
}

// oldWarnings says how old the newest data are, where they are old.
func (f *frame) oldWarnings(p PeriodInfo) []locale.Text {
	if p.Old == 0 {
		return nil
	}
	return []locale.Text{locale.T("The data are old: they end on %s, %s before they were loaded; what was used since is not known", f.newest(),
		locale.T("%d days", p.Old))}
}

// oldAfter is how many days data may end before they are looked at and be called new.
const oldAfter = 7
