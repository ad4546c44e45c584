package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"sync"

	"usagereport/internal/duckfile"
)

// common is what several connections to a ledger need alike: temporary tables that cost more to
// make than to copy.
type common struct {
	lock        sync.Mutex
	kept        map[[32]byte]string // by what they are made of, the schema that has them; nil where nothing is kept
	connections int                 // how many will need them
	held        map[[32]byte]io.Closer
}

// manyConnections is how many connections make it worth while to make what all of them look at,
// instead of what each does.
const manyConnections = 6

// KeepCommon keeps, in memory, what Common and CommonToMany make: who makes many reports of one
// ledger, on a connection each, needs it for each. A ledger that is open to write keeps nothing,
// for it changes.
func (l *Ledger) KeepCommon(connections int) {
	l.common.lock.Lock()
	defer l.common.lock.Unlock()
	if l.readOnly && l.common.kept == nil && connections > 1 {
		l.common.kept, l.common.connections = map[[32]byte]string{}, connections
	}
}

// Common gives conn the temporary tables that make makes on it, out of nothing but the ledger and
// what says. Those that were kept are copied.
func (l *Ledger) Common(ctx context.Context, conn *sql.Conn, what string, tables []string, make func() error) error {
	l.common.lock.Lock()
	defer l.common.lock.Unlock()
	if l.common.kept == nil {
		return make()
	}
	if schema := l.common.kept[sha256.Sum256([]byte(what))]; schema != "" {
		var copies string
		for _, t := range tables {
			copies += fmt.Sprintf("CREATE OR REPLACE TEMP TABLE %s AS FROM %s.%s;", t, schema, t)
		}
		_, err := conn.ExecContext(ctx, copies)
		return err
	}
	if err := make(); err != nil {
		return err
	}
	_, err := l.keep(ctx, conn, what, tables)
	return err
}

// CommonToMany returns the schema in which the temporary tables are kept that make makes, on a
// connection of its own, for connections that take their part of them; "" where nothing is kept or
// few connections are to come.
func (l *Ledger) CommonToMany(ctx context.Context, what string, tables []string, make func(*sql.Conn) error) (schema string, err error) {
	l.common.lock.Lock()
	kept, few := l.common.kept[sha256.Sum256([]byte(what))], l.common.kept == nil || l.common.connections < manyConnections
	l.common.lock.Unlock()
	if kept != "" || few {
		return kept, nil
	}
	conn, err := l.db.Conn(ctx)
	if err != nil {
		return "", err
	}
	defer duckfile.Discard(conn)
	if err := make(conn); err != nil {
		return "", err
	}
	l.common.lock.Lock()
	defer l.common.lock.Unlock()
	return l.keep(ctx, conn, what, tables)
}

// KeptForMany returns what make makes, which is kept until l is closed, for many that need it alike; nil
// where nothing is kept or few are to come.
func (l *Ledger) KeptForMany(what string, make func() (io.Closer, error)) (io.Closer, error) {
	key := sha256.Sum256([]byte(what))
	l.common.lock.Lock()
	held, few := l.common.held[key], l.common.kept == nil || l.common.connections < manyConnections
	l.common.lock.Unlock()
	if held != nil || few {
		return held, nil
	}
	made, err := make()
	if err != nil {
		return nil, err
	}
	l.common.lock.Lock()
	defer l.common.lock.Unlock()
	if held := l.common.held[key]; held != nil { // another's, meanwhile
		return held, made.Close()
	}
	if l.common.held == nil {
		l.common.held = map[[32]byte]io.Closer{}
	}
	l.common.held[key] = made
	return made, nil
}

// close closes what is kept for many.
func (c *common) close() (err error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	for _, held := range c.held {
		err = errors.Join(err, held.Close())
	}
	c.held = nil
	return err
}

// keep keeps conn's temporary tables, unless another connection's were meanwhile.
func (l *Ledger) keep(ctx context.Context, conn *sql.Conn, what string, tables []string) (schema string, err error) {
	key := sha256.Sum256([]byte(what))
	if schema := l.common.kept[key]; schema != "" {
		return schema, nil
	}
	place := fmt.Sprintf(`"common of %p"`, l) // which no file is called
	schema = fmt.Sprintf("%s.of_%d", place, len(l.common.kept))
	keep := fmt.Sprintf("ATTACH IF NOT EXISTS ':memory:' AS %s (READ_WRITE); CREATE SCHEMA %s;", place, schema)
	for _, t := range tables {
		keep += fmt.Sprintf("CREATE TABLE %s.%s AS FROM temp.main.%s;", schema, t, t)
	}
	if _, err := conn.ExecContext(ctx, keep); err != nil {
		return "", fmt.Errorf("keep what several connections need: %w", err)
	}
	l.common.kept[key] = schema
	return schema, nil
}
