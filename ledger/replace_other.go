//go:build !windows

package ledger

import (
	"os"
	"syscall"
)

// replaceFile puts a file in the place of another, at once. Who has that one open keeps it.
func replaceFile(from, to string) error { return os.Rename(from, to) }

// syncFile writes to the disk what the system still holds of a file or folder.
func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// removeLock removes the lock's file and lets go of it, in this order: a process that finds no
// file makes its own.
func removeLock(path string, release func() error) {
	os.Remove(path)
	_ = release() // the kernel takes it back in any case
}

// diskFull lists the errors of a disk without room, inUse those of a file that another program
// has open in a way that leaves none to us.
func diskFull() []syscall.Errno { return []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT} }
func inUse() []syscall.Errno    { return nil }
