package invoices

import (
	"math/big"
	"strings"
	"testing"

	"usagereport/usage"
)

// Whatever a file holds, it is refused by name, or each invoice in it agrees with
// itself exactly.
func FuzzReadCSV(f *testing.F) {
	const head = "account,period,number,net,tax,credits,total,kind\n"
	for _, s := range []string{
		head + "Corner Shop,2018-07,E1,738.95,140.40,0,,\n",
		head + "b,2018-07,C1,12,2.28,,,credit_note\r\n",
		"\ufeff" + strings.ReplaceAll(head+"a,2018-07,1,,19,20,99,\n", ",", ";"),
		head + "a,2018-07,1,99999999999999999999,99999999999999999999,0,,\n",
		"account;email;opted_in\na;a@example.org;yes\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		exact := func(d usage.Decimal) *big.Rat {
			r, ok := new(big.Rat).SetString(d.String())
			if !ok {
				t.Fatalf("%s is no number", d)
			}
			return r
		}
		rows, err := ReadCSV("invoices.csv", b)
		if err != nil && (err.Error() == "" || rows != nil) {
			t.Errorf("%d rows and the error %q", len(rows), err)
		}
		for _, r := range rows {
			if r.Line < 2 || r.Account == "" || r.Period == "" || r.Number == "" || strings.ContainsAny(r.Account+r.Period+r.Number, "\x00\n\x1b") {
				t.Errorf("line %d: %q, %q, %q", r.Line, r.Account, r.Period, r.Number)
			}
			due := new(big.Rat).Add(exact(r.Net), exact(r.Tax))
			if off := due.Sub(due, exact(r.Credits)).Sub(due, exact(r.Total)); off.Abs(off).Cmp(big.NewRat(5, 100)) > 0 {
				t.Errorf("line %d: net %s, tax %s, credits %s make %s", r.Line, r.Net, r.Tax, r.Credits, r.Total)
			}
		}
		people, err := ReadRecipients("r.csv", b)
		if err != nil && people != nil {
			t.Errorf("%d people and the error %v", len(people), err)
		}
		for _, p := range people {
			if p.Account == "" || strings.ContainsAny(p.Email, "\r\n\x00") || !strings.Contains(p.Email, "@") {
				t.Errorf("line %d: %q, %q", p.Line, p.Account, p.Email)
			}
		}
	})
}
