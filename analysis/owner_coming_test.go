package analysis_test

import (
	"fmt"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"usagereport/analysis"
	"usagereport/internal/ledgertest"
	"usagereport/usage"
)

// TestSharedToCome holds what owners are expected to bear to the forecast of the whole bill,
// whatever became of what they share.
func TestSharedToCome(t *testing.T) {
	for _, c := range []struct {
		name, shared, share string
		now                 string // what is shared costs a day in the open month
		alice, bob          string
	}{
		{"the same as before", "100", "even", "100", "1680", "1680"},
		{"a fall on the first", "100", "even", "20", "560", "560"},
		{"a rise on the first, in percent", "20", "Alice=75; Bob=25", "100", "2380", "980"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := ledgertest.Empty(t)
			for i, m := range []struct{ from, to, cost string }{
				{"2025-10-01", "2025-10-31", c.shared},
				{"2025-11-01", "2025-11-30", c.shared},
				{"2025-12-01", "2025-12-31", c.shared},
				{"2026-01-01", "2026-01-31", c.shared},
				{"2026-02-01", "2026-02-15", c.now},
			} {
				text := ""
				for _, group := range [][2]string{{"a", "10"}, {"b", "10"}, {"shared", m.cost}} {
					text += fmt.Sprintf("s1 VM %s..%s %s x_ResourceGroupName=%s ResourceId=/%s\n", m.from, m.to, group[1], group[0], group[0])
				}
				load(t, l, txtar.File{Name: fmt.Sprintf("%d.days", i), Data: []byte(text)})
			}
			ledgertest.AddUp(t, l)
			rules := []usage.OwnerRule{
				rule(t, 2, "Alice", "x_ResourceGroupName=a", ""), rule(t, 3, "Bob", "x_ResourceGroupName=b", ""),
				rule(t, 4, "Shared", "x_ResourceGroupName=shared", c.share),
			}
			whole, err := through(t, l, rules, analysis.Options{}).Outlooks(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			var sum usage.Decimal
			for owner, want := range map[string]string{"Alice": c.alice, "Bob": c.bob} {
				got, err := through(t, l, rules, analysis.Options{Owner: owner}).Standings(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if e := got[0].Expected; e == nil || e.Amount.String() != want {
					t.Errorf("%s: %v are expected, want %s", owner, e, want)
				} else {
					sum = sum.Add(e.Amount)
				}
			}
			if end := whole[0].End.Expected.Amount; sum.Cmp(end) != 0 {
				t.Errorf("the owners are expected to bear %s, the bill to be %s", sum, end)
			}
		})
	}
}

// A correction of less than its day costs is no usage that goes on, and no cost that lacks.
func TestOutlookCorrection(t *testing.T) {
	for _, day := range []string{"2026-04-08", "2026-04-19", "2026-04-20"} {
		got := outlooks(t, analysis.Options{}, nil, monthly("s1 VM %s 10", "2026-01-01", "2026-03-31"),
			"s1 VM 2026-04-01..2026-04-20 10\ns1 VM "+day+" -6 ChargeClass=Correction")
		if end := got[0].End; end.Known.Amount.String() != "194" || end.Expected.Amount.String() != "294" {
			t.Errorf("corrected on %s: %s is known, and %s expected, want 194 and 294", day, end.Known.Amount, end.Expected.Amount)
		}
	}
}
