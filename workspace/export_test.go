package workspace_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usagereport/internal/ledgertest"
	"usagereport/ledger"
	"usagereport/workspace"
)

// kept returns a workspace with a ledger that holds files.
func kept(t *testing.T, files ...string) *workspace.Workspace {
	t.Helper()
	w := &workspace.Workspace{
		LedgerPath: filepath.Join(t.TempDir(), "usage.duckdb"), Getenv: func(string) string { return "" },
		Now: time.Now, Note: func(string, ...any) {},
	}
	t.Chdir(filepath.Dir(w.LedgerPath))
	l, err := w.OpenToWrite(t.Context(), ledger.Options{Create: true}, false)
	if err != nil {
		t.Fatal(err)
	}
	ledgertest.Load(t, l, files...)
	ledgertest.AddUp(t, l)
	if err := errors.Join(l.Publish(t.Context()), l.Close()); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestExport(t *testing.T) {
	files, err := filepath.Abs("../testdata/usage/azure_account_v2/202609-v2.csv")
	if err != nil {
		t.Fatal(err)
	}
	w := kept(t, files)
	all, err := w.PeriodNames(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		dir    string
		chosen []string
		want   int
		err    string
	}{
		"all":            {dir: "all", want: len(all)},
		"no such period": {dir: "none", chosen: []string{"1999-01"}, err: "--period 1999-01: the ledger has none"},
		"a full folder":  {dir: ".", err: "something is in . already"},
	} {
		var written []string
		err := w.ExportParquet(t.Context(), c.dir, c.chosen, func(path string) error {
			written = append(written, path)
			_, err := os.Stat(path)
			return err
		})
		if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) || len(written) != c.want {
			t.Errorf("%s: wrote %q, %v; want %d files, %q", name, written, err, c.want, c.err)
		}
	}
	stmt, err := w.FocusSQL(t.Context(), "1.2", &all[0], "1GB")
	if err != nil || !strings.HasPrefix(stmt, "SELECT ") || !strings.Contains(stmt, "BilledCost") {
		t.Errorf("%.40s…, %v", stmt, err)
	}
}
