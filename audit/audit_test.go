package audit

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"usagereport/analysis"
	"usagereport/internal/ledgertest"
	"usagereport/ledger"
)

// audited makes the report that o asks for, and checks it.
func audited(t testing.TB, l *ledger.Ledger, o analysis.Options) (*analysis.Report, []Claim) {
	t.Helper()
	a, err := analysis.New(t.Context(), l, o)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	r, err := a.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	claims, err := Of(t.Context(), a.Conn(), r, Options{AsOf: o.AsOf})
	if err != nil {
		t.Fatal(err)
	}
	return r, claims
}

func report(t testing.TB, claims []Claim) {
	t.Helper()
	for _, c := range Failed(claims) {
		t.Errorf("%s: %s: said %s, found %s", c.Kind, c.Text, c.Said, c.Found)
	}
}

// Every sample of every format says nothing that its ledger denies.
func TestAuditSamples(t *testing.T) {
	dirs, err := filepath.Glob("../testdata/usage/*")
	if err != nil || len(dirs) < 10 {
		t.Fatal(err, dirs)
	}
	for _, dir := range dirs {
		paths, _ := filepath.Glob(dir + "/*.csv")
		for _, path := range paths {
			t.Run(filepath.Base(dir)+"/"+filepath.Base(path), func(t *testing.T) {
				_, claims := audited(t, ledgertest.Of(t, path), analysis.Options{})
				report(t, claims)
				t.Logf("%d claims", len(claims))
			})
		}
	}
}

func TestAuditDemo(t *testing.T) {
	l := ledgertest.Demo(t, 4)
	for _, o := range []analysis.Options{{}, {Period: "last"}, {Month: "current"}, {Month: "last"}} {
		r, claims := audited(t, l, o)
		report(t, claims)
		t.Logf("%s: %d claims", r.Parts[0].Period.Name, len(claims))
	}
}

func TestScratch(t *testing.T) {
	dir := os.Getenv("SCRATCH")
	r, claims := audited(t, ledgertest.Of(t, dir), analysis.Options{})
	for _, p := range r.Parts {
		for _, f := range slices.Concat(p.Findings, p.Minor, p.Down) {
			t.Log(f.ID, f.Kind, f.Scope, f.Start, f.End, f.Actual, f.Expected, f.Explanation)
			for _, d := range f.Drivers {
				t.Log("   ", d.Scope, d.Impact)
			}
		}
		t.Log(p.Total, p.Expected, p.Period, len(p.Priors))
	}
	report(t, claims)
	t.Logf("%d claims", len(claims))
}
