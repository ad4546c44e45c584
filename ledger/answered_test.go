package ledger

import (
	"database/sql"
	"path/filepath"
	"testing"
)

// A reader asks a table once, and whoever is answered may do with the answer as they like; a writer sees what
// it has written.
func TestAnswered(t *testing.T) {
	path := filepath.Join(t.TempDir(), "usage.duckdb")
	l, err := Open(t.Context(), path, Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	add := func(number string) {
		t.Helper()
		if err := l.PutInvoices(t.Context(), []Invoice{{Account: "A", Period: "2026-10", Number: number, Currency: "EUR"}}); err != nil {
			t.Fatal(err)
		}
	}
	count := func(l *Ledger, want int) {
		t.Helper()
		is, err := l.Invoices(t.Context())
		if err != nil || len(is) != want {
			t.Fatalf("%d invoices, want %d (%v)", len(is), want, err)
		}
		for i := range is {
			if is[i].Account != "A" {
				t.Errorf("what was answered is %q now", is[i].Account)
			}
			is[i].Account = "changed"
		}
	}
	add("1")
	count(l, 1)
	add("2")
	count(l, 2)
	if err := l.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, err := Open(t.Context(), path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	count(r, 2)
	count(r, 2)
	asked := 0
	for range 2 {
		if _, err := answered(r, "a question", func() ([]sql.NullTime, error) { asked++; return nil, nil }); err != nil || asked != 1 {
			t.Errorf("asked %d times (%v)", asked, err)
		}
	}
}
