//go:build unix

package trino_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"usagereport/engine"
	"usagereport/engine/trino"
)

// kill ends a node of the cluster at once, as a machine that is gone.
func (c *cluster) kill(t *testing.T, node string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(c.dir, "nodes", node, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatalf("%s, pid %d: %v", node, pid, err)
	}
}

// It ends the cluster for good, so it comes last: make test-trino runs it alone. What a worker that
// is killed does to a load is for the tests of the command.
func TestKilled(t *testing.T) {
	c := running(t)
	_, name := c.small(t)
	table, err := engine.Open(t.Context(), c.open(t, "hive", name, "focus", trino.Options{}), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c.kill(t, "coordinator")
	began := time.Now()
	_, err = table.Months(t.Context())
	if took := time.Since(began); err == nil || !strings.Contains(err.Error(), "nothing answers there") || took > 20*time.Second {
		t.Errorf("after %v: %v", took, err)
	}
}
