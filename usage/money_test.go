package usage

import (
	"strings"
	"testing"
)

func TestMoney(t *testing.T) {
	money := func(text string) Money {
		amount, currency, _ := strings.Cut(text, " ")
		if amount == "" {
			return Money{}
		}
		return Money{MustDecimal(amount), currency}
	}
	for _, tt := range []struct{ a, b, sum, difference string }{
		{"1.25 EUR", "0.75 EUR", "2 EUR", "0.5 EUR"},
		{"0.000000000000000001 EUR", "1 EUR", "1.000000000000000001 EUR", "-0.999999999999999999 EUR"},
		{"5 XXX", "5 XXX", "10 XXX", "0 XXX"}, // a file that names no currency
		{"", "5 EUR", "5 EUR", "-5 EUR"},      // a sum that begins
		{"5 EUR", "", "5 EUR", "5 EUR"},
		{"", "", "", ""},
		{"5 EUR", "5 USD", "panic", "panic"},
		{"0 EUR", "5 USD", "panic", "panic"},
		{"5 EUR", "0 USD", "panic", "panic"},
		{"5 EUR", "5 XXX", "panic", "panic"},
		{"5 EUR", "5 eur", "panic", "panic"},
		{"5 EUR", "5 ", "panic", "panic"},
	} {
		check := func(name, want string, f func(Money) Money) {
			t.Helper()
			defer func() {
				if r := recover(); (r != nil) != (want == "panic") {
					t.Errorf("%q %s %q: panic %v, want %s", tt.a, name, tt.b, r, want)
				}
			}()
			if got := f(money(tt.b)); want == "panic" || got != money(want) {
				t.Errorf("%q %s %q = %v, want %s", tt.a, name, tt.b, got, want)
			}
		}
		check("and", tt.sum, money(tt.a).Add)
		check("without", tt.difference, money(tt.a).Sub)
	}
}

// A sum of the same size has so many digits more in some currencies.
func TestMagnitude(t *testing.T) {
	for currency, want := range map[string]int64{"EUR": 1, "usd": 1, "TWD": 10, "jpy": 100, "KRW": 1000, "IDR": 10_000, "": 1} {
		if got := Magnitude(currency); got != want {
			t.Errorf("%q: %d, want %d", currency, got, want)
		}
	}
}
