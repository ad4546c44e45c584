package ledger

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"sort"
)

// Keys are the numbers that the keys of a load get: the lowest that no key has.
// So the numbers of all keys stay dense, whatever was loaded and removed
// before, and DuckDB joins charges with them by looking into an array instead
// of a hash table as long as there are fewer than a million
// (docs/decisions/0020-dense-keys.md).
type Keys struct{ runs []keyRun }

// A keyRun is keys that follow each other.
type keyRun struct {
	key    int64 // the first
	number int64 // which of the load's keys that is, from 0
}

// FreeKeys returns the numbers that a load may give to its keys.
func FreeKeys(ctx context.Context, conn *sql.Conn) (k Keys, err error) {
	var held, highest int64
	if err := conn.QueryRowContext(ctx, "SELECT count(*), coalesce(max(key_id), 0) FROM keys").Scan(&held, &highest); err != nil {
		return k, fmt.Errorf("count the keys: %w", err)
	}
	if held == highest { // all numbers are taken, as they are until something is removed
		return Keys{runs: []keyRun{{key: highest + 1}}}, nil
	}
	rows, err := conn.QueryContext(ctx, query("keys_free"))
	if err != nil {
		return k, fmt.Errorf("keys_free: %w", err)
	}
	defer rows.Close()
	var number int64
	for rows.Next() {
		r := keyRun{number: number}
		free := sql.NullInt64{}
		if err := rows.Scan(&r.key, &free); err != nil {
			return k, fmt.Errorf("keys_free: %w", err)
		}
		if !free.Valid {
			free.Int64 = math.MaxInt64 - number
		}
		k.runs, number = append(k.runs, r), number+free.Int64
	}
	return k, rows.Err()
}

// Of returns the key of number n, from 0.
func (k Keys) Of(n int64) int64 {
	r := k.runs[0]
	if len(k.runs) > 1 {
		r = k.runs[sort.Search(len(k.runs), func(i int) bool { return k.runs[i].number > n })-1]
	}
	return r.key + n - r.number
}

// Number returns the number of a key that Of gave.
func (k Keys) Number(key int64) int64 {
	r := k.runs[sort.Search(len(k.runs), func(i int) bool { return k.runs[i].key > key })-1]
	return r.number + key - r.key
}

// LinkKey returns the key with which links are hashed that are known again by their
// hash alone; the ledger makes it once.
func LinkKey(ctx context.Context, conn *sql.Conn) (key []byte, err error) {
	var text string
	err = conn.QueryRowContext(ctx, "SELECT value FROM meta WHERE name = 'link_key'").Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		key = make([]byte, 32)
		if _, err := rand.Read(key); err != nil {
			return nil, err
		}
		_, err = conn.ExecContext(ctx, "INSERT INTO meta (name, value) VALUES ('link_key', $key)", sql.Named("key", hex.EncodeToString(key)))
		return key, err
	}
	if err != nil {
		return nil, fmt.Errorf("read the ledger's key for links: %w", err)
	}
	return hex.DecodeString(text)
}
