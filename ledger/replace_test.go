package ledger

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The byte that is locked is not used: on Windows no handle but the one that has locked it
// reads or writes it.
func TestLockedByteIsNotUsed(t *testing.T) {
	w := &working{path: filepath.Join(t.TempDir(), "usage.duckdb")}
	name := w.path + lockEnd
	if err := os.WriteFile(name, []byte("\x0012345678901234567890\n"), 0o600); err != nil { // of one that was killed
		t.Fatal(err)
	}
	if err := w.acquire(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got := notedPID(name); got != os.Getpid() {
		t.Errorf("the file names PID %d, want %d", got, os.Getpid())
	}
	b, err := os.ReadFile(name)
	if err != nil || b[0] != 0 || !strings.HasPrefix(string(b[pidAt:]), fmt.Sprint(os.Getpid())) {
		t.Errorf("the file holds %q, %v", b, err)
	}
	var taken *InUseError
	second := &working{path: w.path}
	if err := second.acquire(t.Context(), nil); !errors.As(err, &taken) || taken.PID != os.Getpid() {
		t.Errorf("a second writer: %v", err)
	}
	w.release()
	if _, err := os.Stat(name); !os.IsNotExist(err) {
		t.Errorf("the lock is still there: %v", err)
	}
}

// A file that steps aside for a newer one is read to its end by who has it open, and is gone.
func TestReplaceAside(t *testing.T) {
	dir := t.TempDir()
	path, made := filepath.Join(dir, "a.duckdb"), filepath.Join(dir, "a.duckdb.writing")
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	holds := func(want string) {
		t.Helper()
		if b, err := os.ReadFile(path); string(b) != want {
			t.Errorf("the file holds %q, %v; want %q", b, err, want)
		}
	}
	put(path, "old")
	put(made, "new")
	reader, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := replaceAside(made, path); err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(reader); string(b) != "old" {
		t.Errorf("a reader reads %q, %v", b, err)
	}
	holds("new")
	if left, err := aside(path); len(left) != 0 || err != nil {
		t.Errorf("%v is left, %v", left, err)
	}
	if err := replaceAside(made, path); err == nil { // it is not there
		t.Error("nothing was put in the place")
	}
	holds("new")

	// Killed between the two renames, the ledger is where it was for the next who opens it.
	if err := os.Rename(path, path+asideEnd+"KILLED"); err != nil {
		t.Fatal(err)
	}
	put(filepath.Join(dir, "b.duckdb"+asideEnd+"OTHER"), "another's")
	if err := comeBack(path); err != nil {
		t.Fatal(err)
	}
	holds("new")
	if err := comeBack(filepath.Join(dir, "none", "c.duckdb")); err != nil {
		t.Error(err)
	}
}
