package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"usagereport/internal/atomicfile"
)

// A Backup is what a backup folder says of itself (backup.json).
type Backup struct {
	MadeAt time.Time    `json:"made_at"`
	Ledger string       `json:"ledger"` // its file's name in the folder
	Files  []BackupFile `json:"files"`
	Lacks  string       `json:"lacks,omitempty"` // the owners file that the ledger names, which is not there
}

// A BackupFile is one file of a backup.
type BackupFile struct {
	Name   string `json:"name"` // in the folder, and beside the ledger; with slashes
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

const backupList = "backup.json"

// MakeBackup copies the ledger at path, with what was noted beside it and the PDFs of
// invoices, the files
// more that are there and the owners file, into the folder dir, which must be new
// or empty. Where owners names none it is the one that the ledger was last looked
// at through. The ledger may be in use: its file is never written in place, so that a copy
// of it is always whole.
func MakeBackup(ctx context.Context, path, dir, owners string, more []string, at time.Time) (b Backup, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("back up %s to %s: %w", path, dir, err)
		}
	}()
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return b, ErrNone
	}
	if err := isDuckDB(path); err != nil {
		return b, err
	}
	if err := whole(ctx, path); err != nil { // a backup of it would hide that an earlier one is needed
		return b, err
	}
	mode := ModeOf(path)
	if err := atomicfile.MakeFolder(dir, mode); err != nil {
		return b, err
	}
	if there, err := os.ReadDir(dir); err != nil {
		return b, err
	} else if len(there) > 0 {
		return b, errors.New("the folder is not empty; name a new one")
	}
	b = Backup{MadeAt: at.UTC().Truncate(time.Second), Ledger: filepath.Base(path)}
	takeAs := func(name, from string) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if slices.ContainsFunc(b.Files, func(f BackupFile) bool { return f.Name == name }) {
			return fmt.Errorf("%s: the backup has a file of this name already; rename one of them", from)
		}
		if err := copyFile(filepath.Join(dir, filepath.FromSlash(name)), from); err != nil {
			return err
		}
		f, err := describeFile(dir, name)
		b.Files = append(b.Files, f)
		return err
	}
	take := func(from string) error { return takeAs(filepath.Base(from), from) }
	if err := take(path); err != nil {
		return b, err
	}
	if bad, err := badBlocks(filepath.Join(dir, b.Ledger)); err != nil || len(bad) > 0 {
		return b, errors.Join(err, errors.New("the copy is not what was read: the disk or the memory is at fault; nothing was backed up"))
	}
	for _, from := range append([]string{path + walEnd, path + notesEnd, path + foldingEnd}, more...) {
		if err := take(from); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return b, err
		}
	}
	for _, folder := range []string{InvoicesDir, QueriesDir} {
		there, err := os.ReadDir(filepath.Join(filepath.Dir(path), folder))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return b, err
		}
		for _, f := range there {
			name := folder + "/" + f.Name()
			if !isInFolder(name) || f.IsDir() {
				continue
			}
			if err := atomicfile.MakeFolder(filepath.Join(dir, folder), mode); err != nil {
				return b, err
			}
			if err := takeAs(name, filepath.Join(filepath.Dir(path), folder, f.Name())); err != nil {
				return b, err
			}
		}
	}
	if owners == "" {
		if owners, err = lastOwners(ctx, filepath.Join(dir, b.Ledger)); err != nil {
			return b, err
		}
	}
	if owners != "" {
		if err := take(owners); errors.Is(err, fs.ErrNotExist) {
			b.Lacks = owners
		} else if err != nil {
			return b, err
		}
	}
	// The list comes last: a folder without it is no backup.
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return b, err
	}
	if err := atomicfile.Put(filepath.Join(dir, backupList), append(text, '\n'), mode); err != nil {
		return b, err
	}
	for _, f := range append([]BackupFile{{Name: backupList}, {Name: "."}}, b.Files...) {
		if err := syncFile(filepath.Join(dir, f.Name)); err != nil {
			return b, err
		}
	}
	return b, opens(ctx, filepath.Join(dir, b.Ledger))
}

// lastOwners returns the owners file through which the ledger at path was last
// looked at, changing nothing; "" where there is none.
func lastOwners(ctx context.Context, path string) (name string, err error) {
	l := &Ledger{}
	if l.notes, err = readNotes(path); err != nil {
		return "", err
	}
	if err := l.connect(ctx, path, true); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, l.db.Close()) }()
	if _, err := l.version(ctx); err != nil {
		return "", err
	}
	f, err := l.OwnersFile(ctx)
	return f.Path, err
}

// InvoicesDir is the folder of the invoices' PDFs, beside the ledger. Each is called
// by its SHA-256.
const InvoicesDir = "invoices"

// QueriesDir is the folder of people's own queries, beside the ledger.
const QueriesDir = "queries"

// isInvoicePDF reports whether name, in a backup or from the ledger's folder, is that
// of an invoice's PDF.
func isInvoicePDF(name string) bool {
	return regexp.MustCompile(`^` + InvoicesDir + `/[0-9a-f]{64}\.pdf$`).MatchString(name)
}

// isInFolder reports whether name is that of a file that a backup has from a folder beside the
// ledger: the PDF of an invoice, or a query.
func isInFolder(name string) bool {
	query, ok := strings.CutPrefix(name, QueriesDir+"/")
	return isInvoicePDF(name) || ok && filepath.IsLocal(query) && filepath.Base(query) == query && !strings.Contains(query, `\`) &&
		!strings.HasPrefix(query, ".") && strings.HasSuffix(query, ".sql")
}

// opens says why the file at path does not open as a ledger, changing nothing.
func opens(ctx context.Context, path string) error {
	l := &Ledger{}
	if err := l.connect(ctx, path, true); err != nil {
		return err
	}
	_, err := l.version(ctx)
	return errors.Join(err, l.db.Close())
}

func describeFile(dir, name string) (f BackupFile, err error) {
	in, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return f, err
	}
	defer in.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, in)
	return BackupFile{Name: name, Bytes: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}

// RestoreBackup brings the ledger and the files of the backup in dir back to
// path and its folder. What stands there is replaced only if that is allowed.
func RestoreBackup(ctx context.Context, dir, path string, replace bool, waiting func(pid int)) (b Backup, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("restore %s from %s: %w", path, dir, err)
		}
	}()
	text, err := os.ReadFile(filepath.Join(dir, backupList))
	if errors.Is(err, fs.ErrNotExist) {
		return b, errors.New("it holds no backup.json, so it is no backup, or one that was broken off")
	}
	if err != nil {
		return b, err
	}
	if err := json.Unmarshal(text, &b); err != nil {
		return b, fmt.Errorf("%s: %w", backupList, err)
	}
	target := func(f BackupFile) string {
		if f.Name == b.Ledger {
			return path
		}
		for _, end := range []string{walEnd, notesEnd, foldingEnd} {
			if f.Name == b.Ledger+end {
				return path + end
			}
		}
		return filepath.Join(filepath.Dir(path), filepath.FromSlash(f.Name))
	}
	for _, want := range b.Files {
		if !isInFolder(want.Name) && (!filepath.IsLocal(want.Name) || filepath.Base(want.Name) != want.Name) {
			return b, fmt.Errorf("%s: %q is not the name of a file in a backup", backupList, want.Name)
		}
		f, err := describeFile(dir, want.Name)
		if err != nil {
			return b, err
		}
		if f != want {
			return b, fmt.Errorf("%s is not as it was backed up (%d bytes with another hash); use another backup", want.Name, f.Bytes)
		}
		if isInFolder(want.Name) {
			if err := atomicfile.MakeFolder(filepath.Dir(target(want)), ModeOf(path)); err != nil {
				return b, err
			}
			if f, err := describeFile(filepath.Dir(path), want.Name); err == nil && f == want {
				continue
			}
		}
		if _, err := os.Stat(target(want)); err == nil && !replace {
			return b, fmt.Errorf("%s is there already; to replace it, say --replace", target(want))
		}
	}
	// Its invoices stand beside it as beside the ledger.
	if err := whole(ctx, filepath.Join(dir, b.Ledger)); err != nil {
		return b, fmt.Errorf("%w; use another backup", err)
	}
	w := &working{path: path}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		w.path = real
	}
	if err := w.acquire(ctx, waiting); err != nil {
		return b, err
	}
	defer w.release()
	w.discard()
	for _, end := range []string{walEnd, notesEnd, foldingEnd} { // they belong to the ledger that goes
		os.Remove(w.path + end)
	}
	for i := len(b.Files) - 1; i >= 0; i-- { // the ledger last
		to := target(b.Files[i])
		if err := copyFile(to+copyingEnd, filepath.Join(dir, filepath.FromSlash(b.Files[i].Name))); err != nil {
			return b, err
		}
		if err := errors.Join(syncFile(to+copyingEnd), replaceFile(to+copyingEnd, to)); err != nil {
			return b, err
		}
	}
	return b, opens(ctx, path)
}
