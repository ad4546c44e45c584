package analysis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"usagereport/internal/locale"
	"usagereport/usage"
)

// closedAfter is the number of days after a period's end until which Azure may
// still change its charges; a load that reaches that day closes the period.
// (azure-docs, costs/understand-cost-mgt-data.md: the fifth day after.)
const closedAfter = 5

// A BillingPeriod is one period of the billing history, over all accounts.
type BillingPeriod struct {
	Name     string
	Span     usage.Period // the union where accounts differ
	State    State
	Reach    usage.Day
	Accounts int
	Total    usage.Money   // up to its reach; an estimate while it is open
	Lacks    []locale.Text // the days of which files have nothing, a sentence each
}

// Periods returns the billing history in one currency, newest first, and the
// warnings that belong to it.
func (a *Analysis) Periods(ctx context.Context) ([]BillingPeriod, error) {
	currencies, err := a.currencies(ctx)
	if err != nil {
		return nil, err
	}
	var out []BillingPeriod
	for _, cur := range currencies {
		st, err := a.standings(ctx, cur.code)
		if err != nil {
			return nil, err
		}
		f := frame{labels: labels{accounts: map[string]string{}}}
		f.hold(st)
		for _, s := range st {
			f.labels.accounts[s.account] = cmp.Or(s.name, f.labels.accounts[s.account])
		}
		var ws []window
		names := periodNames(st)
		for k, name := range names {
			for _, s := range st {
				if s.period == name {
					ws = append(ws, a.whole(windowKey(k), s))
				}
			}
		}
		sums, err := a.sums(ctx, cur, ws)
		if err != nil {
			return nil, err
		}
		for k, name := range names {
			p := BillingPeriod{Name: name, Total: usage.Money{Amount: sums.total(windowKey(k)), Currency: cur.code}}
			p.Span, p.Reach, p.Accounts = spanOf(st, name)
			p.State = stateOf(st, name)
			p.Lacks = f.lackWarnings(name, slices.DeleteFunc(slices.Clone(ws), func(w window) bool { return w.k != windowKey(k) }))
			out = append(out, p)
		}
	}
	return out, nil
}

// periodNames returns the names of the bills in st, newest first.
func periodNames(st []standing) []string {
	newest := map[string]usage.Day{}
	var names []string
	for _, s := range st {
		if _, ok := newest[s.period]; !ok {
			names = append(names, s.period)
		}
		newest[s.period] = max(newest[s.period], s.span.From)
	}
	slices.SortFunc(names, func(x, y string) int {
		if newest[x] != newest[y] {
			return int(newest[y] - newest[x])
		}
		return strings.Compare(y, x)
	})
	return names
}

// shortBill is the most days that a bill has of which there are several a month.
const shortBill = 16

// partsOfMonths makes one period of all bills of a month that an account gets for each day or week. It lasts
// until the last one that begins in the month, made or not: that the newest bill ends ends no month.
func partsOfMonths(st []standing) {
	longest, several, across := map[string]int{}, map[string]bool{}, map[string]bool{}
	for _, s := range st {
		longest[s.account] = max(longest[s.account], s.longest)
		several[s.account] = several[s.account] || s.bills > 1
		across[s.account] = across[s.account] || s.span.To > s.span.From.Month().To
	}
	for i := range st {
		s := &st[i]
		step := usage.Day(longest[s.account])
		if step > shortBill || !several[s.account] {
			continue
		}
		month := s.span.From.Month()
		if !across[s.account] {
			s.span = month
			continue
		}
		for s.span.From-step >= month.From {
			s.span.From -= step
		}
		for s.span.To < month.To {
			s.span.To += step
		}
	}
}

func spanOf(st []standing, name string) (span usage.Period, reach usage.Day, accounts int) {
	for _, s := range st {
		if s.period != name {
			continue
		}
		if accounts == 0 {
			span = s.span
		}
		span.From, span.To = min(span.From, s.span.From), max(span.To, s.span.To)
		reach = max(reach, s.reach)
		accounts++
	}
	return span, reach, accounts
}

// today is the last day that the data reach; the clock is no input.
func today(st []standing) (d usage.Day) {
	for _, s := range st {
		d = max(d, s.reach)
	}
	return d
}

// stateOf says how final the bill called name is: over all accounts, the least
// final counts.
func stateOf(st []standing, name string) State {
	seen := map[State]bool{}
	stateOfOne, owed := statesOf(st), owes(st, name)
	for _, s := range st {
		if s.period != name {
			continue
		}
		if state := stateOfOne(s); state != Closed || s.owing || !owed {
			seen[state] = true
		}
	}
	for _, state := range []State{Open, Closing, Closed, Invoiced} {
		if seen[state] {
			return state
		}
	}
	return Closed
}

// owes reports whether any account owes something for a bill. One that owes nothing
// gets no invoice, and none is waited for.
func owes(st []standing, name string) bool {
	return slices.ContainsFunc(st, func(s standing) bool { return s.period == name && s.owing })
}

// statesOf returns what says how final one account's bill of st is. An invoice settles it, but for
// files that end before the bill does.
func statesOf(st []standing) func(standing) State {
	var now usage.Day
	reach := map[string]usage.Day{}
	for _, s := range st {
		now = max(now, s.reach, s.through)
		reach[s.account] = max(reach[s.account], s.reach, s.through, s.goesOn)
	}
	return func(s standing) State {
		reach := reach[s.account]
		switch {
		case now < s.span.Last() && reach < s.span.Last():
			return Open
		case s.invoiced:
			return Invoiced
		case reach < s.span.Last()+closedAfter:
			return Closing
		}
		return Closed
	}
}

// AbsentError says that the ledger has no charges in the period that is asked for.
type AbsentError struct {
	Text locale.Text
	Gap  bool // it has some before and after
}

func (e *AbsentError) Error() string { return e.Text.String() }

// A selection is what a report is about: for each account a stretch of days,
// and the stretches before it to compare with.
type selection struct {
	name    string
	before  string // the name of the days compared with, where they were chosen; else ""
	byMonth bool
	span    usage.Period
	state   State
	final   usage.Day // from which the days of an estimate no longer change; 0 is by the span
	// windows[k] are the accounts' stretches: k = 0 the period itself, k >= 1
	// the periods before, newest first, up to the same elapsed day.
	windows [][]window
	whole   [][]window // the same periods before, whole
}

// A window is a stretch of one account's bill.
type window struct {
	k       windowKey
	account string
	period  string       // the bill's name; "" takes the days of all bills
	span    usage.Period // the bill's days
	to      usage.Day    // charges before this day count
}

// days are those of the bill that count.
func (w window) days() usage.Period { return usage.Period{From: w.span.From, To: min(w.to, w.span.To)} }

func (a *Analysis) whole(k windowKey, s standing) window {
	to := max(s.span.To, s.reach+1) + 366 // purchases may be dated after the usage
	if d := a.options.AsOf; d != 0 {
		to = d + 1
	}
	return window{k: k, account: s.account, period: s.period, span: s.span, to: to}
}

// maxPriors is how many earlier periods a report compares with: a year and one,
// so that the same month a year ago has one before it.
const maxPriors = 13

// choose finds the period that the options name, and what precedes it.
func (a *Analysis) choose(st []standing, known renames) (selection, error) {
	if !a.options.Days.Empty() {
		return a.chooseDays(st, known)
	}
	if a.options.Month != "" {
		return a.chooseMonth(st, known)
	}
	names := periodNames(st)
	if len(names) == 0 {
		return selection{}, ErrEmpty
	}
	sel := selection{name: a.options.Period}
	switch sel.name {
	case "", "current":
		// The newest into which the data reach; a lone charge that is dated ahead
		// makes no period current.
		i := slices.IndexFunc(names, func(n string) bool {
			span, reach, _ := spanOf(st, n)
			return reach >= span.From
		})
		sel.name = names[max(i, 0)]
	case "last":
		i := slices.IndexFunc(names, func(n string) bool { return stateOf(st, n) != Open })
		if i < 0 {
			return selection{}, fmt.Errorf("period last: no billing period has ended for every account; the ledger has %s",
				strings.Join(names, ", "))
		}
		sel.name = names[i]
	}
	if !slices.Contains(names, sel.name) {
		return selection{}, &AbsentError{Text: locale.T("period %s: the ledger has none; it has %s", sel.name, strings.Join(names, ", "))}
	}
	sel.span, _, _ = spanOf(st, sel.name)
	sel.state = stateOf(st, sel.name)
	reach := reaches(st, sel.name)
	bills := billsByAccount(st, reach, known)
	for _, s := range st {
		if s.period != sel.name {
			continue
		}
		own := a.whole(thisPeriod, s)
		sel.windows = add(sel.windows, 0, own)
		// It may go on under another id within the period.
		elapsed := s.span.Elapsed(max(s.reach, reach[known.account(s.account)])).Days()
		next, k := s.span.From, 0
		for _, p := range bills[s.account] {
			switch {
			case p.span.From >= s.span.From: // not before it
				continue
			case p.span.From == next && k > 0: // the account moved within the month
			case p.span.To == next && k < maxPriors:
				k++
			default:
				next = 0 // a gap: what lies before it is not the prior period
			}
			if next == 0 {
				break
			}
			next = p.span.From
			w := a.whole(upToNow(k), p)
			sel.whole = add(sel.whole, k-1, w)
			if sel.state == Open {
				w.to = p.span.First(elapsed).To
			}
			sel.windows = add(sel.windows, k, w)
		}
	}
	return sel, nil
}

// reaches returns how far each account reaches in the bill called name.
func reaches(st []standing, name string) map[string]usage.Day {
	out := map[string]usage.Day{}
	for _, s := range st {
		if s.period == name {
			out[s.account] = max(out[s.account], s.reach)
		}
	}
	return out
}

// billsByAccount returns the bills of each account, newest first, with those that it has under
// earlier ids which are in use no more: which inUse does not have.
func billsByAccount(st []standing, inUse map[string]usage.Day, names renames) map[string][]standing {
	by := map[string][]standing{}
	for _, s := range st {
		by[s.account] = append(by[s.account], s)
		if to := names.account(s.account); to != s.account {
			if _, used := inUse[s.account]; !used {
				by[to] = append(by[to], s)
			}
		}
	}
	for _, bills := range by {
		slices.SortStableFunc(bills, func(x, y standing) int { return int(y.span.From - x.span.From) })
	}
	return by
}

// add appends w to the list at position k, growing lists.
func add(lists [][]window, k int, w window) [][]window {
	for len(lists) <= k {
		lists = append(lists, nil)
	}
	lists[k] = append(lists[k], w)
	return lists
}

// chooseMonth selects charges by calendar day, whatever bill they are in.
func (a *Analysis) chooseMonth(st []standing, known renames) (selection, error) {
	now := today(st)
	if now == 0 {
		return selection{}, ErrEmpty
	}
	month := now.Month()
	switch m := a.options.Month; m {
	case "current":
	case "last":
		if now < month.Last() {
			month = (month.From - 1).Month()
		}
	default:
		var err error
		if month, err = usage.ParseMonth(m); err != nil {
			return selection{}, err
		}
	}
	sel := selection{name: month.From.Time().Format("2006-01"), byMonth: true, span: month}
	sel.state = Open
	switch {
	case now >= month.Last()+closedAfter:
		sel.state = Closed
	case now >= month.Last():
		sel.state = Closing
	}
	sel.held(st)
	if a.chooseCalendar(st, known, &sel, usage.Period{}); len(sel.windows) == 0 {
		first := firstDay(st)
		return selection{}, &AbsentError{
			Text: locale.T("month %s: the ledger has no charges on its days; its usage goes from %s to %s", sel.name, first, now),
			Gap:  month.From >= first && month.From <= now,
		}
	}
	return sel, nil
}

// held makes days that have ended no more final than the bills that hold them.
func (sel *selection) held(st []standing) {
	if sel.state == Open {
		return
	}
	for _, s := range st {
		if !s.span.Overlaps(sel.span) {
			continue
		}
		if state := stateOf(st, s.period); state == Open || state == Closing {
			sel.state, sel.final = Closing, max(sel.final, finalOn(s.span))
		}
	}
}

// firstDay is the first day of any bill.
func firstDay(st []standing) usage.Day {
	first := st[0].span.From
	for _, s := range st {
		first = min(first, s.span.From)
	}
	return first
}

// chooseDays selects charges by any days, and those of other days to compare with.
func (a *Analysis) chooseDays(st []standing, known renames) (selection, error) {
	days, before := a.options.Days, a.options.Before
	sel := selection{name: days.Name(), before: days.Earlier().Name(), byMonth: true, span: days, state: Closed}
	if !before.Empty() {
		sel.before = before.Name()
	}
	now := today(st)
	if len(st) == 0 {
		return sel, ErrEmpty
	}
	switch {
	case now < days.Last():
		sel.state = Open
	case now < days.Last()+closedAfter:
		sel.state = Closing
	}
	sel.held(st)
	if a.chooseCalendar(st, known, &sel, before); len(sel.windows) == 0 {
		first := firstDay(st)
		return sel, &AbsentError{
			Text: locale.T("%s: the ledger has no charges on these days", days),
			Gap:  days.From >= first && days.From <= now,
		}
	}
	return sel, nil
}

// chooseCalendar selects each account's charges on the days of sel, whatever bills they are
// in, and on the days before them to compare with: before or, where that is empty, as many
// periods of sel's length as are loaded without a gap.
func (a *Analysis) chooseCalendar(st []standing, known renames, sel *selection, before usage.Period) {
	for i, s := range st {
		if i > 0 && st[i-1].account == s.account {
			continue
		}
		bills := st[i:]
		if n := slices.IndexFunc(bills, func(o standing) bool { return o.account != s.account }); n >= 0 {
			bills = bills[:n]
		}
		to := known.account(s.account) // the id under which it goes on, if it does in these days
		covers := func(o standing, p usage.Period) bool {
			return o.span.Overlaps(p) && (o.reach >= p.From || o.reach == 0)
		}
		covered := func(p usage.Period) bool {
			return slices.ContainsFunc(bills, func(o standing) bool { return covers(o, p) })
		}
		all := covered
		if to != s.account && !covered(sel.span) { // all of it goes on there: its days before are compared with
			all = func(p usage.Period) bool {
				return slices.ContainsFunc(st, func(o standing) bool { return known.account(o.account) == to && covers(o, p) })
			}
		}
		if !all(sel.span) {
			continue
		}
		if covered(sel.span) {
			sel.windows = add(sel.windows, 0, window{k: thisPeriod, account: s.account, span: sel.span, to: a.upTo(sel.span.To)})
		}
		var reach usage.Day
		for _, o := range st {
			if o.account == s.account || o.account == to && o.span.Overlaps(sel.span) {
				reach = max(reach, o.reach)
			}
		}
		elapsed := sel.span.Elapsed(reach).Days()
		p := before
		if before.Empty() {
			p = sel.span.Earlier()
		}
		for k := 1; k <= maxPriors && all(p) && s.span.From <= p.From; k, p = k+1, p.Earlier() {
			if !covered(p) {
				continue
			}
			w := window{k: upToNow(k), account: s.account, span: p, to: a.upTo(p.To)}
			sel.whole = add(sel.whole, k-1, w)
			if sel.state == Open {
				w.to = p.First(elapsed).To
			}
			sel.windows = add(sel.windows, k, w)
			if !before.Empty() {
				break
			}
		}
	}
}

func (a *Analysis) upTo(day usage.Day) usage.Day {
	if d := a.options.AsOf; d != 0 {
		return min(day, d+1)
	}
	return day
}

// A Chosen is the period that the options name, in one currency.
type Chosen struct {
	PeriodInfo
	Currency string
}

// Chosen returns it for each currency that has charges in it.
func (a *Analysis) Chosen(ctx context.Context) (out []Chosen, err error) {
	currencies, err := a.currencies(ctx)
	if err != nil {
		return nil, err
	}
	for _, cur := range currencies {
		f, err := a.outline(ctx, cur)
		if absent := (*AbsentError)(nil); errors.As(err, &absent) && len(currencies) > 1 {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, Chosen{f.period(f.accounts()), cur.code})
	}
	return out, nil
}
