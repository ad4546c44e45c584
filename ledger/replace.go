package ledger

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// asideEnd is in the names of ledgers that were moved aside to make place for a newer one.
const asideEnd = ".old-"

// replaceAside puts a file in the place of another that readers have open, where the system
// replaces no such file but renames it: the old one steps aside first. A process that is killed
// between the two renames leaves no file under the name; comeBack mends that.
func replaceAside(from, to string) error {
	old := to + asideEnd + rand.Text()
	if err := os.Rename(to, old); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return errors.Join(err, os.Rename(old, to))
	}
	os.Remove(old) // it goes with the last that has it open
	return nil
}

// How long comeBack waits for a process that is between its two renames.
const (
	asideTries = 10
	asideStep  = 20 * time.Millisecond
)

// comeBack puts a ledger back in its place that a killed process has left aside.
func comeBack(path string) error {
	for try := range asideTries {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		left, err := aside(path)
		if err != nil || len(left) == 0 {
			return err
		}
		if try < asideTries-1 {
			time.Sleep(asideStep)
			continue
		}
		newest, at := "", time.Time{}
		for _, name := range left {
			if info, err := os.Stat(name); err == nil && !info.ModTime().Before(at) {
				newest, at = name, info.ModTime()
			}
		}
		if newest == "" {
			return nil
		}
		if err := os.Rename(newest, path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("put %s back in its place, from which a write that was interrupted took it; rename it to %s yourself: %w",
				newest, filepath.Base(path), err)
		}
	}
	return nil
}

// aside returns what was moved aside of the ledger at path.
func aside(path string) (names []string, err error) {
	entries, err := os.ReadDir(filepath.Dir(path)) // a pattern would take the path's own letters for signs
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	begin := filepath.Base(path) + asideEnd
	for _, e := range entries {
		if name := e.Name(); len(name) > len(begin) && name[:len(begin)] == begin {
			names = append(names, filepath.Join(filepath.Dir(path), name))
		}
	}
	return names, err
}

// patient does something again, for a second, while another program has the file open in a way
// that leaves none to us: a reader that adds a note, or a scanner for viruses.
func patient(do func() error) error {
	err := do()
	for try := 0; try < 2*asideTries && isAny(err, inUse()); try++ {
		time.Sleep(2 * asideStep)
		err = do()
	}
	return err
}
