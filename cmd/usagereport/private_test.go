//go:build unix

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A new ledger is its owner's alone, and what lies beside it, or is made of it to be
// kept, has its mode. A report may be handed on.
func TestPrivateFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mode fs.FileMode // given to the ledger once it is there; 0 leaves it
		want fs.FileMode
	}{
		"a new ledger":          {0, 0o600},
		"a ledger of a group's": {0o640, 0o640},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.sh("umask 022; usagereport load -q --keep kept exports/202607-v2.csv >/dev/null")
			if c.mode != 0 {
				if err := os.Chmod(filepath.Join(p.dir, "usage.duckdb"), c.mode); err != nil {
					t.Fatal(err)
				}
			}
			p.sh(`umask 022; usagereport load -q --keep kept exports >/dev/null; usagereport report -q >/dev/null
				usagereport send -q --out outbox >/dev/null; usagereport backup -q backup; usagereport query -o sums.csv --format csv "SELECT 1 AS n"
				usagereport query -o sums.parquet --format parquet "SELECT 1 AS n"`)
			checked := 0
			err := filepath.WalkDir(p.dir, func(path string, d fs.DirEntry, err error) error {
				if err != nil {
					return err
				}
				info, err := d.Info()
				if err != nil {
					return err
				}
				rel, _ := filepath.Rel(p.dir, path)
				top, _, _ := strings.Cut(rel, "/")
				want := fs.FileMode(0)
				switch {
				case top == "usage.duckdb", top == "usage.duckdb.notes":
					want = c.want
				case top == "kept", top == "outbox", top == "backup":
					if want = c.want; d.IsDir() {
						want |= (want & 0o444) >> 2
					}
					// What stood there before has its own mode, and so has what is kept of it.
					if base := filepath.Base(path); base == "owners.csv" || base == "usagereport.yaml" || top == "kept" {
						want = 0
						if info.Mode().Perm()&0o007 != 0 {
							t.Errorf("%s: others may read it: %v", rel, info.Mode())
						}
					}
				case strings.HasPrefix(top, "usage-"), strings.HasPrefix(top, "sums."):
					want = 0o644
				default:
					return nil
				}
				checked++
				if got := info.Mode().Perm(); want != 0 && got != want {
					t.Errorf("%s: mode %o, want %o", rel, got, want)
				}
				return nil
			})
			if err != nil || checked < 12 {
				t.Errorf("%d files, %v", checked, err)
			}
		})
	}
}
