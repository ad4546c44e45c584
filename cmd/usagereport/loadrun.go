package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/loader/azurecost"
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
	loaded, other := 0, map[loader.Status]int{}
	for _, r := range results {
		if r.Status == loader.Loaded {
			loaded++
		} else {
			other[r.Status]++
		}
		if r.Err != nil {
			say := g.Note
			if r.Status == loader.Refused {
				say = g.Fail
			}
			say("%s: %s", r.Ref, reason(r))
		}
		for _, text := range notes(r) {
			g.Note("%s: %s", r.Ref, text)
		}
	}
	if len(results) > 1 || len(other) > 0 {
		summary := fmt.Sprintf("%d loaded", loaded)
		for _, s := range []loader.Status{loader.Unchanged, loader.Superseded, loader.Refused} {
			if other[s] > 0 {
				summary += fmt.Sprintf(", %d %s", other[s], s)
			}
		}
		g.Note("%s", summary)
	}
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

// reason says why a file was not loaded.
func reason(r loader.FileResult) string {
	var bad *loader.RejectedError
	if errors.As(r.Err, &bad) {
		return fmt.Sprintf("refused: %s:%v; nothing of the file was loaded (see --max-rejects)", r.Ref, bad)
	}
	text := r.Err.Error()
	if r.Status == loader.Refused {
		text = "refused: " + text
	}
	if h := hint(runtime.GOOS, r.Err); h != "" {
		text += "; " + h
	}
	return text
}

// notes says what else a person must know of a file's load, but its figures.
func notes(r loader.FileResult) []string {
	var out []string
	if len(r.Replaced) > 0 {
		out = append(out, "replaced "+strings.Join(r.Replaced, ", "))
	}
	if r.Status == loader.Loaded {
		for _, w := range r.Warnings {
			out = append(out, "warning: "+w)
		}
		for i, rej := range r.Rejects {
			if i == 10 {
				out = append(out, fmt.Sprintf("… and %d more rejected rows, in the table rejects", len(r.Rejects)-i))
				break
			}
			out = append(out, "rejected "+rej.String())
		}
	}
	const named = 5
	if n := len(r.First); n > 0 {
		text := strings.Join(r.First[:min(n, named)], ", ")
		if n > named {
			text += fmt.Sprintf(" and %d more", n-named)
		}
		out = append(out, "first charges of subscription "+text)
	}
	return out
}
