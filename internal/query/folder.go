package query

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// folders are the folders in which statements write what they must.
const (
	folders = ".usagereport-*"
	inUse   = "lock"
	settled = time.Minute // after which a folder that no process holds is a dead one's
)

// Folder makes a folder for what a statement writes, in parent, "" for the system's.
// It removes those that processes left there that were killed. remove removes it.
func Folder(parent string, now time.Time) (dir string, remove func(), err error) {
	if parent == "" {
		parent = os.TempDir()
	}
	sweep(parent, now)
	fail := func(err error) (string, func(), error) {
		return "", nil, fmt.Errorf("make a folder for what is written on the way: %w", err)
	}
	if dir, err = os.MkdirTemp(parent, folders); err != nil {
		return fail(err)
	}
	lock := flock.New(filepath.Join(dir, inUse))
	if _, err := lock.TryLock(); err != nil {
		os.RemoveAll(dir)
		return fail(err)
	}
	return dir, func() {
		_ = lock.Close() // the folder goes in any case
		os.RemoveAll(dir)
	}, nil
}

// sweep removes the folders in parent whose process has ended. What cannot be removed
// is another user's.
func sweep(parent string, now time.Time) {
	left, err := filepath.Glob(filepath.Join(parent, folders))
	if err != nil { // of the pattern, which a parent with a bracket may spoil
		return
	}
	for _, dir := range left {
		info, err := os.Lstat(dir)
		if err != nil || !info.IsDir() || now.Sub(info.ModTime()) < settled {
			continue
		}
		lock := flock.New(filepath.Join(dir, inUse))
		if held, err := lock.TryLock(); err == nil && held {
			os.RemoveAll(dir)
		}
		_ = lock.Close()
	}
}
