package loader_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/loader/file"
)

var fixedNow = func() time.Time { return time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC) }

func open(t *testing.T) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), "", ledger.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func load(t *testing.T, l *ledger.Ledger, o loader.Options, refs ...string) []loader.FileResult {
	t.Helper()
	o.Now = fixedNow
	rs, err := loader.Load(context.Background(), l, map[string]loader.Source{"file": file.Source{}}, refs, o)
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

// The real files that the formats were written for, with the totals that a
// separate exact sum gives. They lie beside the repository.
func TestRealFiles(t *testing.T) {
	const dir = "../../shared/data"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the real sample files are not beside the repository")
	}
	for _, c := range []struct {
		path, format, cost, currency, total string
		rows                                int64
	}{
		{"SamuelTrimble-AzureBillAnalyzer/201802-v2.csv", "azure_account_v2", "statement", "USD", "751.7", 2696},
		{"DERIVED-v1/v1_derived_from_trimble_v2.csv", "azure_account_v1", "statement", "USD", "751.7", 2696},
		{"prekel-azureusage/AzureUsage.csv", "azure_sponsorship", "statement", "XXX", "85.011621", 1323},
		{"microsoft-finops-toolkit/EA_ActualCost_Small.csv", "azure_ea", "actual", "USD", "8.5450077867419368", 11},
		{"microsoft-finops-toolkit/EA_AmortizedCost_Small.csv", "azure_ea", "amortized", "USD", "16.296932136636644627", 28},
		{"FOCUS-Sample-Data/focus_sample.csv", "focus", "focus", "USD", "20.52022672899", 1000},
		{"opencost/headersets/BOM.csv", "azure_mosa", "actual", "XXX", "0", 1},
		{"opencost/headersets/Enterprise.csv", "azure_ea", "actual", "", "", 1},
		{"opencost/headersets/EnterpriseCamel.csv", "azure_csp", "actual", "USD", "0.012", 1},
		{"opencost/headersets/German.csv", "azure_mosa", "actual", "USD", "0.075", 1},
		{"opencost/headersets/PayAsYouGo.csv", "azure_mosa", "actual", "USD", "0.075", 1},
		{"project-koku/azure/azure_camelCased.csv", "azure_mosa", "actual", "USD", "0.00011016", 3},
		{"project-koku/azure/costreport_a243c6f2-199f-4074-9a2c-40e671cf1584.csv", "azure_mosa", "actual", "USD", "0.00011016", 3},
	} {
		t.Run(filepath.Base(c.path), func(t *testing.T) {
			l := open(t)
			r := load(t, l, loader.Options{}, filepath.Join(dir, c.path))[0]
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			if r.Format != c.format || r.CostType != c.cost || r.Rows != c.rows {
				t.Errorf("got %s, %s, %d rows; want %s, %s, %d", r.Format, r.CostType, r.Rows, c.format, c.cost, c.rows)
			}
			if got := r.Totals[c.currency].String(); c.currency != "" && got != c.total {
				t.Errorf("total %s %s, want %s (all: %v)", got, c.currency, c.total, r.Totals)
			}
			d, err := ledger.Describe(t.Context(), l.DB(), r.LoadID)
			if err != nil {
				t.Fatal(err)
			}
			for cur, total := range d.Totals {
				if d.Held[cur] != total {
					t.Errorf("the ledger holds %s %s of the file's %s", d.Held[cur], cur, total)
				}
			}
		})
	}
}
