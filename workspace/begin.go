package workspace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"usagereport/internal/atomicfile"
	"usagereport/internal/config"
	"usagereport/owners"
)

// UsageFiles lists the files of a folder that may be usage files, the newest first.
func UsageFiles(dir string) (names []string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	at := map[string]int64{}
	for _, e := range entries {
		name := strings.ToLower(e.Name())
		known := slices.ContainsFunc([]string{".csv", ".csv.gz", ".csv.zst", ".zip", ".parquet"}, func(end string) bool {
			return strings.HasSuffix(name, end)
		})
		if info, err := e.Info(); err == nil && known && !slices.Contains(OwnNames(), name) && info.Mode().IsRegular() {
			names, at[e.Name()] = append(names, e.Name()), info.ModTime().UnixNano()
		}
	}
	slices.SortStableFunc(names, func(x, y string) int { return int(min(1, max(-1, at[y]-at[x]))) })
	return names
}

// Init makes what is missing of a folder to work in: the configuration, the folder exports
// for usage files and, where the ledger has usage, a draft of the owners file. done is called with each
// path, made or there already; drafted says whether there are owners to check.
func (w *Workspace) Init(ctx context.Context, dir string, done func(path string, made bool) error) (drafted bool, err error) {
	exports := filepath.Join(dir, "exports")
	_, err = os.Lstat(exports)
	missing := errors.Is(err, fs.ErrNotExist)
	if err := os.MkdirAll(exports, 0o755); err != nil {
		return false, fmt.Errorf("make %s; name a folder in which you may write: %w", exports, err)
	}
	if err := done(exports, missing); err != nil {
		return false, err
	}
	put := func(name string, text []byte) error {
		path := filepath.Join(dir, name)
		_, err := os.Lstat(path)
		if err == nil {
			return done(path, false)
		}
		if errors.Is(err, fs.ErrNotExist) {
			err = atomicfile.Put(path, text, 0o644)
		}
		if err != nil {
			return err
		}
		return done(path, true)
	}
	if err := put(config.Name, config.Sample); err != nil {
		return false, err
	}
	// Where there is one, nobody is told to write a draft over it.
	if _, err := os.Lstat(filepath.Join(dir, OwnersName)); err == nil {
		return true, put(OwnersName, nil)
	}
	drafts, err := w.SuggestOwners(ctx, "")
	if err != nil || len(drafts) == 0 { // nothing is loaded yet
		return false, nil
	}
	var b bytes.Buffer
	if err := owners.WriteDrafts(&b, drafts); err != nil {
		return false, err
	}
	return true, put(OwnersName, b.Bytes())
}

// NextCommands says what to do next in the present folder, by what it holds: each a command without the program's name,
// and what it does. quoted is a file's name as a shell takes it.
func (w *Workspace) NextCommands(quoted func(string) string) (next [][2]string) {
	files := UsageFiles(".")
	_, err := os.Stat(w.Path())
	switch {
	case err == nil:
		next = append(next, [2]string{"report", "a page on what " + w.Path() + " holds"},
			[2]string{"load FILE...", "adds newer usage files to it"})
	case len(files) > 0:
		next = append(next, [2]string{"report " + quoted(files[0]), "a page on this file"},
			[2]string{"load .", "keeps all files of this folder, to compare months"})
	case len(UsageFiles("exports")) > 0:
		next = append(next, [2]string{"load exports/", "keeps what you have downloaded into it, to compare months"},
			[2]string{"report", "then makes a page on the newest period"})
	default:
		next = append(next, [2]string{"report FILE", "a page on a usage file that you have downloaded"},
			[2]string{"demo demo", "writes invented files, to look at a report: usagereport report demo"})
	}
	return append(next, [2]string{"init", "makes a folder for each month's work"}, [2]string{"--help", "lists all commands"})
}
