package detect_test

import (
	"fmt"

	"usagereport/analysis/detect"
	"usagereport/usage"
)

// A machine cost 10 a day for a year, and costs 25 since the last twelve days.
func ExampleDetect() {
	in := detect.Input{From: usage.Date(2026, 1, 1), Days: 365, Settle: -1}
	machine := detect.Leaf{Dims: usage.Series{usage.SubAccount: "shop", usage.Service: "Virtual Machines", usage.Resource: "vm-1"}}
	for day := range in.Days {
		cost := 10.0
		if day >= in.Days-12 {
			cost = 25
		}
		machine.Cost = append(machine.Cost, cost)
	}
	in.Leaves = append(in.Leaves, machine)

	for _, f := range detect.Detect(in).Findings {
		fmt.Println(f.Severity, f.Kind, f.Direction, "of", f.Scope[usage.Resource], "since", f.Start)
		fmt.Printf("%.0f instead of %.0f, by the rule %q\n", f.Actual, f.Expected, f.Rule.Kind)
	}
	// Output:
	// high level up of vm-1 since 2026-12-20
	// 300 instead of 120, by the rule "window"
}
