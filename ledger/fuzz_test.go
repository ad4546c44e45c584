package ledger_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"usagereport/ledger"
)

// A ledger file of which bytes are others, or the end is missing, is found damaged, or
// every charge is in it as it was.
func FuzzDamagedLedger(f *testing.F) {
	path := charged(f)
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint(0), byte(0), uint(0))
	f.Add(uint(5000), byte(1), uint(0))
	f.Add(uint(0), byte(0), uint(4096))
	f.Add(uint(len(whole)-1), byte(0x80), uint(0))
	f.Add(uint(20), byte(4), uint(1))
	f.Fuzz(func(t *testing.T, at uint, flip byte, cut uint) {
		b := append([]byte{}, whole...)
		b[at%uint(len(b))] ^= flip
		b = b[:uint(len(b))-cut%uint(len(b))]
		to := filepath.Join(t.TempDir(), "usage.duckdb")
		if err := os.WriteFile(to, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if found, err := ledger.Check(t.Context(), to); err != nil || len(found) > 0 {
			return
		}
		db, err := sql.Open("duckdb", to)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		var n int
		var sum string
		if err := db.QueryRowContext(t.Context(), "SELECT count(*), sum(BilledCost)::DECIMAL(18,2)::VARCHAR FROM charges").Scan(&n, &sum); err != nil {
			t.Fatal(err)
		}
		if n != 3000 || sum != "6000.00" {
			t.Fatalf("byte %d by %#x, %d cut: nothing was found, and there are %d charges of %s", at, flip, cut, n, sum)
		}
	})
}
