package ledger_test

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usagereport/ledger"
)

// charged makes a ledger with a load of some charges, added up.
func charged(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "usage.duckdb")
	l := openTo(t, path, ledger.Options{Create: true})
	change(t, l, `
		INSERT INTO loads (load_id, ref, sha256, bytes, format, title, cost_type, rows, rejected, rounded, loaded_at)
		VALUES (1, 'a.csv', '', 1, 'focus', 'FOCUS', 'focus', 3000, 0, 0, TIMESTAMP '2026-04-01');
		INSERT INTO load_totals VALUES (1, 'EUR', 6000);
		INSERT INTO scopes (scope_id, load_id, cost_type, BillingAccountId, SubAccountId, x_BillingPeriod, BillingPeriodStart,
			BillingPeriodEnd, BillingCurrency, rows, BilledCost, EffectiveCost, state, ref, from_day, to_day)
		VALUES (7, 1, 'focus', 'b', 's', '2026-03', DATE '2026-03-01', DATE '2026-04-01', 'EUR', 3000, 6000, 6000, 'current', 'a.csv',
			DATE '2026-03-01', DATE '2026-04-01');
		INSERT INTO keys BY NAME SELECT range + 1 AS key_id, 7 AS scope_id, 1 AS rows, 'Usage' AS ChargeCategory, 'Storage' AS ServiceName,
			md5(range::VARCHAR) AS ResourceId, 'Data' AS SkuMeter FROM range(3000);
		INSERT INTO charges BY NAME SELECT key_id, TIMESTAMP '2026-03-01' AS ChargePeriodStart, TIMESTAMP '2026-03-02' AS ChargePeriodEnd,
			2 AS BilledCost, 2 AS EffectiveCost, 1 AS ConsumedQuantity, 1 AS load_id FROM keys;
		INSERT INTO series BY NAME SELECT row_number() OVER () AS series_id, * FROM
			(SELECT DISTINCT * EXCLUDE (key_id, x_BillingPeriod, shadowed, shown) FROM key_dimensions);
		INSERT INTO daily BY NAME SELECT DATE '2026-03-01' AS day, series_id, '2026-03' AS x_BillingPeriod, true AS covered, 2 AS BilledCost,
			2 AS EffectiveCost, 1 AS ConsumedQuantity, 2 AS cost, 1 AS quantity FROM series;
		INSERT INTO daily_services VALUES (DATE '2026-03-01', 7, 'Storage', 'Usage', true, 6000, 6000);
		INSERT INTO estimates VALUES (1, TIMESTAMP '2026-04-01', 'focus', 'b', 's', '2026-03', DATE '2026-03-01', 'EUR', DATE '2026-03-01',
			3000, 6000, 6000, 'Storage');`)
	publish(t, l)
	return path
}

func change(t testing.TB, l *ledger.Ledger, statements string) {
	t.Helper()
	err := l.Update(t.Context(), func(conn *sql.Conn) error {
		_, err := conn.ExecContext(t.Context(), statements)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A ledger that says what its charges deny is damaged, whatever it says.
func TestCheckFindsWhatDoesNotAddUp(t *testing.T) {
	path := charged(t)
	if found, err := ledger.Check(t.Context(), path); err != nil || len(found) > 0 {
		t.Fatal(found, err)
	}
	for statement, want := range map[string]string{
		"UPDATE charges SET BilledCost = 3 WHERE key_id = 1":              "account s, 2026-03",
		"DELETE FROM charges WHERE key_id = 1":                            "rows with the same texts (key 1)",
		"INSERT INTO charges FROM charges WHERE key_id = 1":               "account s, 2026-03",
		"UPDATE scopes SET BilledCost = 1":                                "account s, 2026-03",
		"UPDATE scopes SET state = 'superseded'":                          "the daily sums (daily)",
		"UPDATE load_totals SET total = total + 0.000001":                 "the total of its file",
		"UPDATE daily SET cost = 2.5 WHERE series_id = 1":                 "the daily sums (daily) of series 1 on 2026-03-01",
		"DELETE FROM daily WHERE series_id = 1":                           "the daily sums (daily) of series 1 on 2026-03-01",
		"INSERT INTO daily FROM daily WHERE series_id = 1":                "the daily sums (daily) of series 1 on 2026-03-01",
		"UPDATE estimates SET BilledCost = 5999":                          "what it said (estimates) of account s on 2026-03-01",
		"UPDATE estimates SET day = day + 1":                              "what it said (estimates) of account s on 2026-03-02",
		"DELETE FROM estimates":                                           "what it said (estimates) of account s on 2026-03-01",
		"INSERT INTO estimates FROM estimates":                            "what it said (estimates) of account s on 2026-03-01",
		"UPDATE daily_services SET EffectiveCost = 0":                     "the sums by service (daily_services) of Storage on 2026-03-01",
		"DELETE FROM keys WHERE key_id = 1":                               "charges of texts (keys) that are not there",
		"INSERT INTO keys FROM keys WHERE key_id = 1":                     "texts (keys) that are there twice",
		"UPDATE keys SET scope_id = 8 WHERE key_id = 1":                   "texts (keys) of an account and period (scope) that is not there",
		"DELETE FROM loads":                                               "charges of a load that is not there",
		"UPDATE charges SET load_id = 2 WHERE key_id = 1":                 "charges of a load that is not there",
		"DELETE FROM series WHERE series_id = 1":                          "daily sums of a series that is not there",
		"INSERT INTO series FROM series WHERE series_id = 1":              "series that are there twice",
		"INSERT INTO load_totals VALUES (9, 'EUR', 1)":                    "file totals of a load that is not there",
		"UPDATE keys SET SkuMeter = 'another' WHERE key_id = 1":           "charges that are shown and belong to no series",
		invoiceOf + "('invoices/none.pdf', 'x', TIMESTAMP '2026-01-01'))": "the PDF invoices/none.pdf",
	} {
		t.Run(statement, func(t *testing.T) {
			t.Parallel()
			to := filepath.Join(t.TempDir(), "usage.duckdb")
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(to, b, 0o600); err != nil {
				t.Fatal(err)
			}
			db, err := sql.Open("duckdb", to)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			found, err := ledger.Check(t.Context(), to)
			if err != nil || !strings.Contains(fmt.Sprint(found), want) {
				t.Errorf("found %.500v, %v; want %s", found, err, want)
			}
			for _, d := range found {
				if d.Said == "" || d.Found == "" || d.Mend == "" {
					t.Errorf("%+v says too little", d)
				}
			}
		})
	}
}

const invoiceOf = "INSERT INTO invoices SELECT 's', '2026-03', '1', 'invoice', NULL, NULL, 'EUR', 1, 0, 0, 1, 0, 0, col0, col1, col2 FROM (VALUES "

// A byte that is another, wherever it stands in the file, is found, and no backup has it;
// so is a file that ends too early.
func TestCheckFindsEveryByte(t *testing.T) {
	path := charged(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := func(t *testing.T, what string, b []byte) {
		t.Helper()
		dir := t.TempDir()
		to := filepath.Join(dir, "usage.duckdb")
		if err := os.WriteFile(to, b, 0o600); err != nil {
			t.Fatal(err)
		}
		found, err := ledger.Check(t.Context(), to)
		if err == nil && len(found) == 0 {
			t.Errorf("%s: nothing was found", what)
		}
		var wrong *ledger.DamagedError
		copied := filepath.Join(dir, "backup")
		if _, err := ledger.MakeBackup(t.Context(), to, copied, "", nil, time.Time{}); err == nil || len(found) > 0 && !errors.As(err, &wrong) {
			t.Errorf("%s: backed up with %v", what, err)
		}
		if _, err := os.Stat(copied); err == nil {
			t.Errorf("%s: a backup was begun", what)
		}
	}
	rnd := rand.New(rand.NewPCG(19, 28))
	for range 30 {
		at, bit := rnd.IntN(len(whole)), byte(1)<<rnd.IntN(8)
		b := append([]byte(nil), whole...)
		b[at] ^= bit
		damaged(t, fmt.Sprintf("byte %d of %d", at, len(whole)), b)
	}
	for range 6 {
		at := rnd.IntN(len(whole))
		damaged(t, fmt.Sprintf("cut after %d bytes", at), whole[:at])
	}
	const block = 256 << 10
	for at := 3*4096 + block; at < len(whole); at += 8 * block {
		damaged(t, fmt.Sprintf("cut after %d whole blocks", (at-3*4096)/block), whole[:at])
	}
}
