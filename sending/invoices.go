package sending

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"usagereport/analysis"
	"usagereport/internal/misuse"
	"usagereport/invoices"
	"usagereport/ledger"
	"usagereport/reports"
	"usagereport/sending/delivery"
	"usagereport/usage"
	"usagereport/workspace"
)

// An invoicer makes the mails with invoices of one period.
type invoicer struct {
	*Sender
	channel string
	asked   string // the period: its name, current or last; "" is last
	period  string // its name
	history workspace.History
	before  []ledger.Record
}

// Invoices sends the PDFs of a period's invoices to each recipient that has opted in,
// once. With dryRun it sends nothing, and the letters say what would go where.
func (s *Sender) Invoices(ctx context.Context, period string, dryRun bool) (letters []*Letter, err error) {
	path := s.Beside(workspace.RecipientsName)
	text, err := s.ReadSmall(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("send invoices: there is no %s; write it beside the configuration, with the columns account, email and "+
			"opted_in", path)
	}
	if err != nil {
		return nil, fmt.Errorf("send invoices: %w", err)
	}
	recipients, err := invoices.ReadRecipients(path, text)
	if err != nil {
		return nil, fmt.Errorf("send invoices: %w; nothing was sent", err)
	}
	if err := s.TakeInvoices(ctx, !dryRun); err != nil {
		return nil, err
	}
	session, err := s.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	s.Ledger = session.Ledger
	m := &invoicer{Sender: s, channel: AdminChannel(s.Config), asked: period}
	if err := m.read(ctx, session); err != nil {
		return nil, err
	}
	if !dryRun {
		release, err := s.Lock()
		if err != nil {
			return nil, err
		}
		defer release()
	}
	if letters, err = m.letters(ctx, recipients); err != nil {
		return nil, err
	}
	if !dryRun {
		return letters, s.Send(ctx, letters)
	}
	for _, t := range letters {
		if t.Goes() {
			t.State, t.Why = "would be sent", t.stands()
		}
	}
	return letters, nil
}

// letters makes one for each recipient.
func (m *invoicer) letters(ctx context.Context, recipients []invoices.Recipient) (out []*Letter, err error) {
	if m.before, err = m.Ledger.Records(ctx); err != nil {
		return nil, err
	}
	for _, r := range recipients {
		t, err := m.letter(r)
		if err != nil {
			return nil, fmt.Errorf("send invoices: %w; nothing was sent", r.Wrong(err))
		}
		if !slices.ContainsFunc(out, func(x *Letter) bool { return x.Owner == t.Owner && slices.Equal(x.To, t.To) }) {
			out = append(out, t)
		}
	}
	return out, nil
}

// stands says which invoices a letter holds.
func (t *Letter) stands() string {
	var all []string
	for _, i := range t.Record.Invoices {
		all = append(all, i.Number)
	}
	return strings.Join(all, ", ")
}

// read reads what is known of periods, and chooses one.
func (m *invoicer) read(ctx context.Context, s *workspace.Session) error {
	o, err := s.Options("", "")
	if err != nil {
		return err
	}
	a, err := s.Analysis(ctx, o)
	if err != nil {
		return err
	}
	defer a.Close()
	if m.history, err = workspace.HistoryOf(ctx, a); err != nil {
		return err
	}
	m.period = m.asked
	switch m.period {
	case "", "last":
		i := slices.IndexFunc(m.history.Periods, func(b analysis.BillingPeriod) bool { return b.State != analysis.Open })
		if i < 0 {
			return errors.New("send invoices: no billing period has ended")
		}
		m.period = m.history.Periods[i].Name
	case "current":
		m.period = m.history.Periods[0].Name
	}
	if !slices.ContainsFunc(m.history.Periods, func(b analysis.BillingPeriod) bool { return b.Name == m.period }) &&
		!slices.ContainsFunc(m.history.Invoices, func(i ledger.Invoice) bool { return i.Period == m.period }) {
		return misuse.Of(fmt.Errorf("--period %s: the ledger has neither usage nor an invoice of it", m.period))
	}
	return nil
}

// letter makes what one recipient gets of one account.
func (m *invoicer) letter(r invoices.Recipient) (*Letter, error) {
	account, err := m.account(r.Account)
	if err != nil {
		return nil, err
	}
	name := cmp.Or(invoices.NameOf(m.history.Bills, account), account)
	t := &Letter{Owner: name, Channel: m.channel, To: []string{r.Email}, State: reports.SummarySkipped}
	t.Record = ledger.Record{What: ledger.RecordInvoices, Owner: account, Period: m.period, At: m.Now().UTC().Truncate(time.Second), To: t.To}
	if !r.OptedIn {
		t.Why = "has not opted in"
		return t, nil
	}
	if t.Why = m.notOffered(account); t.Why != "" {
		return t, nil
	}
	var attached []ledger.Invoice
	var sent string
	lacks := 0
	for _, i := range m.history.Invoices {
		if i.Account != account || i.Period != m.period {
			continue
		}
		switch before := m.sent(account, r.Email, i); {
		case i.SHA256 == "":
			lacks++
		case i.Support.Sign() != 0 && i.Support.Cmp(i.Net) == 0:
			t.Why = fmt.Sprintf("%s is a support plan's, and those are not mailed", i.Number)
		case before != nil && before.State == ledger.Sending && m.Unsure != "resend":
			t.unsure, t.State = before, reports.SummaryUnsure
			t.Why = fmt.Sprintf("the one of %s may have arrived: see whether %s has it, then give --unsure sent or --unsure resend",
				before.At.Format(time.DateOnly), r.Email)
			if m.Unsure == "sent" {
				t.State, t.Why = reports.SummarySkipped, fmt.Sprintf("the one of %s counts as sent", before.At.Format(time.DateOnly))
			}
			return t, nil
		case before != nil && before.State == ledger.Sent:
			sent = "sent on " + before.At.Format(time.DateOnly)
		default:
			attached = append(attached, i)
		}
	}
	if len(attached) == 0 {
		t.Why = cmp.Or(sent, t.Why)
		switch {
		case t.Why != "":
		case lacks > 0:
			t.Why = "no PDF of it is kept; 'usagereport invoices add FILE.pdf' keeps one"
		default:
			t.Why = "no invoice: " + m.missing(account)
		}
		return t, nil
	}
	return t, m.pack(t, name, attached)
}

// account finds the id of the account that is called so.
func (m *invoicer) account(name string) (string, error) {
	for _, i := range m.history.Invoices {
		if strings.EqualFold(i.Account, name) {
			return i.Account, nil
		}
	}
	// The currency is of no interest here; where none is given it is looked for.
	i, known, err := invoices.Place(ledger.Invoice{Account: name, Period: m.period, Currency: "XXX"}, m.history.Bills)
	if err == nil && !known {
		err = &invoices.FieldError{Field: "account", Value: name, Reason: "the ledger has no usage and no invoice of it"}
	}
	return i.Account, err
}

// notOffered says why an account's invoices are not mailed; "" where they are.
func (m *invoicer) notOffered(account string) string {
	of := func(agreement ledger.Agreement) bool {
		found := false
		for _, b := range m.history.Bills {
			if b.Account == account || b.Billing == account {
				if found = true; b.Agreement != agreement {
					return false
				}
			}
		}
		return found
	}
	switch {
	case of(ledger.Enterprise):
		return "invoices of an Enterprise Agreement go to the enrolment administrator, and are not mailed"
	case of(ledger.Partner):
		return "the partner invoices this account; nothing is mailed"
	}
	return ""
}

// missing says why an account has no invoice of the period.
func (m *invoicer) missing(account string) string {
	for _, x := range m.history.None {
		if x.Period == m.period && x.Account == account {
			return "likely " + x.Likely
		}
	}
	return "of this period nothing is known of the account itself"
}

// sent returns the newest record of an invoice that went to an address.
func (m *invoicer) sent(account, email string, i ledger.Invoice) *ledger.Record {
	for k := len(m.before) - 1; k >= 0; k-- {
		r := &m.before[k]
		if r.What == ledger.RecordInvoices && r.Owner == account && r.Period == i.Period && r.State != ledger.Failed &&
			slices.ContainsFunc(r.To, func(to string) bool { return strings.EqualFold(to, email) }) &&
			slices.ContainsFunc(r.Invoices, func(x ledger.RecordInvoice) bool { return x.SHA256 == i.SHA256 }) {
			return r
		}
	}
	return nil
}

// pack makes the parcel, with the PDFs as they were kept.
func (m *invoicer) pack(t *Letter, name string, is []ledger.Invoice) error {
	mail := reports.InvoiceMail{Version: m.Version, Account: name, Period: m.period}
	message := delivery.Message{}
	for _, b := range m.history.Bills {
		if b.Period == m.period && (b.Account == t.Record.Owner || b.Billing == t.Record.Owner) {
			mail.Span = b.Span
		}
	}
	totals := map[string]usage.Decimal{}
	var currencies []string
	for _, i := range is {
		pdf, err := invoices.ReadKept(m.Path(), i)
		if err != nil {
			return err
		}
		file := delivery.File{Name: delivery.SafeName(name + "-" + i.Period + "-" + i.Number + ".pdf"), Type: "application/pdf", Bytes: pdf}
		message.Files = append(message.Files, file)
		mail.Invoices = append(mail.Invoices, reports.InvoiceMailed{
			Number: i.Number, Kind: i.Kind, Date: i.Date, Due: i.Due,
			Total: usage.Money{Amount: i.Total, Currency: i.Currency}, File: file.Name,
		})
		t.Record.Invoices = append(t.Record.Invoices, ledger.RecordInvoice{Number: i.Number, SHA256: i.SHA256})
		if _, known := totals[i.Currency]; !known {
			currencies = append(currencies, i.Currency)
		}
		totals[i.Currency] = totals[i.Currency].Add(i.Total)
	}
	for _, c := range currencies {
		t.Record.Totals = append(t.Record.Totals, ledger.RecordTotal{Currency: c, Total: totals[c], State: analysis.Invoiced})
	}
	t.Record.Span = mail.Span
	if err := t.Record.Identify(); err != nil {
		return err
	}
	files := message.Files
	message, err := reports.NewInvoiceMail(mail)
	if err != nil {
		return err
	}
	message.ID, message.Owner, message.To, message.Files = t.Record.ID, "invoices of "+name, t.To, files
	parcel, err := m.Channels[m.channel].Prepare(message)
	t.parcel, t.Subject, t.Costs, t.State = &parcel, message.Subject, Costs(t.Record), ""
	return err
}
