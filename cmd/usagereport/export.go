package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

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
			return g.work.ExportParquet(cmd.Context(), args[0], periods, func(path string) error { return g.say("%s", path) })
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
	o := queryOptions{
		out: file, format: string(query.AsCSV), memory: defaultMemory, disk: "1000TB", formulaSafe: true,
		params: map[string]string{"version": version},
	}
	if o.absent = []string{"periods"}; len(periods) > 0 {
		if _, err := g.work.PeriodNames(ctx, periods); err != nil {
			return err
		}
		o.params["periods"], o.absent = strings.Join(periods, ","), nil
	}
	stmt, err := g.work.FocusSQL(ctx, version, o.values()["periods"], o.memory)
	if err != nil {
		return err
	}
	if err := runQuery(ctx, g, o, stmt); err != nil || file == "-" {
		return err
	}
	return g.say("%s", file)
}

func addExportPeriodFlag(c *cobra.Command, periods *[]string) {
	c.Flags().StringArrayVar(periods, "period", nil, "only the billing period with this `NAME`; can be given several times (default all)")
}
