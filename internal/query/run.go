package query

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/duckdb/duckdb-go/v2"

	"usagereport/internal/duckfile"
)

// Run runs stmt, one statement that reads, and writes its result to w.
//
// It refuses every other statement before running any of it, whatever the
// database would permit: also on a locked read-only one a temporary view could
// hide the ledger's own, and a transaction or a setting would outlive the
// statement. The connection is thrown away afterwards. Run keeps a statement
// from reading files only if db comes from Open.
//
// Rows are written as they are read, but the driver has DuckDB finish the
// result first and hold it outside its memory limit: to write very many rows
// use RunLarge or WriteParquet.
func Run(ctx context.Context, db *sql.DB, stmt string, w io.Writer, o Options) error {
	if o.Format == AsParquet {
		return errors.New("query: parquet goes to a file")
	}
	return checked(ctx, db, stmt, o.Params, func(ctx context.Context, conn *sql.Conn, read reading) error {
		return run(ctx, conn, stmt, w, read, o)
	})
}

// checked calls do with a connection on which stmt was checked, and throws it away.
func checked(ctx context.Context, db *sql.DB, stmt string, params map[string]*string,
	do func(ctx context.Context, conn *sql.Conn, read reading) error,
) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return sqlError(ctx, err)
	}
	defer duckfile.Discard(conn)
	read, err := check(ctx, conn, stmt, params)
	if err != nil {
		return err
	}
	return do(ctx, conn, read)
}

// run runs what check has read on conn.
func run(ctx context.Context, conn *sql.Conn, stmt string, w io.Writer, read reading, o Options) error {
	if o.Limit > 0 && read.typ == duckdb.STATEMENT_TYPE_SELECT {
		whole, _, _ := Ended(stmt)
		few := fmt.Sprintf("FROM (\n%s\n) LIMIT %d", strings.TrimSuffix(whole, ";"), o.Limit+1)
		if prepares(conn, few, duckdb.STATEMENT_TYPE_SELECT) == nil { // not so DESCRIBE and its like
			stmt = few
		}
	}
	rows, err := conn.QueryContext(ctx, stmt, read.args...)
	if err != nil {
		return sqlError(ctx, err)
	}
	defer rows.Close()
	t, err := FromRows(rows)
	if err != nil {
		return sqlError(ctx, err)
	}
	if len(read.names) == len(t.Columns) { // which a limit's subquery renames where two are alike
		for i := range t.Columns {
			t.Columns[i].Name = read.names[i]
		}
	}
	if o.Limit > 0 {
		t = t.First(o.Limit)
	}
	if err := Encode(w, t, o); err != nil {
		return sqlError(ctx, err)
	}
	return nil
}

// allowed ends the message of every refusal.
const allowed = "a query is one statement that reads: SELECT, WITH, FROM, VALUES, DESCRIBE, SHOW, SUMMARIZE, or EXPLAIN before one of them"

// A reading is a statement that only reads.
type reading struct {
	typ   duckdb.StmtType
	args  []any    // the values of its parameters
	names []string // of its columns
}

// check returns what stmt is if it is one statement that only reads. The judge
// is DuckDB's own parser: first without looking anything up, so that a refusal
// does not depend on what exists, then as a prepared statement, whose errors say
// where in the text they are.
func check(ctx context.Context, conn *sql.Conn, stmt string, params map[string]*string) (out reading, err error) {
	if strings.ContainsRune(stmt, 0) || !utf8.ValidString(stmt) {
		return out, errors.New("query: the statement is not text: it holds a NUL or is not UTF-8")
	}
	want := duckdb.STATEMENT_TYPE_SELECT
	read, err := parse(ctx, conn, stmt)
	if part := explained(stmt); err == nil && !read.selects() && part != "" {
		want = duckdb.STATEMENT_TYPE_EXPLAIN
		read, err = parse(ctx, conn, part)
	}
	switch {
	case err != nil:
		return out, err
	case read.Type == "parser" || read.Type == "syntax":
		// Preparing it says where.
	case !read.selects():
		return out, refusal(stmt)
	default:
		if name := forbidden(read.Statements); name != "" {
			return out, fmt.Errorf("query: function %s is not allowed: it changes the state of the database or hides what it runs", name)
		}
	}
	var argErr error
	err = conn.Raw(func(c any) error {
		// Prepare is the one door that refuses several statements:
		// PrepareContext would run all but the last.
		prepared, err := c.(*duckdb.Conn).Prepare(stmt)
		if err != nil {
			return err
		}
		defer prepared.Close()
		s := prepared.(*duckdb.Stmt)
		if out.typ, err = s.StatementType(); err != nil {
			return err
		}
		if out.args, argErr = arguments(s, params); argErr != nil {
			return nil
		}
		out.names, err = columnNames(s)
		return err
	})
	switch {
	case err != nil:
		return out, sqlError(ctx, err)
	case !read.selects(), out.typ != want:
		return out, refusal(stmt)
	}
	return out, argErr
}

func columnNames(s *duckdb.Stmt) ([]string, error) {
	n, err := s.ColumnCount()
	if err != nil {
		return nil, err
	}
	names := make([]string, n)
	for i := range names {
		if names[i], err = s.ColumnName(i); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// arguments returns the values of the parameters of s, each of the type that the
// statement wants of it.
func arguments(s *duckdb.Stmt, params map[string]*string) (args []any, err error) {
	used := map[string]bool{}
	for i := 1; i <= s.NumInput(); i++ {
		name, err := s.ParamName(i)
		if err != nil {
			return nil, err
		}
		if _, err := strconv.Atoi(name); err == nil {
			return nil, errors.New("query: the statement has a parameter without a name; write $name, and give its value with --param name=VALUE")
		}
		text, ok := params[name]
		if !ok {
			return nil, fmt.Errorf("query: the statement has the parameter $%s; give its value with --param %s=VALUE", name, name)
		}
		used[name] = true
		if text == nil {
			args = append(args, sql.Named(name, nil))
			continue
		}
		typ, err := s.ParamType(i)
		if err != nil {
			return nil, err
		}
		v, err := argument(*text, typ)
		if err != nil {
			return nil, fmt.Errorf("query: --param %s=%s: %w", name, Visible(*text), err)
		}
		args = append(args, sql.Named(name, v))
	}
	for name := range params {
		if !used[name] {
			return nil, fmt.Errorf("query: --param %s: the statement has no parameter $%s", Visible(name), Visible(name))
		}
	}
	return args, nil
}

// argument reads a parameter's value as the type that a statement wants of it.
func argument(text string, typ duckdb.Type) (any, error) {
	switch typ {
	case duckdb.TYPE_DATE, duckdb.TYPE_TIMESTAMP, duckdb.TYPE_TIMESTAMP_S, duckdb.TYPE_TIMESTAMP_MS, duckdb.TYPE_TIMESTAMP_NS,
		duckdb.TYPE_TIMESTAMP_TZ:
		for _, layout := range []string{time.DateOnly, time.DateTime, time.RFC3339} {
			if t, err := time.Parse(layout, text); err == nil {
				return t, nil
			}
		}
		return nil, errors.New("the statement wants a day (2026-10-01) or a time (2026-10-01 15:04:05)")
	case duckdb.TYPE_TINYINT, duckdb.TYPE_SMALLINT, duckdb.TYPE_INTEGER, duckdb.TYPE_BIGINT, duckdb.TYPE_UTINYINT, duckdb.TYPE_USMALLINT,
		duckdb.TYPE_UINTEGER, duckdb.TYPE_UBIGINT, duckdb.TYPE_HUGEINT:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, errors.New("the statement wants a whole number")
		}
		return n, nil
	case duckdb.TYPE_BOOLEAN:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return nil, errors.New("the statement wants true or false")
		}
		return b, nil
	}
	return text, nil // what else it wants DuckDB makes of the text, or says why not
}

// A tree is a statement as DuckDB's parser reads it, or why it can't be given:
// only statements of the type SELECT can.
type tree struct {
	Type       string `json:"error_type"`
	Statements []any  `json:"statements"`
}

// selects reports whether t is one statement of the type SELECT.
func (t tree) selects() bool { return t.Type == "" && len(t.Statements) == 1 }

func parse(ctx context.Context, conn *sql.Conn, stmt string) (tree, error) {
	var t tree
	var text string
	err := conn.QueryRowContext(ctx, "SELECT json_serialize_sql(?::VARCHAR)::VARCHAR", stmt).Scan(&text)
	if err == nil {
		err = json.Unmarshal([]byte(text), &t)
	}
	if err != nil {
		return t, sqlError(ctx, err)
	}
	return t, nil
}

// explained returns the statement that stmt explains, or "". EXPLAIN ANALYZE
// runs its statement, so check must know it. What does not begin plainly with
// the word, after line comments at most, is not taken apart and so refused.
func explained(stmt string) string {
	m := regexp.MustCompile(`(?is)^(?:\s|--[^\r\n]*[\r\n])*explain\b(?:\s*\([\w\s,]*\)|\s+analyze\b)?(.*)$`).FindStringSubmatch(stmt)
	if m == nil {
		return ""
	}
	return m[1]
}

// forbidden returns the name of a function in tree that changes the state of
// the database, or runs text that check has not seen; or "".
func forbidden(tree any) string {
	names := []string{
		"checkpoint", "disable_logging", "disable_peg_parser", "disable_profiling", "enable_logging", "enable_peg_parser",
		"enable_profiling", "force_checkpoint", "json_execute_serialized_sql", "query", "truncate_duckdb_logs", "write_log",
	}
	switch v := tree.(type) {
	case []any:
		for _, e := range v {
			if name := forbidden(e); name != "" {
				return name
			}
		}
	case map[string]any:
		if name, ok := v["function_name"].(string); ok && slices.Contains(names, strings.ToLower(name)) {
			return strings.ToLower(name)
		}
		for _, e := range v {
			if name := forbidden(e); name != "" {
				return name
			}
		}
	}
	return ""
}

// refusal says that stmt is not a statement that Run runs.
func refusal(stmt string) error {
	words := regexp.MustCompile(`(?s)--[^\r\n]*|/\*.*?\*/`).ReplaceAllString(stmt, " ")
	word := strings.ToUpper(regexp.MustCompile(`[A-Za-z]+`).FindString(words))
	switch {
	case strings.Trim(words, "; \t\r\n") == "":
		return fmt.Errorf("query: no statement; %s", allowed)
	case word == "PIVOT":
		return fmt.Errorf("query: PIVOT needs its values listed, as in ON column IN ('a', 'b'); %s", allowed)
	case slices.Contains([]string{"SELECT", "WITH", "FROM", "VALUES", "DESCRIBE", "SHOW", "SUMMARIZE", "TABLE", "EXPLAIN"}, word):
		return fmt.Errorf("query: more than one statement, or one that does not only read; %s", allowed)
	}
	return fmt.Errorf("query: %s is not allowed; %s", word, allowed)
}

// sqlError returns err as the error of a query: DuckDB's own message, which
// shows the place, without the driver's preamble. Values in it cannot steer a
// terminal.
func sqlError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("query: stopped: %w", context.Cause(ctx))
	}
	var duck *duckdb.Error
	msg := strings.TrimPrefix(err.Error(), "database/sql/driver: ")
	if errors.As(err, &duck) {
		msg = duck.Msg
	} else if !strings.Contains(err.Error(), "driver: ") {
		return fmt.Errorf("query: %w", err)
	}
	msg = strings.TrimSpace(msg)
	if strings.HasPrefix(msg, "Out of Memory Error") { // DuckDB's advice are settings, which a statement cannot make
		first, _, _ := strings.Cut(msg, "\n")
		msg = first + "\nask for fewer rows or columns at a time, or allow more with --memory-limit"
	}
	lines := strings.Split(msg, "\n")
	for i, l := range lines {
		lines[i] = Visible(l)
	}
	if strings.Contains(lines[0], "disabled by configuration") {
		lines = append(lines, "queries reach no other file and no network; --unsafe lets one of your own")
	}
	return errors.New("query: " + strings.Join(lines, "\n"))
}
