package ledger

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"usagereport/usage"
)

// A RecordKind says what a record is of.
type RecordKind string

// The kinds of records.
const (
	RecordReport    RecordKind = "report"    // of a period
	RecordCorrected RecordKind = "corrected" // the same once more, for it has changed
	RecordFindings  RecordKind = "findings"
	RecordSummary   RecordKind = "summary"  // the administrator's
	RecordInvoices  RecordKind = "invoices" // PDFs; the owner is the account that is billed
)

// A RecordState says what became of a record.
type RecordState string

// The states of records.
const (
	Recorded RecordState = "recorded" // handed out by people
	Sending  RecordState = "sending"  // given to a channel; it is not known whether it has arrived
	Sent     RecordState = "sent"
	Failed   RecordState = "failed" // it has not arrived
)

// A Record is something that was sent to an owner or handed out, with what it
// said.
type Record struct {
	ID      string       `json:"id"`
	What    RecordKind   `json:"what"`
	Owner   string       `json:"owner"`  // "" for all charges
	Period  string       `json:"period"` // the bill's name, or the month's; "" for none
	Span    usage.Period `json:"span"`
	ByMonth bool         `json:"by_month"`
	At      time.Time    `json:"at"`
	State   RecordState  `json:"state"`

	Channel string   `json:"channel,omitempty"`
	To      []string `json:"to,omitempty"`
	Where   string   `json:"where,omitempty"`  // that it went to, by the channel
	Reply   string   `json:"reply,omitempty"`  // the other side's words
	Error   string   `json:"error,omitempty"`  // why it failed
	Parcel  string   `json:"parcel,omitempty"` // SHA-256 of what was sent

	LastLoad int64           `json:"last_load"`        // the newest load of the ledger
	Loads    []int64         `json:"loads,omitempty"`  // those that it was made from, in order
	Owners   string          `json:"owners,omitempty"` // SHA-256 of the owners file
	Totals   []RecordTotal   `json:"totals,omitempty"`
	Findings []RecordFinding `json:"findings,omitempty"`
	Invoices []RecordInvoice `json:"invoices,omitempty"` // that were attached
	Ticket   *RecordTicket   `json:"ticket,omitempty"`   // of the one finding; nil where it was no ticket
	Changed  []RecordChange  `json:"changed,omitempty"`  // that a summary tells
}

// A RecordChange is what an owner's report would say now, where it says something else than the one that was sent.
type RecordChange struct {
	Owner    string        `json:"owner"`
	Currency string        `json:"currency"`
	Total    usage.Decimal `json:"total"` // as it is shown
}

// A RecordTicket is a ticket that was opened or closed.
type RecordTicket struct {
	Closed bool   `json:"closed,omitempty"`
	Number string `json:"number,omitempty"` // by which the other side knows it; "" until it has answered
	Place  string `json:"place,omitempty"`  // where it is kept, whatever the channel is called; "" in older records
	// Refused says that the other side will not close it, however often it is asked.
	Refused bool `json:"refused,omitempty"`
}

// A RecordInvoice is an invoice whose PDF was sent.
type RecordInvoice struct {
	Number string `json:"number"`
	SHA256 string `json:"sha256"` // of the PDF
}

// A RecordTotal is what a record says in one currency.
type RecordTotal struct {
	Currency string          `json:"currency"`
	Total    usage.Decimal   `json:"total"`
	Shared   usage.Decimal   `json:"shared"` // the owner's part of shared cost, beside Total
	State    usage.State     `json:"state"`  // the period's
	Reach    usage.Day       `json:"reach"`
	Accounts []RecordAccount `json:"accounts"`
	Lines    []RecordLine    `json:"lines"` // they make Total
	Budget   *RecordBudget   `json:"budget,omitempty"`
	Moved    []RecordMove    `json:"moved,omitempty"`
}

// A RecordMove is a handover of resources that a record says: from others or to them.
type RecordMove struct {
	In    bool      `json:"in"`
	Since usage.Day `json:"since"`
}

// A RecordBudget is a budget of which a record warns.
type RecordBudget struct {
	State  string        `json:"state"`           // over, likely over, or "" where it is neither
	Warns  []int         `json:"warns,omitempty"` // the percentages that are spent; 0 for likely over
	Amount usage.Decimal `json:"amount"`
	Span   usage.Period  `json:"span"`
}

// A RecordAccount is how far the data of a subscription reached.
type RecordAccount struct {
	ID    string    `json:"id"`
	Reach usage.Day `json:"reach"`
}

// A RecordLine is a part of a total.
type RecordLine struct {
	Account  string        `json:"account"`
	Service  string        `json:"service"`
	Category string        `json:"category"` // ChargeCategory
	Cost     usage.Decimal `json:"cost"`
}

// A RecordFinding is a finding in a record.
type RecordFinding struct {
	ID       string         `json:"id"`
	Title    string         `json:"title"` // its scope as people know it
	Severity usage.Severity `json:"severity"`
	Answer   string         `json:"answer"` // what had been answered; "" for nothing
	Currency string         `json:"currency"`
	Impact   usage.Decimal  `json:"impact"`
	End      usage.Day      `json:"end"`
	Ongoing  bool           `json:"ongoing"`
}

// Identify gives r its id: what says the same of the same has the same one.
func (r *Record) Identify() error {
	said := Record{
		What: r.What, Owner: r.Owner, Period: r.Period, Span: r.Span, ByMonth: r.ByMonth, LastLoad: r.LastLoad, Loads: r.Loads,
		Owners: r.Owners, Totals: r.Totals, Findings: r.Findings, Invoices: r.Invoices,
	}
	if r.What == RecordInvoices {
		said.To = r.To // each gets them once
	}
	if r.What == RecordFindings || r.What == RecordSummary {
		said.At = r.At // the same can be sent again on another day
		said.Ticket = r.Ticket
	}
	b, err := json.Marshal(said)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(b)
	r.ID = "R-" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:5])
	return nil
}

// Same reports whether two records are of the same owner and period.
func (r Record) Same(o Record) bool {
	return strings.EqualFold(r.Owner, o.Owner) && r.Period == o.Period && r.Span == o.Span && r.ByMonth == o.ByMonth
}

func (r Record) insert(ctx context.Context, conn *sql.Conn) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	var from, to any
	if r.Span.From != 0 {
		from, to = r.Span.From.Time(), r.Span.To.Time()
	}
	if _, err := conn.ExecContext(ctx, "DELETE FROM records WHERE id = $id", sql.Named("id", r.ID)); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, query("records_new"), sql.Named("id", r.ID), sql.Named("what", r.What), sql.Named("owner", r.Owner),
		sql.Named("period", r.Period), sql.Named("first_day", from), sql.Named("end_day", to), sql.Named("made_at", r.At.UTC()),
		sql.Named("state", r.State), sql.Named("record", string(b)))
	return err
}

// Records returns what was sent or handed out, the oldest first, each as it
// stands now.
func (l *Ledger) Records(ctx context.Context) (out []Record, err error) {
	kept, err := answered(l, "records", func() ([]string, error) { return l.keptRecords(ctx) })
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	add := func(r Record) {
		if i, ok := at[r.ID]; ok {
			out[i] = r
			return
		}
		at[r.ID] = len(out)
		out = append(out, r)
	}
	for _, text := range kept {
		var r Record
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			return nil, fmt.Errorf("read what was sent: %w", err)
		}
		add(r)
	}
	noted, err := readNotes(l.file)
	if l.readOnly && err == nil { // what another process has sent since we opened the file
		for _, r := range noted.Records {
			add(r)
		}
	}
	slices.SortStableFunc(out, func(x, y Record) int { return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.ID, y.ID)) })
	return out, err
}

// keptRecords are those of the table.
func (l *Ledger) keptRecords(ctx context.Context) (out []string, err error) {
	rows, err := l.db.QueryContext(ctx, "SELECT record FROM records ORDER BY made_at, id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, rows.Err()
}

// ErrNoRecord says that nothing with an id was sent or recorded.
var ErrNoRecord = errors.New("nothing was sent or recorded with this id; 'usagereport send --status' lists what was")

// Record returns the record with an id, in any case of letters.
func (l *Ledger) Record(ctx context.Context, id string) (Record, error) {
	all, err := l.Records(ctx)
	if err != nil {
		return Record{}, err
	}
	for _, r := range all {
		if strings.EqualFold(r.ID, id) {
			return r, nil
		}
	}
	return Record{}, fmt.Errorf("%s: %w", id, ErrNoRecord)
}

// An OwnersText is an owners file as it was when a report was made through it.
type OwnersText struct {
	SHA256 string `json:"sha256"`
	Text   string `json:"text"`
}

// OwnersText returns the owners file with a hash, "" where none was kept.
func (l *Ledger) OwnersText(ctx context.Context, sha256 string) (text string, err error) {
	for _, t := range l.notes.OwnersTexts {
		if t.SHA256 == sha256 {
			return t.Text, nil
		}
	}
	err = l.db.QueryRowContext(ctx, "SELECT text FROM owners_texts WHERE sha256 = $sha256 LIMIT 1", sql.Named("sha256", sha256)).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return text, err
}
