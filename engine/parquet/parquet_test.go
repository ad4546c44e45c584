package parquet_test

import (
	"os"
	"strconv"
	"testing"
	"time"

	"usagereport/engine"
	"usagereport/engine/enginetest"
	"usagereport/engine/parquet"
	"usagereport/loader"
	"usagereport/loader/file"
)

func open(t *testing.T, place string) (engine.Engine, error) {
	t.Helper()
	e, err := parquet.Open(t.Context(), place, parquet.Options{
		Sources: map[string]loader.Source{"file": file.Source{}}, Load: loader.Options{Now: time.Now}, Dir: t.TempDir(), Note: t.Logf,
	})
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = e.Close() })
	return e, nil
}

func TestEngine(t *testing.T) {
	rows, questions := 5_000, 25
	if n, err := strconv.Atoi(os.Getenv("ENGINE_ROWS")); err == nil {
		rows, questions = n, 100 // a million, where it may take minutes
	}
	f := enginetest.NewFixture(t, t.TempDir(), rows)
	enginetest.TestEngine(t, f, questions, func(t *testing.T) engine.Engine {
		e, err := open(t, f.Dir)
		if err != nil {
			t.Fatal(err)
		}
		return e
	})
}

func TestScaleOutTable(t *testing.T) {
	enginetest.Benching(t)
	dir, rows := os.Getenv("BENCH_DATA"), 3_000_000
	if n, err := strconv.Atoi(os.Getenv("ENGINE_ROWS")); err == nil {
		rows = n
	}
	if dir == "" {
		dir = t.TempDir()
	}
	if there, err := os.ReadDir(dir); err != nil || len(there) == 0 {
		enginetest.NewFixture(t, dir, rows)
	}
	e, err := open(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	enginetest.Bench(t, "DuckDB on the Parquet files", rows, e)
}
