// Package ledger keeps everything that was loaded in one DuckDB file: the
// charges, which file they came from, what replaced what, and the daily sums
// that the analysis works on. schema/*.sql holds the only DDL.
package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/duckdb/duckdb-go/v2"

	"usagereport/internal/duckfile"
	"usagereport/usage"
)

//go:embed sql/*.sql
var queryFiles embed.FS

// Schema is the version of the tables that this program reads and writes: the
// number of the last file in schema. Those before firstSchema were never released.
const (
	Schema      = 20
	firstSchema = 9
)

// A Ledger is an open ledger.
type Ledger struct {
	db       *sql.DB
	path     string // as the user knows it; "" in memory
	file     string // where that leads
	created  bool
	resumed  int      // loads that an interrupted run had finished
	work     *working // of a ledger that is open to write
	readOnly bool
	notes    Notes         // of a ledger that is open to read: what was reported since it was written
	saidLock sync.Mutex    // of the next, and of the owners files in notes
	said     []ToldFinding // since it was opened to read
	names    int
	common   common
	answers  answers
}

// Options say how to open a ledger.
type Options struct {
	Create   bool // make the file where there is none
	ReadOnly bool
	// Resume goes on with the copy that an interrupted run left, if there is one.
	Resume bool
	// Waiting is called while another process has the ledger open to write, with
	// its PID or 0, before each wait; where it is nil Open returns an InUseError.
	Waiting func(pid int)
}

// ErrNone says that there is no ledger file yet.
var ErrNone = errors.New("no ledger there yet")

// Open opens the ledger file at path, or a ledger in memory where path is "".
//
// Whoever writes works on a copy beside the file, under a lock that holds off
// other writers, and Publish puts the copy in the file's place: a reader keeps
// what it has opened, and a process that is killed leaves the file as it was.
// Close without Publish gives up what was written.
//
// Within one process DuckDB shares a file among all connections to it: a new
// publication is seen once they have closed it.
func Open(ctx context.Context, path string, o Options) (*Ledger, error) {
	l := &Ledger{path: path, file: path, readOnly: o.ReadOnly}
	if path == "" {
		l.created = true
		return l, l.connect(ctx, "", false)
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		l.file = real
	}
	if err := l.open(ctx, o); err != nil {
		return nil, fmt.Errorf("open ledger %s: %w", path, err)
	}
	return l, nil
}

func (l *Ledger) open(ctx context.Context, o Options) error {
	if err := comeBack(l.file); err != nil {
		return err
	}
	switch info, err := os.Stat(l.file); {
	case err == nil && info.IsDir():
		return errors.New("is a folder; name a file with --db")
	case err == nil:
		if err := isDuckDB(l.file); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	case !o.Create:
		return ErrNone
	default:
		l.created = true
	}
	if o.ReadOnly {
		return l.openToRead(ctx, o)
	}
	return l.openToWrite(ctx, o)
}

func (l *Ledger) openToRead(ctx context.Context, o Options) (err error) {
	if err := l.connect(ctx, l.file, true); err != nil {
		return err
	}
	version, err := l.version(ctx)
	if err == nil && version < Schema { // of an earlier release
		if err := l.db.Close(); err != nil {
			return err
		}
		up := &Ledger{path: l.path, file: l.file}
		if err := up.openToWrite(ctx, o); err != nil {
			return fmt.Errorf("bring it from schema version %d to %d: %w", version, Schema, err)
		}
		if err := up.Publish(ctx); err != nil {
			return err
		}
		return l.connect(ctx, l.file, true)
	}
	if err == nil {
		l.notes, err = readNotes(l.file)
	}
	if err != nil {
		l.db.Close()
	}
	return err
}

// connect opens the database file, or one in memory.
func (l *Ledger) connect(ctx context.Context, file string, readOnly bool) error {
	var limited atomic.Bool // by the first connection, for all
	connector, err := duckfile.Connector(file, readOnly, duckfile.Threads(file), func(conn driver.ExecerContext) error {
		settings := "SET autoinstall_known_extensions = false; SET autoload_known_extensions = false; SET preserve_insertion_order = false;"
		if file != "" && limited.CompareAndSwap(false, true) {
			memory, err := duckfile.Memory(ctx, conn)
			if err != nil {
				return err
			}
			settings += "SET memory_limit = '" + memory + "'; SET checkpoint_threshold = '64MB';"
		}
		_, err := conn.ExecContext(ctx, settings, nil)
		return err
	})
	if err != nil {
		return Explain(err)
	}
	l.db = sql.OpenDB(connector)
	if file != "" {
		return nil
	}
	if err := l.migrate(ctx, 0); err != nil {
		l.db.Close()
		return fmt.Errorf("make the tables: %w", err)
	}
	return nil
}

// UseCores lets DuckDB have as many threads as there are cores, or with half only half of
// them, until the ledger is closed.
func UseCores(ctx context.Context, conn *sql.Conn, half bool) error {
	n := runtime.GOMAXPROCS(0)
	if half {
		n = max(1, n/2)
	}
	_, err := conn.ExecContext(context.WithoutCancel(ctx), fmt.Sprintf("SET threads = %d", n))
	return err
}

// isDuckDB looks at a file's first bytes, for DuckDB opens other files too, as
// data.
func isDuckDB(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 12)
	if _, err := io.ReadFull(f, head); err != nil || string(head[8:]) != "DUCK" {
		return errors.New("it is not a ledger; name another file with --db")
	}
	return nil
}

// Explain says in a user's words what DuckDB has met with a file.
func Explain(err error) error {
	switch text := err.Error(); {
	case strings.Contains(text, "No space left on device"), isAny(err, diskFull()):
		return fmt.Errorf("the disk is full; make room (a ledger is written as a copy, so it needs its size again) and try again (%w)", err)
	case strings.Contains(text, "Could not set lock"), strings.Contains(text, "Conflicting lock"), isAny(err, inUse()):
		return fmt.Errorf("another program has it open; try again when it has ended (%w)", err)
	case strings.Contains(text, "Out of Memory Error"):
		what, _, _ := strings.Cut(text, "\n") // DuckDB's advice is about settings that are the program's
		return fmt.Errorf("DuckDB needs more memory than its share of this machine's; load the file in parts, by month, or on a machine with more (%s)",
			strings.TrimSpace(what))
	case strings.Contains(text, "not a valid DuckDB database"):
		return fmt.Errorf("it is not a ledger; name another file with --db (%w)", err)
	}
	return err
}

func isAny(err error, codes []syscall.Errno) bool {
	return slices.ContainsFunc(codes, func(code syscall.Errno) bool { return errors.Is(err, code) })
}

// version returns the schema version of the open database, or an error where
// this program cannot read it.
func (l *Ledger) version(ctx context.Context) (int, error) {
	var text string
	if err := l.db.QueryRowContext(ctx, "SELECT value FROM meta WHERE name = 'schema'").Scan(&text); err != nil {
		return 0, fmt.Errorf("it is a DuckDB file but not a ledger; name another file with --db (%w)", err)
	}
	version, err := strconv.Atoi(text)
	switch {
	case err != nil || version > Schema:
		return 0, fmt.Errorf("it has schema version %s and this program knows %d: a newer usagereport wrote it, "+
			"use that one or a newer", text, Schema)
	case version < firstSchema:
		return 0, fmt.Errorf("it has schema version %d, of a usagereport before the first release, and this program knows %d to %d: "+
			"load its files into a new ledger ('usagereport load --db NEW.duckdb FILE...')", version, firstSchema, Schema)
	}
	return version, nil
}

// Close closes the ledger. What was written and not published is given up.
func (l *Ledger) Close() error {
	if l.work == nil {
		return errors.Join(l.common.close(), l.db.Close())
	}
	return l.work.abandon(l.db)
}

// DB returns the database, to read from. Whoever writes uses Update.
func (l *Ledger) DB() *sql.DB { return l.db }

// Path returns the ledger's file, "" in memory.
func (l *Ledger) Path() string {
	if l.path == "" {
		return ""
	}
	return filepath.Clean(l.path)
}

// Created reports whether there was no ledger before.
func (l *Ledger) Created() bool { return l.created }

// FreshName returns a name that no other call has returned for this ledger, for
// functions that are registered with its database.
func (l *Ledger) FreshName(prefix string) string {
	l.names++
	return fmt.Sprintf("%s_%d", prefix, l.names)
}

// Update runs f in one transaction on a connection of its own: all that f
// writes is kept, or nothing.
func (l *Ledger) Update(ctx context.Context, f func(conn *sql.Conn) error) (err error) {
	conn, err := l.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return Transact(ctx, conn, func() error { return f(conn) })
}

// Transact runs f in one transaction on conn.
func Transact(ctx context.Context, conn *sql.Conn, f func() error) (err error) {
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			// Roll back even when ctx is what ended f.
			_, rerr := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
			if rerr != nil && !strings.Contains(rerr.Error(), "no transaction is active") {
				err = errors.Join(err, rerr)
			}
		}
	}()
	if err := f(); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	return err
}

// query returns the text of sql/NAME.sql.
func query(name string) string {
	b, err := queryFiles.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic(err) // a name in this package that the test of all names would have found
	}
	return string(b)
}

// Amount returns a scanner that reads a DECIMAL(38,18) into d; NULL is 0.
func Amount(d *usage.Decimal) sql.Scanner { return (*amount)(d) }

type amount usage.Decimal

// Scan implements sql.Scanner.
func (a *amount) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*a = amount{}
		return nil
	case duckdb.Decimal:
		if v.Scale != usage.Scale {
			d, _, err := usage.ParseDecimal(v.String())
			*a = amount(d)
			return err
		}
		d, ok := usage.DecimalFromBig(v.Value)
		if !ok {
			return usage.ErrDecimalRange
		}
		*a = amount(d)
		return nil
	}
	return fmt.Errorf("read amount: %T is not a decimal", v)
}

// DayOf returns a scanner that reads a DATE into d; NULL is no day.
func DayOf(d *usage.Day) sql.Scanner { return (*day)(d) }

type day usage.Day

// Scan implements sql.Scanner.
func (d *day) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*d = 0
		return nil
	case interface{ Unix() int64 }:
		*d = day(v.Unix() / 86400)
		return nil
	}
	return fmt.Errorf("read day: %T is not a date", v)
}
