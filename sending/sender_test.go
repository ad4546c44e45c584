package sending

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"usagereport/analysis"
	"usagereport/internal/config"
	"usagereport/invoices"
	"usagereport/ledger"
	"usagereport/reports"
	"usagereport/sending/delivery"
	"usagereport/sending/delivery/outbox"
	"usagereport/usage"
	"usagereport/workspace"
)

// A lane is a channel that answers as it is told, and notes what it was sent.
type lane struct {
	receipt delivery.Receipt
	err     error
	sent    []string
}

func (c *lane) Prepare(m delivery.Message) (delivery.Parcel, error) {
	return delivery.Parcel{ID: m.ID, Owner: m.Owner, To: m.To, Subject: m.Subject}, nil
}

func (c *lane) Send(_ context.Context, p delivery.Parcel) (delivery.Receipt, error) {
	c.sent = append(c.sent, p.Owner)
	return c.receipt, c.err
}

func day(n int) time.Time { return time.Date(2026, time.November, n, 9, 0, 0, 0, time.UTC) }

// newSender returns one with a ledger that has nothing, and what it says.
func newSender(t *testing.T, by map[string]delivery.Channel) (*Sender, *[]string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "usage.duckdb")
	l, err := ledger.Open(t.Context(), path, ledger.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.Publish(t.Context()), l.Close()); err != nil {
		t.Fatal(err)
	}
	var said []string
	say := func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }
	w := &workspace.Workspace{LedgerPath: path, Getenv: func(string) string { return "" }, Now: func() time.Time { return day(23) }, Note: say}
	session, err := w.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { session.Close() })
	return &Sender{Workspace: w, Channels: by, Ledger: session.Ledger, Fail: say}, &said
}

// record is one of a report on an owner.
func record(t *testing.T, owner, total string) ledger.Record {
	t.Helper()
	r := ledger.Record{
		What: ledger.RecordReport, Owner: owner, Period: "2026-10", At: day(1),
		Totals: []ledger.RecordTotal{{Currency: "EUR", Total: usage.MustDecimal(total), State: "closed"}},
	}
	if err := r.Identify(); err != nil {
		t.Fatal(err)
	}
	return r
}

// What becomes of a parcel is kept, whatever becomes of it.
func TestSend(t *testing.T) {
	for _, c := range []struct {
		name  string
		lane  lane
		state reports.SummaryState
		why   string
		kept  ledger.RecordState // the state in the ledger
		fails bool
	}{
		{"arrives", lane{receipt: delivery.Receipt{Where: "mailbox"}}, reports.SummarySent, "mailbox", ledger.Sent, false},
		{"arrives at a place without a name", lane{}, reports.SummarySent, "ada@example.org", ledger.Sent, false},
		{"is not taken", lane{err: errors.New("no such address")}, reports.SummaryFailed, "no such address", ledger.Failed, true},
		{
			"may have arrived",
			lane{err: fmt.Errorf("broken off: %w", delivery.ErrUnsure)},
			reports.SummaryUnsure,
			"broken off: it may have arrived or not", ledger.Sending, true,
		},
		{
			"is taken by some",
			lane{receipt: delivery.Receipt{Refused: []string{"b@example.org: full"}}},
			reports.SummarySent,
			"sent, but not taken: b@example.org: full", ledger.Sent, true,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, said := newSender(t, map[string]delivery.Channel{"mail": &c.lane})
			l := &Letter{
				Owner: "Ada", Channel: "mail", To: []string{"ada@example.org"}, Record: record(t, "Ada", "10"),
				parcel: &delivery.Parcel{Owner: "Ada"},
			}
			err := s.Send(t.Context(), []*Letter{l, {Owner: "Ben", State: reports.SummarySkipped}})
			if c.fails != errors.Is(err, ErrNotSent) || c.fails != (len(*said) == 1) {
				t.Errorf("error %v, said %q", err, *said)
			}
			if l.State != c.state || l.Why != c.why {
				t.Errorf("the letter is %s: %s; want %s: %s", l.State, l.Why, c.state, c.why)
			}
			records, err := s.Ledger.Records(t.Context())
			if err != nil || len(records) != 1 || records[0].State != c.kept || records[0].Channel != "mail" || records[0].ID != l.Record.ID {
				t.Errorf("kept: %+v, %v; want one that is %s", records, err, c.kept)
			}
			if !slices.Equal(c.lane.sent, []string{"Ada"}) {
				t.Errorf("sent: %q", c.lane.sent)
			}
		})
	}
}

// A run that is stopped says what has gone and what has not, and not of each letter how the stop reached it.
func TestSendStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	waiting := stopping{&lane{err: context.Canceled}, stop}
	s, said := newSender(t, map[string]delivery.Channel{"mail": waiting})
	letter := func(owner string) *Letter {
		return &Letter{Owner: owner, Channel: "mail", Record: record(t, owner, "10"), parcel: &delivery.Parcel{Owner: owner}}
	}
	first := letter("Ada")
	for _, letters := range [][]*Letter{{first}, {letter("Ben"), letter("Cleo")}} {
		if err := s.Send(ctx, letters); !errors.Is(err, ErrNotSent) {
			t.Errorf("error %v", err)
		}
	}
	if first.Why != "not sent: the run was stopped" || !slices.Equal(waiting.sent, []string{"Ada"}) {
		t.Errorf("%s: %s; sent to %q", first.State, first.Why, waiting.sent)
	}
	if !slices.Equal(*said, []string{
		"usagereport: stopped: 0 sent, 1 not; the same command sends what has not gone",
		"usagereport: stopped: 0 sent, 2 not; the same command sends what has not gone",
	}) {
		t.Errorf("said %q", *said)
	}
	unsure := stopped(ctx, fmt.Errorf("closed connection: %w", delivery.ErrUnsure))
	if unsure.Error() != "it may have arrived or not: the run was stopped before the answer" {
		t.Errorf("error %v", unsure)
	}
}

// stopping is a lane on which the run is stopped.
type stopping struct {
	*lane
	stop func()
}

func (c stopping) Send(ctx context.Context, p delivery.Parcel) (delivery.Receipt, error) {
	c.stop()
	return c.lane.Send(ctx, p)
}

// A message that leads to a report goes after it, and not without it.
func TestSendStored(t *testing.T) {
	store, mail := &lane{err: errors.New("the store is full")}, &lane{}
	s, said := newSender(t, map[string]delivery.Channel{"mail": mail, "store": store})
	letter := func() *Letter {
		return &Letter{
			Owner: "Ada", Channel: "mail", Record: record(t, "Ada", "10"),
			parcel: &delivery.Parcel{Owner: "Ada"}, stored: &delivery.Parcel{Owner: "Ada", Channel: "store"},
		}
	}
	l := letter()
	if err := s.Send(t.Context(), []*Letter{l}); !errors.Is(err, ErrNotSent) || len(mail.sent) > 0 || l.State != reports.SummaryFailed {
		t.Errorf("error %v, mailed %q, %s", err, mail.sent, l.State)
	}
	store.err = nil
	if err := s.Send(t.Context(), []*Letter{letter()}); err != nil || len(mail.sent) != 1 {
		t.Errorf("error %v, mailed %q, said %q", err, mail.sent, *said)
	}
}

func TestDecide(t *testing.T) {
	state := func(r ledger.Record, s ledger.RecordState) ledger.Record {
		r.State, r.To = s, []string{"ada@example.org"}
		return r
	}
	was, same, more := record(t, "Ada", "10"), record(t, "Ada", "10"), record(t, "Ada", "12.5")
	for _, c := range []struct {
		name    string
		before  []ledger.Record
		now     ledger.Record
		unsure  string
		correct bool
		sends   bool
		what    ledger.RecordKind
		state   reports.SummaryState
		why     string
	}{
		{"the first", nil, same, "", false, true, ledger.RecordReport, "", ""},
		{"sent", []ledger.Record{state(was, ledger.Sent)}, same, "", true, false, "", reports.SummarySkipped, "sent on 2026-11-01"},
		{
			"changed since",
			[]ledger.Record{state(was, ledger.Sent)},
			more, "", false, false, "", reports.SummarySkipped,
			"sent on 2026-11-01; the total has changed by +2.50 EUR since, --corrected sends that",
		},
		{"corrected", []ledger.Record{state(was, ledger.Sent)}, more, "", true, true, ledger.RecordCorrected, "", ""},
		{"failed before", []ledger.Record{state(was, ledger.Failed)}, same, "", false, true, ledger.RecordReport, "", ""},
		{
			"may have arrived",
			[]ledger.Record{state(was, ledger.Sending)},
			same, "", false, false, "", reports.SummaryUnsure,
			"the one of 2026-11-01 may have arrived: see whether ada@example.org has it, then give --unsure sent or --unsure resend",
		},
		{
			"has arrived",
			[]ledger.Record{state(was, ledger.Sending)},
			same, "sent", false, false, "", reports.SummarySkipped,
			"the one of 2026-11-01 counts as sent",
		},
		{"goes again", []ledger.Record{state(was, ledger.Sending)}, same, "resend", false, true, ledger.RecordReport, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := &Letter{Owner: "Ada", Record: c.now}
			v := l.decide(c.before, c.unsure, c.correct)
			if v.Send != c.sends || c.sends && v.What != c.what || l.State != c.state || l.Why != c.why {
				t.Errorf("send %t as %s, %s: %s; want %t as %s, %s: %s", v.Send, v.What, l.State, l.Why, c.sends, c.what, c.state, c.why)
			}
		})
	}
}

func TestAdminChannel(t *testing.T) {
	for _, c := range []struct {
		kinds map[string]config.Kind
		want  string
	}{
		{nil, config.Folder},
		{map[string]config.Kind{"chat": config.KindTeams}, config.Folder},
		{map[string]config.Kind{"z": config.KindMail, "b": config.KindMail, "a": config.KindSlack}, "b"},
	} {
		cfg := config.Config{Channels: map[string]config.Channel{}}
		for name, k := range c.kinds {
			cfg.Channels[name] = config.Channel{Kind: k}
		}
		if got := AdminChannel(cfg); got != c.want {
			t.Errorf("%v: %s, want %s", c.kinds, got, c.want)
		}
	}
}

// Invoices that others send are not mailed.
func TestNotOffered(t *testing.T) {
	m := &invoicer{}
	m.history.Bills = []invoices.Bill{
		{Account: "enrolment", Agreement: ledger.Enterprise},
		{Account: "partner", Agreement: ledger.Partner},
		{Account: "own"},
		{Account: "both", Agreement: ledger.Enterprise},
		{Account: "both"},
	}
	for account, want := range map[string]string{
		"enrolment": "Enterprise Agreement", "partner": "partner", "own": "", "both": "",
		"unknown": "",
	} {
		if got := m.notOffered(account); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", account, got, want)
		}
	}
}

// What an outbox holds goes once, by the channels that there are.
func TestFromOutbox(t *testing.T) {
	mail := &lane{}
	s, _ := newSender(t, map[string]delivery.Channel{"mail": mail})
	r := record(t, "Ada", "10")
	dir := filepath.Join(t.TempDir(), "out")
	parcel := delivery.Parcel{ID: r.ID, Owner: "Ada", Channel: "mail", To: []string{"ada@example.org"}}
	summary := reports.Summary{What: reports.SummaryReports, Period: analysis.PeriodInfo{Name: "2026-10"}}
	if err := outbox.Write(dir, 0o600, summary, []outbox.Packed[kept]{{Parcel: parcel, Keep: kept{Record: r, Costs: "10.00 EUR"}}}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		state reports.SummaryState
		why   string
	}{
		{reports.SummarySent, "ada@example.org"},
		{reports.SummarySkipped, "sent on 2026-11-23"},
	} {
		letters, err := s.FromOutbox(t.Context(), dir)
		if err != nil || len(letters) != 1 || letters[0].State != want.state || letters[0].Why != want.why || len(mail.sent) != 1 {
			t.Errorf("run %d: %+v, %v; mailed %q", i+1, letters, err, mail.sent)
		}
	}
	s.Channels = nil
	if _, err := s.FromOutbox(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "goes by the channel mail, which the configuration no longer has") {
		t.Errorf("without its channel: %v", err)
	}
}

// One process sends at a time.
func TestLock(t *testing.T) {
	s, _ := newSender(t, nil)
	release, err := s.Lock()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Lock(); err == nil || !strings.Contains(err.Error(), "another process is sending") {
		t.Errorf("a second one sends: %v", err)
	}
	release()
	release, err = s.Lock()
	if err != nil {
		t.Fatal(err)
	}
	release()
}
