package loader

import (
	"bufio"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"usagereport/usage"
)

// A parquetFile is a Parquet file read as CSV: DuckDB turns each value to text
// exactly and hands over row by row, so that recognition, exact decimals and
// rejects are those of every other file. Nothing but the Parquet file itself is
// ever on disk, and never more than a few thousand rows in memory.
type parquetFile struct {
	io.Reader
	pipe   *io.PipeReader
	done   chan struct{}
	remove func()
}

// parquet begins to read the Parquet file br, where it lies if raw is a file.
func (u *unpacker) parquet(ctx context.Context, br *bufio.Reader, raw io.Reader, depth int) (_ *parquetFile, err error) {
	p := &parquetFile{done: make(chan struct{}), remove: func() {}}
	defer func() {
		if err != nil {
			p.remove()
		}
	}()
	f, size, ok := onDisk(raw)
	path, plain := "", false
	if ok {
		path, plain = plainPath(f)
	}
	if !plain {
		if f, p.remove, err = u.spool(ctx, br); err != nil {
			p.remove = func() {}
			return nil, err
		}
		_, size, _ = onDisk(f)
		if path, plain = plainPath(f); !plain {
			return nil, fmt.Errorf("keep a copy of the Parquet file: %s has a character that means a pattern; set TMPDIR to another folder", path)
		}
	}
	end := make([]byte, 4)
	switch _, err := f.ReadAt(end, max(0, size-4)); {
	case err == nil && string(end) == "PARE":
		return nil, errors.New("the Parquet file is encrypted; write it without, or export CSV")
	case err != nil || string(end) != "PAR1" || size < 12:
		return nil, errors.New("the Parquet file is cut off or damaged: its end is missing; fetch it again")
	}
	if depth == 0 {
		u.packed += size
	}
	conn, closeConn, err := memory(ctx, path)
	if err != nil {
		return nil, err
	}
	removeFile := p.remove
	p.remove = func() { closeConn(); removeFile() }

	header, stmt, want, err := u.parquetPlan(ctx, conn, path)
	if err != nil {
		return nil, err
	}
	pr, pw := io.Pipe()
	w := bufio.NewWriterSize(pw, 1<<18)
	if _, err := w.WriteString(header); err != nil {
		return nil, err
	}
	got := int64(0)
	sink := &textSink{func(line string) error {
		got++
		_, err := w.WriteString(line)
		return err
	}}
	if err := duckdb.RegisterScalarUDF(conn, "usagereport_sink", sink); err != nil {
		return nil, err
	}
	go func() {
		defer close(p.done)
		_, err := conn.ExecContext(ctx, stmt)
		switch {
		case ctx.Err() != nil:
			err = ctx.Err()
		case err != nil:
			err = parquetDamage(err)
		case got != want:
			err = fmt.Errorf("the Parquet file is cut off or damaged: it gives %d rows and says that it has %d; fetch it again", got, want)
		default:
			err = w.Flush()
		}
		pw.CloseWithError(err)
	}()
	p.pipe, p.Reader = pr, &parquetGuard{pr, u, depth}
	return p, nil
}

// close ends the reading and removes what it left behind.
func (p *parquetFile) close() {
	p.pipe.CloseWithError(errors.New("nobody reads the Parquet file on"))
	<-p.done
	p.remove()
}

// A parquetGuard holds the text that a Parquet file becomes to the limits, as if
// it were packed text (that of a month of the demo's, by zstd, is 33:1).
type parquetGuard struct {
	r     io.Reader
	u     *unpacker
	depth int
}

func (g *parquetGuard) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	g.u.unpacked[g.depth] += int64(n)
	if err := g.u.within(g.depth); err != nil {
		return 0, err
	}
	return n, err
}

// plainPath returns the path of f, and whether DuckDB would read that file and
// no other by it.
func plainPath(f *os.File) (string, bool) {
	path, err := filepath.Abs(f.Name())
	if err != nil || strings.ContainsAny(path, "*?[") {
		return f.Name(), false
	}
	now, err1 := os.Stat(path)
	opened, err2 := f.Stat()
	return path, err1 == nil && err2 == nil && os.SameFile(now, opened)
}

// memory opens a database of its own that can read the file at path and do
// nothing else.
func memory(ctx context.Context, path string) (*sql.Conn, func(), error) {
	c, err := duckdb.NewConnector("", nil)
	if err != nil {
		return nil, nil, err
	}
	db := sql.OpenDB(c)
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	// One thread reads the rows in their order, while others read what they say.
	_, err = conn.ExecContext(ctx, "SET threads = 1; SET memory_limit = '1GiB'; SET temp_directory = ''; SET TimeZone = 'UTC';"+
		"SET autoinstall_known_extensions = false; SET autoload_known_extensions = false; SET allow_community_extensions = false;"+
		"SET allowed_paths = ["+usage.Literal(path)+"]; SET enable_external_access = false; SET lock_configuration = true;")
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("make ready to read a Parquet file: %w", err), conn.Close(), db.Close())
	}
	return conn, func() { conn.Close(); db.Close() }, nil
}

// parquetPlan returns the header line, the statement that hands over all rows,
// and how many there must be.
func (u *unpacker) parquetPlan(ctx context.Context, conn *sql.Conn, path string) (header, stmt string, rows int64, err error) {
	fail := func(err error) (string, string, int64, error) { return "", "", 0, err }
	from := "read_parquet(" + usage.Literal(path) + ", hive_partitioning = false)"
	count := "SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata(" + usage.Literal(path) + ")"
	if err := conn.QueryRowContext(ctx, count).Scan(&rows); err != nil {
		return fail(parquetDamage(err))
	}
	var wide string
	err = conn.QueryRowContext(ctx, "SELECT name FROM parquet_schema("+usage.Literal(path)+") WHERE precision > 38").Scan(&wide)
	switch {
	case err == nil:
		return fail(fmt.Errorf("the Parquet file's column %q has decimals of more than 38 digits, which cannot be read exactly; export CSV",
			wide))
	case !errors.Is(err, sql.ErrNoRows):
		return fail(parquetDamage(err))
	}
	columns, err := parquetColumns(ctx, conn, from, parquetColumn{}, nil, 0)
	if err != nil {
		return fail(parquetDamage(err))
	}
	var h Header
	for _, c := range columns {
		h = append(h, c.name)
	}
	if whole := wholeColumns(u.formats, h); whole != nil {
		if columns, err = parquetColumns(ctx, conn, from, parquetColumn{}, whole, 0); err != nil {
			return fail(parquetDamage(err))
		}
	}
	var names, texts, lengths, values []string
	for i, c := range columns {
		at := fmt.Sprintf("c%d", i)
		names = append(names, `"`+strings.ReplaceAll(c.name, `"`, `""`)+`"`)
		texts = append(texts, asText(c.expr, c.kind)+" AS "+at)
		lengths = append(lengths, "coalesce(strlen("+at+"), 0)")
		// A value always stands in quotes, so that no text is taken for "no value".
		values = append(values, `coalesce('"' || replace(`+at+`, '"', '""') || '"', '')`)
	}
	// DuckDB holds two thousand rows at a time, and a packed column may repeat one long
	// text for all of them. In the place of such a row stands one text as long as no row
	// may be, which the scanner refuses with its address.
	stmt = fmt.Sprintf("SELECT count(usagereport_sink(CASE WHEN %s > %d THEN concat(repeat('x', %d), chr(10)) ELSE concat(%s, chr(10)) "+
		"END)) FROM (SELECT %s FROM %s)",
		strings.Join(lengths, " + "), maxRow, maxRow, strings.Join(values, ", ',', "), strings.Join(texts, ", "), from)
	return strings.Join(names, ",") + "\n", stmt, rows, nil
}

// A parquetColumn is one column of a Parquet file as text.
type parquetColumn struct{ name, expr, kind string }

// maxNesting is how deep columns in columns of a Parquet file are taken apart.
const maxNesting = 4

// parquetColumns returns the columns of a Parquet file, or those that a column of it has.
// One that has columns of its own, as Google's service has an id and a description, is
// taken apart (service.id), unless it is to be left whole.
func parquetColumns(
	ctx context.Context, conn *sql.Conn, from string, of parquetColumn, whole map[string]bool, depth int,
) ([]parquetColumn, error) {
	what := "*"
	if depth > 0 {
		what = "unnest(" + of.expr + ")"
	}
	q, err := conn.QueryContext(ctx, "SELECT column_name, column_type FROM (DESCRIBE SELECT "+what+" FROM "+from+")")
	if err != nil {
		return nil, err
	}
	defer q.Close()
	var found, out []parquetColumn
	for q.Next() {
		var c parquetColumn
		if err := q.Scan(&c.name, &c.kind); err != nil {
			return nil, err
		}
		c.expr = ident(c.name)
		if depth > 0 {
			c.expr = "struct_extract(" + of.expr + ", " + usage.Literal(c.name) + ")"
			c.name = of.name + "." + c.name
		}
		found = append(found, c)
	}
	if err := errors.Join(q.Err(), q.Close()); err != nil {
		return nil, err
	}
	if depth > 0 && len(found) == 1 && found[0].name == of.name+".list" {
		found[0].name = of.name // so BigQuery writes a list
	}
	for _, c := range found {
		apart := strings.HasPrefix(c.kind, "STRUCT(") && !strings.HasSuffix(c.kind, "]")
		wrapped := strings.HasPrefix(c.kind, "STRUCT(list STRUCT(")
		if !apart || whole[fold(c.name)] && !wrapped || depth == maxNesting {
			out = append(out, c)
			continue
		}
		inner, err := parquetColumns(ctx, conn, from, c, whole, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, inner...)
	}
	return out, nil
}

// asText is the SQL expression that turns a column to text without loss.
func asText(column, kind string) string {
	pairs := regexp.MustCompile(`(?i)^STRUCT\("?key"? [A-Z]+, "?value"? [A-Z]+\)\[\]$`)
	switch {
	case kind == "VARCHAR":
		return column
	case kind == "BLOB":
		return "coalesce(try(decode(" + column + ")), " + column + "::VARCHAR)"
	case kind == "TIMESTAMP WITH TIME ZONE":
		return "make_timestamp(epoch_us(" + column + "))::VARCHAR"
	case pairs.MatchString(kind): // tags, as AWS writes them
		return "'{' || array_to_string(list_transform(" + column + ", lambda x: to_json(x.key) || ':' || " +
			"coalesce(to_json(x.value)::VARCHAR, 'null')), ',') || '}'"
	case strings.HasPrefix(kind, "MAP("), strings.HasPrefix(kind, "STRUCT("), strings.HasSuffix(kind, "]"):
		return "to_json(" + column + ")::VARCHAR"
	}
	// Decimals have all their digits, doubles the fewest that are read back as the
	// same, days and times are as ISO 8601 has them.
	return column + "::VARCHAR"
}

// parquetDamage says in a user's words that DuckDB cannot read the file.
func parquetDamage(err error) error {
	var d *duckdb.Error
	kind := duckdb.ErrorTypeInvalid
	if errors.As(err, &d) {
		kind = d.Type
	}
	switch kind {
	case duckdb.ErrorTypeOutOfMemory:
		return errors.New("read the Parquet file: it takes over 1 GiB of memory; write it with smaller row groups, or export CSV")
	case duckdb.ErrorTypeNotImplemented:
		return errors.New("the Parquet file has a packing or a type of column that cannot be read; write it with snappy or zstd, or export CSV")
	}
	return errors.New("the Parquet file is cut off or damaged; fetch it again, or have it written again")
}

// A textSink takes each row's text out of DuckDB.
type textSink struct{ take func(string) error }

// Config implements duckdb.ScalarFunc.
func (t *textSink) Config() duckdb.ScalarFuncConfig {
	text, err1 := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR)
	truth, err2 := duckdb.NewTypeInfo(duckdb.TYPE_BOOLEAN)
	if err := errors.Join(err1, err2); err != nil {
		panic(err) // they are types
	}
	return duckdb.ScalarFuncConfig{InputTypeInfos: []duckdb.TypeInfo{text}, ResultTypeInfo: truth, Volatile: true}
}

// Executor implements duckdb.ScalarFunc.
func (t *textSink) Executor() duckdb.ScalarFuncExecutor {
	return duckdb.ScalarFuncExecutor{RowExecutor: func(v []driver.Value) (any, error) { return true, t.take(v[0].(string)) }}
}
