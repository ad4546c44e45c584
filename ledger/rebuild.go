package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"usagereport/usage"
)

// TakeOver puts into l, which has been made anew from the usage files of the ledger at
// path, what that holds beside them: answers, invoices, rates, what was told and sent, and
// how its files were called. What was noted beside it goes along when l is published.
func (l *Ledger) TakeOver(ctx context.Context, path string) error {
	full, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	conn, err := l.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "ATTACH "+usage.Literal(full)+" AS old (READ_ONLY)"); err != nil {
		return fmt.Errorf("read %s beside the new ledger: %w", path, Explain(err))
	}
	err = Transact(ctx, conn, func() error {
		_, err := conn.ExecContext(ctx, query("rebuilt"))
		return err
	})
	_, detaching := conn.ExecContext(context.WithoutCancel(ctx), "DETACH old")
	if err := errors.Join(err, detaching); err != nil {
		return fmt.Errorf("take over from %s what no usage file holds: %w", path, err)
	}
	for _, end := range []string{notesEnd, foldingEnd} {
		if err := copyFile(l.file+end, path+end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
