package workspace

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWatch(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := Watch{Of: &Workspace{LedgerPath: filepath.Join(dir, "usage.duckdb"), OwnersPath: "who.csv", Getenv: os.Getenv}}
	if _, err := w.Version(); err == nil {
		t.Error("a ledger that is not there has a version")
	}
	put("usage.duckdb", "one")
	last := ""
	for _, step := range []struct {
		name   string
		do     func()
		change bool
	}{
		{"first", func() {}, true},
		{"nothing", func() {}, false},
		{"another file", func() { put("other.txt", "x") }, false},
		{"answers", func() { put(AnswersName, "finding,answer\n") }, true},
		{"the owners file that was named", func() { put("who.csv", "name,rule\n") }, true},
		{"owners again", func() { put("who.csv", "name,rule\nAda,ServiceName=*\n") }, true},
		{"another ledger of the same size", func() {
			put("new", "two")
			if err := os.Rename("new", "usage.duckdb"); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"nothing again", func() {}, false},
	} {
		step.do()
		version, err := w.Version()
		if err != nil || (version != last) != step.change {
			t.Errorf("%s: %q after %q, %v", step.name, version, last, err)
		}
		last = version
	}
}
