// Package sending makes what owners are sent, decides whether it goes, sends it and
// sums up: a report goes once for each owner and period, a finding when there is
// something new to say of it. What decides knows only what was recorded.
package sending

import (
	"slices"
	"strings"
	"time"

	"usagereport/analysis"
	"usagereport/ledger"
	"usagereport/usage"
)

// A Verdict says what is to be done with a report.
type Verdict struct {
	Send bool
	// What it is sent as: ledger.RecordReport, or RecordCorrected where another
	// was sent before.
	What    ledger.RecordKind
	Unsure  *ledger.Record // may have arrived; the user has to say whether it has
	Before  *ledger.Record // the newest that was sent
	Differs []usage.Money  // by how much the totals differ from Before's, where they do
}

// Once decides on the report that now is the record of. before is everything that
// was recorded, the oldest first. A report of an open period is another one than
// that of the same period when it is over. With correct a report goes again whose
// totals have changed.
func Once(before []ledger.Record, now ledger.Record, correct bool) Verdict {
	v := Verdict{What: ledger.RecordReport}
	var newest *ledger.Record
	for i := range before {
		r := &before[i]
		if r.What != ledger.RecordReport && r.What != ledger.RecordCorrected || !r.Same(now) || open(*r) != open(now) {
			continue
		}
		switch r.State {
		case ledger.Sent:
			v.Before, newest = r, r
		case ledger.Sending:
			newest = r
		}
	}
	switch {
	case newest == nil:
		v.Send = true
		return v
	case v.Before != nil:
		v.What, v.Differs = ledger.RecordCorrected, differences(*v.Before, now)
	}
	if newest.State == ledger.Sending {
		v.Unsure = newest
		return v
	}
	v.Send = correct && len(v.Differs) > 0
	return v
}

// open reports whether what r says is an estimate.
func open(r ledger.Record) bool {
	for _, t := range r.Totals {
		if t.State == usage.Open {
			return true
		}
	}
	return false
}

// differences returns by how much the totals of two records differ for who reads them, in each
// currency in which they do.
func differences(before, now ledger.Record) (out []usage.Money) {
	total := func(r ledger.Record, currency string) usage.Money {
		m := usage.Money{Currency: currency}
		for _, t := range r.Totals {
			if t.Currency == currency {
				m.Amount = t.Total.Add(t.Shared)
			}
		}
		return m
	}
	seen := map[string]bool{}
	for _, t := range slices.Concat(now.Totals, before.Totals) {
		if d := usage.Change(total(before, t.Currency), total(now, t.Currency)); !seen[t.Currency] && d.Amount.Sign() != 0 {
			out = append(out, d)
		}
		seen[t.Currency] = true
	}
	return out
}

// A Reason is why a finding is sent.
type Reason string

// The reasons.
const (
	New    Reason = "new"
	Grown  Reason = "grown"  // by half since it was sent
	Ended  Reason = "ended"  // since it was sent
	Remind Reason = "remind" // sent a week ago, and not answered
)

// A News is a finding that there is reason to send.
type News struct {
	Finding ledger.RecordFinding
	Reason  Reason
	Before  usage.Decimal // its impact when it was sent last
}

// week is how long a reminder waits.
const week = 7 * 24 * time.Hour

// Tell decides which of the findings that stand now are told to owner, in their
// order. before is everything that was recorded, the oldest first. What is worth a
// look, or answered, is not told.
func Tell(before []ledger.Record, owner string, now []ledger.RecordFinding, at time.Time) (out []News) {
	told := toldTo(before, owner)
	for _, f := range now {
		if !Alarms(f) {
			continue
		}
		last, known := told[f.ID]
		var why Reason
		switch {
		case !known, f.Ongoing && !last.Ongoing && f.End > last.End: // or it began again
			why = New
		case grown(last.Impact, f.Impact):
			why = Grown
		case last.Ongoing && !f.Ongoing:
			why = Ended
		case f.Ongoing && at.Sub(last.at) >= week:
			why = Remind
		default:
			continue
		}
		out = append(out, News{Finding: f, Reason: why, Before: last.Impact})
	}
	return out
}

// TellBudgets returns the budgets that are told to owner, with those of their warnings that
// are news: each once, and none of less once more was told. before is everything that was
// recorded.
func TellBudgets(before []ledger.Record, owner string, now []ledger.RecordTotal) (out []ledger.RecordBudget) {
	for _, t := range now {
		if t.Budget == nil {
			continue
		}
		most, likely := 0, false // of what was told
		for _, r := range before {
			if !strings.EqualFold(r.Owner, owner) || r.What == ledger.RecordSummary || r.State != ledger.Sent && r.State != ledger.Sending {
				continue
			}
			for _, was := range r.Totals {
				b := was.Budget
				if b == nil || was.Currency != t.Currency || b.Span != t.Budget.Span || b.Amount != t.Budget.Amount {
					continue
				}
				over := b.State == string(analysis.BudgetOver)
				if over {
					most = max(most, wholeBudget)
				}
				likely = likely || over || slices.Contains(b.Warns, 0) || len(b.Warns) == 0 // older records warn by their state alone
				most = max(most, slices.Max(append([]int{0}, b.Warns...)))
			}
		}
		b := *t.Budget
		b.Warns = slices.DeleteFunc(slices.Clone(b.Warns), func(at int) bool { return at <= most && (at != 0 || likely) })
		if len(b.Warns) > 0 {
			out = append(out, b)
		}
	}
	return out
}

// wholeBudget is the percentage that is spent of a budget that is over, at least.
const wholeBudget = 100

// TellMoves returns the handovers that are told to owner, each once. before is everything
// that was recorded.
func TellMoves(before []ledger.Record, owner string, now []ledger.RecordTotal) (out []ledger.RecordMove) {
	for _, t := range now {
		for _, m := range t.Moved {
			told := slices.ContainsFunc(before, func(r ledger.Record) bool {
				return strings.EqualFold(r.Owner, owner) && (r.State == ledger.Sent || r.State == ledger.Sending) &&
					slices.ContainsFunc(r.Totals, func(was ledger.RecordTotal) bool {
						return was.Currency == t.Currency && slices.Contains(was.Moved, m)
					})
			})
			if !told {
				out = append(out, m)
			}
		}
	}
	return out
}

// grown reports whether now is from by half more, in the same direction.
func grown(from, now usage.Decimal) bool {
	twice, thrice := now.Add(now), from.Add(from).Add(from)
	return from.Sign() != 0 && from.Sign() == now.Sign() && twice.Abs().Cmp(thrice.Abs()) >= 0
}

// Alarms reports whether an owner is to be told of a finding.
func Alarms(f ledger.RecordFinding) bool { return f.Severity != usage.SeverityLow && f.Answer == "" }

// A telling is the last time that a finding was sent.
type telling struct {
	ledger.RecordFinding
	at time.Time
}

// Told returns the ids of the alarms that were sent to an owner, or to the administrator where no owner's mail tells them.
func Told(records []ledger.Record) map[string]bool {
	told := map[string]bool{}
	for _, r := range records {
		if r.State != ledger.Sent && (r.State != ledger.Sending || r.What == ledger.RecordSummary) {
			continue
		}
		for _, f := range r.Findings {
			if Alarms(f) {
				told[f.ID] = true
			}
		}
	}
	return told
}

func toldTo(records []ledger.Record, owner string) map[string]telling {
	told := map[string]telling{}
	for _, r := range records {
		// What may have arrived counts: it is not sent twice for it.
		if !strings.EqualFold(r.Owner, owner) || r.What == ledger.RecordSummary || r.State != ledger.Sent && r.State != ledger.Sending {
			continue
		}
		for _, f := range r.Findings {
			if Alarms(f) {
				told[f.ID] = telling{f, r.At}
			}
		}
	}
	return told
}

// Unanswered returns the findings that were sent on or after the day
// since and that have no answer, by when they were sent last; answered are the
// ids of those that have one.
func Unanswered(records []ledger.Record, answered map[string]bool, since time.Time) (out []Waiting) {
	at := map[string]int{}
	for _, r := range records {
		if r.What == ledger.RecordSummary || r.State != ledger.Sent || r.At.Before(since) {
			continue
		}
		for _, f := range r.Findings {
			if !Alarms(f) || answered[f.ID] {
				continue
			}
			key := r.Owner + "\x00" + f.ID
			if i, ok := at[key]; ok {
				out[i].Finding, out[i].At = f, r.At
				continue
			}
			at[key] = len(out)
			out = append(out, Waiting{Owner: r.Owner, Finding: f, At: r.At})
		}
	}
	return out
}

// A Waiting is a finding that was sent and waits for an answer.
type Waiting struct {
	Owner   string
	Finding ledger.RecordFinding
	At      time.Time // when it was sent last
}
