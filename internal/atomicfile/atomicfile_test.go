package atomicfile_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"usagereport/internal/atomicfile"
)

// A folder's path, and one in a folder that is not there, are refused with what to do, and not with a system's words.
func TestWriteWhereNoFileCanBe(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]string{
		dir:                                     "it is a folder; name a file in it",
		dir + "/new/":                           "it is a folder; name a file in it",
		filepath.Join(dir, "none", "page.html"): "there is no folder " + filepath.Join(dir, "none") + "; make it first",
	} {
		err := atomicfile.Write(path, func(io.Writer) error { return nil })
		if err == nil || err.Error() != "write "+path+": "+want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

func TestWrite(t *testing.T) {
	broken := errors.New("broken")
	for _, c := range []struct {
		name, was, text string
		err             error
		want            string
	}{
		{"a new file", "", "new", nil, "new"},
		{"in the place of another", "old", "new", nil, "new"},
		{"what fails leaves the old one", "old", "half", broken, "old"},
		{"what fails leaves none", "", "half", broken, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "a.txt")
			if c.was != "" {
				if err := os.WriteFile(path, []byte(c.was), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			err := atomicfile.Write(path, func(w io.Writer) error {
				if _, err := io.WriteString(w, c.text); err != nil {
					return err
				}
				return c.err
			})
			if !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
			}
			b, _ := os.ReadFile(path)
			if string(b) != c.want {
				t.Errorf("the file holds %q, want %q", b, c.want)
			}
			left, err := os.ReadDir(dir)
			if err != nil || c.want == "" && len(left) != 0 || c.want != "" && len(left) != 1 {
				t.Errorf("in the folder are %v, %v", left, err)
			}
		})
	}
}

func TestFolder(t *testing.T) {
	parent := t.TempDir()
	path := filepath.Join(parent, "made")
	fill := func(text string) func(string) error {
		return func(dir string) error { return os.WriteFile(filepath.Join(dir, "a.txt"), []byte(text), 0o600) }
	}
	broken := errors.New("broken")
	if err := atomicfile.Folder(path, func(string) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if err := atomicfile.Folder(path, fill("first")); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.Folder(path, fill("second")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error %v, want %v", err, fs.ErrExist)
	}
	b, err := os.ReadFile(filepath.Join(path, "a.txt"))
	if err != nil || string(b) != "first" {
		t.Errorf("the folder holds %q, %v", b, err)
	}
	if left, err := os.ReadDir(parent); err != nil || len(left) != 1 {
		t.Errorf("beside it are %v, %v", left, err)
	}
}
