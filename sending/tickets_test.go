package sending_test

import (
	"fmt"
	"testing"

	"usagereport/ledger"
	"usagereport/sending"
	"usagereport/usage"
)

func TestTicketSteps(t *testing.T) {
	finding := func(id string, end int, ongoing bool, answer string) ledger.RecordFinding {
		return ledger.RecordFinding{ID: id, Severity: usage.SeverityHigh, End: usage.Date(2026, 11, end), Ongoing: ongoing, Answer: answer}
	}
	ticket := func(state ledger.RecordState, f ledger.RecordFinding, number string, closed bool) ledger.Record {
		return ledger.Record{
			What: ledger.RecordFindings, Owner: "Ada", Channel: "jira", State: state, Findings: []ledger.RecordFinding{f},
			Ticket: &ledger.RecordTicket{Number: number, Closed: closed},
		}
	}
	goes, over := finding("F-A", 10, true, ""), finding("F-A", 10, false, "")
	later := finding("F-A", 20, true, "")
	low := goes
	low.Severity = usage.SeverityLow
	opened, closed := ticket(ledger.Sent, goes, "FIN-1", false), ticket(ledger.Sent, over, "FIN-1", true)
	places := map[string]string{"jira": "jira A", "github": "github"}
	for _, c := range []struct {
		name   string
		before []ledger.Record
		now    []ledger.RecordFinding
		all    bool
		want   string
	}{
		{"one that is new is opened", nil, []ledger.RecordFinding{goes}, true, "open F-A;"},
		{"once", []ledger.Record{opened}, []ledger.RecordFinding{later}, true, ""},
		{"not where it failed", []ledger.Record{ticket(ledger.Failed, goes, "", false)}, []ledger.RecordFinding{goes}, true, "open F-A;"},
		{"what is worth a look has none", nil, []ledger.RecordFinding{low}, true, ""},
		{"what is answered has none", nil, []ledger.RecordFinding{finding("F-A", 10, true, "planned")}, true, ""},
		{"it is closed when it ends", []ledger.Record{opened}, []ledger.RecordFinding{over}, true, "close FIN-1;"},
		{"and when it is answered", []ledger.Record{opened}, []ledger.RecordFinding{finding("F-A", 10, true, "planned")}, true, "close FIN-1;"},
		{"and when it has passed", []ledger.Record{opened}, nil, true, "close FIN-1 gone;"},
		{"which another period does not say", []ledger.Record{opened}, nil, false, ""},
		{"once, too", []ledger.Record{opened, closed}, []ledger.RecordFinding{over}, true, ""},
		{"it begins again", []ledger.Record{opened, closed}, []ledger.RecordFinding{later}, true, "open F-A;"},
		{"what was over when it was opened is people's to close", []ledger.Record{ticket(ledger.Sent, over, "FIN-1", false)}, []ledger.RecordFinding{over}, true, ""},
		{"one that may be there is not opened again", []ledger.Record{ticket(ledger.Sending, goes, "", false)}, []ledger.RecordFinding{goes}, true, "unsure F-A;"},
		{"closing is tried again", []ledger.Record{opened, ticket(ledger.Sending, over, "FIN-1", true)}, []ledger.RecordFinding{over}, true, "close FIN-1;"},
		{"one without a number cannot be closed", []ledger.Record{ticket(ledger.Sent, goes, "", false)}, []ledger.RecordFinding{over}, true, ""},
	} {
		got := ""
		for _, s := range sending.TicketSteps(c.before, places, []sending.TicketOwner{{Name: "ada", Channel: "jira", Place: "jira A", Now: c.now}}, c.all, true) {
			switch {
			case s.Unsure != nil:
				got += "unsure " + s.Finding.ID
			case s.Number == "":
				got += "open " + s.Finding.ID
			default:
				got += "close " + s.Number
			}
			if s.Gone {
				got += " gone"
			}
			got += ";"
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	steps := func(before []ledger.Record, all, whole bool, now ...sending.TicketOwner) (got string) {
		for _, s := range sending.TicketSteps(before, places, now, all, whole) {
			got += fmt.Sprintf("%s %s by %q for %d gone %v moved %q;", s.Finding.ID, s.Number, s.Channel, s.Owner, s.Gone, s.Moved)
		}
		return got
	}
	stands := []ledger.RecordFinding{later}
	elsewhere := opened
	elsewhere.Ticket = &ledger.RecordTicket{Number: "7", Place: "github B"}
	for _, c := range []struct{ name, got, want string }{
		{"the owner has another name", steps([]ledger.Record{opened}, true, true, sending.TicketOwner{"Eva", "jira", "jira A", stands}), ""},
		{"and the finding another id for it", steps([]ledger.Record{opened}, true, true, sending.TicketOwner{"Eva", "jira", "jira A", []ledger.RecordFinding{finding("F-B", 20, true, "")}}), ""},
		{
			"by which it ends", steps([]ledger.Record{opened}, true, true, sending.TicketOwner{"Eva", "jira", "jira A", []ledger.RecordFinding{finding("F-B", 20, false, "")}}),
			`F-B FIN-1 by "jira" for 0 gone false moved "";`,
		},
		{
			"once", steps([]ledger.Record{opened, ticket(ledger.Sent, finding("F-B", 20, false, ""), "FIN-1", true)}, true, true,
				sending.TicketOwner{"Eva", "jira", "jira A", []ledger.RecordFinding{finding("F-B", 20, false, "")}}),
			"",
		},
		{"the channel has another name", steps([]ledger.Record{opened}, true, true, sending.TicketOwner{"Ada", "tickets", "jira A", stands}), ""},
		{"two owners have it", steps(nil, true, true, sending.TicketOwner{"Ada", "jira", "jira A", stands}, sending.TicketOwner{"Ben", "jira", "jira A", stands}), `F-A  by "jira" for 0 gone false moved "";`},
		{"it is another owner's now", steps([]ledger.Record{opened}, true, true, sending.TicketOwner{"Ada", "jira", "jira A", nil}, sending.TicketOwner{"Ben", "jira", "jira A", stands}), ""},
		{
			"the channel is another", steps([]ledger.Record{opened}, true, true, sending.TicketOwner{"Ada", "github", "github", stands}),
			`F-A  by "github" for 0 gone false moved "";F-A FIN-1 by "jira" for 0 gone false moved "github";`,
		},
		{
			"no channel leads there", steps([]ledger.Record{elsewhere}, true, true, sending.TicketOwner{"Ada", "jira", "jira A", stands}),
			`F-A  by "jira" for 0 gone false moved "";F-A 7 by "" for 0 gone false moved "jira";`,
		},
		{"its owner is gone", steps([]ledger.Record{opened}, true, true), `F-A FIN-1 by "jira" for -1 gone true moved "";`},
		{"its owner was not asked for", steps([]ledger.Record{opened}, true, false), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.got, c.want)
		}
	}
	known := closed // with its place, which the first record of it lacks
	known.Channel, known.Ticket = "old", &ledger.RecordTicket{Closed: true, Number: "FIN-1", Place: "jira C"}
	older := opened
	older.Channel = "old"
	if got := steps([]ledger.Record{older, known}, true, true); got != "" {
		t.Errorf("a closed one of a channel that is no more: %s", got)
	}
	refused := ticket(ledger.Failed, over, "FIN-1", true)
	refused.Ticket.Refused = true
	owner := []sending.TicketOwner{{Name: "Ada", Channel: "jira", Place: "jira A", Now: []ledger.RecordFinding{over}}}
	for _, c := range []struct {
		before []ledger.Record
		want   bool
	}{
		{[]ledger.Record{opened, refused}, true},
		{[]ledger.Record{opened, ticket(ledger.Failed, over, "FIN-1", true)}, false},
		{[]ledger.Record{opened, refused, ticket(ledger.Sent, later, "FIN-2", false)}, false},
	} {
		got := sending.TicketSteps(c.before, places, owner, true, true)
		if len(got) != 1 || (got[0].Refused != nil) != c.want {
			t.Errorf("%+v, want refused %v", got, c.want)
		}
	}
}
