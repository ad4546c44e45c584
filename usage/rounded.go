package usage

import "strings"

// Rounded returns the amount for people: with the currency's minor digits.
func (m Money) Rounded() Money {
	m.Amount = m.Amount.Round(MinorDigits(m.Currency))
	return m
}

// Change is by how much now is more than was, of the amounts that people see: 0.08 from 441.58 to 441.66,
// though it be 0.085.
func Change(was, now Money) Money { return now.Rounded().Sub(was.Rounded()) }

// Signed writes amounts for people, with their signs and currencies.
func Signed(all []Money) string {
	var out []string
	for _, m := range all {
		sign := ""
		if m.Amount.Sign() > 0 {
			sign = "+"
		}
		out = append(out, sign+m.Rounded().Text()+" "+m.Currency)
	}
	return strings.Join(out, ", ")
}
