package query

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"usagereport/usage"
)

// errOtherwise says that DuckDB cannot write the lines of a statement.
var errOtherwise = errors.New("its rows are read and written one by one")

// runCSV has DuckDB write the lines of a CSV into a file in open.Dir, and copies it to w.
// What a line looks like the program says, as for every other result: DuckDB calls it for
// each row, on all of its threads, and keeps the order.
func runCSV(ctx context.Context, path, stmt string, w io.Writer, open OpenOptions, o Options) error {
	open.write = filepath.Join(open.Dir, "result.csv")
	return asking(ctx, path, stmt, open.write, open, o.Params, func(ctx context.Context, conn *sql.Conn, read reading) error {
		return writeCSV(ctx, conn, stmt, read, w, open.write, o)
	})
}

func writeCSV(ctx context.Context, conn *sql.Conn, stmt string, read reading, w io.Writer, file string, o Options) error {
	whole, _, _ := Ended(stmt)
	whole = strings.TrimSuffix(whole, ";")
	few := "FROM (\n" + whole + "\n) LIMIT 0"
	if read.typ != duckdb.STATEMENT_TYPE_SELECT || prepares(conn, few, duckdb.STATEMENT_TYPE_SELECT) != nil {
		return errOtherwise
	}
	t, err := typesOf(ctx, conn, few, read)
	if err != nil {
		return err
	}
	if err := duckdb.RegisterScalarUDF(conn, lineFunction, &liner{cells: cellsOf(t, o)}); err != nil {
		return fmt.Errorf("query: write lines: %w", err)
	}
	columns := make([]string, len(t.Columns))
	for i := range columns {
		columns[i] = fmt.Sprintf("c%d", i)
	}
	names := strings.Join(columns, ", ")
	// Nothing is quoted anew: a line is written as it is.
	_, err = conn.ExecContext(ctx, "COPY (SELECT "+lineFunction+"("+names+") FROM (\n"+whole+"\n) AS t("+names+")) TO "+
		usage.Literal(file)+" (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', USE_TMP_FILE false)", read.args...)
	if err != nil {
		return sqlError(ctx, err)
	}
	if _, err := io.WriteString(w, csvHead(t, o)); err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}

// typesOf returns the columns of a statement, without its rows.
func typesOf(ctx context.Context, conn *sql.Conn, few string, read reading) (Table, error) {
	rows, err := conn.QueryContext(ctx, few, read.args...)
	if err != nil {
		return Table{}, sqlError(ctx, err)
	}
	t, err := FromRows(rows)
	if err := errorsOf(rows, err); err != nil {
		return Table{}, sqlError(ctx, err)
	}
	if len(read.names) != len(t.Columns) { // not known where a parameter may be of any type
		return Table{}, errOtherwise
	}
	for i := range t.Columns {
		t.Columns[i].Name = read.names[i]
	}
	return t, nil
}

// lineFunction is the name of liner in SQL.
const lineFunction = "usagereport_line"

// A liner is a function of SQL that makes a line of the values of a row.
type liner struct{ cells []cell }

// Config implements duckdb.ScalarFunc.
func (*liner) Config() duckdb.ScalarFuncConfig {
	values, err1 := duckdb.NewTypeInfo(duckdb.TYPE_ANY)
	text, err2 := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR)
	if err := errors.Join(err1, err2); err != nil {
		panic(err) // they are types
	}
	return duckdb.ScalarFuncConfig{VariadicTypeInfo: values, ResultTypeInfo: text, Volatile: true, SpecialNullHandling: true}
}

// Executor implements duckdb.ScalarFunc.
func (l *liner) Executor() duckdb.ScalarFuncExecutor {
	return duckdb.ScalarFuncExecutor{ChunkContextExecutor: func(_ context.Context, state *duckdb.ChunkIteratorState) error {
		return l.write(state.GetInputChunk(), state.GetResultVector())
	}}
}

// write writes the lines of a chunk. Most values are texts, which are read where DuckDB
// has them.
func (l *liner) write(chunk *duckdb.DataChunk, result duckdb.Vector) error {
	out, err := duckdb.GetVectorWriter[string](result)
	if err != nil {
		return err
	}
	texts := make([]*duckdb.VectorView[string], len(l.cells))
	for i := range texts {
		vector, err := chunk.GetVector(i)
		if err != nil {
			return err
		}
		if view, err := duckdb.GetVectorView[string](vector); err == nil {
			texts[i] = &view
		}
	}
	var line []byte
	for row := range chunk.GetSize() {
		line = line[:0]
		for i, c := range l.cells {
			if i > 0 {
				line = append(line, ',')
			}
			if texts[i] != nil {
				text, some, err := texts[i].GetValueBorrowed(row)
				if err != nil {
					return err
				}
				if some {
					line = c.appendText(line, text)
					continue
				}
			}
			v, err := chunk.GetValue(i, row)
			if err != nil {
				return err
			}
			line = c.append(line, v)
		}
		if err := out.Set(row, string(line)); err != nil {
			return err
		}
	}
	return nil
}
