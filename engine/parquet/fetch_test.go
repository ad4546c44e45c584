package parquet_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"testing"
	"time"

	"usagereport/engine/parquet"
	"usagereport/loader"
)

// A store plays an object store with one object, which it counts the reading of.
type store struct {
	path, version string
	opened        int
}

func (s *store) List(context.Context, loader.Ref) iter.Seq2[loader.Object, error] {
	return func(yield func(loader.Object, error) bool) {
		info, err := os.Stat(s.path)
		if err != nil {
			yield(loader.Object{}, err)
			return
		}
		yield(loader.Object{Ref: "azblob://lake/usage/a.parquet", Version: s.version, Size: info.Size()}, nil)
	}
}

func (s *store) Open(_ context.Context, _ loader.Object, offset int64) (io.ReadCloser, error) {
	s.opened++
	f, err := os.Open(s.path)
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return nil, fmt.Errorf("seek: %w", err)
	}
	return f, nil
}

// A file of an object store is fetched once, and again when it has changed.
func TestFilesOfAStoreAreKept(t *testing.T) {
	s := &store{path: filepath.Join(t.TempDir(), "a.parquet"), version: "1"}
	write(t, s.path, charge)
	cache := t.TempDir()
	rows := func() (n int) {
		t.Helper()
		e, err := parquet.Open(t.Context(), "azblob://lake/usage", parquet.Options{
			Sources: map[string]loader.Source{"azblob": s}, Load: loader.Options{Now: time.Now}, Cache: cache, Dir: t.TempDir(), Note: t.Logf,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		if e.Name() != "parquet:azblob://lake/usage" {
			t.Errorf("it is called %s", e.Name())
		}
		if err := e.DB().QueryRowContext(t.Context(), "SELECT count(*) FROM usage").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for range 2 {
		if n := rows(); n != 1 {
			t.Errorf("%d rows", n)
		}
	}
	if s.opened != 1 {
		t.Errorf("it was fetched %d times", s.opened)
	}
	write(t, s.path, charge+" UNION ALL "+charge)
	s.version = "2"
	if n := rows(); n != 2 || s.opened != 2 {
		t.Errorf("%d rows, fetched %d times", n, s.opened)
	}
}
