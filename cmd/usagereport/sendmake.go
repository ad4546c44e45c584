package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/mail"
	"os"
	"slices"
	"strings"
	"time"

	"usagereport/analysis"
	"usagereport/config"
	"usagereport/delivery"
	"usagereport/ledger"
	"usagereport/locale"
	"usagereport/owners"
	"usagereport/reports"
	"usagereport/reports/pdf"
	"usagereport/sending"
	"usagereport/usage"
)

// A maker makes what owners are sent.
type maker struct {
	*globals
	o         sendOptions
	config    config.Config
	channels  map[string]delivery.Channel
	done      func() // closes the channels
	ledger    *ledger.Ledger
	file      *owners.File
	options   analysis.Options // with the period by its name
	words     map[string]string
	before    []ledger.Record
	notes     ledger.Notes
	answersTo string // an address without a name
	metrics   reports.Metrics
	summary   reports.Summary
	newHigh   bool // a finding is high, and nobody was told of it
}

// newMaker reads all that can be wrong before anything is made of it. Close it.
func newMaker(ctx context.Context, g *globals, o sendOptions) (_ *maker, err error) {
	m := &maker{globals: g, o: o}
	if m.config, err = g.configuration(); err != nil {
		return nil, err
	}
	if m.channels, m.done, err = channels(g, m.config); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			m.close()
		}
	}()
	if m.config.AnswersTo != "" {
		a, err := mail.ParseAddress(m.config.AnswersTo)
		if err != nil {
			return nil, fmt.Errorf("answers_to of the configuration: %w", err)
		}
		m.answersTo = a.Address
	}
	if m.options, err = g.options(o.period, o.month); err != nil {
		return nil, err
	}
	if err := sensitive(&m.options, o.sensitivity); err != nil {
		return nil, err
	}
	m.options.Tags = o.tags
	if o.period == "" && o.month == "" && !o.findings {
		m.options.Period = "last"
	}
	if err := errors.Join(g.takeAnswers(ctx, !o.dryRun), g.takeInvoices(ctx, !o.dryRun)); err != nil {
		return nil, err
	}
	if m.ledger, err = g.open(ctx); err != nil {
		return nil, err
	}
	if m.file, err = g.needOwners(ctx, m.ledger); err != nil {
		return nil, err
	}
	if err := m.chosen(); err != nil {
		return nil, err
	}
	if m.words, err = m.readNotes(); err != nil {
		return nil, err
	}
	if m.before, err = m.ledger.Records(ctx); err != nil {
		return nil, err
	}
	if _, err = g.ownersText(ctx, m.ledger, &m.notes); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *maker) close() {
	m.done()
	if m.ledger != nil {
		m.ledger.Close()
	}
}

// channelOf returns the name of an owner's channel.
func channelOf(x owners.Owner) string { return cmp.Or(x.Channel, config.Folder) }

// chosen checks the owners that are to be sent something, and leaves out the others.
func (m *maker) chosen() error {
	list := m.file.Owners
	if len(m.o.owners) > 0 {
		list = nil
		for _, name := range m.o.owners {
			x, err := m.file.Owner(name)
			if err != nil {
				return usageError{fmt.Errorf("--owner: %w", err)}
			}
			if !slices.ContainsFunc(list, func(y owners.Owner) bool { return y.Name == x.Name }) {
				list = append(list, x)
			}
		}
	}
	for _, x := range list {
		if m.channels[channelOf(x)] == nil {
			names := slices.Sorted(maps.Keys(m.channels))
			return fmt.Errorf("%s:%d: channel: %s has the channel %q, which is none of the configuration's: %s", m.file.Path, x.Line, x.Name, x.Channel, strings.Join(names, ", "))
		}
		if _, err := locale.New(x.Language); err != nil {
			return fmt.Errorf("%s:%d: language: %w", m.file.Path, x.Line, err)
		}
		if slices.Contains(m.formsOf(x), "pdf") {
			if _, err := m.printer(x.Language).Find(); err != nil {
				return err
			}
		}
	}
	m.file.Owners = list
	return nil
}

func (m *maker) printer(lang string) pdf.Printer {
	return pdf.Printer{Browser: m.env.getenv(pdf.Variable), Chinese: lang == locale.TraditionalChinese, Note: func(s string) { m.note("%s", s) }}
}

// readNotes reads the sender's words, by owner.
func (m *maker) readNotes() (map[string]string, error) {
	const most = 64 << 10
	words := map[string]string{}
	for _, text := range m.o.notes {
		name, path, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usageError{fmt.Errorf("--note %s: write OWNER=FILE", text)}
		}
		i := slices.IndexFunc(m.file.Owners, func(x owners.Owner) bool { return strings.EqualFold(x.Name, name) })
		if i < 0 {
			return nil, usageError{fmt.Errorf("--note: %q is not one of the owners who are sent something", name)}
		}
		if name = m.file.Owners[i].Name; words[name] != "" {
			return nil, usageError{fmt.Errorf("--note: %s is there twice", name)}
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("--note: read the words to %s: %w", name, err)
		}
		if len(b) > most {
			return nil, fmt.Errorf("--note: %s is longer than 64 KB, which nobody reads", path)
		}
		words[name] = strings.ToValidUTF8(string(b), "\uFFFD")
	}
	return words, nil
}

// letters makes what is sent, one for each owner.
func (m *maker) letters(ctx context.Context) (out []*letter, err error) {
	all, err := m.whole(ctx)
	if err != nil {
		return nil, err
	}
	said := m.env.now()
	for i, x := range m.file.Owners {
		t, err := m.letter(ctx, x)
		if err != nil {
			return nil, fmt.Errorf("make the report of %s: %w; nothing was sent", x.Name, err)
		}
		out = append(out, t)
		if now := m.env.now(); m.verbose || now.Sub(said) >= 5*time.Second {
			said = now
			m.note("made %d of %d: %s", i+1, len(m.file.Owners), x.Name)
		}
	}
	return out, m.told(ctx, all)
}

// whole looks at what all owners have: which period it is, and what is nobody's.
func (m *maker) whole(ctx context.Context) ([]analysis.Ownership, error) {
	a, err := analysis.Look(ctx, m.ledger, m.options, m.file.Rules)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	all, err := a.Ownerships(ctx)
	if err != nil {
		return nil, err
	}
	if m.options.Month != "" { // the one that all owners are told of
		m.options.Month = all[0].Period.Name
	} else {
		m.options.Period = all[0].Period.Name
	}
	m.summary = reports.Summary{Version: reportVersion(), What: reports.SummaryReports, Period: all[0].Period}
	if m.o.findings {
		m.summary.What = reports.SummaryFindings
	}
	for _, o := range all {
		m.summary.Bills = append(m.summary.Bills, reports.SummaryBill{Total: o.Total.Amount, Unowned: o.Owned[""].Amount, Currency: o.Currency})
		for _, acc := range o.New {
			m.summary.New = append(m.summary.New, fmt.Sprintf("%s: %s %s", cmp.Or(acc.Name, acc.ID), rounded(acc.Total), o.Currency))
		}
	}
	return all, nil
}

// told puts the totals of what is sent into the notes: restatements are measured by
// what somebody has seen.
func (m *maker) told(ctx context.Context, all []analysis.Ownership) error {
	a, err := analysis.New(ctx, m.ledger, m.options)
	if err != nil {
		return err
	}
	defer a.Close()
	var r analysis.Report
	for _, o := range all {
		r.Parts = append(r.Parts, analysis.Part{Currency: o.Currency, Period: o.Period, Total: o.Total})
	}
	m.notes.Totals, err = a.Told(ctx, &r, "send", m.env.now())
	return err
}

// letter makes what one owner is sent.
func (m *maker) letter(ctx context.Context, x owners.Owner) (*letter, error) {
	t := &letter{owner: x.Name, channel: channelOf(x), to: x.Emails}
	o := m.options
	o.Owner = x.Name
	a, err := m.analysis(ctx, m.ledger, o)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	r, err := a.Report(ctx)
	if analysis.IsNothing(err) {
		o.Budget = budgetOf(x)
		r, err = nothing(ctx, m.globals, m.ledger, o, a)
	}
	if err != nil {
		return nil, err
	}
	r.Version = reportVersion()
	if !m.o.findings {
		if err := m.sinceLast(ctx, m.ledger, r, ""); err != nil {
			return nil, err
		}
	}
	m.metrics.Report(r)
	what := ledger.RecordReport
	if m.o.findings {
		what = ledger.RecordFindings
	}
	if t.record, err = a.Record(ctx, r, what, m.file.SHA256, m.env.now()); err != nil {
		return nil, err
	}
	t.costs = recordCosts(t.record)
	for i := range r.Parts {
		for _, f := range r.Parts[i].Answered {
			if f.Answer != nil && f.Answer.Answer == ledger.NotMine {
				m.summary.NotMine = append(m.summary.NotMine, reports.SummaryFinding{ID: f.ID, Owner: x.Name, Title: f.Label.String(), Impact: f.Impact.Amount, Currency: f.Currency})
			}
		}
	}
	for _, n := range sending.Tell(m.before, x.Name, t.record.Findings, m.env.now()) {
		m.newHigh = m.newHigh || n.Reason == sending.New && n.Finding.Severity == usage.SeverityHigh
	}
	if m.config.Channels[t.channel].Kind == config.KindMail && len(t.to) == 0 {
		t.state, t.why = reports.SummarySkipped, "no mail address; write one into the column email of "+m.file.Path
		return t, nil
	}
	mo := reports.MailOptions{Options: reports.Options{Lang: x.Language, AnswersTo: m.answersTo}, Note: m.words[x.Name]}
	if m.o.findings {
		return t, m.findings(t, r, mo)
	}
	v := t.decide(m.before, m.o, m.o.corrected)
	if !v.Send {
		return t, nil
	}
	if t.record.What = v.What; v.What == ledger.RecordCorrected {
		if len(v.Differs) > 0 {
			mo.Corrected = &v.Differs[0]
		}
		if err := t.record.Identify(); err != nil {
			return nil, err
		}
	}
	r.Record = t.record.ID
	files, err := m.files(ctx, r, x, mo.Options)
	if err != nil {
		return nil, err
	}
	if link := m.config.Channels[t.channel].Link; link != "" {
		return t, m.packStored(ctx, t, r, mo, files, link)
	}
	for _, f := range files {
		mo.Attached = append(mo.Attached, f.Name)
	}
	return t, m.pack(t, r, mo, files)
}

// packStored makes the parcel of a message that leads to the report, and that of the
// report, which goes into the store of the channel called store.
func (m *maker) packStored(ctx context.Context, t *letter, r *analysis.Report, mo reports.MailOptions, files []delivery.File, store string) error {
	if m.o.dryRun { // of which nobody needs a link
		return m.pack(t, r, mo, nil)
	}
	message, err := reports.NewMail(r, mo)
	if err != nil {
		return err
	}
	message.ID, message.Owner, message.To, message.Files = t.record.ID, t.owner, t.to, files
	stored, err := m.channels[store].Prepare(message)
	if err != nil {
		return err
	}
	linker, ok := m.channels[store].(interface {
		Link(ctx context.Context, p delivery.Parcel) (string, error)
	})
	if !ok {
		return fmt.Errorf("the channel %s has no links", store)
	}
	if mo.Link, err = linker.Link(ctx, stored); err != nil {
		return err
	}
	t.stored = &stored
	return m.pack(t, r, mo, nil)
}

// findings makes the mail on what is new of an owner's findings.
func (m *maker) findings(t *letter, r *analysis.Report, mo reports.MailOptions) error {
	news := sending.Tell(m.before, t.owner, t.record.Findings, m.env.now())
	if len(news) == 0 {
		t.state, t.why = reports.SummarySkipped, "nothing new"
		return nil
	}
	byID := map[string]analysis.Finding{}
	for i := range r.Parts {
		for _, list := range [][]analysis.Finding{r.Parts[i].Findings, r.Parts[i].Minor, r.Parts[i].Answered} {
			for _, f := range list {
				byID[f.ID] = f
			}
		}
	}
	t.record.Findings = nil
	for _, n := range news {
		f := byID[n.Finding.ID]
		t.record.Findings = append(t.record.Findings, n.Finding)
		mo.News = append(mo.News, reports.News{Finding: f, Reason: reasons()[n.Reason], Before: usage.Money{Amount: n.Before, Currency: f.Currency}})
	}
	if err := t.record.Identify(); err != nil {
		return err
	}
	if v := t.decide(m.before, m.o, false); !v.Send {
		return nil
	}
	return m.pack(t, r, mo, nil)
}

// reasons are the words of the mail for why a finding is told of.
func reasons() map[sending.Reason]reports.Reason {
	return map[sending.Reason]reports.Reason{sending.New: reports.IsNew, sending.Grown: reports.Grown, sending.Ended: reports.Ended, sending.Remind: reports.Remind}
}

// pack makes the parcel.
func (m *maker) pack(t *letter, r *analysis.Report, mo reports.MailOptions, files []delivery.File) error {
	message, err := reports.NewMail(r, mo)
	if err != nil {
		return err
	}
	message.ID, message.Owner, message.To, message.Files = t.record.ID, t.owner, t.to, files
	parcel, err := m.channels[t.channel].Prepare(message)
	t.parcel, t.subject = &parcel, message.Subject
	return err
}

// formsOf returns the forms in which an owner gets the report.
func (m *maker) formsOf(x owners.Owner) []string {
	c := m.config.Channels[channelOf(x)]
	if c.Link != "" {
		c = m.config.Channels[c.Link]
	}
	return c.Attach
}

// files writes the report in the forms that the owner's channel takes along.
func (m *maker) files(ctx context.Context, r *analysis.Report, x owners.Owner, o reports.Options) (out []delivery.File, err error) {
	forms := m.formsOf(x)
	period := "usage"
	if len(r.Parts) > 0 {
		period = "usage-" + r.Parts[0].Period.Name
	}
	var page bytes.Buffer
	if slices.Contains(forms, "html") || slices.Contains(forms, "pdf") {
		if err := reports.Write(&page, r, o); err != nil {
			return nil, err
		}
	}
	for _, form := range forms {
		f := delivery.File{Name: delivery.SafeName(period + "-" + x.Name + "." + form)}
		switch form {
		case "html":
			f.Type, f.Bytes = "text/html; charset=utf-8", page.Bytes()
		case "pdf":
			f.Type = "application/pdf"
			if f.Bytes, err = m.printer(x.Language).Print(ctx, page.Bytes()); err != nil {
				return nil, err
			}
		case "xlsx":
			var b bytes.Buffer
			if err := reports.WriteXLSX(&b, r, o); err != nil {
				return nil, err
			}
			f.Type, f.Bytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b.Bytes()
		default:
			return nil, fmt.Errorf("there is no form %s of a report", form)
		}
		out = append(out, f)
	}
	return out, nil
}

// wouldGo says what would become of a parcel.
func (m *maker) wouldGo(t *letter) string {
	why := "not sent yet"
	switch t.record.What {
	case ledger.RecordCorrected:
		why = "the total has changed since it was sent"
	case ledger.RecordFindings:
		why = fmt.Sprintf("%d findings", len(t.record.Findings))
		if len(t.record.Findings) == 1 {
			why = "1 finding"
		}
	}
	if m.config.Channels[t.channel].Kind == config.KindFolder {
		why += "; nothing is mailed: channel is " + t.channel
	}
	return why
}

// sendSummary tells the administrator what was sent; where the configuration names
// none, nobody.
func (g *globals) sendSummary(ctx context.Context, l *ledger.Ledger, c config.Config, by map[string]delivery.Channel, s reports.Summary, letters []*letter) error {
	if len(letters) == 0 || ctx.Err() != nil {
		return nil
	}
	fail := func(err error) error { return fmt.Errorf("summary to the administrator: %w", err) }
	r := ledger.Record{What: ledger.RecordSummary, Period: s.Period.Name, Span: s.Period.Span, ByMonth: s.Period.ByMonth, At: g.env.now().UTC()}
	if err := r.Identify(); err != nil {
		return fail(err)
	}
	for name, channel := range by {
		stored, ok := channel.(interface {
			Index(ctx context.Context, id string) (delivery.Receipt, error)
		})
		if !ok || !slices.ContainsFunc(letters, func(t *letter) bool {
			return t.state == reports.SummarySent && (t.channel == name || t.stored != nil && t.stored.Channel == name)
		}) {
			continue
		}
		receipt, err := stored.Index(ctx, r.ID)
		if err != nil {
			return fail(err)
		}
		g.note("the list of what is in %s: %s", name, receipt.Where)
		s.Stored = append(s.Stored, cmp.Or(receipt.Link, receipt.Where))
	}
	if len(c.Admin) == 0 {
		return nil
	}
	quiet := s.What == reports.SummaryFindings // nobody reads each day that there is nothing
	for _, t := range letters {
		s.Rows = append(s.Rows, reports.SummaryRow{Owner: t.owner, State: t.state, Costs: recordTotals(t.record), Detail: t.why})
		quiet = quiet && t.state == reports.SummarySkipped
	}
	if quiet {
		return nil
	}
	records, err := l.Records(ctx)
	if err != nil {
		return fail(err)
	}
	answers, err := l.Answers(ctx)
	if err != nil {
		return fail(err)
	}
	answered := map[string]bool{}
	for _, x := range answers {
		answered[x.Finding] = true
	}
	now := g.env.now()
	for _, w := range sending.Unanswered(records, answered, now.AddDate(0, 0, -45)) {
		s.Unanswered = append(s.Unanswered, reports.SummaryFinding{
			ID: w.Finding.ID, Owner: w.Owner, Title: w.Finding.Title,
			Impact: w.Finding.Impact, Currency: w.Finding.Currency, Told: usage.DayOf(w.At),
		})
	}
	message, err := reports.NewSummary(s)
	if err != nil {
		return fail(err)
	}
	t := &letter{owner: "the administrator", channel: adminChannel(c), to: c.Admin, record: r}
	message.ID, message.To = r.ID, c.Admin
	parcel, err := by[t.channel].Prepare(message)
	if err != nil {
		return fail(err)
	}
	t.parcel = &parcel
	return g.sendAll(ctx, l, by, []*letter{t}, "")
}

// adminChannel is how the administrator is told: by the first channel that mails, or
// into the folder.
func adminChannel(c config.Config) string {
	for _, name := range slices.Sorted(maps.Keys(c.Channels)) {
		if c.Channels[name].Kind == config.KindMail {
			return name
		}
	}
	return config.Folder
}

// recordCosts says what a record says it cost.
func recordCosts(r ledger.Record) string {
	var all []string
	for _, m := range recordTotals(r) {
		all = append(all, rounded(m)+" "+m.Currency)
	}
	return strings.Join(all, "; ")
}

// recordTotals are the totals of a record, shared cost with them.
func recordTotals(r ledger.Record) (out []usage.Money) {
	for _, t := range r.Totals {
		out = append(out, usage.Money{Amount: t.Total.Add(t.Shared), Currency: t.Currency})
	}
	return out
}

// signed writes amounts with their signs.
func signed(all []usage.Money) string {
	var out []string
	for _, m := range all {
		sign := ""
		if m.Amount.Sign() > 0 {
			sign = "+"
		}
		out = append(out, sign+rounded(m)+" "+m.Currency)
	}
	return strings.Join(out, ", ")
}

// fingerprint is the SHA-256 of what a parcel holds.
func fingerprint(p delivery.Parcel) string {
	h := sha256.New()
	for _, f := range p.Files {
		h.Write(fmt.Appendf(nil, "%s\n%d\n", f.Name, len(f.Bytes)))
		h.Write(f.Bytes)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// reportVersion is the program's version as reports show it.
func reportVersion() string { return strings.TrimPrefix(versionText(), "usagereport ") }
