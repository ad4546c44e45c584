package invoices

import (
	"strings"
	"testing"

	"usagereport/ledger"
	"usagereport/usage"
)

// Each reason that the data can show, and what to do.
func TestExplain(t *testing.T) {
	d := usage.MustDecimal
	month := func(m int) usage.Period {
		return usage.Period{From: usage.DayOf(usage.Date(2018, 1, 12).Time().AddDate(0, m-1, 0)), To: usage.DayOf(usage.Date(2018, 1, 12).Time().AddDate(0, m, 0))}
	}
	made := func(change func(*Bill)) Bill {
		b := Bill{Billing: "a", Account: "a", Name: "shop", Period: "p", Span: month(6), State: Closed, Currency: "EUR", Usage: d("10")}
		b.First, b.Reach = b.Span.From, b.Span.Last()
		change(&b)
		return b
	}
	for name, c := range map[string]struct {
		bill       Bill
		want       Reason
		likely, do string
	}{
		"the period is open":   {made(func(b *Bill) { b.State, b.Reach = Open, b.Span.From+3 }), PeriodOpen, "data end on 2018-06-15, and the period on 2018-07-11", "a newer file"},
		"and has no charge":    {made(func(b *Bill) { b.State, b.Reach = Open, 0 }), PeriodOpen, "runs until 2018-07-11", "a newer file"},
		"ended and pending":    {made(func(b *Bill) { b.State = Closing }), Pending, "ended on 2018-07-11", "newer file"},
		"nothing owed":         {made(func(b *Bill) { b.Usage = d("0.0049") }), NothingOwed, "0.00", "nothing"},
		"a cent is owed":       {made(func(b *Bill) { b.Usage = d("0.005") }), NotAdded, "should exist", "invoices add"},
		"credit covers it":     {made(func(b *Bill) { b.Credits = d("-10") }), FreeOffer, "credit", "used up"},
		"credit does not":      {made(func(b *Bill) { b.Credits = d("-9") }), NotAdded, "should exist", ""},
		"a free trial":         {made(func(b *Bill) { b.Name = "Free Trial" }), FreeOffer, "free trial", ""},
		"Visual Studio":        {made(func(b *Bill) { b.Name = "Visual Studio Enterprise – MPN" }), FreeOffer, "", ""},
		"a sponsorship":        {made(func(b *Bill) { b.Agreement = ledger.Sponsored }), FreeOffer, "", ""},
		"an EA":                {made(func(b *Bill) { b.Agreement = ledger.Enterprise }), Agreement, "Enterprise Agreement", "enrolment administrator"},
		"a partner":            {made(func(b *Bill) { b.Agreement = ledger.Partner }), Partner, "partner", "partner"},
		"younger than 30 days": {made(func(b *Bill) { b.First = b.Span.From + 1 }), Young, "its first charge is of 2018-06-13", "after 2018-07-13"},
		"30 days old":          {made(func(b *Bill) { b.First, b.Span.From = b.Reach-30, b.Span.From-10 }), NotAdded, "", ""},
		"nobody added AWS's":   {made(func(b *Bill) { b.Elsewhere = "AWS" }), NotAdded, "should exist", "download it where AWS shows its bills, and keep it with"},
		"AWS's first":          {made(func(b *Bill) { b.Elsewhere, b.First = "AWS", b.Span.From+1 }), NotAdded, "", "AWS"},
		"nobody added it":      {made(func(*Bill) {}), NotAdded, "should exist", "before it leaves the portal on 2019-01-12; if you do not see it there, you may not"},
	} {
		got := Explain([]Bill{c.bill}, nil)
		if len(got) != 1 || got[0].Reason != c.want || !strings.Contains(got[0].Likely, c.likely) || !strings.Contains(got[0].Do, c.do) || got[0].Likely == "" || got[0].Do == "" {
			t.Errorf("%s: %+v, want %s", name, got, c.want)
		}
	}

	// The portal shows six periods and the current one.
	var bills []Bill
	for m := 1; m <= 8; m++ {
		bills = append(bills, made(func(b *Bill) {
			b.Span = month(m)
			b.First, b.Reach, b.Period = b.Span.From, b.Span.Last(), b.Span.From.String()
		}))
	}
	got := Explain(bills, nil)
	if len(got) != 8 || got[7].Reason != OutOfPortal || got[6].Reason != NotAdded {
		t.Errorf("of eight periods: %+v", got)
	}

	for i := range bills {
		bills[i].Elsewhere = "AWS"
	}
	if got := Explain(bills, nil); got[7].Reason != NotAdded || strings.Contains(got[7].Do, "portal") {
		t.Errorf("of AWS's eight periods: %+v", got)
	}
	if got := Gaps(append(bills[:2:2], bills[7])); len(got) != 5 || got[0].Leaves != 0 || got[0].Gone {
		t.Errorf("gaps of AWS's: %+v", got)
	}

	// An invoice over the billing account is one of all its subscriptions; where these
	// have their own, each needs one. A credit note is no invoice.
	two := []Bill{made(func(b *Bill) { b.Billing = "B"; b.Account = "s1" }), made(func(b *Bill) { b.Billing = "B"; b.Account = "s2" })}
	i := ledger.Invoice{Account: "B", Period: "p", Currency: "EUR", Kind: ledger.InvoiceKind}
	if got := Explain(two, nil); len(got) != 1 || got[0].Account != "B" || got[0].Total.String() != "20" {
		t.Errorf("without invoices: %+v", got)
	}
	if got := Explain(two, []ledger.Invoice{i}); len(got) != 0 {
		t.Errorf("with one over all: %+v", got)
	}
	i.Kind = ledger.CreditNoteKind
	if got := Explain(two, []ledger.Invoice{i}); len(got) != 1 {
		t.Errorf("with a credit note: %+v", got)
	}
	i.Kind, i.Account = ledger.InvoiceKind, "s1"
	if got := Explain(two, []ledger.Invoice{i}); len(got) != 1 || got[0].Account != "s2" {
		t.Errorf("with one of its own: %+v", got)
	}
}
