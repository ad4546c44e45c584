package sending

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/mail"
	"os"
	"slices"
	"strings"
	"time"

	"usagereport/analysis"
	"usagereport/internal/config"
	"usagereport/internal/locale"
	"usagereport/internal/misuse"
	"usagereport/ledger"
	"usagereport/owners"
	"usagereport/reports"
	"usagereport/reports/pdf"
	"usagereport/usage"
	"usagereport/workspace"
)

// Options choose what is sent to owners.
type Options struct {
	analysis.Options
	Owners    []string // only these; none is all
	Words     []Words
	DryRun    bool // nothing is sent
	Corrected bool // again where the total has changed since
	Findings  bool // what is new of the findings, not reports
	Gated     bool // NewHigh is asked for
}

// Words are the sender's own, at the top of an owner's mail.
type Words struct{ Owner, Text string }

// ReadWords reads the words to an owner from a file.
func ReadWords(owner, path string) (Words, error) {
	const most = 64 << 10
	b, err := os.ReadFile(path)
	if err != nil {
		return Words{}, fmt.Errorf("--note: read the words to %s: %w", owner, err)
	}
	if len(b) > most {
		return Words{}, fmt.Errorf("--note: %s is longer than 64 KB, which nobody reads", path)
	}
	return Words{Owner: owner, Text: strings.ToValidUTF8(string(b), "\uFFFD")}, nil
}

// A Maker makes what owners are sent. Close it.
type Maker struct {
	*Sender
	Summary reports.Summary
	Metrics reports.Metrics
	NewHigh bool // there is a finding of severity high that was told to nobody before

	o         Options // with the period by its name
	pages     string  // the currency to which pages are converted; "" where they are of the bill
	session   *workspace.Session
	file      *owners.File
	words     map[string]string
	before    []ledger.Record
	notes     ledger.Notes
	unused    []analysis.Finding // that less of a commitment is used than was, each of one owner
	answersTo string             // an address without a name
	current   bool               // no period was named
	newest    bool               // the newest period that has ended
	press     pdf.Press
}

// NewMaker reads all that can be wrong before anything is made of it.
func NewMaker(ctx context.Context, s *Sender, o Options) (_ *Maker, err error) {
	m := &Maker{Sender: s, o: o, current: o.Period == "" && o.Month == ""}
	if o.Convert { // what is recorded stays in the currencies of the bills
		m.pages, m.o.Convert, m.o.Currency = o.Currency, false, ""
	}
	if m.Config.AnswersTo != "" {
		a, err := mail.ParseAddress(m.Config.AnswersTo)
		if err != nil {
			return nil, fmt.Errorf("answers_to of the configuration: %w", err)
		}
		m.answersTo = a.Address
	}
	if m.current && !o.Findings {
		m.o.Period = "last"
	}
	m.newest = !o.Findings && (m.o.Period == "last" || m.o.Month == "last")
	if m.session, err = m.Session(ctx, !o.DryRun); err != nil {
		return nil, err
	}
	m.Ledger = m.session.Ledger
	if err := m.read(ctx); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

// read reads what is known of owners and of what was sent.
func (m *Maker) read(ctx context.Context) (err error) {
	if m.file, err = m.session.NeedOwners(ctx); err != nil {
		return err
	}
	if err := m.chosen(); err != nil {
		return err
	}
	m.Ledger.KeepCommon(len(m.file.Owners))
	if err := m.address(); err != nil {
		return err
	}
	if m.before, err = m.Ledger.Records(ctx); err != nil {
		return err
	}
	_, err = m.session.OwnersText(ctx, &m.notes)
	return err
}

// Close closes the ledger.
func (m *Maker) Close() error { return errors.Join(m.press.Close(), m.session.Close()) }

// address finds the owners that the sender's words are to.
func (m *Maker) address() error {
	m.words = map[string]string{}
	for _, w := range m.o.Words {
		i := slices.IndexFunc(m.file.Owners, func(x owners.Owner) bool { return strings.EqualFold(x.Name, w.Owner) })
		if i < 0 {
			return misuse.Flag("--note", fmt.Errorf("%q is not one of the owners who are sent something", w.Owner))
		}
		name := m.file.Owners[i].Name
		if m.words[name] != "" {
			return misuse.Flag("--note", fmt.Errorf("%s is there twice", name))
		}
		m.words[name] = w.Text
	}
	return nil
}

// chosen checks the owners that are to be sent something, and leaves out the others.
func (m *Maker) chosen() error {
	list := m.file.Owners
	if len(m.o.Owners) > 0 {
		list = nil
		for _, name := range m.o.Owners {
			x, err := m.file.Owner(name)
			if err != nil {
				return misuse.Of(fmt.Errorf("--owner: %w", err))
			}
			if !slices.ContainsFunc(list, func(y owners.Owner) bool { return y.Name == x.Name }) {
				list = append(list, x)
			}
		}
	}
	for _, x := range list {
		if m.Channels[channelOf(x)] == nil {
			names := slices.Sorted(maps.Keys(m.Channels))
			return fmt.Errorf("%s:%d: channel: %s has the channel %q, which is none of the configuration's: %s", m.file.Path, x.Line, x.Name,
				x.Channel, strings.Join(names, ", "))
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

// Letters makes what is sent, one for each owner.
func (m *Maker) Letters(ctx context.Context) (out []*Letter, err error) {
	if m.Verbose || m.Watched {
		m.Note("adding up the whole bill, for %d owners", len(m.file.Owners))
	}
	all, err := m.whole(ctx)
	if err != nil {
		return nil, err
	}
	said := m.Now()
	var keepers []*keeper
	for i, x := range m.file.Owners {
		var t *Letter
		var k *keeper
		if m.Config.Channels[channelOf(x)].Kind.Tickets() {
			t, k, err = m.keeper(ctx, x)
		} else {
			t, err = m.letters(ctx, x)
		}
		if err != nil {
			return nil, fmt.Errorf("make the report of %s: %w; nothing was sent", x.Name, err)
		}
		if k != nil {
			keepers = append(keepers, k)
		} else {
			out = append(out, t)
		}
		if now := m.Now(); m.Verbose || m.Watched || now.Sub(said) >= 5*time.Second {
			said = now
			m.Note("made %d of %d: %s", i+1, len(m.file.Owners), x.Name)
		}
	}
	if m.o.Findings {
		tickets, err := m.tickets(keepers)
		if err != nil {
			return nil, err
		}
		out = append(out, tickets...)
	}
	return out, m.told(ctx, all)
}

// whole looks at what all owners have: it chooses the period, and sums up the cost that
// has no owner.
func (m *Maker) whole(ctx context.Context) ([]analysis.Ownership, error) {
	a, err := analysis.Look(ctx, m.session.Ledger, m.o.Options, m.file.Rules)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	all, err := a.Ownerships(ctx)
	if err != nil {
		return nil, err
	}
	if p := all[0].Period; m.newest && !m.over(p) {
		if err := m.earlier(ctx, a, p); err != nil {
			return nil, err
		}
		return m.whole(ctx)
	}
	if m.o.Month != "" { // the same for all owners
		m.o.Month = all[0].Period.Name
	} else {
		m.o.Period = all[0].Period.Name
	}
	m.Summary = reports.Summary{Version: m.Version, What: reports.SummaryReports, Period: all[0].Period}
	if m.o.Findings {
		m.Summary.What = reports.SummaryFindings
		if err := m.commitments(ctx, a); err != nil {
			return nil, err
		}
		if err := m.nobodys(ctx); err != nil {
			return nil, err
		}
	}
	for _, o := range all {
		m.Summary.Bills = append(m.Summary.Bills, reports.SummaryBill{Total: o.Total.Amount, Unowned: o.Owned[""].Amount, Currency: o.Currency})
		for _, acc := range o.New {
			m.Summary.New = append(m.Summary.New, fmt.Sprintf("%s: %s %s", cmp.Or(acc.Name, acc.ID), acc.Total.Rounded().Text(), o.Currency))
		}
	}
	return all, nil
}

// told puts the totals of what is sent into the notes, by which restatements are
// measured.
func (m *Maker) told(ctx context.Context, all []analysis.Ownership) error {
	a, err := analysis.New(ctx, m.session.Ledger, m.o.Options)
	if err != nil {
		return err
	}
	defer a.Close()
	var r analysis.Report
	for _, o := range all {
		r.Parts = append(r.Parts, analysis.Part{Currency: o.Currency, Period: o.Period, Total: o.Total})
	}
	m.notes.Totals, err = a.Told(ctx, &r, "send", m.Now())
	return err
}

// letters makes what one owner is sent.
func (m *Maker) letters(ctx context.Context, x owners.Owner) (*Letter, error) {
	t, r, err := m.begin(ctx, x)
	if err != nil {
		return nil, err
	}
	return m.letter(ctx, x, t, r)
}

// begin makes an owner's report, and a letter with the record of it.
func (m *Maker) begin(ctx context.Context, x owners.Owner) (*Letter, *analysis.Report, error) {
	t := &Letter{Owner: x.Name, Channel: channelOf(x), To: x.Emails}
	q := m.question(x)
	a, err := m.session.Report(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	defer a.Close()
	r := a.Report
	m.Metrics.Report(r)
	what := ledger.RecordReport
	if m.o.Findings {
		what = ledger.RecordFindings
	}
	if t.Record, err = a.Record(ctx, r, what, m.file.SHA256, m.Now()); err != nil {
		return nil, nil, err
	}
	t.Costs = Costs(t.Record)
	if m.o.Findings {
		if err := m.sideOf(ctx, t, q.Options); err != nil {
			return nil, nil, err
		}
	}
	for i := range r.Parts {
		for _, f := range r.Parts[i].Answered {
			if f.Answer != nil && f.Answer.Answer == ledger.NotMine {
				m.Summary.NotMine = append(m.Summary.NotMine, reports.SummaryFinding{
					ID: f.ID, Owner: x.Name, Title: f.Label.String(),
					Impact: f.Impact.Amount, Currency: f.Currency,
				})
			}
		}
	}
	for _, n := range Tell(m.before, x.Name, t.Record.Findings, m.Now()) {
		m.NewHigh = m.NewHigh || n.Reason == New && n.Finding.Severity == usage.SeverityHigh
	}
	return t, r, nil
}

// question asks for an owner's report.
func (m *Maker) question(x owners.Owner) workspace.Question {
	q := workspace.Question{Options: m.o.Options, Findings: m.o.Findings}
	q.Owner, q.ResourceDays = x.Name, slices.Contains(m.formsOf(x), "xlsx")
	return q
}

// shown is the report that an owner sees of what r, in the currencies of the bills, says.
func (m *Maker) shown(ctx context.Context, x owners.Owner, r *analysis.Report) (*analysis.Report, error) {
	if m.pages == "" || len(r.Parts) == 0 {
		return r, nil
	}
	q := m.question(x)
	q.Convert, q.Currency = true, m.pages
	a, err := m.session.Report(ctx, q)
	if err != nil {
		return nil, err
	}
	if len(a.Report.Parts) > 0 && a.Report.Parts[0].NoRate() { // the bill says more than nothing
		no := locale.T("none of these charges has a rate to %s: amounts are in the currency of the bill", m.pages)
		for i := range r.Parts {
			r.Parts[i].Warnings = append([]locale.Text{no}, r.Parts[i].Warnings...)
		}
		return r, a.Close()
	}
	return a.Report, a.Close()
}

// commitments finds what is used less than it was. That is told the owner who has all that was not
// used; who looks after all of it is told the rest, for no part of it says so.
func (m *Maker) commitments(ctx context.Context, a *analysis.Analysis) error {
	found, err := a.CommitmentFindings(ctx)
	if err != nil {
		return err
	}
	for _, f := range found {
		if _, err := m.file.Owner(f.Owner); f.Owner != "" && err == nil {
			m.unused = append(m.unused, f)
		} else if f.Answer == nil {
			m.Summary.Unused = append(m.Summary.Unused, reports.SummaryFinding{
				ID: f.ID, Owner: f.Owner, Title: strings.TrimSuffix(f.Explanation.String(), "."), Impact: f.Impact.Amount, Currency: f.Currency,
			})
		}
	}
	return nil
}

// nobodys finds what befell costs that have no owner, or that several share: it is in no owner's report. Who looks after all of it
// is told.
func (m *Maker) nobodys(ctx context.Context) error {
	if len(m.o.Owners) > 0 || len(m.Config.Admin) == 0 && !m.o.Gated {
		return nil
	}
	told := Told(m.before)
	q := workspace.Question{Options: m.o.Options, Findings: true}
	q.Whose = true
	a, err := m.session.Report(ctx, q)
	if err != nil {
		return err
	}
	defer a.Close()
	for _, p := range a.Report.Parts {
		for _, f := range p.Findings {
			if f.Owner == "" && f.Answer == nil && !f.Whose.Empty() {
				m.NewHigh = m.NewHigh || f.Severity == usage.SeverityHigh && !told[f.ID]
				m.Summary.Nobodys = append(m.Summary.Nobodys, reports.SummaryFinding{
					ID: f.ID, Owner: f.Whose.String(), Title: strings.TrimSuffix(f.Explanation.String(), "."),
					Impact: f.Impact.Amount, Currency: f.Currency,
				})
			}
		}
	}
	return nil
}

// sideOf adds to t the owner's findings that are in no sum of findings.
func (m *Maker) sideOf(ctx context.Context, t *Letter, o analysis.Options) (err error) {
	units, err := m.session.UnitCosts(ctx, o)
	for _, currency := range slices.Sorted(maps.Keys(units)) {
		for _, u := range units[currency] {
			if u.Finding != nil {
				t.side = append(t.side, *u.Finding)
				t.Record.Findings = append(t.Record.Findings, u.Finding.Record())
			}
		}
	}
	for _, f := range m.unused {
		if f.Owner == t.Owner {
			t.side = append(t.side, f)
			t.Record.Findings = append(t.Record.Findings, f.Record())
		}
	}
	if err != nil || len(t.side) == 0 {
		return err
	}
	return t.Record.Identify()
}

// letter makes what one owner is sent of a report.
func (m *Maker) letter(ctx context.Context, x owners.Owner, t *Letter, r *analysis.Report) (*Letter, error) {
	if m.Config.Channels[t.Channel].Kind == config.KindMail && len(t.To) == 0 {
		t.State, t.Why = reports.SummarySkipped, "no mail address; write one into the column email of "+m.file.Path
		return t, nil
	}
	mo := reports.MailOptions{Options: reports.Options{Lang: x.Language, AnswersTo: m.answersTo}, Note: m.words[x.Name]}
	if m.o.Findings {
		return t, m.findings(t, r, mo)
	}
	v := t.decide(m.before, m.Unsure, m.o.Corrected)
	if !v.Send {
		return t, nil
	}
	mo.First = !slices.ContainsFunc(m.before, func(r ledger.Record) bool {
		return r.Owner == x.Name && r.What != ledger.RecordFindings && r.State != ledger.Failed
	})
	if t.Record.What = v.What; v.What == ledger.RecordCorrected {
		mo.Corrected = v.Differs
		if err := t.Record.Identify(); err != nil {
			return nil, err
		}
	}
	r, err := m.shown(ctx, x, r)
	if err != nil {
		return nil, err
	}
	r.Record = t.Record.ID
	files, err := m.files(ctx, r, x, mo.Options)
	if err != nil {
		return nil, err
	}
	if link := m.Config.Channels[t.Channel].Link; link != "" {
		return t, m.packStored(ctx, t, r, mo, files, link)
	}
	for _, f := range files {
		mo.Attached = append(mo.Attached, f.Name)
	}
	return t, m.pack(t, r, mo, files)
}

// findings makes the mail on what is new of an owner's findings.
func (m *Maker) findings(t *Letter, r *analysis.Report, mo reports.MailOptions) error {
	news := Tell(m.before, t.Owner, t.Record.Findings, m.Now())
	t.budgets = TellBudgets(m.before, t.Owner, t.Record.Totals)
	t.moves = TellMoves(m.before, t.Owner, t.Record.Totals)
	mo.Budget, mo.Moved = warnings(r, t.budgets), len(t.moves) > 0
	if len(news) == 0 && len(mo.Budget) == 0 && !mo.Moved {
		t.State, t.Why = reports.SummarySkipped, "nothing new"
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
	for _, f := range t.side {
		byID[f.ID] = f
	}
	t.Record.Findings = nil
	for _, n := range news {
		f := byID[n.Finding.ID]
		t.Record.Findings = append(t.Record.Findings, n.Finding)
		mo.News = append(mo.News, reports.News{
			Finding: f, Reason: reasons()[n.Reason],
			Before: usage.Money{Amount: n.Before, Currency: f.Currency},
		})
	}
	if err := t.Record.Identify(); err != nil {
		return err
	}
	if v := t.decide(m.before, m.Unsure, false); !v.Send {
		return nil
	}
	return m.pack(t, r, mo, nil)
}

// warnings returns those of the warnings of r's budget that are news.
func warnings(r *analysis.Report, news []ledger.RecordBudget) (out []analysis.BudgetWarning) {
	for i := range r.Parts {
		b := r.Parts[i].Budget
		if b == nil {
			continue
		}
		for _, w := range b.Warnings {
			if slices.ContainsFunc(news, func(n ledger.RecordBudget) bool { return n.Span == b.Span && slices.Contains(n.Warns, w.Percent) }) {
				out = append(out, w)
			}
		}
	}
	return out
}

// reasons are the mail's words for why it has a finding.
func reasons() map[Reason]reports.Reason {
	return map[Reason]reports.Reason{New: reports.IsNew, Grown: reports.Grown, Ended: reports.Ended, Remind: reports.Remind}
}

// wouldGo says what would become of a parcel.
func (m *Maker) wouldGo(t *Letter) string {
	why := "not sent yet"
	switch t.Record.What {
	case ledger.RecordCorrected:
		why = "the total has changed since it was sent"
	case ledger.RecordFindings:
		why = t.news()
	}
	if m.Config.Channels[t.Channel].Kind == config.KindFolder {
		why += "; nothing is mailed: channel is " + t.Channel
	}
	return why
}

// Rehearse says what would become of each letter.
func (m *Maker) Rehearse(letters []*Letter) {
	for _, t := range letters {
		if t.Goes() {
			t.State, t.Why = "would be sent", m.wouldGo(t)
		}
	}
}

// Deliver sends the letters, and the summary of them.
func (m *Maker) Deliver(ctx context.Context, letters []*Letter) error {
	if err := m.Ledger.Remember(ctx, m.notes); err != nil {
		return err
	}
	return errors.Join(m.Send(ctx, letters), m.Summarize(ctx, m.Summary, letters))
}
