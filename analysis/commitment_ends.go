package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"

	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// endDays are the last days by which it is known what a commitment is used for.
const endDays = 28

// A CommitmentEnd is the end of a commitment, as a file of contract commitments says it.
type CommitmentEnd struct {
	ID, Name string
	Last     usage.Day // the last day on which it holds
	// More is what its usage costs more a day without it, at list cost and by the last four weeks;
	// nil where a list cost is not known.
	More     *usage.Money
	services map[string]usage.Decimal // More by service
}

// label is what people know it by.
func (e CommitmentEnd) label() string { return cmp.Or(e.Name, e.ID) }

// commitmentEnds returns the commitments that end on a day of the period or after it, the first to
// end first.
func (a *Analysis) commitmentEnds(ctx context.Context, f *frame) (out []CommitmentEnd, err error) {
	known := false
	err = a.askWhole(ctx, "contracts_known", func(r row) error { return r.Scan(&known) })
	if err != nil || !known { // most ledgers have none, and of each owner the charges would be joined with them
		return nil, err
	}
	p := f.period(f.accounts())
	end := p.Span.Elapsed(p.Reach).To
	if p.State == Open {
		end -= settleDays // not all has arrived
	}
	err = a.query(ctx, "commitment_ends", func(r *sql.Rows) error {
		var e CommitmentEnd
		var name, service sql.NullString
		var until usage.Day
		var worth, paid usage.Decimal
		var unlisted int
		if err := r.Scan(&e.ID, &name, ledger.DayOf(&until), &service, ledger.Amount(&worth), ledger.Amount(&paid), &unlisted); err != nil {
			return err
		}
		n := len(out) - 1
		if n < 0 || out[n].ID != e.ID {
			e.Name, e.Last, e.services = name.String, until-1, map[string]usage.Decimal{}
			out, n = append(out, e), n+1
			out[n].More = &usage.Money{Currency: f.cur.code}
		}
		last := &out[n]
		if !service.Valid || unlisted > 0 || last.More == nil { // not used, or nobody knows for how much
			last.More = nil
			return nil
		}
		more := usage.Spread(worth.Sub(paid), oneEach(endDays))[0].Round(usage.MinorDigits(f.cur.code))
		last.services[service.String] = more
		sum := f.money(last.More.Amount.Add(more))
		last.More = &sum
		return nil
	}, sql.Named("currency", f.cur.code), sql.Named("amortized", f.cur.amortized), sql.Named("from", (p.Span.From+1).Time()),
		sql.Named("first", (end-endDays).Time()), sql.Named("end", end.Time()))
	return out, err
}

func oneEach(n int) (out []usage.Decimal) {
	for range n {
		out = append(out, usage.DecimalOf(1))
	}
	return out
}

// endings are the changes that the ends of commitments make within the period.
func (a *Analysis) endings(ctx context.Context, f *frame) (plans []Plan, err error) {
	ends, err := a.commitmentEnds(ctx, f)
	for _, e := range ends {
		first := e.Last + 1
		if e.More == nil || first >= f.sel.span.To {
			continue
		}
		for _, service := range slices.Sorted(maps.Keys(e.services)) {
			if e.services[service].Sign() == 0 {
				continue
			}
			plans = append(plans, Plan{
				From: first, Scope: []Condition{{Dimension: usage.Service, Pattern: service}}, Amount: e.services[service], Per: PerDay,
				Currency: f.cur.code, Note: locale.T("%s ends", e.label()).String(),
			})
		}
	}
	return plans, err
}
