package analysis

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// A Since says why a period costs something else now than a record of it says, in
// one currency.
type Since struct {
	Record   string // its id
	At       time.Time
	Owner    string
	Period   string
	Span     usage.Period
	Currency string
	Total    SinceRow
	Rows     []SinceRow // by subscription and service, largest first; they add up to Total

	// OwnersUnknown says that the owners file of that day is not kept: what has
	// moved and what was restated look the same.
	OwnersUnknown bool

	arriving bool // the record was made while its last days were incomplete
}

// A SinceRow is what one service of one subscription cost then and costs now. The
// lanes add up to the difference, to the last digit.
type SinceRow struct {
	Account, Name, Service string
	Was, Now, Delta        usage.Money

	Restated usage.Decimal // of days that the record had
	Late     usage.Decimal // of days after those
	Moved    usage.Decimal // between owners, by a changed owners file
	Loaded   usage.Decimal // of subscriptions that the record did not have
	Credits  usage.Decimal
	Tax      usage.Decimal
	Shared   usage.Decimal // the owner's part of shared cost, in Total alone
}

// Add adds the amounts of o, which is of the same currency.
func (r *SinceRow) Add(o SinceRow) {
	r.Was, r.Now, r.Delta = r.Was.Add(o.Was), r.Now.Add(o.Now), r.Delta.Add(o.Delta)
	r.Restated, r.Late, r.Moved, r.Loaded = r.Restated.Add(o.Restated), r.Late.Add(o.Late), r.Moved.Add(o.Moved), r.Loaded.Add(o.Loaded)
	r.Credits, r.Tax, r.Shared = r.Credits.Add(o.Credits), r.Tax.Add(o.Tax), r.Shared.Add(o.Shared)
}

// IsZero reports whether nothing has changed.
func (r SinceRow) IsZero() bool {
	return r.Restated.Sign() == 0 && r.Late.Sign() == 0 && r.Moved.Sign() == 0 && r.Loaded.Sign() == 0 &&
		r.Credits.Sign() == 0 && r.Tax.Sign() == 0 && r.Shared.Sign() == 0
}

// side is what the period of a record costs now, looked at through one owners file.
type side struct {
	lines  map[ledger.RecordLine]usage.Decimal // Cost is zero in the keys
	cut    map[ledger.RecordLine]usage.Decimal // of usage up to the day that the record reaches
	reach  map[string]usage.Day
	names  map[string]string
	shared usage.Decimal
}

// Since explains the difference between what rec says and what its period costs
// now, in each currency of either. a must be of rec's owner and period; old the
// same, through the owners file of rec, and nil where that is not kept or is the
// same.
func (a *Analysis) Since(ctx context.Context, rec ledger.Record, old *Analysis) (out []Since, err error) {
	then := map[string]ledger.RecordTotal{}
	for _, t := range rec.Totals {
		then[t.Currency] = t
	}
	codes := slices.Sorted(maps.Keys(then))
	for _, x := range []*Analysis{a, old} {
		if x == nil {
			continue
		}
		currencies, err := x.currencies(ctx)
		if err != nil && !IsNothing(err) {
			return nil, err
		}
		for _, c := range currencies {
			codes = append(codes, c.code)
		}
	}
	slices.Sort(codes)
	for _, code := range slices.Compact(codes) {
		was := then[code]
		was.Currency = code
		now, err := a.side(ctx, code, was)
		if err != nil {
			return nil, err
		}
		before := now
		if old != nil {
			if before, err = old.side(ctx, code, was); err != nil {
				return nil, err
			}
		}
		s := Since{Record: rec.ID, At: rec.At, Owner: rec.Owner, Period: rec.Period, Span: rec.Span, Currency: code}
		s.Total, s.Rows = explain(was, now, before)
		s.arriving = usage.DayOf(rec.At) <= was.Reach+settleDays
		if _, had := then[code]; had || !s.Total.IsZero() {
			out = append(out, s)
		}
	}
	return out, nil
}

// side sums the period up in one currency; nothing, where it has no charges.
func (a *Analysis) side(ctx context.Context, code string, was ledger.RecordTotal) (side, error) {
	s := side{
		lines: map[ledger.RecordLine]usage.Decimal{}, cut: map[ledger.RecordLine]usage.Decimal{},
		reach: map[string]usage.Day{}, names: map[string]string{},
	}
	currencies, err := a.currencies(ctx)
	if err != nil && !IsNothing(err) {
		return s, err
	}
	i := slices.IndexFunc(currencies, func(c currency) bool { return c.code == code })
	if i < 0 {
		return s, nil
	}
	f, err := a.outline(ctx, currencies[i])
	if err != nil {
		if absent := (*AbsentError)(nil); errors.As(err, &absent) {
			return s, nil
		}
		return s, err
	}
	recorded := map[string]usage.Day{}
	for _, acc := range was.Accounts {
		recorded[acc.ID] = acc.Reach
	}
	const asRecorded windowKey = 1 // the same period, up to where the record's data reached
	var ws []window
	for _, w := range f.sel.windows[0] {
		s.reach[w.account] = f.reach(w.account, w.span)
		s.names[w.account] = f.labels.accounts[w.account]
		ws = append(ws, w)
		w.k = asRecorded
		w.to = min(w.to, recorded[w.account]+1)
		ws = append(ws, w)
	}
	sums, err := a.sums(ctx, f.cur, ws, thisPeriod, asRecorded)
	if err != nil {
		return s, err
	}
	for k, lines := range map[windowKey]map[ledger.RecordLine]usage.Decimal{thisPeriod: s.lines, asRecorded: s.cut} {
		for id, d := range sums[k] {
			key := f.infos[id].line()
			lines[key] = lines[key].Add(d)
		}
	}
	if shared := a.shared(f, a.options.Owner, usage.Money{}); shared != nil {
		s.shared = shared.Amount.Amount
	}
	return s, nil
}

// line is where a series stands in a record.
func (s seriesInfo) line() ledger.RecordLine {
	return ledger.RecordLine{Account: s.account(), Service: s.dims[usage.Service], Category: s.category}
}

// explain divides the difference between was and now. before is now by the owners
// file of then.
func explain(was ledger.RecordTotal, now, before side) (total SinceRow, rows []SinceRow) {
	then := map[ledger.RecordLine]usage.Decimal{}
	for _, l := range was.Lines {
		cost := l.Cost
		l.Cost = usage.Decimal{}
		then[l] = then[l].Add(cost)
	}
	recorded := map[string]usage.Day{}
	for _, acc := range was.Accounts {
		recorded[acc.ID] = acc.Reach
	}
	for _, l := range was.Lines { // of which an account may have no usage
		if _, ok := recorded[l.Account]; !ok {
			recorded[l.Account] = was.Reach
		}
	}
	keys := map[ledger.RecordLine]bool{}
	for _, lines := range []map[ledger.RecordLine]usage.Decimal{then, now.lines, before.lines} {
		for key := range lines {
			keys[key] = true
		}
	}
	money := func(d usage.Decimal) usage.Money { return usage.Money{Amount: d, Currency: was.Currency} }
	at := map[[2]string]*SinceRow{}
	for key := range keys {
		r := at[[2]string{key.Account, key.Service}]
		if r == nil {
			r = &SinceRow{
				Account: key.Account, Name: cmp.Or(now.names[key.Account], before.names[key.Account]), Service: key.Service,
				Was: money(usage.Decimal{}), Now: money(usage.Decimal{}),
			}
			at[[2]string{key.Account, key.Service}] = r
		}
		r.Was.Amount, r.Now.Amount = r.Was.Amount.Add(then[key]), r.Now.Amount.Add(now.lines[key])
		difference := now.lines[key].Sub(then[key])
		switch key.Category {
		case "Tax":
			r.Tax = r.Tax.Add(difference)
			continue
		case "Credit":
			r.Credits = r.Credits.Add(difference)
			continue
		}
		moved := now.lines[key].Sub(before.lines[key])
		r.Moved = r.Moved.Add(moved)
		rest := difference.Sub(moved)
		reach, had := recorded[key.Account]
		switch {
		case !had:
			r.Loaded = r.Loaded.Add(rest)
		case key.Category == "Usage":
			late := before.lines[key].Sub(before.cut[key])
			r.Late, r.Restated = r.Late.Add(late), r.Restated.Add(rest.Sub(late))
		case before.reach[key.Account] > reach: // purchases may be dated ahead of the usage
			r.Late = r.Late.Add(rest)
		default:
			r.Restated = r.Restated.Add(rest)
		}
	}
	total.Was, total.Now = money(was.Shared), money(now.shared)
	total.Shared = now.shared.Sub(was.Shared)
	total.Delta = money(total.Shared)
	for _, r := range at {
		r.Delta = r.Now.Sub(r.Was)
		total.Add(*r)
		rows = append(rows, *r)
	}
	slices.SortFunc(rows, func(x, y SinceRow) int {
		return cmp.Or(y.Delta.Amount.Abs().Cmp(x.Delta.Amount.Abs()), cmp.Compare(x.Account, y.Account), cmp.Compare(x.Service, y.Service))
	})
	return total, rows
}

// Rounded is r for people: the parts add up to the difference of the amounts that they see, what rounding leaves
// stands in the largest of them.
func (r SinceRow) Rounded() SinceRow {
	r.Delta = usage.Change(r.Was, r.Now)
	r.Was, r.Now = r.Was.Rounded(), r.Now.Rounded()
	parts := []*usage.Decimal{&r.Restated, &r.Late, &r.Moved, &r.Loaded, &r.Credits, &r.Tax, &r.Shared}
	largest := slices.MaxFunc(parts, func(x, y *usage.Decimal) int { return x.Abs().Cmp(y.Abs()) })
	rest := r.Delta.Amount
	for _, part := range parts {
		*part = part.Round(usage.MinorDigits(r.Delta.Currency))
		rest = rest.Sub(*part)
	}
	*largest = largest.Add(rest)
	return r
}

// Lanes returns the parts of the difference that are not zero, each with its name,
// in a fixed order.
func (r SinceRow) Lanes() (out []Share) {
	for _, x := range []struct {
		name string
		cost usage.Decimal
	}{
		{"restated", r.Restated},
		{"late", r.Late},
		{"owner moved", r.Moved},
		{"newly loaded", r.Loaded},
		{"credits", r.Credits},
		{"tax", r.Tax},
		{"shared", r.Shared},
	} {
		if x.cost.Sign() != 0 {
			out = append(out, Share{Name: x.name, Amount: usage.Money{Amount: x.cost, Currency: r.Delta.Currency}})
		}
	}
	return out
}

// Text says the difference in a sentence; empty where there is none.
func (s Since) Text() locale.Text {
	var lanes []locale.Text
	total := s.Total.Rounded()
	for _, l := range total.Lanes() {
		name := lane(l.Name)
		if s.arriving && l.Name == "restated" { // of how much of it, the record does not tell
			name = locale.T("arrived late, or corrected by the cloud")
		}
		lanes = append(lanes, locale.T("%s %s", name, locale.Difference(l.Amount)))
	}
	if len(lanes) == 0 {
		return locale.Text{}
	}
	return locale.T("Since you last read (%s, %s): %s cost %s then and costs %s now, %s: %s.",
		s.Day(), s.Record, s.Span, total.Was, total.Now, locale.Difference(total.Delta), locale.Join(lanes, ", "))
}

// lane says in words what a part of the difference is.
func lane(name string) locale.Text {
	switch name {
	case "restated":
		return locale.T("corrected by the cloud")
	case "late":
		return locale.T("of days that were not there yet")
	case "owner moved":
		return locale.T("moved between owners")
	case "newly loaded":
		return locale.T("of subscriptions that were not loaded")
	case "credits":
		return locale.T("credits")
	case "tax":
		return locale.T("tax")
	}
	return locale.T("shared cost")
}

// Day is the day on which the record was made.
func (s Since) Day() usage.Day { return usage.DayOf(s.At) }
