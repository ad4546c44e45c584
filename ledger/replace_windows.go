package ledger

import (
	"os"
	"path/filepath"
	"syscall"
)

// replaceFile puts a file in the place of another. Who has that one open keeps it: DuckDB opens
// files to read so that others may rename or delete them.
func replaceFile(from, to string) error {
	err := patient(func() error { return os.Rename(from, to) })
	if err == nil {
		return nil
	}
	// Since Windows 10 1607 a rename can replace a file that is open, with the semantics of
	// POSIX, which a Root's asks for and os.Rename does not.
	if root, err := os.OpenRoot(filepath.Dir(to)); err == nil {
		err = root.Rename(filepath.Base(from), filepath.Base(to))
		root.Close()
		if err == nil {
			return nil
		}
	}
	if replaceAside(from, to) != nil {
		return err
	}
	return nil
}

// syncFile writes to the disk what the system still holds of a file. Windows does that through
// a handle that may write, and of no folder.
func syncFile(path string) error {
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// removeLock lets go of the lock's file and removes it, in this order: Windows removes nothing
// that is open. A process that has locked it in between keeps it.
func removeLock(path string, release func() error) {
	_ = release() // the kernel takes it back in any case
	os.Remove(path)
}

// diskFull lists the errors of a disk without room (ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL),
// inUse those of a file that another program has open in a way that leaves none to us
// (ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION): also a scanner for viruses, for a moment.
func diskFull() []syscall.Errno { return []syscall.Errno{39, 112} }
func inUse() []syscall.Errno    { return []syscall.Errno{32, 33} }
