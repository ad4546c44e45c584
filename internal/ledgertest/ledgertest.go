// Package ledgertest makes ledgers in memory for tests.
package ledgertest

import (
	"path/filepath"
	"testing"
	"time"

	"usagereport/internal/demo"
	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/loader/file"
	"usagereport/rollup"
)

// Now is when the files were loaded.
func Now() time.Time { return time.Unix(0, 0).UTC() }

// Empty returns a ledger in memory that holds nothing. It ends with the test.
func Empty(tb testing.TB) *ledger.Ledger {
	tb.Helper()
	l, err := ledger.Open(tb.Context(), "", ledger.Options{Create: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := l.Close(); err != nil {
			tb.Error(err)
		}
	})
	return l
}

// Load loads files and folders into l; each of them must be taken. It adds nothing
// up.
func Load(tb testing.TB, l *ledger.Ledger, paths ...string) []loader.FileResult {
	tb.Helper()
	results, err := loader.Load(tb.Context(), l, map[string]loader.Source{"file": file.Source{}}, paths, loader.Options{Now: Now})
	if err != nil {
		tb.Fatal(err)
	}
	if len(results) == 0 {
		tb.Fatalf("%v: there is no file", paths)
	}
	for _, r := range results {
		if r.Err != nil {
			tb.Fatalf("%s: %s: %v", r.Ref, r.Status, r.Err)
		}
	}
	return results
}

// AddUp fills the daily sums of l.
func AddUp(tb testing.TB, l *ledger.Ledger) {
	tb.Helper()
	if err := rollup.RefreshDaily(tb.Context(), l); err != nil {
		tb.Fatal(err)
	}
}

// Of returns a ledger that holds files and folders, added up.
func Of(tb testing.TB, paths ...string) *ledger.Ledger {
	tb.Helper()
	l := Empty(tb)
	Load(tb, l, paths...)
	AddUp(tb, l)
	return l
}

// ToRead returns a ledger that is open to read, and holds files and folders, added up.
func ToRead(tb testing.TB, paths ...string) *ledger.Ledger {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "usage.duckdb")
	l, err := ledger.Open(tb.Context(), path, ledger.Options{Create: true})
	if err != nil {
		tb.Fatal(err)
	}
	Load(tb, l, paths...)
	AddUp(tb, l)
	if err := l.Publish(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	if l, err = ledger.Open(tb.Context(), path, ledger.Options{ReadOnly: true}); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := l.Close(); err != nil {
			tb.Error(err)
		}
	})
	return l
}

// Demo returns a ledger that holds the last months of the demo's estate, added up.
func Demo(tb testing.TB, months int) *ledger.Ledger {
	tb.Helper()
	dir := tb.TempDir()
	if _, err := demo.Write(tb.Context(), dir, demo.Options{Months: months}); err != nil {
		tb.Fatal(err)
	}
	return Of(tb, dir)
}
