package loader

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"usagereport/internal/atomicfile"
)

// A keep stores the files of a job as they come, so that what a cloud no longer
// offers can be loaded again. They get their place before the load is committed
// and lose it if it is not.
type keep struct {
	dir    string      // "" to store nothing
	mode   fs.FileMode // of the files
	files  []*os.File
	names  []string
	stored []string
	place  string // what store returned
}

// tee returns in, and stores what is read of it.
func (k *keep) tee(in io.Reader, ref string) (io.Reader, error) {
	if k.dir == "" {
		return in, nil
	}
	if err := atomicfile.MakeFolder(k.dir, k.mode); err != nil {
		return nil, fmt.Errorf("keep the file in %s: %w", k.dir, err)
	}
	f, err := os.CreateTemp(k.dir, ".keeping-*")
	if err != nil {
		return nil, fmt.Errorf("keep the file in %s: %w", k.dir, err)
	}
	k.files, k.names = append(k.files, f), append(k.names, keptName(ref))
	return io.TeeReader(in, f), nil
}

// rest reads what the unpacking of in has left, so that all of it is stored.
func (k *keep) rest(in io.Reader) error {
	if k.dir == "" {
		return nil
	}
	_, err := io.Copy(io.Discard, in)
	return err
}

// keptName is a file's name without what a name cannot hold.
func keptName(ref string) string {
	name := strings.Map(func(c rune) rune {
		if c < ' ' || strings.ContainsRune(`/\:*?"<>|`, c) {
			return '_'
		}
		return c
	}, path.Base(ref))
	if name == "-" || name == "" || name == "." {
		return "stdin.csv"
	}
	if path.Ext(name) == "" { // so that a folder's listing takes it
		name += ".csv"
	}
	return name
}

// store gives the files their names and returns the place: DIR/HASH-NAME of one
// file, the folder DIR/HASH of several. The content's hash keeps files of the
// same name apart.
func (k *keep) store(sha256 string) (string, error) {
	if k.dir == "" || k.place != "" {
		return k.place, nil // of a zip file with several members, once
	}
	fail := func(err error) (string, error) { return "", fmt.Errorf("keep the file in %s: %w", k.dir, err) }
	short := sha256[:12]
	place := filepath.Join(k.dir, short)
	if len(k.files) > 1 {
		if err := atomicfile.MakeFolder(place, k.mode); err != nil {
			return fail(err)
		}
	}
	for i, f := range k.files {
		to := place + "-" + k.names[i]
		if len(k.files) > 1 {
			to = filepath.Join(place, k.names[i])
		} else {
			place = to
		}
		if err := errors.Join(f.Chmod(k.mode), f.Sync(), f.Close()); err != nil {
			return fail(err)
		}
		if err := os.Rename(f.Name(), to); err != nil {
			return fail(err)
		}
		k.stored = append(k.stored, to)
	}
	k.files, k.place = nil, place
	return place, nil
}

// done lets the files stay.
func (k *keep) done() { k.stored = nil }

// discard removes what was stored and is not done.
func (k *keep) discard() {
	for _, f := range k.files {
		f.Close()
		os.Remove(f.Name())
	}
	for _, path := range k.stored {
		os.Remove(path)
	}
}
