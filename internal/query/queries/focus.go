package queries

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

// focus writes the usage as the FinOps Open Cost and Usage Specification has it, with
// the columns of all its versions.
//
//go:embed export/focus.sql
var focus string

// focusColumns says of each column which versions have it, and when it is written:
// always, or where a column of FocusPresent is true.
//
//go:embed export/focus_columns.csv
var focusColumns string

// FocusPresent asks which of the conditional columns the usage has something for: a row
// of truths.
//
//go:embed export/focus_present.sql
var FocusPresent string

// DefaultFocus is the version that is written where none is asked for.
const DefaultFocus = "1.2"

// FocusVersions lists the versions of FOCUS that can be written.
func FocusVersions() []string { return []string{"1.0", "1.1", "1.2", "1.3", "1.4"} }

// custom are the columns beyond FOCUS's, which must stand behind them.
const custom = "x_BillingPeriod, x_CostCenter, x_CostType, x_InvoiceSectionName, x_MeterId, x_MeterSubcategory, x_Owner, " +
	"x_ResourceGroupName"

// Focus returns the statement that writes the usage as a version of FOCUS. present is
// what FocusPresent found.
func Focus(version string, present map[string]bool) (string, error) {
	if !slices.Contains(FocusVersions(), version) {
		return "", fmt.Errorf("FOCUS %s cannot be written; take one of %s", version, strings.Join(FocusVersions(), ", "))
	}
	var columns []string
	for line := range strings.Lines(focusColumns) {
		f := strings.Split(strings.TrimSpace(line), ",")
		if len(f) != 4 || f[0] == "column" {
			continue
		}
		name, since, until, written := f[0], f[1], f[2], f[3]
		if version >= since && (until == "" || version <= until) && (written == "always" || present[written]) {
			columns = append(columns, name)
		}
	}
	return "SELECT " + strings.Join(columns, ", ") + ", " + custom + " FROM (\n" + focus +
		"\n) ORDER BY x_BillingPeriod, ChargePeriodStart, SubAccountId, ResourceId", nil
}
