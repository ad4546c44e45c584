package detect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"usagereport/usage"
)

// TestShortHistory has bills of two or three months whose resources are alike but for one.
func TestShortHistory(t *testing.T) {
	const two, three = 56, 87
	for name, c := range map[string]struct {
		cost func(d int) float64 // times the usual
		want bool
		days int // two where it is 0
	}{
		"nothing":                           {func(int) float64 { return 1 }, false, 0},
		"twice as much":                     {func(d int) float64 { return pick(d >= 40, 2, 1) }, true, 0},
		"for a while":                       {func(d int) float64 { return pick(d >= 30 && d < 40, 2, 1) }, true, 0},
		"a day":                             {func(d int) float64 { return pick(d == 38, 4, 1) }, true, 0},
		"less":                              {func(d int) float64 { return pick(d >= 40, 0.5, 1) }, false, 0},
		"a tenth more":                      {func(d int) float64 { return pick(d >= 40, 1.1, 1) }, false, 0},
		"at the turn, unlike all others":    {func(d int) float64 { return pick(d >= 29 && d < 33, 2, 1) }, true, 0},
		"jumps, up and down":                {func(d int) float64 { return []float64{1, 2.5, 0.8, 2, 1.2, 2.2}[d/10] }, false, 0},
		"more before the last five weeks":   {func(d int) float64 { return pick(d >= 15, 2, 1) }, false, 0},
		"at a turn, the one before without": {func(d int) float64 { return pick(d >= 60 && d < 64, 6, 1) }, true, three},
		"at a turn as at the one before":    {func(d int) float64 { return pick(d >= 60 && d < 64 || d >= 29 && d < 33, 6, 1) }, false, three},
		"more, on working days alone":       {func(d int) float64 { return pick(d%7 >= 5, 0, pick(d >= 74, 3, 1)) }, true, three},
		"on at weekends as on other days":   {func(d int) float64 { return pick(d%7 < 5, 1, pick(d >= 33, 1/0.7, 0)) }, true, 0},
		"more and more":                     {func(d int) float64 { return math.Pow(1.04, float64(max(0, d-28))) }, true, 0},
		"less, then as before":              {func(d int) float64 { return pick(d >= 20 && d < 40, 0.4, 1) }, false, 0},
	} {
		days := max(c.days, two)
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			in := Input{From: usage.Date(2026, time.June, 1), Days: days}
			for i := range 30 {
				y := make([]float64, days)
				for d := range y {
					if y[d] = 20 * (1 + 0.05*r.NormFloat64()); d%7 >= 5 {
						y[d] *= 0.7
					}
					if i == 0 {
						y[d] *= c.cost(d)
					}
				}
				in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
					usage.SubAccount: "sub", usage.ResourceGroup: fmt.Sprint("rg", i%5), usage.Service: "service", usage.Resource: fmt.Sprint("vm", i),
				}})
			}
			told := false
			for _, f := range Detect(in).Findings {
				if f.Direction != usage.Up || f.Severity == usage.SeverityLow {
					continue
				}
				if told = f.Scope[usage.Resource] == "vm0"; !told {
					t.Errorf("%s: %s of %s, %s to %s", f.Severity, f.Kind, f.Scope.Key(), f.Start, f.End)
				}
			}
			if told != c.want {
				t.Errorf("told: %t, want %t", told, c.want)
			}
		})
	}
}

// familiar is a bill of 40 resources of four meters, each of what its meter's cost says of its number.
func familiar(days int, cost func(meter, i, d int) float64) Input {
	r := rand.New(rand.NewPCG(3, 4))
	in := Input{From: usage.Date(2026, time.June, 1), Days: days}
	for k := range 40 {
		y := make([]float64, days)
		for d := range y {
			y[d] = cost(k%4, k/4, d) * (1 + 0.02*r.NormFloat64())
		}
		in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
			usage.SubAccount: "sub", usage.ResourceGroup: fmt.Sprint("rg", k%7), usage.Service: "service", usage.Meter: fmt.Sprint("meter", k%4),
			usage.Resource: fmt.Sprint("vm", k%4, "-", k/4),
		}})
	}
	return in
}

// TestFamilies has short bills in which what one resource does is no news for what others like it do.
func TestFamilies(t *testing.T) {
	for name, c := range map[string]struct {
		cost func(meter, i, d int) float64
		want string // the resource that is told, if one is
	}{
		"one rises":                     {func(m, i, d int) float64 { return pick(m == 1 && i == 3 && d >= 40, 40, 20) }, "vm1-3"},
		"half of a meter rise and fall": {func(m, i, d int) float64 { return pick(m == 1 && i < 5 && (d > 9*i) != (i%2 == 0), 40, 20) }, ""},
		"one of another meter than those": {func(m, i, d int) float64 {
			return pick(m == 1 && i < 5 && (d > 9*i) != (i%2 == 0) || m == 2 && i == 3 && d >= 36, 40, 20)
		}, "vm2-3"},
		"a holiday of eight days at first": {func(m, _, d int) float64 { return pick(m < 3 && (d < 8 || d%7 >= 5), 8, 20) }, ""},
		"a holiday in the midst":           {func(m, _, d int) float64 { return pick(m < 3 && (d > 30 && d < 39 || d%7 >= 5), 8, 20) }, ""},
		"rest on Fridays and Saturdays": {func(m, i, d int) float64 {
			return pick(d%7 == 4 || d%7 == 5, 2, pick(m == 1 && i == 3 && d >= 40, 40, 20))
		}, "vm1-3"},
		"free until some day of the month": {func(m, i, d int) float64 { return pick(m == 1 && (d%30 < 5+2*i || d < 30), 0, 20) }, ""},
		"some of a meter at a turn":        {func(m, i, d int) float64 { return pick(m == 1 && i < 4 && d >= 27 && d < 31, 60, 20) }, ""},
		"one at a turn":                    {func(m, i, d int) float64 { return pick(m == 1 && i == 3 && d >= 27 && d < 31, 60, 20) }, "vm1-3"},
		"one begins":                       {func(m, i, d int) float64 { return pick(m == 1 && i == 3 && d < 40, 0, 20) }, "vm1-3"},
	} {
		t.Run(name, func(t *testing.T) {
			var told []string
			for _, f := range alarms(familiar(56, c.cost)) {
				told = append(told, f.Scope[usage.Resource])
			}
			if c.want == "" && len(told) > 0 || c.want != "" && (len(told) != 1 || told[0] != c.want) {
				t.Errorf("told of %q, want %q", told, c.want)
			}
		})
	}
}

func pick(is bool, a, b float64) float64 {
	if is {
		return a
	}
	return b
}

func TestMirror(t *testing.T) {
	rises := []float64{4, 50, 40, 30, 20, 20, 20, 20, 20, 20, 9, 8, 7}
	for _, c := range []struct {
		rises, falls []float64
		want         float64
	}{
		{nil, nil, pooledNever},
		{[]float64{50}, []float64{2, 3}, pooledNever}, // one rise proves nothing about chance
		{[]float64{50}, []float64{2, 8}, 8},
		{rises, []float64{2, 3}, 4},
		{rises, []float64{2, 8.5}, 9}, // eleven rises, and no such fall
	} {
		if got := mirror(append([]float64(nil), c.rises...), append([]float64(nil), c.falls...)); got != c.want {
			t.Errorf("rises %v, falls %v: %v, want %v", c.rises, c.falls, got, c.want)
		}
	}
}
