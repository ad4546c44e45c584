package detect

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"usagereport/usage"
)

// TestNewTogether has a group in which two machines begin on one day, or two apart: on each evening both are told, whatever
// the one costs beside the other, and in whatever order they come.
func TestNewTogether(t *testing.T) {
	for _, days := range []int{25, 56, 200} {
		for since := 3; since <= 12; since++ {
			for _, apart := range []int{0, 2} {
				for name, sizes := range map[string][2]float64{
					"alike": {1, 1}, "the second larger": {1, 4}, "the first nearly all of it": {15, 1}, "the second nearly all of it": {1, 15},
				} {
					b := &estateBuilder{seed: 1, in: Input{From: usage.Date(2026, time.April, 1), Days: days}}
					add := func(name string, first int, size float64) int {
						return b.add("sub", "rg", "Virtual Machines", name, "D4", "Hours", 4*size, func(d int, r *rand.Rand) float64 {
							if d < first {
								return 0
							}
							return 24 * (1 + 0.01*r.NormFloat64())
						})
					}
					for _, old := range []string{"a", "b", "c", "d"} {
						add(old, 0, 3)
					}
					two := map[int]bool{add("x", days-since, sizes[0]): false, add("y", min(days-2, days-since+apart), sizes[1]): false}
					found := Detect(b.in).Findings
					together := false
					for _, f := range found {
						for _, i := range f.Leaves {
							if _, one := two[i]; one && f.Kind == usage.KindNew {
								two[i] = true
								together = together || len(f.Leaves) == 2
							}
						}
					}
					if name == "alike" && !together {
						t.Errorf("%d days, %d since, %d apart: two alike are not told as one%s", days, since, apart, describe(found))
					}
					for i, told := range two {
						if !told {
							t.Errorf("%d days, %d since, %d apart, %s: %s is not told%s", days, since, apart, name, b.in.Leaves[i].Dims[usage.Resource], describe(found))
						}
					}
				}
			}
		}
	}
}

// TestNewWithoutResources has an account whose charges name no resources, and two services that begin in it on one day, or
// some apart: nothing but their scope says which charges a finding is about, so each is told by its own.
func TestNewWithoutResources(t *testing.T) {
	const days = 120
	for since := 2; since <= 14; since++ {
		for _, apart := range []int{0, 3} {
			b := &estateBuilder{seed: 1, in: Input{From: usage.Date(2026, time.April, 1), Days: days}}
			add := func(service string, first int, cost float64) {
				i := b.add("sub", "", service, "", service+" use", "Units", cost, func(d int, r *rand.Rand) float64 {
					if d < first {
						return 0
					}
					return 1 + 0.01*r.NormFloat64()
				})
				delete(b.in.Leaves[i].Dims, usage.Resource)
			}
			add("Compute", 0, 50)
			add("Network", 0, 8)
			add("Queries", days-since-apart, 19)
			add("Tables", days-since, 14)
			told := make(map[string]int)
			found := Detect(b.in).Findings
			for _, f := range found {
				told[f.Scope[usage.Service]]++
			}
			if len(told) != 2 || told["Queries"] != 1 || told["Tables"] != 1 {
				t.Errorf("%d days, %d apart: findings by their services are %v, want one of Queries and one of Tables%s", since, apart, told, describe(found))
			}
		}
	}
}

// TestNewOfDays has a machine that begins and stays, and with it three that run for a day each: what has ended is told once,
// not each by itself.
func TestNewOfDays(t *testing.T) {
	const days = 120
	for since := 8; since <= 14; since++ {
		b := &estateBuilder{seed: 1, in: Input{From: usage.Date(2026, time.April, 1), Days: days}}
		first := days - since
		add := func(name string, from, to int) int {
			return b.add("sub", "rg", "Virtual Machines", name, "D4", "Hours", 0.6, func(d int, r *rand.Rand) float64 {
				if d < from || d >= to {
					return 0
				}
				return 24 * (1 + 0.01*r.NormFloat64())
			})
		}
		for _, old := range []string{"a", "b", "c", "d"} {
			add(old, 0, days)
		}
		add("stays", first, days)
		brief := []int{add("x", first, first+1), add("y", first+1, first+2), add("z", first+2, first+3)}
		found := Detect(b.in).Findings
		told := slices.DeleteFunc(slices.Clone(found), func(f Finding) bool { return !slices.Contains(f.Leaves, brief[0]) })
		if len(told) != 1 || !slices.Equal(told[0].Leaves, brief) {
			t.Errorf("%d days: three of a day each are not told as one%s", since, describe(found))
		}
	}
}

// TestNewAmongSmall has a service in which small things begin all the time: a large one that begins is told, and one more of
// the small is not.
func TestNewAmongSmall(t *testing.T) {
	const days = 56
	for name, c := range map[string]struct {
		cost float64
		want bool
	}{"as small": {2, false}, "large": {60, true}} {
		in := familiar(days, func(int, int, int) float64 { return 20 })
		add := func(name string, first int, cost float64) {
			y := make([]float64, days)
			for d := first; d < days; d++ {
				y[d] = cost
			}
			in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
				usage.SubAccount: "sub", usage.ResourceGroup: "rg", usage.Service: "third", usage.Meter: "m", usage.Resource: name,
			}})
		}
		add("always", 0, 2)
		for i, name := range []string{"a", "b", "c", "d", "e"} {
			add(name, 8+9*i, 2)
		}
		add("x", days-20, c.cost)
		told := false
		found := Detect(in).Findings
		for _, f := range found {
			told = told || f.Scope[usage.Resource] == "x" && f.Severity != usage.SeverityLow
		}
		if told != c.want {
			t.Errorf("%s: told %t, want %t%s", name, told, c.want, describe(found))
		}
	}
}

// TestNewBesideARise has an account without groups all of which doubles, and in which two of several services are new since: both are
// told, though both are of that account.
func TestNewBesideARise(t *testing.T) {
	for _, days := range []int{25, 56, 120} {
		rise, began := days-15, days-7
		b := &estateBuilder{seed: 1, in: Input{From: usage.Date(2026, time.April, 1), Days: days}}
		add := func(sub, service, name string, first int, times float64) int {
			return b.add(sub, "", service, name, "meter of "+service, "Hours", 1, func(d int, r *rand.Rand) float64 {
				if d < first {
					return 0
				}
				return 24 * (1 + 0.01*r.NormFloat64()) * pick(d >= rise, times, 1)
			})
		}
		for _, service := range []string{"disks", "machines", "databases", "networks"} {
			for _, name := range []string{"a", "b", "c"} {
				add("one", service, service+name, 0, 2)
				add("two", service, service+name, 0, 1)
			}
		}
		news := []int{add("one", "disks", "x", began, 1), add("one", "machines", "y", began+1, 1)}
		risen, born := false, false
		found := Detect(b.in).Findings
		for _, f := range found {
			risen = risen || f.Kind == usage.KindLevel && f.Scope[usage.SubAccount] == "one" && len(f.Leaves) == 12
			born = born || f.Kind == usage.KindNew && slices.Equal(f.Leaves, news)
		}
		if !risen || !born {
			t.Errorf("%d days: the account's rise told %t, what is new %t%s", days, risen, born, describe(found))
		}
	}
}
