package usagereport_test

import (
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// arrows says which of our packages each of them may import. What it leaves
// out is not allowed: a new package is entered here with its place in the
// order, cmd -> reports -> analysis -> ledger -> usage. A name with /... is
// all packages below it.
var arrows = map[string][]string{
	"usage":                    {},
	"internal/locale":          {"usage"},
	"analysis/detect":          {"usage"},
	"analysis/bridge":          {"usage"},
	"analysis/forecast":        {"usage"},
	"ledger":                   {"internal/atomicfile", "internal/duckfile", "usage"},
	"internal/config":          {"internal/nearest", "usage"},
	"internal/query":           {"internal/duckfile", "usage"},
	"internal/query/queries":   {"internal/atomicfile"},
	"internal/terminal":        {"internal/misuse", "internal/query", "usage"},
	"internal/shell":           {"internal/query", "internal/query/queries", "usage"},
	"internal/demo":            {"internal/atomicfile", "usage"},
	"owners":                   {"internal/smallcsv", "internal/locale", "usage"},
	"internal/...":             {},
	"internal/smallcsv":        {"internal/windows1252"},
	"internal/ledgertest":      {"internal/demo", "ledger", "loader", "loader/file", "rollup"},
	"internal/azure":           {},
	"internal/azure/...":       {"internal/azure"},
	"loader":                   {"internal/atomicfile", "internal/smallcsv", "internal/windows1252", "ledger", "usage"},
	"loader/...":               {"loader", "usage"},
	"loader/remote":            {"loader"},
	"loader/https":             {"loader", "loader/remote"},
	"loader/blob":              {"loader", "loader/remote"},
	"loader/azurecost":         {"internal/azure", "loader", "loader/remote", "usage"},
	"engine":                   {"loader", "usage"},
	"engine/...":               {"engine", "loader", "usage"},
	"engine/engines":           {"analysis", "engine", "engine/parquet", "engine/trino", "internal/config", "internal/misuse", "internal/query", "ledger", "loader", "loader/file", "rollup", "usage"},
	"engine/parquet":           {"engine", "internal/atomicfile", "internal/duckfile", "loader", "usage"},
	"sending/answers":          {"internal/smallcsv", "ledger", "usage"},
	"invoices":                 {"internal/atomicfile", "internal/smallcsv", "ledger", "internal/locale", "usage"},
	"sending":                  {"analysis", "internal/config", "sending/delivery", "sending/delivery/outbox", "invoices", "ledger", "internal/locale", "internal/misuse", "owners", "reports", "reports/pdf", "usage", "workspace"},
	"sending/delivery":         {},
	"sending/delivery/...":     {"sending/delivery"},
	"sending/delivery/blob":    {"sending/delivery", "sending/delivery/retry", "loader", "loader/blob"},
	"sending/delivery/outbox":  {"internal/atomicfile", "sending/delivery"},
	"sending/delivery/folder":  {"sending/delivery", "sending/delivery/eml", "internal/atomicfile"},
	"sending/delivery/smtp":    {"sending/delivery", "sending/delivery/eml", "sending/delivery/retry"},
	"sending/delivery/webhook": {"sending/delivery", "sending/delivery/retry"},
	"rollup":                   {"ledger", "usage"},
	"analysis/eval":            {"analysis/detect", "analysis/forecast", "usage"},
	"audit":                    {"analysis", "analysis/bridge", "internal/locale", "ledger", "usage"},
	"analysis":                 {"analysis/bridge", "analysis/detect", "analysis/forecast", "internal/nearest", "internal/smallcsv", "invoices", "ledger", "internal/locale", "rollup", "usage"},
	"reports":                  {"analysis", "analysis/bridge", "sending/delivery", "internal/locale", "owners", "internal/query", "reports/chart", "usage"},
	"reports/text":             {"analysis", "analysis/bridge", "audit", "engine", "internal/azure/azureroles", "internal/hints", "internal/locale", "internal/misuse", "internal/query", "internal/query/queries", "internal/terminal", "invoices", "ledger", "loader", "reports", "sending", "usage", "workspace"},
	"reports/...":              {}, // what their tests share
	"reports/chart":            {"internal/locale", "usage"},
	"reports/pdf":              {},
	"invoices/...":             {"internal/azure", "internal/atomicfile", "invoices", "usage"},
	"workspace":                {"internal/atomicfile", "internal/smallcsv", "analysis", "sending/answers", "internal/config", "invoices", "ledger", "internal/locale", "owners", "internal/misuse", "internal/query", "internal/query/queries", "usage"},
	"web":                      {"analysis", "analysis/bridge", "internal/locale", "internal/query/queries", "internal/query", "reports", "usage"},
	"web/backend":              {"analysis", "internal/locale", "internal/misuse", "internal/query", "internal/query/queries", "ledger", "reports", "sending/answers", "usage", "web", "workspace"},
	"docs":                     {},
	"mcp":                      {"docs", "internal/query", "internal/query/queries"},
	"cmd/usagereport":          {"mcp", "analysis", "audit", "sending/answers", "internal/azure", "internal/azure/azureroles", "internal/config", "sending/delivery", "sending/delivery/blob", "sending/delivery/folder", "sending/delivery/retry", "sending/delivery/smtp", "sending/delivery/webhook", "engine", "engine/engines", "engine/parquet", "engine/trino", "internal/demo", "internal/atomicfile", "internal/hints", "internal/misuse", "internal/smallcsv", "invoices", "invoices/azurebill", "ledger", "loader", "loader/azurecost", "loader/blob", "loader/file", "loader/https", "loader/stdin", "internal/locale", "owners", "internal/query/queries", "internal/query", "internal/shell", "internal/terminal", "reports", "reports/pdf", "reports/text", "rollup", "sending", "usage", "web", "web/backend", "workspace"},
}

// stdlibOnly are the packages that use nothing but the standard library.
var stdlibOnly = []string{"usage", "analysis/bridge", "analysis/detect", "analysis/eval", "analysis/forecast"}

func TestArrows(t *testing.T) {
	const module = "usagereport/"
	for name, imports := range imports(t) {
		name, ours := strings.CutPrefix(name, module)
		if !ours {
			continue
		}
		allowed, ok := arrows[name]
		if !ok {
			for above := path.Dir(name); !ok && above != "."; above = path.Dir(above) {
				allowed, ok = arrows[above+"/..."]
			}
			if !ok {
				t.Errorf("%s has no place in the order; enter it in arrows", name)
				continue
			}
		}
		for _, path := range imports {
			if to, ours := strings.CutPrefix(path, module); ours {
				if !slices.Contains(allowed, to) {
					t.Errorf("%s imports %s; it may import %v", name, to, allowed)
				}
			} else if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") && slices.Contains(stdlibOnly, name) {
				t.Errorf("%s imports %s; it may import the standard library only", name, path)
			}
		}
	}
}

// imports returns the direct imports of every package that the program is made
// of, as the compiler sees them: by what is linked, not by what a file says.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	// The test looks at every folder itself, so that its result is not kept
	// (cached) when a file has changed.
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && len(path) > 1 && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "./...").Output()
	if err != nil {
		t.Fatalf("go list -deps: %v", err)
	}
	m := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		m[f[0]] = f[1:]
	}
	return m
}
