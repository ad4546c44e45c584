package analysis_test

import (
	"fmt"
	"strings"
	"testing"

	"usagereport/analysis"
	"usagereport/usage"
)

const plansHeader = "from,to,scope,amount,per,note\n"

func readPlans(t *testing.T, lines string) []analysis.Plan {
	t.Helper()
	plans, err := analysis.ReadPlans("plans.csv", strings.NewReader(plansHeader+lines))
	if err != nil {
		t.Fatal(err)
	}
	return plans
}

func TestReadPlans(t *testing.T) {
	const header = plansHeader
	for _, c := range []struct{ name, file, want string }{
		{"all columns", header + "2026-06-20,2026-07-01,ServiceName=Storage,12.50,day,more\n", `2 2026-06-20..2026-07-01 [ServiceName=Storage] 12.5 day "" "more"`},
		{"no end, no scope", header + "2026-06-20,,,-3,month,\n", `2 2026-06-20.. [] -3 month "" ""`},
		{"once", header + "2026-06-20,,,3,ONCE,\n", `2 2026-06-20..2026-06-20 [] 3 once "" ""`},
		{"byte order mark, semicolons, other order and case", "\ufeffAmount;Per; From ;Currency\r\n1;day;2026-06-20;eur\r\n", `2 2026-06-20.. [] 1 day "EUR" ""`},
		{"lines are those of the file", header + "\n\"2026-06-20\",,,1,day,\"two\nlines\"\n2026-06-21,,,2,day,\n", `3 2026-06-20.. [] 1 day "" "two` + "\\n" + `lines"|5 2026-06-21.. [] 2 day "" ""`},
		{"several conditions", header + "2026-06-20,,\"subscription = prod-? & resource-group=rg-*\",1,day,\n", `2 2026-06-20.. [SubAccountId=prod-? x_ResourceGroupName=rg-*] 1 day "" ""`},
		{"an & in a value", header + "2026-06-20,,ServiceName=Log & Metrics & meter=a=b,1,day,\n", `2 2026-06-20.. [ServiceName=Log & Metrics SkuMeter=a=b] 1 day "" ""`},
		{"no plan", header, ""},
		{"empty", "", "plans.csv:1: the file is empty"},
		{"a column missing", "from,to,amount\n", "plans.csv:1: per: there is no such column"},
		{"a column misspelt", "from,to,amount,per,scop\n", `plans.csv:1: scop: is not a column`},
		{"a column twice", "from,from,amount,per\n", "plans.csv:1: from: is there twice"},
		{"another day", header + "20.06.2026,,,1,day,\n", `plans.csv:2: from: "20.06.2026": is not a date like 2026-03-31`},
		{"no such day", header + "2026-06-20,2026-06-31,,1,day,\n", `plans.csv:2: to: "2026-06-31": is not a date`},
		{"ends before it begins", header + "2026-06-20,2026-06-19,,1,day,\n", `plans.csv:2: to: "2026-06-19": lies before 2026-06-20`},
		{"an amount that is two", "from;amount;per\n2026-06-20;1.500;day\n", `plans.csv:2: amount: "1.500": may mean a thousand times as much`},
		{"too large", header + "2026-06-20,,,1e15,day,\n", `plans.csv:2: amount: "1e15": is too large`},
		{"no amount", header + "2026-06-20,,,,day,\n", `plans.csv:2: amount: is not an amount`},
		{"another unit", header + "2026-06-20,,,1,week,\n", `plans.csv:2: per: "week": use day, month or once`},
		{"once, for long", header + "2026-06-20,2026-06-22,,1,once,\n", `plans.csv:2: to: "2026-06-22": what comes once has one day`},
		{"an unknown dimension", header + "2026-06-20,,colour=red,1,day,\n", `plans.csv:2: scope: "colour=red": dimension "colour": unknown`},
		{"no condition", header + "2026-06-20,,Storage,1,day,\n", `plans.csv:2: scope: "Storage": is not of the form`},
		{"no currency", "from,amount,per,currency\n2026-06-20,1,day,euro\n", `plans.csv:2: currency: "euro": is not a currency's code`},
		{"too few values", header + "2026-06-20,,\n", "plans.csv:2: has 3 values, the first line has 6"},
		{"other letters", header + "2026-06-20,,,1,day,\xcf\xf0\xe8\xe2\n", "plans.csv:2: is not UTF-8"},
		{"as Excel saves it", "from;amount;per;note\n2026-06-20;1.234,50;day;B\xfcro\n", `2 2026-06-20.. [] 1234.5 day "" "Büro"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			plans, err := analysis.ReadPlans("plans.csv", strings.NewReader(c.file))
			var got []string
			for _, p := range plans {
				to := ""
				if p.To != 0 {
					to = p.To.String()
				}
				got = append(got, fmt.Sprintf("%d %s..%s %v %s %s %q %q", p.Line, p.From, to, p.Scope, p.Amount, p.Per, p.Currency, p.Note))
			}
			if err != nil {
				got = []string{err.Error()}
			}
			s := strings.Join(got, "|")
			if err != nil && c.want != "" {
				s = s[:min(len(s), len(c.want))]
			}
			if s != c.want {
				t.Errorf("got %s\nwant %s", s, c.want)
			}
		})
	}
}

// Whatever the bytes are, they are read or refused with a name, and what is read
// makes sense.
func FuzzReadPlans(f *testing.F) {
	f.Add([]byte(plansHeader + "2026-06-20,2026-07-01,ServiceName=Sto* & region=eu?,12.50,day,more\n"))
	f.Add([]byte("\ufefffrom;amount;per;currency\r\n2026-06-20;-1e3;once;EUR\r\n\"2026-01-01\";0;month;\r\n"))
	f.Add([]byte("from,amount,per,scope\n2026-06-20,1,day,\"a=[(\\&\"\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		plans, err := analysis.ReadPlans("plans.csv", strings.NewReader(string(b)))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "plans.csv:") {
				t.Errorf("no name in %q", err)
			}
			return
		}
		for _, p := range plans {
			if p.Line < 2 || p.To != 0 && p.To < p.From || p.Per != analysis.PerDay && p.Per != analysis.PerMonth && p.Per != analysis.Once {
				t.Errorf("read %+v", p)
			}
		}
	})
}

// TestPlansOf foretells a month of 30 days whose data reach the 15th: 10 a day but
// for what is said.
func TestPlansOf(t *testing.T) {
	const since = "2026-01-01"
	for _, c := range []struct {
		name, lines, plan string
		planned           string
		expected          float64
	}{
		{"to come", monthly("s1 Compute %s 10", since, "2026-06-15"), "2026-06-20,,,5,day,", "55.00", 355},
		{"less to come", monthly("s1 Compute %s 10", since, "2026-06-15"), "2026-06-20,,,-5,day,", "-55.00", 245},
		{"for some days", monthly("s1 Compute %s 10", since, "2026-06-15"), "2026-06-20,2026-06-21,,5,day,", "10.00", 310},
		{"a month's part", monthly("s1 Compute %s 10", since, "2026-06-15"), "2026-06-21,,,100,month,", "33.33", 333.33},
		{"once", monthly("s1 Compute %s 10", since, "2026-06-15"), "2026-06-30,,,5,once,", "5.00", 305},
		{"after the period", monthly("s1 Compute %s 10", since, "2026-06-15"), "2026-07-01,,,5,day,", "0.00", 300},
		{"once, and it came", monthly("s1 Compute %s 10", since, "2026-06-15"), "2026-06-03,,,5,once,", "0.00", 300},
		{"begun", monthly("s1 Compute %s 10", since, "2026-06-09") + monthly("s1 Compute %s 15", "2026-06-10", "2026-06-15"), "2026-06-10,,,5,day,", "75.00", 405},
		{"begun on the last day", monthly("s1 Compute %s 10", since, "2026-06-14") + "s1 Compute 2026-06-15 15\n", "2026-06-15,,,5,day,", "75.00", 380},
		{"begun, with an end", monthly("s1 Compute %s 10", since, "2026-06-05") + monthly("s1 Compute %s 15", "2026-06-06", "2026-06-15"), "2026-06-06,2026-06-18,,5,day,", "15.00", 365},
		{"begun long ago", monthly("s1 Compute %s 10", since, "2026-02-28") + monthly("s1 Compute %s 15", "2026-03-01", "2026-06-15"), "2026-03-01,,,5,day,", "75.00", 450},
		{"begun long ago, in another service", monthly("s1 Compute %s 10", since, "2026-06-15") + monthly("s1 Storage %s 5", "2026-03-01", "2026-06-15"), "2026-03-01,,ServiceName=Storage,5,day,", "75.00", 450},
		{"not carried out", monthly("s1 Compute %s 10", since, "2026-06-15"), "2026-02-01,,,5,day,", "75.00", 300},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := outlooks(t, analysis.Options{Plans: readPlans(t, c.plan+"\n")}, []usage.Dimension{usage.Service}, c.lines)[0]
			if got := l.End.Planned.Text(); got != c.planned || len(l.Plans) != 1 || l.Plans[0].Counted.Text() != got {
				t.Errorf("planned %s (%+v), want %s", got, l.Plans, c.planned)
			}
			if got := l.End.Expected.Amount.Float64(); got < c.expected-0.01 || got > c.expected+0.01 {
				t.Errorf("expected %g, want %g", got, c.expected)
			}
			if r := l.End.Range; r == nil || r.Low80.Amount.Cmp(l.End.Expected.Amount) > 0 || r.High80.Amount.Cmp(l.End.Expected.Amount) < 0 {
				t.Errorf("range %v around %s", r, l.End.Expected.Text())
			}
		})
	}
}
