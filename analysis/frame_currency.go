package analysis

import (
	"context"
	"database/sql"
	"slices"

	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// A turn is that an account is charged in another currency from a day on.
type turn struct {
	before, after string
	day           usage.Day // the first in the currency after
	last          usage.Day // the last with usage in it
}

// A CurrencyChange says that accounts of a part are charged in another currency from a day on. What
// one currency says is compared with its own days alone.
type CurrencyChange struct {
	Before, After string
	Day           usage.Day // the first of any account in After
	Accounts      int
	All           bool // it is so of all accounts of the part
	Text          locale.Text
}

// turns returns the accounts that are charged in another currency than before.
func (a *Analysis) turns(ctx context.Context) (map[string][]turn, error) {
	out := map[string][]turn{}
	there, err := a.kinds(ctx)
	if err != nil || !there.currencies {
		return out, err
	}
	err = a.askOnce(ctx, "currency_turns", func(r row) error {
		var account string
		var t turn
		if err := r.Scan(&account, &t.before, &t.after, ledger.DayOf(&t.day), ledger.DayOf(&t.last)); err != nil {
			return err
		}
		out[account] = append(out[account], t)
		return nil
	}, sql.Named("last", a.lastDay().Time()))
	return out, err
}

// left returns since when an account is charged in another currency than f's.
func (f *frame) left(account string) (turn, bool) {
	i := slices.IndexFunc(f.turns[account], func(t turn) bool { return t.before == f.cur.code })
	if i < 0 {
		return turn{}, false
	}
	return f.turns[account][i], true
}

// taken reports whether any account is charged in f's currency that was charged in another.
func (f *frame) taken() bool {
	for _, list := range f.turns {
		if slices.ContainsFunc(list, func(t turn) bool { return t.after == f.cur.code }) {
			return true
		}
	}
	return false
}

// ended reports whether nothing more is to come in f's currency: all accounts are charged in another.
func (f *frame) ended() bool {
	return len(f.st) > 0 && !slices.ContainsFunc(f.st, func(s standing) bool {
		return s.goesOn == 0 && s.span.To > f.sel.span.From-turnedDays
	})
}

// turnedDays is how many days before a period an account may have been charged last and count there.
const turnedDays = 31

// currencyChanges says which accounts of a part are charged in another currency since a day in its
// period or the one before; nil where none is.
func (f *frame) currencyChange(accounts []Account) *CurrencyChange {
	var c *CurrencyChange
	first := ""
	for _, acc := range accounts {
		for _, t := range f.turns[acc.ID] {
			before := f.sel.span.From
			if len(f.sel.windows) > 1 {
				before = f.sel.windows[1][0].span.From
			}
			if t.before != f.cur.code && t.after != f.cur.code || t.day < before || c != nil && (c.Before != t.before || c.After != t.after) {
				continue
			}
			if c == nil {
				c, first = &CurrencyChange{Before: t.before, After: t.after, Day: t.day}, name(acc)
			}
			c.Accounts, c.Day = c.Accounts+1, min(c.Day, t.day)
		}
	}
	if c == nil {
		return nil
	}
	c.All = c.Accounts == len(accounts)
	who := locale.Said(first)
	if c.Accounts > 1 {
		who = locale.T("%d subscriptions", c.Accounts)
	}
	c.Text = locale.T("%s: charged in %s since %s, in %s before; each currency is compared with its own days alone", who, c.After, c.Day, c.Before)
	return c
}
