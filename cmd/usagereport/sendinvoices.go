package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"usagereport/analysis"
	"usagereport/delivery"
	"usagereport/invoices"
	"usagereport/ledger"
	"usagereport/reports"
	"usagereport/usage"
)

// invoiceRecipients is the file that says who gets whose invoices.
const invoiceRecipients = "invoice-recipients.csv"

// An invoicer makes the mails with invoices of one period.
type invoicer struct {
	*globals
	o       sendOptions
	channel string
	by      map[string]delivery.Channel
	history history
	period  string
	before  []ledger.Record
}

// checkInvoices refuses flags that say nothing of invoices.
func (o sendOptions) checkInvoices() error {
	if o.month != "" || len(o.owners) > 0 || len(o.notes) > 0 || o.out != "" || o.from != "" || o.corrected || o.findings || o.failOn != "" || o.metrics != "" {
		return usageError{errors.New("--invoices: goes with --period, --dry-run and --unsure alone")}
	}
	return nil
}

// runSendInvoices mails the PDFs of a period's invoices, to each who has opted in,
// once.
func runSendInvoices(ctx context.Context, g *globals, o sendOptions, p printer) error {
	if err := o.checkInvoices(); err != nil {
		return err
	}
	cfg, err := g.configuration()
	if err != nil {
		return err
	}
	path := g.beside(invoiceRecipients)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("send invoices: there is no %s; write it beside the configuration, with the columns account, email and opted_in", path)
	}
	if err != nil {
		return fmt.Errorf("send invoices: %w", err)
	}
	who, err := invoices.ReadRecipients(text)
	if err != nil {
		return fmt.Errorf("send invoices: %s: %w; nothing was sent", path, err)
	}
	if err := g.takeInvoices(ctx, !o.dryRun); err != nil {
		return err
	}
	m := &invoicer{globals: g, o: o, channel: adminChannel(cfg)}
	var done func()
	if m.by, done, err = channels(g, cfg); err != nil {
		return err
	}
	defer done()
	l, err := g.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := m.read(ctx, l); err != nil {
		return err
	}
	if !o.dryRun {
		release, err := g.lockSending()
		if err != nil {
			return err
		}
		defer release()
	}
	if m.before, err = l.Records(ctx); err != nil {
		return err
	}
	var letters []*letter
	for _, r := range who {
		t, err := m.letter(r)
		if err != nil {
			return fmt.Errorf("send invoices: %s: line %d: %w; nothing was sent", path, r.Line, err)
		}
		if !slices.ContainsFunc(letters, func(x *letter) bool { return x.owner == t.owner && slices.Equal(x.to, t.to) }) {
			letters = append(letters, t)
		}
	}
	var failed error
	if o.dryRun {
		for _, t := range letters {
			if t.parcel != nil {
				t.state, t.why = "would be sent", t.stands()
			}
		}
	} else {
		failed = g.sendAll(ctx, l, m.by, letters, o.unsure)
	}
	if err := printLetters(g, p, letters); err != nil {
		return err
	}
	g.remarks(cfg, letters)
	if o.dryRun {
		g.note("nothing was sent: --dry-run")
	}
	return failed
}

// stands says which invoices a letter holds.
func (t *letter) stands() string {
	var all []string
	for _, i := range t.record.Invoices {
		all = append(all, i.Number)
	}
	return strings.Join(all, ", ")
}

// read reads what is known of periods, and chooses one.
func (m *invoicer) read(ctx context.Context, l *ledger.Ledger) error {
	o, err := m.options("", "")
	if err != nil {
		return err
	}
	a, err := m.analysis(ctx, l, o)
	if err != nil {
		return err
	}
	defer a.Close()
	if m.history, err = m.globals.history(ctx, a); err != nil {
		return err
	}
	m.period = m.o.period
	switch m.period {
	case "", "last":
		i := slices.IndexFunc(m.history.periods, func(b analysis.BillingPeriod) bool { return b.State != analysis.Open })
		if i < 0 {
			return errors.New("send invoices: no billing period has ended")
		}
		m.period = m.history.periods[i].Name
	case "current":
		m.period = m.history.periods[0].Name
	}
	if !slices.ContainsFunc(m.history.periods, func(b analysis.BillingPeriod) bool { return b.Name == m.period }) &&
		!slices.ContainsFunc(m.history.is, func(i ledger.Invoice) bool { return i.Period == m.period }) {
		return usageError{fmt.Errorf("--period %s: the ledger has neither usage nor an invoice of it", m.period)}
	}
	return nil
}

// letter makes what one recipient gets of one account.
func (m *invoicer) letter(r invoices.Recipient) (*letter, error) {
	account, err := m.account(r.Account)
	if err != nil {
		return nil, err
	}
	name := cmp.Or(nameOf(m.history.bills, account), account)
	t := &letter{owner: name, channel: m.channel, to: []string{r.Email}, state: reports.SummarySkipped}
	t.record = ledger.Record{What: ledger.RecordInvoices, Owner: account, Period: m.period, At: m.env.now().UTC().Truncate(time.Second), To: t.to}
	if !r.OptedIn {
		t.why = "has not opted in"
		return t, nil
	}
	if t.why = m.notOffered(account); t.why != "" {
		return t, nil
	}
	var attached []ledger.Invoice
	var sent string
	lacks := 0
	for _, i := range m.history.is {
		if i.Account != account || i.Period != m.period {
			continue
		}
		switch before := m.sent(account, r.Email, i); {
		case i.SHA256 == "":
			lacks++
		case i.Support.Sign() != 0 && i.Support.Cmp(i.Net) == 0:
			t.why = fmt.Sprintf("%s is a support plan's, and those are not mailed", i.Number)
		case before != nil && before.State == ledger.Sending && m.o.unsure != "resend":
			t.unsure, t.state = before, reports.SummaryUnsure
			t.why = fmt.Sprintf("the one of %s may have arrived: see whether %s has it, then give --unsure sent or --unsure resend", before.At.Format(time.DateOnly), r.Email)
			if m.o.unsure == "sent" {
				t.state, t.why = reports.SummarySkipped, fmt.Sprintf("the one of %s counts as sent", before.At.Format(time.DateOnly))
			}
			return t, nil
		case before != nil && before.State == ledger.Sent:
			sent = "sent on " + before.At.Format(time.DateOnly)
		default:
			attached = append(attached, i)
		}
	}
	if len(attached) == 0 {
		t.why = cmp.Or(sent, t.why)
		switch {
		case t.why != "":
		case lacks > 0:
			t.why = "no PDF of it is kept; 'usagereport invoices add FILE.pdf' keeps one"
		default:
			t.why = "no invoice: " + m.missing(account)
		}
		return t, nil
	}
	return t, m.pack(t, name, attached)
}

// account finds the id of the account that is called so.
func (m *invoicer) account(name string) (string, error) {
	for _, i := range m.history.is {
		if strings.EqualFold(i.Account, name) {
			return i.Account, nil
		}
	}
	// The currency is of no interest here; where none is given it is looked for.
	i, known, err := invoices.Place(ledger.Invoice{Account: name, Period: m.period, Currency: "XXX"}, m.history.bills)
	if err == nil && !known {
		err = &invoices.FieldError{Field: "account", Value: name, Reason: "the ledger has no usage and no invoice of it"}
	}
	return i.Account, err
}

// notOffered says why an account's invoices are not mailed; "" where they are.
func (m *invoicer) notOffered(account string) string {
	of := func(prefix string) bool {
		found := false
		for _, b := range m.history.bills {
			if b.Account == account || b.Billing == account {
				if found = true; !strings.HasPrefix(b.Format, prefix) {
					return false
				}
			}
		}
		return found
	}
	switch {
	case of("azure_ea"):
		return "invoices of an Enterprise Agreement go to the enrolment administrator, and are not mailed"
	case of("azure_csp"):
		return "the partner invoices this account; nothing is mailed"
	}
	return ""
}

// missing says why an account has no invoice of the period.
func (m *invoicer) missing(account string) string {
	for _, x := range m.history.none {
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
func (m *invoicer) pack(t *letter, name string, is []ledger.Invoice) error {
	mail := reports.InvoiceMail{Version: reportVersion(), Account: name, Period: m.period}
	message := delivery.Message{}
	for _, b := range m.history.bills {
		if b.Period == m.period && (b.Account == t.record.Owner || b.Billing == t.record.Owner) {
			mail.Span = b.Span
		}
	}
	totals := map[string]usage.Decimal{}
	var currencies []string
	for _, i := range is {
		path := filepath.Join(filepath.Dir(m.path()), filepath.FromSlash(i.File))
		pdf, err := readPDF(path)
		if err != nil {
			return fmt.Errorf("the PDF of invoice %s: %w", i.Number, err)
		}
		if sum := sha256.Sum256(pdf); hex.EncodeToString(sum[:]) != i.SHA256 {
			return fmt.Errorf("the PDF of invoice %s: %s is not as it was kept; put the PDF there whose SHA-256 is in its name", i.Number, path)
		}
		file := delivery.File{Name: delivery.SafeName(name + "-" + i.Period + "-" + i.Number + ".pdf"), Type: "application/pdf", Bytes: pdf}
		message.Files = append(message.Files, file)
		mail.Invoices = append(mail.Invoices, reports.InvoiceMailed{Number: i.Number, Kind: i.Kind, Date: i.Date, Due: i.Due, Total: usage.Money{Amount: i.Total, Currency: i.Currency}, File: file.Name})
		t.record.Invoices = append(t.record.Invoices, ledger.RecordInvoice{Number: i.Number, SHA256: i.SHA256})
		if _, known := totals[i.Currency]; !known {
			currencies = append(currencies, i.Currency)
		}
		totals[i.Currency] = totals[i.Currency].Add(i.Total)
	}
	for _, c := range currencies {
		t.record.Totals = append(t.record.Totals, ledger.RecordTotal{Currency: c, Total: totals[c], State: analysis.Invoiced})
	}
	t.record.Span = mail.Span
	if err := t.record.Identify(); err != nil {
		return err
	}
	files := message.Files
	message, err := reports.NewInvoiceMail(mail)
	if err != nil {
		return err
	}
	message.ID, message.Owner, message.To, message.Files = t.record.ID, "invoices of "+name, t.to, files
	parcel, err := m.by[m.channel].Prepare(message)
	t.parcel, t.subject, t.costs, t.state = &parcel, message.Subject, recordCosts(t.record), ""
	return err
}
