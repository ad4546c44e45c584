// Package file is the loader's source for files, folders and globs on this
// machine.
package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"usagereport/loader"
)

// A Source lists and opens files.
type Source struct{}

// List implements loader.Source. A folder stands for the usage files in and
// below it, a pattern for the files that match it.
func (Source) List(ctx context.Context, ref loader.Ref) iter.Seq2[loader.Object, error] {
	return func(yield func(loader.Object, error) bool) {
		if shown := ref.String(); shown != ref.Rest {
			yield(loader.Object{}, errors.New("there is no such file; if it is meant as a link, it begins with https://"))
			return
		}
		paths, unread, err := expand(ref.Rest)
		if err != nil {
			yield(loader.Object{}, err)
			return
		}
		for _, e := range unread {
			if !yield(loader.Object{}, e) {
				return
			}
		}
		for _, p := range paths {
			if err := ctx.Err(); err != nil {
				yield(loader.Object{}, err)
				return
			}
			info, err := os.Stat(p)
			if err != nil {
				yield(loader.Object{}, err)
				return
			}
			if !info.Mode().IsRegular() {
				yield(loader.Object{}, fmt.Errorf("%s: is not a regular file", p))
				return
			}
			if !yield(describe(p, info), nil) {
				return
			}
		}
	}
}

func describe(path string, info fs.FileInfo) loader.Object {
	return loader.Object{
		Ref: filepath.ToSlash(path), Version: fmt.Sprintf("%d-%d", info.Size(), info.ModTime().UnixNano()),
		Size: info.Size(), Modified: info.ModTime().UTC(),
	}
}

// expand returns the files that a name stands for, and what of them cannot be read.
func expand(name string) (paths []string, unread []*loader.PlaceError, err error) {
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return below(name)
	case err == nil:
		return []string{name}, nil, nil
	case errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(name, "*?["):
		return nil, nil, fmt.Errorf("%w; look how it is spelled, and put a name with blanks in quotes", err)
	case !strings.ContainsAny(name, "*?["):
		return nil, nil, err
	}
	paths, err = filepath.Glob(name)
	if err != nil {
		return nil, nil, fmt.Errorf("pattern %s: %w", name, err)
	}
	slices.Sort(paths)
	return slices.DeleteFunc(paths, func(p string) bool {
		info, err := os.Stat(p)
		return err == nil && info.IsDir() || strings.HasPrefix(filepath.Base(p), "._") // see loader.IsUsageFile
	}), nil, nil
}

var errLink = errors.New("is a symbolic link, which is not followed in a folder; name it by itself if it is meant")

// below returns the usage files of a folder and of those in it.
func below(dir string) ([]string, []*loader.PlaceError, error) {
	w := &walk{root: dir}
	err := filepath.WalkDir(dir, w.visit)
	return w.paths, w.unread, err
}

// A walk collects what stands below a folder.
type walk struct {
	root   string
	paths  []string
	unread []*loader.PlaceError
}

// visit implements fs.WalkDirFunc. Only a root that cannot be read ends the walk.
func (w *walk) visit(p string, d fs.DirEntry, err error) error {
	skip := func(err error) { w.unread = append(w.unread, &loader.PlaceError{Ref: filepath.ToSlash(p), Err: err}) }
	switch {
	case err != nil && p == w.root:
		return err
	case err != nil:
		var e *fs.PathError
		if errors.As(err, &e) {
			err = e.Err // the place stands before it
		}
		skip(err)
		if d != nil && d.IsDir() {
			return fs.SkipDir
		}
	case d.Type()&fs.ModeSymlink != 0:
		if info, err := os.Stat(p); err == nil && info.IsDir() || loader.IsUsageFile(d.Name()) {
			skip(errLink)
		}
	case d.Type().IsRegular() && loader.IsUsageFile(d.Name()):
		w.paths = append(w.paths, p)
	}
	return nil
}

// Open implements loader.Source.
func (Source) Open(_ context.Context, obj loader.Object, offset int64) (io.ReadCloser, error) {
	f, err := os.Open(filepath.FromSlash(obj.Ref))
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	if describe(obj.Ref, info).Version != obj.Version {
		f.Close()
		return nil, fmt.Errorf("%s: %w", obj.Ref, loader.ErrChanged)
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
