package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/spf13/cobra"

	"usagereport/config"
	"usagereport/delivery"
	"usagereport/delivery/outbox"
	"usagereport/ledger"
	"usagereport/query"
	"usagereport/reports"
	"usagereport/sending"
)

type sendOptions struct {
	period, month string
	owners        []string
	notes         []string
	tags          []string
	sensitivity   string
	dryRun        bool
	out, from     string
	corrected     bool
	findings      bool
	unsure        string
	failOn        string
	status        bool
	invoices      bool
	metrics       string
}

func newSendCommand(g *globals) *cobra.Command {
	var o sendOptions
	var p printer
	c := &cobra.Command{
		Use:   "send",
		Short: "Send each owner the report on what is theirs",
		Long: `Send each owner of the owners file the report on what is theirs: of the last period
that has ended for every subscription, in the owner's language, by the channel that
the file names for the owner, which usagereport.yaml describes. An owner without a
channel gets it by the channel folder, which mails nothing and writes below reports/.

A report goes once for each owner and period. What changed later goes with
--corrected. Where a run was interrupted, nobody knows whether a report has arrived:
it is not sent again before --unsure says what to do.

With --findings owners are told of findings of the current period, and nothing else:
of one that is new, has grown by half or has ended at once, of others once a week.

With --invoices the PDFs that 'usagereport invoices add' keeps go to those who have
opted in in invoice-recipients.csv (account, email, opted_in), beside the configuration;
each gets a PDF once. They are never attached to an owner's report.

Nothing is sent if the owners file or the configuration has a mistake. A report that
cannot be delivered leaves the others sent, and the exit code is 1. The addresses
after admin: in usagereport.yaml get a summary.`,
		Example: `  usagereport send --dry-run
  usagereport send
  usagereport send --month 2026-10 --owner Search --note Search=words.txt
  usagereport send --out outbox && usagereport send --from outbox
  usagereport send --corrected
  usagereport send --findings --fail-on new-high
  usagereport send --invoices --period 2026-10 --dry-run
  usagereport send --status`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			switch {
			case o.status:
				return runSendStatus(cmd.Context(), g, p)
			case o.invoices:
				return runSendInvoices(cmd.Context(), g, o, p)
			case o.from != "":
				return runSendFrom(cmd.Context(), g, o, p)
			}
			return runSend(cmd.Context(), g, o, p)
		},
	}
	f := c.Flags()
	f.StringVar(&o.period, "period", "", "billing period by its `NAME` (2018-07), current or last (default last; with --findings current)")
	f.StringVar(&o.month, "month", "", "calendar `MONTH` (2018-07), current or last: charges by day, not by bill")
	f.StringArrayVar(&o.owners, "owner", nil, "only to this owner, by its `NAME`; can be given several times")
	f.StringArrayVar(&o.notes, "note", nil, "`OWNER=FILE`: put the words in FILE at the top of the owner's mail")
	f.BoolVarP(&o.dryRun, "dry-run", "n", false, "send nothing; say who would get what, and why")
	f.StringVar(&o.out, "out", "", "send nothing; write all that would be sent into the new folder `DIR`")
	f.StringVar(&o.from, "from", "", "send just what --out wrote into the folder `DIR`")
	f.BoolVar(&o.corrected, "corrected", false, "send again where the total has changed since it was sent")
	f.BoolVar(&o.findings, "findings", false, "send what is new of the current period's findings, not reports")
	f.StringVar(&o.unsure, "unsure", "", "what may have arrived in an interrupted run: count it as `sent`, or resend it")
	f.StringVar(&o.failOn, "fail-on", "", "exit with 3 if there is a finding that nobody was told before: `new-high`")
	f.BoolVar(&o.status, "status", false, "list what was sent, to whom, and what failed")
	f.BoolVar(&o.invoices, "invoices", false, "send the PDFs of the period's invoices to those in invoice-recipients.csv, not reports")
	addMetricsFlag(f, &o.metrics)
	addSensitivityFlag(f, &o.sensitivity)
	addTagsFlag(f, &o.tags)
	p.addFlag(c)
	return c
}

// check refuses flags that contradict each other.
func (o sendOptions) check() error {
	ways := 0
	for _, given := range []bool{o.dryRun, o.out != "", o.from != "", o.status} {
		if given {
			ways++
		}
	}
	switch {
	case ways > 1:
		return usageError{errors.New("--dry-run, --out, --from and --status: give one of them")}
	case o.from != "" && (o.period != "" || o.month != "" || len(o.notes) > 0 || len(o.owners) > 0 || o.corrected || o.findings || o.failOn != "" || o.metrics != ""):
		return usageError{errors.New("--from: what is sent was chosen when --out wrote it; leave the other flags out")}
	case o.unsure != "" && o.unsure != "sent" && o.unsure != "resend":
		return usageError{fmt.Errorf("--unsure %s: use sent, if it has arrived, or resend", o.unsure)}
	case o.failOn != "" && o.failOn != "new-high":
		return usageError{fmt.Errorf("--fail-on %s: use new-high", o.failOn)}
	case o.findings && o.corrected:
		return usageError{errors.New("--findings and --corrected: give one of them")}
	}
	return nil
}

// A letter is what an owner is sent, or why nothing is.
type letter struct {
	owner   string
	channel string
	to      []string
	costs   string // the totals
	subject string
	parcel  *delivery.Parcel // nil where nothing is to be sent
	stored  *delivery.Parcel // the report to which the parcel leads; it goes before it
	record  ledger.Record    // of the parcel
	state   reports.SummaryState
	why     string
	unsure  *ledger.Record // one before it that may have arrived
	err     error          // why it failed
}

// A kept is what an outbox keeps of a letter.
type kept struct {
	Record ledger.Record `json:"record"`
	Costs  string        `json:"costs"`
	Stored bool          `json:"stored,omitempty"` // the next one leads to it
}

// lockSending makes this process the only one that sends what the ledger holds.
func (g *globals) lockSending() (release func(), err error) {
	lock := flock.New(g.path()+".sending", flock.SetPermissions(0o644))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock %s for sending: %w", g.path(), err)
	}
	if !held {
		return nil, fmt.Errorf("another process is sending from %s; try again when it has ended", g.path())
	}
	return func() {
		// In this order: who finds no file makes its own.
		_ = os.Remove(lock.Path())
		_ = lock.Close()
	}, nil
}

func runSend(ctx context.Context, g *globals, o sendOptions, p printer) error {
	m, err := newMaker(ctx, g, o)
	if err != nil {
		return err
	}
	defer m.close()
	if o.out != "" { // before the work, not after it
		if there, err := os.ReadDir(o.out); err == nil && len(there) > 0 {
			return usageError{fmt.Errorf("--out %s: something is there already; name a folder that is empty or does not exist", o.out)}
		}
	}
	if !o.dryRun && o.out == "" {
		release, err := g.lockSending()
		if err != nil {
			return err
		}
		defer release()
	}
	letters, err := m.letters(ctx)
	if err != nil {
		return err
	}
	var failed error
	switch {
	case o.dryRun:
		for _, l := range letters {
			if l.parcel != nil {
				l.state, l.why = "would be sent", m.wouldGo(l)
			}
		}
	case o.out != "":
		if err := m.writeOut(ctx, o.out, letters); err != nil {
			return err
		}
	default:
		if err := m.ledger.Remember(ctx, m.notes); err != nil {
			return err
		}
		failed = g.sendAll(ctx, m.ledger, m.channels, letters, o.unsure)
		failed = errors.Join(failed, g.sendSummary(ctx, m.ledger, m.config, m.channels, m.summary, letters))
	}
	if o.metrics != "" {
		states := map[reports.SummaryState]int{}
		for _, t := range letters {
			states[t.state]++
		}
		m.metrics.Sent(states)
		if err := g.writeMetrics(o.metrics, &m.metrics); err != nil {
			return err
		}
	}
	if err := printLetters(g, p, letters); err != nil {
		return err
	}
	g.remarks(m.config, letters)
	switch {
	case o.dryRun:
		g.note("nothing was sent: --dry-run")
	case o.out != "":
		g.note("nothing was sent; look at it, then: usagereport send --from %s", o.out)
	}
	switch {
	case failed != nil:
		return failed
	case o.failOn != "" && m.newHigh:
		return errCondition
	}
	return nil
}

// writeOut writes what would be sent into a new folder.
func (m *maker) writeOut(ctx context.Context, dir string, letters []*letter) error {
	var all []outbox.Packed[kept]
	for _, l := range letters {
		if l.parcel != nil {
			if l.stored != nil {
				all = append(all, outbox.Packed[kept]{Parcel: *l.stored, Keep: kept{Stored: true}})
			}
			all = append(all, outbox.Packed[kept]{Parcel: *l.parcel, Keep: kept{Record: l.record, Costs: l.costs}})
			l.state, l.why = "written", m.wouldGo(l)
		}
	}
	// What the reports were made through is kept now: nobody else knows it later.
	if err := m.ledger.Remember(ctx, ledger.Notes{OwnersTexts: m.notes.OwnersTexts}); err != nil {
		return err
	}
	return outbox.Write(dir, m.summary, all)
}

func runSendFrom(ctx context.Context, g *globals, o sendOptions, p printer) error {
	summary, packed, err := outbox.Read[kept, reports.Summary](o.from)
	if err != nil {
		return err
	}
	cfg, err := g.configuration()
	if err != nil {
		return err
	}
	made, done, err := channels(g, cfg)
	if err != nil {
		return err
	}
	defer done()
	l, err := g.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	release, err := g.lockSending()
	if err != nil {
		return err
	}
	defer release()
	before, err := l.Records(ctx)
	if err != nil {
		return err
	}
	var letters []*letter
	var stored *delivery.Parcel
	for _, x := range packed {
		if made[x.Channel] == nil {
			return fmt.Errorf("%s: the parcel to %s goes by the channel %s, which the configuration no longer has", o.from, x.Owner, x.Channel)
		}
		parcel := x.Parcel
		if x.Keep.Stored {
			stored = &parcel
			continue
		}
		t := &letter{stored: stored, owner: x.Owner, channel: x.Channel, to: x.To, subject: x.Subject, parcel: &parcel, record: x.Keep.Record, costs: x.Keep.Costs}
		stored = nil
		if v := t.decide(before, o, x.Keep.Record.What == ledger.RecordCorrected); !v.Send {
			t.parcel = nil
		}
		letters = append(letters, t)
	}
	failed := g.sendAll(ctx, l, made, letters, o.unsure)
	failed = errors.Join(failed, g.sendSummary(ctx, l, cfg, made, summary, letters))
	if err := printLetters(g, p, letters); err != nil {
		return err
	}
	g.remarks(cfg, letters)
	return failed
}

// decide says whether the letter goes, and as what. Where it must not, because it was
// sent or may have been, the letter says so.
func (t *letter) decide(before []ledger.Record, o sendOptions, correct bool) sending.Verdict {
	v := sending.Once(before, t.record, correct)
	if t.record.What == ledger.RecordFindings {
		v = sending.Verdict{Send: true, What: t.record.What}
		for i, r := range before { // what may have arrived is not told twice
			if r.ID == t.record.ID && r.State != ledger.Failed {
				v.Send, v.Before = false, &before[i]
			}
		}
	}
	day := func(r *ledger.Record) string { return r.At.Format(time.DateOnly) }
	switch {
	case v.Unsure != nil && o.unsure == "":
		t.state = reports.SummaryUnsure
		t.why = fmt.Sprintf("the one of %s may have arrived: see whether %s has it, then give --unsure sent or --unsure resend", day(v.Unsure), addressees(v.Unsure.To, t.owner))
	case v.Unsure != nil && o.unsure == "sent":
		t.unsure, t.state = v.Unsure, reports.SummarySkipped
		t.why = fmt.Sprintf("the one of %s counts as sent", day(v.Unsure))
	case v.Unsure != nil:
		v.Send, v.What = true, v.Unsure.What
	case v.Before != nil && !v.Send && len(v.Differs) > 0:
		t.state = reports.SummarySkipped
		t.why = fmt.Sprintf("sent on %s; the total has changed by %s since, --corrected sends that", day(v.Before), signed(v.Differs))
	case v.Before != nil && !v.Send:
		t.state = reports.SummarySkipped
		t.why = fmt.Sprintf("sent on %s", day(v.Before))
	}
	return v
}

// atOnce is how many parcels are on their way at a time.
const atOnce = 4

// sendAll sends the parcels, and keeps what becomes of each. It returns an error if
// one of them has not certainly arrived.
func (g *globals) sendAll(ctx context.Context, l *ledger.Ledger, made map[string]delivery.Channel, letters []*letter, unsure string) error {
	var mu sync.Mutex // of the ledger, stderr and failed
	var failed error
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	keep := func(r ledger.Record) error {
		mu.Lock()
		defer mu.Unlock()
		// Also when the run is ended: what was sent was sent.
		return l.Remember(context.WithoutCancel(ctx), ledger.Notes{Records: []ledger.Record{r}})
	}
	for _, t := range letters {
		if t.state == reports.SummaryUnsure {
			failed = errReported
		}
		if t.unsure != nil && unsure == "sent" {
			t.unsure.State = ledger.Sent
			if err := keep(*t.unsure); err != nil {
				return err
			}
		}
	}
	for _, t := range letters {
		if t.parcel == nil {
			continue
		}
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			err := t.send(ctx, g.env.now, made, keep)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed = errReported
				g.fail("usagereport: send to %s: %v", t.owner, err)
			} else if g.verbose {
				g.note("%s: %s", t.owner, t.why)
			}
		})
	}
	wg.Wait()
	return failed
}

// send sends one parcel.
func (t *letter) send(ctx context.Context, now func() time.Time, made map[string]delivery.Channel, keep func(ledger.Record) error) error {
	fail := func(state reports.SummaryState, err error) error {
		t.state, t.why, t.err = state, err.Error(), err
		return err
	}
	if err := ctx.Err(); err != nil {
		return fail(reports.SummaryFailed, fmt.Errorf("the run was ended before it was its turn: %w", err))
	}
	r := &t.record
	r.At, r.State = now().UTC().Truncate(time.Second), ledger.Sending
	r.Channel, r.To, r.Parcel = t.channel, t.to, fingerprint(*t.parcel)
	if t.stored != nil { // where nobody looks before the parcel tells of it
		if _, err := made[t.stored.Channel].Send(ctx, *t.stored); err != nil {
			r.State, r.Error = ledger.Failed, err.Error()
			return errors.Join(fail(reports.SummaryFailed, err), keep(*r))
		}
	}
	if err := keep(*r); err != nil { // before it goes: who does not know what was sent sends it twice
		return fail(reports.SummaryFailed, err)
	}
	receipt, err := made[t.channel].Send(ctx, *t.parcel)
	switch {
	case errors.Is(err, delivery.ErrUnsure):
		r.Error = err.Error()
		return errors.Join(fail(reports.SummaryUnsure, err), keep(*r))
	case err != nil:
		r.State, r.Error = ledger.Failed, err.Error()
		return errors.Join(fail(reports.SummaryFailed, err), keep(*r))
	}
	r.State, r.Where, r.Reply = ledger.Sent, receipt.Where, receipt.Reply
	t.state, t.why = reports.SummarySent, cmp.Or(receipt.Where, addressees(t.to, t.owner))
	if len(receipt.Refused) > 0 {
		r.Error = "not taken: " + strings.Join(receipt.Refused, "; ")
	}
	if err := keep(*r); err != nil {
		return fail(reports.SummaryUnsure, fmt.Errorf("it was sent, but that could not be kept: %w", err))
	}
	if r.Error != "" {
		t.why = "sent, but " + r.Error
		t.err = errors.New(r.Error)
		return t.err
	}
	return nil
}

// addressees names who a letter goes to.
func addressees(to []string, owner string) string {
	if len(to) == 0 {
		return owner
	}
	return strings.Join(to, ", ")
}

// remarks says what somebody who reads only "sent" would not know.
func (g *globals) remarks(c config.Config, letters []*letter) {
	var folders []string
	for _, t := range letters {
		if t.state == reports.SummarySent && c.Channels[t.channel].Kind == config.KindFolder && !slices.Contains(folders, t.channel) {
			folders = append(folders, t.channel)
		}
	}
	for _, name := range folders {
		g.note("nothing was mailed: channel is %s", name)
	}
}

func printLetters(g *globals, p printer, letters []*letter) error {
	var rows [][]any
	for _, t := range letters {
		rows = append(rows, []any{t.owner, string(t.state), t.channel, orNil(strings.Join(t.to, "; ")), orNil(t.costs), orNil(t.subject), orNil(t.why), orNil(t.record.ID)})
	}
	columns := []query.Column{{Name: "owner"}, {Name: "state"}, {Name: "channel"}, {Name: "to"}, {Name: "cost"}, {Name: "subject"}, {Name: "detail"}, {Name: "id"}}
	return p.print(g, query.Table{Columns: columns, Rows: query.RowsOf(rows...)})
}

// runSendStatus lists what was sent.
func runSendStatus(ctx context.Context, g *globals, p printer) error {
	l, err := g.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	all, err := l.Records(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 && p.forPeople() {
		return g.say("nothing was sent or recorded; 'usagereport send --dry-run' shows what would be")
	}
	slices.Reverse(all)
	var rows [][]any
	for _, r := range all {
		state := r.State
		if state == ledger.Sending {
			state = ledger.RecordState(reports.SummaryUnsure)
		}
		rows = append(rows, []any{r.At, r.What, orNil(r.Owner), orNil(r.Period), state, orNil(r.Channel), orNil(strings.Join(r.To, "; ")), orNil(recordCosts(r)), orNil(cmp.Or(r.Error, r.Where)), orNil(r.Reply), r.ID})
	}
	columns := []query.Column{{Name: "at", Kind: query.Timestamp}, {Name: "what"}, {Name: "owner"}, {Name: "period"}, {Name: "state"}, {Name: "channel"}, {Name: "to"}, {Name: "cost"}, {Name: "detail"}, {Name: "reply"}, {Name: "id"}}
	return p.print(g, query.Table{Columns: columns, Rows: query.RowsOf(rows...)})
}
