package parquet

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"usagereport/engine"
	"usagereport/usage"
)

// names are the columns of rows, in small letters, as a list of SQL: what nested values are made
// of is among the columns of a file, too.
func (e *Engine) names() string {
	names := make([]string, len(e.columns))
	for i, c := range e.columns {
		names[i] = usage.Literal(strings.ToLower(c.Name))
	}
	return strings.Join(names, ", ")
}

// settle refuses a column that is exact in one file and not in another, and an amount that is a
// number in one and text in another: of both, all values would be read as inexact or as text, in
// silence.
func (e *Engine) settle(ctx context.Context) error {
	var amounts []string
	for _, n := range engine.Amounts() {
		amounts = append(amounts, usage.Literal(strings.ToLower(n)))
	}
	for _, odd := range []struct{ said, is string }{
		{"a float", "type IN ('DOUBLE', 'FLOAT')"},
		{"text", "coalesce(duckdb_type, '') IN ('VARCHAR', 'BLOB') AND lower(name) IN (" + strings.Join(amounts, ", ") + ")"},
	} {
		var column, exact, other string
		err := e.db.QueryRowContext(ctx, "SELECT min(name) FILTER ("+odd.is+"), min(file_name) FILTER (NOT ("+odd.is+
			")), min(file_name) FILTER ("+odd.is+") FROM parquet_schema("+e.list(nil)+") WHERE type IS NOT NULL AND lower(name) IN ("+
			e.names()+") GROUP BY lower(name) HAVING count(*) FILTER ("+odd.is+") BETWEEN 1 AND count(*) - 1 LIMIT 1").
			Scan(&column, &exact, &other)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			continue
		case err != nil:
			return e.Explain(ctx, err)
		}
		return &engine.TypeError{
			Relation: e.shown(other), Column: column, Type: odd.said,
			Want: "what it is in " + e.shown(exact) + ", for it is read as one table with it",
		}
	}
	return nil
}

// widen finds decimals that files write with different fraction digits. DuckDB reads them as one
// type that leaves room for the digits before the point, and cuts the others off in silence.
func (e *Engine) widen(ctx context.Context) (err error) {
	rows, err := e.db.QueryContext(ctx, "SELECT lower(name), max(scale) FROM parquet_schema("+e.list(nil)+
		") WHERE duckdb_type LIKE 'DECIMAL%' AND lower(name) IN ("+e.names()+") GROUP BY ALL HAVING count(DISTINCT duckdb_type) > 1")
	if err != nil {
		return e.Explain(ctx, err)
	}
	defer rows.Close()
	wide := map[string]int{}
	for rows.Next() {
		var name string
		var scale int
		if err := rows.Scan(&name, &scale); err != nil {
			return err
		}
		wide[name] = scale
	}
	if err := rows.Err(); err != nil || len(wide) == 0 {
		return err
	}
	if e.types, err = e.typesOf(ctx, wide); err != nil {
		return err
	}
	e.wide = wide
	e.columns, err = e.describe(ctx)
	return err
}

// typesOf returns the names and types of some columns that each file has.
func (e *Engine) typesOf(ctx context.Context, columns map[string]int) (map[string]string, error) {
	rows, err := e.db.QueryContext(ctx, "SELECT file_name, lower(name), duckdb_type FROM parquet_schema("+e.list(nil)+
		") WHERE duckdb_type IS NOT NULL AND lower(name) IN ("+e.names()+") ORDER BY ALL")
	if err != nil {
		return nil, e.Explain(ctx, err)
	}
	defer rows.Close()
	types := map[string]string{}
	for rows.Next() {
		var file, name, typ string
		if err := rows.Scan(&file, &name, &typ); err != nil {
			return nil, err
		}
		if _, ok := columns[name]; ok {
			types[file] += name + "\t" + typ + "\n"
		}
	}
	return types, rows.Err()
}

// widened is what is said of the columns with these types, so that each has as many fraction digits
// as any file has.
func (e *Engine) widened(types string) string {
	var casts []string
	for line := range strings.Lines(types) {
		name, _, _ := strings.Cut(line, "\t")
		i := slices.IndexFunc(e.columns, func(c engine.Column) bool { return strings.EqualFold(c.Name, name) })
		column := `"` + strings.ReplaceAll(e.columns[i].Name, `"`, `""`) + `"`
		casts = append(casts, fmt.Sprintf("CAST(%s AS DECIMAL(38,%d)) AS %s", column, e.wide[name], column))
	}
	if len(casts) == 0 {
		return ""
	}
	return " REPLACE (" + strings.Join(casts, ", ") + ")"
}
