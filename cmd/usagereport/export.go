package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/internal/atomicfile"
	"usagereport/internal/query"
	"usagereport/internal/query/queries"
)

func newExportCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "export",
		Short: "Write the usage for other programs",
		Long: `Write the usage for other programs: with all columns of the view usage, the
decimals exact. Loading an export gives the same totals.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var periods []string
	parquet := &cobra.Command{
		Use:   "parquet DIR",
		Short: "Write Parquet, a folder for each billing period",
		Long: `Write the usage as Parquet into the new folder DIR, a folder for each billing period
(x_BillingPeriod=2026-10/usage.parquet), which DuckDB, Spark, Trino and Power BI read as
one table. Each file appears when it is complete.`,
		Example: `  usagereport export parquet usage-parquet
  usagereport export parquet october --period 2026-10
  usagereport load --db other.duckdb usage-parquet/*/usage.parquet`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runExportParquet(cmd.Context(), g, args[0], periods)
		},
	}
	addExportPeriodFlag(parquet, &periods)
	c.AddCommand(parquet, newExportFocusCommand(g))
	return c
}

func newExportFocusCommand(g *globals) *cobra.Command {
	var periods []string
	version := queries.DefaultFocus
	c := &cobra.Command{
		Use:   "focus FILE",
		Short: "Write a CSV as FOCUS has it",
		Long: `Write the usage as a CSV of FOCUS, the FinOps Open Cost and Usage Specification,
which other programs read: all columns that its version requires, and of the others
those that the usage has something for, times in UTC, tags as JSON. From 1.3 on there are
ServiceProviderName and HostProviderName; 1.4 has no ProviderName and PublisherName.
What it wants and the usage files do not say is the least that can be said: a list or
contracted cost that is not known is the effective one, a category is Other. A name that
a spreadsheet would take for a formula gets an apostrophe. A FILE - is stdout.`,
		Example: `  usagereport export focus usage-focus.csv
  usagereport export focus october.csv --period 2026-10 --version 1.3
  usagereport export focus - | gzip > usage-focus.csv.gz`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runExportFocus(cmd.Context(), g, args[0], version, periods)
		},
	}
	addExportPeriodFlag(c, &periods)
	c.Flags().StringVar(&version, "version", version, "`VERSION` of FOCUS: "+strings.Join(queries.FocusVersions(), ", "))
	return c
}

func runExportFocus(ctx context.Context, g *globals, file, version string, periods []string) error {
	if _, err := queries.Focus(version, nil); err != nil {
		return usageError{fmt.Errorf("export focus --version: %w", err)}
	}
	o := queryOptions{out: file, format: string(query.AsCSV), memory: defaultMemory, disk: "1000TB", params: map[string]string{"version": version}, formulaSafe: true}
	if o.absent = []string{"periods"}; len(periods) > 0 {
		if _, err := g.work.PeriodNames(ctx, periods); err != nil {
			return err
		}
		o.params["periods"], o.absent = strings.Join(periods, ","), nil
	}
	present, err := focusPresent(ctx, g, o)
	if err != nil {
		return err
	}
	stmt, err := queries.Focus(version, present)
	if err != nil {
		return err
	}
	if err := runQuery(ctx, g, o, stmt); err != nil || file == "-" {
		return err
	}
	return g.say("%s", file)
}

// focusPresent returns which of FOCUS's conditional columns the usage has something for.
func focusPresent(ctx context.Context, g *globals, o queryOptions) (map[string]bool, error) {
	open, err := g.work.Asking(ctx, queries.FocusPresent)
	if err != nil {
		return nil, err
	}
	open.MemoryLimit = o.memory
	db, err := query.Open(ctx, g.work.Path(), open)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	params := map[string]*string{"periods": nil}
	if periods, ok := o.params["periods"]; ok {
		params["periods"] = &periods
	}
	var out bytes.Buffer
	if err := query.Run(ctx, db, queries.FocusPresent, &out, query.Options{Format: query.AsCSV, Params: params}); err != nil {
		return nil, err
	}
	lines, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(lines) != 2 {
		return nil, fmt.Errorf("export focus: find its columns: %d lines, %w", len(lines), err)
	}
	present := map[string]bool{}
	for i, name := range lines[0] {
		present[name] = lines[1][i] == "true"
	}
	return present, nil
}

func addExportPeriodFlag(c *cobra.Command, periods *[]string) {
	c.Flags().StringArrayVar(periods, "period", nil, "only the billing period with this `NAME`; can be given several times (default all)")
}

func runExportParquet(ctx context.Context, g *globals, dir string, chosen []string) error {
	names, err := g.work.PeriodNames(ctx, chosen)
	if err != nil {
		return err
	}
	if there, err := os.ReadDir(dir); err == nil && len(there) > 0 {
		return usageError{fmt.Errorf("export: something is in %s already; name a folder that is empty or does not exist", dir)}
	}
	const stmt = "SELECT * FROM usage WHERE x_BillingPeriod = $period ORDER BY ChargePeriodStart, SubAccountId, ResourceId"
	open, err := g.work.Asking(ctx, stmt)
	if err != nil {
		return err
	}
	open.Parts = len(names)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var remove func()
	if open.Dir, remove, err = query.Folder(dir, g.env.now()); err != nil {
		return err
	}
	defer remove()
	return query.WriteParquets(ctx, g.work.Path(), stmt, open, func(write func(file string, params map[string]*string) error) error {
		for _, name := range names {
			if err := exportPeriod(g, dir, name, write); err != nil {
				return fmt.Errorf("export %s: %w", name, err)
			}
		}
		return nil
	})
}

// exportPeriod writes one billing period.
func exportPeriod(g *globals, dir, name string, write func(file string, params map[string]*string) error) error {
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
	return g.say("%s", path)
}
