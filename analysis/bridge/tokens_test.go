package bridge_test

import (
	"strings"
	"testing"

	"usagereport/analysis/bridge"
	"usagereport/usage"
)

// Tokens of one pool may stand in for each other: how many, of which model, input or output, and
// from the cache or not are lanes of their own.
func TestTokens(t *testing.T) {
	for _, tt := range []struct {
		name  string
		lines []string // "model kind prior current", with "/pool" or "/pool/owner" behind the kind
		want  []string
		sum   string
	}{
		{
			"more of all",
			[]string{"a input 10*100 20*200", "a output 30*50 60*100"},
			[]string{"quantity 10", "quantity 30"},
			"quantity 40",
		},
		{
			"a higher price",
			[]string{"a input 10*100 15*100", "a output 30*50 30*50"},
			[]string{"price 5", ""},
			"price 5",
		},
		{
			"another model for as many",
			[]string{"a input 100*100 0", "b input 0 40*100"},
			[]string{"model_mix -100", "model_mix 40"},
			"model_mix -60",
		},
		{
			"another model for twice as many",
			[]string{"a input 100*100 0", "b input 0 80*200"},
			[]string{"quantity 100, model_mix -200", "model_mix 80"},
			"quantity 100, model_mix -120",
		},
		{
			"more of the dearer model",
			[]string{"a input 100*100 50*50", "b input 20*100 30*150"},
			[]string{"model_mix -50", "model_mix 10"},
			"model_mix -40",
		},
		{
			"from the cache",
			[]string{"a input 100*100 20*20", "a cached 0 8*80"},
			[]string{"cache_share -80", "cache_share 8"},
			"cache_share -72",
		},
		{
			"more from the cache, and dearer",
			[]string{"a input 50*50 20*20", "a cached 5*50 16*80"},
			[]string{"cache_share -30", "price 8, cache_share 3"},
			"price 8, cache_share -27",
		},
		{
			"longer answers",
			[]string{"a input 80*80 60*60", "a output 80*20 160*40"},
			[]string{"token_kind -20", "token_kind 80"},
			"token_kind 60",
		},
		{
			"the first answers",
			[]string{"a input 80*80 60*60", "a output 0 160*20"},
			[]string{"token_kind -20", "token_kind 160"},
			"token_kind 140",
		},
		{
			"thousands beside millions are tokens",
			[]string{"a input:1000 100*100 0", "b input:1 0 40*100000"},
			[]string{"model_mix -100", "model_mix 40"},
			"model_mix -60",
		},
		{
			"a meter of the same model and kind",
			[]string{"a input 100*100 50*50", "a input 120*100 180*150"},
			[]string{"model_mix -50", "model_mix 60"},
			"model_mix 10",
		},
		{
			"another pool is new and gone",
			[]string{"a input/x 100*100 0", "b input/y 0 40*100"},
			[]string{"gone -100", "new 40"},
			"new 40, gone -100",
		},
		{
			"another owner's",
			[]string{"a input/p/x 100*100 0", "b input/p/y 0 40*100"},
			[]string{"gone -100", "new 40"},
			"new 40, gone -100",
		},
		{
			"no tokens",
			[]string{"a input/- 100*100 0", "b input/- 0 40*100"},
			[]string{"gone -100", "new 40"},
			"new 40, gone -100",
		},
		{
			"what has no quantity stands apart",
			[]string{"a input/x 100*0 50*0", "b input/x 10*10 20*20"},
			[]string{"unattributed -50", "quantity 10"},
			"quantity 10, unattributed -50",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var lines []bridge.Line
			for i, s := range tt.lines {
				w := strings.Fields(s)
				place := strings.Split(w[1]+"//", "/")
				kind, size, _ := strings.Cut(place[0]+":1", ":")
				k := bridge.Tokens{Pool: "p" + place[1], Model: w[0], Size: usage.MustDecimal(strings.Split(size, ":")[0])}
				if k.Output = kind == "output"; !k.Output {
					k.Kind = kind
				}
				if place[1] == "-" {
					k = bridge.Tokens{}
				}
				lines = append(lines, bridge.Line{
					Category: "Usage", Thing: w[0] + kind + string(rune('0'+i)), Unit: "tokens", Priced: true, Owner: place[2], Tokens: k,
					Prior: side(t, w[2]), Current: side(t, w[3]),
				})
				if place[1] == "" { // one meter after the other of a key is no other size of it
					lines[i].Resize = "r"
				}
			}
			var sum bridge.Bridge
			for i, b := range bridge.Of(lines) {
				if got := told(b); got != tt.want[i] {
					t.Errorf("line %d: got %q, want %q", i, got, tt.want[i])
				}
				sum = sum.Add(b)
			}
			if got := told(sum); got != tt.sum {
				t.Errorf("all: got %q, want %q", got, tt.sum)
			}
		})
	}
}
