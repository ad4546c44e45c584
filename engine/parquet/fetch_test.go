package parquet_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usagereport/engine"
	"usagereport/engine/parquet"
	"usagereport/loader"
	"usagereport/usage"
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

// tree plays an object store with the files of a folder.
type tree struct{ dir string }

func (s tree) List(context.Context, loader.Ref) iter.Seq2[loader.Object, error] {
	return func(yield func(loader.Object, error) bool) {
		err := filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			info, err := d.Info()
			name, _ := filepath.Rel(s.dir, path)
			if err == nil && !yield(loader.Object{Ref: "azblob://lake/" + filepath.ToSlash(name), Version: "1", Size: info.Size()}, nil) {
				err = filepath.SkipAll
			}
			return err
		})
		if err != nil {
			yield(loader.Object{}, err)
		}
	}
}

func (s tree) Open(_ context.Context, obj loader.Object, offset int64) (io.ReadCloser, error) {
	f, err := os.Open(filepath.Join(s.dir, filepath.FromSlash(strings.TrimPrefix(obj.Ref, "azblob://lake/"))))
	if err == nil {
		_, err = f.Seek(offset, io.SeekStart)
	}
	return f, err
}

// The folders of a store name columns as those of this machine do: of two runs one counts.
func TestFoldersOfAStore(t *testing.T) {
	s := tree{t.TempDir()}
	write(t, filepath.Join(s.dir, "x_BillingPeriod=2026-09", "run_id=2026-10-01T08%3A00", "a.parquet"), charge)
	write(t, filepath.Join(s.dir, "x_BillingPeriod=2026-09", "run_id=2026-10-02T08%3A00", "a.parquet"), strings.ReplaceAll(charge, "1.5", "2.5"))
	e, err := parquet.Open(t.Context(), "azblob://lake", parquet.Options{
		Sources: map[string]loader.Source{"azblob": s}, Load: loader.Options{Now: time.Now}, Cache: t.TempDir(), Dir: t.TempDir(), Note: t.Logf,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	table, err := engine.Open(t.Context(), e, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	months, err := table.Months(t.Context())
	if err != nil || len(months) != 1 || months[0].Run != "2026-10-02T08:00" || months[0].Totals["EUR"].Billed != usage.MustDecimal("2.5") {
		t.Errorf("got %v, %v", months, err)
	}
	info, err := engine.Check(t.Context(), e, engine.Options{})
	if err != nil || len(info.Months) != 1 || info.Months[0].Rows != 1 {
		t.Errorf("a check says %v, %v", info, err)
	}
}
