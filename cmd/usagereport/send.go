package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/config"
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

// sender makes what sends by the channels of the configuration. Call done when all is
// sent.
func (o sendOptions) sender(g *globals) (s *sending.Sender, done func(), err error) {
	s = &sending.Sender{Workspace: &g.work, Verbose: g.verbose, Unsure: o.unsure, Fail: g.fail}
	if s.Config, err = g.work.Configuration(); err != nil {
		return nil, nil, err
	}
	s.Channels, done, err = channels(g, s.Config)
	return s, done, err
}

func runSend(ctx context.Context, g *globals, o sendOptions, p printer) error {
	s, done, err := o.sender(g)
	if err != nil {
		return err
	}
	defer done()
	m, err := o.maker(ctx, g, s)
	if err != nil {
		return err
	}
	defer m.Close()
	if o.out != "" { // before the work, not after it
		if there, err := os.ReadDir(o.out); err == nil && len(there) > 0 {
			return usageError{fmt.Errorf("--out %s: something is there already; name a folder that is empty or does not exist", o.out)}
		}
	}
	if !o.dryRun && o.out == "" {
		release, err := s.Lock()
		if err != nil {
			return err
		}
		defer release()
	}
	letters, err := m.Letters(ctx)
	if err != nil {
		return err
	}
	var failed error
	said := ""
	switch {
	case o.dryRun:
		m.Rehearse(letters)
		said = "nothing was sent: --dry-run"
	case o.out != "":
		if err := m.WriteOut(ctx, o.out, letters); err != nil {
			return err
		}
		said = "nothing was sent; look at it, then: usagereport send --from " + o.out
	default:
		failed = m.Deliver(ctx, letters)
	}
	if o.metrics != "" {
		states := map[reports.SummaryState]int{}
		for _, t := range letters {
			states[t.State]++
		}
		m.Metrics.Sent(states)
		if err := writeMetrics(g, o.metrics, &m.Metrics); err != nil {
			return err
		}
	}
	err = sent(g, p, s, letters, failed)
	if said != "" {
		g.note("%s", said)
	}
	if err == nil && o.failOn != "" && m.NewHigh {
		return errCondition
	}
	return err
}

// maker reads the flags of what is sent to owners.
func (o sendOptions) maker(ctx context.Context, g *globals, s *sending.Sender) (*sending.Maker, error) {
	to := sending.Options{Owners: o.owners, DryRun: o.dryRun, Corrected: o.corrected, Findings: o.findings}
	var err error
	if to.Options, err = g.work.Options(o.period, o.month); err != nil {
		return nil, err
	}
	if err := sensitive(&to.Options, o.sensitivity); err != nil {
		return nil, err
	}
	to.Tags = o.tags
	if to.Words, err = readNotes(o.notes); err != nil {
		return nil, err
	}
	return sending.NewMaker(ctx, s, to)
}

// readNotes reads the sender's words: flags OWNER=FILE.
func readNotes(flags []string) (all []sending.Words, err error) {
	const most = 64 << 10
	for _, text := range flags {
		name, path, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usageError{fmt.Errorf("--note %s: write OWNER=FILE", text)}
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("--note: read the words to %s: %w", name, err)
		}
		if len(b) > most {
			return nil, fmt.Errorf("--note: %s is longer than 64 KB, which nobody reads", path)
		}
		all = append(all, sending.Words{Owner: name, Text: strings.ToValidUTF8(string(b), "\uFFFD")})
	}
	return all, nil
}

// runSendFrom sends what --out wrote.
func runSendFrom(ctx context.Context, g *globals, o sendOptions, p printer) error {
	s, done, err := o.sender(g)
	if err != nil {
		return err
	}
	defer done()
	letters, err := s.FromOutbox(ctx, o.from)
	return sent(g, p, s, letters, err)
}

// runSendInvoices mails the PDFs of a period's invoices.
func runSendInvoices(ctx context.Context, g *globals, o sendOptions, p printer) error {
	if o.month != "" || len(o.owners) > 0 || len(o.notes) > 0 || o.out != "" || o.from != "" || o.corrected || o.findings || o.failOn != "" || o.metrics != "" {
		return usageError{errors.New("--invoices: goes with --period, --dry-run and --unsure alone")}
	}
	s, done, err := o.sender(g)
	if err != nil {
		return err
	}
	defer done()
	letters, err := s.Invoices(ctx, o.period, o.dryRun)
	err = sent(g, p, s, letters, err)
	if letters != nil && o.dryRun {
		g.note("nothing was sent: --dry-run")
	}
	return err
}

// sent lists what became of the letters; failed is what went wrong with them.
func sent(g *globals, p printer, s *sending.Sender, letters []*sending.Letter, failed error) error {
	if failed != nil && letters == nil {
		return failed
	}
	if err := printLetters(g, p, letters); err != nil {
		return err
	}
	var folders []string
	for _, t := range letters { // what somebody who reads only "sent" would not know
		if t.State == reports.SummarySent && s.Config.Channels[t.Channel].Kind == config.KindFolder && !slices.Contains(folders, t.Channel) {
			folders = append(folders, t.Channel)
			g.note("nothing was mailed: channel is %s", t.Channel)
		}
	}
	if errors.Is(failed, sending.ErrNotSent) {
		return errReported
	}
	return failed
}
