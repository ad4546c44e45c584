package invoices

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"usagereport/internal/atomicfile"
	"usagereport/ledger"
)

// A Book is the invoices of a ledger that is open, to which others are added. They
// stand in the ledger once they are published.
type Book struct {
	Bills  []Bill // of all currencies
	Now    func() time.Time
	Note   func(format string, args ...any) // what is worth knowing
	Ledger *ledger.Ledger

	kept []ledger.Invoice
	put  []ledger.Invoice
}

// Open reads the invoices that the ledger has.
func (b *Book) Open(ctx context.Context) (err error) {
	b.kept, err = b.Ledger.Invoices(ctx)
	return err
}

// Close closes the ledger.
func (b *Book) Close() { b.Ledger.Close() }

// folder is where the ledger's files are, to which Invoice.File is relative.
func (b *Book) folder() string { return filepath.Dir(b.Ledger.Path()) }

// Add notes an invoice and reports whether it is news.
func (b *Book) Add(i ledger.Invoice) (_ ledger.Invoice, news bool, err error) {
	i, known, err := Place(i, b.Bills)
	if err != nil {
		return i, false, err
	}
	i.AddedAt = b.Now().UTC()
	i, news, err = Merge(b.kept, i)
	if err != nil || !news {
		return i, news, err
	}
	if !known {
		b.Note("invoice %s: the ledger has no usage of the account %s yet", i.Number, i.Account)
	}
	b.kept = append(slices.DeleteFunc(b.kept, i.Same), i)
	b.put = append(b.put, i)
	return i, true, nil
}

// AddRows notes the invoices of a file, all or none.
func (b *Book) AddRows(rows []Row) (news int, err error) {
	kept, put := slices.Clone(b.kept), len(b.put)
	for _, r := range rows {
		_, is, err := b.Add(r.Invoice)
		if err != nil {
			b.kept, b.put = kept, b.put[:put]
			return 0, r.Wrong(err)
		}
		if is {
			news++
		}
	}
	return news, nil
}

// Publish writes what was added, if it is news.
func (b *Book) Publish(ctx context.Context) error {
	if len(b.put) == 0 {
		return nil
	}
	if err := b.Ledger.PutInvoices(ctx, b.put); err != nil {
		return err
	}
	return b.Ledger.Publish(ctx)
}

// Remove takes an invoice back: the one with this number and, where they are given, of
// this account, by its id or name, and period. Its PDF stays.
func (b *Book) Remove(ctx context.Context, number, account, period string) (ledger.Invoice, error) {
	var found []ledger.Invoice
	ids := accountsNamed(account, b.Bills)
	for _, i := range b.kept {
		if strings.EqualFold(i.Number, number) && (account == "" || ids[i.Account] || strings.EqualFold(i.Account, account)) &&
			(period == "" || i.Period == period) {
			found = append(found, i)
		}
	}
	if len(found) != 1 {
		return ledger.Invoice{}, &CountError{len(found)}
	}
	if err := b.Ledger.RemoveInvoice(ctx, found[0]); err != nil {
		return found[0], err
	}
	return found[0], b.Ledger.Publish(ctx)
}

// A CountError says that not one invoice is meant, but none or several.
type CountError struct{ Count int }

func (e *CountError) Error() string {
	if e.Count == 0 {
		return "there is none; 'usagereport invoices list' lists them"
	}
	return fmt.Sprintf("there are %d; say which with --account and --period", e.Count)
}

// WithPDF returns an invoice with the hash of its PDF and the file in which that is
// kept.
func WithPDF(i ledger.Invoice, pdf []byte) ledger.Invoice {
	sum := sha256.Sum256(pdf)
	i.SHA256 = hex.EncodeToString(sum[:])
	i.File = ledger.InvoicesDir + "/" + i.SHA256 + ".pdf"
	return i
}

// KeepPDF puts the PDF of an invoice beside the ledger.
func (b *Book) KeepPDF(i ledger.Invoice, pdf []byte) error {
	return KeepPDF(filepath.Join(b.folder(), filepath.FromSlash(i.File)), i.SHA256, pdf, b.Mode())
}

// Mode is that of the files beside the ledger.
func (b *Book) Mode() fs.FileMode { return ledger.ModeOf(b.Ledger.Path()) }

// KeepPDF puts a PDF where its hash says, with a mode. One that is there stays.
func KeepPDF(path, sum string, pdf []byte, mode fs.FileMode) error {
	was, err := os.ReadFile(path)
	if err == nil {
		if have := sha256.Sum256(was); hex.EncodeToString(have[:]) != sum {
			return fmt.Errorf("%s is not the PDF any more that was put there; move it away", path)
		}
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := atomicfile.MakeFolder(filepath.Dir(path), mode); err != nil {
		return err
	}
	return atomicfile.WriteAs(path, mode, func(w io.Writer) error {
		_, err := w.Write(pdf)
		return err
	})
}

// ReadKept reads the PDF of an invoice that is kept beside the ledger at path, and
// holds it to its hash.
func ReadKept(ledgerPath string, i ledger.Invoice) ([]byte, error) {
	path := filepath.Join(filepath.Dir(ledgerPath), filepath.FromSlash(i.File))
	pdf, err := ReadPDF(path)
	if err != nil {
		return nil, fmt.Errorf("the PDF of invoice %s: %w", i.Number, err)
	}
	if sum := sha256.Sum256(pdf); hex.EncodeToString(sum[:]) != i.SHA256 {
		return nil, fmt.Errorf("the PDF of invoice %s: %s is not as it was kept; put the PDF there whose SHA-256 is in its name", i.Number, path)
	}
	return pdf, nil
}

// ReadPDF reads a file, which must be a PDF.
func ReadPDF(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, MaxPDF+1))
	if err != nil {
		return nil, err
	}
	return b, CheckPDF(b)
}
