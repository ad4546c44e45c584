package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"usagereport/engine/enginetest"
	"usagereport/usage"
)

// A worker of a cluster that is killed while a load reads ends the statement after many rows have
// come. None of them is in the ledger: the load asks again, and what it then has is exact. It ends
// a worker for good, so make test-trino runs it after all that need two.
func TestWorkerKilled(t *testing.T) {
	dir := os.Getenv("TRINO_DIR")
	if dir == "" {
		t.Skip("NOT TESTED here: there is no cluster of Trino; make test-trino starts one")
	}
	p := place{t, t.TempDir()}
	f := enginetest.NewFixture(t, filepath.Join(p.dir, "lake"), 400_000)
	r := runner{t, p.dir}
	at := p.table(dir, "hive")
	c, out := r.command("load", "--db", "usage.duckdb", "--engine", at)
	tmp := t.TempDir()
	c.Env = append(os.Environ(), "TMPDIR="+tmp)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	for written(tmp) < 1<<18 {
		select {
		case err := <-ended:
			t.Fatalf("the load ended before it was hit: %v\n%s", err, out)
		case <-time.After(time.Millisecond):
		}
	}
	kill(t, dir, "worker2")
	if err := <-ended; err != nil {
		t.Fatalf("the load does not ask again: %v\n%s", err, out)
	}
	_, schema, _ := strings.Cut(at, "/hive/")
	schema, _, _ = strings.Cut(schema, "?")
	failed, err := exec.CommandContext(t.Context(), "../../tools/trino-cluster.sh", "sql", dir, "SELECT count(*) FROM system.runtime.queries "+
		"WHERE state = 'FAILED' AND query LIKE '%"+schema+"%'").Output()
	if n, _ := strconv.Atoi(strings.TrimSpace(string(failed))); err != nil || n == 0 {
		t.Errorf("%s statements failed, %v: the load did not notice", failed, err)
	}
	r.must("query", "--db", "usage.duckdb", "--format", "csv", "-o", "sums.csv",
		"SELECT x_BillingPeriod, BillingCurrency, sum(BilledCost) AS billed, sum(EffectiveCost) AS effective FROM usage GROUP BY ALL")
	f.Same(t, "the ledger", "SELECT x_BillingPeriod, BillingCurrency, billed::DECIMAL(38,18), effective::DECIMAL(38,18) FROM read_csv("+
		usage.Literal(filepath.Join(p.dir, "sums.csv"))+", all_varchar = true)",
		"SELECT x_BillingPeriod, BillingCurrency, sum(BilledCost), sum("+enginetest.Spread+") FROM usage GROUP BY ALL")
}

// kill ends a node of the cluster in dir at once, as a machine that is gone.
func kill(t *testing.T, dir, node string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "nodes", node, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	worker, err := os.FindProcess(pid)
	if err == nil {
		err = worker.Kill()
	}
	if err != nil {
		t.Fatalf("%s, pid %d: %v", node, pid, err)
	}
}

// written is how many bytes of charges a load has written below dir.
func written(dir string) (bytes int64) {
	paths, _ := filepath.Glob(filepath.Join(dir, ".usagereport-*", "*.csv")) // a pattern of ours
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			bytes += info.Size()
		}
	}
	return bytes
}
