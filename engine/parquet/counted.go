package parquet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"usagereport/engine"
	"usagereport/loader"
)

// deltaLog is the folder of a Delta table that says which of its files count.
const deltaLog = "_delta_log"

// counted leaves out files that are no usage, as their names say, and refuses a table of Delta
// with files that may no longer count, unless a pattern names those that do.
func (e *Engine) counted(objects []loader.Object, o Options) ([]loader.Object, error) {
	place := strings.TrimPrefix(e.place, Scheme+":")
	if e.local {
		place = path.Clean(filepath.ToSlash(place))
	}
	delta := false
	objects = slices.DeleteFunc(objects, func(obj loader.Object) bool {
		delta = delta || strings.Contains(obj.Ref, "/"+deltaLog+"/")
		return hidden(obj.Ref, place)
	})
	if !e.local {
		if delta {
			o.Note("%s holds a table of Delta, of which all files are read; if something was ever replaced in it, have a cluster read it "+
				"('usagereport engine ddl PLACE --form delta')", e.place)
		}
		return objects, nil
	}
	seen := map[string]bool{}
	for _, obj := range objects {
		for dir := path.Dir(obj.Ref); len(dir) >= len(place) && !seen[dir]; dir = path.Dir(dir) {
			seen[dir] = true
			only, err := onlyAdded(filepath.FromSlash(dir))
			if err != nil {
				return nil, fmt.Errorf("%s: see whether all files of %s count: %w", e.place, dir, err)
			}
			if !only {
				return nil, &engine.DeltaError{Place: e.place, Folder: dir}
			}
		}
	}
	return objects, nil
}

// hidden reports whether a file, or a folder that it is in, begins with _ or a point, as those do
// that programs keep beside usage, or still write; but for what the place itself says.
func hidden(ref, place string) bool {
	given := strings.Split(place, "/")
	for i, part := range strings.Split(ref, "/") {
		if part == "" || !strings.ContainsAny(part[:1], "_.") || place != "." && i < len(given) && strings.HasPrefix(given[i], part[:1]) {
			continue
		}
		return true
	}
	return false
}

// onlyAdded reports whether nothing was ever replaced in a table of Delta, or there is none: the
// log, from its first entry to its last, takes no file out and no rows of one.
func onlyAdded(dir string) (bool, error) {
	log := filepath.Join(dir, deltaLog)
	entries, err := os.ReadDir(log)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	next := 0
	for _, entry := range entries {
		if len(entry.Name()) != len("00000000000000000000.json") || filepath.Ext(entry.Name()) != ".json" {
			continue
		}
		if entry.Name() != fmt.Sprintf("%020d.json", next) {
			return false, nil
		}
		next++
		b, err := os.ReadFile(filepath.Join(log, entry.Name()))
		if err != nil {
			return false, err
		}
		for line := range bytes.Lines(b) {
			var action struct {
				Remove *struct{}
				Add    struct{ DeletionVector *struct{} }
			}
			if err := json.Unmarshal(line, &action); err != nil {
				return false, fmt.Errorf("%s: %w", filepath.Join(log, entry.Name()), err)
			}
			if action.Remove != nil || action.Add.DeletionVector != nil {
				return false, nil
			}
		}
	}
	return next > 0, nil
}
