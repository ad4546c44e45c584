package workspace

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"usagereport/internal/atomicfile"
	"usagereport/internal/misuse"
	"usagereport/internal/query"
	"usagereport/internal/query/queries"
)

// ExportParquet writes the usage as Parquet into dir, which must be empty or not there: a folder
// for each billing period that is chosen, all where none is. done is called with each file.
func (w *Workspace) ExportParquet(ctx context.Context, dir string, chosen []string, done func(path string) error) error {
	names, err := w.PeriodNames(ctx, chosen)
	if err != nil {
		return err
	}
	if there, err := os.ReadDir(dir); err == nil && len(there) > 0 {
		return misuse.Of(fmt.Errorf("export: something is in %s already; name a folder that is empty or does not exist", dir))
	}
	const stmt = "SELECT * FROM usage WHERE x_BillingPeriod = $period ORDER BY ChargePeriodStart, SubAccountId, ResourceId"
	open, err := w.Asking(ctx, stmt)
	if err != nil {
		return err
	}
	open.Parts = len(names)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var remove func()
	if open.Dir, remove, err = query.Folder(dir, w.Now()); err != nil {
		return err
	}
	defer remove()
	return query.WriteParquets(ctx, w.Path(), stmt, open, func(write func(file string, params map[string]*string) error) error {
		for _, name := range names {
			if err := exportPeriod(dir, name, write, done); err != nil {
				return fmt.Errorf("export %s: %w", name, err)
			}
		}
		return nil
	})
}

// exportPeriod writes one billing period.
func exportPeriod(dir, name string, write func(file string, params map[string]*string) error, done func(path string) error) error {
	if name != atomicfile.SafeName(name) {
		return errors.New("its name cannot be a folder's")
	}
	path := filepath.Join(dir, "x_BillingPeriod="+name, "usage.parquet")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := write(path, map[string]*string{"period": &name}); err != nil {
		return err
	}
	return done(path)
}

// FocusSQL returns the statement that writes the usage as a version of FOCUS, with those of its
// conditional columns that the usage of periods has something for; nil is all periods, and several
// have commas between them. Finding that takes no more memory than a DuckDB size like 2GB says.
func (w *Workspace) FocusSQL(ctx context.Context, version string, periods *string, memory string) (string, error) {
	open, err := w.Asking(ctx, queries.FocusPresent)
	if err != nil {
		return "", err
	}
	open.MemoryLimit = memory
	db, err := query.Open(ctx, w.Path(), open)
	if err != nil {
		return "", err
	}
	defer db.Close()
	var out bytes.Buffer
	o := query.Options{Format: query.AsCSV, Params: map[string]*string{"periods": periods}}
	if err := query.Run(ctx, db, queries.FocusPresent, &out, o); err != nil {
		return "", err
	}
	lines, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(lines) != 2 {
		return "", fmt.Errorf("export focus: find its columns: %d lines, %w", len(lines), err)
	}
	present := map[string]bool{}
	for i, name := range lines[0] {
		present[name] = lines[1][i] == "true"
	}
	return queries.Focus(version, present)
}
