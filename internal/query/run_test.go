package query_test

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"usagereport/internal/query"
)

// ledger returns the path of a small database in a file.
func ledger(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "it's a ledger.duckdb")
	db, err := sql.Open("duckdb", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{
		"CREATE TABLE x AS SELECT 'Storage' AS ServiceName, 751.7::DECIMAL(38,18) AS BilledCost, DATE '2018-07-11' AS ChargePeriodStart",
		"CREATE VIEW usage AS SELECT * FROM x",
		"CREATE SEQUENCE sq",
	} {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := query.Open(t.Context(), path, query.OpenOptions{MemoryLimit: "1GB"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestReadingStatements(t *testing.T) {
	db := open(t, ledger(t))
	for _, stmt := range []string{
		"SELECT * FROM usage", "select 1;", "SELECT 1; -- done;", "/* a */ SELECT 1", "FROM usage", "VALUES (1)", "TABLE usage",
		"WITH u AS (FROM usage) SELECT sum(BilledCost) FROM u", "DESCRIBE usage", "DESCRIBE SELECT 1", "SHOW TABLES", "SHOW ALL TABLES",
		"SUMMARIZE usage", "EXPLAIN SELECT * FROM usage", "-- a plan\nEXPLAIN ANALYZE FROM usage;", "explain (analyze, format json) SELECT 1",
		"PIVOT usage ON ServiceName IN ('Storage') USING sum(BilledCost)", "SELECT 'COPY; DROP TABLE x' AS s",
		"SELECT current_setting('TimeZone')", "SELECT '[checkpoint]' AS query",
	} {
		if out := run(t, db, stmt, query.Options{Format: query.AsJSON}); len(out) < 5 {
			t.Errorf("%s: %q", stmt, out)
		}
	}
	if out := run(t, db, "SELECT ServiceName, BilledCost FROM usage", query.Options{Format: query.AsCSV}); out != "ServiceName,BilledCost\nStorage,751.70\n" {
		t.Errorf("got %q", out)
	}
}

// hostile are statements that must fail on a ledger opened by Open.
func hostile(dir string) []string {
	out := filepath.Join(dir, "stolen")
	return []string{
		"COPY x TO '" + out + "'", "COPY (SELECT 1) TO '" + out + "' (FORMAT csv)", "COPY x FROM '/etc/passwd'",
		"EXPORT DATABASE '" + out + "'", "IMPORT DATABASE '" + dir + "'", "PRAGMA import_database('" + dir + "')",
		"ATTACH '" + out + "' AS y", "ATTACH ':memory:' AS y", "DETACH x", "USE memory",
		"INSTALL httpfs", "FORCE INSTALL httpfs", "LOAD httpfs", "LOAD '" + out + "'",
		"SET threads = 1", "SET enable_external_access = true", "SET VARIABLE v = 1", "SET search_path = 'temp'", "RESET threads", "SET lock_configuration = false",
		"PRAGMA threads = 1", "PRAGMA enable_profiling", "PRAGMA table_info('x')", "PRAGMA database_list",
		"CREATE TEMP VIEW usage AS SELECT 1", "CREATE OR REPLACE TEMP VIEW usage AS SELECT 1", "CREATE TEMP TABLE y (i INT)", "CREATE TABLE y (i INT)", "CREATE TEMP MACRO m() AS 1", "CREATE SECRET (TYPE s3)",
		"BEGIN", "COMMIT", "ROLLBACK", "CALL enable_logging()", "CALL pragma_version()", "CHECKPOINT", "VACUUM", "ANALYZE",
		"PREPARE p AS SELECT 1", "EXECUTE p", "DEALLOCATE p", "COMMENT ON TABLE x IS 'y'",
		"DROP TABLE x", "DROP VIEW usage", "INSERT INTO x VALUES ('a', 1, NULL)", "DELETE FROM x", "UPDATE x SET BilledCost = 0", "TRUNCATE x", "ALTER TABLE x RENAME TO y",
		"MERGE INTO x USING x AS s ON true WHEN MATCHED THEN DELETE", "WITH y AS (DELETE FROM x RETURNING *) SELECT * FROM y", "INSERT INTO x VALUES ('a', 1, NULL) RETURNING *",
		"SELECT 1; DROP TABLE x", "SELECT 1; SELECT 2", "CREATE TEMP TABLE y (i INT); SELECT 1", "; DROP TABLE x", "SELECT 1 -- \n; BEGIN",
		"EXPLAIN ANALYZE CREATE TEMP VIEW usage AS SELECT 1", "EXPLAIN ANALYZE COPY x TO '" + out + "'", "EXPLAIN ANALYZE SET threads = 1", "EXPLAIN DROP TABLE x",
		"EXPLAIN (ANALYZE) CREATE TEMP TABLE y (i INT)", "EXPLAIN ANALYZE EXPLAIN ANALYZE CREATE TEMP TABLE y (i INT)", "EXPLAIN SELECT 1; DROP TABLE x",
		"/* /* */ EXPLAIN SELECT 1 -- */ EXPLAIN ANALYZE CREATE TEMP TABLE y (i INT)", "EXPLAIN (FORMAT ') SELECT 1 --', ANALYZE) CREATE TEMP TABLE y (i INT)",
		"EXPLAIN ANALYZE SELECT * FROM enable_logging()",
		"SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM '/etc/passwd'", "SELECT * FROM '/etc/*.csv'", "SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM read_blob('/etc/passwd')",
		"SELECT * FROM read_json('/etc/passwd')", "SELECT * FROM read_parquet('/etc/passwd')", "SELECT * FROM parquet_metadata('/etc/passwd')", "SELECT * FROM sniff_csv('/etc/passwd')",
		"SELECT * FROM glob('/etc/*')", "SELECT * FROM read_csv('https://example.com/x.csv')", "SELECT * FROM 's3://bucket/x.parquet'", "SELECT * FROM read_csv('/dev/stdin')",
		"SELECT getenv('HOME')", "SELECT nextval('sq')",
		"SELECT * FROM enable_logging(storage := 'stdout')", "SELECT * FROM enable_logging(storage := 'file', storage_path := '" + out + "')", `SELECT * FROM system.main."Enable_Logging"()`,
		"SELECT * FROM query('SELECT * FROM enable' || '_logging()')", "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))", "SELECT write_log('x')",
		"SELECT (SELECT count(*) FROM checkpoint())", "SELECT * FROM enable_profiling()", "DESCRIBE FROM enable_peg_parser()",
		"", " ;; ", "-- nothing", "SELECT 1\x00; DROP TABLE x", "SELECT ?", "SELECT $a", "SELEC 1", "SELECT \xff",
	}
}

func TestHostileStatements(t *testing.T) {
	path := ledger(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	db, dir := open(t, path), t.TempDir()
	for _, stmt := range hostile(dir) {
		var b bytes.Buffer
		err := query.Run(t.Context(), db, stmt, &b, query.Options{})
		if err == nil || b.Len() > 0 {
			t.Errorf("%q ran: %v, %s", stmt, err, b.String())
			continue
		}
		if !strings.HasPrefix(err.Error(), "query: ") || strings.Contains(err.Error(), "driver") {
			t.Errorf("%q: error %q", stmt, err)
		}
		t.Logf("%-60.60q %v", stmt, err)
		if got := run(t, db, "SELECT BilledCost FROM usage", query.Options{Format: query.AsCSV}); got != "BilledCost\n751.70\n" {
			t.Fatalf("after %q the ledger reads %q", stmt, got)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("files appeared: %v", left)
	}
	db.Close()
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the ledger changed")
	}
}

// TestSandbox holds the database itself, without Run before it, to what it must
// refuse even if Run should once let it through.
func TestSandbox(t *testing.T) {
	db, out := open(t, ledger(t)), filepath.Join(t.TempDir(), "stolen")
	for _, stmt := range []string{
		"SELECT * FROM read_csv('/etc/passwd')", "COPY x TO '" + out + "'", "ATTACH '" + out + "' AS y", "INSTALL httpfs", "LOAD httpfs",
		"SET enable_external_access = true", "SET lock_configuration = false", "SET allowed_paths = ['/etc/passwd']", "RESET memory_limit",
		"EXPORT DATABASE '" + out + "'", "DROP TABLE x", "INSERT INTO x VALUES ('a', 1, NULL)", "CREATE TABLE y (i INT)",
	} {
		if _, err := db.Exec(stmt); err == nil {
			t.Errorf("%s succeeded", stmt)
		}
	}
}

func TestRefusalSaysWhatIsAllowed(t *testing.T) {
	db := memory(t)
	for stmt, want := range map[string]string{
		"DROP TABLE nope":               "query: DROP is not allowed; a query is one statement that reads: SELECT, ",
		"/* c */ copy x to 'f'":         "query: COPY is not allowed; ",
		"SELECT 1; DROP TABLE x":        "query: more than one statement, or ",
		"PIVOT x ON s USING sum(a)":     "query: PIVOT needs its values listed",
		"-- nothing":                    "query: no statement; ",
		"SELECT * FROM checkpoint()":    "query: function checkpoint is not allowed: ",
		"SELECT $1":                     "query: the statement has a parameter without a name",
		"EXPLAIN ANALYZE DELETE FROM x": "query: more than one statement, or one that does not only read; ",
	} {
		err := query.Run(t.Context(), db, stmt, io.Discard, query.Options{})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s:\n got %v\nwant %s", stmt, err, want)
		}
	}
}

func TestSQLErrors(t *testing.T) {
	db := memory(t, "CREATE TABLE t (ServiceName VARCHAR)")
	for stmt, want := range map[string]string{
		"SELECT ServiceNam FROM t":              "query: Binder Error: Referenced column \"ServiceNam\" not found in FROM clause!\nCandidate bindings: \"ServiceName\"\n\nLINE 1: SELECT ServiceNam FROM t\n               ^",
		"SELECT 1 FORM t":                       "query: Parser Error: syntax error at or near \"t\"\n\nLINE 1: SELECT 1 FORM t\n                      ^",
		"EXPLAIN SELEC 1":                       "query: Parser Error: syntax error at or near \"SELEC\"\n\nLINE 1: EXPLAIN SELEC 1\n                ^",
		"SELECT error('a' || chr(27) || '[2J')": "query: Invalid Input Error: a\\x1b[2J",
		"SELECT 1::VARIANT":                     "query: unsupported data type: VARIANT: index: 0",
	} {
		err := query.Run(t.Context(), db, stmt, io.Discard, query.Options{})
		if err == nil || err.Error() != want {
			t.Errorf("%s:\n got %v\nwant %s", stmt, err, want)
		}
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	err := query.Run(ctx, memory(t), "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range = 7", io.Discard, query.Options{})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	if _, err := query.Open(t.Context(), filepath.Join(dir, "none.duckdb"), query.OpenOptions{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	for _, name := range []string{"a#b", "a?b", "a%b"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if db, err := query.Open(t.Context(), filepath.Join(dir, name), query.OpenOptions{}); err == nil {
			db.Close()
			t.Errorf("%s: opened", name)
		}
	}
	path := ledger(t)
	open(t, path)
	open(t, path) // shares the database of the first
}

// TestStreams writes 200,000 rows and asks that encoding them keeps none.
func TestStreams(t *testing.T) {
	const rows = 200_000
	db := memory(t)
	var start, end runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&start)
	peak := start.HeapAlloc
	r, w := io.Pipe()
	go func() {
		w.CloseWithError(query.Run(context.Background(), db,
			"SELECT i, 'resource ' || i AS name, (i * 1.000000001)::DECIMAL(38,18) AS cost FROM range(200000) t(i)", w, query.Options{Format: query.AsCSV}))
	}()
	in := csv.NewReader(bufio.NewReader(r))
	in.ReuseRecord = true
	n := -1
	for {
		rec, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if n >= 0 && rec[0] != strconv.Itoa(n) {
			t.Fatalf("row %d: %q", n, rec)
		}
		if n++; n%50_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&end)
			peak = max(peak, end.HeapAlloc)
		}
	}
	if n != rows {
		t.Errorf("%d rows, want %d", n, rows)
	}
	if grown := peak - start.HeapAlloc; grown > 4<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
}

func TestParquet(t *testing.T) {
	path, file := ledger(t), filepath.Join(t.TempDir(), "o'ut.parquet")
	for _, end := range []string{"", ";", " ; -- it's; done", "\n-- last; line"} {
		stmt := "SELECT ServiceName, BilledCost, 99999999999999999999.999999999999999999::DECIMAL(38,18) AS big, ';' AS s FROM usage" + end
		if err := query.WriteParquet(t.Context(), path, stmt, file, query.OpenOptions{Dir: t.TempDir()}, nil); err != nil {
			t.Fatalf("%s: %v", stmt, err)
		}
		got := run(t, memory(t), "SELECT *, typeof(big) AS typ FROM read_parquet('"+strings.ReplaceAll(file, "'", "''")+"')", query.Options{Format: query.AsCSV})
		if want := "ServiceName,BilledCost,big,s,typ\nStorage,751.70,99999999999999999999.999999999999999999,;,\"DECIMAL(38,18)\"\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	other := filepath.Join(t.TempDir(), "other")
	for _, stmt := range append(hostile(filepath.Dir(other)), "EXPLAIN SELECT 1", "SELECT 1) TO '"+other+"' --", "SELECT 1) TO '"+other+"'; SELECT (1") {
		if err := query.WriteParquet(t.Context(), path, stmt, file, query.OpenOptions{Dir: t.TempDir()}, nil); err == nil {
			t.Errorf("%q was written", stmt)
		}
	}
	for _, dir := range []string{filepath.Dir(file), filepath.Dir(other)} {
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"plain ü 生 👩\u200d💻": "plain ü 生 👩\u200d💻",
		"\x1b]0;t\a":         `\x1b]0;t\x07`,
		"a\u202eb\u2066":     `a\u202eb\u2066`,
		"a\nb\t\r\x7f\u0085": `a\nb\t\r\x7f\x85`,
		"\xff\u2028":         `\xff\u2028`,
		"\U000e0001":         `\U000e0001`,
	} {
		if got := query.Visible(in); got != want {
			t.Errorf("Visible(%q) = %q, want %q", in, got, want)
		}
	}
}

// A large result has the bytes of a small one.
func TestLargeAsSmall(t *testing.T) {
	path := ledger(t)
	for _, stmt := range []string{
		"SELECT * FROM usage", "SELECT 1 AS a, 2 AS a, NULL AS n;", "SELECT 'x' AS s WHERE false", "DESCRIBE usage", "EXPLAIN SELECT 1", "SELECT 1 -- one",
		"SELECT range AS i, range / 8 AS d, (range * 1.05)::DECIMAL(38,18) AS m, 'a' || range AS s, DATE '2026-01-01' + range::INTEGER AS day, [range] AS l, {'k': range} AS st, MAP {'k': 'v'} AS tags, range % 2 = 0 AS b, 'a' || chr(0) || chr(2) || 'b' || chr(10) || chr(34) AS odd, ' x' AS blank, '' AS e, NULL::VARCHAR AS n, '[1, 2]'::JSON AS j, 'x'::ENUM('x') AS en, range::DECIMAL(9,2) AS dec, -0.5::DECIMAL(38,18) AS neg, TIMESTAMP '2026-01-01 10:00:00.5' AS ts, TIME '10:00' AS ti, uuid() IS NULL AS u, 'x'::BLOB AS bl, '=1+1' AS formula, 1.5e300 AS f, range::HUGEINT * 99999999999999999999 AS h FROM range(1000) ORDER BY range DESC",
		"SELECT $x AS x, $y::INTEGER + 1 AS y",
	} {
		for _, format := range []query.Format{query.AsCSV, query.AsJSON, query.AsNDJSON, query.AsMarkdown} {
			o := query.Options{Format: format}
			if strings.Contains(stmt, "$x") {
				x, y := "it's", "2"
				o.Params = map[string]*string{"x": &x, "y": &y}
			}
			db, err := query.Open(t.Context(), path, query.OpenOptions{})
			if err != nil {
				t.Fatal(err)
			}
			var small, large bytes.Buffer
			if err := errors.Join(query.Run(t.Context(), db, stmt, &small, o), db.Close()); err != nil {
				t.Fatalf("%s: %v", stmt, err)
			}
			if err := query.RunLarge(t.Context(), path, stmt, &large, query.OpenOptions{Dir: t.TempDir()}, o); err != nil {
				t.Fatalf("%s: %v", stmt, err)
			}
			if small.String() != large.String() {
				t.Errorf("%s as %s:\n%s\nwant\n%s", stmt, format, large.String(), small.String())
			}
		}
	}
}

// The rows of several pages come all, once and in order.
func TestLargeInOrder(t *testing.T) {
	dir := t.TempDir()
	var b bytes.Buffer
	const n = 300_001
	if err := query.RunLarge(t.Context(), ledger(t), "SELECT range AS i FROM range("+strconv.Itoa(n)+") ORDER BY i", &b, query.OpenOptions{Dir: dir}, query.Options{Format: query.AsCSV}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")[1:]
	if len(lines) != n {
		t.Fatalf("%d rows, want %d", len(lines), n)
	}
	for i, l := range lines {
		if l != strconv.Itoa(i) {
			t.Fatalf("row %d is %s", i, l)
		}
	}
	// What is refused small is refused large.
	for _, stmt := range append(hostile(dir)[:8], "DROP TABLE spill.rows", "CREATE TABLE spill.y (i INT)", "INSERT INTO spill.rows VALUES (1)", "FROM spill.rows") {
		if err := query.RunLarge(t.Context(), ledger(t), stmt, io.Discard, query.OpenOptions{Dir: t.TempDir()}, query.Options{Format: query.AsCSV}); err == nil {
			t.Errorf("%s: ran", stmt)
		}
	}
}

// A result that outgrows its limit ends, whichever way it is written.
func TestDiskLimit(t *testing.T) {
	const stmt = "SELECT range, md5(range::VARCHAR) AS s FROM range(100000000)"
	o := query.OpenOptions{Dir: t.TempDir(), DiskLimit: 1 << 20}
	if err := query.RunLarge(t.Context(), ledger(t), stmt, io.Discard, o, query.Options{Format: query.AsCSV}); !errors.Is(err, query.ErrTooLarge) {
		t.Errorf("rows: %v", err)
	}
	o.Dir = t.TempDir()
	if err := query.WriteParquet(t.Context(), ledger(t), stmt, filepath.Join(o.Dir, "x"), o, nil); !errors.Is(err, query.ErrTooLarge) {
		t.Errorf("parquet: %v", err)
	}
}

// The folders of processes that were killed go when the next one makes its own; those
// that are in use stay.
func TestFolder(t *testing.T) {
	parent := t.TempDir()
	now := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
	age := func(dir string) {
		t.Helper()
		if err := os.Chtimes(dir, now.Add(-time.Hour), now.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	used, remove, err := query.Folder(parent, now)
	if err != nil {
		t.Fatal(err)
	}
	age(used)
	dead, fresh := filepath.Join(parent, ".usagereport-1"), filepath.Join(parent, ".usagereport-2")
	for _, dir := range []string{dead, fresh} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dead, "rows.duckdb"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	age(dead)
	if err := os.Chtimes(fresh, now, now); err != nil {
		t.Fatal(err)
	}
	_, removeToo, err := query.Folder(parent, now)
	if err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]bool{used: true, fresh: true, dead: false} {
		if _, err := os.Stat(dir); (err == nil) != want {
			t.Errorf("%s: %v, want it there: %v", dir, err, want)
		}
	}
	remove()
	removeToo()
	if left, err := os.ReadDir(parent); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"2GB": 2e9, "500mb": 5e8, "1.5GiB": 3 << 29, "100000B": 1e5, "7": 7, " 1 KiB ": 1024, "3g": 3e9,
		"": 0, "2XB": 0, "-1": 0, "80%": 0, "none": 0, "1e9": 0, "0": 0, "99999TB": 0, "2 2GB": 0,
	} {
		if got, err := query.ParseSize(text); got != want || (err == nil) != (want > 0) {
			t.Errorf("%q is %d, %v; want %d", text, got, err, want)
		}
	}
}
