package forecast

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"usagereport/usage"
)

// A score adds up the errors at one day of the month.
type score struct {
	cost                         float64
	ours, rate, before, weekdays float64
	floor                        float64 // of who knows what each day is expected to be
	n, in80, in95                int
	width                        float64
	totals, total80, total95     int
}

func (s *score) add(o score) {
	s.floor += o.floor
	s.cost, s.ours, s.rate, s.before, s.weekdays = s.cost+o.cost, s.ours+o.ours, s.rate+o.rate, s.before+o.before, s.weekdays+o.weekdays
	s.n, s.in80, s.in95, s.width = s.n+o.n, s.in80+o.in80, s.in95+o.in95, s.width+o.width
	s.totals, s.total80, s.total95 = s.totals+o.totals, s.total80+o.total80, s.total95+o.total95
}

// measure foretells the last three months of a seed's series at day n, and scores
// all together and each kind by itself.
func measure(s *score, each map[string]*score, seed uint64, count, n int) {
	r := rand.New(rand.NewPCG(seed, 1))
	from, to := usage.Date(2025, 9, 27), usage.Date(2026, 11, 1)
	days := int(to - from)
	all := make([]invented, count)
	for i := range all {
		all[i] = invent(r, kinds[i%len(kinds)], from, days)
	}
	ms := months(from, days)
	for back := range 3 {
		periods := ms[:len(ms)-back]
		p := periods[len(periods)-1]
		settled := p.From + usage.Day(n-2)
		es := make([]Estimate, count)
		truth := make([]float64, count)
		seen := make([]float64, count)
		for i, v := range all {
			y := v.y
			now := append([]float64{}, y[:int(settled-from)+2]...)
			o := len(now)
			now[o-2] *= 0.8 + 0.18*r.Float64()
			now[o-1] *= 0.35
			es[i] = Forecast(Component{
				From: from, Usage: now, Other: make([]float64, days), Periods: periods, Settled: settled,
				Share: []Share{{Point: 0.9}, {Point: 0.35}},
			})
			seen[i] = sum(now, from, p.From, p.To)
			truth[i] = sum(y, from, p.From, p.To)
		}
		bands := Bands(es)
		t := Together(es)
		var told, became float64
		for i, e := range es {
			told += seen[i]
			became += truth[i]
			if truth[i] < 30 {
				continue
			}
			s.cost += truth[i]
			s.ours += math.Abs(seen[i] + e.Rest - truth[i])
			y := all[i].y
			floor := 0.0
			for d := settled + 2; d < p.To; d++ { // who knows that much knows the last two days too
				floor += y[d-from] - all[i].expected(int(d-from), int(settled+2-from))
			}
			s.floor += math.Abs(floor)
			kind := each[kinds[i%len(kinds)]]
			kind.cost, kind.ours, kind.floor = kind.cost+truth[i], kind.ours+math.Abs(seen[i]+e.Rest-truth[i]), kind.floor+math.Abs(floor)
			known := sum(y, from, p.From, settled)
			s.rate += math.Abs(known/float64(n-2)*float64(p.Days()) - truth[i])
			if len(periods) > 1 {
				q := periods[len(periods)-2]
				s.before += math.Abs(known + sum(y, from, q.From+settled-p.From, q.To) - truth[i])
			}
			l := newLane(Component{From: from, Usage: y[:settled-from]})
			w := known
			for d := settled; d < p.To; d++ {
				var v []float64
				for e := d - 7; e >= from && len(v) < weeks; e -= 7 {
					if e < settled {
						v = append(v, l.at(e))
					}
				}
				w += median(v)
			}
			s.weekdays += math.Abs(w - truth[i])
			if b := bands[i]; b.OK {
				s.n++
				x := truth[i] - seen[i]
				const eps = 1e-6
				if x >= b.Low80-eps && x <= b.High80+eps {
					s.in80++
				}
				if x >= b.Low95-eps && x <= b.High95+eps {
					s.in95++
				}
				s.width += (b.High80 - b.Low80) / truth[i]
			}
		}
		if t.OK {
			s.totals++
			if x := became - told; x >= t.Low80 && x <= t.High80 {
				s.total80++
			}
			if x := became - told; x >= t.Low95 && x <= t.High95 {
				s.total95++
			}
		}
	}
}

// accuracy is the page that has what is measured here.
const accuracy = "../../docs/accuracy.md"

// TestBacktestTable writes the forecast's tables into docs/accuracy.md with EVAL=1,
// from the ten evaluation seeds, and prints those of the seeds on which the settings
// were chosen with EVAL=tune. By itself it is a small guard.
func TestBacktestTable(t *testing.T) {
	seeds, count := []uint64{101}, 26*5
	switch os.Getenv("EVAL") {
	case "":
	case "tune":
		seeds, count = []uint64{1, 2, 3}, 1300
	default:
		seeds, count = []uint64{201, 202, 203, 204, 205, 206, 207, 208, 209, 210}, 1300
	}
	var days, byKind strings.Builder
	days.WriteString("| day | run rate | last month | 8-week weekday medians | ours | the best possible | in the 80 % range | in the 95 % range | width of the 80 % range, of the cost | the sum: in 80 %, in 95 % |\n|---|---|---|---|---|---|---|---|---|---|\n")
	kindly := map[string]string{}
	for _, n := range []int{5, 10, 15, 20, 25} {
		var s score
		each := map[string]*score{}
		for _, k := range kinds {
			each[k] = &score{}
		}
		var list []float64
		for _, seed := range seeds {
			var one score
			measure(&one, each, seed, count, n)
			list = append(list, one.ours/one.cost)
			s.add(one)
		}
		lo, hi := list[0], list[0]
		for _, v := range list {
			lo, hi = min(lo, v), max(hi, v)
		}
		fmt.Fprintf(&days, "| %d | %.3f | %.3f | %.3f | **%.4f** (%.4f to %.4f) | %.4f | %.3f | %.3f | %.1f %% | %d of %d, %d |\n", n,
			s.rate/s.cost, s.before/s.cost, s.weekdays/s.cost, s.ours/s.cost, lo, hi, s.floor/s.cost,
			float64(s.in80)/float64(s.n), float64(s.in95)/float64(s.n), 100*s.width/float64(s.n), s.total80, s.totals, s.total95)
		if n == 10 || n == 20 {
			for _, k := range kinds {
				kindly[k] += fmt.Sprintf(" %.4f | %.4f |", each[k].ours/each[k].cost, each[k].floor/each[k].cost)
			}
		}
		if s.floor >= s.ours {
			t.Errorf("day %d: error %.4f is smaller than the least possible, %.4f", n, s.ours/s.cost, s.floor/s.cost)
		}
		if s.ours >= s.weekdays || s.ours >= s.rate || s.ours >= s.before {
			t.Errorf("day %d: error %.4f is not smaller than that of the simple rules", n, s.ours/s.cost)
		}
		if in := float64(s.in80) / float64(s.n); in < 0.72 || in > 0.9 {
			t.Errorf("day %d: the 80 %% interval holds %.3f", n, in)
		}
	}
	byKind.WriteString("| kind | day 10: ours | the best possible | day 20: ours | the best possible |\n|---|---|---|---|---|\n")
	for _, k := range kinds {
		fmt.Fprintf(&byKind, "| %s |%s\n", k, kindly[k])
	}
	table := days.String() + "\nBy kind of series:\n\n" + byKind.String()
	t.Log("\n" + table)
	if os.Getenv("EVAL") != "1" {
		return
	}
	text, err := os.ReadFile(accuracy)
	if err != nil {
		t.Fatal(err)
	}
	const head, end = "<!-- forecast -->\n", "<!-- end -->"
	before, rest, ok := strings.Cut(string(text), head)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the forecast's tables", accuracy)
	}
	if err := os.WriteFile(accuracy, []byte(before+head+table+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
