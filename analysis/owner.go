package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"usagereport/ledger"
	"usagereport/rollup"
	"usagereport/usage"
)

// An Ownership says what of a period each owner has, in one currency.
type Ownership struct {
	Currency string
	Period   PeriodInfo
	Total    usage.Money
	Owned    map[string]usage.Money // by owner, without shared cost; unowned cost under ""
	Shared   map[string]usage.Money // each owner's part of shared cost; with Owned it makes Total
	// Invoice is part of the unowned cost: what a bill has beside usage and purchases,
	// by one of InvoiceLines.
	Invoice map[string]usage.Money
	// Unrated are the owners of whose charges in the period no rate converts any.
	Unrated []string
	// New are the subscriptions whose first bill, of all that are loaded, is this
	// period's; none where it is the first of all.
	New []Account
}

// InvoiceLines returns what a bill has beside usage and purchases, in its order.
func InvoiceLines() []string { return []string{"tax", "support", "credits", "rounding"} }

// Spread divides what Invoice has among the owners, in proportion to what each
// bears, exactly. It returns nil where no owner bears any cost.
func (o Ownership) Spread() map[string]usage.Money {
	var to []usage.Receiver
	bears := map[string]usage.Decimal{}
	for _, names := range []map[string]usage.Money{o.Owned, o.Shared} {
		for name := range names {
			cost, _ := o.Cost(name)
			if _, known := bears[name]; name == "" || known || cost.Amount.Sign() <= 0 {
				continue
			}
			bears[name] = cost.Amount
			to = append(to, usage.Receiver{Owner: name})
		}
	}
	if len(to) == 0 {
		return nil
	}
	slices.SortFunc(to, func(x, y usage.Receiver) int { return cmp.Compare(x.Owner, y.Owner) })
	var sum usage.Decimal
	for _, m := range o.Invoice {
		sum = sum.Add(m.Amount)
	}
	out := map[string]usage.Money{}
	for i, d := range usage.InProportion.Split(sum, to, bears) {
		out[to[i].Owner] = usage.Money{Amount: d, Currency: o.Currency}
	}
	return out
}

// Cost returns what an owner bears, and whether that is anything.
func (o Ownership) Cost(owner string) (cost usage.Money, has bool) {
	own, has := o.Owned[owner]
	part, bears := o.Shared[owner]
	return usage.Money{Currency: o.Currency}.Add(own).Add(part), has || bears
}

// Percent returns how much of the total has an owner; nil where the total is not
// positive.
func (o Ownership) Percent() *float64 {
	return percentOf(o.Total.Sub(o.Owned[""]).Amount, o.Total.Amount)
}

// Ownerships returns what of the period each owner has. The connection must look
// through an owners file whose rules Share has seen.
func (a *Analysis) Ownerships(ctx context.Context) (out []Ownership, err error) {
	err = a.eachFrame(ctx, func(f *frame) error {
		accounts := f.accounts()
		o := Ownership{
			Currency: f.cur.code, Period: f.period(accounts), Total: f.money(f.sums.total(thisPeriod)),
			Owned: map[string]usage.Money{"": f.money(usage.Decimal{})}, Shared: map[string]usage.Money{},
			Invoice: map[string]usage.Money{}, New: f.newOf(accounts),
		}
		out = append(out, o)
		err := a.query(ctx, "owned", func(r *sql.Rows) error {
			var owner sql.NullString
			var part string
			var d usage.Decimal
			if err := r.Scan(&owner, &part, ledger.Amount(&d)); err != nil {
				return err
			}
			o.Owned[owner.String] = f.money(o.Owned[owner.String].Amount.Add(d))
			if part != "" {
				o.Invoice[part] = f.money(d)
			}
			return nil
		}, sql.Named("currency", f.cur.code), sql.Named("amortized", f.cur.amortized))
		if err != nil {
			return err
		}
		given := map[string]usage.Decimal{} // by what the shared cost is called
		for owner := range a.portions {
			s := a.shared(f, owner, o.Owned[owner])
			if s == nil {
				continue
			}
			o.Shared[owner] = s.Amount
			for _, l := range s.Lines {
				given[l.Name] = given[l.Name].Add(l.Amount.Amount)
			}
		}
		// Shared cost is its receivers' now; what found none is unowned.
		for name := range a.pooled {
			o.Owned[""] = f.money(o.Owned[""].Amount.Add(o.Owned[name].Amount).Sub(given[name]))
			delete(o.Owned, name)
		}
		out[len(out)-1].Unrated, err = a.unratedOwners(ctx, f, o)
		return err
	})
	return out, err
}

// unratedOwners returns the owners of o of whose charges in the period no rate converts any.
func (a *Analysis) unratedOwners(ctx context.Context, f *frame, o Ownership) (owners []string, err error) {
	if !a.options.Convert {
		return nil, nil
	}
	bill, end := any(f.sel.name), a.lastDay()+1
	if f.sel.byMonth {
		bill, end = nil, min(end, f.sel.span.To)
	}
	return owners, a.query(ctx, "owned_norate", func(r *sql.Rows) error {
		var owner string
		err := r.Scan(&owner)
		if _, has := o.Cost(owner); !has {
			owners = append(owners, owner)
		}
		return err
	}, sql.Named("bill", bill), sql.Named("first", f.sel.span.From.Time()), sql.Named("end", end.Time()))
}

// newOf returns those of the period's accounts that no period before it has.
func (f *frame) newOf(accounts []Account) (out []Account) {
	earlier, any := map[string]bool{}, false
	for _, s := range f.st {
		if s.span.From < f.sel.span.From {
			earlier[s.account], any = true, true
		}
	}
	for _, acc := range accounts {
		if any && !earlier[acc.ID] && !acc.Missing {
			out = append(out, acc)
		}
	}
	return out
}

// eachFrame calls do for each currency that occurs in the period.
func (a *Analysis) eachFrame(ctx context.Context, do func(*frame) error) error {
	currencies, err := a.currencies(ctx)
	if err != nil {
		return err
	}
	var failed error
	done := false
	for _, cur := range currencies {
		f, err := a.frame(ctx, cur)
		if err != nil {
			failed = err // a currency need not occur in the period
			continue
		}
		if err := do(f); err != nil {
			return err
		}
		done = true
	}
	if !done {
		return failed
	}
	return nil
}

// Budgets returns the parts of a report with the period's total, the period's end and the
// owner's budget, and nothing else.
func (a *Analysis) Budgets(ctx context.Context) (out []Part, err error) {
	own := map[string]bool{}
	err = a.eachFrame(ctx, func(f *frame) error {
		p, err := a.budgeted(ctx, f)
		out, own[f.cur.code] = append(out, p), true
		return err
	})
	return out, a.idle(ctx, own, err, func(_ *frame, p Part) { out = append(out, p) })
}

func (a *Analysis) budgeted(ctx context.Context, f *frame) (Part, error) {
	p := Part{Currency: f.cur.code, Accounts: f.accounts(), Total: f.money(f.sums.total(thisPeriod))}
	p.Period = f.period(p.Accounts)
	p.Shared = a.shared(f, a.options.Owner, p.Total)
	if err := a.expect(ctx, f, &p); err != nil {
		return p, err
	}
	return p, a.budget(ctx, f, &p)
}

// An OwnerStanding is what an owner has of a period, in one currency. Spent and Delta of all
// standings add up to the bill's; forecasts need not, for each is made from the owner's own days.
type OwnerStanding struct {
	Owner    string       // "" for what has no owner
	Spent    usage.Money  // with the owner's part of shared cost
	NoRate   bool         // no rate converts any of what the owner has, so that Spent is not known
	Shared   *usage.Money // the part of Spent that is shared; nil for none
	Delta    *usage.Money // against the same days of the period before; nil where that is not known
	Percent  *float64     // Delta of it; nil where it is not positive
	Expected *usage.Money // at the period's end, with shared cost; nil where that is not known
	Budget   *Budget      // nil for none
	Months   int          // ended periods in a row, the newest first, that cost more than a monthly budget
	Days     []DayCost    // of usage, the newest last
}

// A BudgetedOwner is an owner with the budget.
type BudgetedOwner struct {
	Name   string
	Budget OwnerBudget
}

// EachOwner calls do with an Analysis of each owner in turn, which can tell Budgets and
// Standings and nothing else, and is of use until do returns: the charges are read once for
// all. The connection must look through an owners file, at all charges; it is of no use for
// anything else afterwards.
func (a *Analysis) EachOwner(ctx context.Context, owners []BudgetedOwner, do func(owner string, theirs *Analysis) error) error {
	if !a.through || a.options.Owner != "" || a.options.ByOwner {
		return errors.New("analysis: owners are told apart by an analysis of all, through an owners file")
	}
	wholes, err := a.outlinesOfAll(ctx)
	if err != nil {
		return err
	}
	if err := rollup.EveryPart(ctx, a.conn); err != nil {
		return err
	}
	all, err := newEveryone(ctx, a.conn)
	if err != nil {
		return err
	}
	lessons := map[lesson]map[string][]arrival{}
	list := make([]*Analysis, len(owners))
	for i, o := range owners {
		theirs := *a
		theirs.seat, theirs.kept, theirs.lessons, theirs.wholes = &seat{everyone: all, owner: o.Name}, nil, lessons, wholes
		theirs.options.Owner, theirs.options.Budget, theirs.options.Whose = o.Name, o.Budget, false
		list[i] = &theirs
	}
	all.outline(ctx, list, func(_ *Analysis, f *frame) [][]window { return [][]window{a.windows(f)} })
	for i, o := range owners {
		if err := do(o.Name, list[i]); err != nil {
			return fmt.Errorf("owner %s: %w", o.Name, err)
		}
		list[i].outlines = nil
	}
	return nil
}

// outline makes the outlines of all owners, and finds all windows that are asked about: for each owner,
// those that windowsOf returns. What goes wrong with one is said when it is asked.
func (e *everyone) outline(ctx context.Context, list []*Analysis, windowsOf func(*Analysis, *frame) [][]window) {
	of := map[currency][]*partWindows{}
	for _, theirs := range list {
		currencies, err := theirs.currencies(ctx)
		if err != nil {
			continue
		}
		theirs.outlines = map[string]*frame{}
		for _, cur := range currencies {
			f, err := theirs.outline(ctx, cur)
			if err != nil {
				continue
			}
			theirs.outlines[cur.code] = f
			for i, ws := range windowsOf(theirs, f) {
				if i == len(of[cur.shown()]) {
					w := &partWindows{all: true}
					of[cur.shown()] = append(of[cur.shown()], w)
					e.windows = append(e.windows, w)
				}
				of[cur.shown()][i].add(e.parts[theirs.options.Owner], ws)
			}
		}
	}
}

// Standings returns what the owner that the options name has of the period, by currency.
func (a *Analysis) Standings(ctx context.Context) (out []OwnerStanding, err error) {
	own := map[string]bool{}
	err = a.eachFrame(ctx, func(f *frame) error {
		p, err := a.budgeted(ctx, f)
		if err != nil {
			return err
		}
		h, err := a.history(ctx, f)
		if err != nil {
			return err
		}
		out, own[f.cur.code] = append(out, a.standing(f, p, f.daily(h))), true
		return nil
	})
	return out, a.idle(ctx, own, err, func(f *frame, p Part) { out = append(out, a.standing(f, p, nil)) })
}

func (a *Analysis) standing(f *frame, p Part, days []DayCost) OwnerStanding {
	s := OwnerStanding{Owner: a.options.Owner, Spent: p.Total, Budget: p.Budget, Days: days}
	if p.Shared != nil {
		s.Spent, s.Shared = p.Shared.Total, &p.Shared.Amount
	}
	s.Expected = p.Bears()
	priors := f.priors(p.Total.Amount)
	if len(priors) > 0 && !priors[0].NoRate {
		prior := priors[0]
		days := usage.Period{From: prior.Span.From, To: prior.Span.From + usage.Day(p.Period.Elapsed)}
		same := f.money(prior.Same.Amount.Add(a.sharedIn(f, prior, days)))
		delta := s.Spent.Sub(same)
		s.Delta = &delta
		if prior.Percent != nil {
			s.Percent = percentOf(delta.Amount, same.Amount)
		}
	}
	if b := p.Budget; b != nil && b.Period == "month" && (a.options.Days.Empty() || b.Span == p.Period.Span) {
		for _, prior := range priors {
			if prior.Total.Amount.Add(a.sharedIn(f, prior, usage.AllDays())).Cmp(b.Amount.Amount) <= 0 {
				break
			}
			s.Months++
		}
	}
	return s
}

// sharedIn is the owner's part of shared cost in an earlier period, on the days of span.
func (a *Analysis) sharedIn(f *frame, prior Prior, span usage.Period) (sum usage.Decimal) {
	name := prior.Name
	if f.sel.byMonth {
		name = ""
	}
	for _, d := range a.sharedByDay(a.options.Owner, f.cur, name, span) {
		sum = sum.Add(d)
	}
	return sum
}

// A RuleUse is how many charges a line of the owners file meets, and how many it
// has because no earlier line has them.
type RuleUse struct{ Meets, Has int }

// An Overlap is a number of charges that two lines meet; the first has them.
type Overlap struct{ First, Second, Charges int }

// RuleUses returns what became of each line that meets any charge, and the lines
// that meet the same ones, of the rules that Look was given.
func (a *Analysis) RuleUses(ctx context.Context) (uses map[int]RuleUse, overlaps []Overlap, err error) {
	uses = map[int]RuleUse{}
	if _, err := a.conn.ExecContext(ctx, ledger.MatchesSQL(a.rules)); err != nil {
		return nil, nil, fmt.Errorf("match the rules: %w", err)
	}
	err = a.query(ctx, "rules", func(r *sql.Rows) error {
		var line int
		var u RuleUse
		err := r.Scan(&line, &u.Meets, &u.Has)
		uses[line] = u
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	err = a.query(ctx, "rules_overlapping", func(r *sql.Rows) error {
		var o Overlap
		err := r.Scan(&o.First, &o.Second, &o.Charges)
		overlaps = append(overlaps, o)
		return err
	})
	return uses, overlaps, err
}

// A Hint is what a period cost of one subscription and resource group, and the
// value that a tag has on it.
type Hint struct {
	SubAccountName, SubAccountID, ResourceGroup, Tag string
	Cost                                             usage.Money
}

// Hints returns what may name the owners of charges, largest cost first; key is the
// tag of which it lists the values.
func (a *Analysis) Hints(ctx context.Context, key string) (out []Hint, err error) {
	err = a.eachFrame(ctx, func(f *frame) error {
		return a.query(ctx, "hints", func(r *sql.Rows) error {
			h := Hint{Cost: usage.Money{Currency: f.cur.code}}
			err := r.Scan(&h.SubAccountName, &h.SubAccountID, &h.ResourceGroup, &h.Tag, ledger.Amount(&h.Cost.Amount))
			out = append(out, h)
			return err
		}, sql.Named("currency", f.cur.code), sql.Named("amortized", f.cur.amortized), sql.Named("tag", key))
	})
	return out, err
}

// TagKeys returns the keys of the ledger's tags, the one on the most rows first.
func (a *Analysis) TagKeys(ctx context.Context) (keys []string, err error) {
	err = a.query(ctx, "tag_keys", func(r *sql.Rows) error {
		var key string
		err := r.Scan(&key)
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
		return err
	})
	return keys, err
}
