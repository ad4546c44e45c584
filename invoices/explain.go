package invoices

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"usagereport/ledger"
	"usagereport/usage"
)

// A Reason is why a period has no invoice.
type Reason string

// The reasons.
const (
	PeriodOpen  Reason = "open"
	Pending     Reason = "pending" // ended; the invoice is being made
	Agreement   Reason = "ea"      // it goes to the enrolment administrator
	Partner     Reason = "partner" // it goes to the partner, which writes its own
	FreeOffer   Reason = "free_or_credit"
	NothingOwed Reason = "nothing_owed"
	Young       Reason = "younger_than_30_days"
	OutOfPortal Reason = "older_than_shown"
	NotAdded    Reason = "not_added"
)

// A Missing is an account and billing period without an invoice, and why: likely, for
// only the data were asked.
type Missing struct {
	Account, Name string
	Period        string
	Span          usage.Period
	State         State
	Currency      string
	Total         usage.Decimal // what the files say
	Elsewhere     string        // who bills it, where that is not Azure
	Reason        Reason
	Likely        string // a sentence
	Do            string // what to do, a sentence
}

// The days on which the rules below rest. (azure-docs, articles/cost-management-billing/understand/download-azure-invoice.md)
const (
	youngDays   = 30 // for which a new subscription has no invoice
	shownBefore = 6  // billing periods that the portal shows beside the current one
)

// Leaves is the first day on which the portal no longer shows a period: the seventh
// period after it begins.
func Leaves(span usage.Period) usage.Day {
	return usage.DayOf(span.From.Time().AddDate(0, shownBefore+1, 0))
}

// Explain returns the accounts and periods that have no invoice, the newest period
// first. What belongs to one billing account is one line, unless its subscriptions
// are invoiced one by one.
func Explain(bills []Bill, is []ledger.Invoice) []Missing {
	single := map[string]bool{} // billing accounts whose subscriptions have invoices of their own
	for _, b := range bills {
		for _, i := range is {
			if i.Account == b.Account && b.Account != b.Billing {
				single[b.Billing] = true
			}
		}
	}
	type key struct{ account, period, currency string }
	groups := map[key][]Bill{}
	began := map[string]usage.Day{}    // by account, the first day with charges
	earliest := map[string]usage.Day{} // and the first day of the first period
	var order []key
	var today usage.Day
	for _, b := range bills {
		today = max(today, b.Reach)
		account := b.Billing
		if account == "" || single[account] {
			account = b.Account
		}
		if d, ok := began[account]; b.First != 0 && (!ok || b.First < d) {
			began[account] = b.First
		}
		if d, ok := earliest[account]; !ok || b.Span.From < d {
			earliest[account] = b.Span.From
		}
		if slices.ContainsFunc(is, func(i ledger.Invoice) bool { return i.Kind == ledger.InvoiceKind && Covers(i, b) }) {
			continue
		}
		k := key{account, b.Period, b.Currency}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], b)
	}
	out := make([]Missing, 0, len(order))
	for _, k := range order {
		g := groups[k]
		m := Missing{Account: k.account, Name: g[0].Name, Period: k.period, Currency: k.currency, Span: g[0].Span, Elsewhere: g[0].Elsewhere}
		if g[0].Account != k.account {
			m.Name = g[0].BillingName
		}
		credits := usage.Decimal{}
		for _, b := range g {
			m.Span.From, m.Span.To = min(m.Span.From, b.Span.From), max(m.Span.To, b.Span.To)
			m.State = leastFinal(m.State, b.State)
			m.Total = m.Total.Add(b.Total())
			credits = credits.Add(b.Credits)
		}
		age := -1 // in days, where the data show the account's beginning
		if began[k.account] > earliest[k.account] {
			age = int(today - began[k.account])
		}
		m.Reason = reason(g, m, credits, age, today)
		m.say(began[k.account], slices.MaxFunc(g, func(x, y Bill) int { return int(x.Reach - y.Reach) }).Reach)
		out = append(out, m)
	}
	slices.SortStableFunc(out, func(x, y Missing) int {
		return cmp.Or(int(y.Span.From-x.Span.From), strings.Compare(x.Account, y.Account), strings.Compare(x.Currency, y.Currency))
	})
	return out
}

func reason(g []Bill, m Missing, credits usage.Decimal, age int, today usage.Day) Reason {
	free := regexp.MustCompile(`(?i)free trial|azure pass|for students|dreamspark|visual studio|msdn|sponsorship|bizspark`)
	all := func(is func(Bill) bool) bool { return !slices.ContainsFunc(g, func(b Bill) bool { return !is(b) }) }
	owed := m.Total.Round(usage.MinorDigits(m.Currency)).Sign()
	switch {
	case m.State == Open:
		return PeriodOpen
	case all(func(b Bill) bool { return b.Agreement == ledger.Enterprise }):
		return Agreement
	case all(func(b Bill) bool { return b.Agreement == ledger.Partner }):
		return Partner
	case all(func(b Bill) bool {
		return b.Agreement == ledger.Sponsored || free.MatchString(b.Name) || free.MatchString(b.BillingName)
	}),
		credits.Sign() < 0 && owed <= 0:
		return FreeOffer
	case owed <= 0:
		return NothingOwed
	case m.Elsewhere == "" && age >= 0 && age < youngDays:
		return Young
	case m.State == Closing:
		return Pending
	case m.Elsewhere == "" && today >= Leaves(m.Span):
		return OutOfPortal
	}
	return NotAdded
}

// say puts the reason into words, of an account that began on a day and of which the data reach another.
func (m *Missing) say(began, reach usage.Day) {
	const add = "download it (portal: Cost Management + Billing, Invoices) and keep it with 'usagereport invoices add'"
	switch m.Reason {
	case PeriodOpen:
		m.Likely = fmt.Sprintf("the period runs until %s; an invoice is made after that", m.Span.Last())
		m.Do = "load a newer file when it has ended, and look again"
		if reach != 0 {
			m.Likely = fmt.Sprintf("the data end on %s, and the period on %s; an invoice is made after that", reach, m.Span.Last())
		}
	case Pending:
		m.Likely = fmt.Sprintf("the period ended on %s, and the invoice is still being made: charges may change for some days", m.Span.Last())
		m.Do = "load a newer file and look again in some days"
	case Agreement:
		m.Likely = "under an Enterprise Agreement, invoices go to the enrolment administrator"
		m.Do = "ask the enrolment administrator for it, and keep it with 'usagereport invoices add'"
	case Partner:
		m.Likely = "the subscription is bought from a partner, who is invoiced and writes an invoice of his own"
		m.Do = "ask the partner for it"
	case FreeOffer:
		m.Likely = "a free trial, a free offer or credit pays; while that is not used up no invoice is made"
		m.Do = "nothing; when the credit is used up an invoice follows"
	case NothingOwed:
		m.Likely = "nothing was owed (0.00), and for that no invoice is made"
		m.Do = "nothing"
	case Young:
		m.Likely = fmt.Sprintf("the subscription is younger than %d days (its first charge is of %s), and its first invoice comes "+
			"after that", youngDays, began)
		m.Do = fmt.Sprintf("look again with a newer file, of a day after %s", began+youngDays)
	case OutOfPortal:
		m.Likely = fmt.Sprintf("the portal shows the last %d periods alone, and since %s no longer this one", shownBefore, Leaves(m.Span))
		m.Do = "look in the mails of that time, or ask Azure support with the period's dates; keep it with 'usagereport invoices add'"
	case NotAdded:
		m.Likely = "an invoice should exist, and nobody has added it"
		if m.Elsewhere != "" {
			m.Do = fmt.Sprintf("download it where %s shows its bills, and keep it with 'usagereport invoices add'", m.Elsewhere)
			break
		}
		m.Do = add + fmt.Sprintf(" before it leaves the portal on %s; if you do not see it there, you may not: the account "+
			"administrator opts you in", Leaves(m.Span))
	}
}
