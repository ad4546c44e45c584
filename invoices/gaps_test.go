package invoices

import (
	"slices"
	"testing"

	"usagereport/usage"
)

func TestGaps(t *testing.T) {
	bill := func(account, from, to string, state State) Bill {
		parse := func(s string) usage.Day {
			d, err := usage.ParseDay(s)
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		b := Bill{Account: account, Period: from[:7], Span: usage.Period{From: parse(from), To: parse(to)}, State: state, Currency: "EUR"}
		b.Reach = b.Span.Last()
		return b
	}
	for name, c := range map[string]struct {
		bills []Bill
		want  []string // account, span, whether unfinished, leaves, gone
	}{
		"none": {[]Bill{bill("a", "2018-05-12", "2018-06-12", Closed), bill("a", "2018-06-12", "2018-07-12", Closing)}, nil},
		"two periods": {[]Bill{bill("a", "2018-08-12", "2018-09-12", Closing), bill("a", "2018-05-12", "2018-06-12", Closed)}, []string{
			"a 2018-06-12 to 2018-07-11 gap 2019-01-12", "a 2018-07-12 to 2018-08-11 gap 2019-02-12",
		}},
		"in one account, told once": {[]Bill{
			bill("a", "2018-05-01", "2018-06-01", Closed), bill("b", "2018-06-01", "2018-07-01", Closed), bill("a", "2018-07-01", "2018-08-01", Closed), bill("a", "2018-07-01", "2018-08-01", Closed),
		}, []string{"a 2018-06-01 to 2018-06-30 gap 2019-01-01"}},
		"about to leave": {[]Bill{bill("a", "2018-01-01", "2018-02-01", Closing), bill("b", "2018-06-01", "2018-07-02", Closing)}, []string{"a 2018-01-01 to 2018-01-31 unfinished 2018-08-01"}},
		"gone":           {[]Bill{bill("a", "2018-01-01", "2018-02-01", Closing), bill("b", "2018-08-01", "2018-09-01", Open)}, []string{"a 2018-01-01 to 2018-01-31 unfinished 2018-08-01 gone"}},
	} {
		var got []string
		for _, g := range Gaps(c.bills) {
			s := g.Account + " " + g.Span.String() + " gap "
			if g.Unfinished {
				s = g.Account + " " + g.Span.String() + " unfinished "
			}
			if s += g.Leaves.String(); g.Gone {
				s += " gone"
			}
			got = append(got, s)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
