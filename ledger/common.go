package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"sync"
)

// common is what several connections to a ledger need alike: temporary tables that cost more to
// make than to copy.
type common struct {
	lock sync.Mutex
	kept map[[32]byte]int // by what they are made of, the number of the schema that has them; nil where nothing is kept
}

// KeepCommon keeps, in memory, what Common makes: who makes many reports of one ledger needs it for
// each. A ledger that is open to write keeps nothing, for it changes.
func (l *Ledger) KeepCommon() {
	l.common.lock.Lock()
	defer l.common.lock.Unlock()
	if l.readOnly && l.common.kept == nil {
		l.common.kept = map[[32]byte]int{}
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
	key, place := sha256.Sum256([]byte(what)), fmt.Sprintf(`"common of %p"`, l) // which no file is called
	if number, known := l.common.kept[key]; known {
		var copies string
		for _, t := range tables {
			copies += fmt.Sprintf("CREATE OR REPLACE TEMP TABLE %s AS FROM %s.of_%d.%s;", t, place, number, t)
		}
		_, err := conn.ExecContext(ctx, copies)
		return err
	}
	if err := make(); err != nil {
		return err
	}
	number := len(l.common.kept)
	keep := fmt.Sprintf("ATTACH IF NOT EXISTS ':memory:' AS %[1]s (READ_WRITE); CREATE SCHEMA %[1]s.of_%[2]d;", place, number)
	for _, t := range tables {
		keep += fmt.Sprintf("CREATE TABLE %s.of_%d.%s AS FROM temp.main.%s;", place, number, t, t)
	}
	if _, err := conn.ExecContext(ctx, keep); err != nil {
		return fmt.Errorf("keep what several connections need: %w", err)
	}
	l.common.kept[key] = number
	return nil
}
