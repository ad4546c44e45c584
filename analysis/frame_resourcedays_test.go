package analysis_test

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"usagereport/analysis"
	"usagereport/internal/ledgertest"
	"usagereport/usage"
)

// What each resource cost on each day adds up to the total, by bill and by calendar month,
// and a row is one day, service and resource.
func TestResourceDaysAddUp(t *testing.T) {
	l := ledgertest.Empty(t)
	ar, err := txtar.ParseFile(filepath.Join("testdata", "tags.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	load(t, l, ar.Files[0])
	ledgertest.AddUp(t, l)
	for _, o := range []analysis.Options{{ResourceDays: true}, {ResourceDays: true, Month: "2026-10"}, {}} {
		a, err := analysis.New(t.Context(), l, o)
		if err != nil {
			t.Fatal(err)
		}
		r, err := a.Report(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range r.Parts {
			var sum usage.Decimal
			seen := map[string]bool{}
			for _, x := range p.Resources {
				sum = sum.Add(x.Cost.Amount)
				key := x.Day.String() + x.Kind + x.Scope.Key()
				if seen[key] || x.Name.Empty() || !p.Period.Span.Contains(x.Day) {
					t.Errorf("%+v: %s on %s twice, outside the period, or without a name", o, x.Scope, x.Day)
				}
				seen[key] = true
			}
			if want := p.Total.Amount; o.ResourceDays && (sum != want || len(seen) < 100) || !o.ResourceDays && len(seen) > 0 {
				t.Errorf("%+v: %d rows add up to %s, the total is %s", o, len(seen), sum, want)
			}
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
