package analysis_test

import (
	"testing"
	"time"

	"usagereport/analysis"
	"usagereport/ledger"
	"usagereport/usage"
)

// What the report tells the reader to run makes its totals again, and its
// bridge leads from one total to the other.
func TestTheReportCanBeMadeAgain(t *testing.T) {
	l := ledgerOf(t, `
s1 Compute 2026-09-01..2026-10-15 12.000000000000000001 SkuMeter=vcpu ConsumedUnit=Hours ConsumedQuantity=24
s1 Storage 2026-09-01..2026-10-15 1.07 SkuMeter=disk ConsumedUnit=GB ConsumedQuantity=100
s2 Storage 2026-09-20..2026-10-09 3.33 SkuMeter=disk ConsumedUnit=GB ConsumedQuantity=100
`)
	for _, o := range []analysis.Options{{}, {Period: "last"}, {Month: "2026-10"}, {AsOf: usage.Date(2026, time.October, 7)}} {
		a, err := analysis.New(t.Context(), l, o)
		if err != nil {
			t.Fatal(err)
		}
		r, err := a.Report(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		p := r.Parts[0]
		for _, q := range p.Queries {
			var sum usage.Decimal
			err := l.DB().QueryRowContext(t.Context(), "SELECT sum(cost) FROM ("+q.SQL+")").Scan(ledger.Amount(&sum))
			if err != nil || sum != p.Total.Amount {
				t.Errorf("%+v: %s: %s, the report has %s: %v\n%s", o, q.Title, sum, p.Total.Amount, err, q.SQL)
			}
		}
		if p.Change != nil && p.Change.Total.Prior.Amount.Add(p.Change.Total.Bridge.Sum()) != p.Change.Total.Current.Amount {
			t.Errorf("%+v: the bridge does not lead from %s to %s", o, p.Change.Total.Prior.Amount, p.Change.Total.Current.Amount)
		}
		var metered usage.Decimal
		for _, m := range p.Meters {
			metered = metered.Add(m.Cost.Amount)
		}
		if metered != p.Total.Amount {
			t.Errorf("%+v: the meters cost %s of %s", o, metered, p.Total.Amount)
		}
		a.Close()
	}
}
