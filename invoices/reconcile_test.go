package invoices

import (
	"strings"
	"testing"

	"usagereport/ledger"
	"usagereport/usage"
)

func july() usage.Period {
	return usage.Period{From: usage.Date(2018, 6, 12), To: usage.Date(2018, 7, 12)}
}

func bill(used string) Bill {
	return Bill{Billing: "s1", Account: "s1", Name: "shop", Period: "2018-07", Span: july(), State: Closed, Currency: "EUR", Usage: usage.MustDecimal(used), Parts: 3}
}

// The lines before the last always add up to it.
func TestReconcile(t *testing.T) {
	d := usage.MustDecimal
	on := func(i ledger.Invoice, day int) ledger.Invoice { i.Date = usage.Date(2018, 7, day); return i }
	note := invoice("C", "-10", "-1.90", "0")
	note.Kind = ledger.CreditNoteKind
	extra := invoice("1", "175", "0", "0")
	extra.Purchases, extra.Support = d("50"), d("25")
	restated := bill("104")
	restated.Snapshots = []Snapshot{
		{Told: usage.Date(2018, 7, 5), Reach: usage.Date(2018, 7, 4), Total: d("70")}, // not all of the period
		{Told: usage.Date(2018, 7, 13), Reach: usage.Date(2018, 7, 11), Total: d("100")},
		{Told: usage.Date(2018, 7, 20), Reach: usage.Date(2018, 7, 11), Total: d("104")},
	}
	late := restated
	late.Snapshots = restated.Snapshots[2:]
	taxed := bill("100")
	taxed.Tax, taxed.Credits = d("19"), d("-5")
	open := bill("60")
	open.State = Open
	for name, c := range map[string]struct {
		bills []Bill
		is    []ledger.Invoice
		want  map[LineKind]string // what is not 0
		why   map[LineKind]string
	}{
		"all agrees":                 {[]Bill{bill("100")}, []ledger.Invoice{invoice("1", "100", "19", "0")}, map[LineKind]string{LineUsage: "100", LineTax: "19", LineInvoice: "119"}, nil},
		"credits":                    {[]Bill{bill("100")}, []ledger.Invoice{invoice("1", "100", "19", "20")}, map[LineKind]string{LineUsage: "100", LineTax: "19", LineCredits: "-20", LineInvoice: "99"}, nil},
		"stated":                     {[]Bill{bill("100")}, []ledger.Invoice{extra}, map[LineKind]string{LineUsage: "100", LinePurchases: "50", LineSupport: "25", LineInvoice: "175"}, nil},
		"a fraction":                 {[]Bill{bill("99.9963")}, []ledger.Invoice{invoice("1", "100", "0", "0")}, map[LineKind]string{LineUsage: "99.9963", LineRounding: "0.0037", LineInvoice: "100"}, nil},
		"lines of it":                {[]Bill{bill("99.986")}, []ledger.Invoice{invoice("1", "100", "0", "0")}, map[LineKind]string{LineUsage: "99.986", LineRounding: "0.014", LineInvoice: "100"}, nil},
		"more than it":               {[]Bill{bill("99.984")}, []ledger.Invoice{invoice("1", "100", "0", "0")}, map[LineKind]string{LineUsage: "99.984", LineRounding: "-0.004", LineUnexplained: "0.02", LineInvoice: "100"}, nil},
		"restated":                   {[]Bill{restated}, []ledger.Invoice{on(invoice("1", "100", "0", "0"), 14)}, map[LineKind]string{LineUsage: "104", LineRestated: "-4", LineInvoice: "100"}, map[LineKind]string{LineRestated: "what later files say otherwise than those of 14 Jul 2018"}},
		"nobody knows":               {[]Bill{late}, []ledger.Invoice{on(invoice("1", "100", "0", "0"), 14)}, map[LineKind]string{LineUsage: "104", LineUnexplained: "-4", LineInvoice: "100"}, map[LineKind]string{LineRestated: "not known", LineUnexplained: "credit or discount"}},
		"a credit note":              {[]Bill{bill("100")}, []ledger.Invoice{invoice("1", "110", "20.90", "0"), note}, map[LineKind]string{LineUsage: "100", LineTax: "19", LineInvoice: "119"}, nil},
		"the files' own tax":         {[]Bill{taxed}, []ledger.Invoice{invoice("1", "114", "0", "0")}, map[LineKind]string{LineUsage: "100", LineTax: "19", LineCredits: "-5", LineInvoice: "114"}, map[LineKind]string{LineTax: "as the files have it"}},
		"tax said twice":             {[]Bill{taxed}, []ledger.Invoice{invoice("1", "100", "19", "5")}, map[LineKind]string{LineUsage: "100", LineTax: "19", LineCredits: "-5", LineInvoice: "114"}, map[LineKind]string{LineTax: "as the invoice states"}},
		"more tax than in the files": {[]Bill{taxed}, []ledger.Invoice{invoice("1", "100", "20", "15")}, map[LineKind]string{LineUsage: "100", LineTax: "20", LineCredits: "-15", LineInvoice: "105"}, nil},
		"no usage":                   {nil, []ledger.Invoice{invoice("1", "100", "0", "0")}, map[LineKind]string{LineUnexplained: "100", LineInvoice: "100"}, map[LineKind]string{LineUsage: "no usage", LineUnexplained: "load"}},
		"unfinished":                 {[]Bill{open}, []ledger.Invoice{invoice("1", "100", "0", "0")}, map[LineKind]string{LineUsage: "60", LineUnexplained: "40", LineInvoice: "100"}, map[LineKind]string{LineUnexplained: "load a newer file"}},
	} {
		all := Reconcile(c.bills, c.is)
		if len(all) != 1 {
			t.Errorf("%s: %d reconciliations", name, len(all))
			continue
		}
		beyond := usage.Decimal{}
		for _, l := range all[0].Lines {
			beyond = beyond.Add(all[0].Beyond(l))
		}
		if beyond.Cmp(all[0].Difference()) != 0 {
			t.Errorf("%s: what the lines have beyond the files adds up to %s, and the difference is %s", name, beyond, all[0].Difference())
		}
		sum, seen := usage.Decimal{}, map[LineKind]bool{}
		for _, l := range all[0].Lines {
			if seen[l.Kind] = true; l.Kind != LineInvoice {
				sum = sum.Add(l.Amount)
			}
			want := usage.Decimal{}
			if s := c.want[l.Kind]; s != "" {
				want = d(s)
			}
			if l.Amount.Cmp(want) != 0 {
				t.Errorf("%s: %s is %s, want %s", name, l.Kind, l.Amount, want)
			}
			if why := c.why[l.Kind]; !strings.Contains(l.Why.String(), why) {
				t.Errorf("%s: %s: %q, want %q", name, l.Kind, l.Why, why)
			}
		}
		if sum.Cmp(all[0].Invoiced) != 0 || len(seen) != 9 {
			t.Errorf("%s: %d lines add up to %s, not to %s", name, len(seen), sum, all[0].Invoiced)
		}
	}
}

// An invoice over a billing account is of all its subscriptions; what one of them was
// billed by itself is looked at with it, and nothing is counted twice.
func TestReconcileGroups(t *testing.T) {
	of := func(billing, account, period, currency, used string) Bill {
		b := bill(used)
		b.Billing, b.BillingName, b.Account, b.Period, b.Currency = billing, "name of "+billing, account, period, currency
		return b
	}
	bills := []Bill{
		of("B", "s1", "2018-07", "EUR", "10"), of("B", "s2", "2018-07", "EUR", "20"), of("B", "s1", "2018-08", "EUR", "1"),
		of("B", "s2", "2018-08", "EUR", "2"), of("B", "s1", "2018-07", "USD", "5"), of("C", "s3", "2018-07", "EUR", "7"),
	}
	over := func(account, period, currency, net string) ledger.Invoice {
		i := invoice("1", net, "0", "0")
		i.Account, i.Period, i.Currency = account, period, currency
		return i
	}
	got := Reconcile(bills, []ledger.Invoice{
		over("B", "2018-07", "EUR", "28"), over("s1", "2018-07", "EUR", "2"), over("s2", "2018-08", "EUR", "2"), over("D", "2018-07", "EUR", "1"),
	})
	want := []struct{ account, period, invoiced, files, name string }{
		{"s2", "2018-08", "2", "2", "shop"}, {"B", "2018-07", "30", "30", "name of B"}, {"D", "2018-07", "1", "0", ""},
	}
	if len(got) != len(want) {
		t.Fatalf("%d reconciliations, want %d", len(got), len(want))
	}
	for i, w := range want {
		g := got[i]
		if g.Account != w.account || g.Period != w.period || g.Invoiced.String() != w.invoiced || g.Files.String() != w.files || g.Name != w.name {
			t.Errorf("%s %s: invoiced %s, files %s, name %q; want %v", g.Account, g.Period, g.Invoiced, g.Files, g.Name, w)
		}
	}
}
