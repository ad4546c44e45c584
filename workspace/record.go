package workspace

import (
	"context"
	"errors"
	"os"

	"usagereport/analysis"
	"usagereport/internal/misuse"
	"usagereport/ledger"
)

// Record gives r the id under which it is kept, and puts what it says into
// notes.
func (s *Session) Record(ctx context.Context, a *analysis.Analysis, r *analysis.Report, what ledger.RecordKind, notes *ledger.Notes) error {
	if len(r.Parts) == 0 || r.Partial {
		return misuse.Of(errors.New("--record: keeps reports of charges that were loaded whole; leave it out"))
	}
	owners, err := s.OwnersText(ctx, notes)
	if err != nil {
		return err
	}
	rec, err := a.Record(ctx, r, what, owners, s.Now())
	if err != nil {
		return err
	}
	r.Record = rec.ID
	notes.Records = append(notes.Records, rec)
	return nil
}

// OwnersText puts the owners file in use into notes, and returns its hash; ""
// where there is none.
func (s *Session) OwnersText(ctx context.Context, notes *ledger.Notes) (sha256 string, err error) {
	f, err := s.OwnersFile(ctx)
	if err != nil || f == nil {
		return "", err
	}
	b, err := os.ReadFile(f.Path)
	if err != nil {
		return "", err
	}
	notes.OwnersTexts = append(notes.OwnersTexts, ledger.OwnersText{SHA256: f.SHA256, Text: string(b)})
	return f.SHA256, nil
}
