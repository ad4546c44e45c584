// Package file is the loader's source for files, folders and globs on this
// machine.
package file

import (
	"context"
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
		paths, err := expand(ref.Rest)
		if err != nil {
			yield(loader.Object{}, err)
			return
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
	return loader.Object{Ref: filepath.ToSlash(path), Version: fmt.Sprintf("%d-%d", info.Size(), info.ModTime().UnixNano()), Size: info.Size(), Modified: info.ModTime().UTC()}
}

func expand(name string) ([]string, error) {
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return below(name)
	case err == nil:
		return []string{name}, nil
	case !strings.ContainsAny(name, "*?["):
		return nil, err
	}
	paths, err := filepath.Glob(name)
	if err != nil {
		return nil, fmt.Errorf("pattern %s: %w", name, err)
	}
	slices.Sort(paths)
	return slices.DeleteFunc(paths, func(p string) bool {
		info, err := os.Stat(p)
		return err == nil && info.IsDir()
	}), nil
}

func below(dir string) (paths []string, err error) {
	err = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Type().IsRegular() && loader.IsUsageFile(d.Name()) {
			paths = append(paths, p)
		}
		return nil
	})
	return paths, err
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
