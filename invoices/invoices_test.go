package invoices

import (
	"errors"
	"strings"
	"testing"

	"usagereport/ledger"
	"usagereport/usage"
)

func TestParse(t *testing.T) {
	base := Given{Account: "a", Period: "2018-07", Number: "1"}
	with := func(change func(*Given)) Given { g := base; change(&g); return g }
	for name, c := range map[string]struct {
		given      Given
		net, total string
		err        string
	}{
		"the total follows":         {with(func(g *Given) { g.Net, g.Tax, g.Credits = "100", "19", "20" }), "100", "99", ""},
		"the net follows":           {with(func(g *Given) { g.Tax, g.Credits, g.Total = "19", "20", "99" }), "100", "99", ""},
		"rounded parts":             {with(func(g *Given) { g.Net, g.Tax, g.Total = "100.00", "19.00", "119.01" }), "100", "119.01", ""},
		"parts that miss the total": {with(func(g *Given) { g.Net, g.Total = "100.00", "119.00" }), "", "", `total "119.00": is not net + tax - credits, which is 100`},
		"a credit note":             {with(func(g *Given) { g.Kind, g.Net, g.Tax = "Credit_Note", "10", "2" }), "-10", "-12", ""},
		"with its minus":            {with(func(g *Given) { g.Kind, g.Net, g.Tax = "credit_note", "-10", "-2" }), "-10", "-12", ""},
		"credits with a minus":      {with(func(g *Given) { g.Net, g.Credits = "10", "-2" }), "", "", "written without a minus"},
		"no amount":                 {base, "", "", "neither a net nor a total"},
		"thousands":                 {with(func(g *Given) { g.Net = "1,000.00" }), "", "", "not a plain amount"},
		"too many digits":           {with(func(g *Given) { g.Net = "1.0000000000000000001" }), "", "", "not a plain amount"},
		"what cannot be added":      {with(func(g *Given) { g.Net, g.Tax = "99999999999999999999", "99999999999999999999" }), "", "", "more than any invoice"},
		"a day":                     {with(func(g *Given) { g.Net, g.Date = "1", "7/14/2018" }), "", "", "not a day like 2018-07-14"},
		"a currency":                {with(func(g *Given) { g.Net, g.Currency = "1", "€" }), "", "", "not a currency's code"},
		"a number with an escape":   {with(func(g *Given) { g.Net, g.Number = "1", "E\x1b[2J" }), "", "", "cannot be seen"},
	} {
		i, err := Parse(c.given)
		switch {
		case c.err != "":
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: error %v, want %q", name, err, c.err)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case i.Net.String() != c.net || i.Total.String() != c.total:
			t.Errorf("%s: net %s, total %s, want %s and %s", name, i.Net, i.Total, c.net, c.total)
		}
	}
}

func TestMerge(t *testing.T) {
	full := invoice("1", "100", "19", "0")
	full.SHA256 = "aa"
	bareOne := invoice("1", "119", "0", "0")
	dated := full
	dated.Date = usage.Date(2018, 7, 14)
	other := full
	other.SHA256 = "bb"
	for name, c := range map[string]struct {
		kept, now ledger.Invoice
		news      bool
		net       string
		conflict  string
	}{
		"new":                        {invoice("2", "1", "0", "0"), full, true, "100", ""},
		"the same":                   {full, full, false, "100", ""},
		"the total alone, known":     {full, bareOne, false, "100", ""},
		"the total alone, then more": {bareOne, full, true, "100", ""},
		"a day that was left out":    {full, dated, true, "100", ""},
		"a day that is now left out": {dated, full, false, "100", ""},
		"another PDF":                {full, other, false, "", "SHA-256"},
		"another total":              {full, invoice("1", "120", "0", "0"), false, "", "total"},
		"the same total made anew":   {full, invoice("1", "118", "1", "0"), false, "", "net"},
	} {
		out, news, err := Merge([]ledger.Invoice{c.kept}, c.now)
		if conflict := (*ConflictError)(nil); c.conflict != "" {
			if !errors.As(err, &conflict) || !strings.Contains(conflict.Field, c.conflict) {
				t.Errorf("%s: error %v, want a conflict about %s", name, err, c.conflict)
			}
			continue
		}
		if err != nil || news != c.news || out.Net.String() != c.net {
			t.Errorf("%s: net %s, news %v, %v; want net %s, news %v", name, out.Net, news, err, c.net, c.news)
		}
	}
}

func TestPlace(t *testing.T) {
	bills := []Bill{
		{Billing: "B1", BillingName: "Contoso", Account: "s1", Name: "shop", Period: "2018-07", Currency: "EUR"},
		{Billing: "B1", BillingName: "Contoso", Account: "s2", Name: "twin", Period: "2018-07", Currency: "EUR"},
		{Billing: "B2", Account: "s3", Name: "twin", Period: "2018-07", Currency: "USD"},
		{Billing: "B2", Account: "s3", Name: "twin", Period: "2018-07", Currency: "EUR"},
		{Billing: "B3", Account: "s4", Name: "odd", Period: "summer", Currency: "EUR"},
	}
	for name, c := range map[string]struct {
		account, period, currency string
		want, wantCurrency        string
		known                     bool
		err                       string
	}{
		"an id":                   {"S1", "2018-07", "", "s1", "EUR", true, ""},
		"a billing account":       {"contoso", "2018-07", "", "B1", "EUR", true, ""},
		"another period":          {"shop", "2018-08", "", "s1", "EUR", true, ""},
		"a name of two":           {"twin", "2018-07", "", "", "", false, "the name of several: s2, s3; give the id"},
		"two currencies":          {"s3", "2018-07", "", "", "", false, "EUR and USD"},
		"two, and one is named":   {"s3", "2018-07", "USD", "s3", "USD", true, ""},
		"unknown":                 {"who", "2018-07", "GBP", "who", "GBP", false, ""},
		"unknown, no currency":    {"who", "2018-07", "", "", "", false, "no usage that tells it"},
		"an odd name of a period": {"odd", "summer", "", "s4", "EUR", true, ""},
		"a wrong one":             {"odd", "winter", "", "", "", false, "the account has summer"},
	} {
		i, known, err := Place(ledger.Invoice{Account: c.account, Period: c.period, Currency: c.currency}, bills)
		switch {
		case c.err != "":
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: error %v, want %q", name, err, c.err)
			}
		case err != nil || i.Account != c.want || i.Currency != c.wantCurrency || known != c.known:
			t.Errorf("%s: %s %s, known %v, %v; want %s %s, %v", name, i.Account, i.Currency, known, err, c.want, c.wantCurrency, c.known)
		}
	}
}

func TestCheckPDF(t *testing.T) {
	whole := "%PDF-1.4\n" + strings.Repeat("x", 5000) + "\n%%EOF\n"
	for name, c := range map[string]struct{ text, err string }{
		"whole":              {whole, ""},
		"after a few bytes":  {"\n\n" + whole, ""},
		"empty":              {"", "it is empty"},
		"a page":             {"<html><body>Sign in</body></html>", "looks like text/html"},
		"broken off":         {whole[:3000], "breaks off"},
		"a PDF inside a zip": {"PK\x03\x04" + strings.Repeat("x", 2000) + whole, "looks like application/zip"},
	} {
		err := CheckPDF([]byte(c.text))
		if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%s: %v, want %q", name, err, c.err)
		}
	}
}

func invoice(number, net, tax, credits string) ledger.Invoice {
	n, x, c := usage.MustDecimal(net), usage.MustDecimal(tax), usage.MustDecimal(credits)
	return ledger.Invoice{Account: "s1", Period: "2018-07", Number: number, Kind: ledger.InvoiceKind, Currency: "EUR", Net: n, Tax: x, Credits: c, Total: n.Add(x).Sub(c), Date: 0}
}
