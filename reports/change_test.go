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

// What moved in a filtered report is no other owner's.
func TestMovedMeans(t *testing.T) {
	for lane, want := range map[bridge.Lane][2]string{
		bridge.MovedIn:  {"another owner’s before", "not among these charges before"},
		bridge.MovedOut: {"another owner’s now", "no longer among these charges"},
	} {
		p := &analysis.Part{Currency: "EUR", Change: &analysis.Comparison{Base: []analysis.BasePeriod{{}}}}
		p.Change.Total.Bridge[lane] = eur("7").Amount
		for i, r := range []*analysis.Report{{}, {Filters: []analysis.Filter{{Dimension: "Dimensions.Product", Value: "Shop"}}}} {
			if got := changeTables(r, p)[0].Rows[0][1].(locale.Text).String(); got != want[i] {
				t.Errorf("%v with %v means %q, want %q", lane, r.Filters, got, want[i])
			}
		}
	}
}

// What stands for the rest is said in the page's language.
func TestOthersAreSaid(t *testing.T) {
	l, err := locale.New("zh-Hant")
	if err != nil {
		t.Fatal(err)
	}
	if got := shown(l, "(all others)", nameLimit); got != "（其他全部）" {
		t.Errorf("got %q", got)
	}
}
