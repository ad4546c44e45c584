package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/internal/smallcsv"
	"usagereport/invoices"
	"usagereport/ledger"
	"usagereport/query"
	"usagereport/usage"
)

func newInvoicesCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "invoices",
		Short: "Keep invoices, hold them to the usage, and say why one is missing",
		Long: `Keep invoices with their amounts and PDFs, hold them to the usage that was loaded,
and say why a period has none. A period whose invoice is known is called invoiced.

Lines of invoices.csv, beside the configuration, are kept by themselves; its columns
are account, period, number, date, due, currency, net, tax, credits, total and kind,
and if you like purchases and support.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(newInvoicesAddCommand(g), newInvoicesReadCommand(g), newInvoicesListCommand(g), newInvoicesDownloadCommand(g), newInvoicesExplainCommand(g), newInvoicesReconcileCommand(g), newInvoicesRemoveCommand(g))
	return c
}

func newInvoicesAddCommand(g *globals) *cobra.Command {
	var o invoices.Given
	var wait bool
	c := &cobra.Command{
		Use:   "add [FILE.pdf]",
		Short: "Keep an invoice or credit note: its amounts, and the PDF",
		Long: `Keep an invoice or credit note: its amounts and, where there is one, the PDF, of which
a copy is put into the folder invoices beside the ledger. What is kept is never
replaced: the same again changes nothing, a different PDF or amount is refused.

Amounts are plain numbers. The total is net + tax - credits where it is not given; of
a credit note the minus may be left out. The currency is the usage's.`,
		Example: `  usagereport invoices add E0400ABCD.pdf --account "Corner Shop" --period 2018-07 --number E0400ABCD --net 738.95 --tax 140.40 --credits 0
  usagereport invoices add --account b1-2 --period 2018-07 --number C17 --kind credit_note --net 12.00 --tax 2.28`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runInvoicesAdd(cmd.Context(), g, o, args, wait)
		},
	}
	f := c.Flags()
	f.StringVar(&o.Account, "account", "", "the `ACCOUNT` that is billed: a subscription or billing account, by id or name")
	f.StringVar(&o.Period, "period", "", "the billing period, by its `NAME` (2018-07)")
	f.StringVar(&o.Number, "number", "", "the invoice's `NUMBER`")
	f.StringVar(&o.Net, "net", "", "`AMOUNT` before tax and credits")
	f.StringVar(&o.Tax, "tax", "", "`AMOUNT` of tax")
	f.StringVar(&o.Credits, "credits", "", "`AMOUNT` of credits that lessen it")
	f.StringVar(&o.Total, "total", "", "`AMOUNT` to be paid (default: net + tax - credits)")
	f.StringVar(&o.Purchases, "purchases", "", "`AMOUNT` in net for purchases and marketplace that the usage files do not have")
	f.StringVar(&o.Support, "support", "", "`AMOUNT` in net for a support plan")
	f.StringVar(&o.Date, "date", "", "`DAY` of the invoice")
	f.StringVar(&o.Due, "due", "", "`DAY` on which it is due")
	f.StringVar(&o.Kind, "kind", "", "`KIND`: invoice or credit_note (default invoice)")
	addWaitFlag(f, &wait)
	return c
}

func newInvoicesReadCommand(g *globals) *cobra.Command {
	var wait bool
	c := &cobra.Command{
		Use:   "read FILE...",
		Short: "Keep the invoices of CSV files",
		Long: `Keep the invoices of CSV files, each whole or not at all. The columns account, period,
number and one of net and total must be there; date, due, currency, tax, credits, kind,
purchases and support may. A file that is refused does not stop the others; the exit
code is then 1.`,
		Example: `  usagereport invoices read invoices.csv`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runInvoicesRead(cmd.Context(), g, args, wait)
		},
	}
	addWaitFlag(c.Flags(), &wait)
	return c
}

func newInvoicesRemoveCommand(g *globals) *cobra.Command {
	var account, period string
	var wait bool
	c := &cobra.Command{
		Use:   "remove NUMBER",
		Short: "Take an invoice back that was added by mistake",
		Long: `Take an invoice back. Its PDF stays in the folder invoices beside the ledger. A line
of invoices.csv must be taken out too, or it is kept again.`,
		Example: `  usagereport invoices remove E0400ABCD
  usagereport invoices remove 17 --account "Corner Shop" --period 2018-07`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runInvoicesRemove(cmd.Context(), g, args[0], account, period, wait)
		},
	}
	f := c.Flags()
	f.StringVar(&account, "account", "", "only the one of this `ACCOUNT`, by its id")
	f.StringVar(&period, "period", "", "only the one of the period with this `NAME`")
	addWaitFlag(f, &wait)
	return c
}

func runInvoicesAdd(ctx context.Context, g *globals, o invoices.Given, args []string, wait bool) error {
	var pdf []byte
	if len(args) > 0 {
		var err error
		if pdf, err = invoices.ReadPDF(args[0]); err != nil {
			return fmt.Errorf("add invoice: %s: %w", args[0], err)
		}
	}
	i, err := invoices.Parse(withCurrency(g, o))
	if err != nil {
		return usageError{fmt.Errorf("add invoice: %w", err)}
	}
	b, err := g.work.OpenBook(ctx, wait)
	if err != nil {
		return err
	}
	defer b.Close()
	if pdf != nil {
		i = invoices.WithPDF(i, pdf)
	}
	i, news, err := b.Add(i)
	if err == nil && pdf != nil {
		err = b.KeepPDF(i, pdf)
	}
	if err == nil {
		err = b.Publish(ctx)
	}
	if err != nil {
		return fmt.Errorf("add invoice %s: %w; nothing was changed", i.Number, err)
	}
	what := strings.ReplaceAll(i.Kind, "_", " ")
	if !news {
		return g.say("%s %s of %s for %s: kept already", what, i.Number, i.Account, i.Period)
	}
	return g.say("%s %s of %s for %s: %s %s", what, i.Number, i.Account, i.Period, rounded(usage.Money{Amount: i.Total, Currency: i.Currency}), i.Currency)
}

// withCurrency takes the currency of the global flag where it is given.
func withCurrency(g *globals, o invoices.Given) invoices.Given {
	if o.Currency == "" {
		o.Currency = g.work.Currency
	}
	return o
}

func runInvoicesRead(ctx context.Context, g *globals, paths []string, wait bool) error {
	b, err := g.work.OpenBook(ctx, wait)
	if err != nil {
		return err
	}
	defer b.Close()
	news, all, refused := 0, 0, 0
	for _, path := range paths {
		rows, err := invoices.ReadFile(path)
		if err == nil {
			var n int
			n, err = b.AddRows(rows)
			news += n
		}
		if err == nil {
			all += len(rows)
		} else {
			g.fail("usagereport: read invoices: %v; nothing of it was kept", smallcsv.In(path, err))
			refused++
		}
	}
	if err := b.Publish(ctx); err != nil {
		return err
	}
	said := fmt.Sprintf("new: %d of %d", news, all)
	if refused > 0 {
		said += fmt.Sprintf("; %d of %d files refused", refused, len(paths))
	}
	if err := g.say("%s", said); err != nil {
		return err
	}
	if refused > 0 {
		return errReported
	}
	return nil
}

func runInvoicesRemove(ctx context.Context, g *globals, number, account, period string, wait bool) error {
	l, err := g.work.OpenToWrite(ctx, ledger.Options{}, wait)
	if err != nil {
		return err
	}
	defer l.Close()
	all, err := l.Invoices(ctx)
	if err != nil {
		return err
	}
	var found []ledger.Invoice
	for _, i := range all {
		if strings.EqualFold(i.Number, number) && (account == "" || strings.EqualFold(i.Account, account)) && (period == "" || i.Period == period) {
			found = append(found, i)
		}
	}
	switch {
	case len(found) == 0:
		return fmt.Errorf("remove invoice %s: there is none; 'usagereport invoices list' lists them", number)
	case len(found) > 1:
		return usageError{fmt.Errorf("remove invoice %s: there are %d; say which with --account and --period", number, len(found))}
	}
	if err := l.RemoveInvoice(ctx, found[0]); err != nil {
		return err
	}
	if err := l.Publish(ctx); err != nil {
		return err
	}
	return g.say("invoice %s of %s for %s is taken back", found[0].Number, found[0].Account, found[0].Period)
}

func newInvoicesListCommand(g *globals) *cobra.Command {
	var p printer
	c := &cobra.Command{
		Use:   "list",
		Short: "List the invoices, and the periods without one",
		Long: `List the invoices and credit notes, the newest period first, and among them the accounts
and periods that have no invoice, with the likely reason; 'usagereport invoices explain'
says it in full.`,
		Example: `  usagereport invoices list
  usagereport invoices list --format csv`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runInvoicesList(cmd.Context(), g, p) },
	}
	p.addFlag(c)
	return c
}

func runInvoicesList(ctx context.Context, g *globals, p printer) error {
	bills, is, err := g.work.Booked(ctx)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, m := range invoices.Explain(bills, is) {
		rows = append(rows, []any{m.Period, p.account(m.Account, m.Name), nil, nil, nil, nil, nil, nil, nil, nil, m.Currency, nil, nil, string(m.Reason)})
	}
	for _, i := range is {
		money := func(d usage.Decimal) usage.Money { return p.amount(usage.Money{Amount: d, Currency: i.Currency}) }
		rows = append(rows, []any{i.Period, p.account(i.Account, invoices.NameOf(bills, i.Account)), i.Number, i.Kind, orNoDay(i.Date), orNoDay(i.Due), money(i.Net), money(i.Tax), money(i.Credits), money(i.Total), i.Currency, orNil(i.File), orNil(i.SHA256), nil})
	}
	slices.SortStableFunc(rows, func(x, y []any) int { return strings.Compare(y[0].(string), x[0].(string)) })
	columns := []query.Column{
		{Name: "period"},
		{Name: "account"},
		{Name: "number"},
		{Name: "kind"},
		{Name: "date", Kind: query.Date},
		{Name: "due", Kind: query.Date},
		{Name: "net", Kind: query.Decimal},
		{Name: "tax", Kind: query.Decimal},
		{Name: "credits", Kind: query.Decimal},
		{Name: "total", Kind: query.Decimal},
		{Name: "currency"},
		{Name: "file"},
		{Name: "sha256"},
		{Name: "why_none"},
	}
	if p.forPeople() { // the file's name is its hash
		columns = slices.Delete(columns, 12, 13)
		for i := range rows {
			rows[i] = slices.Delete(rows[i], 12, 13)
		}
	}
	return p.print(g, query.Table{Columns: columns, Rows: query.RowsOf(rows...)})
}

// account is how an account is shown: for people by its name where it has one.
func (p printer) account(id, name string) string {
	if p.forPeople() {
		return cmp.Or(name, id)
	}
	return id
}

func newInvoicesExplainCommand(g *globals) *cobra.Command {
	var p printer
	c := &cobra.Command{
		Use:   "explain",
		Short: "Say why a period has no invoice, and what to do",
		Long: `Say of each account and period without an invoice why that is so, and what to do. The
reason is the likely one, for it is found in what was loaded and nobody else is asked:

  open                  the period's days still run
  pending               it has ended; charges may change for some days, then it is made
  nothing_owed          nothing was owed (0.00)
  free_or_credit        a free trial, a free offer or credit pays
  younger_than_30_days  a new subscription has its first invoice after that
  ea                    it goes to the administrator of the Enterprise Agreement
  partner               it goes to the partner (CSP)
  older_than_shown      the portal shows the last six periods alone
  not_added             there should be one, and it was not added; or you may not see it`,
		Example: `  usagereport invoices explain
  usagereport invoices explain --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runInvoicesExplain(cmd.Context(), g, p) },
	}
	p.addFlag(c)
	return c
}

func runInvoicesExplain(ctx context.Context, g *globals, p printer) error {
	bills, is, err := g.work.Booked(ctx)
	if err != nil {
		return err
	}
	all := invoices.Explain(bills, is)
	if len(all) == 0 && p.forPeople() {
		return g.say("each account and period that was loaded has an invoice")
	}
	var rows [][]any
	for _, m := range all {
		rows = append(rows, []any{m.Period, m.Span.From, m.Span.Last(), p.account(m.Account, m.Name), orNil(m.Name), string(m.State), p.amount(usage.Money{Amount: m.Total, Currency: m.Currency}), m.Currency, string(m.Reason), "likely: " + m.Likely, m.Do})
	}
	columns := []query.Column{
		{Name: "period"},
		{Name: "from", Kind: query.Date},
		{Name: "to", Kind: query.Date},
		{Name: "account"},
		{Name: "name"},
		{Name: "state"},
		{Name: "total", Kind: query.Decimal},
		{Name: "currency"},
		{Name: "reason"},
		{Name: "why"},
		{Name: "do"},
	}
	if p.forPeople() { // who read it in the column account
		columns = slices.Delete(columns, 4, 5)
		for i := range rows {
			rows[i] = slices.Delete(rows[i], 4, 5)
		}
	}
	return p.print(g, query.Table{Columns: columns, Rows: query.RowsOf(rows...)})
}

// orNoDay is nothing for a day that nobody said.
func orNoDay(d usage.Day) any {
	if d == 0 {
		return nil
	}
	return d
}

func newInvoicesReconcileCommand(g *globals) *cobra.Command {
	var p printer
	c := &cobra.Command{
		Use:   "reconcile PERIOD",
		Short: "Lead from a period's usage to its invoices, line by line",
		Long: `Lead from what the usage files of a period cost to what was invoiced, for each account
that has an invoice:

  usage and what else the files have
  + purchases and marketplace not in the files   (--purchases of invoices add)
  + support plan                                 (--support)
  + tax
  - credits
  ± rounding                                     half a cent for each service
  ± restated after the invoice                   what later files say otherwise
  + unexplained
  = invoiced in all`,
		Example: `  usagereport invoices reconcile 2018-07
  usagereport invoices reconcile 2018-07 --format json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runInvoicesReconcile(cmd.Context(), g, p, args[0])
		},
	}
	p.addFlag(c)
	return c
}

func runInvoicesReconcile(ctx context.Context, g *globals, p printer, period string) error {
	bills, is, err := g.work.Booked(ctx)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, r := range invoices.Reconcile(bills, is) {
		if r.Period != period {
			continue
		}
		if err := p.headReconciled(g, r); err != nil {
			return err
		}
		for _, l := range r.Lines {
			rows = append(rows, []any{p.account(r.Account, r.Name), string(l.Kind), l.Kind.Title().String(), p.amount(usage.Money{Amount: l.Amount, Currency: r.Currency}), r.Currency, orNil(l.Why.String())})
		}
	}
	if len(rows) == 0 {
		return fmt.Errorf("reconcile %s: no invoice of this period is kept; 'usagereport invoices add' keeps one, 'usagereport invoices list' lists them", period)
	}
	return p.print(g, query.Table{Columns: []query.Column{
		{Name: "account"},
		{Name: "line"},
		{Name: "title"},
		{Name: "amount", Kind: query.Decimal},
		{Name: "currency"},
		{Name: "why"},
	}, Rows: query.RowsOf(rows...)})
}

// headReconciled says which invoices are led to, and how that ends.
func (p printer) headReconciled(g *globals, r invoices.Reconciliation) error {
	var numbers []string
	for _, i := range r.Invoices {
		numbers = append(numbers, i.Number)
	}
	name := r.Account
	if r.Name != "" && r.Name != r.Account {
		name = r.Name + " (" + r.Account + ")"
	}
	when := ""
	if !r.Span.Empty() {
		when = fmt.Sprintf(" (%s, %s)", r.Span, r.State)
	}
	end := "all explained"
	if r.Unexplained.Sign() != 0 {
		end = fmt.Sprintf("%s %s unexplained", rounded(usage.Money{Amount: r.Unexplained, Currency: r.Currency}), r.Currency)
	}
	return p.head(g, "%s, %s%s, %s: %s", name, r.Period, when, strings.Join(numbers, " and "), end)
}
