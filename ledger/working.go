package ledger

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"usagereport/internal/duckfile"
)

// A working is the copy that a writer works on, and the lock that it holds.
type working struct {
	path string // of the ledger
	lock *flock.Flock
	from int // schema version of the file, 0 where there is none
	done bool
}

// The names of what stands beside a ledger.
const (
	lockEnd    = ".lock"    // held by a writer; its PID is in it
	writingEnd = ".writing" // a writer's copy
	copyingEnd = ".copying" // a copy that is not complete yet
	walEnd     = ".wal"     // DuckDB's own log of what is not in the file yet
)

// An InUseError says that another process has the ledger open to write.
type InUseError struct{ PID int } // 0 if it is not known

func (e *InUseError) Error() string {
	by := "another process"
	if e.PID != 0 {
		by = fmt.Sprintf("PID %d", e.PID)
	}
	return fmt.Sprintf("the ledger is in use by %s; try again when it has ended", by)
}

// waitStep is how often a writer that waits looks whether the ledger is free.
const waitStep = 100 * time.Millisecond

func (l *Ledger) openToWrite(ctx context.Context, o Options) (err error) {
	w := &working{path: l.file}
	if err := w.acquire(ctx, o.Waiting); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			w.release()
		}
	}()
	l.work = w
	if o.Resume {
		if l.resumed, err = w.resume(ctx); err != nil {
			return err
		}
	}
	if l.resumed == 0 {
		if err := w.copy(); err != nil {
			return err
		}
	}
	if err := l.connect(ctx, w.path+writingEnd, false); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			l.db.Close()
			w.discard()
		}
	}()
	if _, err := os.Stat(w.path); err == nil || l.resumed > 0 {
		if w.from, err = l.version(ctx); err != nil {
			return err
		}
	}
	if err := l.migrate(ctx, w.from); err != nil {
		return err
	}
	return l.fold(ctx)
}

// Resumed returns how many loads of an interrupted run the ledger goes on with.
func (l *Ledger) Resumed() int { return l.resumed }

// acquire takes the lock. The lock is the kernel's, so that it goes with its
// process; the file only names the PID.
func (w *working) acquire(ctx context.Context, waiting func(pid int)) error {
	name := w.path + lockEnd
	for {
		w.lock = flock.New(name, flock.SetPermissions(ModeOf(w.path)))
		held, err := w.lock.TryLock()
		if err != nil {
			return fmt.Errorf("lock it for writing: %w", err)
		}
		if held {
			// Whoever held it may have removed the file between our opening
			// and locking it; then the lock protects nothing.
			ours, err1 := w.lock.Stat()
			there, err2 := os.Stat(name)
			if err1 == nil && err2 == nil && os.SameFile(ours, there) {
				break
			}
			if err := w.lock.Close(); err != nil {
				return err
			}
			continue
		}
		pid := notedPID(name)
		if waiting == nil {
			return &InUseError{PID: pid}
		}
		waiting(pid)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(waitStep):
		}
	}
	if err := notePID(name); err != nil {
		w.release()
		return fmt.Errorf("lock it for writing: %w", err)
	}
	return nil
}

// release removes the lock's file and lets go of it.
func (w *working) release() { removeLock(w.path+lockEnd, w.lock.Close) }

// The PID begins behind the byte that is locked: on Windows no other handle reads or writes
// that one, not even its own process's.
const (
	pidAt     = 1
	pidLength = 20 // with blanks: a shorter one covers a longer
)

// notePID writes this process's PID into the lock's file.
func notePID(name string) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(fmt.Appendf(nil, "%-*d\n", pidLength, os.Getpid()), pidAt)
	return errors.Join(err, f.Close())
}

// notedPID returns the PID in the lock's file; 0 where there is none.
func notedPID(name string) int {
	f, err := os.Open(name)
	if err != nil {
		return 0
	}
	defer f.Close()
	b := make([]byte, pidLength)
	n, _ := f.ReadAt(b, pidAt)
	pid, _ := strconv.Atoi(strings.TrimSpace(string(b[:n])))
	return pid
}

// copy makes the working copy, of nothing where there is no ledger yet.
func (w *working) copy() error {
	w.discard()
	for _, end := range []string{walEnd, ""} {
		err := copyFile(w.path+copyingEnd+end, w.path+end)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			w.discard()
			return fmt.Errorf("copy it, to write into the copy: %w", Explain(err))
		}
	}
	for _, end := range []string{walEnd, ""} {
		if err := os.Rename(w.path+copyingEnd+end, w.path+writingEnd+end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			w.discard()
			return fmt.Errorf("put the copy to write into in its place; look after the disk and try again: %w", err)
		}
	}
	return nil
}

// discard removes the working copy and what a process that was killed left.
func (w *working) discard() {
	for _, end := range []string{copyingEnd, writingEnd} {
		os.Remove(w.path + end)
		os.Remove(w.path + end + walEnd)
	}
}

// copyFile copies a file; the system shares the blocks where it can.
func copyFile(to, from string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, info.Mode().Perm())
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, out.Close()); err != nil {
			os.Remove(to)
		}
	}()
	if err := out.Chmod(info.Mode().Perm()); err != nil { // whatever the umask takes away
		return err
	}
	_, err = io.Copy(out, in)
	return err
}

// ModeOf returns the mode of the ledger at path, which what is private beside it has
// as well: of its owner alone where there is none yet.
func ModeOf(path string) fs.FileMode {
	if info, err := os.Stat(path); err == nil {
		return info.Mode().Perm() &^ 0o111
	}
	return 0o600
}

// resume says how many loads the copy that a killed process left has beyond the
// ledger; 0 where there is no such copy or it is of no use. It is of use if the
// ledger is still the one it was copied from.
func (w *working) resume(ctx context.Context) (int, error) {
	left := w.path + writingEnd
	if isDuckDB(left) != nil {
		return 0, nil
	}
	var publication, base, loads string
	read := func(path, query string, into ...any) error {
		l := &Ledger{}
		if err := l.connect(ctx, path, true); err != nil {
			return err
		}
		defer l.db.Close()
		return l.db.QueryRowContext(ctx, query).Scan(into...)
	}
	const marks = "SELECT (SELECT value FROM meta WHERE name = 'publication'), (SELECT value FROM meta WHERE name = 'base'), " +
		"(SELECT count(*) FROM loads)::VARCHAR"
	if err := read(left, marks, &publication, &base, &loads); err != nil {
		return 0, ctx.Err() // damaged, or of another program: copied anew
	}
	var now, other, before string
	if _, err := os.Stat(w.path); err == nil {
		if err := read(w.path, marks, &now, &other, &before); err != nil {
			return 0, ctx.Err()
		}
	}
	if now != publication && now != base {
		return 0, nil
	}
	a, err1 := strconv.Atoi(loads)
	b, err2 := strconv.Atoi(cmp.Or(before, "0"))
	return max(0, a-b), errors.Join(err1, err2)
}

// Publish puts what was written in the place of the ledger, at once and whole,
// and closes it. A ledger in memory is left as it is.
func (l *Ledger) Publish(ctx context.Context) (err error) {
	w := l.work
	if w == nil {
		return nil
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("write ledger %s, which is as it was: %w", l.path, Explain(err)), l.Close())
		}
	}()
	err = l.Update(ctx, func(conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, query("published"), sql.Named("publication", rand.Text()))
		return err
	})
	if err != nil {
		return err
	}
	if err := w.checkpoint(ctx, l.db); err != nil {
		return err
	}
	if err := l.db.Close(); err != nil {
		return err
	}
	made := w.path + writingEnd
	if info, err := os.Stat(made + walEnd); err == nil && info.Size() > 0 {
		return errors.New("DuckDB has left a part of it in its log")
	}
	os.Remove(made + walEnd)
	if err := syncFile(made); err != nil {
		return err
	}
	if w.from > 0 && w.from < Schema {
		if err := keepOld(w.path, w.from); err != nil {
			return err
		}
	}
	// A log of the file that is replaced belongs to it alone; what it holds is
	// in the copy.
	os.Remove(w.path + walEnd)
	if err := replaceFile(made, w.path); err != nil {
		return err
	}
	if err := syncFile(filepath.Dir(w.path)); err != nil {
		return err
	}
	os.Remove(w.path + foldingEnd)
	w.done = true
	w.release()
	return nil
}

// checkpoint writes into the copy what DuckDB's log has. For each column DuckDB tries how
// small each way of packing makes it. Half of that time goes to FSST, for texts that differ
// and yet are alike, of which a small ledger has too few to be worth it.
func (w *working) checkpoint(ctx context.Context, db *sql.DB) error {
	text := "CHECKPOINT"
	var bytes int64
	for _, end := range []string{"", walEnd} {
		if info, err := os.Stat(w.path + writingEnd + end); err == nil {
			bytes += info.Size()
		}
	}
	if bytes <= duckfile.Small {
		text = "SET disabled_compression_methods = 'fsst'; " + text
	}
	_, err := db.ExecContext(ctx, text)
	return err
}

// keepOld keeps the file of an earlier release beside its successor.
func keepOld(path string, version int) error {
	bak := fmt.Sprintf("%s.v%d.bak", path, version)
	if _, err := os.Stat(bak); err == nil {
		return nil // the first is the one that no newer program has touched
	}
	if err := os.Link(path, bak); err != nil {
		err = copyFile(bak, path)
		if err != nil {
			return fmt.Errorf("keep the old version as %s: %w", bak, err)
		}
	}
	return nil
}

// abandon closes the copy and removes it.
func (w *working) abandon(db *sql.DB) error {
	if w.done {
		return nil
	}
	w.done = true
	err := db.Close()
	w.discard()
	w.release()
	return err
}
