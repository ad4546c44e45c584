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

// opened opens a place as a table of usage.
func opened(t *testing.T, place string, o engine.Options) *engine.Table {
	t.Helper()
	e, err := open(t, place)
	if err != nil {
		t.Fatal(err)
	}
	table, err := engine.Open(t.Context(), e, o)
	if err != nil {
		t.Fatal(err)
	}
	return table
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

// benchRows is how many rows are measured.
func benchRows() int {
	if n, err := strconv.Atoi(os.Getenv("ENGINE_ROWS")); err == nil {
		return n
	}
	return 3_000_000
}

// benchData is the folder of the files that are measured.
func benchData(t *testing.T) string {
	t.Helper()
	enginetest.Benching(t)
	dir := os.Getenv("BENCH_DATA")
	if dir == "" {
		t.Fatal("BENCH_DATA names no folder; make bench-scaleout does")
	}
	return dir
}

// TestScaleOutData makes the files, in a process of its own: it takes memory.
func TestScaleOutData(t *testing.T) { enginetest.NewFixture(t, benchData(t), benchRows()) }

func TestScaleOutTable(t *testing.T) {
	e, err := open(t, benchData(t))
	if err != nil {
		t.Fatal(err)
	}
	enginetest.Bench(t, "DuckDB on the Parquet files", benchRows(), e)
}
