package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/loader/azurecost"
	"usagereport/reports/text"
)

// loadAll loads refs and adds up the daily sums; it says on stderr what
// happened.
func loadAll(ctx context.Context, g *globals, l *ledger.Ledger, o loader.Options, refs []string) ([]loader.FileResult, error) {
	places, done := sources(g, l)
	defer done()
	if g.engine.isEngine() {
		ref, done, err := addEngine(ctx, g, l, places)
		if err != nil {
			return nil, err
		}
		defer done()
		refs = append(slices.Clone(refs), ref)
		o.TempDir = cmp.Or(o.TempDir, g.engine.dir)
	}
	results, err := loader.Load(ctx, l, places, refs, o)
	if err == nil {
		results, err = retryPassing(ctx, g, l, places, results, o)
	}
	for i, r := range results {
		results[i].Ref = strings.TrimPrefix(r.Ref, engineFlag+"://") // among the places of a load an engine needs a scheme
	}
	if err != nil && ctx.Err() == nil {
		return nil, err
	}
	// What was loaded before the user broke off is complete.
	if err := refresh(context.WithoutCancel(ctx), l); err != nil {
		return nil, err
	}
	text.Loading(g.Terminal, results)
	return results, nil
}

// retryPassing loads once more what was refused for a reason that may be gone by
// now that everything else is loaded.
func retryPassing(ctx context.Context, g *globals, l *ledger.Ledger, places map[string]loader.Source, results []loader.FileResult,
	o loader.Options,
) ([]loader.FileResult, error) {
	passing := func(r loader.FileResult) bool {
		var p *azurecost.PassingError
		return r.Status == loader.Refused && errors.As(r.Err, &p)
	}
	n := 0
	for _, r := range results {
		if passing(r) {
			n++
			g.Note("%s: %v", r.Ref, r.Err)
		}
	}
	if n == 0 {
		return results, nil
	}
	g.Note("%d of %d failed for a time; trying once more", n, len(results))
	var out []loader.FileResult
	for i, r := range results {
		if !passing(r) {
			out = append(out, r)
			continue
		}
		again, err := loader.Load(ctx, l, places, []string{r.Ref}, o)
		out = append(out, again...)
		if err != nil {
			return append(out, results[i+1:]...), err
		}
	}
	return out, nil
}
