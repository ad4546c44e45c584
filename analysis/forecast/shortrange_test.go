package forecast

import (
	"math/rand/v2"
	"os"
	"testing"

	"usagereport/usage"
)

// A held counts ranges, and which hold what became.
type held struct {
	n, named, in80, in95 int
	width                float64
}

func (h *held) add(b Band, x, size float64) {
	h.n++
	if !b.OK {
		return
	}
	h.named++
	const eps = 1e-6
	if x >= b.Low80-eps && x <= b.High80+eps {
		h.in80++
	}
	if x >= b.Low95-eps && x <= b.High95+eps {
		h.in95++
	}
	h.width += (b.High80 - b.Low80) / max(1, size)
}

// shortBills foretells bills of parts of which only the last so many days are known, at day n of their last month.
// A step of the last ten days is in the largest part.
func shortBills(rows, bills, stepped *held, seed uint64, history, n, parts int) {
	r := rand.New(rand.NewPCG(seed, 9))
	end := usage.Date(2026, 11, 1)
	const days = 400
	from := end - days
	month := (end - 1).Month()
	settled := month.From + usage.Day(n-2)
	first := settled + 2 - usage.Day(history)
	for range 60 {
		var es []Estimate
		var became, size float64
		step := r.IntN(3) == 0
		var truths, sizes []float64
		for k := range parts {
			v := invent(r, kinds[r.IntN(len(kinds))], from, days)
			y := v.y
			if step && k == 0 {
				y = invent(r, "usage", from, days).y
				by := []float64{0.3, 0.5, 0.7, 1.4, 2, 3}[r.IntN(6)]
				since := 1 + r.IntN(8)
				began := int(settled-from) - since
				for i := began; i < days; i++ {
					y[i] *= by
				}
				for i := range y {
					y[i] *= 10
				}
			}
			known := append([]float64{}, y[first-from:settled-from+2]...)
			o := len(known)
			known[o-2] *= 0.8 + 0.18*r.Float64()
			known[o-1] *= 0.35
			c := Component{From: first, Usage: known, Other: make([]float64, end-first), Settled: settled, Share: []Share{{Point: 0.9}, {Point: 0.35}}}
			for m := first.Month(); m.From < end; m = m.To.Month() {
				c.Periods = append(c.Periods, m)
			}
			e := Forecast(c)
			es = append(es, e)
			seen := sum(known, first, month.From, month.To)
			truth := sum(y, from, month.From, month.To)
			truths, sizes = append(truths, truth-seen), append(sizes, truth)
			became, size = became+truth-seen, size+truth
		}
		for i, b := range Bands(es) {
			if sizes[i] > 30 {
				rows.add(b, truths[i], sizes[i])
			}
		}
		of := bills
		if step {
			of = stepped
		}
		of.add(Together(es), became, size)
	}
}

// The ranges of bills of which little is known hold about four ends of five, and most of those after a step. EVAL
// takes more seeds, and says how many each holds.
func TestRangesOfShortHistories(t *testing.T) {
	seeds := []uint64{7}
	if os.Getenv("EVAL") != "" {
		seeds = []uint64{1, 2, 3, 4, 5, 6}
	}
	for _, history := range []int{20, 31, 45, 67, 90, 130, 250} {
		for _, n := range []int{5, 12, 20, 26} {
			if n+3 > history {
				continue
			}
			var rows, bills, stepped held
			for _, s := range seeds {
				for _, parts := range []int{1, 4, 12} {
					shortBills(&rows, &bills, &stepped, s, history, n, parts)
				}
			}
			for _, c := range []struct {
				name        string
				h           held
				least, most float64 // parts that are held
			}{{"parts", rows, 0.7, 0.97}, {"bills", bills, 0.7, 0.97}, {"bills after a step", stepped, 0.65, 1}} {
				held, width := float64(c.h.in80)/float64(c.h.named), c.h.width/float64(c.h.named)
				t.Logf("%d days, day %d, %s: in the 80 %% range %.3f, in the 95 %% range %.3f, width %.2f", history, n, c.name, held,
					float64(c.h.in95)/float64(c.h.named), width)
				if held < c.least || held > c.most || 100*c.h.named < 95*c.h.n {
					t.Errorf("%d days, day %d, %s: of %d ends %d have a range, of which %.2f hold them", history, n, c.name, c.h.n, c.h.named, held)
				}
			}
		}
	}
}

// A step of some days that the forecast follows does not go on once more at the end of a month, where few days are left: the range
// reaches to no more than twice what they cost now, and holds it.
func TestNoRangeStepsTwice(t *testing.T) {
	month := usage.Period{From: usage.Date(2026, 9, 1), To: usage.Date(2026, 10, 1)}
	for _, history := range []int{45, 66, 100} {
		for since := usage.Day(3); since <= 8; since++ {
			for _, level := range []float64{20, 60, 190} {
				for asOf := month.From + 22; asOf < month.To; asOf++ {
					r := rand.New(rand.NewPCG(uint64(history), 3))
					first := asOf - usage.Day(history)
					c := Component{From: first, Other: make([]float64, month.To-first), Settled: asOf - 2, Share: []Share{{Point: 0.9}, {Point: 0.35}}}
					for d := first; d < asOf; d++ {
						y := 4 * (1 + 0.03*r.NormFloat64())
						if d >= asOf-2-since {
							y += level
						}
						c.Usage = append(c.Usage, y)
					}
					for m := first.Month(); m.From < month.To; m = m.To.Month() {
						c.Periods = append(c.Periods, m)
					}
					b := Bands([]Estimate{Forecast(c)})[0]
					left := float64(month.To-asOf+2) * (4 + level)
					if !b.OK || b.High80 > 2*left || b.High80 < 0.1*left {
						t.Errorf("%d days, %g since %d days, known to %s: %.0f to %.0f where %.0f are to come", history, level, since, asOf, b.Low80, b.High80, left)
					}
				}
			}
		}
	}
}
