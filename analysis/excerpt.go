package analysis

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"usagereport/ledger"
	"usagereport/usage"
)

// Excerpt writes the part of the owner that a looks at into a new ledger at path, for
// statements that have not been looked at: what is another owner's is not in that file.
func (a *Analysis) Excerpt(ctx context.Context, path string) (err error) {
	if a.options.Owner == "" {
		return errors.New("write an owner's part: the analysis is of all owners")
	}
	l, err := ledger.Open(ctx, path, ledger.Options{Create: true})
	if err != nil {
		return err
	}
	if err := errors.Join(l.Publish(ctx), l.Close()); err != nil {
		return err
	}
	if _, err := a.conn.ExecContext(ctx, "ATTACH "+usage.Literal(path)+" AS excerpt (READ_WRITE)"); err != nil {
		return fmt.Errorf("write %s's part: %w", a.options.Owner, err)
	}
	copied := strings.ReplaceAll(text("excerpt"), "{owner}", usage.Literal(a.options.Owner))
	if err = a.exec(ctx, copied); err != nil {
		err = fmt.Errorf("write %s's part: %w", a.options.Owner, err)
	}
	_, detached := a.conn.ExecContext(ctx, "DETACH excerpt")
	return errors.Join(err, detached)
}
