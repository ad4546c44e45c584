package usage_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"usagereport/usage"
)

func TestParseDecimal(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "-0": "0", "1": "1", "+1.5": "1.5", "-1.50": "-1.5", ".5": "0.5", "5.": "5",
		"0.000000000000000001":           "0.000000000000000001",
		"0.2618755954811488071493712087": "0.261875595481148807 rounded",
		"0.0000000000000000005":          "0.000000000000000001 rounded",
		"-0.0000000000000000005":         "-0.000000000000000001 rounded",
		"0.0000000000000000004":          "0 rounded",
		"1.0000000000000000000000":       "1",
		"5.64902E-05":                    "0.0000564902", "2.32e-9": "0.00000000232", "1E3": "1000", "1e+3": "1000", "0e99999": "0",
		"99999999999999999999.999999999999999999": "99999999999999999999.999999999999999999",
		"123456789012345678.123456789012345678":   "123456789012345678.123456789012345678",
		"1234567890123456789":                     "1234567890123456789",
	} {
		d, rounded, err := usage.ParseDecimal(in)
		got := d.String()
		if rounded {
			got += " rounded"
		}
		if err != nil || got != want {
			t.Errorf("%q is %s (%v), want %s", in, got, err, want)
		}
		if b, _, err := usage.ParseDecimal([]byte(in)); b != d || err != nil {
			t.Errorf("%q as bytes is %s (%v), as a string %s", in, b, err, d)
		}
	}
	for _, in := range []string{
		"", "-", ".", "1,5", "1 000", "$1", "1.2.3", "0x1", "NaN", "Inf", "1e", "1e1.5", "1e\v5", "1e 5",
		"1e5 ", "1e5\n", "1e+-5", "1e1_0", "1e5|", "--1", "+-1", "e5", "1_000", "١", "100000000000000000000", "1e60", "1e99999",
		"99999999999999999999.9999999999999999999",
	} {
		if d, _, err := usage.ParseDecimal(in); err == nil {
			t.Errorf("%q is %s, want an error", in, d)
		}
	}
}

// FuzzParseDecimal holds the short path to big.Rat.
func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"1.5", "-0.000000000000000001", "12345678901234567890.1", "1e-5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, rounded, err := usage.ParseDecimal(s)
		if err != nil || rounded {
			return
		}
		r, ok := new(big.Rat).SetString(s)
		if !ok {
			t.Fatalf("%q is %s here and no number to big.Rat", s, d)
		}
		if got, _ := new(big.Rat).SetString(d.String()); got.Cmp(r) != 0 {
			t.Errorf("%q is %s", s, d)
		}
	})
}

func random(r *rand.Rand) usage.Decimal {
	b := new(big.Int).SetUint64(r.Uint64())
	b.Mul(b, new(big.Int).SetUint64(r.Uint64()>>r.IntN(60)))
	if r.IntN(2) == 0 {
		b.Neg(b)
	}
	d, ok := usage.DecimalFromBig(b.Quo(b, big.NewInt(100)))
	if !ok {
		return usage.Decimal{}
	}
	return d
}

func TestArithmeticIsThatOfIntegers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 10_000 {
		a, b := random(r), random(r)
		sum := new(big.Int).Add(a.Big(), b.Big())
		if got := a.Add(b).Big(); got.Cmp(sum) != 0 {
			t.Fatalf("%s + %s = %s", a, b, a.Add(b))
		}
		if a.Sub(b) != a.Add(b.Neg()) || a.Sub(a) != (usage.Decimal{}) {
			t.Fatalf("%s - %s = %s", a, b, a.Sub(b))
		}
		if got, want := a.Cmp(b), a.Big().Cmp(b.Big()); got != want {
			t.Fatalf("cmp(%s, %s) = %d, want %d", a, b, got, want)
		}
		if back, _, err := usage.ParseDecimal(a.String()); back != a || err != nil {
			t.Fatalf("%s reads back as %s (%v)", a, back, err)
		}
		if whole, frac, ok := a.Parts(); ok {
			w := new(big.Int).Mul(big.NewInt(whole), big.NewInt(1_000_000_000_000_000_000))
			if w.Add(w, big.NewInt(frac)).Cmp(a.Big()) != 0 {
				t.Fatalf("%s is %d and %d", a, whole, frac)
			}
		}
	}
}

func TestTextAndRound(t *testing.T) {
	for _, c := range []struct {
		in     string
		digits int
		text   string
		round  string
	}{
		{"751.7", 2, "751.70", "751.7"},
		{"0", 2, "0.00", "0"},
		{"-0.005", 2, "-0.005", "-0.01"},
		{"1.004999", 2, "1.004999", "1"},
		{"1500", 0, "1500", "1500"},
		{"1500.5", 0, "1500.5", "1501"},
		{"1.5", 3, "1.500", "1.5"},
		{"99999999999999999999.999", 2, "99999999999999999999.999", "99999999999999999999.999"}, // 10^20 does not fit
	} {
		d := usage.MustDecimal(c.in)
		if got := d.Text(c.digits); got != c.text {
			t.Errorf("%s to %d digits: %s, want %s", c.in, c.digits, got, c.text)
		}
		if got := d.Round(c.digits).String(); got != c.round {
			t.Errorf("%s rounded to %d digits: %s, want %s", c.in, c.digits, got, c.round)
		}
	}
	if got := (usage.Money{Amount: usage.MustDecimal("751.7"), Currency: "JPY"}).Text(); got != "751.7" {
		t.Errorf("yen: %s", got)
	}
}

func TestSpreadAddsUpToTheLastDigit(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 2_000 {
		total := random(r)
		weights := make([]usage.Decimal, 1+r.IntN(40))
		for i := range weights {
			if r.IntN(4) > 0 {
				weights[i] = random(r).Abs()
			}
		}
		var sum usage.Decimal
		for _, s := range usage.Spread(total, weights) {
			sum = sum.Add(s)
			if s.Sign() != 0 && s.Sign() != total.Sign() {
				t.Fatalf("a share of %s is %s", total, s)
			}
		}
		if sum != total {
			t.Fatalf("the shares of %s add up to %s", total, sum)
		}
	}
	var text []string
	for _, s := range usage.Spread(usage.MustDecimal("1"), []usage.Decimal{usage.DecimalOf(1), usage.DecimalOf(1), usage.DecimalOf(1)}) {
		text = append(text, s.String())
	}
	if got, want := strings.Join(text, " "), "0.333333333333333334 0.333333333333333333 0.333333333333333333"; got != want {
		t.Errorf("thirds: %s, want %s", got, want)
	}
	if got := usage.Spread(usage.DecimalOf(1), nil); len(got) != 0 {
		t.Errorf("no weights: %v", got)
	}
}

func TestHundredth(t *testing.T) {
	for text, want := range map[string]string{
		"123.45": "1.2345 true", "-100": "-1 true", "0": "0 true", "0.000000000000000050": "0.000000000000000001 false",
		"-0.000000000000000149": "-0.000000000000000001 false", "0.0000000000000001": "0.000000000000000001 true",
	} {
		d, exact := usage.MustDecimal(text).Hundredth()
		if got := fmt.Sprint(d, exact); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// The nearest double is that of the fraction, whatever the number's size.
func TestDecimalFloat64(t *testing.T) {
	random, scale := rand.New(rand.NewPCG(3, 4)), big.NewInt(1_000_000_000_000_000_000)
	check := func(n *big.Int) {
		t.Helper()
		d, ok := usage.DecimalFromBig(n)
		if !ok {
			return
		}
		if want, _ := new(big.Rat).SetFrac(n, scale).Float64(); d.Float64() != want {
			t.Errorf("%s: %x, want %x", d, d.Float64(), want)
		}
	}
	one := big.NewInt(1)
	for length := range 128 {
		n := new(big.Int).Lsh(one, uint(length))
		for range 300 {
			// Numbers of that many bits, and those beside the middle of two doubles.
			x := new(big.Int).SetUint64(random.Uint64())
			x.Lsh(x, 64).Or(x, new(big.Int).SetUint64(random.Uint64())).Mod(x, n).Add(x, n)
			check(x)
			check(new(big.Int).Neg(x))
			f, _ := new(big.Rat).SetFrac(x, scale).Float64()
			middle := new(big.Rat).SetFloat64(f)
			middle.Add(middle, new(big.Rat).SetFloat64(math.Nextafter(f, math.Inf(1)))).Mul(middle, new(big.Rat).SetFrac(scale, big.NewInt(2)))
			y := new(big.Int).Quo(middle.Num(), middle.Denom())
			for _, step := range []int64{-1, 0, 1} {
				check(new(big.Int).Add(y, big.NewInt(step)))
			}
		}
	}
	if got := (usage.Decimal{}).Float64(); got != 0 {
		t.Errorf("0 is %g", got)
	}
}
