package enginetest

import (
	"io"
	"os"
	"slices"
	"testing"
	"time"

	"usagereport/engine"
)

// Bench measures what a load asks of an engine, where BENCH is set, and prints a line for
// each question: the median of the last three of ten, for a cluster gets faster by then.
func Bench(t *testing.T, name string, rows int, e engine.Engine) {
	t.Helper()
	table, err := engine.Open(t.Context(), e, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	months, err := table.Months(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	few := table.By("ChargePeriodStart", "BillingCurrency", "SubAccountId", "ServiceName", "BilledCost", "EffectiveCost", "ConsumedQuantity")
	for _, q := range []struct {
		what string
		ask  func() (int64, error)
	}{
		{"what there is, by month, run and currency", func() (int64, error) {
			found, err := table.Months(t.Context())
			return int64(len(found)), err
		}},
		{"charges by day, subscription and service", func() (n int64, err error) {
			for _, m := range months {
				more, err := table.Charges(t.Context(), m, few, io.Discard)
				if err != nil {
					return n, err
				}
				n += more
			}
			return n, nil
		}},
	} {
		var walls, cpus []time.Duration
		var got int64
		for range 10 {
			began, used := now(), cpu(t)
			if got, err = q.ask(); err != nil {
				t.Fatal(err)
			}
			walls, cpus = append(walls, now().Sub(began)), append(cpus, cpu(t)-used)
		}
		walls, cpus = walls[7:], cpus[7:]
		slices.Sort(walls)
		slices.Sort(cpus)
		t.Logf("%s, %d rows, %s (%d): %.2f s, of this process %.2f s of CPU and %d MB at most", name, rows, q.what, got, walls[1].Seconds(),
			cpus[1].Seconds(), memory(t))
	}
}

// Benching skips a test that measures where it is not asked for.
func Benching(t *testing.T) {
	t.Helper()
	if os.Getenv("BENCH") == "" {
		t.Skip("it measures, for make bench-scaleout")
	}
}

func now() time.Time { return time.Now() } //nolint:forbidigo // it measures
