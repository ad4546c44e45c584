package loader_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usagereport/loader"
)

// FuzzRecognize drives bytes through unpacking, recognition and reading: no
// crash, no hang, and a file that is refused leaves nothing behind.
func FuzzRecognize(f *testing.F) {
	paths, err := filepath.Glob(filepath.Join(samples, "*", "*.csv"))
	if err != nil || len(paths) == 0 {
		f.Fatal(err, paths)
	}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b[:min(len(b), 3000)])
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		l := open(t)
		r := load(t, l, loader.Options{}, write(t, "fuzz.csv", string(content)))[0]
		if r.Status == loader.Refused {
			if got := value(t, l, "SELECT count(*) FROM charges"); got != "0" {
				t.Errorf("%s charges of a refused file", got)
			}
			return
		}
		for cur, total := range r.Totals {
			column := "EffectiveCost"
			if r.CostType == "focus" {
				column = "BilledCost"
			}
			if got := value(t, l, "SELECT coalesce(sum("+column+"), 0) = $1::DECIMAL(38,18) FROM usage WHERE BillingCurrency = $2", total.String(), cur); got != "true" {
				t.Errorf("the ledger's sum in %q is not the file's %s", cur, total)
			}
		}
	})
}

// A header decides by its names alone: their order, case and language do not
// count.
func TestFormatOf(t *testing.T) {
	formats, err := loader.Formats()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range formats {
		if f.Sections {
			continue
		}
		var h loader.Header
		for _, c := range f.Requires {
			h = append(h, c[len(c)-1])
		}
		for name, change := range map[string]func(loader.Header){
			"as it is":  func(loader.Header) {},
			"shuffled":  func(h loader.Header) { rand.Shuffle(len(h), func(i, j int) { h[i], h[j] = h[j], h[i] }) },
			"lower":     func(h loader.Header) { each(h, strings.ToLower) },
			"localised": func(h loader.Header) { each(h, func(s string) string { return "Übersetzt (neu) (" + s + ")" }) },
		} {
			own := append(loader.Header{}, h...)
			change(own)
			got, err := loader.FormatOf(formats, own, nil)
			if err != nil || got.Name != f.Name {
				t.Errorf("%s, %s: %v, %v", f.Name, name, got, err)
			}
		}
	}
}

func each(h loader.Header, f func(string) string) {
	for i := range h {
		h[i] = f(h[i])
	}
}
