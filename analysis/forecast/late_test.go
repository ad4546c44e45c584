package forecast

import (
	"math"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// lateBills foretells bills of ten parts on the 26th of a month, when between half of the last three days and all of them has
// arrived: of each part so much as it happens, or of all alike. It counts the totals that their ranges hold.
func lateBills(alike bool, spread float64) (bills, parts held) {
	from, month := usage.Date(2025, 12, 1), usage.Date(2026, 11, 1).Month()
	asOf := month.From + 26
	r := rand.New(rand.NewPCG(3, 5))
	for range 150 {
		var es []Estimate
		var became, size float64
		var truths []float64
		all := [3]float64{}
		for j := range all {
			all[j] = 0.5 + 0.5*r.Float64()
		}
		for range 10 {
			c := Component{From: from, Other: make([]float64, month.To-from), Settled: asOf - 3}
			for range 3 {
				c.Share = append(c.Share, Share{Point: 0.75, Learned: true, Spread: spread})
				if alike {
					c.Share[len(c.Share)-1].Together = spread
				} else {
					c.Share[len(c.Share)-1].Together = spread / math.Sqrt(10)
				}
			}
			for m := from.Month(); m.From < month.To; m = m.To.Month() {
				c.Periods = append(c.Periods, m)
			}
			truth, whole := 0.0, 0.0
			for d := from; d < month.To; d++ {
				y := 100 * (1 + 0.03*r.NormFloat64())
				seen := 0.0
				if d < asOf {
					seen = y
				}
				if j := int(d - c.Settled); j >= 0 && j < len(all) {
					part := all[j]
					if !alike {
						part = 0.5 + 0.5*r.Float64()
					}
					seen *= part
				}
				if d < asOf {
					c.Usage = append(c.Usage, seen)
				}
				if d >= month.From {
					truth, whole = truth+y-seen, whole+y
				}
			}
			es, truths = append(es, Forecast(c)), append(truths, truth)
			became, size = became+truth, size+whole
		}
		bills.add(Together(es), became, size)
		for i, b := range Bands(es) {
			parts.add(b, truths[i], size/10)
		}
	}
	return bills, parts
}

// Where the share of the last days that has arrived differs from file to file, the ranges hold about four ends of five all the
// same, of parts that are late by themselves and of those that are late together; not knowing of it they would hold few.
func TestRangesOfLateDays(t *testing.T) {
	const uniform = 0.5 / 3.464 // the standard deviation of what lies evenly in 0.5
	for _, alike := range []bool{false, true} {
		bills, parts := lateBills(alike, uniform)
		for name, h := range map[string]held{"bills": bills, "parts": parts} {
			if in := float64(h.in80) / float64(h.n); in < 0.72 || in > 0.95 {
				t.Errorf("late alike: %t: the ranges of %s hold %.2f", alike, name, in)
			}
		}
	}
	if bills, _ := lateBills(true, 0); 2*bills.in80 > bills.n {
		t.Errorf("ranges that know nothing of late days hold %d of %d", bills.in80, bills.n)
	}
}
