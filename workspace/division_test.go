package workspace

import (
	"fmt"
	"slices"
	"testing"

	"usagereport/analysis"
	"usagereport/owners"
	"usagereport/usage"
)

func TestOwnedCosts(t *testing.T) {
	f, err := owners.Parse("owners.csv", []byte(`name,rule,currency,budget,period
Ada,ServiceName=a,EUR,100,month
Ben,ServiceName=b,,50,quarter
Cem,ServiceName=c,,,
`))
	if err != nil {
		t.Fatal(err)
	}
	in := func(currency string, n int64) usage.Money {
		return usage.Money{Amount: usage.DecimalOf(n), Currency: currency}
	}
	eur := analysis.Ownership{
		Currency: "EUR", Owned: map[string]usage.Money{"Ada": in("EUR", 70), "": in("EUR", 5)}, Shared: map[string]usage.Money{"Ada": in("EUR", 7)},
	}
	usd := analysis.Ownership{Currency: "USD", Owned: map[string]usage.Money{"Cem": in("USD", 3)}}
	outlook := &analysis.Outlook{}
	outlook.End.Expected = in("EUR", 90)
	shared := in("EUR", 9)
	parts := map[string][]analysis.Part{"Ada": {{
		Currency: "EUR", Budget: &analysis.Budget{Amount: in("EUR", 100)}, Outlook: outlook, Shared: &analysis.Shared{Expected: &shared},
	}}}
	for name, c := range map[string]struct {
		all  []analysis.Ownership
		want []string // owner, cost, budget, expected
	}{
		"one currency": {[]analysis.Ownership{eur}, []string{
			"Ada 77 EUR of 100 expects 99", "Ben 0 EUR of 50 expects -", "Cem 0 EUR of - expects -", owners.Nobody + " 5 EUR of - expects -",
		}},
		"two": {[]analysis.Ownership{eur, usd}, []string{
			"Ada 77 EUR of 100 expects 99", owners.Nobody + " 5 EUR of - expects -", "Cem 3 USD of - expects -", owners.Nobody + " 0 USD of - expects -",
		}},
	} {
		var got []string
		for _, x := range ownedCosts(f, c.all, parts) {
			text := func(m *usage.Money) string {
				if m == nil {
					return "-"
				}
				return m.Amount.String()
			}
			got = append(got, fmt.Sprintf("%s %s %s of %s expects %s", x.Owner, x.Cost.Amount, x.Cost.Currency, text(x.Budget), text(x.Expected)))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got\n%q, want\n%q", name, got, c.want)
		}
	}
}
