package detect

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// TestHistoryFromHolidaysOn has a bill that begins with eleven days on which all that rests on weekends does: what
// comes after is work, and no rise.
func TestHistoryFromHolidaysOn(t *testing.T) {
	const days = 31 // from the day before Christmas on, a Wednesday
	r := rand.New(rand.NewPCG(2, 7))
	in := Input{From: usage.Date(2025, 12, 24), Days: days}
	for i := range 60 {
		y := make([]float64, days)
		for d := range y {
			weekend := (d+2)%7 >= 5
			y[d] = 20 * (1 + 0.03*r.NormFloat64()) * pick(i%6 == 0 && (weekend || d < 11), 0.6, 1)
		}
		in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
			usage.SubAccount: "sub", usage.ResourceGroup: fmt.Sprint("rg", i%4), usage.Service: fmt.Sprint("service", i%3), usage.Resource: fmt.Sprint("vm", i),
		}})
	}
	for _, f := range alarms(in) {
		t.Errorf("told:%s", describe([]Finding{f}))
	}
}

// TestChangeInABillThatBeginsInHolidays has machines of an office in a bill that begins between Christmas and January. One of them
// costs twice as much some days after the work began: that is told, and not the work.
func TestChangeInABillThatBeginsInHolidays(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	const rise = 19
	in := Input{From: usage.Date(2026, 12, 26), Days: 25} // a Saturday
	for i := range 20 {
		y := make([]float64, in.Days)
		for d := range y {
			y[d] = 20 * (1 + 0.02*r.NormFloat64()) * pick(d < 9 || d%7 < 2, 0.1, 1) * pick(i == 7 && d >= rise, 2, 1)
		}
		in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
			usage.SubAccount: "sub", usage.ResourceGroup: fmt.Sprint("rg", i%4), usage.Service: "vm", usage.Resource: fmt.Sprint("vm", i),
		}})
	}
	told := alarms(in)
	if len(told) != 1 || told[0].Scope[usage.Resource] != "vm7" || told[0].Start != in.From+rise {
		t.Errorf("want one alarm from day %d:%s", rise, describe(Detect(in).Findings))
	}
}
