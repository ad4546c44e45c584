// Package workspace is the folder that the program works in: the ledger, the
// configuration, and beside it the files of owners, answers and invoices and the
// folder of queries. It leads from a question to a report, by one way for all
// commands.
package workspace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"usagereport/analysis"
	"usagereport/internal/config"
	"usagereport/internal/misuse"
	"usagereport/ledger"
	"usagereport/usage"
)

// A Workspace is that folder, or what the flags name in its place.
type Workspace struct {
	LedgerPath string // "" is $USAGEREPORT_DB, or usage.duckdb
	ConfigPath string // "" is usagereport.yaml where it is there
	OwnersPath string // "" is owners.csv where it is there; NoOwners is none
	AsOf       string // leaves out charges after this day, YYYY-MM-DD
	Currency   string // chooses one
	Convert    bool   // what is billed in others is converted to Currency
	Wait       bool   // until no other process writes the ledger, where what is new beside it must be noted in it

	Version string // of the program, for reports
	Getenv  func(string) string
	Now     func() time.Time
	Note    func(format string, args ...any) // what is worth knowing, for the terminal

	foreign sync.Map // the files that ReadSmall has noted
}

// The files beside the configuration.
const (
	OwnersName     = "owners.csv"
	AnswersName    = "answers.csv"
	InvoicesName   = "invoices.csv"
	RecipientsName = "invoice-recipients.csv" // to whom invoices are mailed
	DimensionsName = "dimensions.csv"
	MetricsName    = "metrics.csv"     // what people count a day
	EventsName     = "events.csv"      // what people know of: deployments, campaigns
	TagsName       = "tags.csv"        // those that resources, groups and subscriptions give to what is theirs
	QueriesName    = ledger.QueriesDir // the folder of people's own queries
)

// Path returns the ledger's file.
func (w *Workspace) Path() string {
	return cmp.Or(w.LedgerPath, w.Getenv("USAGEREPORT_DB"), "usage.duckdb")
}

// Chosen reports whether a ledger was named.
func (w *Workspace) Chosen() bool { return w.LedgerPath != "" || w.Getenv("USAGEREPORT_DB") != "" }

// Beside returns the path of a file beside the configuration that was named, or in
// the folder that one works in.
func (w *Workspace) Beside(name string) string {
	if w.ConfigPath == "" {
		return name
	}
	return filepath.Join(filepath.Dir(w.ConfigPath), name)
}

// OwnNames are the files that people keep beside the configuration, which hold no usage.
func OwnNames() []string {
	return []string{OwnersName, DimensionsName, MetricsName, EventsName, TagsName, AnswersName, InvoicesName, RecipientsName}
}

// Own reports whether path is a file that people keep here, which holds no usage.
func (w *Workspace) Own(path string) bool {
	path, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	is := func(own string) bool {
		own, err := filepath.Abs(own)
		return err == nil && own == path
	}
	for _, name := range OwnNames() {
		if is(w.Beside(name)) {
			return true
		}
	}
	return w.OwnersPath != "" && w.OwnersPath != NoOwners && is(w.OwnersPath)
}

// Configuration reads the file that was named, else usagereport.yaml if it is there.
func (w *Workspace) Configuration() (config.Config, error) {
	if w.ConfigPath != "" {
		return config.Read(w.ConfigPath)
	}
	c, err := config.Read(config.Name)
	if errors.Is(err, fs.ErrNotExist) {
		return config.Default(), nil
	}
	return c, err
}

// A Session is a Workspace with its ledger open. Close it.
type Session struct {
	*Workspace
	Ledger *ledger.Ledger

	strays []string // what metrics are of and no charge is
}

// Close closes the ledger.
func (s *Session) Close() error { return s.Ledger.Close() }

// On returns a Session with a ledger that is open.
func (w *Workspace) On(l *ledger.Ledger) *Session { return &Session{Workspace: w, Ledger: l} }

// Open opens the ledger to read; what is missing is the user's first step.
func (w *Workspace) Open(ctx context.Context) (*Session, error) {
	l, err := w.open(ctx, ledger.Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	return w.On(l), nil
}

// OpenToWrite opens the ledger to write. With wait it waits for another process to
// end that does so too.
func (w *Workspace) OpenToWrite(ctx context.Context, o ledger.Options, wait bool) (*ledger.Ledger, error) {
	if wait {
		o.Waiting = w.Waiting()
	}
	return w.open(ctx, o)
}

func (w *Workspace) open(ctx context.Context, o ledger.Options) (*ledger.Ledger, error) {
	l, err := ledger.Open(ctx, w.Path(), o)
	if errors.Is(err, ledger.ErrNone) {
		return nil, fmt.Errorf("%w; load usage files first: 'usagereport load FILE...', or name another ledger with --db", err)
	}
	return l, err
}

// Waiting returns what says once which process the ledger is waited for.
func (w *Workspace) Waiting() func(pid int) {
	said := false
	return func(pid int) {
		if !said {
			w.Note("waiting for PID %d, which has the ledger %s open to write", pid, w.Path())
		}
		said = true
	}
}

// Options reads what chooses the charges to analyse.
func (w *Workspace) Options(period, month string) (o analysis.Options, err error) {
	o = analysis.Options{Period: period, Month: month, Currency: strings.ToUpper(w.Currency), Convert: w.Convert}
	if o.Convert && o.Currency == "" {
		return o, misuse.Flag("--convert", errors.New("say to which currency with --currency CODE"))
	}
	if period != "" && month != "" {
		return o, misuse.Flag("--period and --month", errors.New("give one of them"))
	}
	if named, ok := monthOf(month); ok {
		o.Month, month = named, named
	}
	if month != "" && month != "current" && month != "last" {
		if _, err := usage.ParseMonth(month); err != nil {
			return o, misuse.Flag("--month", err)
		}
	}
	if w.AsOf != "" {
		if o.AsOf, err = usage.ParseDay(w.AsOf); err != nil {
			return o, misuse.Flag("--as-of", err)
		}
	}
	return o, nil
}

// Analyse opens the ledger and an analysis of it. Call done when it is no longer
// needed.
func (w *Workspace) Analyse(ctx context.Context, o analysis.Options) (a *analysis.Analysis, done func(), err error) {
	s, err := w.Open(ctx)
	if err != nil {
		return nil, nil, err
	}
	if a, err = s.Analysis(ctx, o); err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return a, func() { a.Close(); s.Ledger.Close() }, nil
}

// Ahead says that charges are dated after today; "" where none is. The analysis, for
// which today is the last day with usage, asks no clock.
func (w *Workspace) Ahead(ctx context.Context, a *analysis.Analysis) (string, error) {
	last, err := a.Today(ctx)
	if now := usage.DayOf(w.Now()); err == nil && last > now {
		return fmt.Sprintf("usage is dated up to %s, which is after today; 'today' is that day here, unless --as-of %s leaves out what is "+
			"dated ahead", last, now), nil
	}
	return "", err
}
