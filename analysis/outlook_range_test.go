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

// An account that has had no data for a week or longer may have ended: the range holds that, from what
// is certain without it on.
func TestRangeOfAnAccountWithoutData(t *testing.T) {
	amount := func(s string) usage.Money { return usage.Money{Amount: usage.MustDecimal(s), Currency: "EUR"} }
	june := usage.Date(2026, 6, 1).Month()
	f := &frame{cur: currency{code: "EUR"}, sel: selection{span: june}}
	for name, c := range map[string]struct {
		quiet Account
		low   string
		says  int
	}{
		"a week behind":   {Account{Behind: true, Reach: june.From + 12}, "820", 1},
		"six days behind": {Account{Behind: true, Reach: june.From + 13}, "1190", 0},
		"missing":         {Account{Missing: true}, "820", 1},
		"up to date":      {Account{Reach: june.From + 19}, "1190", 0},
	} {
		t.Run(name, func(t *testing.T) {
			c.quiet.ID = "b"
			end := Ending{Expected: amount("1200"), Range: &Range{Low80: amount("1190"), High80: amount("1210"), Low95: amount("1180"), High95: amount("1220")}}
			pieces := []piece{{account: "a", rest: usage.MustDecimal("300")}, {account: "b", rest: usage.MustDecimal("380")}}
			says := f.maybeEnded(end, []Account{{ID: "a", Reach: june.From + 19}, c.quiet}, pieces)
			if got := end.Range.Low80; got != amount(c.low) || end.Range.High80 != amount("1210") || len(says) != c.says {
				t.Errorf("from %s, %v", got, says)
			}
		})
	}
}
