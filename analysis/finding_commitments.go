package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// commitmentDimension is that of which a finding on a commitment has the id.
const commitmentDimension usage.Dimension = "CommitmentDiscountId"

// unusedMargin is by how many points of a hundred the unused part must be above what is usual.
const unusedMargin = 5

// CommitmentFindings returns those that less of a commitment is used than was. None is in one
// owner's part, for others may use the rest.
func (a *Analysis) CommitmentFindings(ctx context.Context) (found []Finding, err error) {
	err = a.eachFrame(ctx, func(f *frame) error {
		some, err := a.unusedCommitments(ctx, f)
		for _, x := range some { // hours are in no currency
			if !slices.ContainsFunc(found, func(y Finding) bool { return y.Scope[commitmentDimension] == x.Scope[commitmentDimension] }) {
				found = append(found, x)
			}
		}
		return err
	})
	return found, err
}

func (a *Analysis) unusedCommitments(ctx context.Context, f *frame) ([]Finding, error) {
	found, err := a.lessUsed(ctx, f)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(a.name(ctx, f, found), a.ownCommitments(ctx, f, found)); err != nil {
		return nil, err
	}
	return found, a.answer(ctx, f, found)
}

// unusedPart is the part of what a finding is about from which it is what was not used of commitments.
const unusedPart = 0.9

// withoutUnused leaves out of raw, found of charges of which exact says what they cost on each day, the rises that
// are what is not used of a commitment: that is told of the commitment, and is no cost that came on top.
func (a *Analysis) withoutUnused(ctx context.Context, f *frame, raw []located, exact []map[usage.Day]usage.Decimal) ([]located,
	[]map[usage.Day]usage.Decimal, error,
) {
	var any bool
	err := a.askOnce(ctx, "commitments_any", func(r row) error { return r.Scan(&any) })
	if err != nil || !any || len(raw) == 0 {
		return raw, exact, err
	}
	less, err := a.lessUsed(ctx, f)
	if err != nil || len(less) == 0 {
		return raw, exact, err
	}
	unused := make([]usage.Decimal, len(raw))
	if err := a.query(ctx, "told_unused", func(r *sql.Rows) error {
		var i int
		var id string
		var cost usage.Decimal
		err := r.Scan(&i, &id, ledger.Amount(&cost))
		if err == nil && slices.ContainsFunc(less, func(x Finding) bool { return x.Scope[commitmentDimension] == id }) {
			unused[i] = unused[i].Add(cost)
		}
		return err
	}); err != nil {
		return nil, nil, err
	}
	var others []located
	var costs []map[usage.Day]usage.Decimal
	for i, x := range raw {
		var all usage.Decimal
		for _, cost := range exact[i] {
			all = all.Add(cost)
		}
		if x.Direction == usage.Up && unused[i].Sign() > 0 && unused[i].Float64() >= unusedPart*all.Float64() {
			continue
		}
		others, costs = append(others, x), append(costs, exact[i])
	}
	return others, costs, nil
}

// lessUsed returns what unusedCommitments finds, without ids and answers.
func (a *Analysis) lessUsed(ctx context.Context, f *frame) (found []Finding, err error) {
	if a.options.limited() {
		return nil, nil
	}
	p := f.period(f.accounts())
	end := p.Span.Elapsed(p.Reach).To
	if p.State == Open {
		end -= settleDays // not all has arrived
	}
	by, err := a.commitmentDays(ctx, f, usage.Period{From: end - unitReview - 2*unitWeeks, To: end})
	if err != nil {
		return nil, err
	}
	for _, id := range slices.Sorted(maps.Keys(by)) {
		c := by[id]
		u := UnitCost{Per: 100}
		if j, ok := u.judge(c.all, c.unused, end, usage.DecimalOf(unusedMargin)); ok {
			found = append(found, u.unusedFinding(id, c, j, f))
		}
	}
	return found, nil
}

// commitmentDays are how much of a commitment there was on each day, and what of it was not used: by
// effective cost or, where no file has that, in hours.
type commitmentDays struct {
	name        string
	hours       bool
	all, unused map[usage.Day]usage.Decimal
}

// commitmentDays returns those of each commitment in span, by its id.
func (a *Analysis) commitmentDays(ctx context.Context, f *frame, span usage.Period) (map[string]commitmentDays, error) {
	by := map[string]commitmentDays{}
	costs := map[string]bool{} // ids as files of hours have them
	read := func(hours bool) func(*sql.Rows) error {
		return func(r *sql.Rows) error {
			var id string
			var name sql.NullString
			var d usage.Day
			var used, unused usage.Decimal
			if err := r.Scan(&id, &name, ledger.DayOf(&d), ledger.Amount(&used), ledger.Amount(&unused)); err != nil {
				return err
			}
			if bare := strings.ToLower(id[strings.LastIndex(id, "/")+1:]); !hours {
				costs[bare] = true
			} else if costs[bare] {
				return nil // what it costs says more
			}
			if by[id].all == nil {
				by[id] = commitmentDays{cmp.Or(name.String, id), hours, map[usage.Day]usage.Decimal{}, map[usage.Day]usage.Decimal{}}
			}
			by[id].unused[d], by[id].all[d] = unused, used.Add(unused)
			return nil
		}
	}
	var any bool
	err := a.askOnce(ctx, "commitments_any", func(r row) error { return r.Scan(&any) })
	if err == nil && any {
		err = a.query(ctx, "commitment_series", read(false), sql.Named("currency", f.cur.code), sql.Named("first", span.From.Time()),
			sql.Named("end", span.To.Time()))
	}
	if err != nil {
		return nil, err
	}
	return by, a.query(ctx, "commitment_hours_series", read(true), sql.Named("currency", f.cur.code), sql.Named("first", span.From.Time()),
		sql.Named("end", span.To.Time()))
}

// ownCommitments says of the findings whose they are, where one owner has all that was not used.
func (a *Analysis) ownCommitments(ctx context.Context, f *frame, found []Finding) error {
	if len(found) == 0 {
		return nil
	}
	var ids []any
	first, end := found[0].Start, found[0].End
	for _, x := range found {
		ids, first, end = append(ids, x.Scope[commitmentDimension]), min(first, x.Start), max(end, x.End)
	}
	return a.query(ctx, "commitment_owner", func(r *sql.Rows) error {
		var id, owner string
		err := r.Scan(&id, &owner)
		for i := range found {
			if found[i].Scope[commitmentDimension] == id {
				found[i].Owner = owner
			}
		}
		return err
	}, sql.Named("currency", f.cur.code), sql.Named("ids", ids), sql.Named("first", first.Time()), sql.Named("end", (end+1).Time()))
}

// unusedFinding is that less of a commitment is used than was: u is the part that is not used, of a
// hundred. In hours nothing says what that costs: of what it is about only the days have amounts.
func (u *UnitCost) unusedFinding(id string, c commitmentDays, j judged, f *frame) Finding {
	x := Finding{Kind: usage.KindUnused, Scope: usage.Series{commitmentDimension: id}, Label: locale.Said(c.name)}
	u.money(&x, c.all, c.unused, j, f)
	if u.Lately.Cmp(usage.DecimalOf(50)) > 0 {
		x.Severity = usage.SeverityHigh
	}
	share := func(unused usage.Decimal) locale.Share { return locale.Share(100 - unused.Float64()) }
	last := locale.T("%d days", j.last)
	x.Reason = locale.T("%s of it used on the last %s up to %s; on nine days of ten before, at least %s", share(*u.Lately), last, x.End,
		share(u.Usual.High))
	x.Explanation = locale.T("%s: %s. %s was paid for nothing since %s.", x.Label, x.Reason, locale.Exact(x.Actual), x.Start)
	x.Rule = locale.T("Less of it is used than on nine of ten of the %s before %s, by more than 5 points of a hundred, on %s of the last %s, and on all of them together.",
		locale.T("%d days", u.Usual.Days), x.Start, fmt.Sprint(j.above), last)
	span := usage.Period{From: x.Days[0].Day, To: x.End + 1}
	if c.hours {
		x.Explanation = locale.T("%s: %s. %s hours were reserved for nothing since %s; no file says what they cost.", x.Label, x.Reason,
			locale.InEnglish().Quantity(x.Actual.Amount), x.Start)
		none := f.money(usage.Decimal{})
		x.Actual, x.Expected, x.Low, x.High, x.Impact = none, none, none, none, none
		x.place(f.sel.span)
		x.sql = fmt.Sprintf("SELECT ChargePeriodStart AS day, greatest(x_ReservedHours - x_UsedHours, 0) AS actual\nFROM reservation_days\n"+
			"WHERE x_ReservationId = %s\n  AND ChargePeriodStart >= DATE '%s'\n  AND ChargePeriodStart < DATE '%s'\nORDER BY day;",
			usage.Literal(id), span.From, span.To)
		return x
	}
	x.sql = statement("EffectiveCost", span, []string{
		"BillingCurrency = " + usage.Literal(f.cur.code), "CommitmentDiscountId = " + usage.Literal(id),
		"(CommitmentDiscountStatus = 'Unused' OR ChargeCategory = 'Purchase' AND x_CostType <> 'actual')",
	})
	x.place(f.sel.span)
	return x
}
