package sending

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"usagereport/internal/config"
	"usagereport/ledger"
	"usagereport/reports"
	"usagereport/sending/delivery"
	"usagereport/usage"
)

// Summarize sends the administrator the list of what was sent, if the configuration
// names one.
func (s *Sender) Summarize(ctx context.Context, sum reports.Summary, letters []*Letter) error {
	if len(letters) == 0 || ctx.Err() != nil {
		return nil
	}
	fail := func(err error) error { return fmt.Errorf("summary to the administrator: %w", err) }
	r := ledger.Record{
		What: ledger.RecordSummary, Period: sum.Period.Name, Span: sum.Period.Span, ByMonth: sum.Period.ByMonth,
		At: s.Now().UTC(),
	}
	records, err := s.Ledger.Records(ctx)
	if err != nil {
		return fail(err)
	}
	told := summed(records)
	unsaid := slices.Concat(sum.Nobodys, sum.Unused) // told by no other mail
	for _, u := range unsaid {
		if _, known := told[u.ID]; !known {
			r.Findings = append(r.Findings, ledger.RecordFinding{ID: u.ID, Title: u.Title, Impact: u.Impact, Currency: u.Currency})
		}
	}
	if err := r.Identify(); err != nil {
		return fail(err)
	}
	for name, channel := range s.Channels {
		stored, ok := channel.(delivery.Store)
		if !ok || !slices.ContainsFunc(letters, func(t *Letter) bool {
			return t.State == reports.SummarySent && (t.Channel == name || t.stored != nil && t.stored.Channel == name)
		}) {
			continue
		}
		receipt, err := stored.Index(ctx, r.ID)
		if err != nil {
			return fail(err)
		}
		s.Note("the list of what is in %s: %s", name, receipt.Where)
		sum.Stored = append(sum.Stored, cmp.Or(receipt.Link, receipt.Where))
	}
	if len(s.Config.Admin) == 0 {
		return nil
	}
	// A mail each day that there is nothing would not be read.
	quiet, goes := sum.What == reports.SummaryFindings, false
	for _, t := range letters {
		sum.Rows = append(sum.Rows, reports.SummaryRow{Owner: t.Owner, State: t.State, Costs: recordTotals(t.Record), Detail: t.Why})
		quiet, goes = quiet || t.as == same || t.as == changed, goes || t.State != reports.SummarySkipped
		if t.as != changed || open(t.Record) { // an open bill's total changes each day
			continue
		}
		for _, m := range recordTotals(t.Record) {
			r.Changed = append(r.Changed, ledger.RecordChange{Owner: t.Owner, Currency: m.Currency, Total: m.Rounded().Amount})
		}
	}
	news := slices.ContainsFunc(r.Changed, func(c ledger.RecordChange) bool { return !saidBefore(records, r, c) })
	if quiet && !goes && !news && len(r.Findings) == 0 {
		return nil
	}
	answers, err := s.Ledger.Answers(ctx)
	if err != nil {
		return fail(err)
	}
	answered := map[string]bool{}
	for _, x := range answers {
		answered[x.Finding] = true
	}
	now := s.Now()
	for _, u := range unsaid { // it stands above, or was told before and waits
		answered[u.ID] = true
		if day, known := told[u.ID]; known {
			u.Told = day
			sum.Unanswered = append(sum.Unanswered, u)
		}
	}
	known := func(u reports.SummaryFinding) bool { return told[u.ID] != 0 }
	sum.Nobodys, sum.Unused = slices.DeleteFunc(sum.Nobodys, known), slices.DeleteFunc(sum.Unused, known)
	for _, w := range Unanswered(records, answered, now.AddDate(0, 0, -45)) {
		sum.Unanswered = append(sum.Unanswered, reports.SummaryFinding{
			ID: w.Finding.ID, Owner: w.Owner, Title: w.Finding.Title,
			Impact: w.Finding.Impact, Currency: w.Finding.Currency, Told: usage.DayOf(w.At),
		})
	}
	message, err := reports.NewSummary(sum)
	if err != nil {
		return fail(err)
	}
	t := &Letter{Owner: "the administrator", Channel: AdminChannel(s.Config), To: s.Config.Admin, Record: r}
	message.ID, message.To = r.ID, s.Config.Admin
	parcel, err := s.Channels[t.Channel].Prepare(message)
	if err != nil {
		return fail(err)
	}
	t.parcel = &parcel
	return s.Send(ctx, []*Letter{t})
}

// saidBefore reports whether the newest summary of r's period that tells a change of the same owner tells c.
func saidBefore(records []ledger.Record, r ledger.Record, c ledger.RecordChange) (said bool) {
	for _, before := range records {
		if before.What != ledger.RecordSummary || before.State != ledger.Sent || !before.Same(r) {
			continue
		}
		for _, x := range before.Changed {
			if x.Owner == c.Owner && x.Currency == c.Currency {
				said = x.Total == c.Total
			}
		}
	}
	return said
}

// summed are the days on which the administrator was told of findings that no owner's mail tells, the last of each, by id.
func summed(records []ledger.Record) map[string]usage.Day {
	told := map[string]usage.Day{}
	for _, r := range records {
		if r.What != ledger.RecordSummary || r.State != ledger.Sent {
			continue
		}
		for _, f := range r.Findings {
			told[f.ID] = usage.DayOf(r.At)
		}
	}
	return told
}

// AdminChannel is the channel of the administrator: the first that mails, or
// into the folder.
func AdminChannel(c config.Config) string {
	for _, name := range slices.Sorted(maps.Keys(c.Channels)) {
		if c.Channels[name].Kind == config.KindMail {
			return name
		}
	}
	return config.Folder
}
