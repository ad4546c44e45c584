package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"usagereport/analysis"
	"usagereport/internal/atomicfile"
	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/locale"
	"usagereport/reports"
	"usagereport/reports/pdf"
)

type reportOptions struct {
	out, period, month string
	format             string
	pdf, xlsx          bool
	showback           bool
	spreadInvoice      bool
	redact             bool
	redactKey          string
	sensitivity        string
	lang, owner        string
	answersTo          string
	tags               []string
	plans              string
	partial, open      bool
	record             bool
	since, metrics     string
	asking             asking
	load               loadOptions
}

// A rendering is one way to write a report.
type rendering struct {
	ext   string // of the file, where nobody names it
	write func(ctx context.Context, w io.Writer, r *analysis.Report) error
}

// rendering returns the one that the flags choose.
func (o reportOptions) rendering(g *globals) (rendering, error) {
	l, err := locale.New(o.lang)
	if err != nil {
		return rendering{}, usageError{fmt.Errorf("--lang: %w", err)}
	}
	options := reports.Options{Lang: o.lang, AnswersTo: o.answersTo}
	if err := options.Check(); err != nil {
		return rendering{}, usageError{fmt.Errorf("--answers-to: %w", err)}
	}
	if o.pdf && o.xlsx || (o.pdf || o.xlsx) && o.format != "" {
		return rendering{}, usageError{errors.New("--format, --xlsx and --pdf: give one of them; a run writes one file")}
	}
	if o.xlsx {
		return rendering{"xlsx", func(_ context.Context, w io.Writer, r *analysis.Report) error {
			return reports.WriteXLSX(w, r, options)
		}}, nil
	}
	if o.pdf {
		p := pdf.Printer{Browser: g.env.getenv(pdf.Variable), Chinese: l.Lang == locale.TraditionalChinese, Note: func(s string) { g.note("%s", s) }}
		if _, err := p.Find(); err != nil { // before the work, not after it
			return rendering{}, err
		}
		return rendering{"pdf", func(ctx context.Context, w io.Writer, r *analysis.Report) error {
			var page bytes.Buffer
			if err := reports.Write(&page, r, options); err != nil {
				return err
			}
			file, err := p.Print(ctx, page.Bytes())
			if err != nil {
				return err
			}
			_, err = w.Write(file)
			return err
		}}, nil
	}
	switch strings.ToLower(o.format) {
	case "", "html":
		return rendering{"html", func(_ context.Context, w io.Writer, r *analysis.Report) error {
			return reports.Write(w, r, options)
		}}, nil
	case "json":
		return rendering{"json", func(_ context.Context, w io.Writer, r *analysis.Report) error {
			return reports.WriteJSON(w, r, options)
		}}, nil
	case "markdown":
		return rendering{"md", func(_ context.Context, w io.Writer, r *analysis.Report) error {
			return reports.WriteMarkdown(w, r, options)
		}}, nil
	}
	return rendering{}, usageError{fmt.Errorf("--format %s: unknown; use html, json or markdown", o.format)}
}

func newReportCommand(g *globals) *cobra.Command {
	var o reportOptions
	c := &cobra.Command{
		Use:   "report [SOURCE...]",
		Short: "Write the report: HTML, PDF, a spreadsheet, markdown or JSON",
		Long: `Write the HTML report: one file that opens offline and can be mailed. Given
SOURCEs it loads them first; without --db they are kept in memory only. Its path
is printed. --format, --xlsx and --pdf write the same report in another form, one a
run; --pdf needs Chromium, Google Chrome or Microsoft Edge to be installed.

With --owner the report is of what is one owner's, by the owners file, and holds
nothing of anybody else; it is in the owner's language, with the owner's budget.

With --redact the report can leave the company: subscriptions, resource groups,
resources, tags, accounts, owners and files have pseudonyms like resource-7k3qm2xa,
by a key in a file that stays home. Notes, queries and links to the portal are left
out. What services, meters and regions are called, days and amounts stay.`,
		Example: `  usagereport report 201807-v2.csv
  usagereport report exports/*.csv -o november.html
  usagereport report --db prod.duckdb --period last --open
  usagereport report --month 2026-10 -o - > october.html
  usagereport report --lang zh-Hant -o 2026-11.html
  usagereport report --owner Search --period last --answers-to costs@example.org
  usagereport report --showback --period last
  usagereport report --record -o handed-out.html
  usagereport report --query savings,untagged
  usagereport report --xlsx
  usagereport report --redact -o for-support.html
  usagereport report --pdf -o november.pdf
  usagereport report --format json -o report.json
  usagereport report --format markdown -o - | gh pr comment 12 --body-file -`,
		RunE: func(cmd *cobra.Command, args []string) error { return runReport(cmd.Context(), g, o, args) },
	}
	f := c.Flags()
	f.StringVarP(&o.out, "output", "o", "", "`FILE` to write; - is stdout (default usage-PERIOD[-OWNER].html, .xlsx, .pdf, .json, .md)")
	f.StringVarP(&o.format, "format", "f", "", "`FORMAT` of the report: html, json or markdown (default html)")
	f.BoolVar(&o.xlsx, "xlsx", false, "write a spreadsheet: a sheet for each section")
	f.BoolVar(&o.pdf, "pdf", false, "write a PDF, printed by an installed browser ($CHROMIUM names one)")
	f.StringVar(&o.period, "period", "", "billing period by its `NAME` (2018-07), current or last (default current)")
	f.StringVar(&o.month, "month", "", "calendar `MONTH` (2018-07), current or last: charges by day, not by bill")
	addOwnerFlag(f, &o.owner)
	f.BoolVar(&o.showback, "showback", false, "write whose the bill is, a line an owner, as CSV or with --xlsx")
	f.BoolVar(&o.spreadInvoice, "spread-invoice", false, "with --showback: spread tax, support, credits and rounding over the owners, by what each bears")
	f.BoolVar(&o.redact, "redact", false, "replace names, ids and tags by pseudonyms; services, meters, regions and amounts stay")
	f.StringVar(&o.redactKey, "redact-key", defaultRedactKey, "`FILE` with the key of the pseudonyms; it is made if it is not there")
	addSensitivityFlag(f, &o.sensitivity)
	f.StringVar(&o.lang, "lang", "", "`LANGUAGE` of the report: en or zh-Hant (default the owner's, or en)")
	f.StringVar(&o.answersTo, "answers-to", "", "mail `ADDRESS` to which the page offers to answer findings")
	addTagsFlag(f, &o.tags)
	addPlansFlag(f, &o.plans)
	o.asking.addFlags(f)
	f.BoolVar(&o.open, "open", false, "open the file that was written, with what this system opens such files with")
	f.BoolVar(&o.partial, "partial", false, "report even if a source was refused; the report says so")
	f.BoolVar(&o.record, "record", false, "keep in the ledger what the report says, as of one that is handed out; it shows its id")
	addMetricsFlag(f, &o.metrics)
	f.StringVar(&o.since, "since", "", "say why what was sent or recorded under this `ID` costs something else now (default the last one)")
	o.load.addFlags(f)
	addWaitFlag(f, &o.load.wait)
	return c
}

func runReport(ctx context.Context, g *globals, o reportOptions, refs []string) error {
	if o.showback {
		return runShowback(ctx, g, o, refs)
	}
	if o.redactKey != defaultRedactKey && !o.redact {
		return usageError{errors.New("--redact-key: belongs to --redact")}
	}
	if o.redact && o.answersTo != "" {
		return usageError{errors.New("--answers-to: a redacted report names no address; leave it out")}
	}
	if o.spreadInvoice {
		return usageError{errors.New("--spread-invoice: belongs to --showback")}
	}
	switch {
	case len(o.asking.names) == 0:
	case o.owner != "":
		return usageError{errors.New("--query: a query sees all owners' charges; leave out --owner")}
	case o.redact:
		return usageError{errors.New("--query: what a query answers cannot be redacted; leave out one of them")}
	case len(refs) > 0 && !g.chosen():
		return usageError{errors.New("--query: asks a ledger, and none is kept here; name one with --db")}
	}
	asked, err := o.asking.find(g)
	if err != nil {
		return err
	}
	form, err := o.rendering(g)
	if err != nil {
		return err
	}
	if o.redact {
		if err := keptHome(o.redactKey, o.out); err != nil {
			return usageError{err}
		}
	}
	if o.open {
		if o.out == "-" {
			return usageError{errors.New("--open: -o - writes no file that could be opened")}
		}
		if _, err := exec.LookPath(g.env.opener[0]); err != nil { // before the work, not after it
			return noOpener(g.env.opener[0], err)
		}
	}
	ao, err := g.options(o.period, o.month)
	if err != nil {
		return err
	}
	if err := sensitive(&ao, o.sensitivity); err != nil {
		return err
	}
	ao.Tags, ao.Whose = o.tags, true
	if ao.Plans, err = readPlans(o.plans); err != nil {
		return err
	}
	lo, err := o.load.options(g)
	if err != nil {
		return err
	}
	var l *ledger.Ledger
	switch {
	case len(refs) == 0:
		if err = errors.Join(g.takeAnswers(ctx, false), g.takeInvoices(ctx, false)); err == nil {
			l, err = g.open(ctx)
		}
	case g.chosen():
		l, err = g.openToWrite(ctx, ledger.Options{Create: true}, o.load.wait)
	default:
		l, err = ledger.Open(ctx, "", ledger.Options{Create: true})
	}
	if err != nil {
		return err
	}
	defer func() { l.Close() }()
	var refused []string
	if len(refs) > 0 {
		results, err := loadAll(ctx, g, l, lo, refs)
		if err != nil {
			return err
		}
		for _, r := range results {
			if r.Status == loader.Refused {
				refused = append(refused, fmt.Sprintf("%s: %v", r.Ref, r.Err))
			}
		}
		if len(refused) > 0 && !o.partial {
			fmt.Fprintf(g.env.stderr, "usagereport: %d of %d files refused, so there is no report; mend them, or report on the rest with --partial\n", len(refused), len(results))
			return errReported
		}
		if g.chosen() {
			if err := l.Publish(ctx); err != nil {
				return err
			}
			if l, err = g.open(ctx); err != nil {
				return err
			}
		}
	}
	if o.owner != "" {
		file, owner, err := g.owner(ctx, l, o.owner)
		if err != nil {
			return err
		}
		if ao.Owner, ao.Budget = owner.Name, budgetOf(owner); o.lang == "" && owner.Language != "" {
			o.lang = owner.Language
			if form, err = o.rendering(g); err != nil {
				return fmt.Errorf("%s: language of %s: %w", file.Path, owner.Name, err)
			}
		}
	}
	a, err := g.analysis(ctx, l, ao)
	if err != nil {
		return err
	}
	defer a.Close()
	r, err := a.Report(ctx)
	if o.owner != "" && analysis.IsNothing(err) {
		r, err = nothing(ctx, g, l, ao, a)
	}
	absent := (*analysis.AbsentError)(nil)
	switch {
	case errors.As(err, &absent) && absent.Gap:
		g.note("%s; the report says so", absent.Text)
		r, err = &analysis.Report{Warnings: []locale.Text{absent.Text}}, nil
	case errors.Is(err, analysis.ErrEmpty) && len(refs) > 0: // files without rows
		g.note("no charges in what was loaded; the report says so")
		r, err = &analysis.Report{Warnings: []locale.Text{locale.T("The files that were loaded hold no charges.")}}, nil
	}
	if err != nil {
		return err
	}
	if len(r.Parts) > 0 {
		ahead, err := g.ahead(ctx, a)
		if err != nil && !analysis.IsNothing(err) {
			return err
		}
		if ahead != "" {
			g.note("%s", ahead)
		}
	}
	r.Version, r.Refused, r.Partial = strings.TrimPrefix(versionText(), "usagereport "), refused, len(refused) > 0
	if len(r.Parts) > 0 {
		if r.Asked, err = o.asking.ask(ctx, g, asked, r.Parts[0].Period.Name); err != nil {
			return err
		}
	}
	if err := g.sinceLast(ctx, l, r, o.since); err != nil {
		return err
	}
	write := func(w io.Writer) error { return form.write(ctx, w, r) }
	var notes ledger.Notes
	if !r.Partial {
		if notes.Totals, err = a.Told(ctx, r, "report", g.env.now()); err != nil {
			return err
		}
	}
	if o.record {
		if err := g.record(ctx, l, a, r, ledger.RecordReport, &notes); err != nil {
			return err
		}
	}
	if o.metrics != "" {
		var m reports.Metrics
		m.Report(r)
		if err := g.writeMetrics(o.metrics, &m); err != nil {
			return err
		}
	}
	if o.redact {
		if err := g.redact(ctx, l, a, r, o.redactKey); err != nil {
			return err
		}
	}
	if o.out == "-" {
		if err := write(g.env.stdout); err != nil {
			return err
		}
		return l.Remember(ctx, notes)
	}
	path := cmp.Or(o.out, "usage."+form.ext)
	if o.out == "" && len(r.Parts) > 0 {
		path = "usage-" + fileName(r.Parts[0].Period.Name)
		if r.Owner != "" {
			path += "-" + fileName(r.Owner)
		}
		path += "." + form.ext
	}
	if err := atomicfile.Write(path, write); err != nil {
		return err
	}
	if err := l.Remember(ctx, notes); err != nil {
		return err
	}
	if err := g.say("%s", path); err != nil || !o.open {
		return err
	}
	return g.openFile(ctx, path)
}

// nothing returns the report on the owner that a is of, who has no charges in the
// period.
func nothing(ctx context.Context, g *globals, l *ledger.Ledger, o analysis.Options, a *analysis.Analysis) (*analysis.Report, error) {
	owner := o.Owner
	o.Owner, o.Budget = "", analysis.OwnerBudget{}
	all, err := analysis.New(ctx, l, o)
	if err != nil {
		return nil, err
	}
	defer all.Close()
	r, err := analysis.Nothing(ctx, all, a)
	if err == nil {
		g.note("owner %s: no charges in the period; the report says so", owner)
	}
	return r, err
}

func addMetricsFlag(f *pflag.FlagSet, path *string) {
	f.StringVar(path, "metrics", "", "write the numbers for a monitoring program into `FILE`, as OpenMetrics text")
}

func (g *globals) writeMetrics(path string, m *reports.Metrics) error {
	return atomicfile.Write(path, func(w io.Writer) error { return m.Write(w, g.env.now()) })
}

func noOpener(name string, err error) error {
	advice := "leave out --open"
	if name == "xdg-open" {
		advice = "install it (on Debian and Ubuntu the package xdg-utils), or " + advice
	}
	return fmt.Errorf("--open needs %s: %w; %s", name, err, advice)
}

// openFile opens a file with what the system opens such files with.
func (g *globals) openFile(ctx context.Context, path string) error {
	abs, err := filepath.Abs(path) // which no opener takes for a flag, or for a link
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	if err := g.hand(ctx, abs); err != nil {
		return fmt.Errorf("open %s with %s: %w; the file is written", path, g.env.opener[0], err)
	}
	return nil
}

// browse opens an address as openFile opens a file.
func (g *globals) browse(ctx context.Context, address string) error {
	if err := g.hand(ctx, address); err != nil {
		return fmt.Errorf("open the browser with %s: %w; open the address yourself", g.env.opener[0], err)
	}
	return nil
}

// hand gives what to the program that opens such things.
func (g *globals) hand(ctx context.Context, what string) error {
	c := exec.CommandContext(ctx, g.env.opener[0], append(g.env.opener[1:len(g.env.opener):len(g.env.opener)], what)...)
	c.Stdout, c.Stderr = g.env.stderr, g.env.stderr // stdout has the result
	return c.Run()
}

// fileName makes a name from a file's data safe as part of a path.
func fileName(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, s)
}
