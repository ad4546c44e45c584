package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is wrong for one system only is found for that system, in tests too; a
// package that is imported may use C.
func TestRun(t *testing.T) {
	root := filepath.Join(t.TempDir(), "a module")
	for name, text := range map[string]string{
		"go.mod":               "module example.org/m\n\ngo 1.26.0\n\nrequire example.org/c v1.0.0\n\nreplace example.org/c => ./c\n",
		"c/go.mod":             "module example.org/c\n\ngo 1.26.0\n",
		"m.go":                 "package m\n\nimport \"example.org/c\"\n\nvar Long int = int(c.Long(1))\n",
		"c/c.go":               "package c\n\n// typedef long number;\nimport \"C\"\n\ntype Long = C.number\n",
		"m_windows.go":         "package m\n\nimport \"fmt\"\n\nfunc say() { fmt.Printf(\"%d\\n\", \"x\") }\n",
		"m_darwin_test.go":     "package m\n\nvar notThere = Missing\n",
		"other/other_linux.go": "package other\n",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOFLAGS", "-trimpath")
	for system, want := range map[string]string{
		"windows/amd64": "m_windows.go:5:26: fmt.Printf format %d has arg \"x\" of wrong type string",
		"darwin/arm64":  "undefined: Missing",
		"linux/arm64":   "",
	} {
		n, err := run(system, "", root)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", system, err)
		case want == "" && n != 2:
			t.Errorf("%s: %d packages, want two, for others' are only read", system, n)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %s", system, err, want)
		}
	}
}
