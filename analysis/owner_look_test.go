package analysis_test

import (
	"testing"

	"usagereport/analysis"
)

// An owner's part is seen through an owners file only: without one, the whole bill
// would stand under the owner's name.
func TestNewRefusesAnOwner(t *testing.T) {
	l := estate(t)
	for name, o := range map[string]analysis.Options{
		"an owner":      {Owner: "Ada"},
		"all, by owner": {ByOwner: true},
	} {
		a, err := analysis.New(t.Context(), l, o)
		if err == nil {
			a.Close()
			t.Errorf("%s: New gave an analysis of the whole bill", name)
		}
	}
}
