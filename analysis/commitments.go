package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"usagereport/ledger"
	"usagereport/usage"
)

// Commitments are what was bought ahead, reservations and savings plans: what is billed of
// them, and beside it, by effective cost, how much of them was used. The two are never
// added up.
type Commitments struct {
	Rows         []Commitment // by effective cost, largest first
	Billed       usage.Money
	Used, Unused usage.Money // of the charges of the report alone: of an owner or filtered, Unused says nothing of the commitment
	Utilisation  *float64    // Used in percent of Used and Unused; nil in an owner's report: others may use the rest
	Before       *float64    // the same on the same days before; nil where that is not known
	Services     []CoveredService
	Covered      *float64 // of what Services cost, in percent
	Days         []CommitmentDay
	Ends         []CommitmentEnd // what ends when, as far as a file says it
	Hours        []ReservedHours // of reservations, as far as a file says them, most unused first; none of a part
}

// ReservedHours are the hours of a reservation in the period, by Azure's reservation details.
type ReservedHours struct {
	ID, Name       string
	Days           int // of which the file has hours
	Reserved, Used usage.Decimal
	Utilisation    *float64
	// Finding says that less of it is used than was, where no file has what it costs; nil elsewhere.
	Finding *Finding
}

// A Commitment is one reservation or savings plan.
type Commitment struct {
	ID, Name, Kind       string
	Billed, Used, Unused usage.Money
	Utilisation, Before  *float64     // as Commitments has them
	Saved                *usage.Money // what was used at list cost, less Used and Unused; nil where a list cost is not known, and of a part
	Rate                 *float64     // Saved in percent of the list cost: the effective savings rate
	// Finding says that less of it is used than was; nil where it is not so. It is in no sum of findings.
	Finding *Finding
}

// A CoveredService is how much of a service's usage commitments cover.
type CoveredService struct {
	Service        string
	Covered, Total usage.Money // at list cost, where that is known
	CoveredOfTotal *float64
}

// A CommitmentDay is what a commitment cost on a day, by effective cost.
type CommitmentDay struct {
	Day          usage.Day
	ID           string
	Used, Unused usage.Money
}

// commitments reads them, of the windows that are filled; nil where no file says what of them
// was used.
func (a *Analysis) commitments(ctx context.Context, f *frame) (*Commitments, error) {
	var any bool
	if err := a.askOnce(ctx, "commitments_any", func(r row) error { return r.Scan(&any) }); err != nil {
		return nil, err
	}
	hours, err := a.reservedHours(ctx, f)
	if err != nil || !any && len(hours) == 0 {
		return nil, err
	}
	found, err := a.unusedCommitments(ctx, f)
	if err != nil {
		return nil, err
	}
	for i := range hours {
		hours[i].Finding = findingOf(found, hours[i].ID)
	}
	alone := &Commitments{Billed: f.money(usage.Decimal{}), Used: f.money(usage.Decimal{}), Unused: f.money(usage.Decimal{}), Hours: hours}
	if len(hours) == 0 {
		alone = nil
	}
	if !any {
		return alone, nil
	}
	type sums struct {
		billed, used, unused, list usage.Decimal
		unlisted                   int
	}
	plus := func(x, y sums) sums {
		return sums{x.billed.Add(y.billed), x.used.Add(y.used), x.unused.Add(y.unused), x.list.Add(y.list), x.unlisted + y.unlisted}
	}
	c := &Commitments{}
	names := map[string]Commitment{}
	now, before := map[string]sums{}, map[string]sums{}
	err = a.query(ctx, "commitments", func(r *sql.Rows) error {
		var k windowKey
		var id string
		var name, kind sql.NullString
		var day usage.Day
		var s sums
		if err := r.Scan(&k, &id, &name, &kind, ledger.DayOf(&day), ledger.Amount(&s.billed), ledger.Amount(&s.used), ledger.Amount(&s.unused),
			ledger.Amount(&s.list), &s.unlisted); err != nil {
			return err
		}
		if k != thisPeriod {
			before[id] = plus(before[id], s)
			return nil
		}
		now[id] = plus(now[id], s)
		names[id] = Commitment{ID: id, Name: cmp.Or(name.String, names[id].Name), Kind: cmp.Or(kind.String, names[id].Kind)}
		if s.used.Sign() != 0 || s.unused.Sign() != 0 {
			c.Days = append(c.Days, CommitmentDay{day, id, f.money(s.used), f.money(s.unused)})
		}
		return nil
	}, sql.Named("currency", f.cur.code))
	if err != nil {
		return nil, err
	}
	utilisation := func(s sums) *float64 {
		if a.options.limited() {
			return nil
		}
		return percentOf(s.used, s.used.Add(s.unused))
	}
	var all, then sums
	for id, s := range now {
		x := names[id]
		x.Billed, x.Used, x.Unused = f.money(s.billed), f.money(s.used), f.money(s.unused)
		x.Utilisation, x.Before = utilisation(s), utilisation(before[id])
		if s.unlisted == 0 && s.list.Sign() > 0 && !a.options.limited() {
			saved := f.money(s.list.Sub(s.used).Sub(s.unused))
			x.Saved, x.Rate = &saved, percentOf(saved.Amount, s.list)
		}
		all, then = plus(all, s), plus(then, before[id])
		c.Rows = append(c.Rows, x)
	}
	if all.used.Sign() == 0 && all.unused.Sign() == 0 {
		return alone, nil
	}
	c.Hours = hours
	slices.SortFunc(c.Rows, func(x, y Commitment) int {
		return cmp.Or(y.Used.Add(y.Unused).Amount.Cmp(x.Used.Add(x.Unused).Amount), cmp.Compare(x.ID, y.ID))
	})
	slices.SortStableFunc(c.Days, func(x, y CommitmentDay) int { return cmp.Or(cmp.Compare(x.Day, y.Day), cmp.Compare(x.ID, y.ID)) })
	c.Billed, c.Used, c.Unused = f.money(all.billed), f.money(all.used), f.money(all.unused)
	c.Utilisation, c.Before = utilisation(all), utilisation(then)
	if c.Ends, err = a.commitmentEnds(ctx, f); err != nil {
		return nil, err
	}
	for i := range c.Rows {
		c.Rows[i].Finding = findingOf(found, c.Rows[i].ID)
	}
	return c, a.covered(ctx, f, c)
}

// findingOf returns the one on a commitment; nil for none.
func findingOf(found []Finding, id string) *Finding {
	at := slices.IndexFunc(found, func(x Finding) bool { return x.Scope[commitmentDimension] == id })
	if at < 0 {
		return nil
	}
	return &found[at]
}

// Findings are those that are not nil.
func (c *Commitments) Findings() (found []*Finding) {
	for i := range c.Rows {
		found = append(found, c.Rows[i].Finding)
	}
	for i := range c.Hours {
		if x := c.Hours[i].Finding; x != nil && !slices.ContainsFunc(found, func(y *Finding) bool { return y != nil && y.ID == x.ID }) {
			found = append(found, x)
		}
	}
	return slices.DeleteFunc(found, func(x *Finding) bool { return x == nil })
}

// reservedHours reads them, of the days of the period up to its last with usage.
func (a *Analysis) reservedHours(ctx context.Context, f *frame) (out []ReservedHours, err error) {
	if a.options.limited() {
		return nil, nil // others may use the rest
	}
	p := f.period(f.accounts())
	days := p.Span.Elapsed(p.Reach)
	return out, a.query(ctx, "commitment_hours", func(r *sql.Rows) error {
		var x ReservedHours
		if err := r.Scan(&x.ID, &x.Name, ledger.Amount(&x.Reserved), ledger.Amount(&x.Used), &x.Days); err != nil {
			return err
		}
		x.Utilisation = percentOf(x.Used, x.Reserved)
		out = append(out, x)
		return nil
	}, sql.Named("currency", f.cur.code), sql.Named("first", days.From.Time()), sql.Named("end", days.To.Time()))
}

// covered fills in what of services' usage commitments cover.
func (a *Analysis) covered(ctx context.Context, f *frame, c *Commitments) error {
	var covered, total usage.Decimal
	err := a.query(ctx, "commitment_coverage", func(r *sql.Rows) error {
		var s CoveredService
		if err := r.Scan(&s.Service, ledger.Amount(&s.Covered.Amount), ledger.Amount(&s.Total.Amount)); err != nil {
			return err
		}
		covered, total = covered.Add(s.Covered.Amount), total.Add(s.Total.Amount)
		s.Covered.Currency, s.Total.Currency = f.cur.code, f.cur.code
		s.CoveredOfTotal = percentOf(s.Covered.Amount, s.Total.Amount)
		c.Services = append(c.Services, s)
		return nil
	}, sql.Named("currency", f.cur.code))
	c.Covered = percentOf(covered, total)
	return err
}

// PeriodCommitments are the commitments of a period, in one currency.
type PeriodCommitments struct {
	Currency string
	Period   PeriodInfo
	*Commitments
}

// Commitments returns those of each currency in which any file says what of them was used.
func (a *Analysis) Commitments(ctx context.Context) (out []PeriodCommitments, err error) {
	return out, a.eachFrame(ctx, func(f *frame) error {
		c, err := a.commitments(ctx, f)
		if c != nil {
			out = append(out, PeriodCommitments{f.cur.code, f.period(f.accounts()), c})
		}
		return err
	})
}
