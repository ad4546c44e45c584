package analysis

import (
	"testing"

	"usagereport/analysis/forecast"
	"usagereport/usage"
)

// What is known has more digits than a range, which holds it all the same.
func TestRangeHoldsWhatIsExpected(t *testing.T) {
	f := &frame{cur: currency{code: "EUR"}}
	for _, known := range []string{"606.6063", "606.6013"} {
		expected := usage.MustDecimal(known)
		r := f.rangeOf(expected, expected, forecast.Band{OK: true})
		if r.Low95.Amount.Cmp(expected) > 0 || r.Low80.Amount.Cmp(expected) > 0 || r.High80.Amount.Cmp(expected) < 0 || r.High95.Amount.Cmp(expected) < 0 {
			t.Errorf("%s is outside of %s to %s", known, r.Low95.Text(), r.High95.Text())
		}
	}
}
