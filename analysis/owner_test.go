package analysis

import (
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// What is spread over the owners is all there is, to the last digit, and only who
// bears any cost gets any.
func TestSpreadInvoice(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	money := func(signed bool) usage.Money {
		d := usage.DecimalFromFloat(random.Float64() * 10000)
		if signed && random.IntN(3) == 0 {
			d = d.Neg()
		}
		return usage.Money{Amount: d, Currency: "EUR"}
	}
	for range 200 {
		o := Ownership{
			Currency: "EUR", Owned: map[string]usage.Money{"": money(true)}, Shared: map[string]usage.Money{},
			Invoice: map[string]usage.Money{},
		}
		for _, name := range []string{"A", "B", "C", "D"}[:1+random.IntN(4)] {
			o.Owned[name] = money(true)
			if random.IntN(2) == 0 {
				o.Shared[name] = money(false)
			}
		}
		var want usage.Decimal
		for _, line := range InvoiceLines() {
			m := money(true)
			o.Invoice[line] = m
			want = want.Add(m.Amount)
		}
		bearers := 0
		for name := range o.Owned {
			if cost, _ := o.Cost(name); name != "" && cost.Amount.Sign() > 0 {
				bearers++
			}
		}
		given := o.Spread()
		var got usage.Decimal
		for name, m := range given {
			if cost, _ := o.Cost(name); cost.Amount.Sign() <= 0 {
				t.Fatalf("%s gets %s and bears %s", name, m.Amount, cost.Amount)
			}
			got = got.Add(m.Amount)
		}
		if len(given) != bearers || bearers > 0 && got != want {
			t.Fatalf("%d of %d owners get %s of %s", len(given), bearers, got, want)
		}
	}
}
