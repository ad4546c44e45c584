package invoices

import (
	"cmp"
	"slices"
	"strings"

	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// A Bill is what the files that were loaded say of one account and billing period,
// in one currency, as it is billed (BilledCost).
type Bill struct {
	Billing, BillingName string // BillingAccountId
	Account, Name        string // SubAccountId; the billing account's where there is none
	Period               string
	Span                 usage.Period
	First, Reach         usage.Day // with charges, in this period; 0 where there is none
	State                State
	Agreement            ledger.Agreement // by the newest file's format
	Elsewhere            string           // who bills it, where that is not Azure
	Currency             string

	Usage     usage.Decimal // what is in none of the following
	Purchases usage.Decimal
	Tax       usage.Decimal
	Credits   usage.Decimal // negative
	Parts     int           // services and kinds of charge, each rounded by itself on an invoice

	Snapshots []Snapshot // of this account and period, oldest first
}

// A State says how final a period's numbers are.
type State = usage.State

// The states.
const (
	Open     = usage.Open
	Closing  = usage.Closing
	Closed   = usage.Closed
	Invoiced = usage.Invoiced
)

// A Snapshot is what a file said of a bill.
type Snapshot struct {
	Told  usage.Day // when it was exported, else loaded
	Reach usage.Day
	Total usage.Decimal
}

// Total is all of the bill.
func (b Bill) Total() usage.Decimal { return b.Usage.Add(b.Purchases).Add(b.Tax).Add(b.Credits) }

// restated returns by how much the bill has changed since the invoice of a day, and
// whether that is known: only where a file of that day or before had all of the
// period's days.
func (b Bill) restated(on usage.Day) (delta usage.Decimal, known bool) {
	if len(b.Snapshots) == 0 {
		return delta, false
	}
	for _, s := range b.Snapshots {
		if s.Told <= on && s.Reach >= b.Span.Last() {
			delta, known = b.Snapshots[len(b.Snapshots)-1].Total.Sub(s.Total), true
		}
	}
	return delta, known
}

// Covers reports whether an invoice is of a bill.
func Covers(i ledger.Invoice, b Bill) bool {
	return i.Period == b.Period && i.Currency == b.Currency && (i.Account == b.Account || i.Account == b.Billing)
}

// A LineKind is what a line of a reconciliation is of.
type LineKind string

// The lines, in their order. All but LineInvoice add up to it.
const (
	LineUsage       LineKind = "usage"
	LinePurchases   LineKind = "purchases"
	LineSupport     LineKind = "support"
	LineTax         LineKind = "tax"
	LineCredits     LineKind = "credits"
	LineRounding    LineKind = "rounding"
	LineRestated    LineKind = "restated"
	LineUnexplained LineKind = "unexplained"
	LineInvoice     LineKind = "invoice"
)

// Title is what a line is called.
func (k LineKind) Title() locale.Text {
	switch k {
	case LineUsage:
		return locale.T("usage and what else the files have")
	case LinePurchases:
		return locale.T("purchases and marketplace not in the files")
	case LineSupport:
		return locale.T("support plan")
	case LineTax:
		return locale.T("tax")
	case LineCredits:
		return locale.T("credits")
	case LineRounding:
		return locale.T("rounding")
	case LineRestated:
		return locale.T("restated after the invoice")
	case LineUnexplained:
		return locale.T("unexplained")
	}
	return locale.T("invoiced in all")
}

// A Line leads a step from the usage to the invoice.
type Line struct {
	Kind   LineKind
	Amount usage.Decimal
	Why    locale.Text // where it comes from, or what may be behind it; may be empty
}

// A Reconciliation leads from what the files say to what was invoiced, for one
// account and billing period in one currency.
type Reconciliation struct {
	Account, Name string // that is billed
	Period        string
	Span          usage.Period // of the bills; empty where there are none
	Currency      string
	State         State
	Bills         []Bill
	Invoices      []ledger.Invoice // and credit notes
	Lines         []Line           // all kinds, in their order
	Files         usage.Decimal    // what the files say in all
	Invoiced      usage.Decimal
	Unexplained   usage.Decimal
}

// Difference is by how much the invoice is above what the files say.
func (r Reconciliation) Difference() usage.Decimal { return r.Invoiced.Sub(r.Files) }

// Beyond is how much of a line the files do not have: these add up to the difference.
func (r Reconciliation) Beyond(l Line) usage.Decimal {
	switch l.Kind {
	case LineUsage, LineInvoice:
		return usage.Decimal{}
	case LineTax:
		for _, b := range r.Bills {
			l.Amount = l.Amount.Sub(b.Tax)
		}
	case LineCredits:
		for _, b := range r.Bills {
			l.Amount = l.Amount.Sub(b.Credits)
		}
	}
	return l.Amount
}

// Reconcile leads from bills to invoices, for each account and period that has an
// invoice, the newest period first. An account's invoices are looked at together
// with those of its subscriptions.
func Reconcile(bills []Bill, is []ledger.Invoice) []Reconciliation {
	type key struct{ account, period, currency string }
	whole := map[key]bool{} // billing accounts that have an invoice over all
	for _, i := range is {
		whole[key{i.Account, i.Period, i.Currency}] = true
	}
	of := func(b Bill) key {
		if k := (key{b.Billing, b.Period, b.Currency}); whole[k] {
			return k
		}
		return key{b.Account, b.Period, b.Currency}
	}
	made := map[key]*Reconciliation{}
	var order []key
	at := func(k key) *Reconciliation {
		if made[k] == nil {
			made[k] = &Reconciliation{Account: k.account, Period: k.period, Currency: k.currency}
			order = append(order, k)
		}
		return made[k]
	}
	for _, i := range is {
		k := key{i.Account, i.Period, i.Currency}
		if j := slices.IndexFunc(bills, func(b Bill) bool { return Covers(i, b) && b.Account == i.Account }); j >= 0 {
			k = of(bills[j])
		}
		r := at(k)
		r.Invoices = append(r.Invoices, i)
	}
	for _, b := range bills {
		r := made[of(b)]
		if r == nil {
			continue
		}
		r.Bills = append(r.Bills, b)
		r.Name = b.Name
		if r.Account == b.Billing && b.Billing != b.Account {
			r.Name = b.BillingName
		}
		if r.Span.Empty() {
			r.Span = b.Span
		}
		r.Span.From, r.Span.To = min(r.Span.From, b.Span.From), max(r.Span.To, b.Span.To)
		r.State = leastFinal(r.State, b.State)
	}
	out := make([]Reconciliation, 0, len(order))
	for _, k := range order {
		r := made[k]
		r.work()
		out = append(out, *r)
	}
	slices.SortStableFunc(out, func(x, y Reconciliation) int {
		return cmp.Or(strings.Compare(y.Period, x.Period), strings.Compare(x.Account, y.Account), strings.Compare(x.Currency, y.Currency))
	})
	return out
}

func leastFinal(x, y State) State {
	order := []State{Open, Closing, Closed, Invoiced}
	if x == "" || slices.Index(order, y) < slices.Index(order, x) {
		return y
	}
	return x
}

// work fills in the lines.
func (r *Reconciliation) work() {
	var inFiles, billed struct{ tax, credits usage.Decimal }
	var used, purchases, support, printed usage.Decimal
	parts := 0
	for _, b := range r.Bills {
		used = used.Add(b.Usage).Add(b.Purchases)
		inFiles.tax, inFiles.credits = inFiles.tax.Add(b.Tax), inFiles.credits.Add(b.Credits)
		parts += b.Parts
		r.Files = r.Files.Add(b.Total())
	}
	var on usage.Day
	for _, i := range r.Invoices {
		billed.tax, billed.credits = billed.tax.Add(i.Tax), billed.credits.Sub(i.Credits)
		purchases, support = purchases.Add(i.Purchases), support.Add(i.Support)
		printed = printed.Add(i.Total.Sub(i.Net.Add(i.Tax).Sub(i.Credits)))
		r.Invoiced = r.Invoiced.Add(i.Total)
		on = max(on, i.Known())
	}
	sum := usage.Decimal{}
	add := func(kind LineKind, amount usage.Decimal, why locale.Text) {
		sum = sum.Add(amount)
		r.Lines = append(r.Lines, Line{Kind: kind, Amount: amount, Why: why})
	}
	stated := func(d usage.Decimal, fromFiles bool) locale.Text {
		switch {
		case fromFiles:
			return locale.T("as the files have it; the invoice states none")
		case d.Sign() != 0:
			return locale.T("as the invoice states")
		}
		return locale.T("none stated")
	}
	var where locale.Text
	switch {
	case len(r.Bills) == 0:
		where = locale.T("no usage of this account and period is loaded")
	case r.State == Open:
		where = locale.T("the files end before the period does")
	}
	add(LineUsage, used, where)
	add(LinePurchases, purchases, stated(purchases, false))
	add(LineSupport, support, stated(support, false))
	tax, credits := billed.tax, billed.credits
	fromFiles := tax.Sign() == 0 && inFiles.tax.Sign() != 0
	if fromFiles {
		tax = inFiles.tax
	}
	add(LineTax, tax, stated(tax, fromFiles))
	fromFiles = credits.Sign() == 0 && inFiles.credits.Sign() != 0
	if fromFiles {
		credits = inFiles.credits
	}
	add(LineCredits, credits, stated(credits, fromFiles))
	restated, told := r.restated(on)
	digits := usage.MinorDigits(r.Currency)
	rounding := printed
	rest := r.Invoiced.Sub(sum).Add(restated).Sub(rounding) // what neither explains
	switch most := roundedAway(parts, digits); {
	case len(r.Bills) > 0 && rest.Abs().Cmp(most) <= 0:
		rounding, rest = rounding.Add(rest), usage.Decimal{}
	case len(r.Bills) > 0: // of the sum, which no invoice shows with its fraction
		own := used.Round(digits).Sub(used)
		rounding, rest = rounding.Add(own), rest.Sub(own)
	}
	add(LineRounding, rounding, locale.Text{})
	add(LineRestated, restated.Neg(), told)
	r.Unexplained = rest
	add(LineUnexplained, rest, r.suspicion(rest))
	r.Lines = append(r.Lines, Line{Kind: LineInvoice, Amount: r.Invoiced})
}

// restated adds up by how much the bills have changed since a day.
func (r *Reconciliation) restated(on usage.Day) (sum usage.Decimal, why locale.Text) {
	unknown := 0
	for _, b := range r.Bills {
		delta, known := b.restated(on)
		if !known {
			unknown++
		}
		sum = sum.Add(delta)
	}
	switch {
	case len(r.Bills) == 0:
	case unknown == len(r.Bills):
		why = locale.T("not known: no file that was loaded by %s had all of the period", on)
	case unknown > 0:
		why = locale.T("not known of all accounts: of some no file that was loaded by %s had all of the period", on)
	case sum.Sign() != 0:
		why = locale.T("what later files say otherwise than those of %s", on)
	}
	return sum, why
}

// roundedAway is by how much an invoice may differ because each of its lines is
// rounded: half of the smallest coin for each of at most two hundred.
func roundedAway(parts, digits int) usage.Decimal {
	coins := usage.MustDecimal("0." + strings.Repeat("0", digits) + "5")
	sum := usage.Decimal{}
	for range min(max(parts, 1), 200) {
		sum = sum.Add(coins)
	}
	return sum
}

// suspicion says what may be behind what is not explained.
func (r *Reconciliation) suspicion(rest usage.Decimal) locale.Text {
	switch {
	case rest.Sign() == 0:
		return locale.Text{}
	case len(r.Bills) == 0:
		return locale.T("load the period's usage first")
	case r.State == Open || r.State == Closing && rest.Sign() > 0:
		return locale.T("likely usage that the files do not have yet: load a newer file")
	case r.Currency == "USD" && slices.ContainsFunc(supportPrices(), func(p usage.Decimal) bool { return rest.Cmp(p) == 0 }):
		return locale.T("as much as a support plan costs in a month; state it with --support")
	case rest.Sign() > 0:
		return locale.T("likely purchases, marketplace or support that the files have not, or an account that is not loaded")
	}
	return locale.T("likely a credit or discount that was not stated, or usage that is on another invoice")
}

// supportPrices are what Azure's support plans cost in a month, in USD.
func supportPrices() []usage.Decimal {
	return []usage.Decimal{usage.DecimalOf(29), usage.DecimalOf(100), usage.DecimalOf(1000)}
}
