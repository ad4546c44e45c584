//go:build unix

package atomicfile_test

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"usagereport/internal/atomicfile"
)

// What is no file, /dev/null or a pipe, takes what is written and stays what it is.
func TestWriteIntoPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	read := make(chan string, 1)
	go func() {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
		}
		read <- string(b)
	}()
	if err := atomicfile.Write(path, func(w io.Writer) error { _, err := io.WriteString(w, "all"); return err }); err != nil {
		t.Fatal(err)
	}
	if got := <-read; got != "all" {
		t.Errorf("the pipe got %q", got)
	}
	if at, err := os.Lstat(path); err != nil || at.Mode()&fs.ModeNamedPipe == 0 {
		t.Errorf("the pipe is %v now (%v)", at.Mode(), err)
	}
}
