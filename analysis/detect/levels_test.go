package detect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"usagereport/usage"
)

const team usage.Dimension = "Tags.team"

// teamEstate is a clean estate with 48 more machines, in eight groups of two
// subscriptions, of which three of each of the first six groups and two more of
// the first, 20 in all, belong to the team search. It returns these.
func teamEstate(seed uint64, quantity func(d int, r *rand.Rand) float64) (b *estateBuilder, search []int) {
	b = testEstate(seed, testDays)
	service := []string{"Virtual Machines", "App Service", "Cosmos DB"}
	for g := range 8 {
		for k := range 6 {
			mine := g < 6 && k < 3 || g == 0 && k < 5
			use := func(_ int, r *rand.Rand) float64 { return 24 * (1 + 0.03*r.NormFloat64()) }
			if mine {
				use = quantity
			}
			i := b.add(fmt.Sprintf("sub-%c", 'c'+g%2), fmt.Sprintf("rg-%d", g), service[k%3], fmt.Sprintf("r-%d-%d", g, k), "Units",
				"Hours", 0.3+0.1*float64(k), use)
			b.in.Leaves[i].Dims[team] = "other"
			if mine {
				b.in.Leaves[i].Dims[team] = "search"
				search = append(search, i)
			}
		}
	}
	return b, search
}

func TestLevelsOfTags(t *testing.T) {
	day := testDays - 20
	steady := func(_ int, r *rand.Rand) float64 { return 24 * (1 + 0.03*r.NormFloat64()) }
	tests := []struct {
		name     string
		quantity func(d int, r *rand.Rand) float64
		kind     usage.Kind
		without  int // findings, at least, where the tag is no level
		edit     func(b *estateBuilder, search []int)
		scope    usage.Series
	}{
		{name: "nothing", quantity: steady},
		{
			name: "a rise of all that the team has", kind: usage.KindLevel, without: 6, scope: usage.Series{team: "search"},
			quantity: func(d int, r *rand.Rand) float64 {
				if d >= day {
					return 1.5 * steady(d, r)
				}
				return steady(d, r)
			},
		},
		{
			name: "all that the team has is new", kind: usage.KindNew, without: 6, scope: usage.Series{team: "search"},
			quantity: func(d int, r *rand.Rand) float64 {
				if d < day {
					return 0
				}
				return steady(d, r)
			},
		},
		{
			name: "one resource of the team", kind: usage.KindLevel, without: 1, quantity: steady,
			scope: usage.Series{
				usage.SubAccount: "sub-c", usage.ResourceGroup: "rg-2", usage.Service: "App Service",
				usage.Resource: "/sub-c/rg-2/r-2-1",
			},
			edit: func(b *estateBuilder, _ []int) { b.change(b.find("r-2-1", "Units"), day, testDays, times(2)) },
		},
		{
			name: "a group that is all of a team", kind: usage.KindLevel, without: 1, quantity: steady,
			scope: usage.Series{usage.SubAccount: "sub-d", usage.ResourceGroup: "rg-7"},
			edit: func(b *estateBuilder, _ []int) {
				for i := range b.in.Leaves {
					if l := &b.in.Leaves[i]; l.Dims[usage.ResourceGroup] == "rg-7" {
						l.Dims[team] = "seven"
						b.change(i, day, testDays, times(1.5))
					}
				}
			},
		},
		{
			name: "what has no tag is no team", kind: usage.KindLevel, without: 6, quantity: steady,
			edit: func(b *estateBuilder, search []int) {
				for _, i := range search {
					delete(b.in.Leaves[i].Dims, team)
					b.change(i, day, testDays, times(1.5))
				}
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for seed := range uint64(4) {
				b, search := teamEstate(seed, tt.quantity)
				if tt.edit != nil {
					tt.edit(b, search)
				}
				without := Detect(b.in).Findings
				if len(without) < tt.without || tt.without == 0 && len(without) > 0 {
					t.Errorf("seed %d: without the level %d findings, want %d at least:%s", seed, len(without), tt.without, describe(without))
				}
				if slices.ContainsFunc(without, func(f Finding) bool { return f.Scope[team] != "" }) {
					t.Errorf("seed %d: a team is named that is no level:%s", seed, describe(without))
				}
				b.in.Levels = []usage.Dimension{team}
				got := Detect(b.in).Findings
				if tt.scope == nil {
					if len(got) != len(without) {
						t.Errorf("seed %d: %d findings, want the %d without the level:%s", seed, len(got), len(without), describe(got))
					}
					continue
				}
				if len(got) != 1 || got[0].Kind != tt.kind || got[0].Scope.Key() != tt.scope.Key() {
					t.Errorf("seed %d: want one %s of %v:%s", seed, tt.kind, tt.scope, describe(got))
					continue
				}
				if f := got[0]; tt.scope[team] != "" && !slices.Equal(f.Leaves, search) || f.Start != b.in.From+usage.Day(day) {
					t.Errorf("seed %d: %d leaves from %s, want the team's %d from %s", seed, len(f.Leaves), f.Start, len(search), b.in.From+usage.Day(day))
				}
			}
		})
	}
}

// What ran one day is expected on none: machines with a new name each day add to the
// hours, and do not take the place of those of the day before.
func TestOneDayIsNoHabit(t *testing.T) {
	const n = 400
	leaf := func(name string, from, to int, cost float64) Leaf {
		l := Leaf{
			Dims: usage.Series{usage.SubAccount: "s", usage.ResourceGroup: "rg", usage.Service: "C", usage.Meter: "D2", usage.Resource: name},
			Cost: make([]float64, n), Quantity: make([]float64, n), Unit: "Hours",
		}
		for d := from; d < to; d++ {
			l.Cost[d], l.Quantity[d] = cost, 24
		}
		return l
	}
	in := Input{From: usage.Date(2025, 10, 1), Days: n, Leaves: []Leaf{leaf("vm", 0, n, 12)}}
	for i := range 20 {
		in.Leaves = append(in.Leaves, leaf(fmt.Sprint("spot", i), n-20+i, n-19+i, 12))
	}
	for _, f := range Detect(in).Findings {
		if f.Kind == usage.KindLevel && (f.Unit != "Hours" || math.Abs(f.QuantityChange-1) > 0.06) {
			t.Errorf("%s: %s %+.0f %%, want +100", f.Scope.Key(), f.Unit, 100*f.QuantityChange)
		}
	}
}

// What goes on under another name is used once: the hours of a group are not what each of both names used.
func TestHoursUnderAnotherName(t *testing.T) {
	const n, renamed, day = 30, 15, 19
	in := Input{From: usage.Date(2026, 11, 1), Days: n}
	leaf := func(name string) *Leaf {
		in.Leaves = append(in.Leaves, Leaf{
			Dims: usage.Series{usage.SubAccount: "s", usage.ResourceGroup: "rg", usage.Service: "C", usage.Meter: "D2", usage.Resource: name},
			Cost: make([]float64, n), Quantity: make([]float64, n), Unit: "Hours",
		})
		return &in.Leaves[len(in.Leaves)-1]
	}
	dear := leaf("dear")
	for d := range n {
		hours := 100 + 30*math.Sin(float64(d*d))
		if d >= day {
			hours *= 0.4
		}
		dear.Cost[d], dear.Quantity[d] = 0.4*hours, hours
	}
	old, now := *leaf("cheap"), *leaf("cheap-new")
	for d := range n {
		l := old
		if d >= renamed {
			l = now
		}
		if w := (in.From + usage.Day(d)).Weekday(); w != 0 && w != 6 {
			l.Cost[d], l.Quantity[d] = 0.5, 100
		}
	}
	told := false
	for _, f := range Detect(in).Findings {
		if f.Direction == usage.Down && f.Scope[usage.Resource] == "" && f.Unit != "" {
			told = true
			if f.QuantityChange < -0.42 || f.QuantityChange > -0.28 {
				t.Errorf("%s: %s %+.0f %%, want -35", f.Scope.Key(), f.Unit, 100*f.QuantityChange)
			}
		}
	}
	if !told {
		t.Error("the group's fall is not found")
	}
}
