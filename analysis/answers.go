package analysis

import (
	"context"
	"database/sql"
	"slices"

	"usagereport/ledger"
	"usagereport/usage"
)

// An Answer is what the owner of some cost said to a finding.
type Answer struct {
	Answer string     `json:"answer"` // planned, wrong, not mine
	By     string     `json:"said_by"`
	Until  *usage.Day `json:"until,omitempty"` // its last day; nil for ever
	Note   string     `json:"note,omitempty"`
}

// Text returns the answer in one line, and "" for none.
func (a *Answer) Text() string {
	if a == nil {
		return ""
	}
	text := a.Answer + ", says " + a.By
	if a.Until != nil {
		text += ", until " + a.Until.String()
	}
	if a.Note != "" {
		text += ": " + a.Note
	}
	return text
}

// answer gives findings the answers that settle them: the newest says that the
// cost is planned, no incident or somebody else's, and it has not expired by the
// day of the report.
func (a *Analysis) answer(ctx context.Context, f *frame, fs []Finding) error {
	now := a.options.AsOf
	if now == 0 {
		now = today(f.st)
	}
	return a.query(ctx, "answers", func(r *sql.Rows) error {
		var id string
		var until usage.Day
		var said Answer
		if err := r.Scan(&id, &said.Answer, &said.By, ledger.DayOf(&until), &said.Note); err != nil {
			return err
		}
		if !slices.Contains([]string{"planned", "wrong", "not mine"}, said.Answer) || until != 0 && until < now {
			return nil
		}
		if until != 0 {
			said.Until = &until
		}
		for i := range fs {
			if fs[i].ID == id {
				fs[i].Answer = &said
			}
		}
		return nil
	})
}
