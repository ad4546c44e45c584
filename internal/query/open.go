package query

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"usagereport/internal/duckfile"
	"usagereport/usage"
)

// OpenOptions say how Open opens a ledger. The zero OpenOptions are good.
type OpenOptions struct {
	// MemoryLimit is how much memory DuckDB may use, as DuckDB reads it: "2GB".
	// Empty is DuckDB's own default.
	MemoryLimit string

	// Begin returns the SQL with which each connection begins, which makes
	// temporary views and tables; catalog is DuckDB's name of the ledger's file.
	// It may be nil.
	Begin func(catalog string) string

	// Unsafe lets statements read other files and the network, and use extensions:
	// for SQL of one's own. The ledger stays read-only, and statements that do not
	// read are refused.
	Unsafe bool

	// Dir is a folder of the statement's own: for what does not fit into the memory,
	// and for large results.
	Dir string

	// DiskLimit is how many bytes a statement may write there: of its result, and of
	// what does not fit into the memory. 0 is any number.
	DiskLimit int64

	// Parts is how many statements read the ledger, a part of about one size each; 0 for one.
	Parts int

	// write is the one file that a statement may write.
	write string

	// spill is a database file, to be made, for the rows of a large result. They
	// stand in its table rows.
	spill string
}

// Open opens the ledger at path for reading by statements that have not been
// looked at: read-only, without access to other files, the network or
// extensions, and with a configuration that no statement can change.
//
// In one process DuckDB shares a file between all that have it open, and with
// it these settings: Open fails while the same file is open for writing.
func Open(ctx context.Context, path string, o OpenOptions) (*sql.DB, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if _, err := os.Stat(full); err != nil {
		return nil, err
	}
	c, err := duckfile.Connector(full, true, duckfile.ThreadsOf(full, o.Parts), o.sandbox())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db := sql.OpenDB(c)
	if err := db.PingContext(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return db, nil
}

// sandbox returns the initializer of the connections. The settings are the
// database's, not the connection's, and locked by the first one.
func (o OpenOptions) sandbox() func(driver.ExecerContext) error {
	settings := []string{"SET GLOBAL TimeZone = 'UTC'"}
	if !o.Unsafe {
		settings = append(settings, "SET autoinstall_known_extensions = false", "SET autoload_known_extensions = false",
			"SET allow_community_extensions = false")
	}
	if o.MemoryLimit != "" {
		settings = append(settings, "SET memory_limit = "+usage.Literal(o.MemoryLimit))
	}
	if o.Dir != "" {
		settings = append(settings, "SET temp_directory = "+usage.Literal(filepath.Join(o.Dir, "spill")))
	}
	if o.DiskLimit > 0 {
		settings = append(settings, fmt.Sprintf("SET max_temp_directory_size = '%dB'", o.DiskLimit))
	}
	if o.write != "" {
		settings = append(settings, "SET allowed_paths = ["+usage.Literal(o.write)+"]")
	}
	if o.spill != "" {
		settings = append(settings, "ATTACH "+usage.Literal(o.spill)+" AS spill (READ_WRITE)")
	}
	if !o.Unsafe {
		settings = append(settings, "SET enable_external_access = false", "SET lock_configuration = true")
	}

	var mu sync.Mutex
	return func(e driver.ExecerContext) error {
		mu.Lock()
		defer mu.Unlock()
		if o.write != "" || o.spill != "" || !locked(e) {
			for _, s := range settings {
				if _, err := e.ExecContext(context.Background(), s, nil); err != nil {
					return fmt.Errorf("%s: %w", s, err)
				}
			}
		}
		if o.Begin == nil {
			return nil
		}
		catalog, err := value(e, "SELECT current_database()")
		if err != nil {
			return err
		}
		_, err = e.ExecContext(context.Background(), o.Begin(fmt.Sprint(catalog)), nil)
		return err
	}
}

// value returns the one value that text reads.
func value(e driver.ExecerContext, text string) (driver.Value, error) {
	q, ok := e.(driver.QueryerContext)
	if !ok {
		return nil, errors.New("the driver cannot query")
	}
	rows, err := q.QueryContext(context.Background(), text, nil)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	v := make([]driver.Value, 1)
	err = rows.Next(v)
	return v[0], err
}

// locked reports whether an earlier connection has made the settings.
func locked(e driver.ExecerContext) bool {
	v, err := value(e, "SELECT current_setting('lock_configuration') AND NOT current_setting('enable_external_access')")
	return err == nil && v == true
}

// WriteParquet writes the rows that stmt reads from the ledger at path to file,
// which appears when it is complete. DuckDB writes it itself, row group by row
// group, so the number of rows does not matter. DECIMALs keep every digit;
// HUGEINT, which Parquet does not have, becomes DOUBLE.
//
// It opens the ledger on its own, as Open does but with leave to write that one
// file, first in o.Dir, which must be on the same disk, so the process must not have
// the ledger open.
func WriteParquet(ctx context.Context, path, stmt, file string, o OpenOptions, params map[string]*string) (err error) {
	return WriteParquets(ctx, path, stmt, o, func(write func(file string, params map[string]*string) error) error {
		return write(file, params)
	})
}

// WriteParquets is WriteParquet for several files: all calls write for each, with the
// values of the statement's parameters.
func WriteParquets(ctx context.Context, path, stmt string, o OpenOptions,
	all func(write func(file string, params map[string]*string) error) error,
) error {
	o.write = filepath.Join(o.Dir, "result.parquet")
	ctx, end := o.held(ctx, o.write)
	defer end()
	db, err := Open(ctx, path, o)
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return sqlError(ctx, err)
	}
	defer duckfile.Discard(conn)
	return all(func(file string, params map[string]*string) error {
		file, err := filepath.Abs(file)
		if err != nil {
			return err
		}
		read, err := check(ctx, conn, stmt, params)
		if err != nil {
			return err
		}
		if read.typ != duckdb.STATEMENT_TYPE_SELECT {
			return errors.New("query: parquet holds rows; an EXPLAIN has none")
		}
		if err := copyTo(ctx, conn, stmt, o.write, read.args); err != nil {
			return sqlError(ctx, err)
		}
		if err := os.Chmod(o.write, 0o644); err != nil { // a result is handed on, as every other
			return err
		}
		return os.Rename(o.write, file)
	})
}

// asking opens the ledger at path and calls do with a connection on which stmt was checked. All
// ends when the file of the result is larger than the limit.
func asking(ctx context.Context, path, stmt, file string, o OpenOptions, params map[string]*string,
	do func(ctx context.Context, conn *sql.Conn, read reading) error,
) error {
	ctx, end := o.held(ctx, file)
	defer end()
	db, err := Open(ctx, path, o)
	if err != nil {
		return err
	}
	defer db.Close()
	return checked(ctx, db, stmt, params, do)
}

// copyTo runs COPY (stmt) TO file. A semicolon that ends stmt does not belong
// within the parentheses: where the text does not parse as it is, it is cut at
// one that only blanks and comments follow.
func copyTo(ctx context.Context, conn *sql.Conn, stmt, file string, args []any) error {
	wrap := func(s string) string {
		return "COPY (\n" + s + "\n) TO " + usage.Literal(file) + " (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)"
	}
	err := prepares(conn, wrap(stmt), duckdb.STATEMENT_TYPE_COPY)
	text := stmt
	for i := len(stmt); err != nil; {
		i = strings.LastIndexByte(stmt[:i], ';')
		if i < 0 {
			return err
		}
		if prepares(conn, wrap(stmt[:i]), duckdb.STATEMENT_TYPE_COPY) == nil {
			text, err = stmt[:i], nil
		}
	}
	_, err = conn.ExecContext(ctx, wrap(text), args...)
	return err
}

// prepares returns why text is not one statement of the type want.
func prepares(conn *sql.Conn, text string, want duckdb.StmtType) error {
	return conn.Raw(func(c any) error {
		s, err := c.(*duckdb.Conn).Prepare(text)
		if err != nil {
			return err
		}
		defer s.Close()
		typ, err := s.(*duckdb.Stmt).StatementType()
		if err == nil && typ != want {
			err = errors.New("another statement")
		}
		return err
	})
}

// held returns a context that ends when the file of a result is larger than the limit.
func (o OpenOptions) held(ctx context.Context, file string) (_ context.Context, end func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	if o.DiskLimit == 0 {
		return ctx, func() { cancel(nil) }
	}
	go func() {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if info, err := os.Stat(file); err == nil && info.Size() > o.DiskLimit {
				cancel(ErrTooLarge)
				return
			}
		}
	}()
	return ctx, func() { cancel(nil) }
}

// ErrTooLarge says that a result is larger than it may be.
var ErrTooLarge = errors.New("the result is larger than --disk-limit; ask for fewer rows or columns, or allow more")
