package analysis_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"usagereport/analysis"
	"usagereport/internal/ledgertest"
	"usagereport/usage"
)

// outlooks loads lines of days, a file each, and asks for the forecast.
func outlooks(t *testing.T, o analysis.Options, dims []usage.Dimension, files ...string) []analysis.Outlook {
	t.Helper()
	l := ledgertest.Empty(t)
	for i, text := range files {
		load(t, l, txtar.File{Name: fmt.Sprintf("%d.days", i), Data: []byte(text)})
	}
	ledgertest.AddUp(t, l)
	a, err := analysis.New(t.Context(), l, o)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	out, err := a.Outlooks(t.Context(), dims)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// monthly writes a line of days for each month from one to another, so that each
// is a bill of its own.
func monthly(line, from, to string) string {
	a, _ := usage.ParseDay(from)
	b, _ := usage.ParseDay(to)
	var out strings.Builder
	for a <= b {
		end := min(a.Month().Last(), b)
		fmt.Fprintf(&out, line+"\n", fmt.Sprintf("%s..%s", a, end))
		a = end + 1
	}
	return out.String()
}

// TestOutlookAddsUp holds the parts of a forecast to its total, to the last
// digit, however it is divided.
func TestOutlookAddsUp(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	var lines strings.Builder
	for a := range 3 {
		for s := range 4 {
			cost := fmt.Sprintf("%.5f", 40*math.Exp(r.NormFloat64()))
			if s == 3 {
				cost = "-" + cost // credits in the shape of usage
			}
			lines.WriteString(monthly(fmt.Sprintf("acc%d svc%d %%s %s", a, s, cost), "2026-01-01", "2026-06-17"))
		}
		lines.WriteString(monthly(fmt.Sprintf("acc%d purchase-plan %%s 3.333333333", a), "2026-01-01", "2026-06-17"))
	}
	plans := readPlans(t,
		"2026-06-20,,,1.2340,day,\n2026-05-10,,ServiceName=svc?,-100,month,\n2026-06-18,2026-06-20,ServiceName=svc1 & SubAccountId=acc*,3.33,day,\n2026-06-19,,RegionId=moon,7.0050,once,\n")
	var want string
	for _, dims := range [][]usage.Dimension{
		nil,
		{usage.Service},
		{usage.SubAccount},
		{usage.Resource},
		{usage.Service, usage.Resource},
		{usage.Meter},
		{usage.Region, usage.SubAccount},
	} {
		o := outlooks(t, analysis.Options{Plans: plans}, dims, lines.String())[0]
		if want == "" {
			want = o.End.Expected.Amount.String()
		}
		if got := o.End.Expected.Amount.String(); got != want {
			t.Errorf("%v: expected %s, undivided %s", dims, got, want)
		}
		var known, planned, counted, expected usage.Decimal
		for _, row := range o.Rows {
			known, planned, expected = known.Add(row.Known.Amount), planned.Add(row.Planned.Amount), expected.Add(row.Expected.Amount)
		}
		for _, p := range o.Plans {
			counted = counted.Add(p.Counted.Amount)
		}
		if dims != nil && planned != o.End.Planned.Amount || counted != o.End.Planned.Amount || counted.Sign() == 0 {
			t.Errorf("%v: rows add up to %s planned, plans to %s, the bill has %s", dims, planned, counted, o.End.Planned.Amount)
		}
		if dims != nil && (known != o.End.Known.Amount || expected != o.End.Expected.Amount) {
			t.Errorf("%v: rows add up to %s and %s, the bill is %s and %s", dims, known, expected, o.End.Known.Amount, o.End.Expected.Amount)
		}
	}
}

// TestOutlookOf says what is to be said of awkward ledgers.
func TestOutlookOf(t *testing.T) {
	for _, c := range []struct {
		name, lines, asOf string
		low, high         float64 // the expected end
		ranged            bool
		says              string // in warnings or refusal
	}{
		{"constant", monthly("s1 Compute %s 10", "2026-01-01", "2026-06-15"), "", 299.99, 300.01, true, ""},
		{"three days", "s1 Compute 2026-06-01..2026-06-03 10\n", "", 290, 310, false, ""},
		{"one day", "s1 Compute 2026-06-01 10\n", "", 10, 10, false, "No forecast yet: June 2026 has only 1 day of usage"},
		{"two days", "s1 Compute 2026-06-01..2026-06-02 10\n", "", 20, 20, false, "No forecast yet: June 2026 has only 2 days of usage"},
		{"days without a usual cost", "s1 Compute 2026-06-01 10\ns1 Compute 2026-06-04 3\n", "", 13, 13, false, "No forecast yet: June 2026 has only 4 days of usage"},
		{"all zero", monthly("s1 Compute %s 0", "2026-01-01", "2026-06-15"), "", 0, 0, true, ""},
		{"negative", monthly("s1 Compute %s -10", "2026-01-01", "2026-06-15"), "", -300.01, -299.99, true, ""},
		{"a gap of a month", monthly("s1 Compute %s 10", "2026-01-01", "2026-04-30") + monthly("s1 Compute %s 10", "2026-06-01",
			"2026-06-15"), "", 299.99, 300.01, true, ""},
		{"a month and a half", monthly("s1 Compute %s 10", "2026-05-05", "2026-06-15"), "", 299.99, 300.01, true, ""},
		{"less than two weeks", monthly("s1 Compute %s 10", "2026-06-01", "2026-06-13"), "", 299.99, 300.01, true, ""},
		{"cut by the calendar", monthly("s1 Compute %s 10", "2026-01-01", "2026-06-25"), "2026-06-15", 299.99, 300.01, true, ""},
		{
			"missing", monthly("s1 Compute %s 10", "2026-01-01", "2026-06-15") + monthly("s2 Compute %s 5", "2026-01-01", "2026-05-31"),
			"", 449.99, 450.01, true, "s2 has no data in this period; it cost EUR 155.00 in the period before",
		},
		{
			"behind", monthly("s1 Compute %s 10", "2026-01-01", "2026-06-15") + monthly("s2 Compute %s 5", "2026-01-01", "2026-06-08"), "",
			449.99, 450.01, true, "s2 has data to 8 Jun 2026 only",
		},
		{"a purchase each month, still due", monthly("s1 Compute %s 10", "2026-01-01",
			"2026-06-15") + "s1 purchase-x 2026-03-20 100\ns1 purchase-x 2026-04-20 100\ns1 purchase-x 2026-05-20 100\n", "", 399.99, 400.01, true, ""},
		{"a purchase each month, made already", monthly("s1 Compute %s 10", "2026-01-01",
			"2026-06-15") + "s1 purchase-x 2026-03-02 100\ns1 purchase-x 2026-04-02 100\ns1 purchase-x 2026-05-02 100\ns1 purchase-x 2026-06-03 100\n", "", 399.99, 400.01, true, ""},
		{
			"a purchase once", monthly("s1 Compute %s 10", "2026-01-01", "2026-06-15") + "s1 purchase-x 2026-05-20 100\n", "", 299.99,
			300.01, true, "",
		},
		{"dated ahead", monthly("s1 Compute %s 10", "2026-01-01",
			"2026-06-15") + "s1 purchase-x 2026-04-20 100\ns1 purchase-x 2026-05-20 100\ns1 purchase-x 2026-06-20 100\n", "", 399.99, 400.01, true, ""},
		{
			"stopped a week ago", monthly("s1 Compute %s 100", "2026-01-01", "2026-05-31") +
				monthly("s1 Storage %s 15", "2026-01-01", "2026-06-07"), "", 449.9, 450.1, true, "",
		},
		{
			"halved two weeks ago", monthly("s1 Compute %s 100", "2026-01-01", "2026-05-31") +
				monthly("s1 Compute %s 50", "2026-06-01", "2026-06-15"), "", 1499.9, 1500.1, true, "",
		},
		{
			"doubled three weeks ago, in the month before", monthly("s1 Compute %s 100", "2026-01-01", "2026-05-24") +
				monthly("s1 Compute %s 200", "2026-05-25", "2026-06-15"), "", 5999.9, 6000.1, true, "",
		},
		{
			"new for a week", monthly("s1 Compute %s 100", "2026-01-01", "2026-06-09") +
				monthly("s1 Storage %s 50", "2026-06-01", "2026-06-09"), "", 4499.9, 4500.1, true, "",
		},
		{"closed", monthly("s1 Compute %s 10", "2026-05-01", "2026-06-30"), "", 300, 300, false, "nothing left to forecast"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var o analysis.Options
			if c.asOf != "" {
				o.AsOf, _ = usage.ParseDay(c.asOf)
			}
			l := outlooks(t, o, []usage.Dimension{usage.Service}, c.lines)[0]
			if got := l.End.Expected.Amount.Float64(); got < c.low || got > c.high {
				t.Errorf("expected %g, want %g to %g", got, c.low, c.high)
			}
			if (l.End.Range != nil) != c.ranged {
				t.Errorf("range %v, want one: %v", l.End.Range, c.ranged)
			}
			if r := l.End.Range; r != nil && (r.Low95.Amount.Cmp(r.Low80.Amount) > 0 || r.Low80.Amount.Cmp(r.High80.Amount) > 0 ||
				r.High80.Amount.Cmp(r.High95.Amount) > 0) {
				t.Errorf("range %v is turned", r)
			}
			if said := fmt.Sprint(append(l.Warnings, l.Refusal)); !strings.Contains(said, c.says) {
				t.Errorf("said %q, want %q", said, c.says)
			}
		})
	}
	t.Run("two currencies", func(t *testing.T) {
		list := outlooks(t, analysis.Options{}, nil, monthly("s1 Compute %s 10", "2026-01-01", "2026-06-15"),
			monthly("s9 Compute %s 20 USD", "2026-01-01", "2026-06-15"))
		if len(list) != 2 || list[0].End.Expected.Text() == list[1].End.Expected.Text() || list[0].Currency == list[1].Currency {
			t.Errorf("got %v", list)
		}
	})
}
