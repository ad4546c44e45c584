package detect

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// One office series, alone or beside what never rests, that does not fall at the weekend any more is told so from its first weekend
// on, at its second at the latest, and goes on. An outage of one or two weekends is no rest.
func TestOneOffice(t *testing.T) {
	for _, days := range []int{56, 67, 95, 120} { // from a Monday on
		for _, others := range []int{0, 5} {
			for _, rest := range []float64{0, 0.5, 0.65} {
				for _, weekends := range []int{2, 3, 4} { // that it is on
					for _, rested := range []int{1, 2, 99} { // weekends before them that it was off
						in := Input{From: usage.Date(2026, 6, 1), Days: days}
						first := days - 2 - (days-2)%7 - 7*weekends + 5
						for i := range others + 1 {
							r := rand.New(rand.NewPCG(8, uint64(i)))
							y := make([]float64, days)
							for d := range y {
								off := i == 0 && d%7 >= 5 && d < first && d >= first-7*rested
								y[d] = pick(off, rest, 1) * 40 * (1 + 0.03*r.NormFloat64())
							}
							in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
								usage.SubAccount: "sub", usage.Service: fmt.Sprint("service", i), usage.Meter: "m", usage.Resource: fmt.Sprint("r", i),
							}})
						}
						name := fmt.Sprintf("%d days, %d others, %g at rest, on for %d weekends after %d", days, others, rest, weekends, rested)
						told := false
						for _, f := range Detect(in).Findings {
							if f.Scope[usage.Resource] != "r0" && others > 0 || f.Direction != usage.Up || f.Severity == usage.SeverityLow {
								continue
							}
							at := int(f.Start - in.From)
							if told = f.Ongoing && f.Rule.Kind == RuleRest && at == first; !told {
								t.Errorf("%s: told of %s from day %d on, want %d; goes on: %t, %s", name, f.Kind, at, first, f.Ongoing, f.Rule.Kind)
							}
						}
						if told != (rested > 2) {
							t.Errorf("%s: told %t", name, told)
						}
					}
				}
			}
		}
	}
}

// TestOfficeAfterAHoliday has a group of office machines that are left on at weekends, some weeks after a Friday or a Monday that
// was their holiday: three days of rest are no pause after which they are as before, and such a Friday is no outage. Each of the
// machines may be too small to tell of by itself.
func TestOfficeAfterAHoliday(t *testing.T) {
	for _, days := range []int{56, 120, 200} { // from a Monday on
		for _, weekends := range []int{2, 4} {
			for _, holiday := range []int{0, 5, 8, 12} { // days before the first of them that was one, a Monday or a Friday; or none
				for _, price := range []float64{0.15, 0.8} {
					b := testEstate(5, days)
					first := days - 2 - (days-2)%7 - 7*weekends + 5
					const machines = 6
					for i := range machines {
						b.add("sub-off", "rg-off", "Virtual Machines", fmt.Sprint("pc", i), "B8ms", "Hours", price, func(d int, r *rand.Rand) float64 {
							if d < first && (d%7 >= 5 || holiday > 0 && d == first-holiday) {
								return 4
							}
							return 24 * (1 + 0.03*r.NormFloat64())
						})
					}
					told := false
					found := Detect(b.in).Findings
					for _, f := range found {
						told = told || f.Kind == usage.KindLevel && f.Ongoing && f.Severity != usage.SeverityLow &&
							int(f.Start-b.in.From) == first && len(f.Leaves) == machines
					}
					if !told {
						t.Errorf("%d days, on for %d weekends, holiday %d days before, price %g: not told%s", days, weekends, holiday, price, describe(found))
					}
				}
			}
		}
	}
}

// A machine rests on weekends and its disk, which does not, costs twice as much since one day: it is not left on.
func TestDearerDiskIsNotLeftOn(t *testing.T) {
	for _, days := range []int{56, 120, 200} {
		b := testEstate(5, days)
		for i := range 4 {
			disk := func(d int, _ *rand.Rand) float64 { return pick(d >= days-12, 12, 6) }
			machine := func(d int, r *rand.Rand) float64 { return pick(b.weekend(d), 0, 20*(1+0.01*r.NormFloat64())) }
			b.add("sub-off", "rg-off", "Virtual Machines", fmt.Sprint("pc", i), "B8ms", "Hours", 1, machine)
			b.add("sub-off", "rg-off", "Storage", fmt.Sprint("pc", i), "P10", "GB", 1, disk)
		}
		e := newEstate(b.in)
		p := newPool(e, nil)
		for _, n := range e.resources {
			if c := p.wakes(p.logs(e.sum(e.full, n.leaves), n.has), n.leaves); e.in.Leaves[n.leaves[0]].Dims[usage.ResourceGroup] == "rg-off" && c.z > 0 {
				t.Errorf("%d days: left on since day %d, by %.1f deviations", days, c.from, c.z)
			}
		}
	}
}
