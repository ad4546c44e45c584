package ledger_test

import (
	"errors"
	"strings"
	"testing"

	"usagereport/ledger"
)

// TestExplainLeavesOutAdviceAboutSettings holds what is said of too little memory to what a
// user can do.
func TestExplainLeavesOutAdviceAboutSettings(t *testing.T) {
	err := ledger.Explain(errors.New("Out of Memory Error: failed to pin block of size 256.0 KiB\n\nPossible solutions:\n* SET threads=X"))
	if s := err.Error(); !strings.Contains(s, "load the file in parts, by month") || strings.Contains(s, "SET") || strings.Contains(s, "\n") {
		t.Error(s)
	}
}
