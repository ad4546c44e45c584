package trino_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usagereport/engine"
	"usagereport/engine/enginetest"
	"usagereport/engine/trino" // its driver is that of c.admin
)

// A cluster is one that tools/trino-cluster.sh has started; make test-trino does so.
type cluster struct {
	dir, host string
	admin     *sql.DB
}

// running returns the cluster, and skips the test where there is none, which it says.
func running(t *testing.T) *cluster {
	t.Helper()
	dir := os.Getenv("TRINO_DIR")
	if dir == "" {
		t.Skip("NOT TESTED here: there is no cluster of Trino; make test-trino starts one")
	}
	url, err := os.ReadFile(filepath.Join(dir, "url"))
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{dir: dir, host: strings.TrimPrefix(strings.TrimSpace(string(url)), "http://")}
	if c.admin, err = sql.Open("trino", "http://test@"+c.host+"?timezone=UTC"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.admin.Close() })
	return c
}

// exec runs a statement that makes something.
func (c *cluster) exec(t *testing.T, statement string) {
	t.Helper()
	if _, err := c.admin.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%v\n%s", err, statement)
	}
}

// open opens a table.
func (c *cluster) open(t *testing.T, catalog, schema, table string, o trino.Options) *trino.Engine {
	t.Helper()
	p, err := trino.ParsePlace(fmt.Sprintf("//test@%s/%s/%s?table=%s&tls=false", c.host, catalog, schema, table))
	if err != nil {
		t.Fatal(err)
	}
	e, err := trino.Open(p, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

// folder makes a new folder that the cluster reads, and a schema of the same name for each
// catalog.
func (c *cluster) folder(t *testing.T) string {
	t.Helper()
	name := fmt.Sprintf("t%d", time.Now().UnixNano())
	if err := os.MkdirAll(filepath.Join(c.dir, "data", name), 0o755); err != nil {
		t.Fatal(err)
	}
	return name
}

// columns are those of the Parquet files of a fixture, as DuckDB says them.
func columns(t *testing.T, f *enginetest.Fixture) (out []engine.Column) {
	t.Helper()
	rows, err := f.DB.QueryContext(t.Context(), "SELECT column_name, column_type FROM (DESCRIBE SELECT * EXCLUDE (i) FROM usage)")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var c engine.Column
		if err := rows.Scan(&c.Name, &c.Type); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// hive makes a table of the fixture, by the statements that 'engine ddl' prints.
func (c *cluster) hive(t *testing.T, f *enginetest.Fixture, name string) {
	t.Helper()
	for _, s := range engine.DDL(engine.Hive, engine.TableName{Catalog: "hive", Schema: name, Table: "focus"}, "local:///"+name, columns(t, f),
		[]string{"x_BillingPeriod", "run_id"}) {
		c.exec(t, s)
	}
}

func TestHive(t *testing.T) {
	t.Parallel()
	c := running(t)
	name := c.folder(t)
	f := enginetest.NewFixture(t, filepath.Join(c.dir, "data", name), rows(t))
	c.hive(t, f, name)
	enginetest.TestEngine(t, f, questions(t), func(t *testing.T) engine.Engine { return c.open(t, "hive", name, "focus", trino.Options{}) })
}

func TestDelta(t *testing.T) {
	t.Parallel()
	c := running(t)
	python := os.Getenv("DELTA_PYTHON")
	if python == "" {
		t.Skip("NOT TESTED: there is no Python with deltalake, which DELTA_PYTHON names")
	}
	name := c.folder(t)
	f := enginetest.NewFixture(t, filepath.Join(c.dir, "data", name), rows(t))
	out, err := exec.CommandContext(t.Context(), python, "../../tools/delta-table.py", f.Dir, filepath.Join(c.dir, "data", name+"-delta"),
		"x_BillingPeriod",
		"run_id").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, s := range engine.DDL(engine.Delta, engine.TableName{Catalog: "delta", Schema: name, Table: "focus"}, "local:///"+name+"-delta",
		nil, nil) {
		c.exec(t, s)
	}
	enginetest.TestEngine(t, f, questions(t), func(t *testing.T) engine.Engine { return c.open(t, "delta", name, "focus", trino.Options{}) })
}

// rows is how many the fixtures have.
func rows(t *testing.T) (n int) {
	t.Helper()
	if _, err := fmt.Sscan(os.Getenv("ENGINE_ROWS"), &n); err != nil {
		return 20_000
	}
	return n
}

// questions is how many each kind of table is asked at random.
func questions(t *testing.T) (n int) {
	t.Helper()
	if _, err := fmt.Sscan(os.Getenv("ENGINE_QUESTIONS"), &n); err != nil {
		return 20
	}
	return n
}

// months reads what a load would before it asks for charges.
func months(ctx context.Context, e engine.Engine) error {
	table, err := engine.Open(ctx, e, engine.Options{})
	if err != nil {
		return err
	}
	_, err = table.Months(ctx)
	return err
}

// The files lie in data/bench of the cluster's folder, where the benchmark of
// engine/parquet has left them.
func TestScaleOutTable(t *testing.T) {
	enginetest.Benching(t)
	c := running(t)
	f := enginetest.NewFixture(t, t.TempDir(), 1) // for its columns
	for _, s := range engine.DDL(engine.Hive, engine.TableName{Catalog: "hive", Schema: "bench", Table: "focus"}, "local:///bench",
		columns(t, f),
		[]string{"x_BillingPeriod", "run_id"}) {
		c.exec(t, s)
	}
	enginetest.Bench(t, "Trino, "+os.Getenv("BENCH_WORKERS")+" workers", rows(t), c.open(t, "hive", "bench", "focus", trino.Options{}))
}

// drain runs a statement to its end.
func drain(ctx context.Context, e engine.Engine, statement string) error {
	rows, err := e.Query(ctx, statement)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		continue
	}
	return rows.Err()
}
