package eval

import (
	"math"
	"slices"
	"testing"

	"usagereport/analysis/detect"
	"usagereport/usage"
)

// oracle tells each incident once, exactly.
func oracle(e Estate) detect.Result {
	var r detect.Result
	for _, in := range e.Incidents {
		f := detect.Finding{
			Kind: in.Kind, Direction: usage.Up, Severity: usage.SeverityHigh, Start: in.Start, End: in.End,
			Scope: in.Scope, Leaves: in.Leaves, Impact: in.Total(),
		}
		for _, i := range in.Leaves {
			f.Drivers = append(f.Drivers, detect.Driver{Scope: e.In.Leaves[i].Dims, Leaves: []int{i}})
		}
		slices.SortStableFunc(f.Drivers, func(a, b detect.Driver) int { return int(math.Copysign(1, of(in, b.Leaves)-of(in, a.Leaves))) })
		r.Findings = append(r.Findings, f)
	}
	return r
}

func TestWhoKnowsEverythingIsRight(t *testing.T) {
	for seed := range uint64(4) {
		for _, o := range []Options{{}, {Hard: true, Churn: true}, {Days: 20}, {Scale: 150}, {Scale: 0.02}, {Second: true}} {
			e := NewEstate(seed, o)
			s := Rate(e, oracle(e))
			if s.F1() != 1 || s.MoneyRecall() < 1-1e-9 || s.Hits < 5 || s.SetRight != s.Hits || s.DriverRight != s.Hits ||
				s.StartNear != s.StartCounted ||
				s.ImpactNear != s.Hits || s.KindRight != s.Hits || s.TopRight != s.Top || len(s.Misses) > 0 {
				t.Errorf("%s, seed %d: %+v", e.Name, seed, s)
			}
			if s := Rate(e, detect.Result{}); s.F1() != 0 || s.Recall() != 0 || s.Precision() != 0 {
				t.Errorf("%s, seed %d: silence scores %+v", e.Name, seed, s)
			}
		}
	}
}

func TestRate(t *testing.T) {
	const days = 60
	flat := func(dims usage.Series) detect.Leaf {
		return detect.Leaf{Dims: dims, Cost: slices.Repeat([]float64{100}, days)}
	}
	dims := func(group, resource string) usage.Series {
		return usage.Series{usage.ResourceGroup: group, usage.Resource: resource}
	}
	from := usage.Day(20000)
	e := Estate{In: detect.Input{From: from, Days: days, MinImpact: 5, Leaves: []detect.Leaf{
		flat(dims("a", "1")), flat(dims("a", "2")), flat(dims("b", "3")),
	}}}
	incident := func(leaf int, more float64, start, end int) Incident {
		excess := make([]float64, days)
		for d := start; d <= end; d++ {
			excess[d] = more
		}
		return Incident{
			What: "shift", Kind: usage.KindLevel, Start: from + usage.Day(start), End: from + usage.Day(end),
			Scope: e.In.Leaves[leaf].Dims, Leaves: []int{leaf}, Excess: [][]float64{excess}, Before: 3000,
		}
	}
	e.Incidents = []Incident{incident(0, 50, 40, 59), incident(2, 2, 40, 59)} // 1000, and 40: too little to count
	told := func(leaves []int, scope usage.Series, start, end int, impact float64) detect.Finding {
		return detect.Finding{
			Kind: usage.KindLevel, Direction: usage.Up, Severity: usage.SeverityHigh, Leaves: leaves, Scope: scope, Impact: impact,
			Start: from + usage.Day(start), End: from + usage.Day(end), Drivers: []detect.Driver{{Scope: scope, Leaves: leaves}},
		}
	}
	right := told([]int{0}, dims("a", "1"), 41, 59, 950)
	low := right
	low.Severity = usage.SeverityLow
	down := right
	down.Direction = usage.Down
	tests := []struct {
		name                    string
		told                    []detect.Finding
		hits, duplicates, wrong int
	}{
		{"told", []detect.Finding{right}, 1, 0, 0},
		{"told as worth a look", []detect.Finding{low}, 0, 0, 0},
		{"told as a fall", []detect.Finding{down}, 0, 0, 0},
		{"told twice", []detect.Finding{right, told([]int{0, 1}, usage.Series{usage.ResourceGroup: "a"}, 40, 59, 1000)}, 1, 1, 0},
		{
			"told of the group, which has little else",
			[]detect.Finding{told([]int{0, 1}, usage.Series{usage.ResourceGroup: "a"}, 40, 59, 1100)},
			1, 0, 0,
		},
		{"told of more than twice the money", []detect.Finding{told([]int{0, 1}, usage.Series{usage.ResourceGroup: "a"}, 40, 59, 2100)}, 0, 0, 1},
		{"told of another group by name", []detect.Finding{told([]int{0}, usage.Series{usage.ResourceGroup: "b"}, 40, 59, 1000)}, 0, 1, 0},
		{"told of its last days only", []detect.Finding{told([]int{0}, dims("a", "1"), 52, 59, 400)}, 0, 1, 0},
		{"told of the days before", []detect.Finding{told([]int{0}, dims("a", "1"), 20, 39, 100)}, 0, 0, 1},
		{"told of another resource", []detect.Finding{told([]int{1}, dims("a", "2"), 40, 59, 100)}, 0, 0, 1},
		{"told of what is too small to count", []detect.Finding{
			right, told([]int{2}, dims("b", "3"), 40, 59, 40),
			told([]int{2}, dims("b", "3"), 40, 59, 40),
		}, 1, 0, 0},
	}
	for _, test := range tests {
		s := Rate(e, detect.Result{Findings: test.told})
		if s.Incidents != 1 || s.Hits != test.hits || s.Duplicates != test.duplicates || s.False != test.wrong {
			t.Errorf("%s: %d incidents, %d hit, %d again, %d false; want 1, %d, %d, %d", test.name, s.Incidents, s.Hits, s.Duplicates,
				s.False, test.hits, test.duplicates, test.wrong)
		}
	}
}

func TestLineScore(t *testing.T) {
	with := line{shape: machine, what: "shift", start: 350, end: longest - 1, excess: 100}
	tests := []struct {
		name              string
		line              line
		told              []alarm
		hits, wrong, late int
	}{
		{"told on the second day", with, []alarm{{start: 350, end: 351, told: 351}}, 1, 0, 1},
		{"too late", with, []alarm{{start: 350, end: 390, told: 390}}, 0, 0, 0},
		{"an old alarm that goes on", with, []alarm{{start: 320, end: 360, told: 360}}, 0, 0, 0},
		{"one before it, told twice", with, []alarm{{start: 320, end: 321, told: 322}, {start: 325, end: 325, told: 326}}, 0, 1, 0},
		{"two before it", with, []alarm{{start: 310, end: 311, told: 312}, {start: 325, end: 325, told: 326}}, 0, 2, 0},
		{"before the days that are judged", with, []alarm{{start: 290, end: 300, told: 310}}, 0, 0, 0},
		{"where nothing happens", line{shape: machine}, []alarm{{start: 390, end: 391, told: 392}}, 0, 1, 0},
		{"forty days of nothing", line{shape: machine}, []alarm{
			{start: 330, end: 340, told: 341},
			{start: 330, end: 370, told: 371},
			{start: 362, end: 370, told: 371},
		}, 0, 2, 0},
	}
	for _, test := range tests {
		var s LineScore
		s.rate(test.line, test.told)
		if s.Hits != test.hits || s.False != test.wrong || test.hits > 0 && s.Delay() != test.late {
			t.Errorf("%s: %d hits, %d false, delay %d; want %d, %d, %d", test.name, s.Hits, s.False, s.Delay(), test.hits, test.wrong, test.late)
		}
	}
}

// TestPeers holds each rule to what its description says of simple series.
func TestPeers(t *testing.T) {
	const day = 120
	series := func(edit func(y []float64)) []float64 {
		y := slices.Repeat([]float64{100}, day+1)
		for d := range y {
			y[d] += float64(d * d % 5) // some noise
		}
		edit(y)
		return y
	}
	last := func(x float64) func([]float64) { return func(y []float64) { y[day] = x } }
	rises := func(y []float64) {
		for i := range 8 {
			y[day-i] = 104 - float64(i)*0.5
		}
	}
	since := func(n int, x float64) func([]float64) {
		return func(y []float64) {
			for d := day - n + 1; d <= day; d++ {
				y[d] = x
			}
		}
	}
	first := func(y []float64) {
		clear(y)
		y[day] = 50
	}
	for _, test := range []struct {
		rule string
		edit func([]float64)
		want bool
	}{
		{"azure-cost-cli", last(180), true},
		{"azure-cost-cli", last(160), false},
		{"azure-cost-cli", rises, true},
		{"azure-cost-cli", first, true},
		{"Costroid", last(115), true},
		{"Costroid", last(109), false},
		{"Costroid", first, false},
		{"OptScale", last(140), true},
		{"OptScale", last(125), false},
		{"s3u/aws-cost-anomalies", last(120), true},
		{"s3u/aws-cost-anomalies", last(103), false},
		{"s3u/aws-cost-anomalies", func(y []float64) {
			for d := day - 20; d <= day; d++ {
				y[d] = 100 + 3*float64(d-day+20)
			}
		}, true},
		{"mean + 3 sigma", last(112), true},
		{"mean + 3 sigma", last(104), false},
		{"month over month +20 %", since(25, 150), true},
		{"month over month +20 %", last(150), false},
		{"S-H-ESD", last(130), true},
		{"S-H-ESD", last(102), false},
		{"KQL series_decompose_anomalies", last(140), true},
		{"KQL series_decompose_anomalies", last(103), false},
	} {
		i := slices.IndexFunc(peers(), func(p peer) bool { return p.name == test.rule })
		if got := peers()[i].high(series(test.edit), day, usage.Date(2025, 12, 20)); got != test.want {
			t.Errorf("%s: %v, want %v, of %v", test.rule, got, test.want, series(test.edit)[day-10:])
		}
	}
}
