package workspace

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestUsageFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "folder.csv"), 0o755); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	for i, name := range []string{"old.csv", "Owners.csv", "metrics.csv", "notes.txt", "usage.duckdb", "new.CSV.GZ", "newest.parquet"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, begun, begun.Add(time.Duration(i)*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := UsageFiles(dir), []string{"newest.parquet", "new.CSV.GZ", "old.csv"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := UsageFiles(filepath.Join(dir, "none")); got != nil {
		t.Errorf("of a folder that is not there: %q", got)
	}
}

// Init makes what is missing, and leaves what is there as it is.
func TestInit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "costs")
	w := &Workspace{LedgerPath: filepath.Join(dir, "usage.duckdb"), Getenv: func(string) string { return "" }, Now: time.Now}
	for _, wantMade := range []bool{true, false} {
		var paths []string
		drafted, err := w.Init(t.Context(), dir, func(path string, made bool) error {
			if made != wantMade {
				t.Errorf("%s: made is %v", path, made)
			}
			paths = append(paths, path)
			return nil
		})
		if err != nil || drafted || !slices.Equal(paths, []string{filepath.Join(dir, "exports"), filepath.Join(dir, "usagereport.yaml")}) {
			t.Errorf("%q, drafted %v, %v", paths, drafted, err)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "exports")); err != nil || !info.IsDir() {
		t.Errorf("there is no folder for usage files: %v", err)
	}
	if _, err := w.Init(t.Context(), filepath.Join(dir, "usagereport.yaml"), nil); err == nil {
		t.Error("a file is taken for a folder")
	}
}
