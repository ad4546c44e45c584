package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/ledger"
	"usagereport/query"
)

type queryOptions struct {
	file, out, format string
	formulaSafe       bool
	maxRows           int
}

func newQueryCommand(g *globals) *cobra.Command {
	var o queryOptions
	c := &cobra.Command{
		Use:   "query [SQL]",
		Short: "Ask the usage in SQL, read-only",
		Long: `Run one SQL statement that reads, given as an argument, in a file (-f) or on
stdin. The view usage has one row a charge, its columns named as in FOCUS. The
ledger cannot be changed, and no file or network is reached.`,
		Example: `  usagereport query "SELECT ServiceName, sum(BilledCost) FROM usage GROUP BY 1 ORDER BY 2 DESC"
  usagereport query -f top.sql --format csv -o top.csv
  usagereport query "DESCRIBE usage"`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runQuery(cmd.Context(), g, o, args) },
	}
	f := c.Flags()
	f.StringVarP(&o.file, "file", "f", "", "read the statement from `FILE`")
	f.StringVarP(&o.out, "output", "o", "", "write the result to `FILE`")
	f.StringVar(&o.format, "format", "table", "`FORMAT` of the output: table, json, csv, markdown or parquet")
	f.BoolVar(&o.formulaSafe, "formula-safe", false, "CSV for a spreadsheet: an apostrophe before texts that would start a formula")
	f.IntVar(&o.maxRows, "max-rows", 0, "show at most `N` rows of a table")
	return c
}

// statement returns the SQL to run.
func (o queryOptions) statement(g *globals, args []string) (string, error) {
	switch {
	case len(args) == 1 && o.file != "":
		return "", usageError{errors.New("query: give the SQL as an argument or in a file, not both")}
	case len(args) == 1 && args[0] != "-":
		return args[0], nil
	case o.file != "":
		b, err := os.ReadFile(o.file)
		if err != nil {
			return "", fmt.Errorf("query: %w", err)
		}
		return string(b), nil
	}
	b, err := io.ReadAll(g.env.stdin)
	if err != nil {
		return "", fmt.Errorf("query: read the SQL from stdin: %w", err)
	}
	if strings.TrimSpace(string(b)) == "" {
		return "", usageError{errors.New("query: no SQL given; pass it as an argument, with -f FILE, or on stdin")}
	}
	return string(b), nil
}

func runQuery(ctx context.Context, g *globals, o queryOptions, args []string) error {
	format, err := query.ParseFormat(o.format, query.AsParquet)
	if err != nil {
		return usageError{err}
	}
	stmt, err := o.statement(g, args)
	if err != nil {
		return err
	}
	// Its errors are for people, and it brings the tables of an earlier release to
	// this one's.
	l, err := g.open(ctx)
	if err != nil {
		return err
	}
	owned, err := g.ownersFile(ctx, l)
	if err := errors.Join(err, l.Close()); err != nil {
		return err
	}
	var open query.OpenOptions
	if owned != nil {
		open.Begin = ledger.OwnersSQL(owned.Rules)
	}
	if format == query.AsParquet {
		if o.out == "" || o.out == "-" {
			return usageError{errors.New("query: parquet goes to a file; name it with -o FILE")}
		}
		return query.WriteParquet(ctx, g.path(), stmt, o.out, open)
	}
	db, err := query.Open(ctx, g.path(), open)
	if err != nil {
		return err
	}
	defer db.Close()
	width, tty := g.env.terminal(g.env.stdout)
	opts := query.Options{Format: format, FormulaSafe: o.formulaSafe, MaxRows: o.maxRows, Currency: g.currency}
	if o.out == "" || o.out == "-" {
		opts.Width, opts.Terminal = width, tty
		return query.Run(ctx, db, stmt, g.env.stdout, opts)
	}
	return writeFile(o.out, func(w io.Writer) error { return query.Run(ctx, db, stmt, w, opts) })
}
