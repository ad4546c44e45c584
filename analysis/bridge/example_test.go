package bridge_test

import (
	"fmt"

	"usagereport/analysis/bridge"
	"usagereport/usage"
)

// A machine ran for 100 hours at 0.20, and then for 150 at 0.22. The change of its
// cost is divided into what each did, exactly.
func ExampleOf() {
	machine := bridge.Line{
		Category: "Usage", Thing: "vm-1", Priced: true,
		Prior:   bridge.Side{Cost: usage.MustDecimal("20"), Quantity: usage.MustDecimal("100")},
		Current: bridge.Side{Cost: usage.MustDecimal("33"), Quantity: usage.MustDecimal("150")},
	}
	b := bridge.Of([]bridge.Line{machine})[0]
	for _, lane := range bridge.Lanes() {
		if b[lane].Sign() != 0 {
			fmt.Println(lane, b[lane])
		}
	}
	fmt.Println("in all", b.Sum())
	// Output:
	// price 3
	// quantity 10
	// in all 13
}
