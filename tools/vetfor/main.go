// Command vetfor is go vet for systems whose C compiler is not here.
//
//	vetfor [-tags LIST] SYSTEM/ARCH... ROOT
//
// go vet compiles all that a package imports, DuckDB's C interface too, which
// wants a compiler for that system. Types need none: this reads all packages
// from their source, takes what is in C as this system's compiler sees it, and
// runs go vet's checks on the packages of ROOT.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/analysis/suite/vet"
	"golang.org/x/tools/go/packages"
)

func main() {
	tags := flag.String("tags", "", "build tags, with commas between them")
	flag.Parse()
	if flag.NArg() < 2 {
		fmt.Fprintln(os.Stderr, "usage: vetfor [-tags LIST] SYSTEM/ARCH... ROOT")
		os.Exit(2)
	}
	systems, root := flag.Args()[:flag.NArg()-1], flag.Arg(flag.NArg()-1)
	var failed error
	for _, system := range systems {
		n, err := run(system, *tags, root)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", system, err))
			continue
		}
		fmt.Fprintf(os.Stderr, "%s: %d packages\n", system, n)
	}
	if failed != nil {
		fmt.Fprintln(os.Stderr, "vetfor:", failed)
		os.Exit(1)
	}
}

// run looks at the packages of root for one system, and returns how many they are.
func run(system, tags, root string) (int, error) {
	listed, err := list(system, tags, root)
	if err != nil {
		return 0, err
	}
	_, arch, _ := strings.Cut(system, "/")
	l := loader{
		fset: token.NewFileSet(), sizes: types.SizesFor("gc", arch),
		types: map[string]*types.Package{"unsafe": types.Unsafe}, ours: map[string]*packages.Package{},
	}
	var ours []*packages.Package
	for _, p := range listed {
		checked, err := l.check(p)
		if err != nil {
			return 0, err
		}
		if checked != nil {
			ours = append(ours, checked)
		}
	}
	if len(ours) == 0 {
		return 0, fmt.Errorf("%s has no packages", root)
	}
	graph, err := checker.Analyze(vet.Suite, ours, nil)
	if err != nil {
		return 0, err
	}
	var found []error
	for action := range graph.All() {
		if action.Err != nil {
			found = append(found, fmt.Errorf("%s: %w", action, action.Err))
		}
		if !action.IsRoot {
			continue
		}
		for _, d := range action.Diagnostics {
			found = append(found, fmt.Errorf("%s: %s", l.fset.Position(d.Pos), d.Message))
		}
	}
	return len(ours), errors.Join(found...)
}

// A listed package is what go list says of one.
type listed struct {
	Dir, ImportPath, Name           string
	GoFiles, CgoFiles, IgnoredFiles []string
	ImportMap                       map[string]string
	DepOnly, Standard               bool
	Module                          *struct{ GoVersion string }
}

// list returns the packages of root and all that they and their tests import,
// each after what it imports itself.
func list(system, tags, root string) ([]listed, error) {
	goos, goarch, ok := strings.Cut(system, "/")
	if !ok {
		return nil, fmt.Errorf("%q is no SYSTEM/ARCH, like darwin/arm64", system)
	}
	c := exec.Command("go", "list", "-deps", "-test", "-tags="+tags,
		"-json=Dir,ImportPath,Name,GoFiles,CgoFiles,IgnoredFiles,ImportMap,DepOnly,Standard,Module", "./...")
	c.Dir, c.Stderr = root, os.Stderr
	c.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=1")
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	var all []listed
	for d := json.NewDecoder(out); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, errors.Join(err, c.Wait())
		}
		if p.ImportPath == "unsafe" || strings.HasSuffix(p.ImportPath, ".test") { // whose main function go test writes
			continue
		}
		if len(p.CgoFiles) > 0 && !p.Standard {
			if p.GoFiles, err = translated(p.ImportPath, tags, root); err != nil {
				return nil, errors.Join(err, c.Wait())
			}
			p.CgoFiles = nil
		}
		all = append(all, p)
	}
	return all, c.Wait()
}

// translated returns the files that cgo makes of a package on this system: the C
// that a package of ours reaches has the same types on each.
func translated(path, tags, root string) ([]string, error) {
	c := exec.Command("go", "list", "-compiled", "-tags="+tags, "-f", `{{join .CompiledGoFiles "\n"}}`, path)
	c.Dir, c.Stderr = root, os.Stderr
	c.Env = append(os.Environ(), "CGO_ENABLED=1")
	out, err := c.Output()
	return strings.Split(strings.TrimSpace(string(out)), "\n"), err
}

// A loader has the types of all packages that were checked.
type loader struct {
	fset  *token.FileSet
	sizes types.Sizes
	types map[string]*types.Package
	ours  map[string]*packages.Package
}

// check reads and checks a package. Of those that are only imported, the bodies
// of functions are left out, and nil is returned.
func (l *loader) check(p listed) (*packages.Package, error) {
	made := &packages.Package{ID: p.ImportPath, Name: p.Name, Fset: l.fset, TypesSizes: l.sizes, Imports: map[string]*packages.Package{}}
	for _, name := range append(p.GoFiles, p.CgoFiles...) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(p.Dir, name)
		}
		file, err := parser.ParseFile(l.fset, name, nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return nil, err
		}
		made.Syntax = append(made.Syntax, file)
	}
	var found []error
	config := types.Config{
		Importer: importer{l, p, made}, FakeImportC: true, Sizes: l.sizes, IgnoreFuncBodies: p.DepOnly,
		Error: func(err error) { found = append(found, err) },
	}
	if p.Module != nil && p.Module.GoVersion != "" {
		config.GoVersion = "go" + p.Module.GoVersion
	}
	path, _, _ := strings.Cut(p.ImportPath, " ") // as in: ledger [ledger.test]
	made.PkgPath = path
	if !p.DepOnly {
		made.TypesInfo = &types.Info{
			Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
			Implicits: map[ast.Node]types.Object{}, Instances: map[*ast.Ident]types.Instance{},
			Scopes: map[ast.Node]*types.Scope{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, FileVersions: map[*ast.File]string{},
		}
	}
	made.Types, _ = config.Check(path, l.fset, made.Syntax, made.TypesInfo) // every error is in found
	l.types[p.ImportPath] = made.Types
	if len(found) > 0 {
		return nil, errors.Join(found...)
	}
	if p.DepOnly {
		return nil, nil
	}
	for _, name := range p.IgnoredFiles {
		made.IgnoredFiles = append(made.IgnoredFiles, filepath.Join(p.Dir, name))
	}
	l.ours[p.ImportPath] = made
	return made, nil
}

// An importer finds what one package imports.
type importer struct {
	*loader
	of   listed
	made *packages.Package
}

func (i importer) Import(path string) (*types.Package, error) {
	from := path
	if mapped, ok := i.of.ImportMap[path]; ok {
		from = mapped
	}
	if p, ok := i.ours[from]; ok {
		i.made.Imports[path] = p
	}
	if p, ok := i.types[from]; ok {
		return p, nil
	}
	return nil, fmt.Errorf("%s was not read", from)
}
