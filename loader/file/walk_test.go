package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// A folder that may not be read, and a symbolic link, are named; the rest is taken.
func TestWalkGoesOn(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.csv", "locked/b.csv", "z.csv"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for from, to := range map[string]string{"link.csv": "a.csv", "folder": "locked", "readme": "a.csv", "broken.csv": "none"} {
		if err := os.Symlink(filepath.Join(dir, to), filepath.Join(dir, from)); err != nil {
			t.Fatal(err)
		}
	}
	w := &walk{root: dir}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if filepath.Base(p) == "locked" && d.IsDir() {
			err = &fs.PathError{Op: "open", Path: p, Err: fs.ErrPermission} // root may read all
		}
		return w.visit(p, d, err)
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(w.paths) != 2 || filepath.Base(w.paths[1]) != "z.csv" {
		t.Errorf("files: %v", w.paths)
	}
	unread := map[string]error{}
	for _, e := range w.unread {
		unread[filepath.Base(e.Ref)] = e.Err
	}
	if len(unread) != 4 || !errors.Is(unread["locked"], fs.ErrPermission) || unread["link.csv"] == nil || unread["folder"] == nil || unread["broken.csv"] == nil {
		t.Errorf("unread: %v", unread)
	}
}
