package usage

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestParseShare(t *testing.T) {
	for text, want := range map[string]string{
		"even":                       "even []",
		" Proportional ":             "proportional []",
		"even: Web; Search":          "even [Search:0 Web:0]",
		"proportional:Web;":          "proportional [Web:0]",
		"Web=33.3; Search = 66.7 %;": "fixed [Search:66.7 Web:33.3]",
		"a=b=100":                    "fixed [a=b:100]",
	} {
		s, err := ParseShare(text)
		var names []string
		for _, r := range s.Receivers {
			names = append(names, r.Owner+":"+r.Percent.String())
		}
		if got := fmt.Sprintf("%s %v", s.By, names); err != nil || got != want {
			t.Errorf("%q is %s (%v), want %s", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"evenly":           "use even, proportional, one of these with names like even: Search; Web, or shares in percent like Search=60; Web=40",
		"Web=60, Shop=40":  `"Web=60, Shop=40": shares are divided by a semicolon`,
		"even:":            "names nobody",
		";":                "names nobody",
		"Web=60;Search=39": "add up to 99 %, not to 100 %",
		"Web=0;Search=100": `"0" is no share in percent`,
		"Web=-1":           "no share in percent",
		"Web=33,3":         `"33,3" is no share in percent`,
		"even: Web; web":   "stands twice",
		"Web=50;Web=50":    "Web stands twice",
	} {
		if _, err := ParseShare(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestSplit(t *testing.T) {
	to := func(percents ...string) (out []Receiver) {
		for i, p := range percents {
			out = append(out, Receiver{string(rune('A' + i)), MustDecimal(p)})
		}
		return out
	}
	own := map[string]Decimal{"A": MustDecimal("1"), "B": MustDecimal("-7"), "C": MustDecimal("3")}
	for _, c := range []struct {
		by    ShareBy
		total string
		to    []Receiver
		want  string
	}{
		{Evenly, "1", to("0", "0", "0"), "[0.333333333333333334 0.333333333333333333 0.333333333333333333]"}, // the first name has the rest
		{Evenly, "-0.000000000000000002", to("0", "0", "0"), "[-0.000000000000000001 -0.000000000000000001 0]"},
		{Fixed, "10", to("33.3", "66.7"), "[3.33 6.67]"},
		{InProportion, "10", to("0", "0", "0"), "[2.5 0 7.5]"},
		{InProportion, "10", to("0", "0", "0", "0")[3:], "[10]"},
		{Evenly, "10", nil, "[]"},
	} {
		if got := fmt.Sprint(c.by.Split(MustDecimal(c.total), c.to, own)); got != c.want {
			t.Errorf("%s of %s among %v is %s, want %s", c.by, c.total, c.to, got, c.want)
		}
	}
	random := rand.New(rand.NewPCG(3, 4))
	amount := func() Decimal {
		return DecimalOf(random.Int64N(2_000_001) - 1_000_000).Add(DecimalFromFloat(random.Float64()))
	}
	for range 500 {
		total, list, own := amount(), to([]string{"1", "1", "1", "1", "1", "1", "1"}[:1+random.IntN(7)]...), map[string]Decimal{}
		for i := range list {
			list[i].Percent, own[list[i].Owner] = DecimalOf(1+random.Int64N(99)), amount()
		}
		for _, by := range []ShareBy{Evenly, InProportion, Fixed} {
			var sum Decimal
			for _, d := range by.Split(total, list, own) {
				sum = sum.Add(d)
				if d.Sign()*total.Sign() < 0 {
					t.Fatalf("%s of %s gives %s", by, total, d)
				}
			}
			if sum != total {
				t.Fatalf("%s of %s among %v adds up to %s", by, total, list, sum)
			}
		}
	}
}
