package usagereport_test

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

// named finds the parameters of a statement.
var named = regexp.MustCompile(`\$([a-z_][a-z0-9_]*)`)

// SQL names its parameters, and who runs a statement gives each of them, and no
// other: DuckDB's driver binds a name that it does not find by its place, in
// silence.
func TestStatementsNameTheirParameters(t *testing.T) {
	numbered := regexp.MustCompile(`\$[0-9]`)
	bound := map[string]bool{} // files of statements with parameters that a call was seen to run
	with := map[string]bool{}  // files of statements with parameters
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return filepath.SkipDir
		case filepath.Ext(path) == ".sql":
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if numbered.Match(b) {
				t.Errorf("%s has parameters that are numbered; name them", path)
			}
			if len(parameters(string(b))) > 0 && filepath.Base(filepath.Dir(path)) == "sql" {
				with[path] = true
			}
		case filepath.Ext(path) == ".go" && !strings.HasSuffix(path, "_test.go"):
			return checkCalls(t, path, bound)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for path := range with {
		if !bound[path] {
			t.Errorf("%s: no call was found that gives its parameters by name", path)
		}
	}
	if len(bound) < 50 {
		t.Errorf("only %d statements were found: %v", len(bound), slices.Sorted(maps.Keys(bound)))
	}
}

// checkCalls compares the parameters of each statement that a file's calls run, one
// in a file or in the call itself, with those that the call gives. What passes on a
// list of parameters is left to who makes the list.
func checkCalls(t *testing.T, path string, bound map[string]bool) error {
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || call.Ellipsis.IsValid() {
			return true
		}
		given := map[string]bool{}
		for _, arg := range call.Args {
			if name, ok := argument(arg); ok {
				given[name] = true
			}
		}
		if len(given) == 0 {
			return true
		}
		for _, arg := range call.Args {
			text, file := statement(filepath.Dir(path), arg)
			if _, ok := argument(arg); ok || text == "" {
				continue
			}
			if file != "" {
				bound[file] = true
			}
			wants := parameters(text)
			if !maps.Equal(wants, given) {
				t.Errorf("%s: the statement has the parameters %v and gets %v", files.Position(call.Pos()),
					slices.Sorted(maps.Keys(wants)), slices.Sorted(maps.Keys(given)))
			}
		}
		return true
	})
	return nil
}

func parameters(text string) map[string]bool {
	out := map[string]bool{}
	for line := range strings.Lines(text) {
		code, _, _ := strings.Cut(line, "--")
		for _, m := range named.FindAllStringSubmatch(code, -1) {
			out[m[1]] = true
		}
	}
	return out
}

// argument returns the name of a parameter that sql.Named gives.
func argument(e ast.Expr) (string, bool) {
	call, ok := e.(*ast.CallExpr)
	if !ok || len(call.Args) != 2 {
		return "", false
	}
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || f.Sel.Name != "Named" {
		return "", false
	}
	if p, ok := f.X.(*ast.Ident); !ok || p.Name != "sql" {
		return "", false
	}
	return literal(call.Args[0])
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// statement returns the text of a statement that an argument is or names, and the
// file in which it stands.
func statement(dir string, e ast.Expr) (text, file string) {
	for call, ok := e.(*ast.CallExpr); ok && len(call.Args) > 0; call, ok = e.(*ast.CallExpr) {
		e = call.Args[0] // query("NAME"), or what fills it in
	}
	s, ok := literal(e)
	if !ok {
		return "", ""
	}
	if regexp.MustCompile(`^[a-z_]+$`).MatchString(s) {
		file = filepath.Join(dir, "sql", s+".sql")
		b, err := os.ReadFile(file)
		if err != nil {
			return "", ""
		}
		return string(b), file
	}
	if strings.Contains(s, "$") {
		return s, ""
	}
	return "", ""
}

// A name stands for one statement in all packages, so that a reader who looks for
// it finds one.
func TestStatementsHaveOneName(t *testing.T) {
	paths, err := filepath.Glob("*/sql/*.sql")
	if err != nil || len(paths) < 50 {
		t.Fatal(err, len(paths))
	}
	of := map[string]string{}
	for _, path := range paths {
		name := filepath.Base(path)
		if other := of[name]; other != "" {
			t.Errorf("%s and %s have the same name", other, path)
		}
		of[name] = path
	}
}
