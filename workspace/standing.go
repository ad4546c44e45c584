package workspace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"syscall"

	"usagereport/analysis"
	"usagereport/internal/smallcsv"
	"usagereport/invoices"
	"usagereport/ledger"
	"usagereport/sending/answers"
)

// TakeIn notes what is new in answers.csv and invoices.csv, as TakeAnswers and
// TakeInvoices do.
func (w *Workspace) TakeIn(ctx context.Context, strict bool) error {
	return errors.Join(w.TakeAnswers(ctx, strict), w.TakeInvoices(ctx, strict))
}

// TakeAnswers notes what is new in answers.csv, beside the configuration, if it is
// there. A line is news once: an answer that came since by another way stays. Where
// another process writes the ledger, strict makes that an error; else a note says so.
func (w *Workspace) TakeAnswers(ctx context.Context, strict bool) error {
	path := w.Beside(AnswersName)
	b, err := w.ReadSmall(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read answers: %w", err)
	}
	all, err := answers.ReadStanding(path, bytes.NewReader(b), AnswersName, w.Now())
	if err != nil {
		return fmt.Errorf("read answers: %w", err)
	}
	s, err := w.Open(ctx)
	if err != nil {
		return err
	}
	said, err := s.Ledger.Answers(ctx)
	told, toldErr := s.Ledger.ToldFindings(ctx)
	if err := errors.Join(err, toldErr, s.Close()); err != nil {
		return fmt.Errorf("read answers: %w", err)
	}
	all = w.answersToTold(path, b, all, told)
	news := slices.DeleteFunc(all, func(a ledger.Answer) bool {
		return slices.ContainsFunc(said, func(s ledger.Said) bool {
			return s.Finding == a.Finding && s.Answer.Answer == a.Answer && s.By == a.By && s.Note == a.Note && (a.Until == 0 || s.Until == a.Until)
		})
	})
	if len(news) == 0 {
		return nil
	}
	_, err = w.NoteAnswers(ctx, news, strict && w.Wait)
	if !strict && cannotWrite(err) {
		w.Note("in %s: %d not noted yet, and not used: %v", path, len(news), err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// answersToTold returns those of the answers of the file at path, which b are, that are to
// findings that were told. Of the others a note says that they wait: the finding may be one that
// this ledger has yet to tell.
func (w *Workspace) answersToTold(path string, b []byte, all []ledger.Answer, told []ledger.ToldFinding) []ledger.Answer {
	known := map[string]bool{}
	for _, t := range told {
		known[t.ID] = true
	}
	return slices.DeleteFunc(all, func(a ledger.Answer) bool {
		if !known[a.Finding] {
			w.Note("%s: %s: no such finding was told yet; the answer waits until one is", answerPlace(path, b, a.Finding), a.Finding)
		}
		return !known[a.Finding]
	})
}

// answerPlace is where in a file of answers, which has been read, the first to a finding is.
func answerPlace(path string, b []byte, finding string) string {
	columns := smallcsv.Columns{Known: []string{"finding"}, Others: true}
	if table, err := smallcsv.Parse(path, b, columns); err == nil {
		for _, r := range table.Rows {
			if strings.EqualFold(r.Get("finding"), finding) {
				return fmt.Sprintf("%s:%d", path, r.Line)
			}
		}
	}
	return path
}

// NoteAnswers writes answers into the ledger and returns how many were news.
func (w *Workspace) NoteAnswers(ctx context.Context, as []ledger.Answer, wait bool) (added int, err error) {
	l, err := w.OpenToWrite(ctx, ledger.Options{}, wait)
	if err != nil {
		return 0, err
	}
	defer l.Close()
	if added, err = l.AddAnswers(ctx, as); err != nil {
		return 0, fmt.Errorf("note answers: %w", err)
	}
	return added, l.Publish(ctx)
}

// ReadInvoices reads a CSV of invoices.
func (w *Workspace) ReadInvoices(path string) ([]invoices.Row, error) {
	b, err := w.ReadSmall(path)
	if err != nil {
		return nil, err
	}
	return invoices.ReadCSV(path, b)
}

// RemoveAnswers takes the answers to a finding back and returns how many there were; none is
// an error.
func (w *Workspace) RemoveAnswers(ctx context.Context, finding string, wait bool) (removed int, err error) {
	l, err := w.OpenToWrite(ctx, ledger.Options{}, wait)
	if err != nil {
		return 0, err
	}
	defer l.Close()
	if removed, err = l.RemoveAnswers(ctx, finding); err != nil {
		return 0, fmt.Errorf("remove answers: %w", err)
	}
	return removed, l.Publish(ctx)
}

// TakeInvoices keeps what is new in invoices.csv, beside the configuration, if it is
// there. Where another process writes the ledger, strict makes that an error; else it
// a note says so.
func (w *Workspace) TakeInvoices(ctx context.Context, strict bool) error {
	path := w.Beside(InvoicesName)
	rows, err := w.ReadInvoices(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	fail := func(err error) error { return fmt.Errorf("read invoices: %w", smallcsv.In(path, err)) }
	if err != nil {
		return fail(err)
	}
	news, err := w.newInvoices(ctx, rows)
	if err != nil {
		return fail(err)
	}
	if news == 0 {
		return nil
	}
	b, err := w.OpenBook(ctx, strict && w.Wait)
	if err == nil {
		defer b.Close()
		if _, err = b.AddRows(rows); err == nil {
			err = b.Publish(ctx)
		}
	}
	if !strict && cannotWrite(err) {
		w.Note("in %s: %d not kept yet, and not used: %v", path, news, err)
		return nil
	}
	if err != nil {
		return fail(err)
	}
	return nil
}

// cannotWrite reports whether a ledger can be read and not be written: another process
// writes it, or it is not allowed.
func cannotWrite(err error) bool {
	var used *ledger.InUseError
	return errors.As(err, &used) || errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}

// newInvoices counts those that the ledger does not have, without writing it.
func (w *Workspace) newInvoices(ctx context.Context, rows []invoices.Row) (news int, err error) {
	s, err := w.Open(ctx)
	if err != nil {
		return 0, err
	}
	b, err := w.book(ctx, s.Ledger)
	if err != nil {
		return 0, err
	}
	defer b.Close()
	b.Note = func(string, ...any) {} // said when they are kept
	return b.AddRows(rows)
}

// OpenBook opens the ledger to write invoices into it.
func (w *Workspace) OpenBook(ctx context.Context, wait bool) (*invoices.Book, error) {
	l, err := w.OpenToWrite(ctx, ledger.Options{}, wait)
	if err != nil {
		return nil, err
	}
	return w.book(ctx, l)
}

func (w *Workspace) book(ctx context.Context, l *ledger.Ledger) (*invoices.Book, error) {
	b := &invoices.Book{Ledger: l, Now: w.Now, Note: w.Note}
	err := b.Open(ctx)
	if err == nil {
		b.Bills, err = allBills(ctx, l)
	}
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return b, nil
}

// allBills returns the bills of all currencies; none where nothing is loaded.
func allBills(ctx context.Context, l *ledger.Ledger) ([]invoices.Bill, error) {
	a, err := analysis.New(ctx, l, analysis.Options{})
	if err != nil {
		return nil, err
	}
	defer a.Close()
	bills, err := a.Bills(ctx)
	if errors.Is(err, analysis.ErrEmpty) {
		return nil, nil
	}
	return bills, err
}

// Booked returns the bills and the invoices, with those of invoices.csv.
func (w *Workspace) Booked(ctx context.Context) ([]invoices.Bill, []ledger.Invoice, error) {
	if err := w.TakeInvoices(ctx, false); err != nil {
		return nil, nil, err
	}
	o, err := w.Options("", "")
	if err != nil {
		return nil, nil, err
	}
	a, done, err := w.Analyse(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	is, err := a.Invoices(ctx)
	if err != nil {
		return nil, nil, err
	}
	bills, err := a.Bills(ctx)
	if errors.Is(err, analysis.ErrEmpty) && len(is) > 0 {
		err = nil
	}
	return bills, is, err
}
