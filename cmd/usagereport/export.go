package main

import (
	"context"
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
	c := &cobra.Command{
		Use:   "focus FILE",
		Short: "Write a CSV as FOCUS 1.2 has it",
		Long: `Write the usage as a CSV of FOCUS 1.2, the FinOps Open Cost and Usage Specification,
which other programs read: all of its mandatory columns, times in UTC, tags as JSON.
What it wants and the usage files do not say is the least that can be said: a list or
contracted cost that is not known is the effective one, a category is Other. A name that
a spreadsheet would take for a formula gets an apostrophe. A FILE - is stdout.`,
		Example: `  usagereport export focus usage-focus.csv
  usagereport export focus october.csv --period 2026-10
  usagereport export focus - | gzip > usage-focus.csv.gz`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o := cmd.Context(), queryOptions{out: args[0], format: string(query.AsCSV), memory: defaultMemory, disk: "1000TB", absent: []string{"periods"}, formulaSafe: true}
			if len(periods) > 0 {
				if _, err := g.work.PeriodNames(ctx, periods); err != nil {
					return err
				}
				o.params, o.absent = map[string]string{"periods": strings.Join(periods, ",")}, nil
			}
			if err := runQuery(ctx, g, o, queries.Focus); err != nil || args[0] == "-" {
				return err
			}
			return g.say("%s", args[0])
		},
	}
	addExportPeriodFlag(c, &periods)
	return c
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
	for _, name := range names {
		if err := exportPeriod(ctx, g, dir, name); err != nil {
			return fmt.Errorf("export %s: %w", name, err)
		}
	}
	return nil
}

// exportPeriod writes one billing period.
func exportPeriod(ctx context.Context, g *globals, dir, name string) error {
	if name != atomicfile.SafeName(name) {
		return errors.New("its name cannot be a folder's")
	}
	const stmt = "SELECT * FROM usage WHERE x_BillingPeriod = $period ORDER BY ChargePeriodStart, SubAccountId, ResourceId"
	open, err := g.work.Asking(ctx, stmt)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, "x_BillingPeriod="+name, "usage.parquet")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	var remove func()
	if open.Dir, remove, err = query.Folder(filepath.Dir(path), g.env.now()); err != nil {
		return err
	}
	defer remove()
	if err := query.WriteParquet(ctx, g.work.Path(), stmt, path, open, map[string]*string{"period": &name}); err != nil {
		return err
	}
	return g.say("%s", path)
}
