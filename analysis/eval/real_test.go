package eval

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"usagereport/analysis/detect"
	"usagereport/usage"
)

// measured reads the file that REAL_SERIES names; without one, series are made up.
func measured(t *testing.T) (all []Measured, sets []string) {
	path := os.Getenv("REAL_SERIES")
	if path == "" {
		return invented(1, 60), []string{"made up"}
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if all, err = ReadMeasured(f); err != nil {
		t.Fatal(err)
	}
	if set := os.Getenv("REAL_SET"); set != "" {
		return all, []string{set}
	}
	return all, []string{"tune", "judge"}
}

// TestRealSeries measures the detector and other rules on bills of measured series with
// events of known size, or of made-up ones of their character.
func TestRealSeries(t *testing.T) {
	all, sets := measured(t)
	held := os.Getenv("REAL_SERIES") == ""
	bills := 12
	if held {
		bills = 4
	}
	for _, set := range sets {
		w := tabwriter.NewWriter(t.Output(), 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintf(w, "%s\trecall\tmoney\talarms\tby event\t\n", set)
		var list []RealBill
		for seed := range uint64(bills) {
			list = append(list, newRealBill(all, set, seed+1, realDays))
		}
		line := func(name string, rule episodic) RealScore {
			scores := make([]RealScore, len(list))
			each(len(list), func(i int) { scores[i].rate(list[i], rule) })
			var s RealScore
			s.What = map[string][2]int{}
			for _, x := range scores {
				s.Events, s.Hits, s.Money, s.HitMoney = s.Events+x.Events, s.Hits+x.Hits, s.Money+x.Money, s.HitMoney+x.HitMoney
				s.Alarms, s.Months = s.Alarms+x.Alarms, s.Months+x.Months
				for k, v := range x.What {
					s.What[k] = [2]int{s.What[k][0] + v[0], s.What[k][1] + v[1]}
				}
			}
			var parts []string
			for k, v := range s.What {
				parts = append(parts, fmt.Sprintf("%s %d/%d", k, v[0], v[1]))
			}
			slices.Sort(parts)
			fmt.Fprintf(w, "%s\t%.3f\t%.3f\t%.0f\t%s\t\n", name, ratio(s.Hits, s.Events), s.HitMoney/s.Money, s.Per1000(), strings.Join(parts, ", "))
			return s
		}
		ours := line("usagereport", product(1, false))
		if held {
			if r := ratio(ours.Hits, ours.Events); r < 0.2 || ours.Per1000() > 80 {
				t.Errorf("recall %.3f with %.0f alarms in 1,000 series-months", r, ours.Per1000())
			}
		} else {
			line("less sensitive", product(1.35, false))
			line("more sensitive", product(0.85, false))
			line("with worth a look", product(1, true))
			for _, k := range []float64{3, 4, 5, 6} {
				line(fmt.Sprintf("mean + %g sigma", k), peer{high: sigmasAbove(k)}.of)
			}
			for _, p := range peers() {
				if p.name == "S-H-ESD" || p.name == "KQL series_decompose_anomalies" {
					line(p.name, p.of)
				}
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTotalsWithSpikes watches the daily total of a calm bill, in which one day in a
// fortnight costs a third to twice as much more: each must be told, and no other day.
func TestTotalsWithSpikes(t *testing.T) {
	for _, weekend := range []float64{1, 0.7} {
		hit, all, wrong := 0, 0, 0
		for seed := range uint64(6) {
			r := rand.New(rand.NewPCG(seed, 79))
			const days = 181
			from := usage.Date(2026, time.January, 5)
			y := make([]float64, days)
			for d := range y {
				y[d] = 89 + 1.7*r.NormFloat64()
				if d%7 >= 5 {
					y[d] *= weekend
				}
			}
			spikes := map[int]bool{}
			for d := 20 + r.IntN(10); d < days-2; d += 9 + r.IntN(12) {
				y[d] *= 1 + between(r, 0.33, 1.88)
				spikes[d] = true
			}
			for evening := days - 90; evening < days; evening++ {
				in := detect.Input{From: from, Days: evening + 1}
				in.Leaves = []detect.Leaf{{Dims: usage.Series{usage.Service: "all"}, Cost: y[:evening+1]}}
				told := false
				for _, f := range detect.Detect(in).Findings {
					if f.Direction != usage.Up || f.Severity == usage.SeverityLow {
						continue
					}
					start, end := int(f.Start-from), int(f.End-from)
					told = told || start == evening-2 && spikes[start]
					if !spikes[start] || !spikes[end] {
						wrong++
						t.Logf("weekends at %g, seed %d: on the evening of day %d: %s", weekend, seed, evening, text(f))
					}
				}
				if spikes[evening-2] {
					all++
					if told {
						hit++
					}
				}
			}
		}
		t.Logf("weekends at %g: %d of %d days, %d wrong", weekend, hit, all, wrong)
		if ratio(hit, all) < 0.9 || wrong > 0 {
			t.Errorf("weekends at %g: %d of %d days are told two days later, and %d alarms are wrong", weekend, hit, all, wrong)
		}
	}
}

// TestRealDays watches bills of one measured series of eight weeks each, of which one day in the last five costs twice, three times or
// five times as much: in how many that day is told once it has settled, and what else is an alarm.
func TestRealDays(t *testing.T) {
	all, sets := measured(t)
	const days = 56
	bills := 400
	held := os.Getenv("REAL_SERIES") == ""
	if held {
		bills = 160
	}
	sizes := []float64{1, 2, 3, 5}
	for _, set := range sets {
		var of []Measured
		for _, m := range all {
			if m.Set == set && len(m.Y) > days {
				of = append(of, m)
			}
		}
		r := rand.New(rand.NewPCG(1, 78))
		told, number, alarms := make([]int, len(sizes)), make([]int, len(sizes)), 0
		for n := 0; n < bills; {
			m := of[r.IntN(len(of))]
			first, day, size := r.IntN(len(m.Y)-days), days-35+r.IntN(31), n%len(sizes)
			y := slices.Clone(m.Y[first : first+days])
			if slices.Sort(y); y[days/4] <= 0 {
				continue
			}
			y = scaled(m.Y[first:first+days], realCost*days)
			y[day] *= sizes[size]
			found := map[int]bool{}
			for evening := days - 35; evening < days; evening++ {
				in := detect.Input{From: m.From + usage.Day(first), Days: evening + 1}
				in.Leaves = []detect.Leaf{{Dims: usage.Series{usage.Service: "all", usage.Resource: m.Name}, Cost: y[:evening+1]}}
				for _, f := range detect.Detect(in).Findings {
					if f.Direction == usage.Up && f.Severity != usage.SeverityLow {
						found[int(f.Start-in.From)] = true
					}
				}
			}
			number[size]++
			if size > 0 && found[day] {
				told[size]++
				delete(found, day)
			}
			alarms += len(found)
			n++
		}
		per1000 := 1000 * float64(alarms) / (float64(bills) * 35 / 30.4)
		t.Logf("%s: told of %v times the cost %v of %v; other alarms in 1,000 series-months %.0f", set, sizes[1:], told[1:], number[1:], per1000)
		if r := ratio(told[1]+told[2]+told[3], number[1]+number[2]+number[3]); held && (r < 0.65 || per1000 > 170) {
			t.Errorf("%s: %.2f of the days are told, beside %.0f alarms in 1,000 series-months", set, r, per1000)
		}
	}
}
