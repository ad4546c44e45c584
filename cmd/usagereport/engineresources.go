package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/engine"
	"usagereport/engine/parquet"
	"usagereport/engine/trino"
	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/loader/file"
	"usagereport/usage"
	"usagereport/workspace"
)

// finer is the place that s's ledger was loaded from without resources: the one that --engine
// names, which is asked, else one that is known and not asked. Place is "" where there is none.
func finer(ctx context.Context, g *globals, s *workspace.Session) (f workspace.Finer, err error) {
	if source := g.engine.source; source != nil {
		f.Place = source.Name()
		f.Read = func(ctx context.Context, c analysis.Covered, has []usage.Dimension, all bool) (*ledger.Ledger, error) {
			return readFiner(ctx, g, source, narrow(c, has, all))
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

// narrow says which charges an engine is to give of what a finding covers.
func narrow(c analysis.Covered, has []usage.Dimension, all bool) engine.Narrow {
	n := engine.Narrow{Days: c.Days, All: all}
	for _, d := range []usage.Dimension{usage.SubAccount, usage.Service} {
		n.Only = append(n.Only, engine.Only{Column: string(d), Values: c.Values(d)})
	}
	for _, d := range has {
		n.By = append(n.By, string(d))
		switch d {
		case usage.ResourceGroup:
			n.Only = append(n.Only, engine.Only{Column: string(d), Values: c.Values(d)})
		case usage.Meter:
			n.By = append(n.By, "ChargeDescription") // which stands for a meter that has no name
		}
	}
	return n
}

// readFiner reads charges by their resources into a ledger in memory.
func readFiner(ctx context.Context, g *globals, source *engine.Source, n engine.Narrow) (_ *ledger.Ledger, err error) {
	f, err := os.CreateTemp(g.engine.dir, "usagereport-*.csv")
	if err != nil {
		return nil, fmt.Errorf("keep what is read of the resources: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = source.Finer(ctx, n, f)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	l, err := ledger.Open(ctx, "", ledger.Options{Create: true})
	if err != nil {
		return nil, err
	}
	results, err := loader.Load(ctx, l, map[string]loader.Source{"file": file.Source{}}, []string{f.Name()}, loader.Options{Now: g.env.now})
	for _, r := range results {
		if r.Status == loader.Refused {
			err = errors.Join(err, r.Err)
		}
	}
	if err == nil {
		err = refresh(ctx, l)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: read its resources: %w", source.Name(), err), l.Close())
	}
	return l, nil
}
