package sending

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"usagereport/analysis"
	"usagereport/internal/config"
	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/owners"
	"usagereport/reports"
	"usagereport/sending/delivery"
	"usagereport/usage"
)

// A TicketOwner is an owner whose findings have tickets, with those that stand.
type TicketOwner struct {
	Name, Channel, Place string
	Now                  []ledger.RecordFinding
}

// A TicketStep is a ticket that is to be opened for a finding, or closed.
type TicketStep struct {
	Owner   int // the index of the one whose finding it is; -1 where it is none's any more
	Channel string
	Place   string
	Finding ledger.RecordFinding
	Number  string         // of the ticket that is to be closed; "" opens one
	Gone    bool           // the finding is no longer among those that stand
	Moved   string         // the channel by which the finding is told now, where that is another
	Was     *ledger.Record // the newest of the ticket that is to be closed
	Unsure  *ledger.Record // that may have opened it already
	Refused *ledger.Record // that tried to close it
}

// Place names where a channel keeps tickets.
func Place(c config.Channel) string {
	return strings.TrimSpace(string(c.Kind) + " " + strings.ToLower(strings.TrimRight(c.Site, "/")) + " " + c.Project)
}

// TicketSteps decides which tickets are opened and closed. A ticket is of a finding and the place
// where it is kept, whatever the owner and the channel are called. before is everything that was
// recorded, the oldest first; places has that of each channel of tickets. all says that the owners'
// findings are all of the days that are looked at by themselves, so that what is not among them has
// passed; of that, those of one owner alone say less (whole). A finding has one ticket in a place,
// and one more where it begins again after that was closed.
func TicketSteps(before []ledger.Record, places map[string]string, now []TicketOwner, all, whole bool) (out []TicketStep) {
	type key struct{ place, id string }
	last, refused := map[key]ledger.Record{}, map[key]*ledger.Record{}
	var order []key
	were := map[string]string{} // the places of channels that are no more
	for _, r := range before {
		if r.Ticket != nil && r.Ticket.Place != "" {
			were[r.Channel] = r.Ticket.Place
		}
	}
	of := func(r ledger.Record) key {
		return key{cmp.Or(r.Ticket.Place, places[r.Channel], were[r.Channel], r.Channel), r.Findings[0].ID}
	}
	for _, r := range before {
		if r.Ticket == nil || len(r.Findings) != 1 {
			continue
		}
		k := of(r)
		// Closing a ticket once more does no harm.
		if r.State != ledger.Sent && r.State != ledger.Sending || r.State == ledger.Sending && r.Ticket.Closed {
			continue
		}
		was, known := last[k]
		if !known {
			order = append(order, k)
		} else if was.Ticket.Closed && was.At.Equal(r.At) {
			continue // of one second: it was opened before
		}
		last[k] = r
		for _, other := range order { // of the same ticket, by another id
			if other.place == k.place && r.Ticket.Closed && number(last[other]) == r.Ticket.Number {
				last[other] = r
			}
		}
	}
	for _, r := range before { // two records of one second come in any order
		if r.Ticket == nil || len(r.Findings) != 1 || r.State != ledger.Failed || !r.Ticket.Refused || r.Ticket.Number == "" {
			continue
		}
		k := of(r)
		if was := last[k]; r.Ticket.Number == number(was) && !was.Ticket.Closed && !r.At.Before(was.At) {
			refused[k] = &r
		}
	}
	has := func(owner string) int {
		return slices.IndexFunc(now, func(o TicketOwner) bool { return strings.EqualFold(o.Name, owner) })
	}
	ids := map[string]bool{}
	for _, o := range now {
		for _, f := range o.Now {
			ids[f.ID] = true
		}
	}
	stands := map[key]bool{}
	told := map[string]string{} // the channel by which a finding is told
	for i, o := range now {
		for _, f := range o.Now {
			k := key{o.Place, f.ID}
			if stands[k] {
				continue // of several owners
			}
			stands[k], told[f.ID] = true, o.Channel
			was, known := last[k]
			if !known && whole { // ids of what is no resource change with the owner's name
				i := slices.IndexFunc(order, func(x key) bool {
					w := last[x]
					return x.place == k.place && !ids[x.id] && !stands[x] && !w.Ticket.Closed && has(w.Owner) < 0 &&
						w.Findings[0].Title == f.Title && w.Findings[0].Currency == f.Currency
				})
				if i >= 0 {
					was, known = last[order[i]], true
					stands[order[i]], refused[k] = true, refused[order[i]]
				}
			}
			again := known && was.Ticket.Closed && f.Ongoing && f.End > was.Findings[0].End
			step := TicketStep{Owner: i, Channel: o.Channel, Place: o.Place, Finding: f}
			switch {
			case Alarms(f) && (!known || again):
				out = append(out, step)
			case !known || was.Ticket.Closed:
			case was.State == ledger.Sending:
				step.Unsure = &was
				out = append(out, step)
			case was.Ticket.Number == "": // it counts as opened, by whatever number
			case f.Answer != "", was.Findings[0].Ongoing && !f.Ongoing:
				step.Number, step.Was, step.Refused = was.Ticket.Number, &was, refused[k]
				out = append(out, step)
			}
		}
	}
	for _, k := range order {
		was := last[k]
		i := has(was.Owner)
		if !all || stands[k] || was.Ticket.Closed || was.State != ledger.Sent || was.Ticket.Number == "" || i < 0 && !whole {
			continue
		}
		step := TicketStep{
			Owner: i, Place: k.place, Finding: was.Findings[0], Number: was.Ticket.Number, Gone: told[k.id] == "", Moved: told[k.id],
			Was: &was, Refused: refused[k],
		}
		for _, name := range slices.Sorted(maps.Keys(places)) {
			if places[name] == k.place && (step.Channel == "" || name == was.Channel) {
				step.Channel = name
			}
		}
		out = append(out, step)
	}
	return out
}

// number is that of the ticket that r is of; "" where it is of none.
func number(r ledger.Record) string {
	if r.Ticket == nil {
		return ""
	}
	return r.Ticket.Number
}

// A keeper is an owner whose findings have tickets.
type keeper struct {
	TicketOwner
	letter *Letter
	say    *locale.Locale
	byID   map[string]analysis.Finding
	why    map[string]string // the command that shows the evidence, by finding
}

// keeper looks at the findings of an owner who has tickets of them; there is a letter where there is
// nothing to look at.
func (m *Maker) keeper(ctx context.Context, x owners.Owner) (*Letter, *keeper, error) {
	if !m.o.Findings {
		return &Letter{
			Owner: x.Name, Channel: channelOf(x), State: reports.SummarySkipped,
			Why: fmt.Sprintf("the channel %s keeps tickets of findings: send --findings", channelOf(x)),
		}, nil, nil
	}
	t, r, err := m.begin(ctx, x)
	if err != nil {
		return nil, nil, err
	}
	k := &keeper{letter: t, byID: map[string]analysis.Finding{}, why: map[string]string{}}
	k.TicketOwner = TicketOwner{t.Owner, t.Channel, Place(m.Config.Channels[t.Channel]), t.Record.Findings}
	for i := range r.Parts {
		p := &r.Parts[i]
		side := slices.DeleteFunc(slices.Clone(t.side), func(f analysis.Finding) bool { return f.Currency != p.Currency })
		for _, f := range slices.Concat(p.Findings, p.Minor, p.Down, p.Answered, side) {
			of := *r
			if f.Kind == usage.KindUnused { // of all charges
				of.Owner = ""
			}
			k.byID[f.ID], k.why[f.ID] = f, reports.WhyCommand(f.ID, &of, p)
		}
	}
	k.say, err = locale.New(x.Language)
	return nil, k, err
}

// tickets makes what opens and closes tickets, a letter each.
func (m *Maker) tickets(all []*keeper) (out []*Letter, err error) {
	places := map[string]string{}
	for name, c := range m.Config.Channels {
		if c.Kind.Tickets() {
			places[name] = Place(c)
		}
	}
	var now []TicketOwner
	for _, k := range all {
		now = append(now, k.TicketOwner)
	}
	said := map[int]bool{}
	for _, step := range TicketSteps(m.before, places, now, m.current, len(m.o.Owners) == 0) {
		k := &keeper{}
		if step.Owner >= 0 {
			k = all[step.Owner]
			said[step.Owner] = true
		} else {
			r := step.Was
			if x, err := m.file.Owner(r.Owner); err == nil { // who has no tickets any more
				step.Gone, step.Moved = false, channelOf(x)
			}
			k.letter = &Letter{Owner: r.Owner, Record: ledger.Record{
				What: r.What, Owner: r.Owner, Period: r.Period, Span: r.Span, ByMonth: r.ByMonth,
				At: m.Now().UTC().Truncate(time.Second), LastLoad: r.LastLoad,
			}}
			if k.say, err = locale.New(""); err != nil {
				return nil, err
			}
		}
		t := *k.letter
		t.Channel = step.Channel
		one, err := m.ticket(k, t, step)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	for i, k := range all {
		if !said[i] {
			t := k.letter
			out = append(out, &Letter{Owner: t.Owner, Channel: t.Channel, Costs: t.Costs, State: reports.SummarySkipped, Why: "nothing new"})
		}
	}
	return out, nil
}

// ticket makes the letter t of one step.
func (m *Maker) ticket(k *keeper, t Letter, step TicketStep) (*Letter, error) {
	l, f, id := k.say, k.byID[step.Finding.ID], step.Finding.ID
	t.Record.Findings, t.Record.Totals = []ledger.RecordFinding{step.Finding}, nil
	t.Record.Ticket = &ledger.RecordTicket{Closed: step.Number != "", Number: step.Number, Place: step.Place}
	t.Record.Channel = t.Channel
	if err := t.Record.Identify(); err != nil {
		return nil, err
	}
	if left := m.left(&t, step); left {
		return &t, nil
	}
	ticket := delivery.Ticket{Finding: id, Close: step.Number, High: step.Finding.Severity == usage.SeverityHigh}
	ticket.Title = fmt.Sprintf("[%s] %s", id, step.Finding.Title)
	switch {
	case step.Moved != "":
		ticket.Text = l.Say(locale.T("The finding is told by another channel now: %s.", step.Moved))
	case step.Gone:
		ticket.Text = l.Say(locale.T("The finding is no longer among those of the days that are looked at."))
	case step.Number != "" && f.Answer != nil:
		ticket.Text = l.Say(locale.T("Answered: %s.", f.Answer.Text()))
	case step.Number != "":
		ticket.Text = l.Say(locale.T("It has ended: %s was its last day.", f.End))
	default:
		ticket.Title = fmt.Sprintf("[%s] %s: %s", id, l.Say(f.Label), l.Say(f.Reason))
		lines := []string{l.Say(f.Explanation), "", f.Context}
		lines = append(lines, l.Say(locale.T("Impact: %s", f.Impact)), k.why[id])
		ticket.Text = strings.TrimSpace(strings.Join(lines, "\n"))
	}
	parcel, err := m.Channels[t.Channel].Prepare(delivery.Message{
		ID: t.Record.ID, Owner: t.Owner, To: t.To, Subject: delivery.Line(ticket.Title, 200), Ticket: &ticket,
	})
	t.parcel, t.Subject = &parcel, parcel.Subject
	return &t, err
}

// left says in t what people have to see to, and reports whether the program does nothing of step.
func (m *Maker) left(t *Letter, step TicketStep) bool {
	day := func(r *ledger.Record) string { return r.At.Format(time.DateOnly) }
	id := step.Finding.ID
	settle := func(r *ledger.Record, as string) bool {
		t.unsure, t.State, t.Why = r, reports.SummarySkipped, fmt.Sprintf("the ticket of %s counts as %s", id, as)
		return true
	}
	switch was := step.Unsure; {
	case was != nil && m.Unsure == "sent":
		return settle(was, "opened")
	case was != nil && m.Unsure == "":
		t.State = reports.SummaryUnsure
		t.Why = fmt.Sprintf("a ticket may have been opened on %s: look for %s in %s, then give --unsure sent or --unsure resend", day(was), id,
			t.Channel)
		return true
	}
	by := step.Refused
	switch {
	case by != nil && m.Unsure == "sent":
		return settle(by, "closed")
	case by != nil && m.Unsure == "":
		t.State = reports.SummarySkipped
		t.Why = fmt.Sprintf("closing %s was refused on %s: close it by hand and give --unsure sent once, or --unsure resend to try again",
			step.Number, day(by))
		return true
	case t.Channel == "" && m.Unsure == "sent":
		t.Channel, t.Record.Channel = step.Was.Channel, step.Was.Channel
		return settle(&t.Record, "closed")
	case t.Channel == "":
		t.Channel, t.State = step.Was.Channel, reports.SummarySkipped
		t.Why = fmt.Sprintf("%s is left open, %s: no channel leads there any more; close it by hand and give --unsure sent once",
			step.Number, cmp.Or(step.Was.Where, step.Place))
		return true
	}
	return false
}
