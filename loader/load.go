// Package loader fetches usage files and puts their rows into the ledger:
// bytes in, rows out. A Source moves bytes; Load unpacks, recognises the format
// by its header, checks every value, and commits each file in one transaction.
package loader

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"usagereport/ledger"
	"usagereport/usage"
)

// Options are what a user may say of a load.
type Options struct {
	AllowShrink    bool
	MaxRejects     int
	AssumeCurrency string   // of files that name none
	CostType       string   // actual or amortized, where the rows don't say
	DateOrder      DayOrder // of dates with slashes
	Decimals       Decimals // how numbers are written
	Prefer         string   // ledger.Rules.Prefer

	// WithoutCallers leaves out who did what an activity log says was done.
	WithoutCallers bool

	// Keep is a folder to store the files in that were loaded, as they came; "" to
	// keep none.
	Keep string
	// TempDir is where remote files lie until they are loaded; "" is the system's
	// place for such.
	TempDir     string
	MaxDownload int64         // bytes of one file; 0 for any number
	Tries       int           // of a place that fails for a time; 0 for 8
	Stall       time.Duration // without a byte, after which a try has failed; 0 for a minute
	Limits      Limits        // of unpacking

	// LeaveOut reports whether a local file that a folder or a pattern names, or that is named
	// beside others, is none to load: nil is none such.
	LeaveOut func(ref string) bool

	Now      func() time.Time
	Sleep    func(context.Context, time.Duration) error // nil: wait
	Progress func(Object) Progress                      // nil: none; called from several goroutines
}

// A Progress receives how far a file's load is.
type Progress interface {
	Add(bytes int)
	Done()
}

// A Status says what became of a file.
type Status string

// What may become of a file (contract).
const (
	Loaded     Status = "loaded"
	Unchanged  Status = "unchanged"  // the same content is there already
	Superseded Status = "superseded" // newer data are there already
	Refused    Status = "refused"
)

// A FileResult says what became of one file.
type FileResult struct {
	Ref      string
	Format   string
	Title    string
	CostType string
	Rows     int64 // loaded
	Rejected int64
	Status   Status
	Periods  []string // names of billing periods
	Spans    []usage.Period
	Totals   map[string]usage.Decimal // by currency
	LoadID   int64
	Replaced []string // what it superseded
	Changed  []ledger.Change
	First    []string // subscriptions seen for the first time
	Warnings []string
	Err      error // why it was refused or superseded
	Rejects  []Reject

	Encoding  string   // "UTF-8 with byte order mark, comma-separated"
	Columns   int      // in its header
	Unknown   []string // columns that the format does not read
	FirstDate string   // as the file writes it
}

// A RejectedError says that a file has more bad rows than allowed.
type RejectedError struct {
	First Reject
	More  int
}

func (e *RejectedError) Error() string {
	if e.More > 0 {
		return fmt.Sprintf("%s (and %d more bad rows)", e.First, e.More)
	}
	return e.First.String()
}

// ErrNothing says that the places named hold no usage file.
var ErrNothing = errors.New("holds no usage file (*.csv, *.csv.gz, *.csv.zst, *.tsv, *.zip, *.parquet, *.jsonl, *.json)")

// Load fetches what refs name and puts it into the ledger, each file, and each
// run of an export with all its files, whole or not at all. A large one has a
// transaction of its own, small ones that do not touch each other share one. A refused
// file does not stop the others; its reason stands in its result. The error is for what stops the whole run.
func Load(ctx context.Context, l *ledger.Ledger, sources map[string]Source, refs []string, o Options) ([]FileResult, error) {
	run, err := newRun(ctx, l, o)
	if err != nil {
		return nil, err
	}
	defer run.close()
	jobs := run.planAll(ctx, sources, o.usage(refs))
	run.jobs = jobs
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	spools, done, wait := run.fetchAhead(ctx, jobs)
	defer wait()
	var results []FileResult
	for at := 0; at < len(jobs); {
		some, n := run.together(ctx, jobs[at:], spools, done)
		if n == 0 {
			j := jobs[at]
			some, n = run.job(ctx, j, spools[j]), 1
			if s := spools[j]; s != nil {
				done(s)
			}
		}
		if err := ctx.Err(); err != nil { // what this broke off was refused by nobody
			return append(results, slices.DeleteFunc(some, func(r FileResult) bool { return r.Status == Refused })...), err
		}
		results, at = append(results, some...), at+n
	}
	return results, ctx.Err()
}

// usage returns those of several refs that LeaveOut does not leave out: a shell may have made
// them of a pattern. A ref that stands alone is meant.
func (o Options) usage(refs []string) []string {
	if len(refs) < 2 || o.LeaveOut == nil {
		return refs
	}
	left := slices.DeleteFunc(slices.Clone(refs), func(ref string) bool { return ParseRef(ref).Scheme == "file" && o.LeaveOut(ref) })
	if len(left) == 0 {
		return refs
	}
	return left
}

// Inspect loads each file that refs name, and each run of an export, into a
// ledger in memory of its own, and calls each with what became of it.
func Inspect(ctx context.Context, sources map[string]Source, refs []string, o Options,
	each func(l *ledger.Ledger, r FileResult) error,
) error {
	alone := func(f func(r *run) error) error {
		l, err := ledger.Open(ctx, "", ledger.Options{Create: true})
		if err != nil {
			return err
		}
		defer l.Close()
		r, err := newRun(ctx, l, o)
		if err != nil {
			return err
		}
		defer r.close()
		return f(r)
	}
	var jobs []*job
	err := alone(func(r *run) error {
		jobs = r.planAll(ctx, sources, refs)
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	for _, j := range jobs {
		err := alone(func(r *run) error {
			r.jobs = jobs
			results := r.job(ctx, j, nil)
			if err := r.ledger.Update(ctx, func(conn *sql.Conn) error { return ledger.Spell(ctx, conn) }); err != nil {
				return err
			}
			for _, res := range results {
				if err := each(r.ledger, res); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (o Options) limits() Limits {
	l := o.Limits
	l.TempDir = cmp.Or(l.TempDir, o.TempDir)
	return l
}

// Failed counts the results that were refused.
func Failed(results []FileResult) int {
	n := 0
	for _, r := range results {
		if r.Status == Refused {
			n++
		}
	}
	return n
}
