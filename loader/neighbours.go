package loader

import (
	"context"
	"errors"
	"io"

	"usagereport/ledger"
)

// A neighbour is a file beside others whose dates show their order.
type neighbour struct {
	order DayOrder
	ref   string
}

// neighbour returns the order of dates that the other files of a format show that are
// loaded with it, else those of the format that the ledger has, by evidence where none does or where
// they differ. Local files alone are looked at, and only when one leaves it open.
func (r *run) neighbour(ctx context.Context, f *Format) (DayOrder, string) {
	if n, ok := r.orders[f.Name]; ok {
		return n.order, n.ref
	}
	var found neighbour
	for _, j := range r.jobs {
		if j.remote || j.result != nil || j.source == nil || j.object.Ref == "-" {
			continue
		}
		for _, p := range j.parts {
			order := r.orderIn(ctx, j, p, f)
			switch {
			case order == OrderByEvidence:
			case found.order != OrderByEvidence && order != found.order:
				r.orders[f.Name] = neighbour{}
				return OrderByEvidence, ""
			case found.order == OrderByEvidence:
				found = neighbour{order, p.Ref}
			}
		}
	}
	if found.order == OrderByEvidence {
		if flag, ref, err := ledger.DateOrder(ctx, r.conn, f.Name); err == nil {
			order, _ := DayOrderOf(flag)
			found = neighbour{order, ref}
		}
	}
	r.orders[f.Name] = found
	return found.order, found.ref
}

// orderIn returns the order of dates that a file of a format shows in its first megabyte.
// What is wrong with it is said when it is loaded.
func (r *run) orderIn(ctx context.Context, j *job, p part, f *Format) DayOrder {
	in := r.fetch(ctx, j.source, p.Object, false)
	defer in.Close()
	for m, err := range newUnpacker(r.options.limits(), r.formats).all(ctx, in) {
		if err != nil {
			break
		}
		head, err := m.Peek(peekSize)
		if err != nil && !errors.Is(err, io.EOF) {
			break
		}
		t, err := topOf(head, r.formats)
		if err != nil {
			break
		}
		if of, err := FormatOf(r.formats, t.header, nil); err != nil || of != f {
			break
		}
		plan := newPlan(f, t.header, t.delim, scanOptions{})
		s := plan.sample(head[t.size:], len(head) < peekSize)
		plan.shortYears = yearsLast(s.short)
		return plan.shownOrder(s)
	}
	return OrderByEvidence
}
