package main

import (
	"context"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/engine/engines"
	"usagereport/engine/parquet"
	"usagereport/engine/trino"
	"usagereport/ledger"
	"usagereport/usage"
	"usagereport/workspace"
)

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
	for _, scheme := range []string{parquet.Scheme, trino.Scheme} {
		there, err := s.Ledger.Places(ctx, scheme+":")
		if err != nil {
			return f, err
		}
		last := ""
		for _, p := range there {
			place := p.Ref[:max(0, strings.LastIndexByte(p.Ref, '#'))]
			if place == last { // another month of it
				continue
			}
			last = place
			has, any, err := s.Ledger.DimensionsOf(ctx, place+"#")
			if err != nil || any && !slices.Contains(has, usage.Resource) {
				return workspace.Finer{Place: place}, err
			}
		}
	}
	return f, nil
}
