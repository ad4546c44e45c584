package analysis_test

import (
	"strings"
	"testing"

	"usagereport/analysis"
)

// Beside days without data, now or then, no change is told in percent: not of the period, nor of
// its rows. Of a period that has them all it is.
func TestNoPercentBesideDaysWithoutData(t *testing.T) {
	for name, days := range map[string]string{
		"then": "s1 Compute 2026-01-01..2026-02-04 10\ns1 Compute 2026-02-09..2026-03-20 10\n",
		"now":  "s1 Compute 2026-01-01..2026-03-04 10\ns1 Compute 2026-03-09..2026-03-20 10\n",
		"none": "s1 Compute 2026-01-01..2026-03-08 10\ns1 Compute 2026-03-09..2026-03-20 11\n",
	} {
		a, err := analysis.New(t.Context(), ledgerOf(t, days), analysis.Options{})
		r := reportOf(t, a, err)
		p := r.Parts[0]
		want := name == "none"
		if has := p.Priors[0].Percent != nil; has != want {
			t.Errorf("%s: the change of the period has a percentage: %v", name, has)
		}
		if has := p.Change.Total.Percent != nil; has != want {
			t.Errorf("%s: the change by its reasons has a percentage: %v", name, has)
		}
		for _, x := range append(p.Movers[0].Up, p.Movers[0].Down...) {
			if has := x.Percent != nil; has != want {
				t.Errorf("%s: %s has a percentage: %v", name, x.Label, has)
			}
		}
		if has := p.Priors[1].Percent != nil; has != (name != "now") {
			t.Errorf("%s: the change from January has a percentage: %v", name, has)
		}
	}
}

// Days of an account of which only no rate is known are told as that, and not as days on which it
// was not used though others of its files were.
func TestDaysWithoutARateAreNoPause(t *testing.T) {
	l := ledgerOf(t, `
s1 Compute 2026-01-01..2026-03-20 10 EUR
s2 Compute 2026-01-01..2026-01-31 10 EUR
s2 Compute 2026-02-01..2026-02-05 10 USD
s2 Compute 2026-02-06..2026-03-20 10 EUR
`)
	if _, err := l.DB().ExecContext(t.Context(), "INSERT INTO rates VALUES (DATE '2026-03-01', 'USD', 'EUR', 0.9)"); err != nil {
		t.Fatal(err)
	}
	a, err := analysis.New(t.Context(), l, analysis.Options{Currency: "EUR", Convert: true})
	r := reportOf(t, a, err)
	var all strings.Builder
	for _, w := range r.Parts[0].Warnings {
		all.WriteString(w.String() + "\n")
	}
	if got := all.String(); strings.Contains(got, "has nothing of") || !strings.Contains(got, "no rate") {
		t.Errorf("the warnings are\n%s", got)
	}
	a, err = analysis.New(t.Context(), l, analysis.Options{Currency: "EUR", Convert: true, Period: "2026-02"})
	if p := reportOf(t, a, err).Parts[0].Period; p.Lacks != 5 || p.Unrated != 5 {
		t.Errorf("of %d days there are no data, of %d of these no rate; want 5 and 5", p.Lacks, p.Unrated)
	}
}
