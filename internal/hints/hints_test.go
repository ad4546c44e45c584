package hints

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
)

// What a system says of a file is followed by what to do about it.
func TestFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		system string
		err    error
		want   string
	}{
		{"linux", syscall.EACCES, "you lack the right"},
		{"linux", fs.ErrPermission, "you lack the right"},
		{"darwin", syscall.EROFS, "can only be read"},
		{"linux", syscall.ENOSPC, "make room"},
		{"linux", errors.New("IO Error: Could not write file: No space left on device"), "make room"},
		{"linux", fmt.Errorf("the disk is full; make room (%w)", syscall.ENOSPC), ""},
		{"linux", fs.ErrNotExist, ""},
		{"linux", syscall.Errno(32), ""}, // EPIPE there
		{"windows", syscall.Errno(5), "you lack the right"},
		{"windows", syscall.Errno(19), "can only be read"},
		{"windows", syscall.Errno(112), "make room"},
		{"windows", syscall.Errno(32), "another program has the file open"},
		{"windows", syscall.Errno(225), "virus scanner"},
		{"windows", syscall.Errno(362), "Always keep on this device"},
		{"windows", syscall.Errno(2), ""},
	} {
		got := For(c.system, fmt.Errorf("write r.html: %w", &fs.PathError{Op: "open", Path: "r.html", Err: c.err}))
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s, %v: %q, want %q", c.system, c.err, got, c.want)
		}
	}
}
