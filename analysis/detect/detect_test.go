package detect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"usagereport/usage"
)

var firstDay = usage.Date(2025, time.September, 1)

const testDays = 14*30 + 5 // to 30 October 2026

// An estateBuilder adds leaves; its noise comes from a fixed seed, one stream a
// leaf, so that a change to one leaf leaves the others as they are.
type estateBuilder struct {
	in   Input
	seed uint64
}

func (b *estateBuilder) add(sub, group, service, resource, meter, unit string, price float64,
	quantity func(d int, r *rand.Rand) float64,
) int {
	r := rand.New(rand.NewPCG(b.seed, uint64(len(b.in.Leaves))))
	l := Leaf{Unit: unit, Dims: usage.Series{
		usage.SubAccount: sub, usage.ResourceGroup: group, usage.Service: service,
		usage.Resource: "/" + sub + "/" + group + "/" + resource, usage.Meter: meter,
	}}
	for d := range b.in.Days {
		q := math.Round(1e6*quantity(d, r)) / 1e6
		l.Quantity = append(l.Quantity, q)
		l.Cost = append(l.Cost, q*price)
	}
	b.in.Leaves = append(b.in.Leaves, l)
	return len(b.in.Leaves) - 1
}

func (b *estateBuilder) weekend(d int) bool {
	w := (b.in.From + usage.Day(d)).Weekday()
	return w == time.Saturday || w == time.Sunday
}

// testEstate is a clean estate of 60 resources and 90 leaves.
func testEstate(seed uint64, days int) *estateBuilder {
	b := &estateBuilder{seed: seed, in: Input{From: firstDay, Days: days}}
	steady := func(q, noise float64) func(int, *rand.Rand) float64 {
		return func(_ int, r *rand.Rand) float64 { return q * (1 + noise*r.NormFloat64()) }
	}
	office := func(d int, r *rand.Rand) float64 {
		if b.weekend(d) {
			return 0
		}
		return 10 + r.Float64()
	}
	growing := func(d int, r *rand.Rand) float64 {
		return 100 * math.Pow(1.0008, float64(d)) * (1 + 0.02*r.NormFloat64())
	}
	monthEnd := func(d int, r *rand.Rand) float64 {
		if day := b.in.From + usage.Day(d); day == day.Month().Last() {
			return 60 + 3*r.Float64()
		}
		return 1
	}
	prorated := func(d int, _ *rand.Rand) float64 { return 30 / float64((b.in.From + usage.Day(d)).Month().Days()) }
	walk := func() func(int, *rand.Rand) float64 {
		x := 0.0
		return func(_ int, r *rand.Rand) float64 {
			x = 0.7*x + 0.06*r.NormFloat64()
			return 40 * math.Exp(x)
		}
	}
	for g, group := range []string{"rg-web", "rg-data", "rg-build", "rg-ml"} {
		sub := []string{"sub-a", "sub-b"}[g/2]
		for i := range 6 {
			name := fmt.Sprintf("vm-%s-%d", group[3:], i)
			b.add(sub, group, "Virtual Machines", name, "D4s v5", "Hours", 0.25*float64(1+i), steady(24, 0))
			b.add(sub, group, "Virtual Machines", name, "Disk", "GB", 0.002, steady(512, 0.01))
		}
		for i := range 3 {
			b.add(sub, group, "Virtual Machines", fmt.Sprintf("dev-%s-%d", group[3:], i), "B8ms", "Hours", 1.5, office)
		}
		for i := range 3 {
			b.add(sub, group, "Storage", fmt.Sprintf("st%s%d", group[3:], i), "Hot LRS", "GB", 0.05, growing)
			b.add(sub, group, "Storage", fmt.Sprintf("st%s%d", group[3:], i), "Writes", "10K", 0.05, walk())
		}
		b.add(sub, group, "SQL Database", "sql-"+group[3:], "vCore", "Hours", 0.9, steady(24, 0.03))
		b.add(sub, group, "Log Analytics", "log-"+group[3:], "Ingestion", "GB", 2.3, walk())
		b.add(sub, group, "Data Factory", "adf-"+group[3:], "Runs", "1K", 1, monthEnd)
	}
	b.add("sub-a", "rg-web", "Load Balancer", "lb", "Rules", "Months", 12, prorated)
	return b
}

// change multiplies leaf i's quantity and cost from day on until before end.
func (b *estateBuilder) change(i, day, end int, by func(d int) float64) {
	l := &b.in.Leaves[i]
	for d := day; d < min(end, b.in.Days); d++ {
		l.Cost[d] *= by(d)
		l.Quantity[d] *= by(d)
	}
}

func (b *estateBuilder) find(resource, meter string) int {
	return slices.IndexFunc(b.in.Leaves, func(l Leaf) bool {
		return strings.HasSuffix(l.Dims[usage.Resource], "/"+resource) && l.Dims[usage.Meter] == meter
	})
}

func times(x float64) func(int) float64 { return func(int) float64 { return x } }

func scopeText(f Finding) string {
	var s []string
	for _, d := range usage.Dimensions() {
		if v := f.Scope[d]; v != "" {
			s = append(s, v)
		}
	}
	return strings.Join(s, " ")
}

// alarms returns the findings of rises that are alarms.
func alarms(in Input) (out []Finding) {
	for _, f := range Detect(in).Findings {
		if f.Direction == usage.Up && f.Severity != usage.SeverityLow {
			out = append(out, f)
		}
	}
	return out
}

func describe(fs []Finding) string {
	var s strings.Builder
	for _, f := range fs {
		fmt.Fprintf(&s, "\n%s %s %s %s..%s ongoing=%v [%s] %.0f - %.0f = %.0f; %s", f.Severity, f.Direction, f.Kind, f.Start, f.End, f.Ongoing,
			scopeText(f), f.Actual, f.Expected, f.Impact, f.Rule.Kind)
	}
	return s.String()
}

func TestCleanEstateIsSilent(t *testing.T) {
	for seed := range uint64(8) {
		r := Detect(testEstate(seed, testDays).in)
		if len(r.Findings) > 0 {
			t.Errorf("seed %d: %d findings, want none:%s", seed, len(r.Findings), describe(r.Findings))
		}
		if r.Judged < 60 || r.Unjudged != 0 {
			t.Errorf("seed %d: judged %d, unjudged %d, want all", seed, r.Judged, r.Unjudged)
		}
	}
}

// plant puts six incidents into b and returns what should be told of them.
func plant(b *estateBuilder) []string {
	at := func(month time.Month, day int) int { return int(usage.Date(2026, month, day) - b.in.From) }
	// 1. A machine left on at weekends, and at twice the size.
	b.change(b.find("vm-build-5", "D4s v5"), at(10, 12), testDays, times(2.6))
	// 2. All log ingestion of one group triples for two days.
	b.change(b.find("log-ml", "Ingestion"), at(10, 20), at(10, 22), times(4))
	// 3. The price of a meter rises by 12 % for all.
	for i := range b.in.Leaves {
		if l := &b.in.Leaves[i]; l.Dims[usage.Meter] == "B8ms" {
			for d := at(10, 6); d < b.in.Days; d++ {
				l.Cost[d] *= 1.12
			}
		}
	}
	// 4. Storage drifts upward.
	b.change(b.find("stdata1", "Hot LRS"), at(9, 25), testDays, func(d int) float64 { return 1 + 0.12*float64(d-at(9, 25)) })
	// 5. A new cluster of three machines in an old group.
	for i := range 3 {
		b.add("sub-a", "rg-web", "Virtual Machines", fmt.Sprintf("aks-%d", i), "F8", "Hours", 0.6,
			func(d int, _ *rand.Rand) float64 {
				if d < at(10, 15) {
					return 0
				}
				return 24
			})
	}
	// 6. A whole group's machines run 40 % longer.
	for i := range 6 {
		b.change(b.find(fmt.Sprintf("vm-ml-%d", i), "D4s v5"), at(10, 9), testDays, times(1.4))
	}
	return []string{
		"level 2026-10-12 2 sub-b rg-build Virtual Machines /sub-b/rg-build/vm-build-5",
		"spike 2026-10-20 2 sub-b rg-ml Log Analytics /sub-b/rg-ml/log-ml",
		"price 2026-10-06 2 Virtual Machines B8ms",
		"drift 2026-09-25 7 sub-a rg-data Storage /sub-a/rg-data/stdata1",
		"new 2026-10-15 2 sub-a rg-web Virtual Machines",
		"level 2026-10-09 2 sub-b rg-ml Virtual Machines",
	}
}

func TestIncidentsAreToldOnce(t *testing.T) {
	for seed := range uint64(8) {
		b := testEstate(seed, testDays)
		want := plant(b)
		got := Detect(b.in).Findings
		told := make([]int, len(want))
	next:
		for _, f := range got {
			for i, w := range want {
				var kind, day string
				var slack int
				fmt.Sscan(w, &kind, &day, &slack)
				start, _ := usage.ParseDay(day)
				scope := strings.SplitN(w, " ", 4)[3]
				off := int(f.Start - start)
				if f.Kind == usage.Kind(kind) && scopeText(f) == scope && -slack <= off && off <= slack && f.Direction == usage.Up &&
					f.Severity != usage.SeverityLow {
					told[i]++
					continue next
				}
			}
			t.Errorf("seed %d: not planted:%s", seed, describe([]Finding{f}))
		}
		for i, n := range told {
			if n != 1 {
				t.Errorf("seed %d: told %d times, want once: %s", seed, n, want[i])
			}
		}
		checkSums(t, b.in, got)
	}
}

// checkSums holds findings to their arithmetic.
func checkSums(t *testing.T, in Input, fs []Finding) {
	t.Helper()
	near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-6*(1+math.Abs(a)+math.Abs(b)) }
	for _, f := range fs {
		impact := 0.0
		for _, d := range f.Drivers {
			if !near(d.Impact, d.PriceEffect+d.QuantityEffect) {
				t.Errorf("driver %v: %g is not %g + %g", d.Scope, d.Impact, d.PriceEffect, d.QuantityEffect)
			}
			impact += d.Impact
		}
		if !near(impact, f.Impact) || !near(f.Impact, f.Actual-f.Expected) {
			t.Errorf("%s: drivers add up to %g, impact is %g, actual minus expected %g", scopeText(f), impact, f.Impact, f.Actual-f.Expected)
		}
		if f.Low > f.Expected || f.Expected > f.High || f.Impact > 0 && f.Actual < f.High || f.Impact < 0 && f.Actual > f.Low {
			t.Errorf("%s: range %g to %g around %g, actual %g", scopeText(f), f.Low, f.High, f.Expected, f.Actual)
		}
		for _, v := range slices.Concat([]float64{f.PerDayBefore, f.PerDayNow, f.ProjectedPerMonth, f.PriceShare, f.QuantityChange},
			f.Series.Actual, f.Series.Expected, f.Series.Low, f.Series.High) {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("%s: %g", scopeText(f), v)
			}
		}
		if f.Rule.Kind == "" || len(f.Leaves) == 0 || f.End < f.Start || int(f.End-in.From) >= in.Days {
			t.Errorf("%s: rule %+v, leaves %v, %s..%s", scopeText(f), f.Rule, f.Leaves, f.Start, f.End)
		}
	}
}

func TestSameInputSameResult(t *testing.T) {
	b := testEstate(3, testDays)
	plant(b)
	want := Detect(b.in)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if got := Detect(b.in); !reflect.DeepEqual(got, want) {
		t.Errorf("with one processor:%s\nwant:%s", describe(got.Findings), describe(want.Findings))
	}
	shuffled := b.in
	shuffled.Leaves = slices.Clone(b.in.Leaves)
	slices.Reverse(shuffled.Leaves)
	got := Detect(shuffled).Findings
	for _, f := range got {
		for k, i := range f.Leaves {
			f.Leaves[k] = len(b.in.Leaves) - 1 - i
		}
		slices.Sort(f.Leaves)
	}
	if got, want := describe(got), describe(want.Findings); got != want {
		t.Errorf("leaves in reverse:%s\nwant:%s", got, want)
	}
	for i := range got {
		if !slices.Equal(got[i].Leaves, want.Findings[i].Leaves) {
			t.Errorf("leaves in reverse: %v, want %v", got[i].Leaves, want.Findings[i].Leaves)
		}
	}
}

// What is told when little is wanted is told when more is, and a factor of
// nearly nothing tells of noise.
func TestSensitivity(t *testing.T) {
	b := testEstate(1, testDays)
	plant(b)
	told := func(x float64) (n int) {
		b.in.Sensitivity = x
		return len(Detect(b.in).Findings)
	}
	if low, usual, high, noise := told(40), told(1), told(0.85), told(0.1); told(0) != usual || low >= usual || usual > high || high >= noise {
		t.Errorf("findings: %d at 40, %d at 1, %d at 0.85, %d at 0.1, %d by default", low, usual, high, noise, told(0))
	}
}

func TestMiddleIsMedian(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		v := make([]float64, 1+r.IntN(150))
		for i := range v {
			v[i] = float64(r.IntN(1 + r.IntN(200)))
		}
		if got, want := middle(slices.Clone(v)), Median(slices.Clone(v)); got != want {
			t.Fatalf("the middle of %v is %g, want %g", v, got, want)
		}
	}
}

// The first look only saves work: what it passes over is found nothing in.
func TestCalmNodesHaveNoHits(t *testing.T) {
	calm, all := 0, 0
	for seed := range uint64(4) {
		b := testEstate(seed, testDays)
		plant(b)
		for _, x := range []float64{1, 0.3} {
			b.in.Sensitivity = x
			e := newEstate(b.in)
			for _, level := range append(slices.Clone(e.levels), e.resources) {
				for _, n := range level {
					for _, sign := range []float64{1, -1} {
						var s series
						all++
						if e.isCalm(n, &s, sign) {
							calm++
							if hits := e.closely(n, new(series), sign); len(hits) > 0 {
								t.Errorf("seed %d: %v is calm, and there is %+v", seed, e.scopeOf(n), hits[0].rule)
							}
						}
					}
				}
			}
		}
	}
	if calm < all/4 || calm == all {
		t.Errorf("%d of %d nodes are calm", calm, all)
	}
}

// Falls are looked for along with rises, and are those that are found apart from
// them.
func TestFallsFoundAlong(t *testing.T) {
	found := 0
	for seed := range uint64(4) {
		b := testEstate(seed, testDays)
		plant(b)
		b.change(b.find("vm-web-3", "D4s v5"), testDays-15, testDays, times(0.4))
		along, apart := newEstate(b.in), newEstate(b.in)
		for k, level := range append(slices.Clone(along.levels), along.resources) {
			for j, n := range level {
				var s series
				along.unexpected(n, &s, 1)
				other := append(slices.Clone(apart.levels), apart.resources)[k][j]
				got, want := along.unexpected(n, &s, -1), apart.unexpected(other, new(series), -1)
				found += len(want)
				for i := range max(len(got), len(want)) {
					if len(got) != len(want) || got[i].rule != want[i].rule || got[i].start != want[i].start ||
						!slices.Equal(got[i].actual, want[i].actual) {
						t.Fatalf("seed %d: %v: %d falls, want %d", seed, along.scopeOf(n), len(got), len(want))
					}
				}
			}
		}
	}
	if found == 0 {
		t.Error("there is no fall")
	}
}

// What is born in some group of the estate every week is no alarm alone, however
// long it lives; what is larger is, and so is the same where nothing is born.
func TestWhatIsBornWeekly(t *testing.T) {
	build := func(weekly bool) *estateBuilder {
		b := testEstate(5, testDays)
		born := func(group string, day int, cost float64) {
			b.add("sub-a", group, "Virtual Machines", "vm-"+group, "D4s v5", "Hours", 1, func(d int, r *rand.Rand) float64 {
				if d < day {
					return 0
				}
				return cost * (1 + 0.02*r.NormFloat64())
			})
		}
		for i := range 22 {
			if weekly {
				born(fmt.Sprintf("rg-week-%d", i), testDays-167+7*i, 60)
			}
		}
		born("rg-like", testDays-12, 60)
		born("rg-large", testDays-12, 400)
		return b
	}
	for _, c := range []struct {
		weekly bool
		alarms []string
	}{
		{true, []string{"rg-large"}},
		{false, []string{"rg-large", "rg-like"}},
	} {
		var alarms, told []string
		fs := Detect(build(c.weekly).in).Findings
		for _, f := range fs {
			if f.Kind != usage.KindNew {
				continue
			}
			told = append(told, f.Scope[usage.ResourceGroup])
			if f.Severity != usage.SeverityLow {
				alarms = append(alarms, f.Scope[usage.ResourceGroup])
			}
		}
		slices.Sort(alarms)
		if !slices.Equal(alarms, c.alarms) || !slices.Contains(told, "rg-like") {
			t.Errorf("weekly %v: alarms %q, want %q, of %q%s", c.weekly, alarms, c.alarms, told, describe(fs))
		}
	}
}
