package workspace

import (
	"os"
	"path/filepath"
	"testing"
)

// What to do next follows from what the folder holds.
func TestNextCommands(t *testing.T) {
	for _, c := range []struct {
		files []string
		first string
	}{
		{nil, "report FILE"},
		{[]string{"exports/2026-10.csv"}, "load exports/"},
		{[]string{"exports/2026-10.csv", "october bill.csv"}, `report "october bill.csv"`},
		{[]string{"october bill.csv", "usage.duckdb"}, "report"},
	} {
		t.Chdir(t.TempDir())
		for _, name := range c.files {
			if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		w := &Workspace{Getenv: func(string) string { return "" }}
		next := w.NextCommands(func(name string) string { return `"` + name + `"` })
		if next[0][0] != c.first || len(next) != 4 {
			t.Errorf("%v: %v, want %s first", c.files, next, c.first)
		}
	}
}

// A backup has the owners file once: the one that is named, else the one that is there.
func TestBackedUp(t *testing.T) {
	dir := t.TempDir()
	w := &Workspace{Getenv: func(string) string { return "" }, LedgerPath: filepath.Join(dir, "usage.duckdb"), ConfigPath: filepath.Join(dir, "usagereport.yaml")}
	if owners, _ := w.BackedUp(); owners != "" {
		t.Errorf("without an owners file: %s", owners)
	}
	beside := filepath.Join(dir, OwnersName)
	if err := os.WriteFile(beside, []byte("name,rule\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for given, want := range map[string]string{"": beside, NoOwners: beside, "other.csv": "other.csv"} {
		w.OwnersPath = given
		owners, more := w.BackedUp()
		if owners != want {
			t.Errorf("--owners %q: %s, want %s", given, owners, want)
		}
		for _, path := range more {
			if filepath.Base(path) == OwnersName {
				t.Errorf("--owners %q: it has %s twice", given, path)
			}
		}
	}
}
