package text

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"usagereport/analysis"
	"usagereport/analysis/bridge"
	"usagereport/engine"
	"usagereport/internal/azure/azureroles"
	"usagereport/internal/locale"
	"usagereport/internal/misuse"
	"usagereport/internal/terminal"
	"usagereport/invoices"
	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/reports"
	"usagereport/sending"
	"usagereport/usage"
	"usagereport/workspace"
)

func eur(text string) usage.Money {
	return usage.Money{Amount: usage.MustDecimal(text), Currency: "EUR"}
}

func day(text string) usage.Day {
	d, err := usage.ParseDay(text)
	if err != nil {
		panic(err)
	}
	return d
}

// said is what print says in a format to a pipe: its result, and what people are told beside it.
func said(format string, print func(terminal.Printer) error) (out, told string, err error) {
	var o, e bytes.Buffer
	err = print(terminal.Printer{Format: format, Terminal: &terminal.Terminal{
		Out: &o, Err: &e, Size: func(io.Writer) (int, bool) { return 0, false },
	}})
	return o.String(), e.String(), err
}

// october is a period of which a week has gone by.
func october() analysis.PeriodInfo {
	return analysis.PeriodInfo{Name: "2026-10", Span: day("2026-10-01").Month(), State: usage.Open, Reach: day("2026-10-07")}
}

func comparison() analysis.Comparison {
	row := func(name, now, before, price, quantity string) analysis.ComparisonRow {
		d := eur(now)
		d.Amount = d.Amount.Sub(usage.MustDecimal(before))
		var b bridge.Bridge
		b[bridge.Price], b[bridge.Quantity] = usage.MustDecimal(price), usage.MustDecimal(quantity)
		return analysis.ComparisonRow{
			Values: []string{name}, Labels: []string{name}, Current: eur(now), Prior: eur(before), Delta: d, Adjusted: d, Bridge: b,
		}
	}
	return analysis.Comparison{
		Currency: "EUR", Period: october(), Base: []analysis.BasePeriod{{Name: "2026-09", Span: day("2026-09-01").Month()}},
		Total: row("", "30.125", "20", "4.125", "6"), Rows: []analysis.ComparisonRow{
			row("Storage\x1b[2J", "20.125", "10", "4.125", "6"), row("SQL", "10", "10", "0", "0"),
		},
	}
}

// A saying prints something in a format and says what its result and what is told must have, and what the
// result must not have.
type saying struct {
	name, format string
	print        func(terminal.Printer) error
	out, told    []string
	not          string
}

func TestText(t *testing.T) {
	one := comparison()
	alone := comparison()
	alone.Base, alone.Missing = nil, []string{"2026-09"}
	compare := func(c analysis.Comparison) func(terminal.Printer) error {
		return func(p terminal.Printer) error {
			return errors.Join(ComparisonHead(p, []analysis.Comparison{c}, []string{"service=S*"}),
				Comparison(p, []analysis.Comparison{c}, []usage.Dimension{usage.Service}))
		}
	}
	outlook := analysis.Outlook{Currency: "EUR", Period: october(), End: analysis.Ending{Known: eur("7.004"), Expected: eur("31")}}
	ranged := outlook
	ranged.End.Range = &analysis.Range{Low80: eur("30"), High80: eur("32"), Low95: eur("29"), High95: eur("33"), Months: 6}
	refused := outlook
	refused.Refusal = locale.T("too little is known")
	outlooks := func(o analysis.Outlook) func(terminal.Printer) error {
		return func(p terminal.Printer) error { return Outlooks(p, []analysis.Outlook{o}, nil, false) }
	}
	used := 99.97
	bought := analysis.PeriodCommitments{Currency: "EUR", Period: october(), Commitments: &analysis.Commitments{
		Used: eur("99.97"), Unused: eur("0.03"), Utilisation: &used,
		Rows: []analysis.Commitment{{ID: "/providers/R-1", Name: "reserved", Billed: eur("100"), Used: eur("99.97"), Utilisation: &used}},
		Hours: []analysis.ReservedHours{
			{ID: "r-1", Reserved: usage.MustDecimal("24"), Used: usage.MustDecimal("23")}, {ID: "other", Reserved: usage.MustDecimal("1")},
		},
	}}
	bill := usage.Period{From: day("2026-07-12"), To: day("2026-08-12")}
	august := day("2026-08-01").Month()
	dayBills := []usage.Period{{From: day("2026-08-06"), To: day("2026-08-07")}, {From: day("2026-08-07"), To: day("2026-08-08")}, {From: day("2026-08-08"), To: day("2026-08-09")}}
	loads := []ledger.Description{
		{Periods: []string{"2026-08"}, Spans: []usage.Period{bill}},
		{Periods: []string{"2026-08", "2026-08"}, Spans: []usage.Period{bill, august}},
		{
			Periods: []string{"2026-08", "2026-09", "2026-10"},
			Spans:   []usage.Period{august, day("2026-09-01").Month(), day("2026-10-01").Month()},
		},
		{Periods: []string{"2026-08", "2026-08", "2026-08"}, Spans: dayBills},
	}
	files := []loader.FileResult{
		{
			Ref: "a.csv", Status: loader.Loaded, LoadID: 3, Rows: 2, Periods: []string{"2026-10"}, Spans: []usage.Period{day("2026-10-01").Month()},
			Totals: map[string]usage.Decimal{"EUR": usage.MustDecimal("1.5"), "USD": usage.MustDecimal("2")},
		},
		{Ref: "c.csv", Status: loader.Loaded, LoadID: 4, Periods: []string{"2026-08", "2026-08", "2026-08"}, Spans: dayBills},
		{Ref: "b.csv", Status: loader.Refused, Err: errors.New("no header")},
	}
	since := []analysis.Since{{
		Record: "R-1", At: time.Date(2026, 10, 9, 0, 0, 0, 0, time.UTC), Period: "2026-10", Span: day("2026-10-01").Month(), Currency: "EUR",
		Total: analysis.SinceRow{Was: eur("10"), Now: eur("13"), Delta: eur("3"), Late: usage.MustDecimal("3")},
		Rows: []analysis.SinceRow{
			{Account: "s-1", Name: "Production", Service: "SQL", Was: eur("4"), Now: eur("6"), Delta: eur("2"), Late: usage.MustDecimal("2")},
			{Account: "s-2", Service: "SQL", Was: eur("6"), Now: eur("7"), Delta: eur("1"), Late: usage.MustDecimal("1")},
		},
	}}
	history := workspace.History{Periods: []analysis.BillingPeriod{{Name: "2026-09", Span: day("2026-09-01").Month(), Total: eur("5")}}}
	for _, c := range []saying{
		{"comparison", "table", compare(one), []string{
			"2026-10 (2026-10-01 to 2026-10-31, open, data to 2026-10-07), only service=S*: 30.13 EUR", "difference 10.13",
			"Why: +6.00 more or less used, +4.13 by prices", `Storage\x1b[2J`, "+10.13", "(total)",
		}, nil, "\x1b"},
		{"comparison for programs", "csv", compare(one), []string{"service_name,current,prior,delta", "20.125,10.00,10.125"}, []string{"Why: "}, "(total)"},
		{"nothing to compare with", "csv", compare(alone), []string{"SQL,10.00,,,"}, []string{"no comparison with 2026-09: load its files"}, "Why"},
		{"outlook", "table", outlooks(outlook), []string{"7.00 EUR so far, about 31.00 at its end; too little history"}, nil, "four times"},
		{"outlook with a range", "csv", outlooks(ranged), []string{"7.004,31.00,30.00,32.00,29.00,33.00,EUR"}, []string{"four times out of five 30.00 to 32.00"}, "out of"},
		{"no outlook", "table", outlooks(refused), []string{"EUR: too little is known"}, nil, "│"},
		{"no outlook for programs", "csv", outlooks(refused), []string{"period,data_to,known"}, []string{"EUR: too little is known"}, "31"},
		{
			"commitments", "table", func(p terminal.Printer) error { return Commitments(p, []analysis.PeriodCommitments{bought}) },
			[]string{"99.97 EUR used, 99.9 % of what they cost", "reserved", "other"},
			nil, "last_day",
		},
		{
			"commitments for programs", "csv", func(p terminal.Printer) error { return Commitments(p, []analysis.PeriodCommitments{bought}) },
			[]string{"last_day", "reserved,/providers/R-1,", ",24.00,23.00,"},
			nil, "(none)",
		},
		{
			"no commitments", "table", func(p terminal.Printer) error { return Commitments(p, nil) }, []string{"percent_used"}, nil, "EUR",
		},
		{"files", "table", func(p terminal.Printer) error { return Loaded(p, files) }, []string{
			"1.50 EUR + 2.00 USD", "2026-10 (2026-10-01 to 2026-10-31)", "3: 2026-08 (2026-08-06 to 2026-08-08)", "refused",
		}, nil, "no header"},
		{"files for programs", "json", func(p terminal.Printer) error { return Loaded(p, files) }, []string{
			`"totals": {`, `"reason": "no header"`, `"periods": []`,
		}, nil, "null"},
		{"since", "table", func(p terminal.Printer) error { return Since(p, since, 1) }, []string{
			"10.00 EUR then, 13.00 now, difference +3.00", "Production", "(others)", "(total)", "late",
		}, nil, "restated"},
		{"since for programs", "csv", func(p terminal.Printer) error { return Since(p, since, 0) }, []string{"s-1,SQL,4.00,6.00,2.00,EUR,0.00,2.00,0.00"}, []string{"then"}, "Production"},
		{"periods", "table", func(p terminal.Printer) error { return PeriodHead(p, history, "2026-09") }, []string{"5.00 EUR up to"}, nil, "nobody"},
		{"roles", "csv", func(p terminal.Printer) error {
			return Roles(p, []azureroles.Holder{{Who: "Ada", May: azureroles.May{Cost: true, Give: true}}, {Who: "Ben"}})
		}, []string{`Ada,"","","cost, roles"`, `Ben,"","",no cost`}, nil, "invoices"},
		{"missing invoices", "csv", func(p terminal.Printer) error {
			return MissingInvoices(p, []invoices.Missing{{Account: "s-1", Name: "Shop", Period: "2026-09", Likely: "it is young", Do: "wait"}})
		}, []string{"s-1,Shop", "likely: it is young,wait"}, nil, "\x1b"},
		{"loads", "table", func(p terminal.Printer) error { return Loads(p, loads) }, []string{
			" 2026-08 … 2026-10  ", " 2026-08 (2026-07-12 to ", " 2026-08-11) ", " 2026-08, 2026-08 (2026-07-12 │", " to 2026-08-31) ", " 2026-08 (2026-08-06 to ",
		}, nil, "from"},
		{"loads for programs", "csv", func(p terminal.Printer) error { return Loads(p, loads) }, []string{
			"2026-08,2026-07-12,2026-08-11,", "2026-08 … 2026-10,2026-08-01,2026-10-31,",
		}, nil, "("},
		{"letters", "csv", func(p terminal.Printer) error {
			return Letters(p, []*sending.Letter{{Owner: "Ada", State: reports.SummarySent, To: []string{"a@example.org", "b@example.org"}}})
		}, []string{`Ada,sent,"",a@example.org; b@example.org,`}, nil, "unsure"},
		{"records", "csv", func(p terminal.Printer) error {
			return Records(p, []ledger.Record{{ID: "R-1", State: ledger.Sending}})
		}, []string{",unsure,", "R-1"}, nil, "sending"},
		{"what may be read", "table", func(p terminal.Printer) error {
			return Engine(p, engine.Info{Name: "parquet:lake", Chosen: 1, Groupings: []engine.Grouping{{Rows: 9}, {Rows: 4, LeftOut: []string{"Tags"}}}}, false)
		}, []string{"parquet:lake: ", "Tags"}, nil, "billing periods"},
	} {
		out, told, err := said(c.format, c.print)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		for _, want := range c.out {
			if !strings.Contains(out, want) {
				t.Errorf("%s lacks %q:\n%s", c.name, want, out)
			}
		}
		for _, want := range c.told {
			if !strings.Contains(told, want) {
				t.Errorf("%s: what is told lacks %q:\n%s", c.name, want, told)
			}
		}
		if strings.Contains(out, c.not) {
			t.Errorf("%s has %q:\n%s", c.name, c.not, out)
		}
	}
}

// A period that the ledger does not have is a mistake in how the command was called.
func TestNoSuchPeriod(t *testing.T) {
	_, _, err := said("table", func(p terminal.Printer) error {
		return PeriodHead(p, workspace.History{Periods: []analysis.BillingPeriod{{Name: "2026-09"}, {Name: "2026-09"}}}, "2026-08")
	})
	var wrong *misuse.Error
	if !errors.As(err, &wrong) || !strings.HasSuffix(err.Error(), "the ledger has none; it has 2026-09") {
		t.Errorf("got %v", err)
	}
}

// A refused file says why, and what to do about what the system says of it.
func TestReason(t *testing.T) {
	for _, c := range []struct {
		r    loader.FileResult
		want string
	}{
		{loader.FileResult{Status: loader.Refused, Err: fs.ErrPermission}, "refused: permission denied; you lack the right"},
		{loader.FileResult{Status: loader.Superseded, Err: errors.New("newer data are there")}, "newer data are there"},
	} {
		if got := Reason(c.r); !strings.HasPrefix(got, c.want) {
			t.Errorf("%v is told as %q, want %q", c.r, got, c.want)
		}
	}
}

// What is refused is told also where nothing else is.
func TestLoading(t *testing.T) {
	results := []loader.FileResult{
		{Ref: "a.csv", Status: loader.Loaded, Warnings: []string{"odd"}, First: []string{"1", "2", "3", "4", "5", "6"}},
		{Ref: "b.csv", Status: loader.Refused, Err: errors.New("no header")},
		{Ref: "c.csv", Status: loader.Unchanged},
	}
	for quiet, want := range map[bool]string{
		true: "b.csv: refused: no header\n",
		false: "a.csv: warning: odd\na.csv: first charges of subscription 1, 2, 3, 4, 5 and 1 more\nb.csv: refused: no header\n" +
			"1 loaded, 1 unchanged, 1 refused\n",
	} {
		var errs bytes.Buffer
		Loading(&terminal.Terminal{Err: &errs, Quiet: quiet}, results)
		if errs.String() != want {
			t.Errorf("quiet %v: told %q, want %q", quiet, errs.String(), want)
		}
	}
}
