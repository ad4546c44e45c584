package sending

import (
	"context"
	"fmt"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/owners"
	"usagereport/reports"
	"usagereport/sending/delivery"
	"usagereport/usage"
)

// A TicketStep is a ticket that is to be opened for a finding, or closed.
type TicketStep struct {
	Finding ledger.RecordFinding
	Number  string         // of the ticket that is to be closed; "" opens one
	Gone    bool           // the finding is no longer among those that stand
	Unsure  *ledger.Record // that may have opened it already
}

// TicketSteps decides which tickets of owner are opened and closed by a channel. now are the
// findings that stand; all says that they are all of the days that are looked at by themselves, so
// that what is not among them has passed. before is everything that was recorded, the oldest
// first. A finding has one ticket, and one more where it begins again after that was closed.
func TicketSteps(before []ledger.Record, owner, channel string, now []ledger.RecordFinding, all bool) (out []TicketStep) {
	last := map[string]ledger.Record{} // by finding
	var order []string
	for _, r := range before {
		if r.Ticket == nil || !strings.EqualFold(r.Owner, owner) || r.Channel != channel || len(r.Findings) != 1 ||
			r.State != ledger.Sent && r.State != ledger.Sending {
			continue
		}
		id := r.Findings[0].ID
		if r.State == ledger.Sending && r.Ticket.Closed {
			continue // closing it once more does no harm
		}
		was, known := last[id]
		if !known {
			order = append(order, id)
		} else if was.Ticket.Closed && was.At.Equal(r.At) {
			continue // of one second: it was opened before
		}
		last[id] = r
	}
	stands := map[string]bool{}
	for _, f := range now {
		stands[f.ID] = true
		was, known := last[f.ID]
		again := known && was.Ticket.Closed && f.Ongoing && f.End > was.Findings[0].End
		switch {
		case Alarms(f) && (!known || again):
			out = append(out, TicketStep{Finding: f})
		case !known || was.Ticket.Closed:
		case was.State == ledger.Sending:
			out = append(out, TicketStep{Finding: f, Unsure: &was})
		case was.Ticket.Number == "": // it counts as opened, by whatever number
		case f.Answer != "", was.Findings[0].Ongoing && !f.Ongoing:
			out = append(out, TicketStep{Finding: f, Number: was.Ticket.Number})
		}
	}
	for _, id := range order {
		was := last[id]
		if all && !stands[id] && was.Ticket != nil && !was.Ticket.Closed && was.State == ledger.Sent && was.Ticket.Number != "" {
			out = append(out, TicketStep{Finding: was.Findings[0], Number: was.Ticket.Number, Gone: true})
		}
	}
	return out
}

// tickets makes what opens and closes the tickets of an owner, a letter each.
func (m *Maker) tickets(ctx context.Context, x owners.Owner) ([]*Letter, error) {
	skipped := &Letter{Owner: x.Name, Channel: channelOf(x), State: reports.SummarySkipped}
	if !m.o.Findings {
		skipped.Why = fmt.Sprintf("the channel %s keeps tickets of findings: send --findings", channelOf(x))
		return []*Letter{skipped}, nil
	}
	t, r, err := m.begin(ctx, x)
	if err != nil {
		return nil, err
	}
	l, err := locale.New(x.Language)
	if err != nil {
		return nil, err
	}
	byID, why := map[string]analysis.Finding{}, map[string]string{}
	for i := range r.Parts {
		for _, list := range [][]analysis.Finding{r.Parts[i].Findings, r.Parts[i].Minor, r.Parts[i].Down, r.Parts[i].Answered} {
			for _, f := range list {
				byID[f.ID], why[f.ID] = f, reports.WhyCommand(f.ID, r, &r.Parts[i])
			}
		}
	}
	var out []*Letter
	for _, step := range TicketSteps(m.before, x.Name, t.Channel, t.Record.Findings, m.current) {
		one, err := m.ticket(l, *t, step, byID[step.Finding.ID], why[step.Finding.ID])
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	if len(out) == 0 {
		skipped.Costs, skipped.Why = t.Costs, "nothing new"
		out = append(out, skipped)
	}
	return out, nil
}

// ticket makes the letter of one step; f is its finding, empty where that is gone, and why the
// command that shows its evidence.
func (m *Maker) ticket(l *locale.Locale, t Letter, step TicketStep, f analysis.Finding, why string) (*Letter, error) {
	t.Record.Findings, t.Record.Totals = []ledger.RecordFinding{step.Finding}, nil
	t.Record.Ticket = &ledger.RecordTicket{Closed: step.Number != "", Number: step.Number}
	if err := t.Record.Identify(); err != nil {
		return nil, err
	}
	id := step.Finding.ID
	if was := step.Unsure; was != nil {
		switch m.Unsure {
		case "sent":
			t.unsure, t.State, t.Why = was, reports.SummarySkipped, "the ticket of "+id+" counts as opened"
			return &t, nil
		case "":
			t.State = reports.SummaryUnsure
			t.Why = fmt.Sprintf("a ticket may have been opened on %s: look for %s in %s, then give --unsure sent or --unsure resend",
				was.At.Format("2006-01-02"), id, t.Channel)
			return &t, nil
		}
	}
	ticket := delivery.Ticket{Finding: id, Close: step.Number, High: step.Finding.Severity == usage.SeverityHigh}
	ticket.Title = fmt.Sprintf("[%s] %s", id, step.Finding.Title)
	switch {
	case step.Gone:
		ticket.Text = l.Say(locale.T("The finding is no longer among those of the days that are looked at."))
	case step.Number != "" && f.Answer != nil:
		ticket.Text = l.Say(locale.T("Answered: %s.", f.Answer.Text()))
	case step.Number != "":
		ticket.Text = l.Say(locale.T("It has ended: %s was its last day.", f.End))
	default:
		ticket.Title = fmt.Sprintf("[%s] %s: %s", id, l.Say(f.Label), l.Say(f.Reason))
		lines := []string{l.Say(f.Explanation), "", f.Context}
		lines = append(lines, l.Say(locale.T("Impact: %s", f.Impact)), why)
		ticket.Text = strings.TrimSpace(strings.Join(lines, "\n"))
	}
	parcel, err := m.Channels[t.Channel].Prepare(delivery.Message{
		ID: t.Record.ID, Owner: t.Owner, To: t.To, Subject: delivery.Line(ticket.Title, 200), Ticket: &ticket,
	})
	t.parcel, t.Subject = &parcel, parcel.Subject
	return &t, err
}
