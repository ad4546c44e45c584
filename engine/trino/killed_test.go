//go:build unix

package trino_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"usagereport/engine"
	"usagereport/engine/enginetest"
	"usagereport/engine/trino"
	"usagereport/loader"
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

// killing ends a node once some bytes have come.
type killing struct {
	left int
	kill func()
}

func (k *killing) Write(p []byte) (int, error) {
	if k.left > 0 {
		if k.left -= len(p); k.left <= 0 {
			k.kill()
		}
	}
	return len(p), nil
}

// It ends nodes of the cluster for good, so it comes last: make test-trino runs it alone.
func TestKilled(t *testing.T) {
	c := running(t)
	name := c.folder(t)
	f := enginetest.NewFixture(t, filepath.Join(c.dir, "data", name), 400_000)
	c.hive(t, f, name)
	e := c.open(t, "hive", name, "focus", trino.Options{})
	table, err := engine.Open(t.Context(), e, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	found, err := table.Months(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := table.By("ChargePeriodStart", "ChargePeriodEnd", "BillingAccountId", "BillingAccountName", "SubAccountId", "ChargeCategory",
		"ServiceName", "SkuMeter",
		"ResourceId", "RegionId", "Tags", "CommitmentDiscountId", "ConsumedUnit", "BillingCurrency", "BilledCost", "EffectiveCost",
		"ConsumedQuantity")
	t.Run("a worker in mid-stream", func(t *testing.T) {
		k := &killing{left: 1 << 18, kill: func() { c.kill(t, "worker2") }}
		began := time.Now()
		rows, err := table.Charges(t.Context(), found[0], all, k)
		if passing := (*loader.TemporaryError)(nil); !errors.As(err, &passing) {
			t.Fatalf("after %d rows and %v: %v, want what may be tried again", rows, time.Since(began), err)
		}
		t.Logf("after %d rows and %v: %v", rows, time.Since(began), err)
		if _, err := table.Charges(t.Context(), found[0], all, io.Discard); err != nil {
			time.Sleep(12 * time.Second) // until the coordinator has noticed
			if _, err = table.Charges(t.Context(), found[0], all, io.Discard); err != nil {
				t.Errorf("with the worker that is left: %v", err)
			}
		}
	})
	t.Run("the coordinator", func(t *testing.T) {
		c.kill(t, "coordinator")
		began := time.Now()
		_, err := table.Months(t.Context())
		if took := time.Since(began); err == nil || took > 20*time.Second {
			t.Errorf("after %v: %v", took, err)
		}
	})
}
