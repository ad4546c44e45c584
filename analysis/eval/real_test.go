package eval

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
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
