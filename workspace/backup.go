package workspace

import (
	"os"
	"path/filepath"

	"usagereport/internal/config"
)

// BackedUp are the files that belong into a backup besides the ledger, whether they are there or not: the owners file,
// "" for the one that the ledger was last looked at through, and more.
func (w *Workspace) BackedUp() (owners string, more []string) {
	owners = w.OwnersPath
	if owners == NoOwners {
		owners = ""
	}
	if path := w.Beside(OwnersName); owners == "" {
		if _, err := os.Stat(path); err == nil {
			owners = path
		}
	}
	more = []string{filepath.Join(filepath.Dir(w.Path()), config.Name)}
	for _, name := range OwnNames() {
		if path := w.Beside(name); path != owners && name != OwnersName {
			more = append(more, path)
		}
	}
	return owners, more
}
