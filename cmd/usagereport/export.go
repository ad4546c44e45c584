package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/internal/misuse"
	"usagereport/internal/query"
	"usagereport/internal/query/queries"
)

func newExportCommand(g *globals) *cobra.Command {
	c := newGroup("export")
	var periods []string
	parquet := &cobra.Command{
		Use:  "parquet DIR",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.work.ExportParquet(cmd.Context(), args[0], periods, func(path string) error { return g.Say("%s", path) })
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
		Use:  "focus FILE",
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
		return misuse.Of(fmt.Errorf("export focus --version: %w", err))
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
	return g.Say("%s", file)
}

func addExportPeriodFlag(c *cobra.Command, periods *[]string) {
	c.Flags().StringArrayVar(periods, "period", nil, "only the billing period with this `NAME`; can be given several times (default all)")
}
