package ledger

import (
	"database/sql"
	"fmt"
	"runtime"
	"testing"
	"weak"

	"usagereport/usage"
)

// connected returns a connection to a ledger in memory.
func connected(t *testing.T) *sql.Conn {
	t.Helper()
	l, err := Open(t.Context(), "", Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	conn, err := l.DB().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// Every row arrives once, whether it is read out of DuckDB's memory or through
// the driver.
func TestTakeValues(t *testing.T) {
	conn := connected(t)
	const rows = 300_000 // more than a chunk, a row group and a thread
	query := fmt.Sprintf("SELECT count(take_values(i, DATE '2024-02-28' + (i %% 400)::INTEGER, i / 8, -i)) FROM range(%d) r(i) WHERE i %% $1 <> 0", rows)
	first := usage.Date(2024, 2, 28)
	check := func(how string, take func(take func(Values)) error) {
		t.Helper()
		seen := make([]bool, rows)
		err := take(func(v Values) {
			for i, n := range v.Series {
				if seen[n] || v.Days[i] != first+usage.Day(n%400) || v.Cost[i] != float64(n)/8 || v.Quantity[i] != -float64(n) {
					t.Errorf("%s: row %d comes twice or is %v %g %g", how, n, v.Days[i], v.Cost[i], v.Quantity[i])
				}
				seen[n] = true
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		for n := range seen {
			if seen[n] != (n%7 != 0) {
				t.Fatalf("%s: row %d is there: %v", how, n, seen[n])
			}
		}
	}
	for range 2 {
		check("memory", func(take func(Values)) error { return TakeValues(t.Context(), conn, query, take, 7) })
	}
	check("driver", func(take func(Values)) error {
		tk := &taker{take: take, slow: true}
		return tk.run(t.Context(), conn, query, 7)
	})
}

// The connection knows the function from then on, but not what it has taken.
func TestTakenValuesAreLetGo(t *testing.T) {
	conn := connected(t)
	taken := func() weak.Pointer[[1000]float64] {
		all := new([1000]float64)
		err := TakeValues(t.Context(), conn, "SELECT count(take_values(i, DATE '2024-02-28', i, i)) FROM range(1000) r(i)", func(v Values) {
			for i, n := range v.Series {
				all[n] += v.Cost[i]
			}
		})
		if err != nil || all[999] != 999 {
			t.Fatal(all[999], err)
		}
		return weak.Make(all)
	}()
	runtime.GC()
	if taken.Value() != nil {
		t.Error("what was taken is still held")
	}
}
