// Package atomicfile writes files and folders that appear whole or not at all: under
// a temporary name beside the place, and renamed when all is written.
package atomicfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// temporary begins the names of what is being written, and of what a killed process
// leaves.
const temporary = ".writing-"

// errFolder says that what would be a file's path is a folder's.
var errFolder = errors.New("it is a folder; name a file in it")

// Write puts what write writes into the file path, which everybody may read, and
// replaces what is there.
func Write(path string, write func(io.Writer) error) error { return WriteAs(path, 0o644, write) }

// WriteAs is Write for a file of another mode.
func WriteAs(path string, mode fs.FileMode, write func(io.Writer) error) error {
	if err := replace(path, mode, write); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

func replace(path string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	// A device or a pipe takes what is written; a rename would put a file in its place.
	if at, err := os.Stat(path); err == nil && !at.Mode().IsRegular() && !at.IsDir() {
		return into(path, write)
	}
	if at, err := os.Stat(path); err == nil && at.IsDir() || path != "" && os.IsPathSeparator(path[len(path)-1]) {
		return errFolder
	}
	f, err := os.CreateTemp(filepath.Dir(path), temporary+"*")
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no folder %s; make it first", filepath.Dir(path))
	}
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	w := bufio.NewWriterSize(f, 1<<18)
	if err := write(w); err != nil {
		return err
	}
	if err := errors.Join(w.Flush(), f.Chmod(mode)); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func into(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<18)
	return errors.Join(write(w), w.Flush(), f.Close())
}

// Folder makes the folder path of what fill puts into a temporary one. What is there
// already stays: the error is then fs.ErrExist.
func Folder(path string, fill func(dir string) error) error {
	dir, err := os.MkdirTemp(filepath.Dir(path), temporary+"*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	if err := fill(dir); err != nil {
		return err
	}
	// A rename would replace an empty folder.
	if _, err := os.Lstat(path); err == nil {
		return fs.ErrExist
	}
	if err := os.Rename(dir, path); err != nil {
		if _, there := os.Lstat(path); there == nil { // another process has just put it there
			return fs.ErrExist
		}
		return err
	}
	return nil
}

// MakeFolder makes the folder dir, and those above it, for files of a mode: whoever may
// read them may list it. One that is there stays as it is.
func MakeFolder(dir string, mode fs.FileMode) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.Chmod(dir, mode|0o700|(mode&0o444)>>2)
}

// Put writes a new file of a mode, whatever the process takes away from modes.
func Put(path string, b []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Chmod(mode), f.Close())
}

// SafeName makes a name from a file's data safe as part of a path.
func SafeName(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, s)
}
