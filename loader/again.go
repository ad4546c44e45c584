package loader

import (
	"context"
	"maps"
	"os"
	"slices"
	"time"

	"usagereport/ledger"
)

// Standing returns where the file of a load is, "" where it is nowhere.
func Standing(d ledger.Description) string {
	for _, path := range []string{d.Kept, d.Ref} {
		if path == "" {
			continue
		}
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}

// LoadAgain loads the file of an earlier load from where it is now, as it was loaded then. refused says what was refused, if
// anything was; same, whether l has what was loaded.
func LoadAgain(ctx context.Context, l *ledger.Ledger, sources map[string]Source, d ledger.Description, path string,
	clock func() time.Time,
) (refused FileResult, same bool, err error) {
	o := Options{AllowShrink: true, MaxRejects: int(d.Rejected), Now: clock, Prefer: "new"}
	if d.CostType == "actual" || d.CostType == "amortized" {
		o.CostType = d.CostType
	}
	if len(d.Totals) == 1 {
		o.AssumeCurrency = slices.Collect(maps.Keys(d.Totals))[0]
	}
	results, err := Load(ctx, l, sources, []string{path}, o)
	if err != nil {
		return refused, false, err
	}
	for _, r := range results {
		if r.Err != nil && r.Status == Refused {
			return r, false, nil
		}
	}
	now, err := l.Loads(ctx)
	same = slices.ContainsFunc(now, func(n ledger.Description) bool { return n.SHA256 == d.SHA256 && n.CostType == d.CostType })
	return refused, same, err
}
