package main

import (
	"fmt"
	"slices"
	"testing"

	"usagereport/usage"
)

// What is like a finding that was wrong is worth a look, and no alarm; what is
// larger alarms.
func TestWrongRaisesTheBar(t *testing.T) {
	var cases []namedCase
	for _, c := range []struct {
		name, then string
		want       []string
	}{
		{"as large", "160", []string{"low spike up"}},
		{"much larger", "600", []string{"high spike up"}},
	} {
		cases = append(cases, namedCase{c.name, func(d *desk) {
			vm := charge{service: "Virtual Machines", meter: "D4", resource: "vm"}
			d.take(focus().file(slices.Concat(vm.over("2025-10-20", "2026-11-23", func(n int, day usage.Day) string {
				switch {
				case day >= dayOf("2026-09-10") && day <= dayOf("2026-09-12"):
					return "160"
				case day >= dayOf("2026-11-17") && day <= dayOf("2026-11-19"):
					return c.then
				}
				return about(40)(n, day)
			}))))
			before, _ := d.findings("--as-of", "2026-09-14")
			if len(before) != 1 || before[0].Severity != "high" {
				d.Fatalf("before: %v", before)
			}
			d.run(0, "answers", "add", before[0].ID, "wrong")
			var got []string
			now, _ := d.findings()
			for _, f := range now {
				got = append(got, fmt.Sprintf("%s %s %s", f.Severity, f.Kind, f.Direction))
			}
			if !slices.Equal(got, c.want) {
				d.Errorf("findings %q, want %q", got, c.want)
			}
		}})
	}
	runCases(t, cases)
}
