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
		for _, s := range sending.TicketSteps(c.before, "ada", "jira", c.now, c.all) {
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
	for _, other := range []string{fmt.Sprint(sending.TicketSteps([]ledger.Record{opened}, "Ben", "jira", nil, true)), fmt.Sprint(sending.TicketSteps([]ledger.Record{opened}, "Ada", "github", nil, true))} {
		if other != "[]" {
			t.Errorf("another owner's or channel's tickets are closed: %s", other)
		}
	}
}
