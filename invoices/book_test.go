package invoices_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usagereport/invoices"
	"usagereport/ledger"
	"usagereport/usage"
)

// openBook opens the book of the ledger at path.
func openBook(t *testing.T, path string) (*invoices.Book, *[]string) {
	t.Helper()
	l, err := ledger.Open(t.Context(), path, ledger.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	b := &invoices.Book{
		Ledger: l, Now: func() time.Time { return time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC) },
		Note: func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) },
	}
	if err := b.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b, &said
}

func invoice(number, net string) ledger.Invoice {
	d := usage.MustDecimal(net)
	return ledger.Invoice{Account: "one", Period: "2026-10", Number: number, Kind: "invoice", Currency: "EUR", Net: d, Total: d}
}

// What is kept once is no news, what contradicts it is refused, and of a file that is
// refused nothing is kept.
func TestBook(t *testing.T) {
	path := filepath.Join(t.TempDir(), "usage.duckdb")
	b, said := openBook(t, path)
	for _, c := range []struct {
		name string
		rows []ledger.Invoice
		news int
		err  string
	}{
		{"two", []ledger.Invoice{invoice("1", "10"), invoice("2", "20")}, 2, ""},
		{"the same and a third", []ledger.Invoice{invoice("1", "10"), invoice("3", "30")}, 1, ""},
		{"a fourth, and another amount of the first", []ledger.Invoice{invoice("4", "40"), invoice("1", "11")}, 0, "invoices.csv:2: "},
		{"the fourth is news still", []ledger.Invoice{invoice("4", "40")}, 1, ""},
	} {
		var rows []invoices.Row
		for i, x := range c.rows {
			rows = append(rows, invoices.Row{Path: "invoices.csv", Line: i + 1, Invoice: x})
		}
		news, err := b.AddRows(rows)
		if news != c.news || (err == nil) != (c.err == "") || err != nil && !strings.HasPrefix(err.Error(), c.err) {
			t.Errorf("%s: %d news, %v; want %d, %q", c.name, news, err, c.news, c.err)
		}
	}
	if len(*said) != 5 || !strings.Contains((*said)[0], "the ledger has no usage of the account one yet") {
		t.Errorf("said %q", *said)
	}
	if err := b.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.Close()
	b, _ = openBook(t, path)
	var count *invoices.CountError
	if _, err := b.Remove(t.Context(), "9", "", ""); !errors.As(err, &count) || count.Count != 0 {
		t.Errorf("remove what is not there: %v", err)
	}
	if i, err := b.Remove(t.Context(), "2", "ONE", "2026-10"); err != nil || i.Number != "2" {
		t.Errorf("remove: %v, %v", i, err)
	}
	b.Close()
	b, _ = openBook(t, path)
	defer b.Close()
	kept, err := b.Ledger.Invoices(t.Context())
	if err != nil || len(kept) != 3 {
		t.Errorf("%d are kept (%v), want 3", len(kept), err)
	}
}

// A PDF is kept under its hash, and is read back only as it was kept.
func TestKeepPDF(t *testing.T) {
	path := filepath.Join(t.TempDir(), "usage.duckdb")
	b, _ := openBook(t, path)
	defer b.Close()
	pdf := []byte("%PDF-1.7\n%%EOF\n")
	i := invoices.WithPDF(invoice("1", "10"), pdf)
	if err := errors.Join(b.KeepPDF(i, pdf), b.KeepPDF(i, pdf)); err != nil {
		t.Fatal(err)
	}
	if got, err := invoices.ReadKept(path, i); err != nil || string(got) != string(pdf) {
		t.Errorf("read back %q, %v", got, err)
	}
	file := filepath.Join(filepath.Dir(path), filepath.FromSlash(i.File))
	if err := os.WriteFile(file, append(pdf, ' '), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := b.KeepPDF(i, pdf); err == nil {
		t.Error("a PDF that was changed counts as kept")
	}
	if _, err := invoices.ReadKept(path, i); err == nil || !strings.Contains(err.Error(), "is not as it was kept") {
		t.Errorf("read what was changed: %v", err)
	}
}
