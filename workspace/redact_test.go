package workspace

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The key is its maker's alone, is made once, and is never another file.
func TestRedactKey(t *testing.T) {
	var said strings.Builder
	g := &Workspace{Note: func(format string, args ...any) { fmt.Fprintf(&said, format, args...) }}
	path := filepath.Join(t.TempDir(), "home.key")
	first, err := g.redactKey(path)
	if err != nil || len(first) != keyBytes || !strings.Contains(said.String(), path) {
		t.Fatalf("%d bytes, %v, %q", len(first), err, said.String())
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file has the mode %v (%v)", info.Mode(), err)
	}
	if second, err := g.redactKey(path); err != nil || !bytes.Equal(first, second) {
		t.Errorf("the key is another one the second time: %v", err)
	}
	for _, text := range []string{"", "abcd", "name,rule\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := g.redactKey(path); err == nil || !strings.Contains(err.Error(), "holds no key") {
			t.Errorf("%q is a key: %v", text, err)
		}
	}
	if _, err := g.redactKey(filepath.Join(path, "below")); err == nil {
		t.Error("a key is made where there is no folder")
	}
}

// The key is not made in the folder of the report, nor below it; the folder that one
// works in is home.
func TestKeptHome(t *testing.T) {
	top := t.TempDir()
	t.Chdir(top)
	for _, folder := range []string{"away/keys", "home", "away-keys"} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	link := runtime.GOOS != "windows" // where anybody may make one
	if link {
		if err := os.Symlink(filepath.Join(top, "away"), "link"); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		key, out string
		refused  bool
	}{
		{"redact.key", "", false},
		{"redact.key", "-", false},
		{"redact.key", "report.html", false},
		{"redact.key", "../report.html", false},
		{"redact.key", "away/report.html", false},
		{"home/a.key", "away/report.html", false},
		{"away-keys/a.key", "away/report.html", false},
		{"away/a.key", "away/report.html", true},
		{"away/keys/a.key", "away/report.html", true},
		{"home/../away/a.key", filepath.Join(top, "away", "report.html"), true},
		{"link/a.key", "away/report.html", link},
		{"away/a.key", "link/report.html", link},
		{"away/new/a.key", "away/report.html", true},
		{"link/new/a.key", "away/report.html", link},
	} {
		if err := KeptHome(tc.key, tc.out); (err != nil) != tc.refused {
			t.Errorf("the key %s with the report %q: %v", tc.key, tc.out, err)
		}
	}
}
