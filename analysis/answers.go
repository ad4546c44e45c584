package analysis

import (
	"context"
	"database/sql"
	"slices"

	"usagereport/ledger"
	"usagereport/locale"
	"usagereport/usage"
)

// An Answer is what the owner of some cost said to a finding.
type Answer struct {
	Answer string     `json:"answer"` // planned, wrong, not mine
	By     string     `json:"said_by"`
	Until  *usage.Day `json:"until,omitempty"` // its last day; nil for ever
	Note   string     `json:"note,omitempty"`
}

// Text returns the answer in one line, and the empty Text for none.
func (a *Answer) Text() locale.Text {
	if a == nil {
		return locale.Text{}
	}
	text := locale.T("%s, says %s", a.word(), a.By)
	if a.Until != nil {
		text = locale.T("%s, says %s, until %s", a.word(), a.By, *a.Until)
	}
	if a.Note != "" {
		text = locale.T("%s: %s", text, a.Note)
	}
	return text
}

// word returns what was said.
func (a *Answer) word() locale.Text {
	switch a.Answer {
	case "planned":
		return locale.T("planned")
	case "wrong":
		return locale.T("wrong")
	case "not mine":
		return locale.T("not mine")
	}
	return locale.Said(a.Answer)
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
