package analysis_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"usagereport/analysis"
	"usagereport/internal/demo"
	"usagereport/internal/ledgertest"
	"usagereport/usage"
)

// On an invented estate every planted incident is told once, with its reason
// and about its true money, and nothing else raises an alarm.
func TestPlantedIncidentsAreTold(t *testing.T) {
	if testing.Short() {
		t.Skip("loads fourteen months")
	}
	dir := t.TempDir()
	planted, err := demo.Write(t.Context(), dir, demo.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(planted.Truth)
	if err != nil {
		t.Fatal(err)
	}
	var truth demo.Truth
	if err := json.Unmarshal(b, &truth); err != nil {
		t.Fatal(err)
	}
	l := ledgertest.Of(t, dir)
	a, err := analysis.New(t.Context(), l, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	found, _, err := a.Findings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, in := range truth.Incidents {
		n := 0
		for _, f := range found {
			if f.Direction != in.Direction || f.Kind != in.Kind || !reaches(f, in) {
				continue
			}
			n++
			told[f.ID] = true
			late := usage.Day(3)
			if f.Kind == usage.KindDrift {
				late = 8
			}
			if f.Start < in.Start-late || f.Start > in.Start+late {
				t.Errorf("%s starts on %s, not on %s", f.Explanation, f.Start, in.Start)
			}
			excess := usage.MustDecimal(in.Excess).Float64()
			if impact := f.Impact.Amount.Float64(); impact/excess < 0.75 || impact/excess > 1.25 {
				t.Errorf("%s: impact %.2f, truly %.2f", f.Explanation, impact, excess)
			}
			sum := usage.Decimal{}
			for _, d := range f.Drivers {
				sum = sum.Add(d.Impact.Amount)
				if d.Price.Amount.Add(d.Quantity.Amount) != d.Impact.Amount {
					t.Errorf("%s: a driver's effects do not add up", f.ID)
				}
			}
			if sum != f.Impact.Amount || !strings.HasSuffix(f.Explanation.String(), ".") {
				t.Errorf("%s: the drivers add up to %s of %s", f.Explanation, sum, f.Impact.Amount)
			}
		}
		if n != 1 {
			t.Errorf("%s (%s) is told %d times", in.ID, in.Kind, n)
		}
	}
	for _, f := range found {
		if !told[f.ID] && f.Severity != usage.SeverityLow {
			t.Errorf("an alarm that was not planted: %s", f.Explanation)
		}
	}
}

// reaches reports whether f is about what in says: its scope is in's, or a
// resource of in is its own or one of its drivers.
func reaches(f analysis.Finding, in *demo.Incident) bool {
	same := len(f.Scope) > 0
	for d, v := range f.Scope {
		if w := in.Scope[d]; w != "" && !strings.EqualFold(v, w) {
			same = false
		}
	}
	if same && f.Scope[usage.Resource] == "" {
		return true
	}
	for _, id := range in.Resources {
		if f.Scope[usage.Resource] == id {
			return true
		}
		for _, d := range f.Drivers {
			if d.Scope[usage.Resource] == id {
				return true
			}
		}
	}
	return false
}
