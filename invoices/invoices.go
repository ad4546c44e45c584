// Package invoices holds the rules about invoices: what one may say, how it agrees
// with the usage that was loaded, and why there is none for a period. It reads
// files and knows what the ledger keeps, and asks neither a network nor a clock.
package invoices

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"usagereport/ledger"
	"usagereport/usage"
)

// A Given is an invoice as the user states it: texts, of which some may be empty.
type Given struct {
	Account, Period, Number, Kind string
	Date, Due                     string
	Currency                      string
	Net, Tax, Credits, Total      string
	Purchases, Support            string
}

// A FieldError is a value that cannot be.
type FieldError struct {
	Field, Value, Reason string
}

func (e *FieldError) Error() string { return fmt.Sprintf("%s %q: %s", e.Field, e.Value, e.Reason) }

// Parse reads what was stated. Amounts are plain numbers, of which a credit note's
// may lack the minus. Either net or total must be there; the other follows. The
// currency may be "": Place finds it.
func Parse(g Given) (i ledger.Invoice, err error) {
	i = ledger.Invoice{
		Account: strings.TrimSpace(g.Account), Period: strings.TrimSpace(g.Period), Number: strings.TrimSpace(g.Number),
		Kind: strings.ToLower(strings.TrimSpace(g.Kind)), Currency: strings.ToUpper(strings.TrimSpace(g.Currency)),
	}
	for _, x := range []struct{ name, value, what string }{
		{"account", i.Account, "the account that is billed, by its id or name"},
		{"period", i.Period, "the billing period, like 2018-07"},
		{"number", i.Number, "the invoice's number"},
	} {
		if x.value == "" {
			return i, &FieldError{x.name, x.value, "name " + x.what}
		}
		if strings.ContainsFunc(x.value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return i, &FieldError{x.name, x.value, "holds a character that cannot be seen"}
		}
	}
	switch i.Kind {
	case "":
		i.Kind = ledger.InvoiceKind
	case ledger.InvoiceKind, ledger.CreditNoteKind:
	default:
		return i, &FieldError{"kind", g.Kind, "is not " + ledger.InvoiceKind + " or " + ledger.CreditNoteKind}
	}
	if i.Currency != "" && !regexp.MustCompile(`^[A-Z]{3}$`).MatchString(i.Currency) {
		return i, &FieldError{"currency", g.Currency, "is not a currency's code, like EUR"}
	}
	for _, x := range []struct {
		name, value string
		to          *usage.Day
	}{{"date", g.Date, &i.Date}, {"due", g.Due, &i.Due}} {
		if x.value = strings.TrimSpace(x.value); x.value == "" {
			continue
		}
		if *x.to, err = usage.ParseDay(x.value); err != nil {
			return i, &FieldError{x.name, x.value, "is not a day like 2018-07-14"}
		}
	}
	has := map[string]bool{}
	for _, x := range []struct {
		name, value string
		to          *usage.Decimal
	}{
		{"net", g.Net, &i.Net},
		{"tax", g.Tax, &i.Tax},
		{"credits", g.Credits, &i.Credits},
		{"total", g.Total, &i.Total},
		{"purchases", g.Purchases, &i.Purchases},
		{"support", g.Support, &i.Support},
	} {
		if x.value = strings.TrimSpace(x.value); x.value == "" {
			continue
		}
		var rounded bool
		if *x.to, rounded, err = usage.ParseDecimal(x.value); err != nil || rounded {
			return i, &FieldError{x.name, x.value, "is not a plain amount like 1234.56, without a currency and thousands separators"}
		}
		if x.to.Abs().Cmp(most()) > 0 {
			return i, &FieldError{x.name, x.value, "is more than any invoice comes to"}
		}
		has[x.name] = true
	}
	switch due := i.Net.Add(i.Tax).Sub(i.Credits); {
	case !has["net"] && !has["total"]:
		return i, errors.New("there is neither a net nor a total amount; give one of them")
	case !has["total"]:
		i.Total = due
	case !has["net"]:
		i.Net = i.Total.Sub(i.Tax).Add(i.Credits)
	case i.Total.Sub(due).Abs().Cmp(roundingMost()) > 0:
		return i, &FieldError{"total", g.Total, fmt.Sprintf("is not net + tax - credits, which is %s", due)}
	}
	if i.Kind == ledger.CreditNoteKind && i.Total.Sign() > 0 {
		for _, d := range []*usage.Decimal{&i.Net, &i.Tax, &i.Credits, &i.Total, &i.Purchases, &i.Support} {
			*d = d.Neg()
		}
	}
	if i.Kind == ledger.InvoiceKind && i.Credits.Sign() < 0 {
		return i, &FieldError{"credits", g.Credits, "is less than nothing; credits lessen an invoice and are written without a minus"}
	}
	return i, nil
}

// most is what no invoice comes to, in any currency; sums of a few such amounts can
// still be kept.
func most() usage.Decimal { return usage.MustDecimal("1000000000000000") }

// roundingMost is by how much the parts that are printed may miss the total: each
// of a few is rounded.
func roundingMost() usage.Decimal { return usage.MustDecimal("0.05") }

// A ConflictError says that an invoice is kept already, and says something else.
type ConflictError struct {
	Have                 ledger.Invoice
	Field, Kept, Claimed string
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("invoice %s of %s for %s is kept with %s %s, and not %s; if that was a mistake, 'usagereport invoices remove "+
		"%s' and add it again",
		e.Have.Number, e.Have.Account, e.Have.Period, e.Field, e.Kept, e.Claimed, e.Have.Number)
}

// Merge adds an invoice to those that are kept and returns what is to be kept of it,
// and whether that is news. What was left out before is filled in; what was said
// before stays, and a ConflictError says where the two differ.
func Merge(kept []ledger.Invoice, now ledger.Invoice) (out ledger.Invoice, news bool, err error) {
	i := slices.IndexFunc(kept, now.Same)
	if i < 0 {
		return now, true, nil
	}
	out = kept[i]
	differ := func(field, kept, claimed string) error { return &ConflictError{out, field, kept, claimed} }
	for _, x := range []struct {
		field string
		kept  *string
		now   string
	}{{"kind", &out.Kind, now.Kind}, {"currency", &out.Currency, now.Currency}, {"a PDF with the SHA-256", &out.SHA256, now.SHA256}} {
		switch {
		case x.now == "" || x.now == *x.kept:
		case *x.kept == "":
			*x.kept, news = x.now, true
		default:
			return out, false, differ(x.field, *x.kept, x.now)
		}
	}
	if out.File == "" {
		out.File = now.File
	}
	for _, x := range []struct {
		field string
		kept  *usage.Day
		now   usage.Day
	}{{"the date", &out.Date, now.Date}, {"the due date", &out.Due, now.Due}} {
		switch {
		case x.now == 0 || x.now == *x.kept:
		case *x.kept == 0:
			*x.kept, news = x.now, true
		default:
			return out, false, differ(x.field, x.kept.String(), x.now.String())
		}
	}
	switch {
	case now.Total.Cmp(out.Total) != 0:
	case bare(now):
		now.Net, now.Tax, now.Credits = out.Net, out.Tax, out.Credits
	case bare(out):
		out.Net, out.Tax, out.Credits, news = now.Net, now.Tax, now.Credits, true
	}
	for _, x := range []struct {
		field string
		kept  *usage.Decimal
		now   usage.Decimal
		fills bool // 0: not stated
	}{
		{"total", &out.Total, now.Total, false},
		{"net", &out.Net, now.Net, false},
		{"tax", &out.Tax, now.Tax, false},
		{"credits", &out.Credits, now.Credits, false},
		{"purchases", &out.Purchases, now.Purchases, true},
		{"support", &out.Support, now.Support, true},
	} {
		switch {
		case x.now.Cmp(*x.kept) == 0 || x.fills && x.now.Sign() == 0:
		case x.fills && x.kept.Sign() == 0:
			*x.kept, news = x.now, true
		default:
			digits := usage.MinorDigits(out.Currency)
			return out, false, differ(x.field, x.kept.Text(digits), x.now.Text(digits))
		}
	}
	return out, news, nil
}

// bare reports whether an invoice may state its total alone.
func bare(i ledger.Invoice) bool {
	return i.Tax.Sign() == 0 && i.Credits.Sign() == 0 && i.Net.Cmp(i.Total) == 0
}
