package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/engine"
	"usagereport/engine/engines"
	"usagereport/engine/parquet"
	"usagereport/internal/misuse"
)

func newEngineDDLCommand(g *globals) *cobra.Command {
	var form, name, location string
	c := &cobra.Command{
		Use:  "ddl PLACE",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			g.engine.place = args[0]
			return runEngineDDL(cmd.Context(), g, engine.Form(form), name, location)
		},
	}
	c.Flags().StringVar(&form, "form", string(engine.Hive), "`FORM` of the table: hive, iceberg or delta")
	c.Flags().StringVar(&name, "table", "", "its `NAME`: CATALOG.SCHEMA.TABLE (default hive.finops.focus_costs)")
	c.Flags().StringVar(&location, "location", "", "the `PLACE` of the files as the cluster names it: s3://…, abfss://…, gs://…")
	return c
}

func runEngineDDL(ctx context.Context, g *globals, form engine.Form, name, location string) error {
	if !slices.Contains(engine.Forms(), form) {
		return misuse.Of(fmt.Errorf("--form %s: use hive, iceberg or delta", form))
	}
	if name == "" {
		name = string(form) + ".finops.focus_costs"
	}
	parts := strings.Split(name, ".")
	if len(parts) != 3 {
		return misuse.Of(fmt.Errorf("--table %s: write it as CATALOG.SCHEMA.TABLE", name))
	}
	if location == "" {
		return misuse.Of(errors.New("--location: say where the files are for the cluster, as s3://lake/usage-parquet"))
	}
	if kind, _, err := engines.Split(g.engine.place); err != nil {
		return err
	} else if kind != parquet.Scheme {
		return misuse.Of(errors.New("engine ddl: a table that is there needs none; name the Parquet files, as parquet:lake"))
	}
	table := engine.TableName{Catalog: parts[0], Schema: parts[1], Table: parts[2]}
	if form == engine.Delta { // whose columns are in its log
		return g.SayLines(engines.Lines(engine.DDL(form, table, location, nil, nil))...)
	}
	e, _, done, err := openEngine(ctx, g)
	if err != nil {
		return err
	}
	defer done()
	lines, err := engines.DDL(ctx, e, form, table, location)
	if err != nil {
		return err
	}
	return g.SayLines(lines...)
}
