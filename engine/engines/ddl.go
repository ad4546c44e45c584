package engines

import (
	"context"
	"errors"
	"slices"
	"strings"

	"usagereport/engine"
	"usagereport/engine/parquet"
)

// DDL returns the lines of the statements that make a table of the Parquet files that e reads.
func DDL(ctx context.Context, e engine.Engine, form engine.Form, table engine.TableName, location string) (lines []string, err error) {
	columns, err := e.Describe(ctx)
	if err != nil {
		return nil, err
	}
	files, ok := e.(*parquet.Engine)
	if !ok {
		return nil, errors.New("engine ddl: the place does not say what its folders are called")
	}
	keys, above, err := files.Keys()
	if err != nil {
		return nil, err
	}
	columns = slices.DeleteFunc(columns, func(c engine.Column) bool { return slices.Contains(above, c.Name) })
	if files.Deep() {
		lines = append(lines, "-- Some files lie in folders that name no column. Without hive.recursive-directories=true",
			"-- in the catalog's settings they are passed over, and nothing tells.")
	}
	return append(lines, Lines(engine.DDL(form, table, location, columns, keys))...), nil
}

// Lines are those of statements, each ended by a semicolon.
func Lines(statements []string) (lines []string) {
	for _, s := range statements {
		lines = append(lines, strings.Split(s+";", "\n")...)
	}
	return lines
}
