package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"usagereport/internal/config"
	"usagereport/internal/misuse"
	"usagereport/internal/terminal"
	"usagereport/reports"
	"usagereport/reports/text"
	"usagereport/sending"
)

// sender makes what sends by the channels of the configuration. Call done when all is
// sent.
func (o sendOptions) sender(g *globals) (s *sending.Sender, done func(), err error) {
	_, watched := g.env.terminal(g.env.stderr)
	s = &sending.Sender{Workspace: &g.work, Verbose: g.verbose, Watched: watched, Unsure: o.unsure, Fail: g.Fail}
	if s.Config, err = g.work.Configuration(); err != nil {
		return nil, nil, err
	}
	s.Channels, done, err = channels(g, s.Config)
	return s, done, err
}

func runSend(ctx context.Context, g *globals, o sendOptions, p terminal.Printer) error {
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
			return misuse.Of(fmt.Errorf("--out %s: something is there already; name a folder that is empty or does not exist", o.out))
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
		g.Note("%s", said)
	}
	if err == nil && o.failOn != "" && m.NewHigh {
		return errCondition
	}
	return err
}

// maker reads the flags of what is sent to owners.
func (o sendOptions) maker(ctx context.Context, g *globals, s *sending.Sender) (*sending.Maker, error) {
	to := sending.Options{Owners: o.owners, DryRun: o.dryRun, Corrected: o.corrected, Findings: o.findings, Gated: o.failOn != ""}
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
	for _, text := range flags {
		name, path, ok := strings.Cut(text, "=")
		if !ok {
			return nil, misuse.Of(fmt.Errorf("--note %s: write OWNER=FILE", text))
		}
		words, err := sending.ReadWords(name, path)
		if err != nil {
			return nil, err
		}
		all = append(all, words)
	}
	return all, nil
}

// runSendFrom sends what --out wrote.
func runSendFrom(ctx context.Context, g *globals, o sendOptions, p terminal.Printer) error {
	s, done, err := o.sender(g)
	if err != nil {
		return err
	}
	defer done()
	letters, err := s.FromOutbox(ctx, o.from)
	return sent(g, p, s, letters, err)
}

// runSendInvoices mails the PDFs of a period's invoices.
func runSendInvoices(ctx context.Context, g *globals, o sendOptions, p terminal.Printer) error {
	if o.month != "" || len(o.owners) > 0 || len(o.notes) > 0 || o.out != "" || o.from != "" || o.corrected || o.findings ||
		o.failOn != "" || o.metrics != "" {
		return misuse.Of(errors.New("--invoices: goes with --period, --dry-run and --unsure alone"))
	}
	s, done, err := o.sender(g)
	if err != nil {
		return err
	}
	defer done()
	letters, err := s.Invoices(ctx, o.period, o.dryRun)
	err = sent(g, p, s, letters, err)
	if letters != nil && o.dryRun {
		g.Note("nothing was sent: --dry-run")
	}
	return err
}

// sent lists what became of the letters; failed is what went wrong with them.
func sent(g *globals, p terminal.Printer, s *sending.Sender, letters []*sending.Letter, failed error) error {
	if failed != nil && letters == nil {
		return failed
	}
	if err := text.Letters(p, letters); err != nil {
		return err
	}
	var folders []string
	for _, t := range letters { // "sent" alone would not say it
		if t.State == reports.SummarySent && s.Config.Channels[t.Channel].Kind == config.KindFolder && !slices.Contains(folders, t.Channel) {
			folders = append(folders, t.Channel)
			g.Note("nothing was mailed: channel is %s", t.Channel)
		}
	}
	if errors.Is(failed, sending.ErrNotSent) {
		return errReported
	}
	return failed
}
