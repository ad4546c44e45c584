package workspace

import (
	"context"
	"errors"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/misuse"
	"usagereport/owners"
	"usagereport/usage"
)

// SuggestOwners drafts an owners file from what the current period holds: by the tag
// that speaks of owners and covers most of the cost, or the one that is named.
func (w *Workspace) SuggestOwners(ctx context.Context, tag string) ([]*owners.Draft, error) {
	o, err := w.Options("", "")
	if err != nil {
		return nil, err
	}
	a, done, err := w.Analyse(ctx, o)
	if err != nil {
		return nil, err
	}
	defer done()
	keys, err := a.TagKeys(ctx)
	if err != nil {
		return nil, err
	}
	var best []owners.Hint
	var key string
	var most usage.Decimal
	for _, k := range keys {
		if tag != "" && !strings.EqualFold(k, tag) || tag == "" && !owners.Speaks(k) {
			continue
		}
		hints, err := hintsOf(ctx, a, k)
		if err != nil {
			return nil, err
		}
		var covered usage.Decimal
		for _, h := range hints {
			if h.Tag != "" && h.Cost.Currency == hints[0].Cost.Currency {
				covered = covered.Add(h.Cost.Amount)
			}
		}
		if best == nil || covered.Cmp(most) > 0 {
			best, most, key = hints, covered, k
		}
	}
	if best == nil {
		if tag != "" {
			return nil, misuse.Flag("--tag "+tag, errors.New("no charge has it"))
		}
		if best, err = hintsOf(ctx, a, ""); err != nil {
			return nil, err
		}
	}
	return owners.Suggest(best, key), nil
}

func hintsOf(ctx context.Context, a *analysis.Analysis, key string) (out []owners.Hint, err error) {
	hints, err := a.Hints(ctx, key)
	for _, h := range hints {
		out = append(out, owners.Hint(h))
	}
	return out, err
}
