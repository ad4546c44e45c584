package text

import (
	"math"

	"usagereport/internal/locale"
	"usagereport/internal/terminal"
	"usagereport/usage"
)

// orNoAmount is the amount of what m points to as p prints it, or nothing.
func orNoAmount(p terminal.Printer, m *usage.Money) any {
	if m == nil {
		return nil
	}
	return p.Amount(*m)
}

// orNil is s, or nothing where it is empty.
func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// orNone is what v points to, or nothing.
func orNone[T any](v *T) any {
	if v == nil {
		return nil
	}
	return *v
}

// orNoDay is d, or nothing where there is no day.
func orNoDay(d usage.Day) any {
	if d == 0 {
		return nil
	}
	return d
}

// rounded is an amount for people.
func rounded(m usage.Money) string { return m.Rounded().Text() }

// signed is an amount with its sign for people, in digits that they group.
func signed(m usage.Money) string { return locale.InEnglish().Signed(m) }

// aboutText is an amount for a sentence, with its currency.
func aboutText(m usage.Money) string {
	return locale.InEnglish().WithCode(locale.InEnglish().About(m), m.Currency)
}

// orNoID is nothing for a load that is none.
func orNoID(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// tenths rounds a share in percent to a tenth; 100 is all of it, and no less.
func tenths(share float64) float64 {
	v := math.Round(share*10) / 10
	if share < 100 && v == 100 {
		return 99.9
	}
	return v
}
