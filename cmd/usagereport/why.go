package main

import (
	"context"
	"errors"

	"usagereport/analysis"
	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/reports/text"
	"usagereport/workspace"
)

func runWhy(ctx context.Context, g *globals, o anomaliesOptions, p terminal.Printer, id string) error {
	format, err := p.Form()
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
