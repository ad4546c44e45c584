package file_test

import (
	"os"
	"path/filepath"
	"testing"

	"usagereport/loader"
	"usagereport/loader/file"
	"usagereport/loader/loadertest"
)

func TestSource(t *testing.T) {
	loadertest.TestSource(t, func(t *testing.T) loadertest.Store {
		dir := t.TempDir()
		return loadertest.Store{
			Source: file.Source{},
			Put: func(t *testing.T, name, content string) {
				path := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			},
			Remove: func(t *testing.T, name string) {
				if err := os.Remove(filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
			},
			Ref: func(name string) loader.Ref { return loader.ParseRef(filepath.Join(dir, name)) },
		}
	})
}

func TestFolderTakesUsageFilesOnly(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.csv", "truth.txt", "sub/B.CSV.GZ", "sub/readme.md"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for obj, err := range (file.Source{}).List(t.Context(), loader.ParseRef(dir)) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, filepath.Base(obj.Ref))
	}
	if len(got) != 2 || got[0] != "a.csv" || got[1] != "B.CSV.GZ" {
		t.Errorf("got %v, want a.csv and B.CSV.GZ", got)
	}
}
