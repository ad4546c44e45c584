package usage_test

import (
	"fmt"

	"usagereport/usage"
)

// A bill from the 12th to the 11th, seen on its tenth day, and the same days of the
// bill before it.
func ExamplePeriod() {
	bill := usage.Period{From: usage.Date(2026, 6, 12), To: usage.Date(2026, 7, 12)}
	before := usage.Period{From: usage.Date(2026, 5, 12), To: bill.From}

	elapsed := bill.Elapsed(usage.Date(2026, 6, 21))
	fmt.Println(bill, "has", bill.Days(), "days, of which", elapsed.Days(), "are over")
	fmt.Println("compare", elapsed, "with", before.First(elapsed.Days()))
	// Output:
	// 2026-06-12 to 2026-07-11 has 30 days, of which 10 are over
	// compare 2026-06-12 to 2026-06-21 with 2026-05-12 to 2026-05-21
}

// Amounts are exact, however small, and are rounded only when they are shown.
func ExampleDecimal() {
	var sum usage.Decimal
	for _, text := range []string{"0.1", "0.2", "1E-18"} {
		d, rounded, err := usage.ParseDecimal(text)
		if err != nil || rounded {
			fmt.Println(text, rounded, err)
		}
		sum = sum.Add(d)
	}
	fmt.Println(sum)
	fmt.Println(sum.Round(2).Text(2))
	fmt.Println(usage.Money{Amount: sum, Currency: "EUR"}.Text())
	// Output:
	// 0.300000000000000001
	// 0.30
	// 0.300000000000000001
}
