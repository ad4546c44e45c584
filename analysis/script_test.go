package analysis_test

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"usagereport/analysis"
	"usagereport/analysis/bridge"
	"usagereport/internal/ledgertest"
	"usagereport/ledger"
	"usagereport/usage"
)

// TestScripts runs testdata/*.txtar. A script's files are: usage files to load
// (*.csv, in order; a line "SUBSCRIPTION FROM..TO COST" of a *.days file stands
// for a row a day), what is planned (*.plans), and questions, each a file whose name is the question
// ("compare ServiceName", "bridge ServiceName against=mean3", "forecast
// ServiceName", "periods", "accounts", "priors", "daily", "findings", "lately", "explained", "warnings", "said",
// with options like "period=2026-02 as-of=2026-03-10 sensitivity=low" behind it) and whose
// content is the answer.
func TestScripts(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no scripts:", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			l := ledgertest.Empty(t)
			loaded := false
			var plans []analysis.Plan
			for _, f := range ar.Files {
				switch filepath.Ext(f.Name) {
				case ".csv", ".days":
					load(t, l, f)
					continue
				case ".plans":
					if plans, err = analysis.ReadPlans(f.Name, bytes.NewReader(f.Data)); err != nil {
						t.Fatal(err)
					}
					continue
				}
				if !loaded {
					ledgertest.AddUp(t, l)
					loaded = true
				}
				if got := answer(t, l, plans, f.Name); got != string(f.Data) {
					t.Errorf("%s\ngot:\n%swant:\n%s", f.Name, got, f.Data)
				}
			}
		})
	}
}

func load(t *testing.T, l *ledger.Ledger, f txtar.File) {
	t.Helper()
	data := f.Data
	if filepath.Ext(f.Name) == ".days" {
		data = expand(t, f.Data)
	}
	path := filepath.Join(t.TempDir(), "usage.csv")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	ledgertest.Load(t, l, path)
}

// ledgerOf returns a ledger of the days that expand reads, added up.
func ledgerOf(t *testing.T, days string) *ledger.Ledger {
	t.Helper()
	l := ledgertest.Empty(t)
	load(t, l, txtar.File{Name: "usage.days", Data: []byte(days)})
	ledgertest.AddUp(t, l)
	return l
}

// reportOf returns the report of an analysis, which is closed with the test.
func reportOf(t *testing.T, a *analysis.Analysis, err error) *analysis.Report {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	r, err := a.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// expand turns lines "SUBSCRIPTION SERVICE FROM..TO COST [CURRENCY] [COLUMN=VALUE...]"
// into a FOCUS file with one row a day, billed by calendar month. Columns are
// those of the defaults below; "bill=N" makes bills of N days instead, from Mondays on.
func expand(t *testing.T, lines []byte) []byte {
	t.Helper()
	columns := []string{
		"BilledCost", "EffectiveCost", "BillingAccountId", "BillingCurrency", "BillingPeriodStart", "BillingPeriodEnd",
		"ChargeCategory", "ChargeClass",
		"ChargePeriodStart", "ChargePeriodEnd", "ServiceName", "SubAccountId", "SubAccountName", "ConsumedQuantity", "ConsumedUnit",
		"ResourceId", "ResourceName", "ResourceType",
		"SkuMeter", "RegionId", "x_ResourceGroupName", "x_SkuMeterId", "Tags",
	}
	var b bytes.Buffer
	b.WriteString(strings.Join(columns, ",") + "\n")
	for line := range strings.Lines(string(lines)) {
		w := strings.Fields(line)
		if len(w) == 0 {
			continue
		}
		from, to, _ := strings.Cut(w[2], "..")
		first, err := usage.ParseDay(from)
		if err != nil {
			t.Fatal(err)
		}
		last := first
		if to != "" {
			if last, err = usage.ParseDay(to); err != nil {
				t.Fatal(err)
			}
		}
		row := map[string]string{
			"BilledCost": w[3], "EffectiveCost": w[3], "BillingAccountId": "A", "BillingCurrency": "EUR", "ChargeCategory": "Usage",
			"ServiceName": w[1], "SubAccountId": w[0],
			"ConsumedQuantity": "1", "ResourceId": w[0] + "-" + w[1], "ResourceName": w[1],
		}
		if strings.HasPrefix(w[1], "purchase-") {
			row["ChargeCategory"] = "Purchase"
		}
		bill := 0
		for _, word := range w[4:] {
			column, value, ok := strings.Cut(word, "=")
			switch {
			case !ok:
				column, value = "BillingCurrency", word
			case column == "bill":
				if bill, err = strconv.Atoi(value); err != nil {
					t.Fatal(err)
				}
				continue
			}
			if !slices.Contains(columns, column) {
				t.Fatalf("column %q of %q: none of %v", column, line, columns)
			}
			row[column] = value
		}
		for d := first; d <= last; d++ {
			m := d.Month()
			if bill > 0 {
				m.From = d - (d+3)%usage.Day(bill) // day 0 is a Thursday
				m.To = m.From + usage.Day(bill)
			}
			row["BillingPeriodStart"], row["BillingPeriodEnd"] = m.From.String(), m.To.String()
			row["ChargePeriodStart"], row["ChargePeriodEnd"] = d.String(), (d + 1).String()
			for i, c := range columns {
				if i > 0 {
					b.WriteString(",")
				}
				b.WriteString(`"` + strings.ReplaceAll(row[c], `"`, `""`) + `"`)
			}
			b.WriteString("\n")
		}
	}
	return b.Bytes()
}

// answer asks one question and writes the answer as lines.
func answer(t *testing.T, l *ledger.Ledger, plans []analysis.Plan, question string) string {
	t.Helper()
	words := strings.Fields(question)
	o := analysis.Options{Plans: plans}
	var args []string
	var compare analysis.CompareOptions
	for _, w := range words[1:] {
		switch k, v, _ := strings.Cut(w, "="); k {
		case "against":
			compare.Against = analysis.Against(v)
		case "filter":
			name, value, _ := strings.Cut(v, ":")
			compare.Filters = append(compare.Filters, analysis.Filter{Dimension: usage.Dimension(name), Value: value})
		case "cost":
			compare.Cost = analysis.Cost(v)
		case "holiday":
			compare.Holidays = append(compare.Holidays, day(t, v))
		case "period":
			o.Period = v
		case "month":
			o.Month = v
		case "currency":
			o.Currency = v
		case "sensitivity":
			o.Sensitivity = analysis.Sensitivity(v)
		case "tags":
			o.Tags = strings.Split(v, ",")
		case "days":
			o.Days = span(t, v)
		case "before":
			o.Before = span(t, v)
		case "as-of":
			o.AsOf = day(t, v)
		default:
			args = append(args, w)
		}
	}
	a, err := analysis.New(t.Context(), l, o)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	var b strings.Builder
	line := func(values ...any) { b.WriteString(strings.TrimRight(fmt.Sprintln(values...), " \n") + "\n") }
	if words[0] == "periods" {
		ps, err := a.Periods(t.Context())
		if err != nil {
			return err.Error() + "\n"
		}
		for _, p := range ps {
			line(p.Name, p.Span, p.State, "to", p.Reach, p.Accounts, p.Total.Text(), p.Total.Currency)
			for _, lack := range p.Lacks {
				line(lack)
			}
		}
		return b.String()
	}
	var dims []usage.Dimension
	for _, name := range args {
		d, err := usage.ParseDimension(name)
		if err != nil {
			t.Fatal(err)
		}
		dims = append(dims, d)
	}
	if words[0] == "forecast" {
		list, err := a.Outlooks(t.Context(), dims)
		if err != nil {
			return err.Error() + "\n"
		}
		for _, o := range list {
			line(o.Currency, "known", o.End.Known.Text(), "planned", o.End.Planned.Text(), "expected", o.End.Expected.Text())
			for _, r := range o.Rows {
				line(strings.Join(r.Values, "/"), r.Known.Text(), r.Planned.Text(), r.Expected.Text())
			}
			for _, p := range o.Plans {
				line("plan", p.Line, p.Scope, p.Counted.Text())
			}
			for _, w := range o.Warnings {
				line(w)
			}
		}
		return b.String()
	}
	if words[0] == "lately" { // also what ended in the last five weeks
		found, _, err := a.Findings(t.Context())
		if err != nil {
			return err.Error() + "\n"
		}
		for _, x := range found {
			line(x.Severity, x.Kind, x.Direction, x.Start, x.End, x.Label, x.Impact.Text())
		}
		return b.String()
	}
	if words[0] == "compare" || words[0] == "bridge" {
		compare.By = dims
		cs, err := a.Compare(t.Context(), compare)
		if err != nil {
			return err.Error() + "\n"
		}
		for _, c := range cs {
			rows := c.Rows
			if len(dims) > 0 {
				rows = append(rows, c.Total)
			}
			for _, r := range rows {
				switch {
				case words[0] == "bridge":
					parts := []any{"total", r.Delta.Text()}
					if len(r.Values) > 0 {
						parts[0] = cmp.Or(strings.Join(r.Values, "/"), "-")
					}
					for _, l := range bridge.Lanes() {
						if r.Bridge[l].Sign() != 0 {
							parts = append(parts, l, r.Bridge[l])
						}
					}
					line(parts...)
				case len(r.Values) > 0:
					line(strings.Join(r.Values, "/"), r.Current.Text(), r.Prior.Text(), r.Delta.Text(), r.Status)
				}
			}
			for _, m := range c.Missing {
				line("no", m)
			}
			for _, w := range c.Warnings {
				line(w)
			}
		}
		return b.String()
	}
	r, err := a.Report(t.Context())
	if err != nil {
		return err.Error() + "\n"
	}
	if words[0] == "warnings" {
		for _, w := range r.Warnings {
			line(w)
		}
		return b.String()
	}
	for _, p := range r.Parts {
		switch words[0] {
		case "total":
			line(p.Currency, p.Period.Name, p.Period.Span, p.Period.State, "to", p.Period.Reach, p.Total.Text(), "outside", p.Outside.Text())
		case "said":
			for _, w := range p.Warnings {
				line(w)
			}
		case "priors":
			for _, x := range p.Priors {
				line(x.Name, x.Span, x.Days, "days", x.Same.Text(), "of", x.Total.Text(), x.Delta.Text())
			}
		case "accounts":
			for _, x := range p.Accounts {
				note := ""
				if x.Missing {
					note = "missing, last " + x.Last.Text()
				} else if x.Behind {
					note = "behind"
				}
				reach := x.Reach.String()
				if x.Reach == 0 {
					reach = "-"
				}
				line(x.ID, reach, x.Total.Text(), note)
			}
		case "daily":
			for _, d := range p.Daily {
				if !d.InPeriod {
					continue
				}
				prior, note := "-", ""
				if d.Prior != nil {
					prior = d.Prior.String()
				}
				if d.NoData {
					note = "no data"
				} else if d.Incomplete {
					note = "incomplete"
				}
				line(d.Day, d.Actual, prior, note)
			}
		case "findings":
			for _, list := range [][]analysis.Finding{p.Findings, p.Minor, p.Down} {
				for _, x := range list {
					line(x.Severity, x.Kind, x.Direction, x.Start, x.End, x.Label, x.Impact.Text())
				}
			}
		case "explained":
			for _, list := range [][]analysis.Finding{p.Findings, p.Minor, p.Down} {
				for _, x := range list {
					line(x.Explanation)
				}
			}
		case "inside": // with each list adding up
			for _, m := range p.Movers {
				sum := m.RestDelta.Amount
				for _, x := range slices.Concat(m.Up, m.Down) {
					sum = sum.Add(x.Delta.Amount)
					within := x.InsideDelta.Amount
					for _, r := range x.Inside {
						within = within.Add(r.Delta.Amount)
						line(m.Title, x.Label, r.Label, r.Delta.Text(), r.Status)
					}
					if len(x.Inside) > 0 && within != x.Delta.Amount {
						t.Errorf("%s %s: its resources add up to %s, not to %s", m.Title, x.Label, within, x.Delta.Text())
					}
				}
				if sum != p.Priors[0].Delta.Amount {
					t.Errorf("%s: the movers add up to %s, not to %s", m.Title, sum, p.Priors[0].Delta.Text())
				}
			}
		case "turnover":
			for name, turned := range map[string]analysis.Turned{"new": p.Turnover.New, "gone": p.Turnover.Gone} {
				sum := turned.Rest.Amount
				for _, x := range turned.Rows {
					sum = sum.Add(x.Amount.Amount)
				}
				if sum != turned.Total.Amount || turned.Count != len(turned.Rows)+turned.RestCount {
					t.Errorf("%s: rows add up to %s, not to %s; %d rows and %d of %d", name, sum, turned.Total.Text(), len(turned.Rows),
						turned.RestCount, turned.Count)
				}
			}
			for _, x := range p.Turnover.New.Rows {
				line("new", x.Label, "since", x.Day, x.Amount.Text())
			}
			for _, x := range p.Turnover.Gone.Rows {
				line("gone", x.Label, "until", x.Day, x.Amount.Text())
			}
			for _, x := range p.Turnover.Renamed {
				line(x.Kind, cmp.Or(x.Label, "-"), x.Old, "to", x.New, "since", x.Since, x.Prior.Text(), x.Current.Text())
			}
		case "month":
			for _, list := range [][]analysis.Finding{p.Findings, p.Minor, p.Down} {
				for _, x := range list {
					monthly := "-"
					if x.PerMonth != nil {
						monthly = x.PerMonth.Text() + " " + x.PerMonth.Currency
					}
					line(x.Kind, x.Direction, x.Ongoing, x.Label, monthly)
				}
			}
		default:
			t.Fatalf("unknown question %q", question)
		}
	}
	return b.String()
}

func span(t *testing.T, text string) usage.Period {
	t.Helper()
	p, err := usage.ParseSpan(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func day(t *testing.T, s string) usage.Day {
	t.Helper()
	d, err := usage.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
