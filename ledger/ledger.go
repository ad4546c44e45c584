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
	"path"
	"path/filepath"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"usagereport/usage"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

//go:embed sql/*.sql
var queryFiles embed.FS

// Schema is the version of the tables that this program reads and writes.
const Schema = "1"

// A Ledger is an open ledger.
type Ledger struct {
	db      *sql.DB
	path    string
	created bool
	names   int
}

// Options say how to open a ledger.
type Options struct {
	Create   bool // make the file where there is none
	ReadOnly bool
}

// ErrNone says that there is no ledger file yet.
var ErrNone = errors.New("no ledger there yet")

// Open opens the ledger file at path, or a ledger in memory where path is "".
func Open(ctx context.Context, path string, o Options) (*Ledger, error) {
	exists := false
	dsn := path
	if strings.ContainsAny(path, "?#") {
		return nil, fmt.Errorf("open ledger %s: the name of a ledger must not hold ? or #; name another with --db", path)
	}
	if path != "" {
		switch info, err := os.Stat(path); {
		case err == nil && info.IsDir():
			return nil, fmt.Errorf("open ledger %s: is a folder; name a file with --db", path)
		case err == nil:
			if err := isDuckDB(path); err != nil {
				return nil, fmt.Errorf("open ledger %s: %w", path, err)
			}
			exists = true
		case !errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("open ledger %s: %w", path, err)
		case !o.Create:
			return nil, fmt.Errorf("open ledger %s: %w", path, ErrNone)
		}
		if o.ReadOnly {
			dsn += "?access_mode=read_only"
		}
	}
	connector, err := duckdb.NewConnector(dsn, func(conn driver.ExecerContext) error {
		settings := "SET autoinstall_known_extensions = false; SET autoload_known_extensions = false; SET preserve_insertion_order = false;"
		if path != "" {
			settings += "SET memory_limit = '500MB';"
		}
		_, err := conn.ExecContext(ctx, settings, nil)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open ledger %s: %w", path, explain(err))
	}
	l := &Ledger{db: sql.OpenDB(connector), path: path, created: !exists}
	if err := l.migrate(ctx, exists); err != nil {
		l.db.Close()
		return nil, fmt.Errorf("open ledger %s: %w", path, err)
	}
	return l, nil
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

// explain says in a user's words why DuckDB did not open a file.
func explain(err error) error {
	switch text := err.Error(); {
	case strings.Contains(text, "Could not set lock"), strings.Contains(text, "Conflicting lock"):
		return fmt.Errorf("another process is using it; try again when it has ended (%w)", err)
	case strings.Contains(text, "not a valid DuckDB database"):
		return fmt.Errorf("it is not a ledger; name another file with --db (%w)", err)
	}
	return err
}

func (l *Ledger) migrate(ctx context.Context, exists bool) error {
	if exists {
		var version string
		err := l.db.QueryRowContext(ctx, "SELECT value FROM meta WHERE name = 'schema'").Scan(&version)
		switch {
		case err != nil:
			return fmt.Errorf("it is a DuckDB file but not a ledger; name another file with --db (%w)", err)
		case version != Schema:
			return fmt.Errorf("it has schema version %s and this program knows %s; use the program that wrote it", version, Schema)
		}
		return nil
	}
	return l.Update(ctx, func(conn *sql.Conn) error {
		entries, err := schemaFiles.ReadDir("schema")
		if err != nil {
			return err
		}
		for _, e := range entries {
			b, err := schemaFiles.ReadFile(path.Join("schema", e.Name()))
			if err != nil {
				return err
			}
			if _, err := conn.ExecContext(ctx, string(b)); err != nil {
				return fmt.Errorf("%s: %w", e.Name(), err)
			}
		}
		return nil
	})
}

// Close closes the ledger.
func (l *Ledger) Close() error { return l.db.Close() }

// DB returns the database, to read from. Whoever writes uses Update.
func (l *Ledger) DB() *sql.DB { return l.db }

// Path returns the ledger's file, "" in memory.
func (l *Ledger) Path() string {
	if l.path == "" {
		return ""
	}
	return filepath.Clean(l.path)
}

// Created reports whether Open made the ledger.
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
			if _, rerr := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); rerr != nil && !strings.Contains(rerr.Error(), "no transaction is active") {
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
