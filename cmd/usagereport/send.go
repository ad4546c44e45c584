package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"usagereport/internal/misuse"
	"usagereport/internal/terminal"
	"usagereport/reports/text"
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
	p := g.printer()
	c := &cobra.Command{
		Use:  "send",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(g.work.Convert); err != nil {
				return err
			}
			if o.status {
				return runSendStatus(cmd.Context(), g, p)
			}
			if err := text.Letters(p.Trial(), nil); err != nil { // before anything goes
				return err
			}
			switch {
			case o.invoices:
				return runSendInvoices(cmd.Context(), g, o, p)
			case o.from != "":
				return runSendFrom(cmd.Context(), g, o, p)
			}
			return runSend(cmd.Context(), g, o, p)
		},
	}
	f := c.Flags()
	addEngineFlag(f, g)
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
	addConvertFlag(f, g)
	addWaitFlag(f, &g.work.Wait)
	addMetricsFlag(f, &o.metrics)
	addSensitivityFlag(f, &o.sensitivity)
	addTagsFlag(f, &o.tags)
	addFormatFlag(c, &p)
	return c
}

// check refuses flags that contradict each other.
func (o sendOptions) check(convert bool) error {
	ways := 0
	for _, given := range []bool{o.dryRun, o.out != "", o.from != "", o.status} {
		if given {
			ways++
		}
	}
	switch {
	case ways > 1:
		return misuse.Of(errors.New("--dry-run, --out, --from and --status: give one of them"))
	case o.from != "" && (o.period != "" || o.month != "" || len(o.notes) > 0 || len(o.owners) > 0 || o.corrected || o.findings ||
		o.failOn != "" || o.metrics != ""):
		return misuse.Of(errors.New("--from: what is sent was chosen when --out wrote it; leave the other flags out"))
	case o.unsure != "" && o.unsure != "sent" && o.unsure != "resend":
		return misuse.Of(fmt.Errorf("--unsure %s: use sent, if it has arrived, or resend", o.unsure))
	case o.failOn != "" && o.failOn != "new-high":
		return misuse.Of(fmt.Errorf("--fail-on %s: use new-high", o.failOn))
	case convert && (o.findings || o.invoices || o.from != "" || o.status):
		return misuse.Of(errors.New("--convert: is of reports; findings are told, and invoices sent, in the currency of the bill, and --from " +
			"sends what --out has converted: leave it out with --findings, --invoices, --from and --status"))
	case o.findings && o.corrected:
		return misuse.Of(errors.New("--findings and --corrected: give one of them"))
	}
	return nil
}

// runSendStatus lists what was sent.
func runSendStatus(ctx context.Context, g *globals, p terminal.Printer) error {
	s, err := g.work.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	all, err := s.Ledger.Records(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 && p.ForPeople() {
		return g.Say("nothing was sent or recorded; 'usagereport send --dry-run' shows what would be")
	}
	slices.Reverse(all)
	return text.Records(p, all)
}
