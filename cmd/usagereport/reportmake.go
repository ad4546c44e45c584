package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"usagereport/analysis"
	"usagereport/internal/atomicfile"
	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/reports"
	"usagereport/workspace"
)

// question is what the flags ask.
func (o reportOptions) question(g *globals, refs []string) (q workspace.Question, err error) {
	if q.Options, err = o.options(g); err != nil {
		return q, err
	}
	if q.Cost, err = costOf(o.cost); err != nil {
		return q, err
	}
	if err := sensitive(&q.Options, o.sensitivity); err != nil {
		return q, err
	}
	q.Owner, q.Tags, q.Whose, q.Since = o.owner, o.tags, true, o.since
	if q.Filters, err = partOf(g, o.filters, o.plans); err != nil {
		return q, err
	}
	if len(refs) > 0 {
		q.Empty = locale.T("The files that were loaded hold no charges.")
	}
	q.Plans, err = g.work.ReadPlans(o.plans)
	return q, err
}

// session opens the ledger, into which the sources are loaded if there are any: the
// one that is named, else one in memory. refused says what was not loaded.
func (o reportOptions) session(ctx context.Context, g *globals, refs []string) (_ *workspace.Session, refused []string, err error) {
	lo, err := o.load.options(g)
	if err != nil {
		return nil, nil, err
	}
	if len(refs) == 0 {
		s, err := g.work.Session(ctx, false)
		return s, nil, err
	}
	var l *ledger.Ledger
	if g.work.Chosen() {
		l, err = g.work.OpenToWrite(ctx, ledger.Options{Create: true}, o.load.wait)
	} else {
		l, err = ledger.Open(ctx, "", ledger.Options{Create: true})
	}
	if err != nil {
		return nil, nil, err
	}
	s := g.work.On(l)
	if refused, err = o.loadInto(ctx, g, l, refs, lo); err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	if !g.work.Chosen() {
		return s, refused, nil
	}
	if err := errors.Join(l.Publish(ctx), s.Close()); err != nil {
		return nil, nil, err
	}
	s, err = g.work.Open(ctx)
	return s, refused, err
}

// loadInto loads the sources, and says which were refused where the rest is enough.
func (o reportOptions) loadInto(ctx context.Context, g *globals, l *ledger.Ledger, refs []string, lo loader.Options) (refused []string,
	err error,
) {
	results, err := loadAll(ctx, g, l, lo, refs)
	if err != nil {
		return nil, err
	}
	for _, r := range results {
		if r.Status == loader.Refused {
			refused = append(refused, fmt.Sprintf("%s: %v", r.Ref, r.Err))
		}
	}
	newest, err := l.NewestLoad(ctx)
	if err != nil {
		return nil, err
	}
	if len(refused) > 0 && len(refused) == len(results) && (!o.partial || newest.IsZero()) {
		g.Fail("usagereport: no file could be loaded, so there is no report; see above")
		return nil, errReported
	}
	if len(refused) > 0 && !o.partial {
		g.Fail("usagereport: %d of %d files refused, so there is no report; mend them, or report on the rest with --partial", len(refused),
			len(results))
		return nil, errReported
	}
	return refused, nil
}

// keep returns what is to be remembered of the report, and does what else the flags
// ask: the record, the metrics, the pseudonyms.
func (o reportOptions) keep(ctx context.Context, g *globals, s *workspace.Session, a *workspace.Answer) (notes ledger.Notes, err error) {
	r := a.Report
	if o.audit {
		if _, err := audited(ctx, a, s); err != nil {
			return notes, err
		}
	}
	if !r.Partial {
		if notes.Totals, err = a.Told(ctx, r, "report", g.env.now()); err != nil {
			return notes, err
		}
	}
	if o.record {
		if err := s.Record(ctx, a.Analysis, r, ledger.RecordReport, &notes); err != nil {
			return notes, err
		}
	}
	if o.metrics != "" {
		var m reports.Metrics
		m.Report(r)
		if err := writeMetrics(g, o.metrics, &m); err != nil {
			return notes, err
		}
	}
	if o.redact {
		err = s.Redact(ctx, a.Analysis, r, o.redactKey)
	}
	return notes, err
}

// name is that of the file, where none is given, without its extension.
func (o reportOptions) name(r *analysis.Report) string {
	if len(r.Parts) == 0 {
		return "usage"
	}
	name := "usage-" + atomicfile.SafeName(r.Parts[0].Period.Name)
	if r.Owner != "" {
		name += "-" + atomicfile.SafeName(r.Owner)
	}
	for _, f := range r.Filters {
		name += "-" + atomicfile.SafeName(f.Value)
	}
	return name
}

// deliver writes the report and remembers, once it is written, what was said in it.
func (o reportOptions) deliver(ctx context.Context, g *globals, s *workspace.Session, form rendering, r *analysis.Report,
	notes ledger.Notes,
) error {
	write := func(w io.Writer) error { return form.write(ctx, w, r) }
	if o.out == "-" {
		if err := write(g.env.stdout); err != nil {
			return err
		}
		return s.Ledger.Remember(ctx, notes)
	}
	path := cmp.Or(o.out, o.name(r)+"."+form.ext)
	if err := atomicfile.Write(path, write); err != nil {
		return err
	}
	if err := s.Ledger.Remember(ctx, notes); err != nil {
		return err
	}
	if err := g.Say("%s", path); err != nil { // stdout has the path alone, for scripts
		return err
	}
	said, err := reports.Said(r, o.lang)
	for _, line := range said {
		g.Note("%s", line)
	}
	if err != nil || !o.open {
		return err
	}
	return openFile(ctx, g, path)
}
