package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"

	"github.com/spf13/cobra"

	"usagereport/analysis"
	"usagereport/internal/misuse"
	"usagereport/workspace"
)

type reportOptions struct {
	choosing
	out             string
	format          string
	pdf, full, xlsx bool
	showback        bool
	spreadInvoice   bool
	redact          bool
	redactKey       string
	sensitivity     string
	cost            string
	lang, owner     string
	answersTo       string
	tags, filters   []string
	plans           string
	partial, open   bool
	record, audit   bool
	since, metrics  string
	asking          asking
	load            loadOptions
}

func newReportCommand(g *globals) *cobra.Command {
	var o reportOptions
	c := &cobra.Command{
		Use:  "report [SOURCE...]",
		Args: noPeriods,
		RunE: func(cmd *cobra.Command, args []string) error { return runReport(cmd.Context(), g, o, args) },
	}
	f := c.Flags()
	addEngineFlag(f, g)
	f.StringVarP(&o.out, "output", "o", "", "`FILE` to write; - is stdout (default usage-PERIOD[-OWNER].html, .xlsx, .pdf, .json, .md)")
	f.StringVarP(&o.format, "format", "f", "", "`FORMAT` of the report: html, json or markdown (default html)")
	f.BoolVar(&o.xlsx, "xlsx", false, "write a spreadsheet: a sheet for each section")
	f.BoolVar(&o.full, "full", false, "with a PDF: the whole report, and the evidence of each finding, not only the first two pages")
	f.BoolVar(&o.pdf, "pdf", false, "write a PDF, printed by an installed browser ($CHROMIUM names one)")
	o.addFlags(f)
	addOwnerFlag(f, &o.owner)
	addFilterFlag(f, &o.filters)
	f.BoolVar(&o.showback, "showback", false, "write whose the bill is, a line an owner, as CSV or with --xlsx")
	f.BoolVar(&o.spreadInvoice, "spread-invoice", false,
		"with --showback: spread tax, support, credits and rounding over the owners, by what each bears")
	f.BoolVar(&o.redact, "redact", false, "replace names, ids and tags by pseudonyms; services, meters, regions and amounts stay")
	f.StringVar(&o.redactKey, "redact-key", workspace.RedactKeyName, "`FILE` with the key of the pseudonyms; it is made if it is not there")
	addSensitivityFlag(f, &o.sensitivity)
	addCostFlag(f, &o.cost)
	addConvertFlag(f, g)
	f.StringVar(&o.lang, "lang", "", "`LANGUAGE` of the report: en or zh-Hant (default the owner's, or en)")
	f.StringVar(&o.answersTo, "answers-to", "", "mail `ADDRESS` to which the page offers to answer findings")
	addTagsFlag(f, &o.tags)
	addPlansFlag(f, &o.plans)
	o.asking.addFlags(f)
	f.BoolVar(&o.open, "open", false, "open the file that was written, with what this system opens such files with")
	f.BoolVar(&o.partial, "partial", false, "report even if a source was refused; the report says so")
	f.BoolVar(&o.record, "record", false, "keep in the ledger what the report says, as of one that is handed out; it shows its id")
	f.BoolVar(&o.audit, "audit", false, "recompute the report's claims from the ledger first, as 'usagereport audit' does; its "+
		"footer says how many")
	addMetricsFlag(f, &o.metrics)
	f.StringVar(&o.since, "since", "", "say why what was sent or recorded under this `ID` costs something else now (default the last one)")
	o.load.addFlags(f)
	addWaitFlag(f, &o.load.wait)
	return c
}

func runReport(ctx context.Context, g *globals, o reportOptions, refs []string) error {
	if err := o.check(g, refs); err != nil {
		return err
	}
	if o.showback {
		return runShowback(ctx, g, o, refs)
	}
	asked, err := o.asking.find(g)
	if err != nil {
		return err
	}
	form, err := o.rendering(g) // before the work, not after it
	if err != nil {
		return err
	}
	q, err := o.question(g, refs)
	if err != nil {
		return err
	}
	q.ResourceDays = form.ext == "xlsx"
	s, refused, err := o.session(ctx, g, refs)
	if err != nil {
		return err
	}
	defer s.Close()
	a, err := s.Report(ctx, q)
	if err != nil {
		return err
	}
	defer a.Close()
	if a.Empty {
		g.Note("no charges in what was loaded; the report says so")
	}
	if o.lang == "" && a.Owner.Language != "" {
		o.lang = a.Owner.Language
		if form, err = o.rendering(g); err != nil {
			return fmt.Errorf("%s: language of %s: %w", a.File.Path, a.Owner.Name, err)
		}
	}
	r := a.Report
	r.Refused, r.Partial = refused, len(refused) > 0
	if len(r.Parts) > 0 {
		ahead, err := s.Ahead(ctx, a.Analysis)
		if err != nil && !analysis.IsNothing(err) {
			return err
		}
		if ahead != "" {
			g.Note("%s", ahead)
		}
		if r.Asked, err = o.asking.ask(ctx, g, asked, r.Parts[0].Period.Name); err != nil {
			return err
		}
	}
	notes, err := o.keep(ctx, g, s, a)
	if err != nil {
		return err
	}
	return o.deliver(ctx, g, s, form, r, notes)
}

// check refuses flags that contradict each other, before anything is done.
func (o reportOptions) check(g *globals, refs []string) error {
	switch {
	case o.showback && len(o.filters) > 0:
		return misuse.Of(errors.New("--showback: divides all of the bill; leave out --filter"))
	case o.showback && o.spreadInvoice && o.cost == string(analysis.Effective):
		return misuse.Of(errors.New("--spread-invoice: an invoice is of billed cost; leave out --cost effective"))
	case o.showback: // whose other flags its own check knows
		return nil
	case o.redactKey != workspace.RedactKeyName && !o.redact:
		return misuse.Of(errors.New("--redact-key: belongs to --redact"))
	case o.redact && o.answersTo != "":
		return misuse.Of(errors.New("--answers-to: a redacted report names no address; leave it out"))
	case o.record && g.work.Convert:
		return misuse.Of(errors.New("--record: what is handed out is kept in the currency of the bill; leave out --convert"))
	case o.redact && len(o.filters) > 0:
		return misuse.Of(errors.New("--filter: says in the title what it takes, which cannot be redacted; leave out one of them"))
	case o.record && o.cost == string(analysis.Effective):
		return misuse.Of(errors.New("--record: what is handed out is kept by billed cost; leave out --cost effective"))
	case o.since != "" && o.cost == string(analysis.Effective):
		return misuse.Of(errors.New("--since: what was said is of billed cost; leave out --cost effective"))
	case o.record && len(o.filters) > 0:
		return misuse.Of(errors.New("--record: what is handed out is kept of all cost; leave out --filter"))
	case o.since != "" && len(o.filters) > 0:
		return misuse.Of(errors.New("--since: what was said is of all cost; leave out --filter"))
	case o.spreadInvoice:
		return misuse.Of(errors.New("--spread-invoice: belongs to --showback"))
	case len(o.asking.names) == 0:
	case o.owner != "":
		return misuse.Of(errors.New("--query: a query sees all owners' charges; leave out --owner"))
	case o.redact:
		return misuse.Of(errors.New("--query: what a query answers cannot be redacted; leave out one of them"))
	case len(refs) > 0 && !g.work.Chosen():
		return misuse.Of(errors.New("--query: asks a ledger, and none is kept here; name one with --db"))
	}
	if o.redact {
		if err := workspace.KeptHome(o.redactKey, o.out); err != nil {
			return misuse.Of(err)
		}
	}
	if !o.open {
		return nil
	}
	if o.out == "-" {
		return misuse.Of(errors.New("--open: -o - writes no file that could be opened"))
	}
	if _, err := exec.LookPath(g.env.opener[0]); err != nil {
		return noOpener(g.env.opener[0], err)
	}
	return nil
}
