package main

import (
	"context"
	"errors"
	"os"

	"usagereport/analysis"
	"usagereport/ledger"
)

// record gives r the id under which it is kept, and puts what it says into
// notes.
func (g *globals) record(ctx context.Context, l *ledger.Ledger, a *analysis.Analysis, r *analysis.Report, what ledger.RecordKind, notes *ledger.Notes) error {
	if len(r.Parts) == 0 || r.Partial {
		return usageError{errors.New("--record: keeps reports of charges that were loaded whole; leave it out")}
	}
	owners, err := g.ownersText(ctx, l, notes)
	if err != nil {
		return err
	}
	rec, err := a.Record(ctx, r, what, owners, g.env.now())
	if err != nil {
		return err
	}
	r.Record = rec.ID
	notes.Records = append(notes.Records, rec)
	return nil
}

// ownersText puts the owners file in use into notes, and returns its hash; ""
// where there is none.
func (g *globals) ownersText(ctx context.Context, l *ledger.Ledger, notes *ledger.Notes) (sha256 string, err error) {
	f, err := g.ownersFile(ctx, l)
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
