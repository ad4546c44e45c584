package reports

import (
	"strings"
	"testing"

	"usagereport/analysis"
	"usagereport/analysis/bridge"
	"usagereport/internal/locale"
)

// The sentence over the reasons names the largest, and the second where it matters.
func TestChangeNamesWhatMatters(t *testing.T) {
	for name, c := range map[string]struct{ first, second, want, lacks string }{
		"two that matter":   {"-400", "150", "Not explained", "<0.01"},
		"one of a rounding": {"-493.10", "0.004", "Calendar", "Not explained"},
		"one alone":         {"-493.10", "0", "Calendar", "Not explained"},
	} {
		v := change{
			Part:  &analysis.Part{Currency: "EUR"},
			Lanes: []laneRow{{Name: locale.T("Calendar"), Amount: eur(c.first)}, {Name: locale.T("Not explained"), Amount: eur(c.second)}},
			Used:  []bridge.Lane{bridge.Calendar, bridge.Unattributed},
		}
		v.bars(&analysis.Comparison{})
		if got := v.Says.String(); !strings.Contains(got, c.want) || strings.Contains(got, c.lacks) {
			t.Errorf("%s: %s", name, got)
		}
	}
}
