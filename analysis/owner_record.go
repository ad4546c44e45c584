package analysis

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"usagereport/ledger"
	"usagereport/usage"
)

// lines divides the period's total by account, service and kind of charge.
func (f *frame) lines() []ledger.RecordLine {
	sums := map[ledger.RecordLine]usage.Decimal{}
	for id, d := range f.sums[thisPeriod] {
		key := f.infos[id].line()
		sums[key] = sums[key].Add(d)
	}
	return slices.SortedFunc(func(yield func(ledger.RecordLine) bool) {
		for key, sum := range maps.All(sums) {
			key.Cost = sum
			if !yield(key) {
				return
			}
		}
	}, func(x, y ledger.RecordLine) int {
		return cmp.Or(cmp.Compare(x.Account, y.Account), cmp.Compare(x.Service, y.Service), cmp.Compare(x.Category, y.Category))
	})
}

// Record returns what r says, to be kept: a record of the kind what, with its id.
// owners is the hash of the owners file, "" where there is none.
func (a *Analysis) Record(ctx context.Context, r *Report, what ledger.RecordKind, owners string, at time.Time) (ledger.Record, error) {
	rec := ledger.Record{What: what, Owner: r.Owner, At: at.UTC().Truncate(time.Second), State: ledger.Recorded, Owners: owners}
	var err error
	if rec.LastLoad, err = a.ledger.LastLoad(ctx); err != nil {
		return rec, err
	}
	for _, s := range r.Sources {
		if s.Current && !slices.Contains(rec.Loads, s.LoadID) {
			rec.Loads = append(rec.Loads, s.LoadID)
		}
	}
	slices.Sort(rec.Loads)
	for i := range r.Parts {
		p := &r.Parts[i]
		if i == 0 {
			rec.Period, rec.Span, rec.ByMonth = p.Period.Name, p.Period.Span, p.Period.ByMonth
		}
		t := ledger.RecordTotal{
			Currency: p.Currency, Total: p.Total.Amount, State: p.Period.State, Reach: p.Period.Reach, Lines: p.lines, Moved: p.moves,
		}
		if p.Shared != nil {
			t.Shared = p.Shared.Amount.Amount
		}
		if b := p.Budget; b != nil && len(b.Warnings) > 0 {
			t.Budget = &ledger.RecordBudget{State: string(b.State()), Amount: b.Amount.Amount, Span: b.Span}
			for _, w := range b.Warnings {
				t.Budget.Warns = append(t.Budget.Warns, w.Percent)
			}
		}
		for _, acc := range p.Accounts {
			if !acc.Missing {
				t.Accounts = append(t.Accounts, ledger.RecordAccount{ID: acc.ID, Reach: acc.Reach})
			}
		}
		slices.SortFunc(t.Accounts, func(x, y ledger.RecordAccount) int { return cmp.Compare(x.ID, y.ID) })
		rec.Totals = append(rec.Totals, t)
		for _, list := range [][]Finding{p.Findings, p.Minor, p.Answered} {
			for _, f := range list {
				rec.Findings = append(rec.Findings, f.Record())
			}
		}
		for _, u := range p.Units {
			if u.Finding != nil {
				rec.Findings = append(rec.Findings, u.Finding.Record())
			}
		}
	}
	return rec, rec.Identify()
}

// Record returns f as a record keeps it.
func (f Finding) Record() ledger.RecordFinding {
	r := ledger.RecordFinding{
		ID: f.ID, Title: f.Label.String(), Severity: f.Severity,
		Currency: f.Currency, Impact: f.Impact.Amount, End: f.End, Ongoing: f.Ongoing,
	}
	if f.Answer != nil {
		r.Answer = f.Answer.Answer
	}
	return r
}
