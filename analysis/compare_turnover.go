package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"usagereport/ledger"
	"usagereport/usage"
)

// topTurned is how many resources and names a list of a Turnover has.
const topTurned = 15

// turnover lists the resources that came and went between the prior period's days
// and the period's, and what has another name or size.
func (a *Analysis) turnover(ctx context.Context, f *frame) (*Turnover, error) {
	resources := f.groupBy(usage.Resource)
	out := &Turnover{New: Turned{Total: f.money(usage.Decimal{})}, Gone: Turned{Total: f.money(usage.Decimal{})}}
	goesOn, err := a.renamings(ctx, f, out, map[usage.Dimension][]pair{usage.Resource: resources, usage.Meter: f.groupBy(usage.Meter)})
	if err != nil {
		return nil, err
	}
	add := func(t *Turned, p pair, amount usage.Decimal) {
		if amount.Sign() == 0 || p.value == "" || goesOn[p.value] {
			return
		}
		t.Rows = append(t.Rows, TurnedRow{Value: p.value, Label: p.label, Context: p.context, Amount: f.money(amount)})
		t.Count++
		t.Total.Amount = t.Total.Amount.Add(amount)
	}
	for _, p := range resources {
		switch p.status() {
		case IsNew:
			add(&out.New, p, p.current)
		case IsGone:
			add(&out.Gone, p, p.prior)
		}
	}
	ids := []string{}
	for _, t := range []*Turned{&out.New, &out.Gone} {
		slices.SortStableFunc(t.Rows, func(x, y TurnedRow) int { return y.Amount.Amount.Abs().Cmp(x.Amount.Amount.Abs()) })
		t.RestCount, t.Rest = max(0, t.Count-topTurned), t.Total
		t.Rows = t.Rows[:t.Count-t.RestCount]
		for _, r := range t.Rows {
			t.Rest = t.Rest.Sub(r.Amount)
			ids = append(ids, r.Value)
		}
	}
	var before usage.Day // the first day after the prior period's that are compared
	for _, w := range f.sel.windows[1] {
		before = max(before, min(w.to, w.span.To))
	}
	if len(ids) == 0 {
		return out, nil
	}
	days := map[string][2]usage.Day{}
	if err := a.query(ctx, "turned", func(r *sql.Rows) error {
		var id string
		var first, last usage.Day
		err := r.Scan(&id, ledger.DayOf(&first), ledger.DayOf(&last))
		days[id] = [2]usage.Day{first, last}
		return err
	}, sql.Named("currency", f.cur.code), sql.Named("resources", ids), sql.Named("since", before.Time()),
		sql.Named("before", f.sel.span.From.Time()), sql.Named("last", a.lastDay().Time())); err != nil {
		return nil, err
	}
	for i, t := range []*Turned{&out.New, &out.Gone} {
		for k := range t.Rows {
			t.Rows[k].Day = days[t.Rows[k].Value][i]
		}
	}
	return out, nil
}

// renamings lists what the links say of the days from the prior period's first on,
// and returns the resources that go on under another id, by both.
func (a *Analysis) renamings(ctx context.Context, f *frame, t *Turnover, sums map[usage.Dimension][]pair) (goesOn map[string]bool,
	err error,
) {
	goesOn = map[string]bool{}
	known := map[usage.Dimension]map[string]pair{}
	for d, pairs := range sums {
		known[d] = map[string]pair{}
		for _, p := range pairs {
			known[d][p.value] = p
		}
	}
	var from usage.Day
	for i, w := range f.sel.windows[1] {
		if i == 0 || w.span.From < from {
			from = w.span.From
		}
	}
	last := min(a.lastDay(), f.sel.span.Last())
	err = a.ask(ctx, "renamed", func(r row) error {
		var kind, dimension, old, new, resource string
		var since usage.Day
		if err := r.Scan(&kind, &dimension, &old, &new, &resource, ledger.DayOf(&since)); err != nil {
			return err
		}
		d := usage.Dimension(dimension)
		x := Renaming{Kind: Renamed, Old: old, New: new, Since: since}
		// What has no cost here under both names may be another's.
		sum := func(d usage.Dimension, values ...string) bool {
			var current, prior usage.Decimal
			for _, v := range values {
				p, ok := known[d][v]
				if !ok {
					return false
				}
				current, prior = current.Add(p.current), prior.Add(p.prior)
			}
			x.Current, x.Prior = f.money(current), f.money(prior)
			return true
		}
		ours := false
		if RenamingKind(kind) == Resized {
			x.Kind = Resized
			x.Label, x.Context = f.labels.label(usage.Resource, resource)
			ours = sum(usage.Resource, resource)
		} else {
			x.Old, _ = f.labels.label(d, old)
			x.New, x.Context = f.labels.label(d, new)
			if d == usage.Meter || x.Old == x.New { // of resources the id is another, and may be all that is
				x.Old, x.New = old, new
			}
			ours = sum(d, old, new)
			if d == usage.Resource && ours { // else it is in no other list than those of new and gone
				goesOn[old], goesOn[new] = true, true
			}
		}
		if ours {
			t.Renamed = append(t.Renamed, x)
		}
		return nil
	}, sql.Named("first", from.Time()), sql.Named("last", last.Time()))
	slices.SortStableFunc(t.Renamed, func(x, y Renaming) int {
		return cmp.Or(y.Current.Amount.Abs().Cmp(x.Current.Amount.Abs()), cmp.Compare(x.Label, y.Label), cmp.Compare(x.New, y.New))
	})
	t.MoreNames = max(0, len(t.Renamed)-topTurned)
	t.Renamed = t.Renamed[:len(t.Renamed)-t.MoreNames]
	return goesOn, err
}
