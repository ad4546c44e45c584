package workspace

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"usagereport/analysis"
	"usagereport/internal/misuse"
	"usagereport/ledger"
	"usagereport/owners"
)

// Since explains what has changed since rec was made.
func (s *Session) Since(ctx context.Context, rec ledger.Record) ([]analysis.Since, error) {
	if rec.Period == "" {
		return nil, fmt.Errorf("%s is of no period, with which nothing can be compared", rec.ID)
	}
	fail := func(err error) ([]analysis.Since, error) {
		return nil, fmt.Errorf("compare with %s of %s: %w", rec.ID, rec.At.Format(time.DateOnly), err)
	}
	o := analysis.Options{Period: rec.Period, Owner: rec.Owner}
	if rec.ByMonth {
		o.Period, o.Days = "", rec.Span
	}
	// Whose cost it is does not matter to a record of all of it.
	var now, then *owners.File
	unknown := false
	if rec.Owner != "" {
		var err error
		if now, err = s.NeedOwners(ctx); err != nil {
			return nil, err
		}
		if now.SHA256 != rec.Owners {
			text, err := s.Ledger.OwnersText(ctx, rec.Owners)
			if err != nil {
				return fail(err)
			}
			if unknown = text == ""; !unknown {
				if then, err = owners.Parse("the owners file of "+rec.At.Format(time.DateOnly), []byte(text)); err != nil {
					return fail(err)
				}
			}
		}
	}
	look := func(f *owners.File) (*analysis.Analysis, error) {
		if f == nil {
			return analysis.New(ctx, s.Ledger, o)
		}
		if _, err := f.Owner(o.Owner); err != nil { // an owner that the file no longer has has nothing
			f.Owners = append(f.Owners, owners.Owner{Name: o.Owner})
		}
		return s.analysisBy(ctx, f, o)
	}
	a, err := look(now)
	if err != nil {
		return fail(err)
	}
	defer a.Close()
	var old *analysis.Analysis
	if then != nil {
		if old, err = look(then); err != nil {
			return fail(err)
		}
		defer old.Close()
	}
	out, err := a.Since(ctx, rec, old)
	if err != nil {
		return fail(err)
	}
	for i := range out {
		out[i].OwnersUnknown = unknown
	}
	return out, nil
}

// sinceLast puts into r why what its last report to this reader said costs something
// else now.
// q.Since chooses the record; "" is the newest report that was sent to, or recorded of,
// the owner.
func (s *Session) sinceLast(ctx context.Context, r *analysis.Report, q Question) error {
	id := q.Since
	if q.Convert || q.Cost == analysis.Effective { // what was said is in the currency of the bill, and what is billed
		return nil
	}
	records, err := s.Ledger.Records(ctx)
	if err != nil {
		return err
	}
	var last *ledger.Record
	for i := range records {
		x := &records[i]
		if id == "" && strings.EqualFold(x.Owner, r.Owner) && (x.What == ledger.RecordReport || x.What == ledger.RecordCorrected) &&
			(x.State == ledger.Sent || x.State == ledger.Recorded) {
			last = x
		}
	}
	if id != "" {
		x, err := s.Ledger.Record(ctx, id)
		if err != nil {
			return misuse.Of(fmt.Errorf("--since %w", err))
		}
		if !strings.EqualFold(x.Owner, r.Owner) {
			return misuse.Of(fmt.Errorf("--since %s: it is of another owner", x.ID))
		}
		last = &x
	}
	if last == nil {
		return nil
	}
	all, err := s.Since(ctx, *last)
	if err != nil {
		return err
	}
	for i := range r.Parts {
		j := slices.IndexFunc(all, func(s analysis.Since) bool { return s.Currency == r.Parts[i].Currency })
		if j >= 0 {
			all[j].Rows = nil
			r.Parts[i].Since = &all[j]
		}
	}
	return nil
}
