package workspace

import (
	"fmt"
	"os"
	"strconv"
	"sync"
)

// A Watch says when a report on a workspace may have become another one.
type Watch struct {
	Of *Workspace

	mu    sync.Mutex
	last  os.FileInfo // of the ledger
	files int         // how many there have been
}

// Version changes when a load replaces the ledger, or a file beside it changes that a
// report depends on.
func (w *Watch) Version() (string, error) {
	info, err := os.Stat(w.Of.Path())
	if err != nil {
		return "", fmt.Errorf("the ledger is not there: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.last == nil || !os.SameFile(w.last, info) || w.last.Size() != info.Size() || !w.last.ModTime().Equal(info.ModTime()) {
		w.last = info
		w.files++
	}
	version := strconv.Itoa(w.files)
	paths := []string{w.Of.OwnersPath, w.Of.ConfigPath}
	for _, name := range OwnNames() {
		paths = append(paths, w.Of.Beside(name))
	}
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			version += fmt.Sprintf(" %d %d", info.Size(), info.ModTime().UnixNano())
		}
	}
	return version, nil
}
