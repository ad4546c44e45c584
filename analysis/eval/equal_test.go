package eval

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"usagereport/analysis/detect"
)

// A judged scorer keeps what it says of each leaf, so that it is asked once for all thresholds.
type judgedScorer struct {
	name   string
	scores map[*float64][]float64 // by the first day of a leaf
}

// judgeBills has a scorer look at all leaves of bills.
func judgeBills(s scorer, bills []RealBill) judgedScorer {
	out := judgedScorer{s.name, map[*float64][]float64{}}
	leaves := leavesOf(bills)
	found := make([][]float64, len(leaves))
	each(len(leaves), func(i int) { found[i] = s.score(leaves[i], detect.Review) })
	for i, y := range leaves {
		out.scores[&y[0]] = found[i]
	}
	return out
}

// leavesOf returns the costs of all leaves of bills, with events and without, each once.
func leavesOf(bills []RealBill) (out [][]float64) {
	known := map[*float64]bool{}
	for _, b := range bills {
		for i := range b.Base.Leaves {
			for _, y := range [][]float64{b.Base.Leaves[i].Cost, b.With.Leaves[i].Cost} {
				if !known[&y[0]] {
					known[&y[0]], out = true, append(out, y)
				}
			}
		}
	}
	return out
}

// above is the rule that takes a day for an alarm whose score is above threshold, with what peers
// need besides: see peer.of.
func (j judgedScorer) above(threshold float64) episodic {
	return func(in detect.Input) []realAlarm {
		first := in.Days - detect.Review
		return highDays(in, func(i, d int) bool { return j.scores[&in.Leaves[i].Cost[0]][d-first] > threshold })
	}
}

// rateAll is what rule says of bills.
func rateAll(bills []RealBill, rule episodic) RealScore {
	scores := make([]RealScore, len(bills))
	each(len(bills), func(i int) { scores[i].rate(bills[i], rule) })
	s := RealScore{What: map[string][2]int{}}
	for _, x := range scores {
		s.Events, s.Hits, s.Money, s.HitMoney = s.Events+x.Events, s.Hits+x.Hits, s.Money+x.Money, s.HitMoney+x.HitMoney
		s.Alarms, s.Months = s.Alarms+x.Alarms, s.Months+x.Months
		for k, v := range x.What {
			s.What[k] = [2]int{s.What[k][0] + v[0], s.What[k][1] + v[1]}
		}
	}
	return s
}

// asMany returns the threshold from which on j has at most so many alarms without events in bills.
func (j judgedScorer) asMany(bills []RealBill, alarms int) float64 {
	low, high := math.Log(1e-3), math.Log(1e6)
	for range 40 {
		mid := (low + high) / 2
		n := 0
		for _, b := range bills {
			n += len(j.above(math.Exp(mid))(b.Base))
		}
		if n > alarms {
			low = mid
		} else {
			high = mid
		}
	}
	return math.Exp(high)
}

// equalAlarms compares the detector with rules that score days, at as many alarms as it has. Their
// thresholds are chosen on tune; besides, it has what each would find with the one that gives it just
// as many alarms on judge, which nobody can know before.
func equalAlarms(tune, judge []RealBill) (string, error) {
	var b strings.Builder
	b.WriteString(head("rule", "threshold", "alarms", "recall", "money", "at our alarms: recall", "money", "x1.3", "x1.5", "x2",
		"x3 for two days", "drift to x1.6"))
	kinds := []string{"level x1.3", "level x1.5", "level x2", "spike x3", "drift x1.6"}
	counts := func(s RealScore) (out []string) {
		for _, k := range kinds {
			out = append(out, fmt.Sprintf("%d of %d", s.What[k][0], s.What[k][1]))
		}
		return out
	}
	parts := func(s RealScore) []string {
		return []string{fmt.Sprintf("%.2f", ratio(s.Hits, s.Events)), fmt.Sprintf("%.2f", over(s.HitMoney, s.Money))}
	}
	mine, before := rateAll(judge, product(1, false)), rateAll(tune, product(1, false))
	b.WriteString(row(slices.Concat([]string{"**usagereport**", "", fmt.Sprintf("%.0f", mine.Per1000())}, parts(mine), parts(mine), counts(mine))...))
	all := scorers()
	if python := os.Getenv("PROPHET"); python != "" {
		s, err := prophet(python, append(slices.Clone(tune), judge...))
		if err != nil {
			return "", err
		}
		all = append(all, s)
	}
	for _, s := range all {
		j := judgeBills(s, append(slices.Clone(tune), judge...))
		threshold := j.asMany(tune, before.Alarms)
		chosen, equal := rateAll(judge, j.above(threshold)), rateAll(judge, j.above(j.asMany(judge, mine.Alarms)))
		b.WriteString(row(slices.Concat([]string{s.name, fmt.Sprintf("%.3g", threshold), fmt.Sprintf("%.0f", chosen.Per1000())},
			parts(chosen), parts(equal), counts(equal))...))
	}
	if os.Getenv("PROPHET") == "" {
		b.WriteString(row(slices.Concat([]string{"Prophet", "not measured: PROPHET names no Python"}, make([]string, 10))...))
	}
	return b.String(), nil
}

// prophet has tools/prophetscores.py score all leaves of bills.
func prophet(python string, bills []RealBill) (scorer, error) {
	var in bytes.Buffer
	leaves := leavesOf(bills)
	for _, y := range leaves {
		fmt.Fprint(&in, detect.Review)
		for _, x := range y {
			fmt.Fprintf(&in, ",%.9g", x)
		}
		in.WriteByte('\n')
	}
	cmd := exec.Command(python, filepath.Join("..", "..", "tools", "prophetscores.py"))
	cmd.Stdin, cmd.Stderr = &in, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return scorer{}, fmt.Errorf("score series with Prophet: %w", err)
	}
	found := map[*float64][]float64{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	for i := 0; lines.Scan() && i < len(leaves); i++ {
		var v []float64
		for s := range strings.SplitSeq(lines.Text(), ",") {
			x, err := strconv.ParseFloat(s, 64)
			if err != nil {
				return scorer{}, fmt.Errorf("read Prophet's scores of series %d: %w", i+1, err)
			}
			v = append(v, x)
		}
		found[&leaves[i][0]] = v
	}
	if len(found) != len(leaves) {
		return scorer{}, fmt.Errorf("score series with Prophet: %d of %d came back", len(found), len(leaves))
	}
	return scorer{"Prophet", func(y []float64, _ int) []float64 { return found[&y[0]] }}, nil
}

// realBills makes n of a set, from seed first on.
func realBills(all []Measured, set string, first uint64, n int) (out []RealBill) {
	for i := range n {
		out = append(out, newRealBill(all, set, first+uint64(i), realDays))
	}
	return out
}

// inventedBills makes n bills of made-up series, each of other ones.
func inventedBills(first uint64, n int) (out []RealBill) {
	for i := range n {
		out = append(out, newRealBill(invented(first+uint64(i), realSeries), "made up", first+uint64(i), realDays))
	}
	return out
}

// TestDecompositions holds STL and PELT to what they must see.
func TestDecompositions(t *testing.T) {
	week := []float64{0, 1, 2, 3, 2, -3, -5}
	y := make([]float64, 140)
	for d := range y {
		y[d] = 100 + 0.5*float64(d) + week[d%7] + 0.3*math.Sin(float64(d*d))
	}
	y[60] += 80
	season, trend := stl(y, 7, 7, 15)
	for d := range y {
		if want := 100 + 0.5*float64(d); d != 60 && math.Abs(trend[d]-want) > 0.5 || math.Abs(season[d]-week[d%7]) > 0.5 {
			t.Fatalf("day %d: season %.2f, trend %.2f; it was made of %g and %g", d, season[d], trend[d], week[d%7], want)
		}
	}
	x := make([]float64, 60)
	for d := range x {
		if x[d] = float64(d%2) / 10; d >= 40 {
			x[d] += 5
		}
	}
	if ends := pelt(x, 1, 3); !slices.Equal(ends, []int{40, 60}) {
		t.Errorf("levels end before %v; they change on day 40", ends)
	}
	for _, s := range scorers() {
		y := make([]float64, 200)
		for d := range y {
			y[d] = 50 + week[d%7] + math.Sin(float64(d*d))
		}
		const jump = 180
		quiet := s.score(slices.Clone(y), detect.Review)
		for d := jump; d < len(y); d++ {
			y[d] += 50
		}
		scores := s.score(y, detect.Review)
		at := jump - len(y) + detect.Review
		if top := slices.Max(slices.Concat(quiet, scores[:at])); scores[at] <= 2*top {
			t.Errorf("%s: the day on which the level doubles has %.3g, the days before up to %.3g", s.name, scores[at], top)
		}
	}
}

// equalMadeUp has series of the character of measured ones.
func equalMadeUp() (string, error) { return equalAlarms(inventedBills(31, 6), inventedBills(101, 6)) }

// equalReal has measured ones, of the two sets that tools/realseries.py makes.
func equalReal(all []Measured) (string, error) {
	return equalAlarms(realBills(all, "tune", 1, 6), realBills(all, "judge", 1, 6))
}
