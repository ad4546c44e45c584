package locale

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// keys returns every sentence that the program can say, with the place of one
// use: the texts that Go files give to T, and templates to t.
func keys(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	inTemplate := regexp.MustCompile(`\bt ("(?:[^"\\]|\\.)*")`)
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "../.." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules"):
			return fs.SkipDir
		case strings.HasSuffix(path, ".html") && filepath.Base(filepath.Dir(path)) == "templates":
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range inTemplate.FindAllStringSubmatch(string(b), -1) {
				key, err := strconv.Unquote(m[1])
				if err != nil {
					return err
				}
				out[key] = path
			}
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			return keysOf(path, out)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// keysOf adds the texts that a Go file gives to T.
func keysOf(path string, out map[string]string) error {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		switch fun := call.Fun.(type) {
		case *ast.SelectorExpr:
			if x, ok := fun.X.(*ast.Ident); !ok || x.Name != "locale" || fun.Sel.Name != "T" {
				return true
			}
		case *ast.Ident:
			if fun.Name != "T" { // of this package, or another name of it
				return true
			}
		default:
			return true
		}
		var texts []*ast.BasicLit
		ast.Inspect(call.Args[0], func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				texts = append(texts, lit)
			}
			return true
		})
		for _, lit := range texts {
			if key, err := strconv.Unquote(lit.Value); err == nil {
				out[key] = set.Position(lit.Pos()).String()
			}
		}
		return true
	})
	return nil
}

// A hole has its number behind its digits: %.2[1]f, and "%[1].2f" says %!f(BADINDEX).
var verb = regexp.MustCompile(`%[-+.0-9]*(?:\[(\d)\])?([a-z%])`)

// verbs returns the holes of a format in the order of what goes into them.
func verbs(format string) string {
	var out []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[2] == "%" {
			continue
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		out = append(out, strconv.Itoa(next)+m[2])
		next++
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}

// words reports whether a format says anything of its own.
func words(format string) bool {
	return strings.Trim(verb.ReplaceAllString(format, ""), " ,;:.()/–-·\n") != ""
}

// Every sentence is in every catalogue, no catalogue has one that nobody says,
// and a translation has the same holes.
func TestMessagesAreComplete(t *testing.T) {
	used := keys(t)
	if len(used) < 100 {
		t.Fatalf("only %d sentences found", len(used))
	}
	chinese, err := messages(TraditionalChinese)
	if err != nil {
		t.Fatal(err)
	}
	english, err := messages(English)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range slices.Sorted(maps.Keys(used)) {
		if _, ok := chinese[key]; !ok && words(key) {
			t.Errorf("%s: zh-Hant.json lacks %q", used[key], key)
		}
		if _, ok := english[key]; !ok && strings.Contains(key, "%d") {
			t.Errorf("%s: en.json lacks the plural forms of %q", used[key], key)
		}
	}
	for lang, messages := range map[string]map[string]translation{TraditionalChinese: chinese, English: english} {
		for _, key := range slices.Sorted(maps.Keys(messages)) {
			if used[key] == "" {
				t.Errorf("%s.json: nobody says %q", lang, key)
			}
			for _, text := range messages[key].texts {
				if verbs(text) != verbs(key) {
					t.Errorf("%s.json: %q has not the holes of %q", lang, text, key)
				}
				if strings.ContainsAny(text, `<>&"`) || text == "" {
					t.Errorf("%s.json: %q cannot stand in a page", lang, text)
				}
			}
		}
	}
	for key := range used {
		if strings.ContainsAny(key, `<>&"`) {
			t.Errorf("%s: %q cannot stand in a page", used[key], key)
		}
	}
}

// Chinese has the punctuation of its own width, and no blanks beside its signs: it
// sets none between words and numbers.
func TestChineseIsSetAsChinese(t *testing.T) {
	chinese, err := messages(TraditionalChinese)
	if err != nil {
		t.Fatal(err)
	}
	const sign = `[\p{Han}、。，；：？！（）「」]`
	for what, wrong := range map[string]*regexp.Regexp{
		"a blank beside a sign":     regexp.MustCompile(sign + ` | ` + sign),
		"punctuation of half width": regexp.MustCompile(sign + `[,;:?!()]|[,;:?!()]` + sign),
		"a full stop of half width": regexp.MustCompile(sign + `\.(?:$|[^0-9a-z%])`),
	} {
		for _, key := range slices.Sorted(maps.Keys(chinese)) {
			for _, text := range chinese[key].texts {
				if at := wrong.FindString(text); at != "" {
					t.Errorf("%q has %s: %q", text, what, at)
				}
			}
		}
	}
}

// What is said to readers has one word for one thing, and none of those that it had before.
func TestRetiredPhrases(t *testing.T) {
	retired := regexp.MustCompile(`(?i)\b(?:nobody|somebody|befell|befalls|alarms?|noise|will hold|going over|goes on|go on|instead of about|` +
		`instead of nothing|will end near|slow drift|worth a look|unexpected falls|what carries it|judged against|` +
		`are told|was told|reconcile)\b|[0-9s] %(?:[^ds.\[]|$)`)
	used := keys(t)
	for _, key := range slices.Sorted(maps.Keys(used)) {
		if at := retired.FindString(strings.ReplaceAll(strings.ToLower(key), "false alarm", "")); at != "" {
			t.Errorf("%s: %q says %q", used[key], key, at)
		}
	}
	english, err := messages(English)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range slices.Sorted(maps.Keys(english)) {
		for _, text := range english[key].texts {
			if at := retired.FindString(strings.ReplaceAll(strings.ToLower(text), "false alarm", "")); at != "" {
				t.Errorf("en.json: %q says %q", text, at)
			}
		}
	}
}
