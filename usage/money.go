package usage

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Money is an exact amount in one currency. The zero Money is nothing, in any
// currency.
type Money struct {
	Amount   Decimal
	Currency string // ISO 4217 code; "XXX" where the file names none
}

// NoCurrency is the ISO 4217 code for "no currency": the file names none.
const NoCurrency = "XXX"

// Add returns m and o together. They must be of one currency: two are never added,
// so that Add panics if they are.
func (m Money) Add(o Money) Money {
	return Money{Amount: m.Amount.Add(o.Amount), Currency: m.with(o)}
}

// Sub returns m without o. They must be of one currency, as for Add.
func (m Money) Sub(o Money) Money {
	return Money{Amount: m.Amount.Sub(o.Amount), Currency: m.with(o)}
}

// with returns the one currency of m and o.
func (m Money) with(o Money) string {
	switch {
	case m.Currency == o.Currency, o == Money{}:
		return m.Currency
	case m == Money{}:
		return o.Currency
	}
	panic("usage: an amount in " + strconv.Quote(m.Currency) + " and one in " + strconv.Quote(o.Currency) + " have no sum")
}

// Text returns the amount exactly, with at least the currency's minor digits:
// "751.70".
func (m Money) Text() string { return m.Amount.Text(MinorDigits(m.Currency)) }

// MarshalJSON writes the amount as an exact string; the currency stands beside
// it in the answer.
func (m Money) MarshalJSON() ([]byte, error) { return json.Marshal(m.Text()) }

// MinorDigits returns the number of minor digits of a currency (ISO 4217,
// list one): 2 for most, 0 for the yen, 3 for the Kuwaiti dinar.
func MinorDigits(currency string) int {
	switch strings.ToUpper(currency) {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	case "CLF", "UYW":
		return 4
	}
	return 2
}

// Magnitude returns about how many of a currency make a euro, as a power of ten: 1 for most,
// 100 for the yen. It says how large a sum is, not what it is worth.
func Magnitude(currency string) int64 {
	switch strings.ToUpper(currency) {
	case "CZK", "EGP", "MDL", "MKD", "MXN", "NOK", "PHP", "SEK", "THB", "TRY", "TWD", "UAH", "UYU", "ZAR":
		return 10
	case "ALL", "AMD", "BDT", "CRC", "DJF", "DZD", "HUF", "INR", "ISK", "JMD", "JPY", "KES", "KMF", "KZT", "LKR", "NPR", "PKR", "RSD", "RUB",
		"VUV", "XAF", "XOF", "XPF", "YER":
		return 100
	case "ARS", "BIF", "CLP", "COP", "IQD", "KHR", "KRW", "MGA", "MMK", "MNT", "NGN", "PYG", "RWF", "TZS", "UGX":
		return 1000
	case "GNF", "IDR", "IRR", "LAK", "LBP", "UZS", "VND":
		return 10_000
	}
	return 1
}
