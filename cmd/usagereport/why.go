package main

import (
	"context"
	"errors"

	"usagereport/analysis"
	"usagereport/engine/engines"
	"usagereport/engine/parquet"
	"usagereport/engine/trino"
	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/ledger"
	"usagereport/reports/text"
	"usagereport/usage"
	"usagereport/workspace"
)

func runWhy(ctx context.Context, g *globals, o anomaliesOptions, p terminal.Printer, id string) error {
	format, err := p.Document()
	if err != nil {
		return err
	}
	ao, err := o.asked(g)
	if err != nil {
		return err
	}
	s, err := g.work.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	e, err := s.Why(ctx, ao, id)
	if err != nil {
		return err
	}
	e.Resources = resourcesOf(ctx, g, s, ao, e)
	if format == query.AsJSON {
		return g.WriteJSON(e)
	}
	return text.Evidence(p, e)
}

// resourcesOf returns the resources of a finding whose ledger has none. Where they cannot be read it
// says so: the evidence stands without.
func resourcesOf(ctx context.Context, g *globals, s *workspace.Session, o analysis.Options, e analysis.Evidence) *analysis.Resources {
	from, err := finer(ctx, g, s)
	if err != nil || from.Place == "" {
		return nil
	}
	r, err := s.Resources(ctx, o, e, from)
	if unread := (*workspace.UnreadError)(nil); errors.As(err, &unread) {
		g.Note("%v", err)
	} else if err != nil {
		g.Fail("%v", err)
	}
	return r
}

// finer is the place that s's ledger was loaded from without resources: the one that --engine
// names, which is asked, else one that is known and not asked. Place is "" where there is none.
func finer(ctx context.Context, g *globals, s *workspace.Session) (f workspace.Finer, err error) {
	if source := g.engine.source; source != nil {
		f.Place = source.Name()
		f.Read = func(ctx context.Context, c analysis.Covered, has []usage.Dimension, all bool) (*ledger.Ledger, error) {
			return engines.Finer(ctx, source, c, has, all, g.env.now)
		}
		return f, nil
	}
	f.Place, err = s.WithoutResources(ctx, parquet.Scheme, trino.Scheme)
	return f, err
}
