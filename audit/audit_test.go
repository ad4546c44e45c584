package audit

import (
	"path/filepath"
	"testing"
	"time"

	"usagereport/analysis"
	"usagereport/internal/ledgertest"
	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/loader/file"
	"usagereport/owners"
	"usagereport/usage"
)

// reported makes the report that o asks for. Close the Analysis.
func reported(t testing.TB, l *ledger.Ledger, o analysis.Options) (*analysis.Analysis, *analysis.Report) {
	t.Helper()
	a, err := analysis.New(t.Context(), l, o)
	if err != nil {
		t.Fatal(err)
	}
	r, err := a.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return a, r
}

// audited makes the report that o asks for, and checks it.
func audited(t testing.TB, l *ledger.Ledger, o analysis.Options) (*analysis.Report, []Claim) {
	t.Helper()
	a, r := reported(t, l, o)
	defer a.Close()
	claims, err := Of(t.Context(), a.Conn(), r, Options{AsOf: o.AsOf, Today: o.Today})
	if err != nil {
		t.Fatal(err)
	}
	return r, claims
}

// Every sample of every format says nothing that its ledger denies.
func TestAuditSamples(t *testing.T) {
	paths, err := filepath.Glob("../testdata/usage/*/*.csv")
	if err != nil || len(paths) < 15 {
		t.Fatal(err, paths)
	}
	total := 0
	for i, path := range paths {
		name := filepath.Join(filepath.Base(filepath.Dir(path)), filepath.Base(path))
		t.Run(name, func(t *testing.T) {
			if name == "azure_ea/no-rows.csv" {
				t.Skip("there is no report of nothing")
			}
			l := ledgertest.Of(t, path)
			r, claims := audited(t, l, analysis.Options{})
			expect(t, Failed(claims))
			total += len(claims)
			if spans := spansOf(r); len(spans) > 0 { // in turns: the folders below have all
				_, claims := audited(t, l, analysis.Options{Days: spans[i%len(spans)]})
				expect(t, Failed(claims))
				total += len(claims)
			}
		})
	}
	// Whole folders have days that two bills charge.
	folders, err := filepath.Glob("../testdata/usage/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		files, err := filepath.Glob(folder + "/*.csv")
		if err != nil || len(files) < 2 || filepath.Base(folder) == "focus" { // two clouds, to which the same account id was given
			continue
		}
		t.Run(filepath.Base(folder), func(t *testing.T) {
			l := ledgertest.Empty(t)
			places := map[string]loader.Source{"file": file.Source{}}
			if _, err := loader.Load(t.Context(), l, places, []string{folder}, loader.Options{Now: ledgertest.Now}); err != nil { // some are copies
				t.Fatal(err)
			}
			ledgertest.AddUp(t, l)
			r, claims := audited(t, l, analysis.Options{})
			expect(t, Failed(claims))
			total += len(claims)
			for _, days := range spansOf(r) {
				_, claims := audited(t, l, analysis.Options{Days: days})
				expect(t, Failed(claims))
				total += len(claims)
			}
		})
	}
	t.Logf("%d claims", total)
}

// spansOf are days around the last one that a report's data reach: it alone, its quarter, from
// the middle of a bill over its end, and of which the last are to come.
func spansOf(r *analysis.Report) []usage.Period {
	last := r.Parts[0].Period.Reach
	if last == 0 {
		return nil
	}
	return []usage.Period{
		{From: last, To: last + 1}, analysis.Quarter.Of(last, time.April), {From: last - 16, To: last + 1}, {From: last - 2, To: last + 9},
	}
}

// The demo's estate, by bill and by month, and what each of its owners is sent.
func TestAuditDemo(t *testing.T) {
	l := ledgertest.Demo(t, 4)
	var failed []Claim
	total := 0
	days := func(text string) analysis.Options {
		p, err := usage.ParseSpan(text)
		if err != nil {
			t.Fatal(err)
		}
		return analysis.Options{Days: p}
	}
	for _, o := range []analysis.Options{
		{},
		{Period: "last"},
		{Month: "current"},
		{Month: "last"},
		days("2026-Q4"), days("2026-11-09..2026-11-15"), days("2026-10-10..2026-11-08"), days("2026-11-15..2026-11-15"),
	} {
		_, claims := audited(t, l, o)
		failed, total = append(failed, Failed(claims)...), total+len(claims)
	}
	rules := "name,rule\nNorth,x_ResourceGroupName=rg-shop*\nSouth,x_ResourceGroupName=*\n"
	for _, owner := range []string{"North", "South"} {
		o := analysis.Options{Budget: analysis.OwnerBudget{Amount: usage.DecimalOf(9000), Period: "month"}}
		_, claims := auditedOwner(t, l, o, owner, rules)
		failed, total = append(failed, Failed(claims)...), total+len(claims)
	}
	expect(t, failed)
	t.Logf("%d claims", total)
}

// expect reports the claims that failed.
func expect(t *testing.T, failed []Claim) {
	t.Helper()
	for _, c := range failed {
		t.Errorf("%s: %s: said %s, found %s", c.Kind, c.Text, c.Said, c.Found)
	}
}

// auditedOwner makes the report on what is one owner's, and checks it.
func auditedOwner(t testing.TB, l *ledger.Ledger, o analysis.Options, owner, rules string) (*analysis.Report, []Claim) {
	t.Helper()
	f, err := owners.Parse("owners.csv", []byte(rules))
	if err != nil {
		t.Fatal(err)
	}
	o.Owner, o.Whose = owner, true
	a, err := analysis.Look(t.Context(), l, o, f.Rules)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	r, err := a.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	claims, err := Of(t.Context(), a.Conn(), r, Options{AsOf: o.AsOf, Today: o.Today, Whole: l.DB()})
	if err != nil {
		t.Fatal(err)
	}
	return r, claims
}
