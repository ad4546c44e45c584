package analysis

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"usagereport/internal/locale"
	"usagereport/usage"
)

// errNothing says that an owner has no charge in the ledger.
var errNothing = errors.New("no charge in the ledger is their own; 'usagereport owners check' says which rules take none")

// IsNothing reports whether err says that an owner has no charges in the ledger or
// in the period that was asked for.
func IsNothing(err error) bool {
	absent := (*AbsentError)(nil)
	return errors.Is(err, errNothing) || errors.As(err, &absent)
}

// Nothing returns the report of an owner without charges in the period: which
// period that is, all of the ledger says, and the owner's part of it, which
// subscriptions of the owner have no data there. Without data it is not known what was
// spent. The options of both must name the same period.
func Nothing(ctx context.Context, all, theirs *Analysis) (*Report, error) {
	f, err := all.anyOutline(ctx, theirs.options.Budget.Currency)
	if err != nil {
		return nil, err
	}
	p, err := theirs.nothing(ctx, f)
	if err != nil {
		return nil, err
	}
	p.Warnings = f.oldWarnings(p.Period)
	if theirs.options.Convert {
		if p.Unconverted, err = theirs.unconverted(ctx); err != nil {
			return nil, err
		}
		p.Warnings = append(conversionWarnings(p.Currency, nil, p.Unconverted), p.Warnings...)
	}
	st, err := theirs.standings(ctx, f.cur.code)
	if err != nil {
		return nil, err
	}
	whole := f.st
	known := map[string]bool{}
	for _, w := range f.sel.windows[0] {
		known[w.account] = true
	}
	f.hold(slices.DeleteFunc(st, func(s standing) bool { return known[s.account] }))
	for _, s := range f.missing() {
		last, err := theirs.sums(ctx, f.cur, []window{theirs.whole(0, s)}, 0)
		if err != nil {
			return nil, err
		}
		acc := Account{ID: s.account, Name: s.name, Span: f.sel.span, Missing: true, Total: p.Total, Last: f.money(last.total(0))}
		p.Accounts = append(p.Accounts, acc)
		p.Warnings = append(p.Warnings, locale.T("%s has no data in this period; it cost %s in the period before", name(acc), acc.Last))
	}
	if err := theirs.handovers(ctx, f, &p); err != nil {
		return nil, err
	}
	owner := *theirs
	f.hold(whole) // which days are loaded is not the owner's alone
	owner.options.Budget.Currency = f.cur.code
	if b := theirs.options.Budget.Currency; b == "" || b == f.cur.code {
		if err := owner.budget(ctx, f, &p); err != nil {
			return nil, err
		}
	}
	r := &Report{Owner: theirs.options.Owner, Parts: []Part{p}}
	r.Config, r.Cost, r.Tags = theirs.config(), theirs.options.Cost, theirs.options.Tags
	r.Warnings = theirs.strangeBudget(r)
	return r, nil
}

// nothing returns the part of an owner without charges in the period of f, which is of all.
func (a *Analysis) nothing(ctx context.Context, f *frame) (Part, error) {
	var accounts []Account
	for _, w := range f.sel.windows[0] {
		accounts = append(accounts, Account{Reach: f.reach(w.account, w.span)})
	}
	p := Part{Currency: f.cur.code, Period: f.period(accounts), Total: f.money(usage.Decimal{}), Outside: f.money(usage.Decimal{})}
	if p.Shared = a.shared(f, a.options.Owner, p.Total); p.Shared == nil || p.Shared.Expected == nil {
		return p, nil
	}
	has, err := a.currencies(ctx)
	if err != nil && !IsNothing(err) {
		return p, err
	}
	if p.onlyShared = !slices.ContainsFunc(has, func(c currency) bool { return c.code == f.cur.code }); p.onlyShared {
		none := p.Total
		p.Expected = &none // of the owner's own
	}
	return p, nil
}

// outlinesOfAll returns an outline of each currency, for owners without charges in it.
func (a *Analysis) outlinesOfAll(ctx context.Context) (out []*frame, err error) {
	currencies, err := a.currencies(ctx)
	for i := 0; err == nil && i < len(currencies); i++ {
		f, ferr := a.outline(ctx, currencies[i])
		if absent := (*AbsentError)(nil); errors.As(ferr, &absent) { // a currency need not occur in the period
			continue
		}
		out, err = append(out, f), ferr
	}
	return out, err
}

// idle calls do for each currency that no frame of the owner's own is of, with the part of it that the owner has: of
// what is shared, or a budget. How the frames went, which own names by their currencies, is err.
func (a *Analysis) idle(ctx context.Context, own map[string]bool, err error, do func(*frame, Part)) error {
	if a.wholes == nil || err != nil && !IsNothing(err) {
		return err
	}
	for _, f := range a.wholes {
		if own[f.cur.code] {
			continue
		}
		p, err := a.nothing(ctx, f)
		if err == nil {
			err = a.budget(ctx, f, &p)
		}
		if err != nil {
			return err
		}
		if p.Shared != nil || p.Budget != nil {
			do(f, p)
		}
	}
	return nil
}

// anyOutline returns the outline of the currency called code, or else of the first
// that has the period.
func (a *Analysis) anyOutline(ctx context.Context, code string) (*frame, error) {
	currencies, err := a.currencies(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(currencies, func(x, y currency) int {
		switch code {
		case x.code:
			return -1
		case y.code:
			return 1
		}
		return 0
	})
	var failed error
	for _, cur := range currencies {
		f, err := a.outline(ctx, cur)
		if err == nil {
			return f, nil
		}
		failed = errors.Join(failed, err)
	}
	return nil, fmt.Errorf("choose the period: %w", failed)
}
