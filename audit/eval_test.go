package audit

import (
	"fmt"
	"testing"

	"usagereport/analysis"
	"usagereport/analysis/eval"
	"usagereport/usage"
)

// Estates like those by which the detector is measured, with their incidents and
// nuisances, say nothing that their ledgers deny.
func TestAuditEval(t *testing.T) {
	total := 0
	for seed, o := range []eval.Options{
		{Days: 120, Resources: 60},
		{Days: 200, Resources: 40, Churn: true},
		{Days: 100, Resources: 60, Clean: true},
		{Days: 150, Resources: 40, Second: true},
	} {
		name := fmt.Sprintf("eval %d", seed+1)
		t.Run(name, func(t *testing.T) {
			l, refused := chargesOf(eval.NewEstate(uint64(seed+1), o)).loaded(t)
			_, claims := audited(t, l, analysis.Options{})
			_, last := audited(t, l, analysis.Options{Period: "last"})
			total += len(claims) + len(last)
			expect(t, append(append(refused, Failed(claims)...), Failed(last)...))
		})
	}
	t.Logf("%d claims", total)
}

// chargesOf returns an estate with the charges of one of eval's.
func chargesOf(from eval.Estate) *estate {
	e := &estate{reach: from.In.From + usage.Day(from.In.Days-1)}
	for _, l := range from.In.Leaves {
		for i, cost := range l.Cost {
			if cost == 0 && (i >= len(l.Quantity) || l.Quantity[i] == 0) {
				continue
			}
			d := from.In.From + usage.Day(i)
			c := charge{
				billing: "1234567", sub: fmt.Sprintf("%-8s-2222-4333-8444-555555555555", l.Dims[usage.SubAccount])[:20], day: d, month: d.Month(),
				service: l.Dims[usage.Service], meter: l.Dims[usage.Meter], unit: l.Unit, group: l.Dims[usage.ResourceGroup], kind: "Usage", cost: cost,
				currency: "EUR",
			}
			if i < len(l.Quantity) {
				c.quantity = l.Quantity[i]
			}
			if name := l.Dims[usage.Resource]; name != "" {
				c.resource = id(c.sub, c.group, name)
			}
			e.charges = append(e.charges, c)
		}
	}
	return e
}
