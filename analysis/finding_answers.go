package analysis

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strings"

	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// An Answer is what the owner of some cost said to a finding.
type Answer struct {
	Answer string     `json:"answer"` // planned, fixed, not mine, wrong
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
	case ledger.Planned:
		return locale.T("planned")
	case ledger.Fixed:
		return locale.T("fixed")
	case ledger.Wrong:
		return locale.T("wrong")
	case ledger.NotMine:
		return locale.T("not mine")
	}
	return locale.Said(a.Answer)
}

// likeWrong is how many times as large a day a finding is, at most, that is like
// one that was answered as wrong.
const likeWrong = 1.5

// answer gives findings the answers that settle them: the newest says that the
// cost is planned, no incident or another owner's, and has not expired by the day
// of the report; or that it is fixed, and no later day has it. What goes on says
// so. A finding of the same scope as one that was wrong is low unless it is larger.
func (a *Analysis) answer(ctx context.Context, f *frame, fs []Finding) error {
	now := a.options.AsOf
	if now == 0 {
		now = today(f.st)
	}
	return a.askWhole(ctx, "answers_newest", func(r row) error {
		var id, series string
		var at, until, start, end usage.Day
		var impact usage.Decimal
		var said Answer
		if err := r.Scan(&id, &said.Answer, &said.By, ledger.DayOf(&at), ledger.DayOf(&until), &said.Note, &series,
			ledger.DayOf(&start), ledger.DayOf(&end), ledger.Amount(&impact)); err != nil {
			return err
		}
		if until != 0 && until < now {
			return nil
		}
		if until != 0 {
			said.Until = &until
		}
		settles := slices.Contains([]string{ledger.Planned, ledger.Wrong, ledger.NotMine}, said.Answer)
		for i := range fs {
			x := &fs[i]
			switch {
			case x.ID == id && said.Answer == ledger.Fixed && x.Ongoing && x.End > at:
				x.Explanation = locale.Sentences([]locale.Text{x.Explanation, locale.T("%s answered Fixed on %s, but it continues.", said.By, at)})
			case x.ID == id && (settles || said.Answer == ledger.Fixed):
				x.Answer = &said
			case said.Answer == ledger.Wrong && x.ID != id && series != "" && a.seriesOf(x) == series && x.Severity != usage.SeverityLow &&
				perDay(x.Impact.Amount, x.Start, x.End) <= likeWrong*perDay(impact, start, end):
				x.Severity = usage.SeverityLow
				x.Rule = locale.T("%s; low, because %s, which is like it, was answered as wrong", x.Rule, id)
			}
		}
		return nil
	})
}

// perDay returns an amount's size for each day from start to end.
func perDay(amount usage.Decimal, start, end usage.Day) float64 {
	return math.Abs(amount.Float64()) / float64(max(1, end-start+1))
}

// OwnersOf returns the owners of the charges in which a finding was, in order, with
// "" for unowned charges: those of its days, or of the last day before that has such
// charges. The connection must look through an owners file. What was reported in one
// owner's report only is that owner's.
func (a *Analysis) OwnersOf(ctx context.Context, f ledger.ToldFinding) (owners []string, err error) {
	scope, rest, err := usage.ParseSeries(strings.TrimPrefix(f.Series, f.Currency+" "+string(f.Direction)+" "))
	if err != nil {
		return nil, fmt.Errorf("finding %s: %w", f.ID, err)
	}
	rest, _, _ = strings.Cut(rest, "\n") // what it was limited to
	if owner, ok := strings.CutPrefix(rest, " "); ok {
		return []string{owner}, nil
	}
	of := func(d usage.Dimension) any {
		if v, ok := scope[d]; ok {
			return v
		}
		return nil // any
	}
	var tag, value any
	for d, v := range scope {
		if key, ok := d.Tag(); ok {
			tag, value = key, v
		}
	}
	err = a.query(ctx, "owners_of", func(r *sql.Rows) error {
		var owner string
		err := r.Scan(&owner)
		owners = append(owners, owner)
		return err
	}, sql.Named("billing_account", of(usage.BillingAccount)), sql.Named("subaccount", of(usage.SubAccount)),
		sql.Named("resource_group", of(usage.ResourceGroup)), sql.Named("service", of(usage.Service)), sql.Named("region", of(usage.Region)),
		sql.Named("resource", of(usage.Resource)), sql.Named("meter", of(usage.Meter)), sql.Named("tag", tag), sql.Named("value", value),
		sql.Named("first", f.Start.Time()), sql.Named("last", f.End.Time()))
	return owners, err
}
