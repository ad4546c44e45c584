package eval

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"

	"usagereport/analysis/detect"
	"usagereport/usage"
)

// seeds returns those of EVAL_SEEDS ("1-3" or "7"), or usual.
func seeds(t *testing.T, usual ...uint64) []uint64 {
	s := os.Getenv("EVAL_SEEDS")
	if s == "" {
		return usual
	}
	a, b, _ := strings.Cut(s, "-")
	first, err := strconv.ParseUint(a, 10, 64)
	last := first
	if err == nil && b != "" {
		last, err = strconv.ParseUint(b, 10, 64)
	}
	if err != nil {
		t.Fatalf("EVAL_SEEDS: %q: want a seed, or the first and the last: 1-3", s)
	}
	var out []uint64
	for x := first; x <= last; x++ {
		out = append(out, x)
	}
	return out
}

// TestEstates prints how well the detector does on the tuning seeds. With
// EVAL_SEEDS=1-9 it takes others, EVAL_ONLY=harder only estates whose name has
// this, and EVAL_VERBOSE=1 tells each miss.
func TestEstates(t *testing.T) {
	var all []Options
	for _, o := range []Options{
		{},
		{Hard: true},
		{Clean: true},
		{Clean: true, Churn: true},
		{Days: 120},
		{Days: 60},
		{Days: 20},
		{Scale: 0.02, Resources: 150},
		{Scale: 150, Churn: true},
	} {
		if n := NewEstate(1, o).Name; strings.Contains(n, os.Getenv("EVAL_ONLY")) {
			all = append(all, o)
		}
	}
	w := tabwriter.NewWriter(t.Output(), 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "estate\tincidents\tF1\tprecision\trecall\tmoney\tagain\tfalse\timpact\tstart\tkind\tdriver\t")
	var misses []string
	total := 0
	for _, o := range all {
		var sum Score
		var name string
		list := seeds(t, 1, 2, 3)
		for _, seed := range list {
			e := NewEstate(seed, o)
			name = e.Name
			sum.Add(Rate(e, detect.Detect(e.In)))
		}
		n := float64(len(list))
		total += len(list)
		fmt.Fprintf(w, "%s\t%d\t%.3f\t%.3f\t%.3f\t%.3f\t%.1f\t%.1f\t%.2f\t%.2f\t%.2f\t%.2f\t\n", name, sum.Incidents, sum.F1(), sum.Precision(), sum.Recall(), sum.MoneyRecall(),
			float64(sum.Duplicates)/n, float64(sum.False)/n, ratio(sum.ImpactNear, sum.Hits), ratio(sum.StartNear, sum.StartCounted), ratio(sum.KindRight, sum.Hits), ratio(sum.DriverRight, sum.Hits))
		var parts []string
		for what, v := range sum.What {
			parts = append(parts, fmt.Sprintf("%s %d/%d", what, v[0], v[1]))
		}
		slices.Sort(parts)
		misses = append(misses, fmt.Sprintf("--- %s: %s", name, strings.Join(parts, ", ")))
		misses = append(misses, sum.Misses...)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if total == 0 {
		t.Fatal("no estate has this name")
	}
	if os.Getenv("EVAL_VERBOSE") != "" {
		t.Log("\n" + strings.Join(misses, "\n"))
	}
}

// TestSameSeedSameEstate also holds the truth to the bill: what an incident
// added is part of what its leaves cost, and nothing before it began.
func TestSameSeedSameEstate(t *testing.T) {
	for _, o := range []Options{{}, {Hard: true, Churn: true, Scale: 150, Days: 60}, {Clean: true, Resources: 100}} {
		e := NewEstate(7, o)
		if !reflect.DeepEqual(e, NewEstate(7, o)) {
			t.Errorf("%s: another estate from the same seed", e.Name)
		}
		if reflect.DeepEqual(e.In, NewEstate(8, o).In) {
			t.Errorf("%s: the same estate from another seed", e.Name)
		}
		if (len(e.Incidents) == 0) != o.Clean {
			t.Errorf("%s: %d incidents", e.Name, len(e.Incidents))
		}
		for _, in := range e.Incidents {
			for j, i := range in.Leaves {
				for d, x := range in.Excess[j] {
					if day := e.In.From + usage.Day(d); x != 0 && (day < in.Start || day > in.End) || x > e.In.Leaves[i].Cost[d]*1.000001 {
						t.Errorf("%s: %s: %g more on %s, when %g was charged", e.Name, in.text(), x, day, e.In.Leaves[i].Cost[d])
					}
				}
			}
			if in.Total() <= 0 {
				t.Errorf("%s: %s", e.Name, in.text())
			}
		}
	}
}
