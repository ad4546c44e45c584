package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strings"
	"sync"

	"usagereport/loader"
	"usagereport/usage"
)

// A Source is the loader's source for a Table: each of its months is an object, with the
// charges as a CSV file of FOCUS. A month's Version changes with what it holds, and with
// the columns that were chosen. Close takes away what it wrote.
type Source struct {
	Table *Table
	// Held returns what a ledger has of these months already, by Ref.
	Held func(ctx context.Context) (map[string]Held, error)
	Dir  string // for what is read, "" for the system's place for such

	working sync.Mutex       // one month is read at a time
	mu      sync.Mutex       // of what follows
	plans   map[string]*plan // by Ref
}

// Held is a month that a ledger has.
type Held struct {
	Version string
	Load    int64
}

// A plan is a month as it is to be read.
type plan struct {
	month Month
	group Grouping
	// anew says that the ledger has it by other columns, with which it cannot be compared.
	anew bool
	file string // with what was read, "" before
	rows int64
}

// Name is the place that is read.
func (s *Source) Name() string { return s.Table.engine.Name() }

// Ref is what a month of a table is called.
func Ref(table, month string) string { return table + "#" + month }

// List implements loader.Source: what is asked for is the Table, whatever ref says.
func (s *Source) List(ctx context.Context, _ loader.Ref) iter.Seq2[loader.Object, error] {
	return func(yield func(loader.Object, error) bool) {
		objects, gone, err := s.list(ctx)
		for _, e := range gone {
			if !yield(loader.Object{}, e) {
				return
			}
		}
		for _, o := range objects {
			if !yield(o, nil) {
				return
			}
		}
		if err != nil {
			yield(loader.Object{}, err)
		}
	}
}

func (s *Source) list(ctx context.Context) (objects []loader.Object, gone []*loader.PlaceError, err error) {
	months, err := s.Table.Months(ctx)
	if err != nil {
		return nil, nil, err
	}
	g, err := s.Table.Choose(ctx, months)
	if err != nil {
		return nil, nil, err
	}
	held, err := s.held(ctx)
	if err != nil {
		return nil, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plans = map[string]*plan{}
	name, columns := s.Table.engine.Name(), s.Table.columnsMark(g)
	for _, m := range months {
		ref := Ref(name, m.Name)
		before, there := held[ref]
		delete(held, ref)
		m.after = before.Load
		s.plans[ref] = &plan{month: m, group: g, anew: there && !strings.HasPrefix(before.Version, columns+" ")}
		objects = append(objects, loader.Object{Ref: ref, Version: columns + " " + s.Table.mark(m), Size: -1})
	}
	for ref, h := range held {
		month := strings.TrimPrefix(ref, Ref(name, ""))
		gone = append(gone, &loader.PlaceError{Ref: ref, Err: &VanishedError{name, month, h.Load}})
	}
	return objects, gone, nil
}

func (s *Source) held(ctx context.Context) (map[string]Held, error) {
	if s.Held == nil {
		return map[string]Held{}, nil
	}
	return s.Held(ctx)
}

// columnsMark changes whenever the charges would be others from the same rows.
func (t *Table) columnsMark(g Grouping) string {
	sum := sha256.Sum256([]byte(strings.Join(t.keys(g, true), "\n") + t.effective() + t.number("BilledCost")))
	return hex.EncodeToString(sum[:8])
}

// planned returns how a month is to be read, and the file with what was read of it.
func (s *Source) planned(ref string) (p *plan, file string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p = s.plans[ref]; p != nil {
		file = p.file
	}
	return p, file
}

// Prepare implements loader.Preparer: it reads a month into a file.
func (s *Source) Prepare(ctx context.Context, obj loader.Object) (err error) {
	s.working.Lock()
	defer s.working.Unlock()
	p, file := s.planned(obj.Ref)
	if p == nil || file != "" {
		return nil // Open says so
	}
	f, err := os.CreateTemp(s.Dir, "usagereport-*.csv")
	if err != nil {
		return fmt.Errorf("keep the charges of %s: %w", obj.Ref, err)
	}
	rows, err := s.Table.Charges(ctx, p.month, p.group, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p.rows, p.file = rows, f.Name()
	return nil
}

// Open implements loader.Source.
func (s *Source) Open(ctx context.Context, obj loader.Object, offset int64) (io.ReadCloser, error) {
	p, file := s.planned(obj.Ref)
	if p == nil {
		return nil, fmt.Errorf("%s: %w", obj.Ref, loader.ErrChanged)
	}
	if file == "" {
		if err := s.Prepare(ctx, obj); err != nil {
			return nil, err
		}
		_, file = s.planned(obj.Ref)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Check implements loader.Checker: what was loaded is what the engine says there is.
func (s *Source) Check(obj loader.Object, rows int64, totals map[string]usage.Decimal) (v loader.Verdict, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.plans[obj.Ref]
	if rows != p.rows {
		return v, &TotalError{p.month.Name, "rows:", fmt.Sprint(rows), fmt.Sprint(p.rows)}
	}
	loaded := map[string]Total{}
	for currency, total := range totals {
		loaded[currency] = Total{total, p.month.Totals[currency].Effective}
	}
	if err := p.month.held(loaded); err != nil {
		return v, err
	}
	v.Anew, v.Whole = p.anew, true
	v.Warnings = s.Table.warnings(p.month, p.group)
	return v, nil
}

// warnings are what a reader of a month's report must know.
func (t *Table) warnings(m Month, g Grouping) (out []string) {
	if len(g.LeftOut) > 0 {
		but := ""
		if slices.Contains(g.LeftOut, resources.String()) {
			but = "; 'usagereport anomalies why ID --engine' reads the resources of a finding"
		}
		out = append(out, fmt.Sprintf("%d line items were added up, without %s, which would make over %d charges or %d series; a report "+
			"shows none of them%s", m.Rows, strings.Join(g.LeftOut, ", "), t.opts.Rows, t.opts.Series, but))
	}
	for _, name := range []string{"BilledCost", "EffectiveCost"} {
		if text := rounds(name, t.have[name]); text != "" {
			out = append(out, text)
		}
	}
	if n := m.Rows - m.spread; n > 0 {
		out = append(out, fmt.Sprintf("%d of %d line items have no EffectiveCost; their BilledCost stands for it", n, m.Rows))
	}
	if len(m.Older) > 0 {
		out = append(out, fmt.Sprintf("run %s counts; older runs were left out: %s", m.Run, strings.Join(m.Older, ", ")))
	}
	return out
}

// Close takes away what was read.
func (s *Source) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, p := range s.plans {
		if p.file != "" {
			errs = append(errs, os.Remove(p.file))
			p.file = ""
		}
	}
	return errors.Join(errs...)
}
