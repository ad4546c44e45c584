package ledger

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// A Damage is what is not as it was written.
type Damage struct {
	Load  int64  // whose it is; 0 where it is of no load, or of which is not known
	What  string // is damaged
	Said  string // what the ledger says of it
	Found string // what is there
	Mend  string // what brings it back
	Gone  bool   // it is a file beside the ledger that is not there
}

// A DamagedError says that a ledger is not as it was written.
type DamagedError struct{ Damages []Damage }

func (e *DamagedError) Error() string {
	d := e.Damages[0]
	return fmt.Sprintf("it is damaged, first in %s (%s, found %s); 'usagereport ledger check' lists all (%d), with what brings them back",
		d.What, d.Said, d.Found, len(e.Damages))
}

// Check reads every block of the ledger at path, adds its sums up anew and follows its
// references. It returns what is damaged, and changes nothing: of a ledger of an earlier
// release, which it does not bring up to date, it reads the blocks.
func Check(ctx context.Context, path string) (found []Damage, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("check %s: %w", path, err)
		}
	}()
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, ErrNone
	}
	bad, err := badBlocks(path)
	if err != nil {
		return nil, err
	}
	const rest = "a backup ('usagereport restore'), or 'usagereport ledger rebuild NEW.duckdb', which loads what was kept again"
	for _, b := range bad {
		found = append(found, Damage{What: b.what(), Said: "another checksum", Found: b.found, Mend: rest})
	}
	if len(bad) > 0 { // whatever DuckDB makes of it
		return found, nil
	}
	l := &Ledger{path: path, file: path, readOnly: true}
	if err := l.connect(ctx, path, true); err != nil { // its catalogue is beyond the end
		return []Damage{{What: "the ledger", Said: "a DuckDB file", Found: err.Error(), Mend: rest}}, nil
	}
	defer l.db.Close()
	if version, err := l.version(ctx); err != nil || version < Schema { // whose tables are others
		return nil, err
	}
	if err := l.readAll(ctx, rest, &found); err != nil || len(found) > 0 {
		return found, err
	}
	for _, name := range []string{"check_references", "check_sums"} {
		if err := l.check(ctx, name, rest, &found); err != nil {
			return found, err
		}
	}
	return found, l.checkInvoices(ctx, &found)
}

func (l *Ledger) check(ctx context.Context, name, rest string, found *[]Damage) error {
	rows, err := l.db.QueryContext(ctx, query(name))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer rows.Close()
	for rows.Next() {
		d := Damage{Mend: rest}
		if err := rows.Scan(&d.Load, &d.What, &d.Said, &d.Found); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		*found = append(*found, d)
	}
	return rows.Err()
}

// readAll reads every row of every table: a block that is missing at the end of the file
// has no checksum.
func (l *Ledger) readAll(ctx context.Context, rest string, found *[]Damage) error {
	tables, err := l.tables(ctx)
	if err != nil {
		return err
	}
	for _, name := range tables {
		var sum sql.NullString
		err := l.db.QueryRowContext(ctx, `SELECT bit_xor(hash(t))::VARCHAR FROM "`+name+`" t`).Scan(&sum)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			*found = append(*found, Damage{What: "the table " + name, Said: "rows", Found: err.Error(), Mend: rest})
		}
	}
	return nil
}

func (l *Ledger) tables(ctx context.Context) (names []string, err error) {
	rows, err := l.db.QueryContext(ctx, "SELECT table_name FROM duckdb_tables() WHERE NOT temporary AND NOT internal ORDER BY ALL")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// checkInvoices holds the PDFs of invoices to their hashes.
func (l *Ledger) checkInvoices(ctx context.Context, found *[]Damage) error {
	rows, err := l.db.QueryContext(ctx, "SELECT file, sha256 FROM invoices WHERE file IS NOT NULL ORDER BY ALL")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var file string
		var sum sql.NullString
		if err := rows.Scan(&file, &sum); err != nil {
			return err
		}
		d := Damage{
			What: "the PDF " + file, Said: "sha256 " + sum.String,
			Mend: "a backup ('usagereport restore'), or 'usagereport invoices download', or the invoice's PDF added again ('usagereport invoices add')",
		}
		switch f, err := describeFile(filepath.Dir(l.file), file); {
		case errors.Is(err, fs.ErrNotExist):
			d.Found, d.Gone = "no such file", true
		case err != nil:
			return err
		case f.SHA256 != sum.String:
			d.Found = "sha256 " + f.SHA256
		default:
			continue
		}
		*found = append(*found, d)
	}
	return rows.Err()
}

// A badBlock is a piece of a DuckDB file that is not as it was written.
type badBlock struct {
	name     string
	from, to int64 // bytes
	found    string
}

func (b badBlock) what() string {
	return fmt.Sprintf("%s (bytes %d to %d of the file)", b.name, b.from, b.to)
}

// A DuckDB file is three headers and then blocks, each with its checksum before it.
const (
	headerBytes = 4096
	headers     = 3
)

// badBlocks reads a DuckDB file whole, and returns the pieces whose checksum is not
// theirs. A block that was never written is empty.
func badBlocks(path string) (bad []badBlock, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	head := make([]byte, headers*headerBytes)
	if _, err := io.ReadFull(f, head); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return []badBlock{{"the headers", 0, info.Size(), fmt.Sprintf("the end, after %d bytes", info.Size())}}, nil
	} else if err != nil {
		return nil, err
	}
	for i := range headers {
		if part := head[i*headerBytes : (i+1)*headerBytes]; !sound(part) {
			bad = append(bad, badBlock{fmt.Sprintf("header %d", i+1), int64(i * headerBytes), int64(i+1) * headerBytes, "other bytes"})
		}
	}
	if len(bad) > 0 {
		return bad, nil
	}
	// Of the two database headers the one with the higher number is in force.
	number := func(i, at int) int64 { return int64(binary.LittleEndian.Uint64(head[i*headerBytes+8+at:])) }
	newest := 1
	if number(2, 0) > number(1, 0) {
		newest = 2
	}
	size := number(newest, 32)
	if size < headerBytes || size > 1<<24 {
		return []badBlock{{"the header", 0, headerBytes, fmt.Sprintf("blocks of %d bytes", size)}}, nil
	}
	block := make([]byte, size)
	for i := int64(0); ; i++ { // those that are free at the end of the file are cut off
		at := headers*headerBytes + i*size
		name := fmt.Sprintf("block %d", i)
		switch _, err := io.ReadFull(f, block); {
		case errors.Is(err, io.EOF):
			return bad, nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return append(bad, badBlock{name, at, at + size, fmt.Sprintf("the end, after %d bytes", info.Size())}), nil
		case err != nil:
			return bad, fmt.Errorf("%s: %w", name, err)
		case !sound(block) && slices.ContainsFunc(block, func(b byte) bool { return b != 0 }):
			bad = append(bad, badBlock{name, at, at + size, "other bytes"})
		}
	}
}

// sound reports whether a piece has the checksum that stands before it: of its words of
// eight bytes.
func sound(piece []byte) bool {
	const seed, factor = 5381, 0xbf58476d1ce4e5b9
	sum := uint64(seed)
	for p := piece[8:]; len(p) >= 8; p = p[8:] {
		sum ^= binary.LittleEndian.Uint64(p) * factor
	}
	return sum == binary.LittleEndian.Uint64(piece)
}

// whole returns a DamagedError where the ledger at path is not as it was written. What is
// not there is in no copy either.
func whole(ctx context.Context, path string) error {
	found, err := Check(ctx, path)
	found = slices.DeleteFunc(found, func(d Damage) bool { return d.Gone })
	if err == nil && len(found) > 0 {
		err = &DamagedError{found}
	}
	return err
}
