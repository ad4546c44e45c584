package sending

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"usagereport/analysis"
	"usagereport/ledger"
	"usagereport/reports"
	"usagereport/sending/delivery"
	"usagereport/usage"
)

// A Letter is what an owner is sent, or why nothing is.
type Letter struct {
	Owner   string
	Channel string
	To      []string
	Costs   string // the totals
	Subject string
	Record  ledger.Record // of what is sent
	State   reports.SummaryState
	Why     string

	budgets []ledger.RecordBudget // that are news
	moves   []ledger.RecordMove   // likewise
	side    []analysis.Finding    // that are in no sum of findings
	as      sameness              // as what was sent before

	parcel *delivery.Parcel // nil where nothing is to be sent
	stored *delivery.Parcel // the report to which the parcel leads; it goes before it
	unsure *ledger.Record   // one before it that may have arrived
}

// news says what a letter on news contains.
func (t *Letter) news() string {
	var all []string
	for _, b := range t.budgets {
		all = append(all, "the budget is "+warned(b))
	}
	for _, m := range t.moves {
		all = append(all, map[bool]string{true: "resources moved in", false: "resources moved out"}[m.In])
	}
	switch n := len(t.Record.Findings); {
	case n == 1:
		all = append(all, "1 finding")
	case n > 1:
		all = append(all, fmt.Sprintf("%d findings", n))
	}
	return strings.Join(all, ", ")
}

// warned says what a budget has reached.
func warned(b ledger.RecordBudget) string {
	if b.State == string(analysis.BudgetOver) {
		return b.State
	}
	var all []string
	for _, percent := range b.Warns {
		if percent == 0 {
			all = append(all, b.State)
		} else {
			all = append(all, fmt.Sprintf("%d %% spent", percent))
		}
	}
	return strings.Join(all, " and ")
}

// A sameness says how a report that does not go stands to the one that was sent.
type sameness int

const (
	unsent  sameness = iota
	same             // there is nothing new to say
	changed          // its total is another
)

// Goes reports whether something is to be sent.
func (t *Letter) Goes() bool { return t.parcel != nil }

// decide says whether the letter goes, and as what. Where it must not, because it was
// sent or may have been, the letter says so.
func (t *Letter) decide(before []ledger.Record, unsure string, correct bool) Verdict {
	v := Once(before, t.Record, correct)
	if t.Record.What == ledger.RecordFindings {
		v = Verdict{Send: true, What: t.Record.What}
		for i, r := range before { // what may have arrived does not go twice
			if r.ID == t.Record.ID && r.State != ledger.Failed {
				v.Send, v.Before = false, &before[i]
			}
		}
	}
	day := func(r *ledger.Record) string { return r.At.Format(time.DateOnly) }
	switch {
	case v.Unsure != nil && unsure == "":
		t.State = reports.SummaryUnsure
		t.Why = fmt.Sprintf("the one of %s may have arrived: see whether %s has it, then give --unsure sent or --unsure resend",
			day(v.Unsure), addressees(v.Unsure.To, t.Owner))
	case v.Unsure != nil && unsure == "sent":
		t.unsure, t.State = v.Unsure, reports.SummarySkipped
		t.Why = fmt.Sprintf("the one of %s counts as sent", day(v.Unsure))
	case v.Unsure != nil:
		v.Send, v.What = true, v.Unsure.What
	case v.Before != nil && !v.Send && len(v.Differs) > 0:
		t.State, t.as = reports.SummarySkipped, changed
		t.Why = fmt.Sprintf("sent on %s; the total has changed by %s since, --corrected sends that", day(v.Before), usage.Signed(v.Differs))
	case v.Before != nil && !v.Send:
		t.State, t.as = reports.SummarySkipped, same
		t.Why = fmt.Sprintf("sent on %s", day(v.Before))
	}
	return v
}

// send sends one parcel.
func (t *Letter) send(ctx context.Context, now func() time.Time, made map[string]delivery.Channel, keep func(ledger.Record) error) error {
	fail := func(state reports.SummaryState, err error) error {
		t.State, t.Why = state, err.Error()
		return err
	}
	if ctx.Err() != nil {
		return fail(reports.SummaryFailed, errStopped)
	}
	r := &t.Record
	r.At, r.State = now().UTC().Truncate(time.Second), ledger.Sending
	r.Channel, r.To, r.Parcel = t.Channel, t.To, fingerprint(*t.parcel)
	if t.stored != nil { // it goes first: the parcel leads to it
		if _, err := made[t.stored.Channel].Send(ctx, *t.stored); err != nil {
			err = stopped(ctx, err)
			r.State, r.Error = ledger.Failed, err.Error()
			return errors.Join(fail(reports.SummaryFailed, err), keep(*r))
		}
	}
	if err := keep(*r); err != nil { // before it goes: what is not known to have gone would go twice
		return fail(reports.SummaryFailed, err)
	}
	receipt, err := made[t.Channel].Send(ctx, *t.parcel)
	err = stopped(ctx, err)
	switch {
	case errors.Is(err, delivery.ErrUnsure):
		r.Error = err.Error()
		return errors.Join(fail(reports.SummaryUnsure, err), keep(*r))
	case err != nil:
		r.State, r.Error = ledger.Failed, err.Error()
		if r.Ticket != nil {
			r.Ticket.Refused = errors.Is(err, delivery.ErrRefused)
		}
		return errors.Join(fail(reports.SummaryFailed, err), keep(*r))
	}
	r.State, r.Where, r.Reply = ledger.Sent, receipt.Where, receipt.Reply
	if r.Ticket != nil {
		r.Ticket.Number = receipt.Ticket
	}
	t.State, t.Why = reports.SummarySent, cmp.Or(receipt.Where, addressees(t.To, t.Owner))
	if len(receipt.Refused) > 0 {
		r.Error = "not taken: " + strings.Join(receipt.Refused, "; ")
	}
	if err := keep(*r); err != nil {
		return fail(reports.SummaryUnsure, fmt.Errorf("it was sent, but that could not be kept: %w", err))
	}
	if r.Error != "" {
		t.Why = "sent, but " + r.Error
		return errors.New(r.Error)
	}
	return nil
}

// errStopped says of a letter that the run was stopped, as by Ctrl-C, before it had gone.
var errStopped = errors.New("not sent: the run was stopped")

// stopped is what a failed try of a run that was stopped comes to: what broke off then is its doing, not the channel's.
func stopped(ctx context.Context, err error) error {
	switch {
	case err == nil || ctx.Err() == nil:
		return err
	case errors.Is(err, delivery.ErrUnsure):
		return fmt.Errorf("%w: the run was stopped before the answer", delivery.ErrUnsure)
	}
	return errStopped
}

// addressees names the addresses of a letter, or the owner.
func addressees(to []string, owner string) string {
	if len(to) == 0 {
		return owner
	}
	return strings.Join(to, ", ")
}

// fingerprint is the SHA-256 of what a parcel holds.
func fingerprint(p delivery.Parcel) string {
	h := sha256.New()
	for _, f := range p.Files {
		h.Write(fmt.Appendf(nil, "%s\n%d\n", f.Name, len(f.Bytes)))
		h.Write(f.Bytes)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Costs says what a record says it cost.
func Costs(r ledger.Record) string {
	var all []string
	for _, m := range recordTotals(r) {
		all = append(all, m.Rounded().Text()+" "+m.Currency)
	}
	return strings.Join(all, "; ")
}

// recordTotals are the totals of a record, shared cost with them.
func recordTotals(r ledger.Record) (out []usage.Money) {
	for _, t := range r.Totals {
		out = append(out, usage.Money{Amount: t.Total.Add(t.Shared), Currency: t.Currency})
	}
	return out
}
