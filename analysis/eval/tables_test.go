package eval

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"usagereport/analysis/detect"
	"usagereport/usage"
)

const accuracy = "../../docs/accuracy.md"

// TestAccuracyTables measures on the evaluation seeds and writes the tables of
// docs/accuracy.md anew. It runs with EVAL=1 only, for it takes minutes; with
// EVAL_ONLY=noise it writes only tables whose name has this.
func TestAccuracyTables(t *testing.T) {
	if os.Getenv("EVAL") == "" {
		t.Skip("make eval takes minutes; TestEstates has the guard")
	}
	text, err := os.ReadFile(accuracy)
	if err != nil {
		t.Fatal(err)
	}
	s := string(text)
	for _, x := range []struct {
		name string
		make func() string
	}{
		{"estates", estatesTable},
		{"sorts", sortsTable},
		{"short", shortTable},
		{"clouds", cloudsTable},
		{"noise", noiseTable},
		{"peers-estates", peersEstatesTable},
		{"hierarchy", hierarchyTable},
		{"series", seriesTables},
		{"equal made up", equal(t, equalMadeUp)},
		{"equal real", equal(t, func() (string, error) {
			all, _ := measured(t)
			return equalReal(all)
		})},
	} {
		if !strings.Contains(x.name, os.Getenv("EVAL_ONLY")) || x.name == "equal real" && os.Getenv("REAL_SERIES") == "" {
			continue
		}
		begin := time.Now()
		table := x.make()
		t.Logf("%s, in %s\n\n%s", x.name, time.Since(begin).Round(time.Second), table)
		head := "<!-- " + x.name + " -->\n"
		before, rest, ok := strings.Cut(s, head)
		_, after, ok2 := strings.Cut(rest, "<!-- end -->")
		if !ok || !ok2 {
			t.Fatalf("%s has no place for the table %q", accuracy, x.name)
		}
		s = before + head + table + "<!-- end -->" + after
		if err := os.WriteFile(accuracy, []byte(s), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// equal makes a table that can fail.
func equal(t *testing.T, make func() (string, error)) func() string {
	return func() string {
		table, err := make()
		if err != nil {
			t.Fatal(err)
		}
		return table
	}
}

// evaluation returns n seeds that nothing has been tuned on.
func evaluation(n int) []uint64 {
	var out []uint64
	for i := range n {
		out = append(out, 101+uint64(i))
	}
	return out
}

func scores(o Options, seeds []uint64, find func(detect.Input) detect.Result) []Score {
	out := make([]Score, len(seeds))
	each(len(seeds), func(i int) {
		e := NewEstate(seeds[i], o)
		out[i] = Rate(e, find(usual(e)))
	})
	return out
}

// usual returns e's bill as a report would have it: the detector chooses the
// least sum that it tells.
func usual(e Estate) detect.Input {
	in := e.In
	in.MinImpact = 0
	return in
}

// spreadOf writes the mean and the standard deviation of v over the scores.
func spreadOf[S any](scores []S, digits int, v func(S) float64) string {
	sum, squares := 0.0, 0.0
	for _, s := range scores {
		sum += v(s)
		squares += v(s) * v(s)
	}
	n := float64(len(scores))
	m := sum / n
	return fmt.Sprintf("%.*f ± %.*f", digits, m, digits, math.Sqrt(max(0, squares/n-m*m)*n/max(1, n-1)))
}

// row writes one of a table in Markdown.
func row(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

func head(cells ...string) string {
	rule := []string{"---"}
	for range cells[1:] {
		rule = append(rule, "---:")
	}
	return row(cells...) + "|" + strings.Join(rule, "|") + "|\n"
}

func total(scores []Score) Score {
	var s Score
	for _, x := range scores {
		s.Add(x)
	}
	return s
}

func f1(s Score) float64        { return s.F1() }
func money(s Score) float64     { return s.MoneyRecall() }
func again(s Score) float64     { return float64(s.Duplicates) }
func alarms(s Score) float64    { return float64(s.False) }
func precision(s Score) float64 { return s.Precision() }
func recall(s Score) float64    { return s.Recall() }

func estatesTable() string {
	var b strings.Builder
	b.WriteString(head("estate", "F1", "precision", "recall", "money recall", "told again", "false alarms", "impact", "start",
		"kind", "first cause", "all causes", "top ten"))
	for _, x := range []struct {
		name string
		Options
	}{
		{"normal", Options{}},
		{"harder", Options{Hard: true}},
		{"normal, with churn", Options{Churn: true}},
		{"normal, 240 days", Options{Days: 240}},
		{"normal, 120 days", Options{Days: 120}},
		{"harder, 120 days", Options{Days: 120, Hard: true}},
		{"normal, 60 days", Options{Days: 60}},
		{"normal, 20 days", Options{Days: 20}},
		{"normal, 100 resources, money × 0.02", Options{Resources: 100, Scale: 0.02}},
		{"normal, 1,000 resources, money × 150", Options{Resources: 1000, Scale: 150}},
		{"second, normal", Options{Second: true}},
		{"second, harder", Options{Second: true, Hard: true}},
		{"second, normal, 60 days", Options{Second: true, Days: 60}},
		{"clean", Options{Clean: true}},
		{"clean, with churn", Options{Clean: true, Churn: true}},
		{"clean, 120 days", Options{Clean: true, Days: 120}},
		{"clean, 60 days", Options{Clean: true, Days: 60}},
		{"second, clean", Options{Second: true, Clean: true}},
	} {
		all := scores(x.Options, evaluation(20), detect.Detect)
		if x.Clean {
			b.WriteString(row(x.name, "", "", "", "", "", spreadOf(all, 1, alarms), "", "", "", "", "", ""))
			continue
		}
		s := total(all)
		part := func(n, of int) string {
			if of == 0 {
				return "–"
			}
			return fmt.Sprintf("%.2f", ratio(n, of))
		}
		b.WriteString(row(x.name, spreadOf(all, 3, f1), spreadOf(all, 3, precision), spreadOf(all, 3, recall), spreadOf(all, 3, money),
			spreadOf(all, 1, again),
			spreadOf(all, 1, alarms), part(s.ImpactNear, s.Hits), part(s.StartNear, s.StartCounted), part(s.KindRight, s.Hits),
			part(s.DriverRight, s.Hits), part(s.SetRight, s.Hits), part(s.TopRight, s.Top)))
	}
	return b.String()
}

func sortsTable() string {
	var b strings.Builder
	b.WriteString(head("incident", "normal: number", "hit", "findings each", "first cause", "all causes", "harder: number", "hit",
		"findings each", "first cause", "all causes"))
	normal, hard := total(scores(Options{}, evaluation(20), detect.Detect)), total(scores(Options{Hard: true}, evaluation(20), detect.Detect))
	var names []string
	for what := range normal.What {
		names = append(names, what)
	}
	slices.Sort(names)
	for _, what := range names {
		cells := []string{what}
		for _, c := range []Count{normal.What[what], hard.What[what]} {
			cells = append(cells, fmt.Sprint(c.Incidents), fmt.Sprintf("%.2f", ratio(c.Hits, c.Incidents)),
				fmt.Sprintf("%.2f", over(float64(c.Told), float64(c.Incidents))),
				fmt.Sprintf("%.2f", ratio(c.DriverRight, c.Hits)), fmt.Sprintf("%.2f", ratio(c.SetRight, c.Hits)))
		}
		b.WriteString(row(cells...))
	}
	return b.String()
}

// shortTable has what is found in one file, in two and in three.
func shortTable() string {
	var b strings.Builder
	b.WriteString(head("days", "F1", "precision", "recall", "false alarms", "second generator: F1", "precision", "recall", "false alarms"))
	for _, days := range []int{20, 25, 31, 56, 87} {
		cells := []string{fmt.Sprint(days)}
		for _, o := range []Options{{Days: days}, {Days: days, Second: true}} {
			all := scores(o, evaluation(20), detect.Detect)
			s := total(all)
			cells = append(cells, fmt.Sprintf("%.3f", s.F1()), fmt.Sprintf("%.2f", s.Precision()), fmt.Sprintf("%.2f", s.Recall()), spreadOf(all, 1, alarms))
		}
		b.WriteString(row(cells...))
	}
	return b.String()
}

// cloudsTable has estates with the shapes of two clouds, by the days of history.
func cloudsTable() string {
	var b strings.Builder
	b.WriteString(head("history, days", "AWS: F1", "money recall", "false alarms", "clean: false alarms", "GCP: F1", "money recall",
		"false alarms", "clean: false alarms"))
	what := map[string]Count{}
	for _, days := range []int{25, 56, 120, 396} {
		cells := []string{fmt.Sprint(days)}
		for _, cloud := range []string{"aws", "gcp"} {
			all := scores(Options{Cloud: cloud, Days: days}, evaluation(20), detect.Detect)
			clean := scores(Options{Cloud: cloud, Days: days, Clean: true}, evaluation(20), detect.Detect)
			cells = append(cells, spreadOf(all, 3, f1), spreadOf(all, 3, money), spreadOf(all, 1, alarms), spreadOf(clean, 1, alarms))
			for _, name := range []string{"slow drift", "two days"} {
				c, key := total(all).What[name], fmt.Sprintf("%s, %d days", name, days)
				sum := what[key]
				sum.Incidents, sum.Hits = sum.Incidents+c.Incidents, sum.Hits+c.Hits
				what[key] = sum
			}
		}
		b.WriteString(row(cells...))
	}
	b.WriteString("\nOf both:\n\n" + head("incident, history", "number", "hit"))
	for _, key := range slices.Sorted(maps.Keys(what)) {
		if c := what[key]; c.Incidents > 0 {
			b.WriteString(row(key, fmt.Sprint(c.Incidents), fmt.Sprintf("%.2f", ratio(c.Hits, c.Incidents))))
		}
	}
	return b.String()
}

// noiseTable has what is told of estates where nothing happens.
func noiseTable() string {
	var b strings.Builder
	b.WriteString(head("history, days", "alarms at low sensitivity", "normal", "high", "worth a look, at normal",
		"alarms for 1,000 resources: low", "normal", "high"))
	for _, days := range []int{20, 40, 60, 90, 120, 180, 240, 300, 396} {
		seeds := evaluation(20)
		type told struct{ low, normal, high, minor, resources float64 }
		all := make([]told, 2*len(seeds))
		each(len(all), func(i int) {
			x := &all[i]
			in := usual(NewEstate(seeds[i/2], Options{Clean: true, Days: days, Second: i%2 == 1}))
			for n, factor := range []float64{1.35, 1, 0.85} { // as analysis.Sensitivity has them
				in.Sensitivity = factor
				r := detect.Detect(in)
				x.resources = float64(r.Judged + r.Unjudged)
				for _, f := range r.Findings {
					switch {
					case f.Direction != usage.Up:
					case f.Severity != usage.SeverityLow:
						*[]*float64{&x.low, &x.normal, &x.high}[n]++
					case n == 1:
						x.minor++
					}
				}
			}
		})
		var sum told
		for _, x := range all {
			sum.low, sum.normal, sum.high, sum.resources = sum.low+x.low, sum.normal+x.normal, sum.high+x.high, sum.resources+x.resources
		}
		rate := func(x float64) string { return fmt.Sprintf("%.1f", 1000*x/sum.resources*30/detect.Review) }
		b.WriteString(row(fmt.Sprint(days), spreadOf(all, 1, func(x told) float64 { return x.low }),
			spreadOf(all, 1, func(x told) float64 { return x.normal }),
			spreadOf(all, 1, func(x told) float64 { return x.high }), spreadOf(all, 1, func(x told) float64 { return x.minor }),
			rate(sum.low), rate(sum.normal), rate(sum.high)))
	}
	return b.String()
}

func peersEstatesTable() string {
	var b strings.Builder
	b.WriteString(head("rule", "F1", "precision", "recall", "money recall", "told again", "false alarms", "clean: false alarms", "harder: F1"))
	line := func(name string, find func(detect.Input) detect.Result) {
		seeds := evaluation(10)
		n, c, h := scores(Options{}, seeds, find), scores(Options{Clean: true}, seeds, find), scores(Options{Hard: true}, seeds, find)
		b.WriteString(row(name, spreadOf(n, 3, f1), spreadOf(n, 3, precision), spreadOf(n, 3, recall), spreadOf(n, 3, money),
			spreadOf(n, 1, again),
			spreadOf(n, 1, alarms), spreadOf(c, 1, alarms), spreadOf(h, 3, f1)))
	}
	line("**usagereport**", detect.Detect)
	for _, p := range peers() {
		line(p.name, p.findings)
	}
	return b.String()
}

// hierarchyTable has what becomes of resources that others replace, and of
// monthly prices that are spread over the days of a month.
func hierarchyTable() string {
	var b strings.Builder
	b.WriteString(head("of each estate or month", "number", "told as an increase", "told as a fall or an end"))
	pairs, up, down := 0, 0, 0
	for _, seed := range evaluation(20) {
		e := NewEstate(seed, Options{Clean: true, Replaced: 6})
		r := detect.Detect(usual(e))
		for _, pair := range e.Replaced {
			pairs++
			isUp, isDown := false, false
			for _, f := range r.Findings {
				if touches(f.Leaves, pair[0]) || touches(f.Leaves, pair[1]) {
					isUp = isUp || f.Direction == usage.Up && f.Severity != usage.SeverityLow
					isDown = isDown || f.Direction == usage.Down
				}
			}
			if isUp {
				up++
			}
			if isDown {
				down++
			}
		}
	}
	b.WriteString(row("resources replaced by another at 90 to 110 % of the cost", fmt.Sprint(pairs), fmt.Sprint(up), fmt.Sprint(down)))
	n, up, down := 0, 0, 0
	for month := range 12 {
		for _, age := range []int{2, 6, 12, 20} {
			r := rand.New(rand.NewPCG(101, uint64(month)))
			c := newCalendar(r, usage.Date(2026, time.Month(month+1), age), longest)
			y := c.draw(r, prorated).y
			for d := range y {
				y[d] *= 40
			}
			y[longest-1] *= 0.35
			in := detect.Input{From: c.from, Days: longest, MinImpact: 1, Leaves: []detect.Leaf{{Dims: usage.Series{usage.Resource: "x"}, Cost: y}}}
			n++
			for _, f := range detect.Detect(in).Findings {
				if f.Direction == usage.Up {
					up++
				} else {
					down++
				}
			}
		}
	}
	b.WriteString(row("monthly prices spread over the days, judged on four days of each month of a year", fmt.Sprint(n),
		fmt.Sprint(up), fmt.Sprint(down)))
	return b.String()
}

func touches(a, b []int) bool {
	return slices.ContainsFunc(b, func(i int) bool { return slices.Contains(a, i) })
}

const lines = 300 // of each seed

func seriesTables() string {
	var b strings.Builder
	b.WriteString(head("rule", "recall", "money recall", "false alarms", "steady: recall", "steady: false alarms", "delay, days",
		"start exact", "± 1 day", "± 2 days"))
	line := func(name string, all []LineScore) {
		num := func(digits int, v func(LineScore) float64) string { return spreadOf(all, digits, v) }
		b.WriteString(row(name,
			num(3, func(s LineScore) float64 { return ratio(s.Hits, s.Incidents) }),
			num(3, func(s LineScore) float64 { return over(s.HitMoney, s.Money) }),
			num(1, func(s LineScore) float64 { return s.FalsePer1000(false) }),
			num(3, func(s LineScore) float64 { return ratio(s.SteadyHits, s.SteadyIncidents) }),
			num(1, func(s LineScore) float64 { return s.FalsePer1000(true) }),
			num(1, func(s LineScore) float64 { return float64(s.Delay()) }),
			num(2, func(s LineScore) float64 { return ratio(s.Exact, s.Hits) }),
			num(2, func(s LineScore) float64 { return ratio(s.Within1, s.Hits) }),
			num(2, func(s LineScore) float64 { return ratio(s.Within2, s.Hits) })))
	}
	run := func(j judge) [][][]alarm {
		var out [][][]alarm
		for _, seed := range evaluation(10) {
			out = append(out, judgeLines(seed, lines, j))
		}
		return out
	}
	score := func(alarms [][][]alarm, keep func([]alarm) []alarm) []LineScore {
		out := make([]LineScore, len(alarms))
		for i, seed := range evaluation(10) {
			for k, a := range alarms[i] {
				out[i].rate(newLine(seed, k), keep(a))
			}
		}
		return out
	}
	all := func(a []alarm) []alarm { return a }
	mine := run(oursAlone)
	main := score(mine, without)
	line("**usagereport**", main)
	line("usagereport, with \"worth a look\"", score(mine, all))
	for _, p := range peers() {
		line(p.name, score(run(p.lines), all))
	}

	sum := LineScore{What: map[string][2]int{}, ShapeFalse: map[shape]int{}, ShapeMonths: map[shape]float64{}}
	for _, s := range main {
		for k, v := range s.What {
			sum.What[k] = [2]int{sum.What[k][0] + v[0], sum.What[k][1] + v[1]}
		}
		for k := range s.ShapeMonths {
			sum.ShapeFalse[k] += s.ShapeFalse[k]
			sum.ShapeMonths[k] += s.ShapeMonths[k]
		}
	}
	b.WriteString("\nOf usagereport, false alarms per 1,000 series-months by shape:\n\n")
	b.WriteString(head("shape", "series-months", "false alarms"))
	for k := range shapes {
		b.WriteString(row(k.String(), fmt.Sprintf("%.0f", sum.ShapeMonths[k]),
			fmt.Sprintf("%.1f", 1000*float64(sum.ShapeFalse[k])/max(1, sum.ShapeMonths[k]))))
	}
	b.WriteString("\nand recall by incident:\n\n")
	b.WriteString(head("incident", "number", "recall"))
	var names []string
	for what := range sum.What {
		names = append(names, what)
	}
	slices.Sort(names)
	for _, what := range names {
		v := sum.What[what]
		b.WriteString(row(what, fmt.Sprint(v[1]), fmt.Sprintf("%.2f", ratio(v[0], v[1]))))
	}
	return b.String()
}
