// Package duckfile opens DuckDB's files, whatever their paths hold: the driver takes a
// path for a URL.
package duckfile

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// Discard closes conn for good, with its temporary tables, not back into the pool.
func Discard(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = conn.Close()
}

// Connector returns a connector to the database in file, which each connection begins
// with begin; it may be nil. An empty file is a database in memory. DuckDB takes as many
// threads as there are cores where threads is 0.
func Connector(file string, readOnly bool, threads int, begin func(driver.ExecerContext) error) (driver.Connector, error) {
	settings := url.Values{}
	if readOnly {
		settings.Set("access_mode", "read_only")
	}
	if threads > 0 {
		settings.Set("threads", strconv.Itoa(threads))
	}
	mode := ""
	if len(settings) > 0 {
		mode = "?" + settings.Encode()
	}
	if file == "" {
		return duckdb.NewConnector(mode, begin)
	}
	if filepath.VolumeName(file) != "" {
		file = short(file)
	}
	full, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	for _, path := range []string{file, full} {
		if plain(path) && !strings.Contains(full, "?") { // which DuckDB takes for the end of a path
			return duckdb.NewConnector(path+mode, begin)
		}
	}
	dir, err := os.MkdirTemp("", "usagereport-link-*")
	if err != nil {
		return nil, err
	}
	c := &linked{dir: dir}
	link := filepath.Join(dir, "linked.duckdb")
	if c.Connector, err = connectLinked(link, full, mode, begin); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return c, nil
}

// Small is up to how many bytes a ledger has few enough charges that DuckDB reads them with
// one thread in any case, for it gives each thread a run of 122,880. Its other threads
// would only ask for work, which takes a quarter of all that is done to such a ledger.
// Two months of a small estate have 9 MB, of which half is free: each of 250 columns that
// was written leaves the place where it was.
const Small = 16 << 20

// Threads returns how many threads DuckDB needs for a ledger's file, or with "" in memory; 0 for
// as many as there are cores. Of two runs little is left to do for a second thread, since most
// of what answers a report is less than one.
func Threads(file string) int { return ThreadsOf(file, 2) }

// ThreadsOf is Threads where statements read all of one of several parts of the file.
func ThreadsOf(file string, parts int) int {
	if file == "" {
		return 1
	}
	if info, err := os.Stat(file); err != nil || info.Size()/int64(max(1, parts)) <= Small {
		return 1
	}
	return 0
}

// short is a path of Windows without the sign of a long one, which has a question mark.
func short(path string) string {
	if rest, is := strings.CutPrefix(path, `\\?\UNC\`); is {
		return `\\` + rest
	}
	return strings.TrimPrefix(path, `\\?\`)
}

// plain reports whether the driver reads a path back from a URL as it is.
func plain(path string) bool {
	const mode = "access_mode=read_only"
	u, err := url.Parse(path + "?" + mode)
	return err == nil && u.RawQuery == mode && u.Fragment == "" && (u.Opaque == "" || filepath.VolumeName(path) != "")
}

func connectLinked(link, file, mode string, begin func(driver.ExecerContext) error) (*duckdb.Connector, error) {
	if err := os.Symlink(file, link); err != nil { // on Windows a right that few have
		return nil, fmt.Errorf("open %s by a link, for its path holds a sign that the driver takes for its own; "+
			"name it without %%, # and ?: %w", file, err)
	}
	// What DuckDB has not written into the file yet is in its log beside it. A log that is
	// begun here goes with the link: what is lost with it was never published.
	const log = ".wal"
	if _, err := os.Stat(file + log); err == nil {
		if err := os.Symlink(file+log, link+log); err != nil {
			return nil, err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return duckdb.NewConnector(link+mode, begin)
}

// A linked is a connector to a file through a link with a plain name.
type linked struct {
	*duckdb.Connector
	dir string
}

// Close closes the database and removes the link.
func (l *linked) Close() error { return errors.Join(l.Connector.Close(), os.RemoveAll(l.dir)) }
