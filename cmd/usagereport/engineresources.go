package main

import (
	"context"

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
	f.Place, err = s.WithoutResources(ctx, parquet.Scheme, trino.Scheme)
	return f, err
}
