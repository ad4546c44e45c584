package parquet_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usagereport/engine"
)

// A column that the files of one month lack is empty there, and a month ends as its files say,
// also where that is the last second of its last day.
func TestMonthsOfOtherColumns(t *testing.T) {
	october := strings.NewReplacer("2026-10-01", "2026-11-01", "2026-09-", "2026-10-").Replace(charge)
	september := "SELECT * EXCLUDE (SubAccountId), 'Standard' AS PricingCategory FROM (" + charge + ")"
	for name, end := range map[string]string{
		"exclusive":        "BillingPeriodEnd",
		"the last second":  "TIMESTAMP '2026-10-31 23:59:59'",
		"with a zone":      "TIMESTAMPTZ '2026-10-31 23:59:59+00'",
		"as text":          "'2026-10-31T23:59:59Z'",
		"as text, the day": "'2026-11-01'",
	} {
		for _, mixed := range []bool{false, true} {
			dir := t.TempDir()
			if mixed && (name == "exclusive" || name == "the last second") {
				write(t, filepath.Join(dir, "09.parquet"), september)
			}
			write(t, filepath.Join(dir, "10.parquet"), "SELECT * REPLACE ("+end+" AS BillingPeriodEnd) FROM ("+october+")")
			text, _, err := read(t, dir, engine.Options{})
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if !strings.Contains(text, "2026-11-01") {
				t.Errorf("%s: October does not end on its last day:\n%s", name, text)
			}
		}
	}
}

// What rules ask for is not left out.
func TestKeep(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.parquet"), "SELECT *, 'rg' || (n % 3) AS x_ResourceGroupName, 'r' || n AS ResourceId FROM ("+charge+"), range(40) AS r(n)")
	text, left, err := read(t, dir, engine.Options{Rows: 3, Keep: []string{"x_ResourceGroupName"}})
	if err != nil || !strings.Contains(text, "rg1") || !slices.Contains(left, "resources") || slices.Contains(left, "resource groups") {
		t.Errorf("left out %v, %v:\n%s", left, err, text)
	}
	if _, _, err := read(t, dir, engine.Options{Rows: 3, Keep: []string{"ResourceId"}}); err == nil {
		t.Error("40 resources are 3 charges")
	}
	text, left, err = read(t, dir, engine.Options{Rows: 1})
	if err != nil || strings.Contains(text, "rg1") || !slices.Contains(left, "resource groups") {
		t.Errorf("without rules: left out %v, %v:\n%s", left, err, text)
	}
}
